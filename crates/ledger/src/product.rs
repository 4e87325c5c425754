//! The catalogue, replicated from the server.

mod search;

use mostrador_protocol::row::Product;
use rusqlite::{Connection, OptionalExtension, params};

pub use self::search::{Found, search};
use crate::{Error, column, words};

/// The product with this id, also one that is not sold any more.
pub fn get(connection: &Connection, id: &str) -> Result<Option<Product>, Error> {
    let product = connection
        .prepare_cached("select document from product where id = ?")?
        .query_row([id], |row| column::document(row, 0))
        .optional()?;
    Ok(product)
}

/// The product on sale with exactly this barcode or stock keeping unit; case does not matter.
pub fn by_code(connection: &Connection, code: &str) -> Result<Option<Product>, Error> {
    let product = connection
        .prepare_cached(
            "select document from product where barcode = ?1 and active = 1
             union all
             select document from product where sku = ?1 collate nocase and active = 1
             limit 1",
        )?
        .query_row([code.trim()], |row| column::document(row, 0))
        .optional()?;
    Ok(product)
}

/// How many products are on sale.
pub fn count(connection: &Connection) -> Result<u64, Error> {
    let count = connection
        .prepare_cached("select count(*) from product where active = 1")?
        .query_row([], |row| column::count(row, 0))?;
    Ok(count)
}

/// Writes the server's row.
pub(crate) fn put(tx: &Connection, product: &Product) -> Result<(), Error> {
    let folded = words::fold(&format!("{} {}", product.name, product.sku)).join(" ");
    let before: Option<String> = tx
        .prepare_cached("select words from product where id = ?")?
        .query_row([&product.id], |row| row.get(0))
        .optional()?;
    let number: i64 = tx
        .prepare_cached(
            "insert into product (id, sku, barcode, active, words, document)
             values (?, ?, ?, ?, ?, ?)
             on conflict (id) do update set sku = excluded.sku, barcode = excluded.barcode,
                 active = excluded.active, words = excluded.words, document = excluded.document
             returning number",
        )?
        .query_row(
            params![
                product.id,
                product.sku,
                product.barcode,
                product.active,
                folded,
                serde_json::to_string(product)?
            ],
            |row| row.get(0),
        )?;
    if before.as_deref() == Some(folded.as_str()) {
        return Ok(());
    }
    if before.is_some() {
        tx.prepare_cached("delete from product_parts where rowid = ?")?
            .execute([number])?;
    }
    index(tx, number, &folded)
}

/// Makes the search index again from the rows.
pub(crate) fn index_all(tx: &Connection) -> Result<(), Error> {
    tx.execute_batch("insert into product_parts (product_parts) values ('delete-all');")?;
    let mut statement = tx.prepare("select number, words from product order by number")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        index(tx, row.get(0)?, &row.get::<_, String>(1)?)?;
    }
    Ok(())
}

fn index(tx: &Connection, number: i64, folded: &str) -> Result<(), Error> {
    tx.prepare_cached("insert into product_parts (rowid, words) values (?, ?)")?
        .execute(params![number, folded])?;
    Ok(())
}
