//! Names as they are compared and searched: no accents, lower case, no punctuation.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The fewest words that can be taken for somebody's name.
const FEWEST_WORDS: usize = 2;

/// The longest word that is told apart.
const WORD_CHARS: usize = 40;

/// The most words of one text that are told apart.
const WORDS: usize = 24;

/// Symbols from here on (arrows, pictures, emoji) are words of their own; what is below and neither
/// letter nor digit separates words.
const FIRST_PICTURE: char = '\u{2190}';

/// The folded words of a text, in order. Works on any text; may be empty.
pub fn fold(text: &str) -> Vec<String> {
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

/// Whether every word of the shorter name is one of the longer, and there are two at least: a surname
/// more or less, or an accent, does not make another person.
pub fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (fold(one), fold(other));
    let (shorter, longer) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    shorter.len() >= FEWEST_WORDS && shorter.iter().all(|word| longer.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_name_is_the_same_with_a_surname_more_or_less_and_without_accents() {
        assert!(is_same("Rosa Ibarra", "rosa ibarra gómez"));
        assert!(is_same("Mónica Gil Peña", "Monica Gil"));
        assert!(!is_same("Rosa", "Rosa Ibarra"));
        assert!(!is_same("Rosa Ibarra", "Rosa Gómez"));
    }
}
