//! Table `lease_freeze`: terminals whose word is awaited after a restore. While a tenant has one, nothing that
//! is scarce is granted.

use uuid::Uuid;

use super::column::Param;
use super::session::{Connection, Transaction};
use super::{Answer, column};

/// How far a terminal says that its stream goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    pub(super) stream: Uuid,
    pub(super) seq: u64,
    /// Whether nobody spoke of the stream before: the terminal parted from the one that it wrote.
    pub(super) is_new: bool,
}

/// The feed of a tenant was restored: each of its terminals that may hold something is awaited.
pub(super) fn begin(tx: &dyn Transaction, tenant: &str) -> Answer<()> {
    let sql = "insert into lease_freeze (tenant_id, terminal_id)
               select tenant_id, terminal_id from terminal where tenant_id = ?1 and active = 1
               on conflict (tenant_id, terminal_id) do update set
                   stream_id = null, through_seq = null";
    column::send(tx, "freezing what is scarce", (sql, &[&tenant]))
}

/// An awaited terminal says how far its stream goes. Its first word after the restore counts: what it sells
/// from then on concerns nobody, and a word that arrives late takes nothing back. A stream that it parted
/// to has everything that the one before had not brought yet.
pub(super) fn told(tx: &dyn Transaction, who: (&str, Uuid), word: Word) -> Answer<()> {
    let sql = if word.is_new {
        "update lease_freeze set stream_id = ?3, through_seq = ?4
         where tenant_id = ?1 and terminal_id = ?2"
    } else {
        "update lease_freeze set stream_id = ?3, through_seq = ?4
         where tenant_id = ?1 and terminal_id = ?2 and stream_id is null"
    };
    let (tenant, terminal) = who;
    let values: [&dyn Param; 4] = [
        &tenant,
        &terminal.to_string(),
        &word.stream.to_string(),
        &column::int(word.seq),
    ];
    column::send(tx, "noting what a terminal has", (sql, &values))?;
    reached(tx, who)
}

/// A terminal of which everything is here that it told of is awaited no more.
pub(super) fn reached(tx: &dyn Transaction, (tenant, terminal): (&str, Uuid)) -> Answer<()> {
    let sql = "delete from lease_freeze
               where tenant_id = ?1 and terminal_id = ?2 and exists (
                   select 1 from stream s
                   where s.tenant_id = lease_freeze.tenant_id
                     and s.stream_id = lease_freeze.stream_id
                     and s.seq >= lease_freeze.through_seq)";
    let values: [&dyn Param; 2] = [&tenant, &terminal.to_string()];
    column::send(tx, "awaiting a terminal no more", (sql, &values))
}

/// The owner gave up on a terminal: it is awaited no more.
pub(super) fn give_up(tx: &dyn Transaction, tenant: &str, terminal: Uuid) -> Answer<()> {
    let sql = "delete from lease_freeze where tenant_id = ?1 and terminal_id = ?2";
    let values: [&dyn Param; 2] = [&tenant, &terminal.to_string()];
    column::send(tx, "giving up on a terminal", (sql, &values))
}

/// Terminals that are awaited: they were not heard since the restore, or not all that they told of is here.
pub(super) fn awaited(conn: &dyn Connection, tenant: &str) -> Answer<Vec<Uuid>> {
    let sql = "select terminal_id from lease_freeze where tenant_id = ?1 order by terminal_id";
    let what = "listing who is awaited";
    column::rows(conn, what, (sql, &[&tenant]), |row| column::id(row, 0))
}
