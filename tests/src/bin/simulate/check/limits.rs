//! Invariants 8 and 9: what is scarce is used as far as its limit, counted on the raw entries; what goes
//! beyond is named; and nothing is spent of a lease that its till had given back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mostrador_ledger as ledger;
use mostrador_loyalty::lease::Stock;
use mostrador_protocol::entry::{Decoded, Payload};
use mostrador_protocol::lease::LeaseResource;
use mostrador_server::lease::Lease;
use mostrador_server::store::Store;
use rusqlite::Connection;

use super::delivery::Books;
use super::people::Span;
use super::sold::Sales;
use super::told::Told;
use super::{Rest, Violation, rights};
use crate::goods::{TENANT, program};
use mostrador_tests::Error;

pub(super) async fn check(
    rest: &Rest<'_>,
    (books, told): (&Books, &[Told]),
) -> Result<Vec<Violation>, Error> {
    let named = named(rest.server_file)?;
    let open = rest.store.open_leases(TENANT).await?;
    let stocks: BTreeMap<LeaseResource, Stock> =
        rest.store.stocks(TENANT).await?.into_iter().collect();
    let mut violations = Vec::new();
    for (resource, stock) in &stocks {
        let mut wrong = |why: String| {
            let what = format!("{resource:?} {why}: {stock:?}");
            violations.push(Violation::new(8, what));
        };
        let granted = left_of(&open, resource);
        if granted != stock.leased {
            wrong(format!("has open leases of {granted} units"));
        }
        let causes = named.get(resource).cloned().unwrap_or_default();
        if causes.values().sum::<i64>() != stock.exposure {
            wrong(format!("has exposure by {causes:?}"));
        }
        let is_by_edit = |cause: &String| cause == "limit_lowered";
        if !causes.keys().all(is_by_edit) && !rest.journal.is_disturbed() {
            wrong(format!(
                "was passed by {causes:?}, and no till or server was set back or copied"
            ));
        }
    }
    let counted = used(&Sales::of(told));
    let tallies = tallies(rest).await?;
    for (resource, limits) in limited(rest.version) {
        let uses = Uses {
            counted: counted.get(&resource).copied().unwrap_or_default(),
            tally: tallies.get(&resource).copied().unwrap_or(0),
            granted: left_of(&open, &resource),
            named: named.get(&resource).map_or(0, |it| it.values().sum()),
            stock: stocks.get(&resource).copied(),
        };
        if let Some(why) = uses.wrong(&limits, rest.journal.is_disturbed()) {
            let what = format!("{resource:?} {why}: {uses:?}");
            violations.push(Violation::new(8, what));
        }
    }
    if !rest.journal.is_disturbed() {
        violations.extend(rights::check(rest, told).await?);
    }
    violations.extend(spent_after_the_close(books));
    Ok(violations)
}

/// What was used of something that programs limit, told by everybody who counts it; in its units.
#[derive(Debug)]
struct Uses {
    /// By the raw entries, less what came back.
    counted: Span,
    /// By the uses of the code that the server tells everybody.
    tally: i64,
    /// What can still be spent of open leases.
    granted: i64,
    /// What somebody named beyond the limit.
    named: i64,
    /// What the server goes by when it grants; none before anybody had anything of it.
    stock: Option<Stock>,
}

impl Uses {
    /// What does not hold, where programs had these limits.
    fn wrong(&self, limits: &BTreeSet<i64>, is_disturbed: bool) -> Option<String> {
        let stock = self.stock.unwrap_or_default();
        if !self.counted.holds(stock.used) {
            return Some(format!("is counted {} by its entries", self.counted));
        }
        if stock.used != self.tally {
            return Some(format!("is told as used {}", self.tally));
        }
        if self.stock.is_some() && !limits.contains(&stock.limit) {
            return Some(format!("never had that limit, but {limits:?}"));
        }
        let named = if is_disturbed { self.named } else { 0 };
        let most = limits.last().copied().unwrap_or(0).saturating_add(named);
        let taken = self.counted.least.saturating_add(self.granted);
        (taken > most).then(|| format!("is taken {taken}, and was never more than {most}"))
    }
}

/// Everything that the programs up to this version limit for everybody together, with its limits.
fn limited(version: u32) -> BTreeMap<LeaseResource, BTreeSet<i64>> {
    let mut limited: BTreeMap<LeaseResource, BTreeSet<i64>> = BTreeMap::new();
    for code in (1..=version).flat_map(|version| program(version).codes) {
        if let Some(total) = code.total_limit.and_then(|it| i64::try_from(it).ok()) {
            let resource = LeaseResource::CodeUses(code.text.clone());
            limited.entry(resource).or_default().insert(total);
        }
        if let Some(budget) = code.budget {
            let resource = LeaseResource::CodeBudget(code.text);
            limited.entry(resource).or_default().insert(budget);
        }
    }
    limited
}

/// Uses and discount of each code by the raw entries, less what came back with a use.
fn used(sales: &Sales) -> BTreeMap<LeaseResource, Span> {
    let mut used: BTreeMap<LeaseResource, Span> = BTreeMap::new();
    for sold in sales.by_id.values() {
        let back = sold.came_back().codes;
        for code in sold.sale.codes.iter().filter(|code| code.consumed) {
            let times = back.get(&code.text).copied().unwrap_or_default();
            let units = [
                (LeaseResource::CodeUses(code.text.clone()), 1),
                (LeaseResource::CodeBudget(code.text.clone()), code.amount),
            ];
            for (resource, units) in units {
                let span = used.entry(resource).or_default();
                span.add(Span::exactly(units));
                span.take(Span::between(units * times.least, units * times.most));
            }
        }
    }
    used
}

/// The same as the server tells everybody.
async fn tallies(rest: &Rest<'_>) -> Result<BTreeMap<LeaseResource, i64>, Error> {
    let rows = rest.store.code_uses(TENANT).await?.into_iter();
    let tallies = rows.flat_map(|row| {
        [
            (LeaseResource::CodeUses(row.code.clone()), row.total),
            (LeaseResource::CodeBudget(row.code), row.discount),
        ]
    });
    Ok(tallies.collect())
}

/// Units of exposure by resource and cause.
fn named(
    server_file: &Path,
) -> Result<BTreeMap<LeaseResource, BTreeMap<String, i64>>, ledger::Error> {
    let mut named: BTreeMap<LeaseResource, BTreeMap<String, i64>> = BTreeMap::new();
    let file = Connection::open(server_file)?;
    let mut statement = file.prepare(
        "select kind, resource_key, cause, sum(units) from exposure
         group by kind, resource_key, cause",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, key): (String, String) = (row.get(0)?, row.get(1)?);
        if let Some(resource) = LeaseResource::from_parts(&kind, &key) {
            let causes = named.entry(resource).or_default();
            causes.insert(row.get(2)?, row.get(3)?);
        }
    }
    Ok(named)
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
