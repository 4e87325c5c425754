//! Today's figures of this till.

use mostrador_ledger as ledger;
use mostrador_ledger::report::RecentSale;
use mostrador_ledger::undo::Extent;

use crate::Error;
use crate::message::say;
use crate::sentence;
use crate::till::Till;
use crate::view::{
    Language, ReceiptKind, TodayCode, TodayRefusal, TodaySale, TodayTender, TodayView,
};

impl Till {
    /// What this till sold on the store's local day.
    pub fn today(&self) -> Result<TodayView, Error> {
        self.require_cashier()?;
        let language = self.language();
        let now_ms = self.now_ms();
        self.read_with_rules(|connection, rules| {
            let day = rules.moment(now_ms).local_day();
            let today = ledger::report::today(connection, day)?;
            let net = today.net();
            let codes = today.codes.into_iter().map(|code| TodayCode {
                text: code.text,
                uses: code.uses,
                discount: code.discount,
                total: code.total,
            });
            let refusals = today.refusals.into_iter().map(|figures| TodayRefusal {
                title: sentence::refusal_title(language, &figures.refusal),
                refusal: figures.refusal,
                count: figures.count,
            });
            let tenders = today.tenders.into_iter().map(|figures| TodayTender {
                kind: figures.kind,
                amount: figures.kept,
            });
            let recent = today.recent.into_iter().map(|sale| TodaySale {
                kind: kind(sale.undid),
                undone: undone(language, &sale),
                sale_id: sale.id.to_string(),
                receipt: sale.receipt,
                time: sale.local_time.format("%H:%M").to_string(),
                customer: sale.customer_name,
                total: sale.total,
                sent: sale.sent,
            });
            Ok(TodayView {
                day: today.day.to_string(),
                sales: today.sales,
                gross: today.gross,
                discount: today.discount,
                total: today.total,
                refunded: today.refunds.money,
                refunds: today.refunds.count,
                voided: today.voids.money,
                voids: today.voids.count,
                net,
                points: today.points,
                with_customer: today.with_customer,
                codes: codes.collect(),
                refusals: refusals.collect(),
                tenders: tenders.collect(),
                recent: recent.collect(),
                waiting: today.waiting,
            })
        })
    }
}

const fn kind(undid: Option<Extent>) -> ReceiptKind {
    match undid {
        None => ReceiptKind::Sale,
        Some(Extent::Voided) => ReceiptKind::Void,
        Some(Extent::Part | Extent::Whole) => ReceiptKind::Refund,
    }
}

/// What a refund or void is, or how much of a sale is undone.
fn undone(language: Language, row: &RecentSale) -> String {
    let key = match (row.undid, row.undone) {
        (Some(Extent::Voided), _) => "today.void",
        (Some(_), _) => "today.refund",
        (None, Some(Extent::Part)) => "today.undone.part",
        (None, Some(Extent::Whole)) => "today.undone.whole",
        (None, Some(Extent::Voided)) => "today.undone.voided",
        (None, None) => return String::new(),
    };
    say(language, key, &[])
}
