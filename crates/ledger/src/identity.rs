//! Who this till is: one row, written by enrolment.

use std::fmt;

use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::{Error, column};

/// The terminal, its store and its server.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The terminal's id.
    pub terminal_id: Uuid,
    /// What the owner calls it.
    pub terminal_name: String,
    /// Slug of the company.
    pub tenant: String,
    /// What a person reads.
    pub tenant_name: String,
    /// Slug of the shop.
    pub store: String,
    /// What a person reads.
    pub store_name: String,
    /// Where the server is.
    pub server_url: String,
    /// Ed25519 public key of the server.
    pub server_public_key: [u8; 32],
    /// Ed25519 secret key of this terminal.
    pub secret_key: [u8; 32],
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("terminal_id", &self.terminal_id)
            .field("terminal_name", &self.terminal_name)
            .field("tenant", &self.tenant)
            .field("store", &self.store)
            .field("server_url", &self.server_url)
            .finish_non_exhaustive()
    }
}

/// The identity, once the till is enrolled.
pub fn load(connection: &Connection) -> Result<Option<Identity>, Error> {
    let identity = connection
        .prepare_cached(
            "select terminal_id, terminal_name, tenant, tenant_name, store, store_name,
                    server_url, server_public_key, secret_key
             from identity where only = 1",
        )?
        .query_row([], |row| {
            Ok(Identity {
                terminal_id: column::id(row, 0)?,
                terminal_name: row.get(1)?,
                tenant: row.get(2)?,
                tenant_name: row.get(3)?,
                store: row.get(4)?,
                store_name: row.get(5)?,
                server_url: row.get(6)?,
                server_public_key: row.get(7)?,
                secret_key: row.get(8)?,
            })
        })
        .optional()?;
    Ok(identity)
}

/// Writes the identity, in place of the one before.
pub fn save(tx: &Connection, identity: &Identity) -> Result<(), Error> {
    tx.execute("delete from identity where only = 1", [])?;
    tx.prepare_cached(
        "insert into identity (only, terminal_id, terminal_name, tenant, tenant_name, store,
             store_name, server_url, server_public_key, secret_key)
         values (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![
        identity.terminal_id.as_bytes(),
        identity.terminal_name,
        identity.tenant,
        identity.tenant_name,
        identity.store,
        identity.store_name,
        identity.server_url,
        identity.server_public_key,
        identity.secret_key
    ])?;
    Ok(())
}
