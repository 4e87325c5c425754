//! Invariant 7: the feed is dense; read from its beginning, or from a snapshot on, it comes to what the server
//! holds.

use std::collections::BTreeMap;

use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::row::{CodeUseRow, Customer, Row};
use mostrador_server::SqliteStore;
use mostrador_server::feed::PageRequest;
use mostrador_server::snapshot::{Part, PartRequest};
use mostrador_server::store::Store;
use uuid::Uuid;

use super::{Rest, Violation};
use crate::goods::TENANT;
use mostrador_tests::Error;

/// Rows in a part of a snapshot.
const PART_ROWS: u32 = 5;

/// What a terminal that joins comes to hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Newcomer {
    /// Up to where it has read the feed.
    cursor: u64,
    accounts: BTreeMap<Uuid, AccountDocument>,
    uses: BTreeMap<String, CodeUseRow>,
    customers: BTreeMap<Uuid, Customer>,
    streams: BTreeMap<Uuid, u64>,
}

pub(super) async fn check(rest: &Rest<'_>) -> Result<Vec<Violation>, Error> {
    let mut violations = Vec::new();
    let earlier = rest.newcomer.cloned().into_iter();
    let beginners = [Newcomer::default(), Newcomer::begin(rest.store).await?];
    for mut newcomer in earlier.chain(beginners) {
        let began = newcomer.cursor;
        match newcomer.read_on(rest.store).await? {
            Reading::End => violations.extend(newcomer.compare(rest, began).await?),
            // The feed was compacted beyond where it stands.
            Reading::Gone => {}
            Reading::Gap(violation) => violations.push(violation),
        }
    }
    Ok(violations)
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
        match row {
            Row::Account {
                customer_id,
                account,
            } => {
                self.accounts.insert(*customer_id, account.clone());
            }
            Row::CodeUse(row) => {
                self.uses.insert(row.code.clone(), row.clone());
            }
            Row::Customer(profile) => {
                self.customers.insert(profile.id, profile.clone());
            }
            Row::Stream {
                stream, through, ..
            } => {
                self.streams.insert(*stream, *through);
            }
            _ => {}
        }
    }

    async fn compare(&self, rest: &Rest<'_>, began: u64) -> Result<Vec<Violation>, Error> {
        let store = rest.store;
        let accounts: BTreeMap<_, _> = store.accounts(TENANT).await?.into_iter().collect();
        let uses = store.code_uses(TENANT).await?.into_iter();
        let uses: BTreeMap<_, _> = uses.map(|row| (row.code.clone(), row)).collect();
        let customers = store.customers(TENANT).await?.into_iter();
        let customers: BTreeMap<_, _> = customers.map(|it| (it.id, it)).collect();
        let terminals = store.terminals(TENANT).await?;
        let heads = store.streams(TENANT).await?.into_iter();
        // The server's own stream is told by what it changes.
        let is_of_till = |id| terminals.iter().any(|terminal| terminal.id == id);
        let heads: BTreeMap<_, _> = heads
            .filter(|head| head.seq > 0 && is_of_till(head.terminal))
            .map(|head| (head.stream, head.seq))
            .collect();
        let same = [
            ("accounts", accounts == self.accounts),
            ("uses of codes", uses == self.uses),
            ("profiles", customers == self.customers),
            ("ends of streams", heads == self.streams),
        ];
        let differing = same.into_iter().filter(|(_, is_same)| !is_same);
        let violations = differing.map(|(what, _)| {
            Violation::new(
                7,
                format!("who began at {began} and read the feed to its end has other {what}"),
            )
        });
        Ok(violations.collect())
    }
}
