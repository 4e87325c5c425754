//! Series: generated codes that nobody has to list.
//!
//! One idea: member `i` of a series is the number `i`, encrypted. Its body is FF1 (NIST SP 800-38G, AES
//! with 256 bits, radix 31 over the [`ALPHABET`], the pattern as tweak) of
//! `i`, with the check sign behind. Encryption is one to one, so members never collide, any of them is
//! made without the others, and whoever has the key decides offline whether a text is a member. Without
//! the key members look random: of [`SPARSENESS`] possible texts at most one is a member.

mod pattern;

use std::fmt;

use aes::Aes256;
use fpe::ff1::{FF1, FlexibleNumeralString};

pub use pattern::{FEWEST_SIGNS, MOST_SIGNS, Pattern, PatternFault};

use super::generated::{self, ALPHABET};
use super::{CodeText, Limits};

/// How many possible texts there must be for each member, so that guessing one is hopeless.
pub const SPARSENESS: u128 = 1_000;

/// Signs of the alphabet.
const RADIX: u32 = 31;

/// The secret that makes the members of a program's series.
#[derive(Clone, PartialEq, Eq)]
pub struct SeriesKey([u8; 32]);

impl SeriesKey {
    /// The key of these 256 bits.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for SeriesKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeriesKey(..)")
    }
}

/// Generated codes of one parent: those whose number lies in `from..from + count`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    /// How its members look.
    pub pattern: Pattern,
    /// The number of the first member.
    pub from: u64,
    /// How many members there are.
    pub count: u64,
    /// Limits of each member alone. The parent's hold over all members together.
    pub limits: Limits,
}

/// A pattern that has not texts enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooSmall {
    /// The members that the pattern has room for, counted from number 0.
    pub room: u128,
}

impl Series {
    /// Members that may each be used once.
    pub fn new(pattern: Pattern, from: u64, count: u64) -> Self {
        Self {
            pattern,
            from,
            count,
            limits: Limits {
                total: Some(1),
                ..Limits::default()
            },
        }
    }

    /// Refuses a series whose numbers leave fewer than [`SPARSENESS`] texts for each: numbers before
    /// `from` count as taken by other series of the pattern.
    pub fn check_room(&self) -> Result<(), TooSmall> {
        let room = self.pattern.space().checked_div(SPARSENESS).unwrap_or(0);
        let end = u128::from(self.from).saturating_add(u128::from(self.count));
        if end > room {
            return Err(TooSmall { room });
        }
        Ok(())
    }

    /// Whether the series has a member with this number.
    pub fn contains(&self, index: u64) -> bool {
        index
            .checked_sub(self.from)
            .is_some_and(|place| place < self.count)
    }

    /// The member with this number; `None` when the series does not contain it.
    pub fn member(&self, key: &SeriesKey, index: u64) -> Option<CodeText> {
        if !self.contains(index) {
            return None;
        }
        let numerals = numerals(index, self.pattern.signs())?;
        let plain = FlexibleNumeralString::from(numerals);
        let cipher = cipher(key)?.encrypt(self.pattern.tweak(), &plain).ok()?;
        let mut body = self.pattern.prefix().to_owned();
        for numeral in Vec::<u16>::from(cipher) {
            body.push(ALPHABET.chars().nth(numeral.into())?);
        }
        generated::with_check_sign(&body)
    }

    /// The number of `text`; `None` when it is no member.
    pub fn index_of(&self, key: &SeriesKey, text: &CodeText) -> Option<u64> {
        let index = self.pattern.index_of(key, text)?;
        self.contains(index).then_some(index)
    }
}

impl Pattern {
    /// The number that `text` would have in a series of this pattern; `None` when it has not the
    /// pattern, its check sign is wrong, or no series can be so long.
    pub fn index_of(&self, key: &SeriesKey, text: &CodeText) -> Option<u64> {
        if !self.fits(text) || !generated::is_intact(text) {
            return None;
        }
        let signs = text.as_str().chars().skip(self.prefix().len());
        let body = signs.take(self.signs().into());
        let numerals: Option<Vec<u16>> = body.map(generated::numeral).collect();
        let cipher = FlexibleNumeralString::from(numerals?);
        let plain = crate::code::series::cipher(key)?
            .decrypt(self.tweak(), &cipher)
            .ok()?;
        let numerals = Vec::<u16>::from(plain);
        numerals.into_iter().try_fold(0_u64, |index, numeral| {
            index.checked_mul(RADIX.into())?.checked_add(numeral.into())
        })
    }
}

fn cipher(key: &SeriesKey) -> Option<FF1<Aes256>> {
    FF1::new(&key.0, RADIX).ok()
}

/// `index` in so many numerals, most significant first; `None` when it needs more.
fn numerals(index: u64, signs: u8) -> Option<Vec<u16>> {
    let mut rest = index;
    let mut numerals = Vec::with_capacity(signs.into());
    for _ in 0..signs {
        numerals.push(u16::try_from(rest.checked_rem(RADIX.into())?).ok()?);
        rest = rest.checked_div(RADIX.into())?;
    }
    numerals.reverse();
    (rest == 0).then_some(numerals)
}
