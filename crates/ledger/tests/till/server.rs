//! A server reduced to what a till sees of it: it ingests entries, folds them with those of other
//! terminals, and answers with pages of its feed.

use std::collections::{BTreeMap, BTreeSet};

use loyalty::account::{Account, Accounts, CodeTally};
use loyalty::code::CodeText;
use mostrador_loyalty as loyalty;
use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::entry::{Decoded, Effects};
use mostrador_protocol::message::PullReply;
use mostrador_protocol::row::{CodeUseRow, FeedRow, Row};
use mostrador_protocol::snapshot::KINDS;
use uuid::Uuid;

use mostrador_ledger::outbox::Batch;

/// One entry that the server counted.
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
            if let Decoded::Known(payload) = raw.payload(&header).expect("a payload") {
                news.push(payload.effects(header.effective_ms));
            }
        }
        self.ingest(news, Some(batch.stream));
    }

    /// An entry of another terminal.
    pub(crate) fn count(&mut self, effects: Effects) {
        self.ingest(vec![effects], None);
    }

    fn ingest(&mut self, entries: Vec<Effects>, stream: Option<Uuid>) {
        let mut accounts = Accounts::default();
        for (customer, account) in &self.accounts {
            accounts.insert(*customer, account.clone());
        }
        let mut codes = BTreeSet::new();
        for effects in &entries {
            fold(&mut accounts, effects);
            for used in &effects.codes {
                let tally = self.tallies.entry(used.code.clone()).or_default();
                tally.apply(used.day, used.discount);
                codes.insert(used.code.clone());
            }
            for back in &effects.codes_given_back {
                let tally = self.tallies.entry(back.code.clone()).or_default();
                tally.give_back(back.day, back.discount);
                codes.insert(back.code.clone());
            }
        }
        let changed: Vec<(Uuid, Account)> = accounts
            .changed()
            .map(|(customer, account)| (customer, account.clone()))
            .collect();
        let accounts = changed.iter().map(|(customer, account)| Row::Account {
            customer_id: *customer,
            account: AccountDocument::from(account),
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
        self.accounts.extend(changed);
        self.counted.extend(
            entries
                .into_iter()
                .map(|effects| Counted { position, effects }),
        );
        self.feed.push((rows, self.held_seq));
    }

    /// The latest row of every key, with the position that they are of.
    pub(crate) fn snapshot(&self) -> (u64, Vec<Row>) {
        let rows = self.feed.iter().flat_map(|(rows, _)| rows);
        let latest: BTreeMap<_, Row> = rows.map(|row| (row.row.key(), row.row.clone())).collect();
        let mut rows: Vec<Row> = latest.into_values().collect();
        rows.sort_by_key(|row| {
            let (kind, key) = row.key();
            (KINDS.iter().position(|known| *known == kind), key)
        });
        (self.position, rows)
    }

    /// The page after `cursor`: whole transactions, until `limit` rows are reached.
    pub(crate) fn pull(&self, cursor: u64, limit: usize) -> PullReply {
        let mut reply = PullReply {
            rows: Vec::new(),
            next_cursor: cursor,
            own_through: 0,
            more: false,
            server_time_ms: 0,
            next_hash: None,
            seals: BTreeMap::new(),
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

/// Folds what an entry does to accounts, as till and server do.
pub(crate) fn fold(accounts: &mut Accounts, effects: &Effects) {
    for (customer, fact) in &effects.accounts {
        accounts.apply(*customer, fact);
    }
    if let Some(merge) = effects.merge {
        accounts.merge(merge.survivor, merge.absorbed, merge.day);
    }
}
