//! Referral codes that this till made for customers.

use loyalty::code::CodeText;
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::{Header, ReferralCodeMade};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use crate::{Error, column};

/// For whom this till made the code, if it did.
pub(crate) fn owner(connection: &Connection, code: &CodeText) -> Result<Option<Uuid>, Error> {
    let owner = connection
        .prepare_cached(
            "select customer_id from referral_code where code = ? order by stream, seq limit 1",
        )?
        .query_row([code.as_str()], |row| column::id(row, 0))
        .optional()?;
    Ok(owner)
}

/// Writes the code that an entry made.
pub(crate) fn project(
    tx: &Connection,
    header: &Header,
    made: &ReferralCodeMade,
) -> Result<(), Error> {
    let Some(code) = CodeText::parse(&made.code) else {
        return Ok(());
    };
    tx.prepare_cached(
        "insert into referral_code (stream, seq, code, customer_id) values (?, ?, ?, ?)",
    )?
    .execute(params![
        header.stream.as_bytes(),
        column::integer(header.seq),
        code.as_str(),
        made.customer_id.as_bytes()
    ])?;
    Ok(())
}
