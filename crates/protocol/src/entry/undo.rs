//! The payloads of `sale_refunded` and `sale_voided`: what undoes a sale, made from the sale itself.

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use loyalty::account::{Lot, LotDays};
use loyalty::basket::Quantity;
use loyalty::code::CodeText;
use loyalty::money::Amount;
use loyalty::refund::{self, Refund, ReturnRefusal, ReturnedLine, Returns, SoldLine, SoldSale};
use mostrador_loyalty as loyalty;

use super::{CodeUsed, SaleCompleted, Tender};
use crate::account::LotDocument;

/// Units of a sale that came back. Amounts are minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleRefunded {
    /// UUIDv7 of the refund.
    pub refund_id: Uuid,
    /// The sale of which something came back.
    pub sale_id: Uuid,
    /// Its receipt.
    pub sale_receipt: String,
    /// The store's local day of the sale.
    pub sold_on: NaiveDate,
    /// Where and by whom it was taken back.
    #[serde(flatten)]
    pub at: UndoneAt,
    /// Who had bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Uuid>,
    /// ISO 4217.
    pub currency: String,
    /// The lines of which something came back.
    pub lines: Vec<ReturnedUnits>,
    /// What the customer gets back: the sum of the lines, and of the tenders.
    pub money: i64,
    /// How; the tender of kind `points` is what the points given back had paid.
    pub tenders: Vec<Tender>,
    /// Points that change hands, when a customer had bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<PointsUndone>,
    /// Codes whose use comes back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<CodeGivenBack>,
    /// Rewards whose use comes back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rewards: Vec<String>,
    /// Whether nothing of the sale is left.
    pub is_full: bool,
    /// The refunds of the same sale that this one comes after: with them its figures can be checked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Uuid>,
}

/// A sale undone as if it had not been, on its own day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleVoided {
    /// UUIDv7 of the void.
    pub void_id: Uuid,
    /// The sale.
    pub sale_id: Uuid,
    /// Its receipt.
    pub sale_receipt: String,
    /// The store's local day of the sale.
    pub sold_on: NaiveDate,
    /// Where and by whom it was voided.
    #[serde(flatten)]
    pub at: UndoneAt,
    /// Who had bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Uuid>,
    /// ISO 4217.
    pub currency: String,
    /// What had been paid.
    pub total: i64,
    /// Points that change hands, when a customer had bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<PointsUndone>,
    /// Every code the sale had used up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<CodeGivenBack>,
    /// Every reward it had used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rewards: Vec<String>,
}

/// Where, when and by whom a sale was undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoneAt {
    /// The receipt of the undoing.
    pub receipt: String,
    /// Slug of the store.
    pub store: String,
    /// The till.
    pub terminal_id: Uuid,
    /// Who did it.
    pub cashier_id: Uuid,
    /// The store's wall clock.
    pub local_time: NaiveDateTime,
    /// Slug of the reason, if one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the cashier wrote beside it. Never who somebody is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The manager's approval, if one was needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_id: Option<Uuid>,
}

/// Units of one line that came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnedUnits {
    /// Position of the line in the sale, from 0.
    pub line: u32,
    /// How many units, a decimal string.
    pub quantity: Decimal,
    /// What is given back for them.
    pub money: i64,
    /// What the receipt calls the line: a till that did not sell it prints that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Points that change hands when a sale is undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointsUndone {
    /// Taken back of what the sale had earned.
    pub taken_back: i64,
    /// The last day of the lot that the sale had made.
    pub expires_on: NaiveDate,
    /// The first day of that lot; none: the day of the sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usable_from: Option<NaiveDate>,
    /// Given back of what had been spent on the sale, with the lots it came from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given_back: Vec<LotDocument>,
}

/// A code whose use comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeGivenBack {
    /// Normalised text.
    pub text: String,
    /// What it had taken off, minor units.
    pub discount: i64,
}

/// What a cashier chose to take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Id of the refund to be.
    pub refund_id: Uuid,
    /// Lines and units.
    pub lines: Vec<ReturnedLine>,
    /// The tender in which money goes back: `cash`, `card`, `transfer`, `gift_card`.
    pub tender: String,
    /// Where and by whom.
    pub at: UndoneAt,
}

impl PointsUndone {
    pub(super) fn lot_days(&self, sold_on: NaiveDate) -> LotDays {
        LotDays {
            expires_on: self.expires_on,
            earned_on: sold_on,
            usable_from: self.usable_from.unwrap_or(sold_on),
        }
    }
}

impl SaleCompleted {
    /// What came back of this sale after `earlier`, in order: where the next refund begins.
    ///
    /// # Errors
    /// What the first of the earlier refunds takes that the sale does not have.
    pub fn returns<'a>(
        &self,
        earlier: impl IntoIterator<Item = &'a SaleRefunded>,
    ) -> Result<Returns, ReturnRefusal> {
        let mut returns = Returns::of(&self.sold());
        for refund in earlier {
            returns.take_back(&refund.returned())?;
        }
        Ok(returns)
    }

    /// The refund of `chosen`, after `earlier` ones: the preview and, when it is recorded, the entry.
    /// `reinstates` says which codes come back on a full return.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn refund(
        &self,
        earlier: &[SaleRefunded],
        chosen: Chosen,
        reinstates: impl Fn(&CodeText) -> bool,
    ) -> Result<SaleRefunded, ReturnRefusal> {
        refund::chosen(&chosen.lines)?;
        let refund = self.returns(earlier)?.take_back(&chosen.lines)?;
        let codes = self.codes_used();
        let comes_back = |used: &&CodeUsed| refund.is_full && reinstates(&used.code);
        Ok(SaleRefunded {
            refund_id: chosen.refund_id,
            sale_id: self.sale_id,
            sale_receipt: self.receipt.clone(),
            sold_on: self.local_time.date(),
            at: chosen.at,
            customer_id: self.customer_id,
            currency: self.currency.clone(),
            lines: self.returned_units(&refund, &chosen.lines),
            money: refund.money.minor(),
            tenders: tenders(&refund, chosen.tender),
            points: self.points_undone(refund.points_taken_back, &refund.given_back),
            codes: codes.iter().filter(comes_back).map(given_back).collect(),
            rewards: if refund.is_full {
                self.reward_slugs()
            } else {
                Vec::new()
            },
            is_full: refund.is_full,
            after: earlier.iter().map(|earlier| earlier.refund_id).collect(),
        })
    }

    /// The void of this sale: everything it did comes back.
    pub fn void(&self, void_id: Uuid, at: UndoneAt) -> SaleVoided {
        let earned = self.points.as_ref().map_or(0, |points| points.earned);
        SaleVoided {
            void_id,
            sale_id: self.sale_id,
            sale_receipt: self.receipt.clone(),
            sold_on: self.local_time.date(),
            at,
            customer_id: self.customer_id,
            currency: self.currency.clone(),
            total: self.total,
            points: self.points_undone(earned, &self.redeemed()),
            codes: self.codes_used().iter().map(given_back).collect(),
            rewards: self.reward_slugs(),
        }
    }

    /// The sale as its returns see it.
    fn sold(&self) -> SoldSale {
        let lines = self.lines.iter().map(|line| SoldLine {
            net: Amount::clamped(line.net.into()),
            quantity: Quantity::new(line.quantity).unwrap_or(Quantity::ONE),
        });
        let spent = self.points_redeemed.as_ref();
        SoldSale {
            lines: lines.collect(),
            earned: self.points.as_ref().map_or(0, |points| points.earned),
            redeemed: self.redeemed(),
            paid_by_points: Amount::clamped(spent.map_or(0, |spent| spent.amount).into()),
        }
    }

    fn points_undone(&self, taken_back: i64, given_back: &[Lot]) -> Option<PointsUndone> {
        self.customer_id?;
        if taken_back == 0 && given_back.is_empty() {
            return None;
        }
        let days = self.lot_days();
        Some(PointsUndone {
            taken_back,
            expires_on: days.expires_on,
            usable_from: (days.usable_from != days.earned_on).then_some(days.usable_from),
            given_back: given_back.iter().map(LotDocument::from).collect(),
        })
    }

    fn returned_units(&self, refund: &Refund, chosen: &[ReturnedLine]) -> Vec<ReturnedUnits> {
        let lines = refund.money_by_line.iter().enumerate();
        let units = lines.filter_map(|(line, money)| {
            let of_line = chosen.iter().filter(|one| one.line == line);
            let quantity: Decimal = of_line.map(|one| one.quantity.value()).sum();
            (!quantity.is_zero()).then(|| ReturnedUnits {
                line: u32::try_from(line).expect("BUG: a basket has fewer lines than 2^32"),
                quantity,
                money: money.minor(),
                name: self.lines.get(line).map(|line| line.name.clone()),
            })
        });
        units.collect()
    }

    fn reward_slugs(&self) -> Vec<String> {
        let slugs = self.rewards.iter().map(|reward| reward.reward.clone());
        slugs.collect()
    }
}

impl SaleRefunded {
    /// The units that came back, for [`Returns::take_back`]; quantities that no line can have count as
    /// none.
    pub fn returned(&self) -> Vec<ReturnedLine> {
        let lines = self.lines.iter().filter_map(|units| {
            Some(ReturnedLine {
                line: usize::try_from(units.line).ok()?,
                quantity: Quantity::new(units.quantity)?,
            })
        });
        lines.collect()
    }
}

fn tenders(refund: &Refund, kind: String) -> Vec<Tender> {
    let in_points = refund.money_in_points;
    let money = refund.money.saturating_sub(in_points);
    let tender = |kind: String, amount: Amount| Tender {
        kind,
        amount: amount.minor(),
    };
    [tender("points".to_owned(), in_points), tender(kind, money)]
        .into_iter()
        .filter(|tender| tender.amount > 0)
        .collect()
}

fn given_back(used: &CodeUsed) -> CodeGivenBack {
    CodeGivenBack {
        text: used.code.as_str().to_owned(),
        discount: used.discount.minor(),
    }
}
