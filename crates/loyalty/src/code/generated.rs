//! Generated codes: signs that nobody confuses, and a check sign that catches slips without a network.
//!
//! The check is a weighted sum modulo 31, the number of signs and a prime: the value of each sign times
//! its position, from 1, must sum to zero. One wrong sign changes the sum by a product of two numbers
//! below 31, two swapped neighbours by the difference of their values; neither is zero modulo 31.

use super::CodeText;

/// The signs of generated codes: no 0 and O, no 1, I and L.
pub const ALPHABET: &str = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// The fewest signs of a generated code, check sign included.
pub const SHORTEST: u8 = 4;
/// The most signs of a generated code: the weight of position 31 would be zero.
pub const LONGEST: u8 = 30;

const MODULUS: u64 = 31;

/// The code that begins with `body`, with its check sign; `None` if a sign is not of the
/// [`ALPHABET`] or the length is not from [`SHORTEST`] to [`LONGEST`].
///
/// ```
/// use mostrador_loyalty::code::{CodeText, generated};
/// let code = generated::with_check_sign("K7M2Q9X").unwrap();
/// assert!(generated::is_intact(&code));
/// assert!(!generated::is_intact(&CodeText::parse(&code.as_str().replace('M', "N")).unwrap()));
/// ```
pub fn with_check_sign(body: &str) -> Option<CodeText> {
    let length = body.chars().count().saturating_add(1);
    let lengths = usize::from(SHORTEST)..=usize::from(LONGEST);
    if !lengths.contains(&length) {
        return None;
    }
    let (sum, weight) = (weighted_sum(body)?, u64::try_from(length).ok()?);
    let fits = |value: u64| {
        let whole = sum.saturating_add(weight.saturating_mul(value));
        whole.checked_rem(MODULUS) == Some(0)
    };
    let mut signs = (0_u64..).zip(ALPHABET.chars());
    let (_, sign) = signs.find(|(value, _)| fits(*value))?;
    Some(CodeText(format!("{body}{sign}")))
}

/// Whether every sign of `text` is one that generated codes have.
pub fn has_generated_signs(text: &CodeText) -> bool {
    text.as_str().chars().all(is_generated_sign)
}

/// Whether the check sign fits the rest.
pub fn is_intact(text: &CodeText) -> bool {
    weighted_sum(text.as_str()).is_some_and(|sum| sum.checked_rem(MODULUS) == Some(0))
}

/// `None` if a sign is not of the alphabet.
fn weighted_sum(text: &str) -> Option<u64> {
    let mut signs = (1_u64..).zip(text.chars());
    signs.try_fold(0_u64, |sum, (weight, sign)| {
        Some(sum.saturating_add(weight.saturating_mul(value(sign)?)))
    })
}

/// Every text that one wrong sign or one swap of neighbours turns into `text`, each once: what a person
/// may have meant. Signs are those of the [`ALPHABET`].
pub fn slips(text: &CodeText) -> impl Iterator<Item = CodeText> {
    let signs: Vec<char> = text.as_str().chars().collect();
    let with = |signs: &[char]| CodeText(signs.iter().collect());
    let wrong = {
        let signs = signs.clone();
        (0..signs.len()).flat_map(move |index| {
            let mut meant = signs.clone();
            let typed = signs.get(index).copied();
            ALPHABET
                .chars()
                .filter(move |sign| Some(*sign) != typed)
                .filter_map(move |sign| {
                    *meant.get_mut(index)? = sign;
                    Some(with(&meant))
                })
        })
    };
    let swapped = (1..signs.len()).filter_map(move |index| {
        let mut meant = signs.clone();
        let before = index.checked_sub(1)?;
        meant.swap(before, index);
        (meant != signs).then(|| with(&meant))
    });
    wrong.chain(swapped)
}

/// The generated texts that become `text` where one sign is mistaken for one outside the [`ALPHABET`], as
/// 0 for Q; none where no sign or several are outside. Their check signs fit.
pub fn without_stranger(text: &CodeText) -> impl Iterator<Item = CodeText> {
    let signs: Vec<char> = text.as_str().chars().collect();
    let mut strange = (0..signs.len()).filter(|index| {
        let sign = signs.get(*index);
        sign.is_some_and(|sign| !is_generated_sign(*sign))
    });
    let only = strange.next().filter(|_| strange.next().is_none());
    let places = only.into_iter().flat_map(|index| {
        let signs = ALPHABET.chars();
        signs.map(move |sign| (index, sign))
    });
    let mut meant = signs.clone();
    let texts: Vec<CodeText> = places
        .filter_map(|(index, sign)| {
            *meant.get_mut(index)? = sign;
            Some(CodeText(meant.iter().collect()))
        })
        .collect();
    texts.into_iter().filter(is_intact)
}

/// The place of a sign in the [`ALPHABET`].
pub(crate) fn numeral(sign: char) -> Option<u16> {
    u16::try_from(value(sign)?).ok()
}

fn is_generated_sign(sign: char) -> bool {
    value(sign).is_some()
}

fn value(sign: char) -> Option<u64> {
    let position = ALPHABET.chars().position(|other| other == sign)?;
    u64::try_from(position).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_sign_and_every_swap_is_caught() {
        for body in [
            "K7M2Q9X",
            "AAAAAAA",
            "Z2Z2Z2Z",
            "23456789ABCDEFGHJKMNPQRSTUVWX",
        ] {
            let code = with_check_sign(body).unwrap();
            let signs: Vec<char> = code.as_str().chars().collect();
            for index in 0..signs.len() {
                for wrong in ALPHABET.chars().filter(|sign| *sign != signs[index]) {
                    let mut slip = signs.clone();
                    slip[index] = wrong;
                    check_slip(&code, &slip);
                }
                if index > 0 && signs[index] != signs[index - 1] {
                    let mut slip = signs.clone();
                    slip.swap(index - 1, index);
                    check_slip(&code, &slip);
                }
            }
        }
    }

    fn check_slip(code: &CodeText, slip: &[char]) {
        let slip = CodeText::parse(&slip.iter().collect::<String>()).unwrap();
        assert!(!is_intact(&slip), "{slip} passes for {code}");
        assert!(slips(&slip).any(|meant| meant == *code));
    }

    #[test]
    fn codes_of_other_signs_or_lengths_are_not_generated() {
        assert_eq!(with_check_sign("VERANO1"), None);
        assert_eq!(with_check_sign("AB"), None);
        assert_eq!(with_check_sign(&"A".repeat(30)), None);
    }

    #[test]
    fn slips_are_all_wrong_signs_and_all_swaps_each_once() {
        let typed = CodeText::parse("AABZ").unwrap();
        let all: Vec<CodeText> = slips(&typed).collect();
        // 30 other signs in each place; AA is no swap.
        assert_eq!(all.len(), 4 * 30 + 2);
        let each: std::collections::BTreeSet<&CodeText> = all.iter().collect();
        assert_eq!(each.len(), all.len());
        let is_one = |text: &str| all.contains(&CodeText::parse(text).unwrap());
        assert!(is_one("ABAZ") && is_one("AAZB") && is_one("AABA"));
        assert!(!is_one("AABZ") && !is_one("BAAZ") && !is_one("AAB"));
    }
}
