//! Who earned most at this till.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Of which days; each ends today.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum BoardPeriod {
    /// From Monday on.
    Week,
    /// From the first of the month on.
    #[default]
    Month,
    /// From the first of January on.
    Year,
}

/// The places of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct LeaderboardView {
    /// Of which days.
    pub period: BoardPeriod,
    /// Which sales count, from when to when, in words.
    pub said: String,
    /// First place first, at most 10.
    pub places: Vec<PlaceView>,
}

/// A place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct PlaceView {
    /// From 1 on; the same for the same points.
    pub place: u32,
    /// The name as far as its customer agreed to it.
    pub name: String,
    /// Points earned by the sales of the period that stand.
    pub points: i64,
    /// How many sales.
    pub sales: u64,
    /// Whether it is the customer of the open basket.
    pub is_here: bool,
}
