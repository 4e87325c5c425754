//! Finding a customer by a part of what is remembered: name, phone, e-mail or card.
//!
//! Few candidates come from the indexes, each look-up with a limit, and are ranked here: exactness
//! first, then who came last, then whose name begins as typed. Common names have more bearers than
//! any limit; of those the latest visitors and the newest customers are looked at, and another letter
//! decides.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use mostrador_protocol::row::Customer;
use rusqlite::{Connection, Params, Row, params};

use super::{COLUMNS, customer_of};
use crate::likeness::Typed;
use crate::{Error, vocabulary, words};

/// The most results of one search.
const MOST: usize = 8;

/// The most candidates of one look-up.
const CANDIDATES: u32 = 300;

/// How many of the latest visitors are always looked at.
const LATEST_VISITORS: u32 = 400;

/// The fewest digits that are a part of a phone number.
const PHONE_DIGITS: usize = 3;

/// Signs of a beginning for which the index keeps lists of its own.
const INDEXED_START: usize = 3;

/// The most words that stand for a longer beginning.
const STARTS: u32 = 60;

/// The most typed words that are looked up.
const TYPED_WORDS: usize = 6;

/// A customer that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Who.
    pub customer: Customer,
    /// The last visit, milliseconds since the epoch.
    pub last_visit_ms: Option<i64>,
    /// Whether the whole name, phone, e-mail or card is what was typed.
    pub exact: bool,
}

/// The customers that fit `text` best, at most `limit` and never more than 8. Any text may be asked;
/// one that says nothing finds nobody.
pub fn search(connection: &Connection, text: &str, limit: usize) -> Result<Vec<Found>, Error> {
    let query = Query::read(text);
    let limit = limit.min(MOST);
    let mut pool = Pool::default();
    pool.gather(connection, &query)?;
    let enough = pool
        .ranked(&query)
        .iter()
        .filter(|rank| rank.likeness <= 2)
        .count()
        >= limit;
    if !enough {
        pool.gather_stand_ins(connection, &query)?;
    }
    let mut ranked = pool.ranked(&query);
    ranked.truncate(limit);
    ranked.iter().map(|rank| found(connection, rank)).collect()
}

/// What was typed, as far as it says something.
struct Query {
    text: String,
    words: Vec<String>,
    typed: Typed,
    digits: String,
}

impl Query {
    fn read(text: &str) -> Self {
        let text: String = text.trim().chars().take(100).collect();
        let folded = words::fold(&text);
        let all_digits = |word: &String| word.bytes().all(|byte| byte.is_ascii_digit());
        let has_letters = folded.iter().any(|word| !all_digits(word));
        let (numbers, mut words): (Vec<String>, Vec<String>) = if has_letters {
            let is_phone = |word: &String| all_digits(word) && word.len() >= PHONE_DIGITS;
            folded.into_iter().partition(is_phone)
        } else if words::digits(&text).len() >= PHONE_DIGITS {
            (folded, Vec::new())
        } else {
            (Vec::new(), folded)
        };
        words.truncate(TYPED_WORDS);
        Self {
            typed: Typed::new(&words),
            digits: numbers.concat(),
            words,
            text,
        }
    }

    /// How far a candidate is from what was typed; `None` when it does not fit.
    fn likeness(&self, candidate: &Candidate) -> Option<(u32, bool)> {
        if candidate.card.as_deref() == Some(self.text.as_str()) {
            return Some((0, true));
        }
        if let Some(email) = &candidate.email {
            let start = email.get(..self.text.len());
            if self.text.len() >= 3
                && start.is_some_and(|start| start.eq_ignore_ascii_case(&self.text))
            {
                let exact = email.len() == self.text.len();
                return Some((u32::from(!exact), exact));
            }
        }
        let phone = if self.digits.is_empty() {
            0
        } else {
            phone_likeness(&self.digits, &candidate.digits)?
        };
        if self.words.is_empty() {
            return (!self.digits.is_empty()).then_some((phone, phone == 0));
        }
        let name = self.typed.likeness(&candidate.words)?;
        let whole = self.digits.is_empty() && self.words.join(" ") == candidate.words;
        Some((phone + name, whole))
    }
}

/// 0 the whole number (with or without country code), 1 its end or beginning, 2 inside.
fn phone_likeness(typed: &str, phone: &str) -> Option<u32> {
    let whole = |long: &str, short: &str| short.len() >= 7 && long.ends_with(short);
    if phone.is_empty() {
        None
    } else if whole(typed, phone) || (typed.len() >= 10 && whole(phone, typed)) {
        Some(0)
    } else if phone.ends_with(typed) || phone.starts_with(typed) {
        Some(1)
    } else {
        phone.contains(typed).then_some(2)
    }
}

struct Candidate {
    number: i64,
    words: String,
    digits: String,
    email: Option<String>,
    card: Option<String>,
    last_visit_ms: Option<i64>,
}

fn candidate_of(row: &Row<'_>) -> rusqlite::Result<Candidate> {
    Ok(Candidate {
        number: row.get(0)?,
        words: row.get(1)?,
        digits: row.get(2)?,
        email: row.get(3)?,
        card: row.get(4)?,
        last_visit_ms: row.get(5)?,
    })
}

struct Ranked<'a> {
    likeness: u32,
    exact: bool,
    candidate: &'a Candidate,
}

/// Everybody who was looked at in this search.
#[derive(Default)]
struct Pool {
    candidates: BTreeMap<i64, Candidate>,
}

impl Pool {
    /// Looks up cards, e-mails, phones and the beginnings of names.
    fn gather(&mut self, connection: &Connection, query: &Query) -> Result<(), Error> {
        if query.text.is_empty() {
            return Ok(());
        }
        self.add(connection, "c.card = ?1", [&query.text])?;
        if query.text.len() >= 3 {
            let end = format!("{}\u{10ffff}", query.text);
            let range = "c.email >= ?1 collate nocase and c.email < ?2 collate nocase limit 50";
            self.add(connection, range, [&query.text, &end])?;
        }
        if !query.digits.is_empty() {
            return self.gather_phones(connection, query);
        }
        if query.words.is_empty() {
            return Ok(());
        }
        self.add(
            connection,
            "c.id in (select customer_id from visit order by last_ms desc limit ?1)",
            [LATEST_VISITORS],
        )?;
        let long: Vec<&String> = query
            .words
            .iter()
            .filter(|word| word.chars().count() > 1)
            .collect();
        if long.is_empty() {
            return self.gather_letters(connection, query);
        }
        let exact: Vec<String> = long.iter().map(|word| quoted(word)).collect();
        self.add_words(connection, &exact.join(" AND "))?;
        let starts = long
            .iter()
            .map(|word| Ok(either(&beginning(connection, word)?)))
            .collect::<Result<Vec<_>, Error>>()?;
        self.add_words(connection, &starts.join(" AND "))
    }

    /// A single letter begins too many words: the most frequent ones stand for all.
    fn gather_letters(&mut self, connection: &Connection, query: &Query) -> Result<(), Error> {
        for letter in &query.words {
            let words = vocabulary::beginning(connection, letter, 4)?;
            for word in words.iter().chain([letter]) {
                self.add_words(connection, &quoted(word))?;
            }
        }
        Ok(())
    }

    fn gather_phones(&mut self, connection: &Connection, query: &Query) -> Result<(), Error> {
        let last = query.digits.len().saturating_sub(7);
        let Some(condition) = words::all_trigrams(&query.digits[last..]) else {
            return Ok(());
        };
        self.add(
            connection,
            "c.number in (select rowid from customer_digits where customer_digits match ?1
                          order by rowid desc limit ?2)",
            params![condition, CANDIDATES],
        )
    }

    /// Looks up the words that could have been meant.
    fn gather_stand_ins(&mut self, connection: &Connection, query: &Query) -> Result<(), Error> {
        if query.words.is_empty() || !query.digits.is_empty() {
            return Ok(());
        }
        let mut conditions = Vec::new();
        for word in query.words.iter().filter(|word| word.chars().count() > 1) {
            let mut words = beginning(connection, word)?;
            words.extend(
                vocabulary::stand_ins(connection, word)?
                    .iter()
                    .map(|word| quoted(word)),
            );
            conditions.push(either(&words));
        }
        if conditions.is_empty() {
            return Ok(());
        }
        self.add_words(connection, &conditions.join(" AND "))
    }

    fn add_words(&mut self, connection: &Connection, condition: &str) -> Result<(), Error> {
        self.add(
            connection,
            "c.number in (select rowid from customer_words where customer_words match ?1
                          order by rowid desc limit ?2)",
            params![condition, CANDIDATES],
        )
    }

    fn add(
        &mut self,
        connection: &Connection,
        condition: &str,
        bound: impl Params,
    ) -> Result<(), Error> {
        let sql = format!(
            "select c.number, c.words, c.digits, c.email, c.card, v.last_ms
             from customer c left join visit v on v.customer_id = c.id
             where {condition}"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        for candidate in statement.query_map(bound, candidate_of)? {
            let candidate = candidate?;
            self.candidates.insert(candidate.number, candidate);
        }
        Ok(())
    }

    fn ranked(&self, query: &Query) -> Vec<Ranked<'_>> {
        let mut ranked: Vec<Ranked<'_>> = self
            .candidates
            .values()
            .filter_map(|candidate| {
                let (likeness, exact) = query.likeness(candidate)?;
                Some(Ranked {
                    likeness,
                    exact,
                    candidate,
                })
            })
            .collect();
        let whole = query.words.join(" ");
        ranked.sort_by_key(|rank| {
            (
                Reverse(rank.exact),
                rank.likeness,
                Reverse(rank.candidate.last_visit_ms),
                !rank.candidate.words.starts_with(&whole),
                Reverse(rank.candidate.number),
            )
        });
        ranked
    }
}

/// Words that begin with a typed one, in the index's query language. The index keeps lists of its own
/// for beginnings of two and three signs; for longer ones it would gather every bearer first, so the
/// vocabulary names the most frequent words instead.
fn beginning(connection: &Connection, typed: &str) -> Result<Vec<String>, Error> {
    let token = words::token(typed);
    if token.len() <= INDEXED_START {
        return Ok(vec![format!("\"{token}\"*")]);
    }
    let mut words = vocabulary::beginning(connection, typed, STARTS)?;
    words.push(typed.to_owned());
    Ok(words.iter().map(|word| quoted(word)).collect())
}

fn either(conditions: &[String]) -> String {
    format!("({})", conditions.join(" OR "))
}

/// A word in the index's query language.
fn quoted(word: &str) -> String {
    format!("\"{}\"", words::token(word))
}

fn found(connection: &Connection, rank: &Ranked<'_>) -> Result<Found, Error> {
    let sql = format!("select {COLUMNS} from customer where number = ?");
    let customer = connection
        .prepare_cached(&sql)?
        .query_row([rank.candidate.number], customer_of)?;
    Ok(Found {
        customer,
        last_visit_ms: rank.candidate.last_visit_ms,
        exact: rank.exact,
    })
}
