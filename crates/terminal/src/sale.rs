//! A paid basket as the entry that keeps it.

use mostrador_loyalty::points::lot_days;
use mostrador_protocol::account::LotDocument;
use mostrador_protocol::entry::{
    PointsFactor, PointsRedeemed, SaleCode, SaleCompleted, SaleLine, SalePoints, SaleRefusal,
    SaleReward, SaleTierDiscount, Tender,
};
use uuid::Uuid;

use crate::counter::kind_name;
use crate::price::Priced;

/// What a sale needs beside its quote.
#[derive(Debug)]
pub(crate) struct Deal {
    pub(crate) sale_id: Uuid,
    pub(crate) receipt: String,
    pub(crate) terminal_id: Uuid,
    pub(crate) cashier_id: Uuid,
    pub(crate) reference: Option<String>,
    pub(crate) tenders: Vec<Tender>,
    /// Minor units.
    pub(crate) change: i64,
}

/// The entry of the basket that was priced and paid.
pub(crate) fn completed(priced: &Priced, deal: Deal) -> SaleCompleted {
    let quote = &priced.quote;
    let minor = |amounts: &[mostrador_loyalty::money::Amount]| -> Vec<i64> {
        amounts.iter().map(|amount| amount.minor()).collect()
    };
    SaleCompleted {
        points_redeemed: priced.spending.paid().map(|tender| PointsRedeemed {
            points: tender.points,
            amount: tender.amount.minor(),
            lots: tender.lots.iter().map(LotDocument::from).collect(),
        }),
        rewards: rewards(priced),
        leases: Vec::new(),
        sale_id: deal.sale_id,
        receipt: deal.receipt,
        store: priced.place.store.clone(),
        terminal_id: deal.terminal_id,
        cashier_id: deal.cashier_id,
        customer_id: priced.buyer.as_ref().map(|buyer| buyer.id),
        reference: deal.reference,
        currency: priced.rules.money.currency.code().to_owned(),
        local_time: priced.now.local,
        lines: lines(priced),
        tier_discount: quote.tier_discount.as_ref().map(|tier| SaleTierDiscount {
            tier: tier.tier.clone(),
            amount: tier.amount.minor(),
            shares: minor(&tier.shares),
        }),
        codes: quote
            .accepted
            .iter()
            .map(|code| SaleCode {
                text: code.text.to_string(),
                parent: code.parent.as_ref().map(ToString::to_string),
                assigned: code.assigned,
                kind: kind_name(code.kind).to_owned(),
                owner: code.owner.clone(),
                amount: code.amount.minor(),
                shares: minor(&code.shares),
                consumed: code.consumed,
                over_limit: None,
            })
            .collect(),
        refused: quote
            .refused
            .iter()
            .map(|code| SaleRefusal {
                text: code.text.to_string(),
                refusal: code.refusal.code().to_owned(),
            })
            .collect(),
        gross: quote.gross.minor(),
        discount: quote.discount.minor(),
        total: quote.total.minor(),
        tenders: deal.tenders,
        change: deal.change,
        points: points(priced),
    }
}

fn rewards(priced: &Priced) -> Vec<SaleReward> {
    let used = priced.spending.used(&priced.quote);
    used.map(|bought| SaleReward {
        reward: bought.reward.clone(),
        code: bought.code.text.to_string(),
        points: bought.points,
        lots: bought.lots.iter().map(LotDocument::from).collect(),
    })
    .collect()
}

fn lines(priced: &Priced) -> Vec<SaleLine> {
    let lines = priced.basket.lines.iter().zip(&priced.quote.lines);
    lines
        .map(|(line, quoted)| SaleLine {
            product: line.product.clone(),
            sku: line.sku.clone(),
            name: line.name.clone(),
            unit_price: line.unit_price.minor(),
            quantity: line.quantity.value(),
            categories: line.categories.clone(),
            partner: line.partner.clone(),
            gross: quoted.gross.minor(),
            discount: quoted.discount.minor(),
            net: quoted.net.minor(),
            earns_points: line.earns_points,
        })
        .collect()
}

/// Points are earned by somebody, or not at all.
fn points(priced: &Priced) -> Option<SalePoints> {
    priced.buyer.as_ref()?;
    let rules = priced.rules.program.points.as_ref()?;
    let points = priced.quote.points.as_ref()?;
    let factors = points.factors.iter().map(|factor| PointsFactor {
        name: factor.name.clone(),
        multiplier: factor.multiplier,
    });
    let lot = lot_days(priced.now.local_day(), rules);
    Some(SalePoints {
        base: points.base.minor(),
        per_unit: points.per_unit,
        factors: factors.collect(),
        bonus: points.bonus,
        earned: points.total,
        expires_on: lot.expires_on,
        usable_from: (lot.usable_from > lot.earned_on).then_some(lot.usable_from),
    })
}
