//! Where a customer stands: tier, and distance to the next.

use crate::program::Tier;

/// A customer's standing on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// The tier held.
    pub tier: &'a Tier,
    /// Points earned in the rolling window.
    pub window_points: i64,
    /// The next tier and the points missing, unless the tier is the highest.
    pub next: Option<NextTier<'a>>,
}

/// The tier above, and how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextTier<'a> {
    /// Which.
    pub tier: &'a Tier,
    /// Points still to earn.
    pub missing: i64,
}
