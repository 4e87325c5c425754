//! What PostgreSQL says when it cannot be used: what passes by itself, and what a person does about the rest.

use std::error::Error as StdError;
use std::io;

use deadpool_postgres::PoolError;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::store::sql::Fault;

/// Work that the database gave up in favour of other work.
pub(super) fn is_conflict(code: &SqlState) -> bool {
    [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
    ]
    .contains(code)
}

/// A server that goes down, comes up or is busy, a standby that is about to take over.
fn is_away(code: &SqlState) -> bool {
    [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::READ_ONLY_SQL_TRANSACTION,
        SqlState::LOCK_NOT_AVAILABLE,
    ]
    .contains(code)
}

impl Fault {
    /// Whether the database gave the work up, or could not be reached, for a reason that passes.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Postgres(error) | Self::Sent { source: error, .. } => passes(error),
            Self::Pool(PoolError::Backend(error)) => passes(error) || error.as_db_error().is_none(),
            Self::Pool(_) => true,
            Self::Sqlite(_) | Self::Column { .. } => false,
        }
    }
}

fn passes(error: &Error) -> bool {
    let is_lost = error.is_closed() || io_kind(error).is_some();
    let code = error.code();
    is_lost || code.is_some_and(|code| is_conflict(code) || is_away(code))
}

fn io_kind(error: &Error) -> Option<io::ErrorKind> {
    let source = error.source()?.downcast_ref::<io::Error>()?;
    Some(source.kind())
}

/// What a person does about a user who may not make tables.
pub(crate) const MUST_OWN: &str =
    "the user must own the database, because the server makes its own tables in it";

/// Whether somewhere below an error PostgreSQL says that the user may not do this.
pub(crate) fn may_not(error: &(dyn StdError + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(next) = cause {
        let said = next.downcast_ref::<Error>().and_then(Error::code);
        if said == Some(&SqlState::INSUFFICIENT_PRIVILEGE) {
            return true;
        }
        cause = next.source();
    }
    false
}

/// What a person does when a connection cannot be made.
pub(crate) fn remedy(error: &Error) -> &'static str {
    let code = error.code();
    let is = |wanted: &[SqlState]| code.is_some_and(|code| wanted.contains(code));
    if is(&[SqlState::INVALID_PASSWORD]) {
        return "the user or the password in the URL is wrong; signs like @ and / are written %40 and %2F";
    }
    if is(&[SqlState::INVALID_AUTHORIZATION_SPECIFICATION]) {
        return "the database server's pg_hba.conf does not let this user in from here: add a line for \
                it, with TLS if it asks for that (sslmode=require)";
    }
    if is(&[SqlState::INVALID_CATALOG_NAME]) {
        return "make the database first: createdb NAME; the server makes its own tables in it";
    }
    if is(&[SqlState::INSUFFICIENT_PRIVILEGE]) {
        return MUST_OWN;
    }
    if code.is_some_and(is_away) {
        return "the database server starts, stops or is full: try again in a moment";
    }
    if let Some(kind) = io_kind(error) {
        return match kind {
            io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound => {
                "nobody listens there: check host and port, and that the database server runs and \
                 listens on that address (listen_addresses)"
            }
            io::ErrorKind::TimedOut => "no answer: check the host and the firewalls in between",
            _ => "check host and port, and the name service",
        };
    }
    tls_remedy(error).unwrap_or(
        "check host, user, password and that the database exists; the server makes its own tables in it",
    )
}

/// What a person does when the two do not agree about encryption.
fn tls_remedy(error: &Error) -> Option<&'static str> {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        said.push_str(&next.to_string());
        cause = next.source();
    }
    let said = said.to_lowercase();
    if said.contains("does not support tls") {
        return Some(
            "the database server has no TLS: switch it on there (ssl = on), or write \
             sslmode=disable when both are on one machine",
        );
    }
    if said.contains("hostname mismatch") || said.contains("ip address mismatch") {
        return Some(
            "the certificate is for another name: write the host as the certificate does, or have one \
             made for this name",
        );
    }
    let is_about_trust = said.contains("certificate") || said.contains("tls");
    is_about_trust.then_some(
        "nobody whom this machine trusts has signed the database server's certificate: name its \
         authority in the URL, sslrootcert=/path/root.pem",
    )
}
