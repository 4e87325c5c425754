//! Table `server_identity`: made on the first start.

use mostrador_protocol::signature::SecretKey;

use super::super::ServerIdentity;
use super::column::Param;
use super::session::{Connection, Transaction};
use super::{Answer, column};
use crate::Error;
use crate::mint::Mint;

/// Makes the identity unless there is one.
pub(super) fn ensure(tx: &dyn Transaction, mint: &Mint) -> Answer<()> {
    let sql = "insert into server_identity (id, generation, secret_key) values (1, ?1, ?2)
               on conflict (id) do nothing";
    let generation = mint.id()?.to_string();
    let secret_key = mint.random::<32>()?;
    let values: [&dyn Param; 2] = [&generation, &secret_key];
    column::send(tx, "making the server's identity", (sql, &values))
}

/// Writes it as it is: a write that changes nothing.
pub(super) fn touch(tx: &dyn Transaction) -> Answer<()> {
    let sql = "update server_identity set generation = generation where id = 1";
    column::send(tx, "trying to write", (sql, &[]))
}

/// Reads it.
pub(super) fn get(conn: &dyn Connection) -> Answer<ServerIdentity> {
    let what = "the server's identity";
    let sql = "select generation, secret_key from server_identity where id = 1";
    let found = column::row(conn, what, (sql, &[]), |row| {
        let secret: [u8; 32] = row.get(1)?;
        Ok(ServerIdentity {
            generation: column::id(row, 0)?,
            secret_key: SecretKey::from_bytes(&secret),
        })
    })?;
    found.ok_or_else(|| Error::Stored {
        what,
        found: "there is none".to_owned(),
    })
}
