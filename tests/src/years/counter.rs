//! A till of the years: a real file, a clock that steps, and no wish to be online.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime};
use mostrador_ledger as ledger;
use mostrador_ledger::identity::{self, Identity};
use mostrador_ledger::record::{Recorded, Stamp, record};
use mostrador_ledger::{DatabaseKey, Ledger, stream};
use mostrador_loyalty::account::Account;
use mostrador_protocol::entry::{Payload, StreamOpened};
use mostrador_server::clock::{Clock as _, ManualClock};
use mostrador_server::terminal::Terminal;
use uuid::Uuid;

use super::draw::Draw;
use crate::Error;

/// One till.
#[derive(Debug)]
pub(super) struct Counter {
    pub(super) ledger: Ledger,
    pub(super) terminal: Uuid,
    pub(super) stream: Uuid,
    /// How far its clock is from everybody's, milliseconds.
    pub(super) clock_off_ms: i64,
    clock: Arc<ManualClock>,
    boot: Uuid,
}

impl Counter {
    pub(super) fn open(
        file: &Path,
        terminal: &Terminal,
        (clock, draw): (&Arc<ManualClock>, &Draw),
    ) -> Result<Self, Error> {
        let now_ms = clock.now_ms();
        let counter = Self {
            ledger: Ledger::open(file, &DatabaseKey::from_bytes([7; 32]))?,
            terminal: terminal.id,
            stream: draw.id(now_ms),
            clock_off_ms: 0,
            clock: Arc::clone(clock),
            boot: draw.id(now_ms),
        };
        counter.ledger.transact(|tx| {
            identity::save(tx, &identity_of(terminal))?;
            stream::open(tx, counter.stream)
        })?;
        let opened = StreamOpened {
            terminal_id: terminal.id,
            reason: "enrolled".to_owned(),
            parent: None,
        };
        counter.record(draw, &Payload::StreamOpened(opened))?;
        Ok(counter)
    }

    /// What its clock shows.
    pub(super) fn local(&self) -> NaiveDateTime {
        DateTime::from_timestamp_millis(self.now_ms())
            .expect("years that a calendar has")
            .naive_utc()
    }

    pub(super) fn now_ms(&self) -> i64 {
        self.clock.now_ms() + self.clock_off_ms
    }

    /// Commits an entry, or says why not.
    pub(super) fn record(&self, draw: &Draw, payload: &Payload) -> Result<Recorded, ledger::Error> {
        let now_ms = self.now_ms();
        let stamp = Stamp {
            entry_id: draw.id(now_ms),
            wall_ms: now_ms,
            effective_ms: now_ms,
            boot_id: self.boot,
            monotonic_ms: 0,
            program_version: 1,
        };
        self.ledger.transact(|tx| record(tx, &stamp, payload))
    }

    /// Who has the account of a record, and what is shown of it.
    pub(super) fn held(&self, record: Uuid) -> Result<(Uuid, Account), Error> {
        let held = self
            .ledger
            .read(|connection| ledger::account::held(connection, record))?;
        Ok(held)
    }
}

fn identity_of(terminal: &Terminal) -> Identity {
    Identity {
        terminal_id: terminal.id,
        terminal_name: terminal.name.clone(),
        tenant: terminal.tenant.id.clone(),
        tenant_name: terminal.tenant.name.clone(),
        store: terminal.shop.id.clone(),
        store_name: terminal.shop.name.clone(),
        server_url: String::new(),
        server_public_key: [0; 32],
        secret_key: [0; 32],
    }
}
