//! Invariants 8 and 9: what is scarce is used as far as its limit, what goes beyond is named, and nothing
//! is spent of a lease that its till had given back.

use std::collections::BTreeSet;

use mostrador_protocol::entry::{Decoded, Payload};
use mostrador_protocol::lease::LeaseResource;
use mostrador_server::lease::Lease;
use mostrador_server::store::Store;

use super::delivery::Books;
use super::{Rest, Violation};
use crate::goods::TENANT;
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
        if stock.exposure != 0 && !rest.journal.is_disturbed() {
            wrong("has exposure, and no till or server was set back or copied".to_owned());
        }
    }
    violations.extend(spent_after_the_close(books));
    Ok(violations)
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
