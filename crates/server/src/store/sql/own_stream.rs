//! The server's own stream of a tenant: written like a terminal's, by a terminal that no list shows.

use mostrador_protocol::entry::{EntryHash, FORMAT, Header};
use uuid::Uuid;

use super::column::Param;
use super::session::Transaction;
use super::stream::Claim;
use super::{Answer, column, identity, ingest, stream};
use crate::ingest::fold::Workspace;
use crate::ingest::reading::again;
use crate::jobs::following::Following;
use crate::jobs::{Look, Written};
use crate::terminal::StreamHead;

/// The most times that one cause arises.
const MOST_TIMES: u32 = 1_000;

/// Appends to the stream. What it wrote stands in the workspace too.
#[derive(Debug)]
pub(super) struct Pen {
    tenant: String,
    head: StreamHead,
    boot: Uuid,
    program_version: u32,
    now_ms: i64,
}

impl Pen {
    /// One at the head of the stream, which is opened the first time. `None`: the tenant has no store
    /// yet, so that nobody can have sold anything.
    pub(super) fn at_head(
        tx: &dyn Transaction,
        (look, program_version): (&Look, u32),
    ) -> Answer<Option<Self>> {
        let found = match head(tx, &look.tenant)? {
            Some(head) => Some(head),
            None => open(tx, look)?,
        };
        Ok(found.map(|head| Self {
            tenant: look.tenant.clone(),
            head,
            boot: look.stream,
            program_version,
            now_ms: look.now_ms,
        }))
    }

    /// Writes an entry with its effects, unless its cause had them before.
    pub(super) fn write(
        &mut self,
        tx: &dyn Transaction,
        (following, workspace): (&Following, &mut Workspace),
    ) -> Answer<Option<Written>> {
        let Some(entry_id) = self.free_id(tx, following)? else {
            return Ok(None);
        };
        let header = Header {
            format: FORMAT,
            kind: String::new(),
            stream: self.head.stream,
            seq: self.head.seq + 1,
            entry_id,
            hlc: u64::try_from(self.now_ms).unwrap_or(0) << 16,
            wall_ms: self.now_ms,
            effective_ms: following.effective_ms,
            boot_id: self.boot,
            monotonic_ms: 0,
            program_version: self.program_version,
            lease_id: None,
            payload_len: 0,
        };
        let raw = following.payload.seal(&header);
        let hash = raw.hash(&self.head.hash);
        let link = again((header.stream, header.seq), hash, (raw, self.now_ms));
        let place = (self.tenant.as_str(), header.stream);
        let effects = following.payload.effects(header.effective_ms);
        for customer in effects.customers() {
            ingest::load_account(tx, &self.tenant, (customer, workspace))?;
        }
        let verdict = ingest::take(tx, place, &link, workspace)?;
        // Its id was free.
        let written = (&link, &verdict, Claim::First);
        stream::insert_entry(tx, place, written, self.now_ms)?;
        self.head = StreamHead {
            seq: header.seq,
            hash,
            ..self.head
        };
        stream::set_head(tx, &self.tenant, &self.head)?;
        let customers = effects.customers().map(|id| workspace.accounts.holder(id));
        Ok(Some(Written {
            kind: following.payload.kind(),
            customers: customers.collect(),
        }))
    }

    /// The id of the entry; none when its cause was written and does not arise again.
    fn free_id(&self, tx: &dyn Transaction, following: &Following) -> Answer<Option<Uuid>> {
        let times = if following.cause.may_arise_again() {
            MOST_TIMES
        } else {
            1
        };
        for time in 0..times {
            let id = following.cause.entry_id(&self.tenant, time);
            if stream::claimed(tx, &self.tenant, id)?.is_none() {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }
}

fn head(tx: &dyn Transaction, tenant: &str) -> Answer<Option<StreamHead>> {
    let sql = "select s.stream_id, s.terminal_id, s.seq, s.hash, s.opened_ms
               from terminal t
               join stream s on s.tenant_id = t.tenant_id and s.stream_id = t.stream_id
               where t.tenant_id = ?1 and t.is_server = 1";
    let what = "reading the head of the server's own stream";
    column::row(tx, what, (sql, &[&tenant]), stream::head_of)
}

fn open(tx: &dyn Transaction, look: &Look) -> Answer<Option<StreamHead>> {
    let sql = "insert into terminal (tenant_id, terminal_id, store_id, name, public_key, active,
                                     enrolled_ms, stream_id, is_server)
               select ?1, ?2, min(store_id), 'server', ?3, 0, cast(?4 as bigint), ?5, 1
               from store
               where tenant_id = ?1 having min(store_id) is not null";
    let public_key = identity::get(tx)?.secret_key.public().to_hex();
    let values: [&dyn Param; 5] = [
        &look.tenant,
        &look.terminal.to_string(),
        &public_key,
        &look.now_ms,
        &look.stream.to_string(),
    ];
    if column::run(tx, "opening the server's own stream", (sql, &values))? == 0 {
        return Ok(None);
    }
    let who = (look.tenant.as_str(), look.terminal);
    let head = stream::claim(tx, who, look.stream, look.now_ms)?;
    assert_eq!(head.hash, EntryHash::ZERO, "BUG: a stream begins empty");
    Ok(Some(head))
}
