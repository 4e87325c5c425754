//! Both sides at the end: what the server holds against what each till holds.

use std::collections::BTreeMap;

use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::row::CodeUseRow;
use mostrador_server::Error;
use mostrador_server::store::Store;
use mostrador_server::terminal::StreamHead;
use uuid::Uuid;

use super::stage::TENANT;
use super::wire::Report;

/// What the server holds.
#[derive(Debug, Clone)]
pub struct ServerSide {
    entries: u64,
    own_entries: u64,
    streams: BTreeMap<Uuid, (u64, mostrador_protocol::entry::EntryHash)>,
    accounts: BTreeMap<Uuid, AccountDocument>,
    codes: BTreeMap<String, CodeUseRow>,
}

/// One thing that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch(pub String);

impl ServerSide {
    /// Reads everything from the server's data.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn read(store: &impl Store) -> Result<Self, Error> {
        let streams = store.streams(TENANT).await?;
        let accounts = store.accounts(TENANT).await?;
        let codes = store.code_uses(TENANT).await?;
        // The server's own stream has a terminal that no list shows.
        let terminals = store.terminals(TENANT).await?;
        let is_terminals = |head: &&StreamHead| terminals.iter().any(|it| it.id == head.terminal);
        let mut entries = 0;
        for head in streams.iter().filter(is_terminals) {
            entries += store.entries(TENANT, head.stream).await?.len() as u64;
        }
        Ok(Self {
            entries,
            own_entries: store.counts(TENANT).await?.entries - entries,
            streams: streams
                .into_iter()
                .map(|head| (head.stream, (head.seq, head.hash)))
                .collect(),
            accounts: accounts.into_iter().collect(),
            codes: codes
                .into_iter()
                .map(|row| (row.code.clone(), row))
                .collect(),
        })
    }

    /// Entries of terminals.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// Entries that the server wrote itself: lots of the data's years expired since.
    pub fn own_entries(&self) -> u64 {
        self.own_entries
    }

    /// Everything in which a till's report differs from the server: its stream's head and chain,
    /// each account, each use of a code.
    pub fn differences(&self, till: &str, report: &Report) -> Vec<Mismatch> {
        let mut differences = Vec::new();
        let held = self.streams.get(&report.stream).copied();
        let own = report.head.map(|hash| (report.entries, hash));
        if held != own {
            differences.push(Mismatch(format!(
                "{till}: stream ends {own:?}, server {held:?}"
            )));
        }
        differences.extend(unequal(till, "account", &self.accounts, &report.accounts));
        differences.extend(unequal(till, "code", &self.codes, &report.codes));
        differences
    }
}

/// Keys whose values differ; a value that says nothing is as good as none.
fn unequal<K: Ord + std::fmt::Display, V: PartialEq + std::fmt::Debug>(
    till: &str,
    what: &str,
    server: &BTreeMap<K, V>,
    shown: &BTreeMap<K, V>,
) -> Vec<Mismatch> {
    let mut keys: Vec<&K> = server.keys().chain(shown.keys()).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .filter_map(|key| {
            let (held, own) = (server.get(key), shown.get(key));
            let differs = held != own;
            differs.then(|| {
                Mismatch(format!(
                    "{till}: {what} {key}: shown {own:?}, server {held:?}"
                ))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_more_on_one_side_is_a_mismatch() {
        let account = |purchases| AccountDocument {
            purchases,
            ..AccountDocument::default()
        };
        let id = Uuid::from_u128(1);
        let server = ServerSide {
            own_entries: 0,
            entries: 0,
            streams: BTreeMap::new(),
            accounts: BTreeMap::from([(id, account(2))]),
            codes: BTreeMap::new(),
        };
        let shown = |purchases| Report {
            accounts: BTreeMap::from([(id, account(purchases))]),
            ..Report::default()
        };
        assert!(server.differences("till", &shown(2)).is_empty());
        assert_eq!(server.differences("till", &shown(3)).len(), 1);
        assert_eq!(server.differences("till", &Report::default()).len(), 1);
    }
}
