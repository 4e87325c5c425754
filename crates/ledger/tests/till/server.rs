//! A server reduced to what a till sees of it: it ingests entries, folds them with sales of other
//! terminals, and answers with pages of its feed.

use std::collections::{BTreeMap, BTreeSet};

use loyalty::account::{Account, CodeTally};
use loyalty::code::CodeText;
use mostrador_loyalty as loyalty;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::{Decoded, Effects, Payload};
use mostrador_protocol::message::PullReply;
use mostrador_protocol::row::{CodeUseRow, FeedRow, Row};
use uuid::Uuid;

use mostrador_ledger::outbox::Batch;

/// One sale that the server counted.
pub(crate) struct Counted {
    /// Where its transaction ends in the feed.
    pub(crate) position: u64,
    pub(crate) effects: Effects,
}

#[derive(Default)]
pub(crate) struct Server {
    pub(crate) counted: Vec<Counted>,
    pub(crate) held_seq: u64,
    accounts: BTreeMap<Uuid, Account>,
    tallies: BTreeMap<CodeText, CodeTally>,
    /// Rows of each transaction, and how far the till's stream was included after it.
    feed: Vec<(Vec<FeedRow>, u64)>,
    position: u64,
}

impl Server {
    /// Ingests what it does not hold yet, in one transaction.
    pub(crate) fn push(&mut self, batch: &Batch) {
        let mut news = Vec::new();
        for raw in &batch.entries {
            let header = raw.header().expect("a header");
            if header.seq <= self.held_seq {
                continue;
            }
            assert_eq!(header.seq, self.held_seq + 1, "the batch has a gap");
            self.held_seq = header.seq;
            if let Decoded::Known(Payload::SaleCompleted(sale)) =
                raw.payload(&header).expect("a payload")
            {
                news.push(sale.effects(header.effective_ms));
            }
        }
        self.ingest(news, Some(batch.stream));
    }

    /// A sale of another terminal.
    pub(crate) fn count(&mut self, effects: Effects) {
        self.ingest(vec![effects], None);
    }

    fn ingest(&mut self, sales: Vec<Effects>, stream: Option<Uuid>) {
        let mut customers = BTreeSet::new();
        let mut codes = BTreeSet::new();
        for effects in &sales {
            for (customer, fact) in &effects.accounts {
                self.accounts.entry(*customer).or_default().apply(fact);
                customers.insert(*customer);
            }
            for used in &effects.codes {
                self.tallies
                    .entry(used.code.clone())
                    .or_default()
                    .apply(used.day, used.discount);
                codes.insert(used.code.clone());
            }
        }
        let accounts = customers.iter().map(|customer| Row::Account {
            customer_id: *customer,
            account: AccountDocument::from(&self.accounts[customer]),
        });
        let tallies = codes
            .iter()
            .map(|code| Row::CodeUse(CodeUseRow::new(code, &self.tallies[code])));
        let streams = stream.into_iter().map(|stream| Row::Stream {
            stream,
            through: self.held_seq,
        });
        let rows: Vec<FeedRow> = accounts
            .chain(tallies)
            .chain(streams)
            .map(|row| {
                self.position += 1;
                FeedRow {
                    position: self.position,
                    row,
                }
            })
            .collect();
        let position = self.position;
        self.counted.extend(
            sales
                .into_iter()
                .map(|effects| Counted { position, effects }),
        );
        self.feed.push((rows, self.held_seq));
    }

    /// The page after `cursor`: whole transactions, until `limit` rows are reached.
    pub(crate) fn pull(&self, cursor: u64, limit: usize) -> PullReply {
        let mut reply = PullReply {
            rows: Vec::new(),
            next_cursor: cursor,
            own_through: 0,
            more: false,
            server_time_ms: 0,
        };
        for (rows, own_through) in &self.feed {
            let Some(last) = rows.last() else { continue };
            if last.position > cursor {
                if reply.rows.len() >= limit {
                    reply.more = true;
                    break;
                }
                reply.rows.extend(rows.iter().cloned());
                reply.next_cursor = last.position;
            }
            reply.own_through = *own_through;
        }
        reply
    }
}
