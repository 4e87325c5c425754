//! Table `lease_freeze`: terminals whose word is awaited after a restore. While a tenant has one, nothing that
//! is scarce is granted.

use uuid::Uuid;

use super::column::Param;
use super::session::{Connection, Transaction};
use super::{Answer, column};

/// The server was restored: every terminal that may hold something is awaited.
pub(super) fn begin(tx: &dyn Transaction) -> Answer<()> {
    let sql = "insert into lease_freeze (tenant_id, terminal_id)
               select tenant_id, terminal_id from terminal where active = 1
               on conflict (tenant_id, terminal_id) do update set
                   stream_id = null, through_seq = null";
    column::send(tx, "freezing what is scarce", (sql, &[]))
}

/// An awaited terminal said how far its stream goes: when all of that is here, it is awaited no more.
pub(super) fn told(
    tx: &dyn Transaction,
    (tenant, terminal): (&str, Uuid),
    (stream, seq): (Uuid, u64),
) -> Answer<()> {
    let sql = "update lease_freeze set stream_id = ?3, through_seq = ?4
               where tenant_id = ?1 and terminal_id = ?2";
    let values: [&dyn Param; 4] = [
        &tenant,
        &terminal.to_string(),
        &stream.to_string(),
        &column::int(seq),
    ];
    column::send(tx, "noting what a terminal has", (sql, &values))
}

/// The owner gave up on a terminal: it is awaited no more.
pub(super) fn give_up(tx: &dyn Transaction, tenant: &str, terminal: Uuid) -> Answer<()> {
    let sql = "delete from lease_freeze where tenant_id = ?1 and terminal_id = ?2";
    let values: [&dyn Param; 2] = [&tenant, &terminal.to_string()];
    column::send(tx, "awaiting a terminal no more", (sql, &values))
}

/// Terminals that are awaited: they were not heard since the restore, or not all of their entries are here.
pub(super) fn awaited(conn: &dyn Connection, tenant: &str) -> Answer<Vec<Uuid>> {
    let sql = "select f.terminal_id from lease_freeze f
               where f.tenant_id = ?1 and not exists (
                   select 1 from stream s
                   where s.tenant_id = f.tenant_id and s.stream_id = f.stream_id
                     and s.seq >= f.through_seq)
               order by f.terminal_id";
    let what = "listing who is awaited";
    column::rows(conn, what, (sql, &[&tenant]), |row| column::id(row, 0))
}
