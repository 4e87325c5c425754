//! What the customer holds before paying.

use rust_decimal::Decimal;

use crate::money::Amount;

/// A quantity: positive or zero, at most three places (weighed goods).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity(Decimal);

impl Quantity {
    /// One piece.
    pub const ONE: Self = Self(Decimal::ONE);
    /// The most of one thing that a line can hold.
    pub const MAX: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

    /// A quantity; `None` below zero, above [`Quantity::MAX`] or with more than three places.
    pub fn new(value: Decimal) -> Option<Self> {
        let value = value.normalize();
        let fits = value >= Decimal::ZERO && value <= Self::MAX && value.scale() <= 3;
        fits.then_some(Self(value))
    }

    /// So many thousandths, at most [`Quantity::MAX`].
    pub(crate) fn from_thousandths(thousandths: u64) -> Self {
        let mantissa = i64::try_from(thousandths).unwrap_or(i64::MAX);
        Self(Decimal::new(mantissa, 3).normalize().min(Self::MAX))
    }

    /// The number in thousandths: exact, because there are at most three places.
    pub(crate) fn thousandths(self) -> u64 {
        let missing_places = 3_u32.saturating_sub(self.0.scale());
        let mantissa = u64::try_from(self.0.mantissa()).unwrap_or(0);
        mantissa.saturating_mul(10_u64.saturating_pow(missing_places))
    }

    /// The number.
    pub const fn value(self) -> Decimal {
        self.0
    }
}

/// One product in a basket with its price as shown (tax included).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The product's id in the catalogue; what product restrictions name.
    pub product: String,
    /// The stock keeping unit printed on the receipt.
    pub sku: String,
    /// What a person reads.
    pub name: String,
    /// Price of one unit, minor units.
    pub unit_price: Amount,
    /// How many units.
    pub quantity: Quantity,
    /// Category slugs; a category restriction matches any of them.
    pub categories: Vec<String>,
    /// Whose product it is (a resort, a brand), if anybody's.
    pub partner: Option<String>,
    /// The lowest price of one unit after all discounts, minor units.
    pub floor: Amount,
    /// Whether codes may discount it (fees and shipping: no).
    pub discountable: bool,
    /// Whether what is paid for it earns points.
    pub earns_points: bool,
}

/// The lines in the order of the screen. Order decides only who gets a rounding cent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Basket {
    /// The lines.
    pub lines: Vec<Line>,
}
