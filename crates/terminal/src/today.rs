//! Today's figures of this till.

use mostrador_ledger as ledger;

use crate::Error;
use crate::sentence;
use crate::till::Till;
use crate::view::{TodayCode, TodayRefusal, TodaySale, TodayTender, TodayView};

impl Till {
    /// What this till sold on the store's local day.
    pub fn today(&self) -> Result<TodayView, Error> {
        self.require_cashier()?;
        let language = self.language();
        let now_ms = self.now_ms();
        self.read_with_rules(|connection, rules| {
            let day = rules.moment(now_ms).local_day();
            let today = ledger::report::today(connection, day)?;
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
                sale_id: sale.sale_id.to_string(),
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
