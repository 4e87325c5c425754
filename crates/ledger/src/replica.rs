//! The server's rows on this till: a page of the feed and its cursor move together.

use loyalty::code::CodeText;
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::EntryHash;
use mostrador_protocol::message::PullReply;
use mostrador_protocol::row::Row;
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::touched::Touched;
use crate::{
    Error, account, bootstrap, code_use, column, customer, customer_entry, lease, outbox, product,
    program, restored, staff, stream,
};

/// The feed position that this till holds; 0 before the first page.
pub fn cursor(connection: &Connection) -> Result<u64, Error> {
    let cursor = connection
        .prepare_cached("select cursor from feed where only = 1")?
        .query_row([], |row| column::count(row, 0))?;
    Ok(cursor)
}

/// The chain of the feed up to the cursor; none when the server did not say.
pub fn cursor_hash(connection: &Connection) -> Result<Option<EntryHash>, Error> {
    let hash = connection
        .prepare_cached("select hash from feed where only = 1")?
        .query_row([], |row| row.get::<_, Option<String>>(0))?;
    Ok(hash.and_then(|hash| EntryHash::from_hex(&hash)))
}

/// Applies a page: its rows, the cursor, and how far own streams are included; then what is shown of
/// every customer and code that this touches is folded again.
///
/// `own_through` is about the stream that this till writes now. A page that was applied before, or an
/// older one, changes nothing.
pub fn apply_page(tx: &Connection, page: &PullReply) -> Result<(), Error> {
    let cursor = cursor(tx)?;
    let mut touched = Touched::default();
    if !page.rows.is_empty() {
        bootstrap::abandon(tx)?;
    }
    let again = restored::is_reading_again(tx)?;
    for row in page.rows.iter().filter(|row| row.position > cursor) {
        if again && restored::set_aside(tx, &row.row)? {
            continue;
        }
        apply_row(tx, (&row.row, &page.seals), &mut touched)?;
    }
    if let Some(head) = stream::head(tx)?.filter(|_| !again) {
        include(tx, head.stream, page.own_through, &mut touched)?;
    }
    let hash = page.next_hash.map(EntryHash::to_hex);
    // Where nothing new came nothing is written: a till that waits in quiet does not write its disk.
    tx.prepare_cached(
        "update feed set cursor = ?1, hash = ?2
         where only = 1 and (cursor < ?1 or cursor = ?1 and hash is not ?2)",
    )?
    .execute(params![column::integer(page.next_cursor), hash])?;
    if !page.more && page.next_cursor >= cursor {
        if again {
            restored::bring_in(tx, page.own_through, &mut touched)?;
        }
        restored::at_the_end(tx, &mut touched)?;
    }
    touched.refold(tx)
}

/// How far an own stream is included in the server's rows; none for another terminal's.
pub(crate) fn included(tx: &Connection, stream: Uuid) -> Result<Option<u64>, Error> {
    let included = tx
        .prepare_cached("select included from stream where id = ?")?
        .query_map([stream.as_bytes()], |row| column::count(row, 0))?
        .next()
        .transpose()?;
    Ok(included)
}

/// Writes a row. What is shown follows by [`Touched::refold`].
pub(crate) fn apply_row(
    tx: &Connection,
    (row, seals): (&Row, &program::Seals),
    touched: &mut Touched,
) -> Result<(), Error> {
    match row {
        Row::Customer(profile) => customer::put(tx, profile),
        Row::Account {
            customer_id,
            account,
        } => {
            touched.customer(tx, *customer_id)?;
            account::put(tx, *customer_id, account)
        }
        Row::Program(document) => program::put(tx, document, seals),
        Row::UnreadProgram(document) => program::put_unread(tx, document, seals),
        Row::Staff(person) => staff::put(tx, person),
        Row::Product(product) => product::put(tx, product),
        Row::CodeUse(tally) => {
            if let Some(code) = CodeText::parse(&tally.code) {
                touched.code(tx, code)?;
            }
            code_use::put(tx, tally)
        }
        Row::Disposition { stream, entry } => outbox::released(tx, *stream, entry),
        Row::Lease(row) => lease::put(tx, row),
        Row::Stream { stream, through } => include(tx, *stream, *through, touched),
    }
}

/// Moves how far an own stream is included, and collects whom the entries in between concern. Another
/// terminal's stream is none of this till's business.
fn include(
    tx: &Connection,
    stream: Uuid,
    through: u64,
    touched: &mut Touched,
) -> Result<(), Error> {
    if included(tx, stream)?.is_some_and(|before| before < through) {
        move_included(tx, stream, through, touched)?;
    }
    Ok(())
}

/// Sets how far an own stream is included, forth, or back where the feed was read again, and collects whom
/// the entries in between concern.
pub(crate) fn move_included(
    tx: &Connection,
    stream: Uuid,
    through: u64,
    touched: &mut Touched,
) -> Result<(), Error> {
    let Some(before) = included(tx, stream)?.filter(|before| *before != through) else {
        return Ok(());
    };
    let range = (before.min(through), before.max(through));
    for customer in customer_entry::between(tx, stream, range)? {
        touched.customer(tx, customer)?;
    }
    for code in code_use::between(tx, stream, range)? {
        touched.code(tx, code)?;
    }
    touched.stream(stream, before);
    tx.prepare_cached("update stream set included = ? where id = ?")?
        .execute(params![column::integer(through), stream.as_bytes()])?;
    Ok(())
}
