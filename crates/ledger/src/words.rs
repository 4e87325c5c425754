//! Words as search sees them: no accents, lower case, no punctuation.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest word that is told apart.
const WORD_CHARS: usize = 40;

/// The most words of one text that are told apart.
const WORDS: usize = 24;

/// Symbols from here on (arrows, pictures, emoji) are words of their own; what is below and neither
/// letter nor digit separates words.
const FIRST_PICTURE: char = '\u{2190}';

/// The folded words of a text, in order. Works on any text; may be empty.
pub(crate) fn fold(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for sign in text
        .chars()
        .take(1_000)
        .nfkd()
        .filter(|sign| !is_combining_mark(*sign))
    {
        if sign.is_alphanumeric() {
            push_folded(&mut words, sign);
        } else if sign >= FIRST_PICTURE {
            words.push(sign.to_string());
            words.push(String::new());
        } else if !matches!(sign, '\'' | '\u{2019}' | '`' | '\u{b4}') {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words.truncate(WORDS);
    words
}

fn push_folded(words: &mut [String], sign: char) {
    let Some(word) = words.last_mut() else { return };
    if word.chars().count() >= WORD_CHARS {
        return;
    }
    for lower in sign.to_lowercase().filter(|sign| !is_combining_mark(*sign)) {
        match lower {
            'ß' => word.push_str("ss"),
            'æ' => word.push_str("ae"),
            'œ' => word.push_str("oe"),
            'ø' => word.push('o'),
            'đ' | 'ð' => word.push('d'),
            'ł' => word.push('l'),
            'ı' => word.push('i'),
            other => word.push(other),
        }
    }
}

/// The word as the index stores it: ASCII letters and digits only, so that every tokenizer takes it
/// as one token whatever script it is in. The prefix of a word is the prefix of its token.
pub(crate) fn token(word: &str) -> String {
    let mut token = String::with_capacity(word.len());
    for sign in word.chars() {
        if sign.is_ascii_alphanumeric() {
            token.push(sign);
        } else {
            token.push('x');
            token.extend(sign.escape_unicode().filter(char::is_ascii_hexdigit));
            token.push('x');
        }
    }
    token
}

/// The digits of a text, in order.
pub(crate) fn digits(text: &str) -> String {
    text.chars()
        .take(200)
        .nfkd()
        .filter(char::is_ascii_digit)
        .take(WORD_CHARS)
        .collect()
}

/// The condition "all of these trigrams" of one word, in the index's query language. `None` below
/// three signs.
pub(crate) fn all_trigrams(word: &str) -> Option<String> {
    let trigrams = trigrams(word);
    (!trigrams.is_empty()).then(|| trigrams.join(" AND "))
}

/// The condition "any of these trigrams" of one word.
pub(crate) fn any_trigram(word: &str) -> Option<String> {
    let trigrams = trigrams(word);
    (!trigrams.is_empty()).then(|| trigrams.join(" OR "))
}

fn trigrams(word: &str) -> Vec<String> {
    let signs: Vec<char> = word.chars().collect();
    let mut trigrams: Vec<String> = signs
        .windows(3)
        .map(|three| format!("\"{}\"", three.iter().collect::<String>()))
        .collect();
    trigrams.sort_unstable();
    trigrams.dedup();
    trigrams
}

#[cfg(test)]
mod tests {
    use super::{digits, fold, token};

    #[test]
    fn words_lose_accents_case_and_punctuation() {
        let cases: [(&str, &[&str]); 8] = [
            ("José  Ángel", &["jose", "angel"]),
            ("PEÑA-GÓMEZ", &["pena", "gomez"]),
            ("O'Connor, Straße", &["oconnor", "strasse"]),
            ("Łukasz Ølsen", &["lukasz", "olsen"]),
            ("🎉 Fiesta🎉", &["🎉", "fiesta", "🎉"]),
            ("ﬁn 4×4", &["fin", "4", "4"]),
            ("\0\"*^()", &[]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(fold(text), expected, "{text:?}");
        }
    }

    #[test]
    fn tokens_are_ascii_and_keep_prefixes() {
        assert_eq!(token("maria"), "maria");
        assert!(token("москва").starts_with(&token("моск")));
        assert!(token("🎉").is_ascii());
    }

    #[test]
    fn digits_are_what_is_dialled() {
        assert_eq!(digits("+57 (300) 123-4567"), "573001234567");
    }
}
