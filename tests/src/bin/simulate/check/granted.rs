//! Invariant 8: what a till may spend of something scarce is what the server granted it, and nothing is granted
//! of which its till does not know.

use mostrador_ledger as ledger;
use mostrador_ledger::lease::Held;
use mostrador_protocol::lease::{LeaseResource, LeaseState};
use mostrador_server::lease::Lease;
use mostrador_server::store::Store;

use super::{Rest, Violation, tables};
use crate::goods::TENANT;
use mostrador_tests::Error;

/// Every right of every till against the server's, where nobody was set back or copied: then each knows of what
/// the other knows, and how much is left of it.
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
        let (identity, held, asked) = till.ledger().read(|look| {
            let identity = ledger::identity::load(look)?;
            let held = ledger::lease::held(look)?;
            let asked = tables::rows(look, "select lower(hex(lease_id)) from lease_asked")?;
            Ok::<_, ledger::Error>((identity, held, asked))
        })?;
        let Some(identity) = identity else {
            return Err(Error::Gone);
        };
        let granted = open.iter();
        let granted = granted.filter(|lease| lease.terminal == identity.terminal_id);
        let granted: Vec<&Lease> = granted.collect();
        for right in &held {
            let there = granted.iter().find(|lease| lease.id == right.id);
            if !there.is_some_and(|lease| is_same(right, lease)) {
                let (name, left) = (&machine.name, right.left());
                let what =
                    format!("{name} has {left} left of {right:?}, the server says {there:?}");
                violations.push(Violation::new(8, what));
            }
        }
        // An answer that was lost is asked for again.
        let unknown = granted.iter().filter(|lease| {
            let is_asked = asked.contains(&lease.id.simple().to_string());
            !is_asked && held.iter().all(|right| right.id != lease.id)
        });
        violations.extend(unknown.map(|lease| {
            let what = format!("{} knows nothing of {lease:?}", machine.name);
            Violation::new(8, what)
        }));
    }
    Ok(violations)
}

fn is_same(right: &Held, lease: &Lease) -> bool {
    LeaseResource::from(&lease.resource) == right.resource
        && lease.granted == right.granted
        && lease.left() == right.left()
        && (lease.state == LeaseState::Recalled) == right.is_recalled
}
