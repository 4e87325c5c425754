//! What search looks at: words of names, digits of phones, and the vocabulary of all names.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::{Error, vocabulary, words};

/// What is indexed of one customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Indexed {
    pub(super) number: i64,
    /// Folded words of the name with single spaces.
    pub(super) words: String,
    /// Digits of the phone.
    pub(super) digits: String,
}

fn indexed_of(row: &Row<'_>) -> rusqlite::Result<Indexed> {
    Ok(Indexed {
        number: row.get(0)?,
        words: row.get(1)?,
        digits: row.get(2)?,
    })
}

pub(super) fn indexed(tx: &Connection, id: Uuid) -> Result<Option<Indexed>, Error> {
    let indexed = tx
        .prepare_cached("select number, words, digits from customer where id = ?")?
        .query_row([id.as_bytes()], indexed_of)
        .optional()?;
    Ok(indexed)
}

/// Brings the index from `before` to `after`; what did not change costs nothing.
pub(super) fn update(
    tx: &Connection,
    before: Option<&Indexed>,
    after: &Indexed,
) -> Result<(), Error> {
    let number = after.number;
    if before.map(|before| &before.words) != Some(&after.words) {
        if let Some(before) = before {
            tx.prepare_cached("delete from customer_words where rowid = ?")?
                .execute([number])?;
            for word in distinct(&before.words) {
                vocabulary::remove(tx, word)?;
            }
        }
        let tokens: Vec<String> = after.words.split(' ').map(words::token).collect();
        tx.prepare_cached("insert into customer_words (rowid, words) values (?, ?)")?
            .execute(params![number, tokens.join(" ")])?;
        for word in distinct(&after.words) {
            vocabulary::add(tx, word)?;
        }
    }
    if before.map(|before| &before.digits) != Some(&after.digits) {
        if before.is_some() {
            tx.prepare_cached("delete from customer_digits where rowid = ?")?
                .execute([number])?;
        }
        tx.prepare_cached("insert into customer_digits (rowid, digits) values (?, ?)")?
            .execute(params![number, after.digits])?;
    }
    Ok(())
}

/// Takes a customer out of the index.
pub(super) fn remove(tx: &Connection, before: &Indexed) -> Result<(), Error> {
    for sql in [
        "delete from customer_words where rowid = ?",
        "delete from customer_digits where rowid = ?",
    ] {
        tx.prepare_cached(sql)?.execute([before.number])?;
    }
    for word in distinct(&before.words) {
        vocabulary::remove(tx, word)?;
    }
    Ok(())
}

/// Makes the whole index again from the profiles.
pub(crate) fn index_all(tx: &Connection) -> Result<(), Error> {
    tx.execute_batch(
        "insert into customer_words (customer_words) values ('delete-all');
         insert into customer_digits (customer_digits) values ('delete-all');",
    )?;
    vocabulary::clear(tx)?;
    let mut statement = tx.prepare("select number, words, digits from customer order by number")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        update(tx, None, &indexed_of(row)?)?;
    }
    Ok(())
}

fn distinct(words: &str) -> BTreeSet<&str> {
    words.split(' ').filter(|word| !word.is_empty()).collect()
}
