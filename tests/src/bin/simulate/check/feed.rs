//! Invariant 7: the feed is dense, and read from its beginning it comes to what the server holds.

use std::collections::BTreeMap;

use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::row::{CodeUseRow, Customer, Row};
use mostrador_server::feed::PageRequest;
use mostrador_server::store::Store;
use uuid::Uuid;

use super::{Rest, Violation};
use crate::goods::TENANT;
use mostrador_tests::Error;

/// What a terminal that joins now comes to hold.
#[derive(Debug, Default)]
struct Newcomer {
    accounts: BTreeMap<Uuid, AccountDocument>,
    uses: BTreeMap<String, CodeUseRow>,
    customers: BTreeMap<Uuid, Customer>,
    streams: BTreeMap<Uuid, u64>,
}

pub(super) async fn check(rest: &Rest<'_>) -> Result<Vec<Violation>, Error> {
    let mut newcomer = Newcomer::default();
    let mut request = PageRequest {
        tenant: TENANT.to_owned(),
        cursor: 0,
        hash: None,
        limit: 7,
        stream: None,
    };
    loop {
        let page = rest.store.page(request.clone()).await?;
        for row in &page.rows {
            request.cursor += 1;
            if row.position != request.cursor {
                return Ok(vec![Violation::new(
                    7,
                    format!(
                        "the feed has no row {}, the next is {}",
                        request.cursor, row.position
                    ),
                )]);
            }
            newcomer.take(&row.row);
        }
        if !page.more {
            break;
        }
    }
    newcomer.compare(rest).await
}

impl Newcomer {
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

    async fn compare(&self, rest: &Rest<'_>) -> Result<Vec<Violation>, Error> {
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
                format!("the feed from its beginning comes to other {what}"),
            )
        });
        Ok(violations.collect())
    }
}
