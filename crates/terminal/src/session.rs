//! What a till remembers between two actions: who is at work, and the open basket.

use std::sync::Arc;

use mostrador_loyalty::basket::{Basket, Line, Quantity};
use mostrador_loyalty::code::CodeText;
use mostrador_loyalty::money::Amount;
use mostrador_protocol::entry::ApprovalGiven;
use mostrador_protocol::row::{Product, Role, Staff};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::undo::{Found, Steps};
use crate::view::TenderInput;

/// Product id of an amount that was entered by hand.
pub(crate) const OPEN_AMOUNT: &str = "open-amount";

/// Between two actions.
#[derive(Debug, Default)]
pub(crate) struct Session {
    /// Who is at work; none: locked.
    pub(crate) cashier: Option<Cashier>,
    /// The basket on screen. Locking keeps it.
    pub(crate) open: OpenBasket,
    /// What the last action has to say.
    pub(crate) said: String,
    /// What the cashier saw last.
    pub(crate) seen: Option<Seen>,
    /// How the basket came to be what it is.
    pub(crate) steps: Steps,
    /// What was handed over for the basket already.
    pub(crate) noted: Vec<TenderInput>,
    /// Whether the basket that was open before the start was looked for.
    pub(crate) looked_for_kept: bool,
    /// The sale on the refund screen.
    pub(crate) found: Option<Arc<Found>>,
}

/// A total on the screen, with what it was made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) open: OpenBasket,
    /// Of the program.
    pub(crate) version: u32,
    pub(crate) total: Amount,
}

/// The person at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cashier {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) role: Role,
}

impl From<&Staff> for Cashier {
    fn from(staff: &Staff) -> Self {
        Self {
            id: staff.id,
            name: staff.name.clone(),
            role: staff.role,
        }
    }
}

/// `cashier` or `manager`, as views carry it.
pub(crate) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Cashier => "cashier",
        Role::Manager => "manager",
    }
}

/// A basket that is not paid, with its customer and its codes; parked as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OpenBasket {
    /// The id of the sale that it becomes; nil until the first action, and in rows that an earlier
    /// version parked.
    #[serde(default)]
    pub(crate) id: Uuid,
    #[serde(default)]
    pub(crate) customer: Option<Uuid>,
    pub(crate) lines: Vec<OpenLine>,
    /// Normalised texts in the order they were scanned.
    pub(crate) codes: Vec<String>,
    /// Points that its customer wants to pay with; 0: none.
    #[serde(default)]
    pub(crate) points: i64,
    /// Rewards that its customer wants on it.
    #[serde(default)]
    pub(crate) rewards: Vec<OpenReward>,
    /// A manager's yes to codes of it that this till has no right to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) approvals: Vec<ApprovalGiven>,
    /// The sets of variants with which it has reached payment.
    #[serde(default)]
    pub(crate) reached: Vec<Vec<String>>,
}

/// A reward bought with points for this basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OpenReward {
    /// Slug.
    pub(crate) reward: String,
    /// The code made for it.
    pub(crate) code: String,
}

/// One line of it, with the product as it was when it was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OpenLine {
    pub(crate) product: String,
    pub(crate) sku: String,
    pub(crate) name: String,
    /// Minor units, at least 0.
    pub(crate) unit_price: i64,
    pub(crate) quantity: Decimal,
    pub(crate) categories: Vec<String>,
    pub(crate) partner: Option<String>,
    pub(crate) floor: i64,
    pub(crate) discountable: bool,
    pub(crate) earns_points: bool,
}

impl OpenLine {
    pub(crate) fn of_product(product: &Product, quantity: Quantity) -> Self {
        Self {
            product: product.id.clone(),
            sku: product.sku.clone(),
            name: product.name.clone(),
            unit_price: product.unit_price.max(0),
            quantity: quantity.value(),
            categories: product.categories.clone(),
            partner: product.partner.clone(),
            floor: product.floor.max(0),
            discountable: product.discountable,
            earns_points: product.earns_points,
        }
    }

    pub(crate) fn of_amount(amount: Amount, name: String) -> Self {
        Self {
            product: OPEN_AMOUNT.to_owned(),
            sku: String::new(),
            name,
            unit_price: amount.minor(),
            quantity: Decimal::ONE,
            categories: Vec::new(),
            partner: None,
            floor: 0,
            discountable: true,
            earns_points: true,
        }
    }

    /// Unit price x quantity, not rounded.
    pub(crate) fn exact_gross(&self) -> Decimal {
        Decimal::from(self.unit_price).saturating_mul(self.quantity)
    }
}

impl Session {
    /// Goes on with another basket: no step leads back to the one before.
    pub(crate) fn begin(&mut self, open: OpenBasket) {
        self.steps.begin(&open);
        self.open = open;
        self.noted.clear();
    }
}

impl OpenBasket {
    /// Whether there is nothing that anybody would miss.
    pub(crate) fn is_blank(&self) -> bool {
        self.lines.is_empty() && self.codes.is_empty() && self.customer.is_none()
    }

    /// Makes it this customer's basket. Points that another one had reserved are theirs again; answers
    /// whether there were any.
    pub(crate) fn belong_to(&mut self, customer: Option<Uuid>) -> bool {
        let is_other = self.customer != customer;
        self.customer = customer;
        is_other && self.release()
    }

    /// Gives up every point that it reserved, and what a manager allowed on it; answers whether there were any.
    pub(crate) fn release(&mut self) -> bool {
        let had_any = self.points > 0 || !self.rewards.is_empty();
        self.points = 0;
        self.rewards.clear();
        self.approvals.clear();
        had_any
    }

    /// The basket as the rules see it.
    pub(crate) fn basket(&self) -> Basket {
        let lines = self.lines.iter().map(|line| Line {
            product: line.product.clone(),
            sku: line.sku.clone(),
            name: line.name.clone(),
            unit_price: Amount::clamped(line.unit_price.into()),
            quantity: Quantity::new(line.quantity).unwrap_or(Quantity::ONE),
            categories: line.categories.clone(),
            partner: line.partner.clone(),
            floor: Amount::clamped(line.floor.into()),
            discountable: line.discountable,
            earns_points: line.earns_points,
        });
        Basket {
            lines: lines.collect(),
        }
    }

    /// The codes that a manager allowed.
    pub(crate) fn approved(&self) -> Vec<CodeText> {
        let approvals = self.approvals.iter();
        let codes = approvals.filter_map(|approval| approval.subject.as_deref());
        codes.filter_map(CodeText::parse).collect()
    }

    /// The codes as the rules see them.
    pub(crate) fn scanned(&self) -> Vec<CodeText> {
        self.codes
            .iter()
            .filter_map(|text| CodeText::parse(text))
            .collect()
    }
}
