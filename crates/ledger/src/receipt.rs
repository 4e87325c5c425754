//! Receipt numbers: short, readable over a phone, and never given twice.
//!
//! `CAJA1-7K00123`: the terminal's name, two signs of its stream, the position of the sale's entry.
//! The position makes it unique within the stream; the two signs keep a till that lost entries (and
//! writes a new stream) from printing a number again. Two streams in nine hundred have the same signs by their
//! last bytes: a number that this file knows gets the signs of other bytes.

use rusqlite::{Connection, params};

use crate::{Error, identity, stream};

/// Without signs that are mistaken for each other: 0 O 1 I L and U.
const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The most signs of the terminal's name that are printed.
const NAME_CHARS: usize = 8;

/// Signs of the stream.
const MARK_CHARS: usize = 2;

/// The fewest digits of the position.
const SEQ_DIGITS: usize = 5;

/// The number of the sale that is recorded next in this transaction.
pub fn next(tx: &Connection) -> Result<String, Error> {
    let head = stream::head(tx)?.ok_or(Error::NoStream)?;
    let name = identity::load(tx)?.map_or_else(String::new, |identity| identity.terminal_name);
    let mut made = String::new();
    for mark in head.stream.as_bytes().rchunks_exact(MARK_CHARS) {
        made = number(&name, mark, head.seq + 1);
        if !is_given(tx, &made)? {
            break;
        }
    }
    Ok(made)
}

fn is_given(tx: &Connection, receipt: &str) -> Result<bool, Error> {
    let is_given = tx
        .prepare_cached(
            "select exists (select 1 from sale where receipt = ?1)
                 or exists (select 1 from undoing where receipt = ?1)",
        )?
        .query_row(params![receipt], |row| row.get(0))?;
    Ok(is_given)
}

/// Whether `text`, in upper case, is written like a receipt number of any till.
///
/// ```
/// use mostrador_ledger::receipt::has_shape;
/// assert!(has_shape("CAJA1-7K00123"));
/// assert!(!has_shape("VERANO-2025"));
/// ```
pub fn has_shape(text: &str) -> bool {
    let Some((name, rest)) = text.rsplit_once('-') else {
        return false;
    };
    let is_name = (1..=NAME_CHARS).contains(&name.len())
        && name
            .bytes()
            .all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit());
    let (mark, seq) = rest.split_at_checked(MARK_CHARS).unwrap_or_default();
    let is_mark = mark.len() == MARK_CHARS && mark.bytes().all(|sign| ALPHABET.contains(&sign));
    let is_seq = seq.len() >= SEQ_DIGITS && seq.bytes().all(|sign| sign.is_ascii_digit());
    is_name && is_mark && is_seq
}

fn number(terminal_name: &str, mark: &[u8], seq: u64) -> String {
    let name: String = crate::words::fold(terminal_name)
        .concat()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(NAME_CHARS)
        .collect::<String>()
        .to_uppercase();
    let name = if name.is_empty() { "T" } else { &name };
    let mark: String = mark
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]))
        .collect();
    format!("{name}-{mark}{seq:0SEQ_DIGITS$}")
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn what_is_not_written_like_a_number_is_none() {
        for text in [
            "",
            "-",
            "CAJA1-",
            "CAJA1-7K",
            "CAJA1-7K0012",
            "MAR-ABCD-2345X",
            "caja1-7K00123",
        ] {
            assert!(!super::has_shape(text), "{text}");
        }
    }

    #[test]
    fn numbers_are_short_and_tell_terminal_stream_and_position() {
        let cases = [
            ("Caja 1", [0; 2], 123, "CAJA1-2200123"),
            ("Peñón Ñ", [255; 2], 1, "PENONN-HH00001"),
            ("🎉", [1; 2], 100_000, "T-33100000"),
        ];
        for (name, mark, seq, expected) in cases {
            let made = number(name, &mark, seq);
            assert_eq!(made, expected);
            assert!(super::has_shape(&made), "{made}");
        }
    }
}
