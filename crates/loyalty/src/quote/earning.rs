//! The points of a quote, and which points codes have an effect on them.

use std::cmp::Reverse;

use chrono::{Datelike, Weekday};

use crate::code::{Benefit, CodeText};
use crate::money::Amount;
use crate::points::{Earning, PointsQuote, earn, earning_base};
use crate::program::{Factor, PointsRules, Resolved};

use super::Request;
use super::ground::Ground;

/// Points of a basket whose lines cost `nets`.
#[derive(Debug)]
pub(super) struct Points<'a> {
    request: Request<'a>,
    rules: &'a PointsRules,
    base: Amount,
    /// Points codes by priority descending, then text.
    codes: Vec<Resolved<'a>>,
}

impl<'a> Points<'a> {
    /// `None` when the program has no points. `codes` are the accepted codes that take no money off;
    /// those that have nothing to do with points are left out.
    pub(super) fn new(
        request: &Request<'a>,
        ground: &Ground<'_>,
        nets: &[Amount],
        codes: &[Resolved<'a>],
    ) -> Option<Self> {
        let rules = request.program.points.as_ref()?;
        let is_points = |code: &Resolved<'_>| code.code.benefit != Benefit::Tracking;
        let mut codes: Vec<Resolved<'_>> = codes.iter().copied().filter(is_points).collect();
        codes.sort_unstable_by_key(|code| (Reverse(code.code.priority), code.text));
        let earns = ground.lines.iter().map(|line| line.line.earns_points);
        let lines: Vec<(Amount, bool)> = nets.iter().copied().zip(earns).collect();
        Some(Self {
            request: *request,
            rules,
            base: earning_base(&lines, request.non_earning_tender),
            codes,
        })
    }

    /// The points with every code.
    pub(super) fn quote(&self) -> PointsQuote {
        self.with(|_| true)
    }

    /// Whether `code` changes what the customer earns: alone, or on top of the others. Nobody earns
    /// without an identified customer, so no points code is used up on such a sale.
    pub(super) fn is_moved_by(&self, code: &CodeText) -> bool {
        if self.request.customer.is_none() {
            return false;
        }
        let total = |with: &dyn Fn(&CodeText) -> bool| self.with(with).total;
        let changes_all = total(&|_| true) != total(&|other| other != code);
        changes_all || total(&|_| false) != total(&|other| other == code)
    }

    fn with(&self, includes: impl Fn(&CodeText) -> bool) -> PointsQuote {
        let mut factors = self.standing_factors();
        let mut bonus: i64 = 0;
        for code in self.codes.iter().filter(|code| includes(code.text)) {
            match &code.code.benefit {
                Benefit::PointsMultiplier(multiplier) => factors.push(Factor {
                    name: code.text.as_str().to_owned(),
                    multiplier: *multiplier,
                }),
                Benefit::BonusPoints(points) => bonus = bonus.saturating_add(*points),
                _ => {}
            }
        }
        let earning = Earning {
            base: self.base,
            factors,
            bonus,
        };
        earn(self.rules, self.request.program.currency, earning)
    }

    /// Factors that need no code: tier before this sale, first purchase, weekend, campaigns.
    fn standing_factors(&self) -> Vec<Factor> {
        let customer = self.request.customer;
        let tiers = self.request.program.tiers.as_ref();
        let tier = customer
            .and_then(|customer| tiers?.tier(customer.tier.as_ref()?))
            .map(|tier| tier.multiplier);
        let is_first = customer.is_some_and(|customer| customer.purchases == 0);
        let weekday = self.request.now.local_day().weekday();
        let is_weekend = matches!(weekday, Weekday::Sat | Weekday::Sun);
        let named = [
            ("tier", tier),
            (
                "first_purchase",
                self.rules.first_purchase.filter(|_| is_first),
            ),
            ("weekend", self.rules.weekend.filter(|_| is_weekend)),
        ];
        named
            .into_iter()
            .filter_map(|(name, multiplier)| {
                Some(Factor {
                    name: name.to_owned(),
                    multiplier: multiplier?,
                })
            })
            .chain(self.rules.campaigns.iter().cloned())
            .collect()
    }
}
