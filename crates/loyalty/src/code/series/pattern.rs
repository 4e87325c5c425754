//! How the codes of a series look.

use std::fmt;

use super::super::generated::{self, LONGEST};
use super::super::{CodeText, text};

/// The fewest random signs: FF1 wants a million texts, and 31^5 is the first power above.
pub const FEWEST_SIGNS: u8 = 5;
/// The most random signs: 31^25 is the last power that fits into 128 bits.
pub const MOST_SIGNS: u8 = 25;

/// A fixed beginning, random signs, the check sign. Written `MAR????????#`: a `?` for each random sign,
/// one `#` at the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern {
    /// Its canonical text, which is also the tweak of the cipher.
    text: String,
    /// Signs of the beginning; they are ASCII, so bytes too.
    prefix: usize,
    signs: u8,
}

/// Why a text is no pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternFault {
    /// The beginning has a sign that generated codes do not have.
    Sign(char),
    /// It is not a beginning, then `?`, then one `#`.
    Shape,
    /// It has not from [`FEWEST_SIGNS`] to [`MOST_SIGNS`] random signs.
    Signs(usize),
    /// It is longer than [`LONGEST`].
    Length(usize),
}

impl Pattern {
    /// Reads a pattern, normalised as codes are ([`text::normalised`]).
    ///
    /// ```
    /// use mostrador_loyalty::code::series::Pattern;
    /// let pattern = Pattern::parse("mar-????-????#").unwrap();
    /// assert_eq!((pattern.prefix(), pattern.signs()), ("MAR", 8));
    /// assert_eq!(pattern.to_string(), "MAR????????#");
    /// ```
    pub fn parse(raw: &str) -> Result<Self, PatternFault> {
        let text = text::normalised(raw);
        let head = text.strip_suffix('#').ok_or(PatternFault::Shape)?;
        let prefix = head.trim_end_matches('?');
        if prefix.contains(['?', '#']) {
            return Err(PatternFault::Shape);
        }
        let strange = prefix
            .chars()
            .find(|sign| generated::numeral(*sign).is_none());
        if let Some(sign) = strange {
            return Err(PatternFault::Sign(sign));
        }
        let random = head.len().saturating_sub(prefix.len());
        let signs = u8::try_from(random)
            .ok()
            .filter(|signs| (FEWEST_SIGNS..=MOST_SIGNS).contains(signs))
            .ok_or(PatternFault::Signs(random))?;
        if text.len() > usize::from(LONGEST) {
            return Err(PatternFault::Length(text.len()));
        }
        let prefix = prefix.len();
        Ok(Self {
            text,
            prefix,
            signs,
        })
    }

    /// The fixed beginning; may be empty.
    pub fn prefix(&self) -> &str {
        self.text.get(..self.prefix).unwrap_or_default()
    }

    /// How many random signs follow it.
    pub const fn signs(&self) -> u8 {
        self.signs
    }

    /// Signs of a member, check sign included.
    pub const fn length(&self) -> usize {
        self.text.len()
    }

    /// How many texts have this pattern, check signs not counted: 31 to the power of the random signs.
    pub fn space(&self) -> u128 {
        31_u128.saturating_pow(self.signs.into())
    }

    /// Whether `text` begins and ends as members do; the check sign is not looked at.
    pub fn fits(&self, text: &CodeText) -> bool {
        text.as_str().len() == self.length() && text.as_str().starts_with(self.prefix())
    }

    /// Whether a text can have both patterns; where two series of one program do, nobody can say whose
    /// member it is.
    pub fn may_meet(&self, other: &Self) -> bool {
        self.length() == other.length()
            && (self.prefix().starts_with(other.prefix())
                || other.prefix().starts_with(self.prefix()))
    }

    /// Whether `text` could be a member with a slip in it: the right length, signs of generated codes,
    /// and a beginning in which at most two signs are wrong, as after a swap.
    pub fn resembles(&self, text: &CodeText) -> bool {
        let wrong = self.prefix().chars().zip(text.as_str().chars());
        text.as_str().len() == self.length()
            && wrong.filter(|(meant, typed)| meant != typed).count() <= 2
            && generated::has_generated_signs(text)
    }

    pub(super) const fn tweak(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_share_texts_meet() {
        let meet = |one: &str, other: &str| {
            let pattern = |text| Pattern::parse(text).expect("a pattern");
            pattern(one).may_meet(&pattern(other))
        };
        assert!(meet("MAR?????#", "????????#"));
        assert!(meet("MAR?????#", "MA??????#"));
        assert!(meet("MA??????#", "MAR?????#"));
        assert!(!meet("MAR?????#", "SEN?????#"));
        assert!(!meet("MAR?????#", "MAR??????#"));
    }
}
