//! The distinct words of all names: a million customers share some ten thousand of them, so what was
//! misspelt is looked up here and not among the customers.

use std::collections::BTreeMap;

use rusqlite::{Connection, ToSql, params};

use crate::{Error, column, distance, words};

/// The most words that stand in for a typed one.
const STAND_INS: usize = 40;

/// The most words looked at for two slips.
const LOOKED_AT: u32 = 3_000;

/// Greater than every character of a word.
const END: char = '\u{10ffff}';

/// Counts one more name with this word.
pub(crate) fn add(tx: &Connection, word: &str) -> Result<(), Error> {
    let (number, customers) = tx
        .prepare_cached(
            "insert into name_word (word, customers) values (?, 1)
             on conflict (word) do update set customers = customers + 1
             returning number, customers",
        )?
        .query_row([word], |row| {
            Ok((row.get::<_, i64>(0)?, column::count(row, 1)?))
        })?;
    if customers == 1 {
        tx.prepare_cached("insert into name_word_parts (rowid, word) values (?, ?)")?
            .execute(params![number, word])?;
    }
    Ok(())
}

/// Counts one name less with this word; the last one takes the word along.
pub(crate) fn remove(tx: &Connection, word: &str) -> Result<(), Error> {
    let kept = tx
        .prepare_cached(
            "update name_word set customers = customers - 1 where word = ? and customers > 1",
        )?
        .execute([word])?;
    if kept == 0 {
        tx.prepare_cached(
            "delete from name_word_parts where rowid in (select number from name_word where word = ?)",
        )?
        .execute([word])?;
        tx.prepare_cached("delete from name_word where word = ?")?
            .execute([word])?;
    }
    Ok(())
}

/// Forgets every word.
pub(crate) fn clear(tx: &Connection) -> Result<(), Error> {
    tx.execute_batch(
        "delete from name_word; insert into name_word_parts (name_word_parts) values ('delete-all');",
    )?;
    Ok(())
}

/// The most frequent words that begin with `start`.
pub(crate) fn beginning(
    connection: &Connection,
    start: &str,
    limit: u32,
) -> Result<Vec<String>, Error> {
    let mut statement = connection.prepare_cached(
        "select word from name_word where word >= ? and word < ? order by customers desc limit ?",
    )?;
    let words = statement
        .query_map(params![start, format!("{start}{END}"), limit], |row| {
            row.get(0)
        })?
        .collect::<Result<_, _>>()?;
    Ok(words)
}

/// Words that could be meant by `typed`, besides those that begin with it: with it inside, one slip
/// away (or beginning so), two slips away for longer words. At most [`STAND_INS`], nearest and then
/// most frequent first.
pub(crate) fn stand_ins(connection: &Connection, typed: &str) -> Result<Vec<String>, Error> {
    let signs: Vec<char> = typed.chars().collect();
    let mut found: BTreeMap<String, (u32, i64)> = BTreeMap::new();
    if signs.len() >= 3 {
        containing(connection, typed, &mut found)?;
    }
    if (4..=16).contains(&signs.len()) {
        one_slip(connection, &signs, &mut found)?;
    }
    if (7..=24).contains(&signs.len()) {
        two_slips(connection, typed, &signs, &mut found)?;
    }
    let mut ranked: Vec<_> = found.into_iter().map(|(word, rank)| (rank, word)).collect();
    ranked.sort_unstable();
    ranked.truncate(STAND_INS);
    Ok(ranked.into_iter().map(|(_, word)| word).collect())
}

type Ranked = BTreeMap<String, (u32, i64)>;

fn keep(found: &mut Ranked, word: String, rank: u32, customers: i64) {
    let entry = found.entry(word).or_insert((rank, -customers));
    entry.0 = entry.0.min(rank);
}

fn containing(connection: &Connection, typed: &str, found: &mut Ranked) -> Result<(), Error> {
    let Some(condition) = words::all_trigrams(typed) else {
        return Ok(());
    };
    let mut statement = connection.prepare_cached(
        "select w.word, w.customers from name_word_parts p join name_word w on w.number = p.rowid
         where p.name_word_parts match ? limit ?",
    )?;
    let mut rows = statement.query(params![condition, LOOKED_AT])?;
    while let Some(row) = rows.next()? {
        let word: String = row.get(0)?;
        if word.contains(typed) {
            keep(found, word, 0, row.get(1)?);
        }
    }
    Ok(())
}

/// Every string one slip away is looked up as the beginning of a word: some hundred cheap look-ups.
fn one_slip(connection: &Connection, signs: &[char], found: &mut Ranked) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(
        "select word, customers from name_word where word >= ? and word < ? limit 4",
    )?;
    let mut end = String::new();
    for slip in slips(signs) {
        end.clear();
        end.push_str(&slip);
        end.push(END);
        let mut rows = statement.query([&slip, &end])?;
        while let Some(row) = rows.next()? {
            let word: String = row.get(0)?;
            let rank = if word == slip { 1 } else { 2 };
            keep(found, word, rank, row.get(1)?);
        }
    }
    Ok(())
}

fn slips(signs: &[char]) -> Vec<String> {
    let letters = || ('a'..='z').chain('0'..='9');
    let join = |head: &[char], middle: Option<char>, tail: &[char]| {
        head.iter()
            .copied()
            .chain(middle)
            .chain(tail.iter().copied())
            .collect::<String>()
    };
    let mut slips = Vec::with_capacity(80 * signs.len());
    for place in 0..=signs.len() {
        let (head, tail) = signs.split_at(place);
        slips.extend(letters().map(|letter| join(head, Some(letter), tail)));
        if let [first, rest @ ..] = tail {
            slips.push(join(head, None, rest));
            slips.extend(
                letters()
                    .filter(|letter| letter != first)
                    .map(|letter| join(head, Some(letter), rest)),
            );
            if let [second, rest @ ..] = rest {
                slips.push(join(&[head, &[*second]].concat(), Some(*first), rest));
            }
        }
    }
    slips
}

/// Looked for among the words that share three letters in a row with it, and among those with the
/// same first letter.
fn two_slips(
    connection: &Connection,
    typed: &str,
    signs: &[char],
    found: &mut Ranked,
) -> Result<(), Error> {
    let mut look = |sql: &str, bound: &[&dyn ToSql]| -> Result<(), Error> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(bound)?;
        while let Some(row) = rows.next()? {
            let word: String = row.get(0)?;
            let other: Vec<char> = word.chars().collect();
            if distance::within(signs, &other, 2).is_some() {
                keep(found, word, 3, row.get(1)?);
            }
        }
        Ok(())
    };
    if let Some(condition) = words::any_trigram(typed) {
        look(
            "select w.word, w.customers
             from name_word_parts p join name_word w on w.number = p.rowid
             where p.name_word_parts match ? limit ?",
            &[&condition, &LOOKED_AT],
        )?;
    }
    let first: String = signs.iter().take(1).collect();
    let length = i64::try_from(signs.len()).unwrap_or(i64::MAX);
    look(
        "select word, customers from name_word
         where word >= ? and word < ? and length(word) between ? and ? limit ?",
        &[
            &first,
            &format!("{first}{END}"),
            &(length - 2),
            &(length + 2),
            &LOOKED_AT,
        ],
    )
}
