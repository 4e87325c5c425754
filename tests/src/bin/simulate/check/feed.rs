//! Invariant 7: the feed is dense; read from its beginning, or from a snapshot on, it comes to what the server
//! holds, row for row of every kind. Leases are left out: only their own terminal is sent them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mostrador_ledger as ledger;
use mostrador_protocol::message::EntryDisposition;
use mostrador_protocol::row::Row;
use mostrador_server::SqliteStore;
use mostrador_server::feed::PageRequest;
use mostrador_server::snapshot::{Part, PartRequest};
use mostrador_server::store::Store;
use rusqlite::Connection;

use super::delivery::Books;
use super::{Rest, Violation, tables};
use crate::goods::TENANT;
use crate::message::short;
use mostrador_tests::Error;

/// Rows in a part of a snapshot.
const PART_ROWS: u32 = 5;

/// The kind of rows that say what became of entries which were held.
const DISPOSITION: &str = "disposition";

/// Rows by kind and key.
type Rows = BTreeMap<(&'static str, String), Row>;

/// What a terminal that joins comes to hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Newcomer {
    /// Up to where it has read the feed.
    cursor: u64,
    rows: Rows,
}

pub(super) async fn check(rest: &Rest<'_>, books: &Books) -> Result<Vec<Violation>, Error> {
    let mut violations = Vec::new();
    let holds = holds(rest).await?;
    let horizon = horizon(rest.server_file)?;
    let earlier = rest.newcomer.cloned().into_iter();
    let beginners = [Newcomer::default(), Newcomer::begin(rest.store).await?];
    for mut newcomer in earlier.chain(beginners) {
        let began = newcomer.cursor;
        match newcomer.read_on(rest.store).await? {
            Reading::End => {
                let wrong = newcomer.unlike(&holds).into_iter();
                let wrong = wrong.chain(newcomer.misled(rest, books));
                violations.extend(wrong.map(|what| {
                    let who = format!("who began at {began} and read the feed to its end");
                    Violation::new(7, format!("{who} has {what}"))
                }));
            }
            // The feed was compacted beyond where it stands.
            Reading::Gone if began < horizon => {}
            Reading::Gone => {
                let what =
                    format!("who began at {began} cannot read on, and {horizon} is the horizon");
                violations.push(Violation::new(7, what));
            }
            Reading::Gap(violation) => violations.push(violation),
        }
    }
    Ok(violations)
}

/// What the feed has to come to, but for what became of entries that were held.
async fn holds(rest: &Rest<'_>) -> Result<Rows, Error> {
    let store = rest.store;
    let accounts = store.accounts(TENANT).await?.into_iter();
    let accounts = accounts.map(|(customer_id, account)| Row::Account {
        customer_id,
        account,
    });
    let customers = store.customers(TENANT).await?.into_iter();
    let products = store.products(TENANT).await?.into_iter();
    let staff = store.staff(TENANT).await?.into_iter();
    let uses = store.code_uses(TENANT).await?.into_iter();
    let terminals = store.terminals(TENANT).await?;
    let heads = store.streams(TENANT).await?.into_iter();
    // The server's own stream is told by what it changes.
    let is_of_till = |id| terminals.iter().any(|terminal| terminal.id == id);
    let heads = heads.filter(|head| head.seq > 0 && is_of_till(head.terminal));
    let streams = heads.map(|head| Row::Stream {
        stream: head.stream,
        through: head.seq,
    });
    let all = accounts
        .chain(customers.map(Row::Customer))
        .chain(products.map(Row::Product))
        .chain(staff.map(Row::Staff))
        .chain(uses.map(Row::CodeUse))
        .chain(streams)
        .chain(programs(rest.server_file)?);
    Ok(all.map(|row| (row.key(), row)).collect())
}

/// Every program that was published. One that cannot be read is missing, and who read the feed has it.
fn programs(server_file: &Path) -> Result<Vec<Row>, ledger::Error> {
    let file = Connection::open(server_file)?;
    let found = tables::rows(&file, "select document from program")?;
    let found = found.iter().map(|text| serde_json::from_str(text));
    let programs = found.flatten().map(Box::new);
    Ok(programs.map(Row::Program).collect())
}

/// The position up to which only the latest row of every key is left.
fn horizon(server_file: &Path) -> Result<u64, ledger::Error> {
    let file = Connection::open(server_file)?;
    let sql = "select horizon from feed_head where tenant_id = ?1";
    let horizon: i64 = file.query_row(sql, [TENANT], |row| row.get(0))?;
    Ok(horizon.unsigned_abs())
}

/// How far a newcomer came.
enum Reading {
    End,
    Gone,
    Gap(Violation),
}

impl Newcomer {
    /// One that begins with a snapshot of now.
    pub(crate) async fn begin(store: &SqliteStore) -> Result<Self, Error> {
        let told = store.snapshot(TENANT).await?;
        let mut newcomer = Self {
            cursor: told.position,
            ..Self::default()
        };
        let mut after = None;
        loop {
            let request = PartRequest {
                tenant: TENANT.to_owned(),
                at: (told.position, told.hash),
                after,
                limit: PART_ROWS,
            };
            let Part::Rows(rows, next) = store.snapshot_part(request).await? else {
                return Err(Error::Gone);
            };
            for row in &rows {
                newcomer.take(row);
            }
            if next.is_none() {
                return Ok(newcomer);
            }
            after = next;
        }
    }

    /// Reads the feed to its end.
    async fn read_on(&mut self, store: &SqliteStore) -> Result<Reading, Error> {
        loop {
            let request = PageRequest {
                tenant: TENANT.to_owned(),
                cursor: self.cursor,
                hash: None,
                limit: 7,
                stream: None,
            };
            let page = store.page(request).await?;
            if page.is_compacted {
                return Ok(Reading::Gone);
            }
            for row in &page.rows {
                self.cursor += 1;
                if row.position != self.cursor {
                    let (wanted, found) = (self.cursor, row.position);
                    let what = format!("the feed has no row {wanted}, the next is {found}");
                    return Ok(Reading::Gap(Violation::new(7, what)));
                }
                self.take(&row.row);
            }
            if !page.more {
                return Ok(Reading::End);
            }
        }
    }

    fn take(&mut self, row: &Row) {
        if !matches!(row, Row::Lease(_)) {
            self.rows.insert(row.key(), row.clone());
        }
    }

    /// Rows that are not what the server holds.
    fn unlike(&self, holds: &Rows) -> Vec<String> {
        let keys: BTreeSet<_> = self.rows.keys().chain(holds.keys()).collect();
        let keys = keys.into_iter().filter(|(kind, _)| *kind != DISPOSITION);
        let wrong = keys.filter(|key| self.rows.get(key) != holds.get(key));
        let wrong = wrong.map(|key| {
            let (here, there) = (self.rows.get(key), holds.get(key));
            format!("{here:?}, the server has {there:?}")
        });
        wrong.collect()
    }

    /// What it does not know of entries that were held, or knows otherwise than it is.
    fn misled(&self, rest: &Rest<'_>, books: &Books) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut heard = BTreeSet::new();
        for row in self.rows.values() {
            let Row::Disposition { stream, entry } = row else {
                continue;
            };
            heard.insert((*stream, entry.seq));
            let became = books.at((*stream, entry.seq)).map(|stored| {
                let (seq, disposition) = (stored.seq, stored.disposition);
                let reason = stored.reason.clone();
                EntryDisposition {
                    seq,
                    disposition,
                    reason,
                }
            });
            if became.as_ref() != Some(entry) {
                wrong.push(format!("{row:?}, it became {became:?}"));
            }
        }
        let released = rest.releases.iter().flat_map(|release| &release.places);
        let unheard = released.filter(|place| !heard.contains(place));
        wrong.extend(unheard.map(|(stream, seq)| {
            let stream = short(*stream);
            format!("not heard what became of {stream}/{seq}, which was held")
        }));
        wrong
    }
}
