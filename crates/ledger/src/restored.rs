//! A server that was restored from a backup: what only this till still has goes back to it.
//!
//! What the server said before is open until its feed, read again from the beginning, says it too. What
//! the end of the feed has not shown: profiles and programs are pushed again, and a balance that nobody's
//! entries come to any more is dropped once the server holds every entry of this till.

use loyalty::code::CodeText;
use mostrador_loyalty as loyalty;
use rusqlite::Connection;

use crate::replica::Touched;
use crate::{Error, bootstrap, column, outbox};

/// Reads the feed again from its beginning: what a server that was restored says is another feed, with
/// other rows at the positions that this till holds. Rows stay until the new ones replace them.
pub fn begin_again(tx: &Connection) -> Result<(), Error> {
    bootstrap::abandon(tx)?;
    for sql in [
        "update feed set cursor = 0, hash = null where only = 1",
        "update customer set unconfirmed = 1 where to_push = 0",
        "update erased_customer set unconfirmed = 1 where to_push = 0",
        "update program set unconfirmed = 1",
        "update account set unconfirmed = 1",
        "update code_use set unconfirmed = 1",
    ] {
        tx.execute(sql, [])?;
    }
    Ok(())
}

/// The feed was read to its end, so whatever it has not shown the server does not have. Whose balance
/// went is to be folded again.
pub(crate) fn at_the_end(tx: &Connection) -> Result<Touched, Error> {
    for sql in [
        "update customer set unconfirmed = 0, to_push = 1 where unconfirmed = 1",
        "update erased_customer set unconfirmed = 0, to_push = 1 where unconfirmed = 1",
        "update program set unconfirmed = 0, to_push = 1 where unconfirmed = 1",
    ] {
        tx.prepare_cached(sql)?.execute([])?;
    }
    if outbox::waiting(tx)? > 0 {
        return Ok(Touched::default());
    }
    let customers = tx
        .prepare_cached("delete from account where unconfirmed = 1 returning customer_id")?
        .query_map([], |row| column::id(row, 0))?
        .collect::<Result<_, _>>()?;
    let codes: Vec<String> = tx
        .prepare_cached("delete from code_use where unconfirmed = 1 returning code")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(Touched {
        customers,
        codes: codes
            .iter()
            .filter_map(|code| CodeText::parse(code))
            .collect(),
    })
}
