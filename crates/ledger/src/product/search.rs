//! Finding a product by a part of its name or code.

use std::collections::BTreeMap;

use mostrador_protocol::row::Product;
use rusqlite::{Connection, Params, params};

use crate::likeness::Typed;
use crate::{Error, column, words};

/// The most results of one search.
const MOST: usize = 8;

/// The most candidates of one look-up.
const CANDIDATES: u32 = 400;

/// The most typed words that are looked up.
const TYPED_WORDS: usize = 6;

/// A product that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub product: Product,
    /// Whether the whole name, stock keeping unit or barcode is what was typed.
    pub exact: bool,
}

/// The products on sale that fit `text` best, at most `limit` and never more than 8. Any text may be
/// asked; one that says nothing finds nothing.
pub fn search(connection: &Connection, text: &str, limit: usize) -> Result<Vec<Found>, Error> {
    let limit = limit.min(MOST);
    let code: String = text.trim().chars().take(100).collect();
    let mut typed = words::fold(&code);
    typed.truncate(TYPED_WORDS);
    let mut pool = Pool {
        typed: Typed::new(&typed),
        fitting: BTreeMap::new(),
    };
    if let Some(product) = super::by_code(connection, &code)? {
        let exact = Found {
            product,
            exact: true,
        };
        return Ok(vec![exact].into_iter().take(limit).collect());
    }
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    let parts: Vec<String> = typed
        .iter()
        .filter_map(|word| words::all_trigrams(word))
        .collect();
    if parts.is_empty() {
        pool.add_short(connection, &typed)?;
    } else {
        pool.add_parts(connection, &parts.join(" AND "))?;
    }
    if pool.fitting.len() < limit && !parts.is_empty() {
        let parts: Vec<String> = typed
            .iter()
            .filter_map(|word| words::any_trigram(word))
            .collect();
        pool.add_parts(connection, &parts.join(" OR "))?;
    }
    let whole = typed.join(" ");
    let mut ranked: Vec<(u32, bool, String, i64)> = pool
        .fitting
        .into_iter()
        .map(|(number, (likeness, words))| (likeness, !words.starts_with(&whole), words, number))
        .collect();
    ranked.sort_unstable();
    ranked.truncate(limit);
    ranked
        .into_iter()
        .map(|(.., number)| found(connection, number, &whole))
        .collect()
}

struct Pool {
    typed: Typed,
    /// By number: likeness and words.
    fitting: BTreeMap<i64, (u32, String)>,
}

impl Pool {
    fn add_parts(&mut self, connection: &Connection, condition: &str) -> Result<(), Error> {
        self.add(
            connection,
            "number in (select rowid from product_parts where product_parts match ?1 limit ?2)",
            params![condition, CANDIDATES],
        )
    }

    /// One or two letters begin a word.
    fn add_short(&mut self, connection: &Connection, typed: &[String]) -> Result<(), Error> {
        for word in typed {
            let first = format!("{word}%");
            let later = format!("% {word}%");
            self.add(
                connection,
                "(words like ?1 or words like ?2) limit ?3",
                params![first, later, CANDIDATES],
            )?;
        }
        Ok(())
    }

    fn add(
        &mut self,
        connection: &Connection,
        condition: &str,
        bound: impl Params,
    ) -> Result<(), Error> {
        let sql = format!("select number, words from product where active = 1 and {condition}");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(bound)?;
        while let Some(row) = rows.next()? {
            let words: String = row.get(1)?;
            if let Some(likeness) = self.typed.likeness(&words) {
                self.fitting.insert(row.get(0)?, (likeness, words));
            }
        }
        Ok(())
    }
}

fn found(connection: &Connection, number: i64, whole: &str) -> Result<Found, Error> {
    let product: Product = connection
        .prepare_cached("select document from product where number = ?")?
        .query_row([number], |row| column::document(row, 0))?;
    let exact = words::fold(&product.name).join(" ") == whole;
    Ok(Found { product, exact })
}
