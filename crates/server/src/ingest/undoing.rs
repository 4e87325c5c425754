//! A refund or void against the sale that it undoes: what it does is never more than the sale did.
//!
//! Money that a till gave back is a fact. Where two tills that could not see each other took the same
//! units back, or their figures do not meet, the second is adjusted: it has the effects that are left.

use loyalty::basket::Quantity;
use loyalty::code::CodeText;
use loyalty::refund::ReturnedLine;
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::{
    Chosen, Effects, Payload, SaleCompleted, SaleRefunded, SaleVoided, UndoneAt,
};
use uuid::Uuid;

use super::exception::{Exception, ExceptionCode};

/// What undid the sale before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Before {
    /// Its refunds, each once.
    pub refunds: Vec<SaleRefunded>,
    /// Whether it was voided.
    pub is_voided: bool,
}

/// What a refund or void comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It does what it says.
    AsSaid,
    /// It does this instead, or nothing.
    Adjusted {
        /// What it does.
        instead: Option<Box<SaleRefunded>>,
        /// Why.
        because: Exception,
    },
}

impl Judgement {
    /// The effects of what is done instead.
    pub fn effects(instead: Option<&SaleRefunded>) -> Effects {
        instead.map_or_else(Effects::default, SaleRefunded::effects)
    }
}

/// Judges a refund. `reinstates` says which codes come back on a full return.
pub fn judge_refund(
    sale: &SaleCompleted,
    before: &Before,
    refund: &SaleRefunded,
    reinstates: impl Fn(&CodeText) -> bool,
) -> Judgement {
    let earlier = sale.effective(&before.refunds);
    let is_new = earlier
        .iter()
        .all(|known| known.refund_id != refund.refund_id);
    if is_new && !before.is_voided && refund.check_against(sale, &earlier).is_ok() {
        return Judgement::AsSaid;
    }
    let wanted = refund.returned();
    let lines = if is_new && !before.is_voided {
        sale.units_left(&earlier, &wanted)
    } else {
        Vec::new()
    };
    let instead = due(
        sale,
        &earlier,
        (refund.refund_id, &refund.at),
        lines,
        reinstates,
    );
    let (allowed, points) = figures(instead.as_ref());
    let took = refund.points.as_ref().map_or(0, |points| points.taken_back);
    let said = format!(
        "it gave back {} minor units and took back {took} points, of sale {} were left {allowed} and \
         {points}",
        refund.money, sale.receipt
    );
    Judgement::Adjusted {
        instead: instead.map(Box::new),
        because: Exception {
            code: ExceptionCode::RefundAdjusted,
            subject: sale.receipt.clone(),
            amount: refund.money.saturating_sub(allowed),
            said,
        },
    }
}

/// Judges a void: of a sale of which something came back already, the rest is undone.
pub fn judge_void(sale: &SaleCompleted, before: &Before, void: &SaleVoided) -> Judgement {
    let earlier = sale.effective(&before.refunds);
    if !before.is_voided && void.check_against(sale, &earlier).is_ok() {
        return Judgement::AsSaid;
    }
    let all = sale.lines.iter().enumerate().filter_map(|(line, sold)| {
        let quantity = Quantity::new(sold.quantity)?;
        Some(ReturnedLine { line, quantity })
    });
    let all: Vec<ReturnedLine> = all.collect();
    let lines = if before.is_voided {
        Vec::new()
    } else {
        sale.units_left(&earlier, &all)
    };
    let instead = due(sale, &earlier, (void.void_id, &void.at), lines, |_| true);
    let (allowed, points) = figures(instead.as_ref());
    let said = format!(
        "it gave back {} minor units, of sale {} were left {allowed} and {points} points",
        void.total, sale.receipt
    );
    Judgement::Adjusted {
        instead: instead.map(Box::new),
        because: Exception {
            code: ExceptionCode::VoidAdjusted,
            subject: sale.receipt.clone(),
            amount: void.total.saturating_sub(allowed),
            said,
        },
    }
}

fn due(
    sale: &SaleCompleted,
    earlier: &[SaleRefunded],
    (refund_id, at): (Uuid, &UndoneAt),
    lines: Vec<ReturnedLine>,
    reinstates: impl Fn(&CodeText) -> bool,
) -> Option<SaleRefunded> {
    let chosen = Chosen {
        refund_id,
        lines,
        tender: "cash".to_owned(),
        at: at.clone(),
    };
    sale.refund(earlier, chosen, reinstates).ok()
}

/// Money and points that are given and taken.
fn figures(instead: Option<&SaleRefunded>) -> (i64, i64) {
    let points = instead.and_then(|refund| refund.points.as_ref());
    (
        instead.map_or(0, |refund| refund.money),
        points.map_or(0, |points| points.taken_back),
    )
}

/// The sale that an entry undoes, if it undoes one.
pub const fn sale_of(payload: &Payload) -> Option<Uuid> {
    match payload {
        Payload::SaleRefunded(refund) => Some(refund.sale_id),
        Payload::SaleVoided(void) => Some(void.sale_id),
        _ => None,
    }
}
