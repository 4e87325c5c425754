//! Every account in five places: the server's row, both tills, the fold of all raw entries, the recount.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mostrador_ledger as ledger;
use mostrador_ledger::{Connection, rebuild};
use mostrador_loyalty as loyalty;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::Decoded;
use mostrador_protocol::message::Disposition;
use mostrador_server::ingest::StoredEntry;
use mostrador_server::ingest::reading::effective_ms;
use mostrador_server::{Store as _, jobs};
use uuid::Uuid;

use loyalty::account::{Account, Postings};
use loyalty::code::CodeText;

use super::recount::{Coin, Purse};
use super::world::{TENANT, World};
use crate::Error;

impl World {
    /// Folds and counts an entry, unless the server keeps it without effects; its kind.
    pub(super) fn count(&mut self, entry: &StoredEntry) -> String {
        let raw = &entry.raw;
        let header = raw.header().expect("a header of a till or the server");
        if entry.disposition == Disposition::Held {
            self.played.held += 1;
            return header.kind;
        }
        let Decoded::Known(payload) = raw.payload(&header).expect("a payload") else {
            return header.kind;
        };
        let at_ms = effective_ms(&header, entry.received_ms);
        let effects = self.undoings.effects(&payload, at_ms);
        let is_as_said = effects.is_none();
        if !is_as_said {
            self.played.adjusted += 1;
        }
        let json = serde_json::from_str(&raw.payload).expect("JSON");
        self.recount.count(&header.kind, &json, is_as_said);
        let effects = effects.unwrap_or_else(|| payload.effects(at_ms));
        let facts = effects.accounts.iter();
        let mut moved: Vec<Postings> = facts
            .map(|(customer, fact)| self.folded.apply(*customer, fact))
            .collect();
        let merge = effects.merge;
        moved.extend(merge.map(|it| self.folded.merge(it.survivor, it.absorbed, it.day)));
        for postings in moved {
            self.post(&postings, &header.kind);
        }
        header.kind
    }

    fn post(&mut self, postings: &Postings, kind: &str) {
        let sum = postings.sum_of(|_| true);
        if sum != 0 {
            let fault = format!("the postings of a {kind} sum to {sum}");
            self.recount.faults.push(fault);
        }
        self.balance += postings.balance_change();
        let moved = postings.all().iter().map(|posting| posting.points.abs());
        self.played.posted += moved.sum::<i64>() / 2;
    }

    /// Compares everything at a quiet moment.
    pub(super) async fn compare(&mut self) -> Result<(), Error> {
        let mut faults = std::mem::take(&mut self.recount.faults);
        let again = jobs::run(&self.store, &self.mint, TENANT).await?;
        if again.written() > 0 {
            faults.push(format!("jobs that ran wrote again: {again:?}"));
        }
        let rows: BTreeMap<Uuid, AccountDocument> =
            self.store.accounts(TENANT).await?.into_iter().collect();
        let mut balances = 0;
        for record in self.families.iter().flatten() {
            let row = rows.get(record).map(Account::from).unwrap_or_default();
            balances += row.balance();
            self.compare_account(*record, &row, &mut faults)?;
            self.played.compared += 1;
        }
        let counted = self.recount.everything();
        if balances != self.balance || balances != counted {
            let posted = self.balance;
            faults.push(format!(
                "all balances are {balances}, posted were {posted}, counted {counted}"
            ));
        }
        self.compare_codes(&mut faults).await?;
        if faults.is_empty() {
            return Ok(());
        }
        Err(Error::Disagreement(faults))
    }

    fn compare_account(
        &self,
        record: Uuid,
        row: &Account,
        faults: &mut Vec<String>,
    ) -> Result<(), Error> {
        for (number, till) in self.tills.iter().enumerate() {
            let look = |connection: &Connection| -> Result<_, ledger::Error> {
                let shown = ledger::account::shown(connection, record)?;
                Ok((shown, ledger::account::has_pending(connection, record)?))
            };
            let (shown, has_pending) = till.ledger.read(look)?;
            if has_pending {
                faults.push(format!("till {number} has something of {record} pending"));
            }
            same((&format!("till {number}"), record), row, &shown, faults);
        }
        let folded = self.folded.get(record).cloned().unwrap_or_default();
        same(("the raw entries", record), row, &folded, faults);
        let purse = self.recount.purse(&record.to_string());
        if let Some(fault) = recounted(row, &purse) {
            faults.push(format!("the recount of {record}: {fault}"));
        }
        Ok(())
    }

    async fn compare_codes(&self, faults: &mut Vec<String>) -> Result<(), Error> {
        for row in self.store.code_uses(TENANT).await? {
            let counted = self.recount.codes.get(&row.code).copied().unwrap_or((0, 0));
            let found = (row.total, row.discount);
            if found != counted {
                let code = &row.code;
                faults.push(format!(
                    "{code}: {found:?} on the server, counted {counted:?}"
                ));
            }
        }
        let parent = CodeText::parse("PRIMAVERA").expect("a code");
        let new_year = |year| NaiveDate::from_ymd_opt(year, 1, 1).expect("a day");
        let days = new_year(2020)..=new_year(2100);
        let arms = self.store.arms(TENANT, &parent, days).await?;
        for variant in ["PRIMAVERAA", "PRIMAVERAB"] {
            let mut named = arms.iter().filter(|arm| arm.variant.as_str() == variant);
            let found = named.next().map_or((0, 0, 0, 0), |arm| {
                (arm.uses, arm.conversions, arm.revenue, arm.discount)
            });
            let counted = self.recount.variant(variant);
            if found != counted {
                faults.push(format!(
                    "{variant}: {found:?} as an arm, counted {counted:?}"
                ));
            }
        }
        Ok(())
    }

    /// Every projection of both tills, made again from nothing.
    pub(super) fn compare_rebuilt(&self) -> Result<(), Error> {
        let mut faults = Vec::new();
        for (number, till) in self.tills.iter().enumerate() {
            let live = till.ledger.read(dump)?;
            till.ledger.transact(rebuild::projections)?;
            let rebuilt = till.ledger.read(dump)?;
            let rows = live
                .iter()
                .zip(&rebuilt)
                .filter(|(one, other)| one != other);
            faults
                .extend(rows.map(|(one, other)| format!("till {number}: {one}\nrebuilt: {other}")));
            if live.len() != rebuilt.len() {
                let (rows, again) = (live.len(), rebuilt.len());
                faults.push(format!("till {number} had {rows} rows, rebuilt {again}"));
            }
        }
        if faults.is_empty() {
            return Ok(());
        }
        Err(Error::Disagreement(faults))
    }
}

fn same((place, record): (&str, Uuid), row: &Account, found: &Account, faults: &mut Vec<String>) {
    if row != found {
        faults.push(format!(
            "{place} of {record}:\n  {found:?}\nthe server:\n  {row:?}"
        ));
    }
}

/// What an account says that the recount does not, if anything.
fn recounted(account: &Account, purse: &Purse) -> Option<String> {
    if let Some(lot) = account.lots.iter().find(|lot| lot.points <= 0) {
        return Some(format!("a lot without points: {lot:?}"));
    }
    let mut held: BTreeMap<Coin, i64> = BTreeMap::new();
    for coin in &purse.coins {
        *held.entry(*coin).or_default() += 1;
    }
    let lots = account.lots.iter().map(|lot| {
        let days = lot.days;
        (
            (days.expires_on, days.earned_on, days.usable_from),
            lot.points,
        )
    });
    let lots: BTreeMap<Coin, i64> = lots.collect();
    if lots != held {
        return Some(format!("lots {lots:?}, coins {held:?}"));
    }
    let says = (
        account.balance(),
        account.debt,
        account.purchases,
        account.spent,
    );
    let counted = (purse.sum(), purse.debt, purse.sales, purse.spent);
    (says != counted)
        .then(|| format!("balance, debt, purchases and spent are {says:?}, counted {counted:?}"))
}

/// Every row of every projection, as text.
fn dump(connection: &Connection) -> Result<Vec<String>, ledger::Error> {
    let mut dumped = Vec::new();
    for table in rebuild::PROJECTIONS {
        let mut statement = connection.prepare(&format!("select * from {table}"))?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let values = (0..columns).map(|column| row.get::<_, rusqlite::types::Value>(column));
            let values = values.collect::<Result<Vec<_>, _>>()?;
            dumped.push(format!("{table}: {values:?}"));
        }
    }
    Ok(dumped)
}
