//! Invariants 8 and 9: what is scarce is used as far as its limit, what goes beyond is named, and nothing
//! is spent of a lease that its till had given back.

use std::collections::BTreeSet;

use mostrador_protocol::entry::{Decoded, Payload};
use mostrador_protocol::lease::LeaseResource;
use mostrador_server::lease::Lease;
use mostrador_server::store::Store;

use super::delivery::Books;
use super::{Rest, Violation};
use crate::goods::{TENANT, program};
use mostrador_tests::Error;

pub(super) async fn check(rest: &Rest<'_>, books: &Books) -> Result<Vec<Violation>, Error> {
    let open = rest.store.open_leases(TENANT).await?;
    let mut violations = Vec::new();
    for (resource, stock) in rest.store.stocks(TENANT).await? {
        let mut wrong = |why: String| {
            let what = format!("{resource:?} {why}: {stock:?}");
            violations.push(Violation::new(8, what));
        };
        if stock.used + stock.leased > stock.limit + stock.exposure {
            wrong("is beyond its limit, and nobody named it".to_owned());
        }
        let granted = left_of(&open, &resource);
        if granted != stock.leased {
            wrong(format!("has open leases of {granted} units"));
        }
        let highest = highest(&resource, rest.version);
        let lowered = highest.map_or(0, |highest| highest - stock.limit);
        if stock.exposure > lowered && !rest.journal.is_disturbed() {
            wrong(format!(
                "has exposure, its limit was lowered by {lowered}, and no till or server was set back or \
                 copied"
            ));
        }
    }
    violations.extend(spent_after_the_close(books));
    Ok(violations)
}

/// The highest limit that any program so far had; what was granted under it stays when it is lowered.
fn highest(resource: &LeaseResource, version: u32) -> Option<i64> {
    let limits = (1..=version).filter_map(|version| {
        let codes = program(version).codes.into_iter();
        let mut codes = codes.filter_map(|code| match resource {
            LeaseResource::CodeUses(text) if *text == code.text => {
                code.total_limit.map(u64::cast_signed)
            }
            LeaseResource::CodeBudget(text) if *text == code.text => code.budget,
            _ => None,
        });
        codes.next()
    });
    limits.max()
}

fn left_of(open: &[Lease], resource: &LeaseResource) -> i64 {
    let of_it = open
        .iter()
        .filter(|lease| LeaseResource::from(&lease.resource) == *resource);
    of_it.map(Lease::left).sum()
}

/// Stream by stream, in order.
fn spent_after_the_close(books: &Books) -> Vec<Violation> {
    let mut violations = Vec::new();
    for entries in books.streams.values() {
        let mut closed = BTreeSet::new();
        for entry in entries {
            let decoded = entry
                .raw
                .header()
                .and_then(|header| entry.raw.payload(&header));
            match decoded {
                Ok(Decoded::Known(Payload::LeaseClosed(close))) => {
                    closed.insert(close.lease_id);
                }
                Ok(Decoded::Known(Payload::SaleCompleted(sale))) => {
                    for spend in &sale.leases {
                        if closed.contains(&spend.lease_id) {
                            violations.push(Violation::new(
                                9,
                                format!(
                                    "sale {} spends lease {}, which was given back before",
                                    sale.receipt, spend.lease_id
                                ),
                            ));
                        }
                    }
                }
                _ => {}
            }
        }
    }
    violations
}
