//! How what people type, paste and scan becomes the text of a code.
//!
//! One idea: what looks the same is the same. A code pasted from a document comes with dashes and spaces
//! of many kinds and with signs that nobody sees; from other keyboards with full-width signs or accents
//! apart from their letters. None of that makes another code. This is the only place that knows it.

use unicode_normalization::UnicodeNormalization;

/// A typed text without spaces, dashes and invisible signs, in upper case, its signs in compatible
/// composed form (Unicode NFKC): `ＶＩＰ` is `VIP`, `①` and `¹` are `1`, an accent joins its letter.
///
/// A normalised text of letters, digits and underscores stays as it is. Of ASCII only spaces, dashes and
/// small letters change.
///
/// ```
/// use mostrador_loyalty::code::text::normalised;
/// assert_eq!(normalised(" verano\u{2013}10\u{200b} "), "VERANO10");
/// assert_eq!(normalised("AN\u{303}O"), "A\u{d1}O");
/// ```
pub fn normalised(raw: &str) -> String {
    let signs = raw
        .chars()
        .filter(|sign| !is_separator(*sign) && !is_invisible(*sign));
    // A letter may come apart in upper case: it is composed again.
    signs.nfkc().flat_map(char::to_uppercase).nfkc().collect()
}

/// The parts between spaces and dashes, each normalised; none is empty.
pub fn groups(raw: &str) -> Vec<String> {
    let parts = raw.split(is_separator).map(normalised);
    parts.filter(|part| !part.is_empty()).collect()
}

/// Spaces, and every dash that keyboards, word processors and mail programs put for the one of ASCII.
fn is_separator(sign: char) -> bool {
    sign.is_whitespace()
        || matches!(
            sign,
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
        )
}

/// The soft hyphen, spaces and joiners without width, marks of direction, the byte order mark.
const fn is_invisible(sign: char) -> bool {
    matches!(
        sign,
        '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::super::CodeText;
    use super::*;

    #[track_caller]
    fn check(raw: &str, expected: Option<&str>) {
        let text = CodeText::parse(raw);
        assert_eq!(text.as_ref().map(CodeText::as_str), expected, "{raw:?}");
    }

    #[test]
    fn what_is_pasted_with_other_dashes_and_unseen_signs_is_the_same_code() {
        for dash in "-\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2212}\u{ff0d}\u{ad}".chars() {
            check(&format!("mar{dash}7k2m"), Some("MAR7K2M"));
        }
        for unseen in "\u{200b}\u{200d}\u{2060}\u{feff}\u{a0}\u{3000}".chars() {
            check(&format!("{unseen}mar7{unseen}k2m{unseen}"), Some("MAR7K2M"));
        }
    }

    #[test]
    fn full_width_signs_and_accents_apart_are_the_signs_they_look_like() {
        check("\u{ff36}\u{ff29}\u{ff30}\u{ff11}\u{ff10}", Some("VIP10"));
        check("an\u{303}o", Some("AÑO"));
        check("AÑO", Some("AÑO"));
        check("VIP\u{2460}\u{b2}", Some("VIP12"));
    }

    #[test]
    fn what_is_no_letter_and_no_digit_when_composed_is_no_code() {
        check("A\u{bd}", None);
        check("A\u{b4}", None);
        check("\u{301}A", None);
        check("\u{200b}\u{2013}", None);
    }

    #[test]
    fn every_sign_is_normalised_once() {
        for sign in '\0'..=char::MAX {
            for raw in [format!("e{sign}"), format!("{sign}\u{301}")] {
                if let Some(text) = CodeText::parse(&raw) {
                    assert_eq!(normalised(text.as_str()), text.as_str(), "{raw:?}");
                }
            }
        }
    }

    #[test]
    fn groups_stand_where_something_stood_between() {
        assert_eq!(groups(" mar \u{2014} 7k2m-"), ["MAR", "7K2M"]);
        assert!(groups(" - ").is_empty());
    }
}
