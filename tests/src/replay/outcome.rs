//! The one line in which a replay ends.

use std::collections::BTreeMap;

use serde::Serialize;

use super::wire::Figures;

/// Everything that a replay found out; amounts are cents.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Outcome {
    /// Baskets in the data.
    pub baskets: u64,
    /// Lines sold.
    pub lines: u64,
    /// Sales in the tills' ledgers.
    pub sales: u64,
    /// Of them, new in this run.
    pub new_sales: u64,
    /// Coupons accepted.
    pub coupons_applied: u64,
    /// Coupons refused, by reason.
    pub refusals: BTreeMap<String, u64>,
    /// Before discounts.
    pub gross: i64,
    /// Taken off.
    pub discount: i64,
    /// Points earned.
    pub points: i64,
    /// Entries in the tills' ledgers.
    pub entries_tills: u64,
    /// Entries of these tills on the server.
    pub entries_server: u64,
    /// Entries that the server wrote itself.
    pub entries_own: u64,
    /// Accounts, uses of codes and chains that differ between the server and any till.
    pub mismatches: u64,
    /// Cables pulled on the way.
    pub cuts: u64,
    /// Tills killed on the way.
    pub kills: u64,
    /// Times that the server was killed.
    pub server_kills: u64,
    /// Times that its database crashed.
    pub crashes: u64,
    /// From the first basket to the last reply.
    pub seconds: f64,
    /// New sales per second of selling, syncing in the background.
    pub sales_per_second: f64,
    /// Entries that the server took in, each second from the first basket to the last reply.
    pub entries_per_second: f64,
}

impl Outcome {
    /// Takes the tills' figures in.
    pub fn add(&mut self, figures: Figures) {
        self.lines += figures.lines;
        self.sales += figures.sales;
        self.coupons_applied += figures.coupons_applied;
        for (reason, count) in figures.refusals {
            *self.refusals.entry(reason).or_default() += count;
        }
        self.gross += figures.gross;
        self.discount += figures.discount;
        self.points += figures.points;
    }
}
