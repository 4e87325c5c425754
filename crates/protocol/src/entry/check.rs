//! Whether a sale adds up: what the server asks before a sale has effects.

mod account;

use rust_decimal::Decimal;
use thiserror::Error;

use loyalty::basket::Quantity;
use loyalty::code::CodeText;
use loyalty::money::{Amount, Currency, MAX_MINOR};
use loyalty::points::earning_base;
use loyalty::rate;
use mostrador_loyalty as loyalty;

use super::{SaleCompleted, SaleLine, Tender};

/// Why a sale does not add up. Its text is the reason under which the server holds the entry.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// An amount is negative or above 2^53 - 1.
    #[error("{what} is {minor}, outside what an amount can be")]
    Amount {
        /// Which amount.
        what: &'static str,
        /// Its minor units.
        minor: i64,
    },
    /// Two figures that must be equal are not.
    #[error("{what}: expected {expected}, found {found}")]
    Sum {
        /// Which figures.
        what: &'static str,
        /// What the parts give.
        expected: i128,
        /// What the sale says.
        found: i128,
    },
    /// A list of shares has not one share per line.
    #[error("{what} has {found} shares for {lines} lines")]
    Shares {
        /// Whose shares.
        what: String,
        /// Lines of the sale.
        lines: usize,
        /// Shares found.
        found: usize,
    },
    /// A text that cannot be a code.
    #[error("{text:?} cannot be a code")]
    Code {
        /// The text.
        text: String,
    },
    /// A quantity that no line can have.
    #[error("{quantity} cannot be a quantity")]
    Quantity {
        /// The quantity.
        quantity: Decimal,
    },
    /// Letters that are no currency.
    #[error("{text:?} is not a currency")]
    Currency {
        /// The letters.
        text: String,
    },
    /// Points without a customer.
    #[error("points were earned but nobody is identified")]
    PointsWithoutCustomer,
    /// A number of points that cannot be.
    #[error("{what} are {points}, which cannot be")]
    Points {
        /// Which points.
        what: &'static str,
        /// The number.
        points: i64,
    },
    /// A word that must be there is not.
    #[error("{what} is empty")]
    Empty {
        /// Which word.
        what: &'static str,
    },
    /// One customer on both sides of something that takes two.
    #[error("customer {customer} stands on both sides")]
    OnePerson {
        /// Who.
        customer: uuid::Uuid,
    },
    /// An expiry before the lot is over.
    #[error("the lot can be spent through {expires_on}")]
    NotOver {
        /// Its last day.
        expires_on: chrono::NaiveDate,
    },
    /// A refund that its sale does not allow.
    #[error("the sale refuses the refund: {refusal}")]
    Return {
        /// `loyalty::refund::ReturnRefusal::code`.
        refusal: &'static str,
    },
    /// A refund or void that says something else of the sale than the sale does.
    #[error("{what} is not that of the sale")]
    OtherSale {
        /// What differs.
        what: &'static str,
    },
    /// A reward without the code that carries it.
    #[error("the reward {reward} has no code on the sale")]
    RewardWithoutCode {
        /// Slug of the reward.
        reward: String,
    },
}

impl SaleCompleted {
    /// Checks that amounts are in range, that every sum is the sum of its parts, and that prices and
    /// points follow from what the sale says of itself: nobody has to trust a till's arithmetic.
    ///
    /// # Errors
    /// The first [`Fault`] found.
    pub fn check(&self) -> Result<(), Fault> {
        self.check_ranges()?;
        self.check_lines()?;
        self.check_shares()?;
        equal(
            "gross less discount",
            wide(self.gross) - wide(self.discount),
            self.total,
        )?;
        let paid = self
            .tenders
            .iter()
            .map(|tender| wide(tender.amount))
            .sum::<i128>();
        equal("tenders less change", paid - wide(self.change), self.total)?;
        self.check_redeemed()?;
        self.check_points()
    }

    /// Points spent are shares of lots, pay what their tender says, and buy rewards that are there.
    fn check_redeemed(&self) -> Result<(), Fault> {
        let paid = self.tenders.iter().filter(|tender| tender.kind == "points");
        let paid: i128 = paid.map(|tender| wide(tender.amount)).sum();
        let redeemed = self.points_redeemed.as_ref();
        let amount = redeemed.map_or(0, |spent| spent.amount);
        equal("tender of points", paid, amount)?;
        if let Some(spent) = redeemed {
            account::shares("points redeemed", &spent.lots, spent.points)?;
        }
        for reward in &self.rewards {
            account::shares("points of a reward", &reward.lots, reward.points)?;
            if !self.codes.iter().any(|code| code.text == reward.code) {
                return Err(Fault::RewardWithoutCode {
                    reward: reward.reward.clone(),
                });
            }
        }
        let nobody_spends = redeemed.is_none() && self.rewards.is_empty();
        if self.customer_id.is_none() && !nobody_spends {
            return Err(Fault::PointsWithoutCustomer);
        }
        Ok(())
    }

    fn check_ranges(&self) -> Result<(), Fault> {
        let totals = [
            ("gross", self.gross),
            ("discount", self.discount),
            ("total", self.total),
            ("change", self.change),
        ];
        let lines = self.lines.iter().flat_map(|line| {
            [
                ("price of a line", line.unit_price),
                ("gross of a line", line.gross),
                ("discount of a line", line.discount),
                ("net of a line", line.net),
            ]
        });
        let codes = self.codes.iter().flat_map(|code| {
            let shares = code.shares.iter().map(|share| ("share of a code", *share));
            shares.chain([("amount of a code", code.amount)])
        });
        let tier = self.tier_discount.iter().flat_map(|tier| {
            let shares = tier
                .shares
                .iter()
                .map(|share| ("share of the tier", *share));
            shares.chain([("amount of the tier", tier.amount)])
        });
        let tenders = self.tenders.iter().map(|tender| ("tender", tender.amount));
        let leases = self.leases.iter();
        let leases = leases.map(|spend| ("spent of a lease", spend.units));
        let points = self.points.iter().flat_map(|points| {
            [
                ("base of the points", points.base),
                ("points earned", points.earned),
            ]
        });
        totals
            .into_iter()
            .chain(lines)
            .chain(codes)
            .chain(tier)
            .chain(tenders)
            .chain(points)
            .chain(leases)
            .find(|(_, minor)| Amount::from_minor(*minor).is_none())
            .map_or(Ok(()), |(what, minor)| Err(Fault::Amount { what, minor }))
    }

    fn check_lines(&self) -> Result<(), Fault> {
        for line in &self.lines {
            let quantity = Quantity::new(line.quantity).ok_or(Fault::Quantity {
                quantity: line.quantity,
            })?;
            let price = Amount::clamped(wide(line.unit_price));
            let gross = rate::price(price, quantity).minor();
            equal("price times quantity of a line", wide(gross), line.gross)?;
            equal(
                "net of a line",
                wide(line.gross) - wide(line.discount),
                line.net,
            )?;
        }
        let sum = |figure: fn(&SaleLine) -> i64| -> i128 {
            self.lines.iter().map(|line| wide(figure(line))).sum()
        };
        equal(
            "sum of the lines' gross",
            sum(|line| line.gross),
            self.gross,
        )?;
        equal(
            "sum of the lines' discounts",
            sum(|line| line.discount),
            self.discount,
        )
    }

    fn check_shares(&self) -> Result<(), Fault> {
        let mut by_line = vec![0_i128; self.lines.len()];
        let tier = self
            .tier_discount
            .iter()
            .map(|tier| (tier.tier.as_str(), tier.amount, tier.shares.as_slice()));
        let codes = self
            .codes
            .iter()
            .map(|code| (code.text.as_str(), code.amount, code.shares.as_slice()));
        for (what, amount, shares) in tier.chain(codes) {
            if shares.len() != self.lines.len() {
                return Err(Fault::Shares {
                    what: what.to_owned(),
                    lines: self.lines.len(),
                    found: shares.len(),
                });
            }
            equal(
                "shares of a discount",
                shares.iter().map(|share| wide(*share)).sum(),
                amount,
            )?;
            for (line, share) in by_line.iter_mut().zip(shares) {
                *line += wide(*share);
            }
        }
        for (line, shares) in self.lines.iter().zip(by_line) {
            equal("shares on a line", shares, line.discount)?;
        }
        let codes = self.codes.iter();
        let mut texts = codes.flat_map(|code| [Some(&code.text), code.parent.as_ref()]);
        match texts.find_map(|text| text.filter(|text| CodeText::parse(text).is_none())) {
            Some(text) => Err(Fault::Code { text: text.clone() }),
            None => Ok(()),
        }
    }

    /// The same formula that the till quoted by, over what the sale says of itself.
    fn check_points(&self) -> Result<(), Fault> {
        let Some(points) = &self.points else {
            return Ok(());
        };
        if points.earned > 0 && self.customer_id.is_none() {
            return Err(Fault::PointsWithoutCustomer);
        }
        let lines = self.lines.iter();
        let lines = lines.map(|line| (Amount::clamped(wide(line.net)), line.earns_points));
        let lines: Vec<(Amount, bool)> = lines.collect();
        let earns_nothing =
            |tender: &&Tender| matches!(tender.kind.as_str(), "points" | "gift_card");
        let unpaid = self.tenders.iter().filter(earns_nothing);
        let unpaid: i128 = unpaid.map(|tender| wide(tender.amount)).sum();
        let base = earning_base(&lines, Amount::clamped(unpaid));
        equal("base of the points", wide(base.minor()), points.base)?;
        let currency = Currency::from_code(&self.currency).ok_or_else(|| Fault::Currency {
            text: self.currency.clone(),
        })?;
        let multipliers = points.factors.iter().map(|factor| &factor.multiplier);
        let factors = std::iter::once(&points.per_unit).chain(multipliers);
        let base = Amount::clamped(wide(points.base));
        let floored = rate::product_floor(base, currency, factors);
        let earned = (wide(floored) + wide(points.bonus)).clamp(0, wide(MAX_MINOR));
        equal("points earned", earned, points.earned)
    }
}

fn wide(minor: i64) -> i128 {
    minor.into()
}

fn equal(what: &'static str, expected: i128, found: i64) -> Result<(), Fault> {
    let found = wide(found);
    if expected == found {
        Ok(())
    } else {
        Err(Fault::Sum {
            what,
            expected,
            found,
        })
    }
}
