//! Money in integer minor units: an amount is never negative, a change may be.

use std::fmt;

/// The largest amount in minor units: 2^53 - 1, so that every amount survives a JavaScript number.
pub const MAX_MINOR: i64 = (1 << 53) - 1;

/// Money that is at least zero, in minor units (cents, centavos) of the program's currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i64);

impl Amount {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// The largest amount that exists.
    pub const MAX: Self = Self(MAX_MINOR);

    /// An amount of `minor` units; `None` below zero or above [`MAX_MINOR`].
    pub const fn from_minor(minor: i64) -> Option<Self> {
        if minor < 0 || minor > MAX_MINOR {
            None
        } else {
            Some(Self(minor))
        }
    }

    /// Like [`Amount::from_minor`], but what lies outside goes to the nearest bound.
    pub fn clamped(minor: i128) -> Self {
        let bounded = minor.clamp(0, i128::from(MAX_MINOR));
        i64::try_from(bounded).map_or(Self::MAX, Self)
    }

    /// The number of minor units.
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// The number of minor units without a sign, for arithmetic that cannot go below zero.
    pub(crate) fn units(self) -> u64 {
        u64::try_from(self.0).unwrap_or(0)
    }

    /// The inverse of [`Amount::units`], at most [`Amount::MAX`].
    pub(crate) fn of_units(units: u64) -> Self {
        i64::try_from(units).map_or(Self::MAX, |minor| Self(minor.min(MAX_MINOR)))
    }

    /// Whether there is no money.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, at most [`Amount::MAX`].
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        let sum = self.0.saturating_add(other.0);
        if sum > MAX_MINOR {
            Self::MAX
        } else {
            Self(sum)
        }
    }

    /// The difference, at least zero.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        if other.0 >= self.0 {
            Self(0)
        } else {
            Self(self.0.saturating_sub(other.0))
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::iter::Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Self::saturating_add)
    }
}

/// An ISO 4217 currency: its letters and how many digits its minor unit has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency {
    code: [u8; 3],
    exponent: u8,
}

impl Currency {
    /// The currency with these three letters; `None` when the letters are not three capitals.
    ///
    /// The exponent follows ISO 4217 (2 unless listed there otherwise). The Colombian peso has two
    /// decimals there, although nobody prints them.
    pub fn from_code(letters: &str) -> Option<Self> {
        let code: [u8; 3] = letters.as_bytes().try_into().ok()?;
        if !code.iter().all(u8::is_ascii_uppercase) {
            return None;
        }
        let exponent = match letters {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF"
            | "UGX" | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            _ => 2,
        };
        Some(Self { code, exponent })
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("XXX")
    }

    /// Digits after the decimal point of the major unit.
    pub const fn exponent(self) -> u8 {
        self.exponent
    }

    /// Minor units in one major unit: 1, 10, 100 or 1000.
    pub const fn minor_per_major(self) -> i64 {
        match self.exponent {
            0 => 1,
            1 => 10,
            3 => 1000,
            _ => 100,
        }
    }
}

/// A rate in basis points: 10000 is the whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BasisPoints(pub u32);

impl BasisPoints {
    /// One hundred percent.
    pub const WHOLE: Self = Self(10_000);
}
