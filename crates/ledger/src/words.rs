//! Words as search sees them: no accents, lower case, no punctuation.

use unicode_normalization::UnicodeNormalization;

pub(crate) use mostrador_loyalty::name::fold;

/// The most digits of one text that are told apart.
const DIGITS: usize = 40;

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
        .take(DIGITS)
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
    use super::{digits, token};

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
