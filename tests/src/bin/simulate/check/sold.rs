//! Invariant 16: of a sale nothing comes back that it did not have, counted on the raw entries alone.
//!
//! An entry that undoes a sale does what it says, or the server said that it adjusted it: then it has the
//! units that are left, and what they come to is only known when nothing is left.

use std::collections::BTreeMap;

use mostrador_protocol::entry::{Payload, PointsUndone, SaleCompleted, SaleRefunded, SaleVoided};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::Violation;
use super::people::Span;
use super::told::Told;

/// Every sale with what undid it.
#[derive(Debug, Default)]
pub(super) struct Sales {
    pub(super) by_id: BTreeMap<Uuid, Sold>,
    pub(super) violations: Vec<Violation>,
}

/// A sale, and what undid it.
#[derive(Debug)]
pub(super) struct Sold {
    pub(super) sale: SaleCompleted,
    /// The place of its entry among all.
    pub(super) position: usize,
    undone: Vec<Claim>,
}

/// What an entry takes back.
#[derive(Debug)]
struct Claim {
    is_adjusted: bool,
    /// Units by line.
    units: BTreeMap<usize, Decimal>,
    money: i64,
    taken_back: i64,
    given_back: i64,
    codes: Vec<String>,
}

/// What came back of a sale.
#[derive(Debug)]
pub(super) struct CameBack {
    /// Whether nothing of it is left.
    pub(super) is_whole: bool,
    /// Minor units.
    pub(super) money: Span,
    /// Of the points that it had earned.
    pub(super) taken_back: Span,
    /// Of the points that were spent on it.
    pub(super) given_back: Span,
    /// Uses of codes.
    pub(super) codes: BTreeMap<String, Span>,
}

impl Sales {
    /// Reads them.
    pub(super) fn of(told: &[Told]) -> Self {
        let mut sales = Self::default();
        for (position, entry) in told.iter().enumerate() {
            if let Payload::SaleCompleted(sale) = &entry.payload {
                let sold = Sold {
                    sale: SaleCompleted::clone(sale),
                    position,
                    undone: Vec::new(),
                };
                sales.by_id.entry(sale.sale_id).or_insert(sold);
            }
        }
        for entry in told {
            match &entry.payload {
                Payload::SaleRefunded(refund) => {
                    let claim = Claim::of_refund(refund, is_adjusted(entry));
                    sales.undo(refund.sale_id, claim);
                }
                Payload::SaleVoided(void) => {
                    let adjusted = is_adjusted(entry);
                    let sold = sales.by_id.get(&void.sale_id);
                    let claim = sold.map(|sold| Claim::of_void(&sold.sale, void, adjusted));
                    if let Some(claim) = claim {
                        sales.undo(void.sale_id, claim);
                    }
                }
                _ => {}
            }
        }
        let excess = sales.by_id.values().filter_map(|sold| {
            let why = sold.excess()?;
            let receipt = &sold.sale.receipt;
            let what = format!("by its entries alone, of sale {receipt} came back {why}");
            Some(Violation::new(16, what))
        });
        let excess: Vec<_> = excess.collect();
        sales.violations.extend(excess);
        sales
    }

    fn undo(&mut self, sale: Uuid, claim: Claim) {
        if let Some(sold) = self.by_id.get_mut(&sale) {
            sold.undone.push(claim);
        } else {
            let what = format!("an entry that undoes sale {sale} had effects without the sale");
            self.violations.push(Violation::new(16, what));
        }
    }
}

/// Whether the server said that it had other effects than it names; [`super::undone`] checks what it said.
pub(super) fn is_adjusted(entry: &Told) -> bool {
    let reason = entry.reason.as_deref().unwrap_or_default();
    reason.starts_with("refund_adjusted") || reason.starts_with("void_adjusted")
}

impl Claim {
    fn of_refund(refund: &SaleRefunded, is_adjusted: bool) -> Self {
        let mut units: BTreeMap<usize, Decimal> = BTreeMap::new();
        for line in &refund.lines {
            let place = usize::try_from(line.line).unwrap_or(usize::MAX);
            *units.entry(place).or_default() += line.quantity;
        }
        let codes = refund.codes.iter().map(|code| code.text.clone());
        Self {
            units,
            money: refund.money,
            codes: codes.collect(),
            ..Self::points(refund.points.as_ref(), is_adjusted)
        }
    }

    fn of_void(sale: &SaleCompleted, void: &SaleVoided, is_adjusted: bool) -> Self {
        let units = sale.lines.iter().map(|line| line.quantity).enumerate();
        let codes = void.codes.iter().map(|code| code.text.clone());
        Self {
            units: units.collect(),
            money: void.total,
            codes: codes.collect(),
            ..Self::points(void.points.as_ref(), is_adjusted)
        }
    }

    fn points(points: Option<&PointsUndone>, is_adjusted: bool) -> Self {
        let given = points.iter().flat_map(|points| &points.given_back);
        Self {
            is_adjusted,
            units: BTreeMap::new(),
            money: 0,
            taken_back: points.map_or(0, |points| points.taken_back),
            given_back: given.map(|lot| lot.points).sum(),
            codes: Vec::new(),
        }
    }
}

impl Sold {
    /// Points that the sale earned.
    pub(super) fn earned(&self) -> i64 {
        self.sale
            .points
            .as_ref()
            .map_or(0, |points| points.earned.max(0))
    }

    /// Points that were spent on it.
    pub(super) fn spent(&self) -> i64 {
        let tender = self.sale.points_redeemed.iter();
        let rewards = self.sale.rewards.iter();
        let tender: i64 = tender.map(|spent| spent.points).sum();
        tender + rewards.map(|reward| reward.points).sum::<i64>()
    }

    /// Texts of the codes that it used up, and of those that they derive from.
    pub(super) fn codes(&self) -> Vec<String> {
        let used = self.sale.codes.iter().filter(|code| code.consumed);
        used.flat_map(|code| [Some(code.text.clone()), code.parent.clone()])
            .flatten()
            .collect()
    }

    /// What came back of it.
    pub(super) fn came_back(&self) -> CameBack {
        let is_whole = self.is_whole();
        let is_exact = self.undone.iter().all(|claim| !claim.is_adjusted);
        let span = |said: i64, all: i64| match (is_exact, is_whole) {
            (true, _) => Span::exactly(said),
            (false, true) => Span::exactly(all),
            (false, false) => Span::between(said, all),
        };
        let mut codes: BTreeMap<String, Span> = BTreeMap::new();
        for claim in &self.undone {
            for code in &claim.codes {
                let times = codes.entry(code.clone()).or_default();
                if claim.is_adjusted {
                    *times = Span::between(times.least, 1);
                } else {
                    *times = Span::exactly(times.least + 1);
                }
            }
        }
        CameBack {
            is_whole,
            money: span(self.as_said(|claim| claim.money), self.sale.total),
            taken_back: span(self.as_said(|claim| claim.taken_back), self.earned()),
            given_back: span(self.as_said(|claim| claim.given_back), self.spent()),
            codes,
        }
    }

    /// Whether every unit came back.
    fn is_whole(&self) -> bool {
        let mut lines = self.sale.lines.iter().enumerate();
        let units = |line: usize| -> Decimal {
            let of_line = self
                .undone
                .iter()
                .filter_map(|claim| claim.units.get(&line));
            of_line.sum()
        };
        lines.all(|(line, sold)| units(line) >= sold.quantity)
    }

    /// What the entries that do what they say come to.
    fn as_said(&self, what: impl Fn(&Claim) -> i64) -> i64 {
        let as_said = self.undone.iter().filter(|claim| !claim.is_adjusted);
        as_said.map(what).sum()
    }

    /// What the entries that do what they say take beyond what there was, in words.
    fn excess(&self) -> Option<String> {
        let as_said = || self.undone.iter().filter(|claim| !claim.is_adjusted);
        for (line, sold) in self.sale.lines.iter().enumerate() {
            let units: Decimal = as_said().filter_map(|claim| claim.units.get(&line)).sum();
            if units > sold.quantity {
                return Some(format!("{units} of {} {}", sold.quantity, sold.product));
            }
        }
        let figures = [
            ("minor units", self.as_said(|it| it.money), self.sale.total),
            (
                "earned points",
                self.as_said(|it| it.taken_back),
                self.earned(),
            ),
            (
                "spent points",
                self.as_said(|it| it.given_back),
                self.spent(),
            ),
        ];
        let is_exact = as_said().count() == self.undone.len();
        for (what, back, all) in figures {
            if back > all {
                return Some(format!("{back} of {all} {what}"));
            }
            if is_exact && self.is_whole() && !self.undone.is_empty() && back != all {
                return Some(format!("everything, but {back} of {all} {what}"));
            }
        }
        let mut codes: BTreeMap<&str, u32> = BTreeMap::new();
        for code in as_said().flat_map(|claim| &claim.codes) {
            *codes.entry(code).or_default() += 1;
        }
        let twice = codes.iter().find(|(_, times)| **times > 1);
        twice.map(|(code, times)| format!("{times} uses of code {code}"))
    }
}
