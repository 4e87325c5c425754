//! Invariant 8: what a till may spend of something scarce is what the server granted it.

use mostrador_ledger as ledger;
use mostrador_ledger::lease::Held;
use mostrador_protocol::lease::{LeaseResource, LeaseState};
use mostrador_server::lease::Lease;
use mostrador_server::store::Store;

use super::{Rest, Violation};
use crate::goods::TENANT;
use mostrador_tests::Error;

/// Every right of every till against the server's, where nobody was set back or copied: then the server knows
/// of each, and how much is left of it.
pub(super) async fn check(rest: &Rest<'_>) -> Result<Vec<Violation>, Error> {
    if rest.journal.is_disturbed() {
        return Ok(Vec::new());
    }
    let open = rest.store.open_leases(TENANT).await?;
    let mut violations = Vec::new();
    for machine in rest.machines {
        let Some(till) = machine.till() else {
            continue;
        };
        let (identity, held) = till.ledger().read(|look| {
            let identity = ledger::identity::load(look)?;
            Ok::<_, ledger::Error>((identity, ledger::lease::held(look)?))
        })?;
        let Some(identity) = identity else {
            return Err(Error::Gone);
        };
        let granted = |held: &Held| {
            let mut known = open.iter();
            known.find(|lease| lease.id == held.id && lease.terminal == identity.terminal_id)
        };
        let wrong = held.iter().filter(|held| !is_same(held, granted(held)));
        violations.extend(wrong.map(|held| {
            let (name, left, there) = (&machine.name, held.left(), granted(held));
            let what = format!("{name} has {left} left of {held:?}, the server says {there:?}");
            Violation::new(8, what)
        }));
    }
    Ok(violations)
}

fn is_same(held: &Held, lease: Option<&Lease>) -> bool {
    lease.is_some_and(|lease| {
        LeaseResource::from(&lease.resource) == held.resource
            && lease.granted == held.granted
            && lease.left() == held.left()
            && (lease.state == LeaseState::Recalled) == held.is_recalled
    })
}
