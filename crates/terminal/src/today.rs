//! Today's figures of this till.

use std::cmp::Reverse;

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_ledger::report::{CodeFigures, RecentSale};
use mostrador_ledger::undo::Extent;
use mostrador_loyalty::code::CodeText;

use crate::Error;
use crate::message::say;
use crate::rules::Rules;
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
            let codes = called(connection, &rules, today.codes)?;
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
                codes,
                refusals: refusals.collect(),
                tenders: tenders.collect(),
                recent: recent.collect(),
                waiting: today.waiting,
            })
        })
    }
}

/// The codes as people call them: the one that was made for a reward means nothing to anybody, so each
/// reward is one row under its name. What took most off comes first.
fn called(
    connection: &Connection,
    rules: &Rules,
    figures: Vec<CodeFigures>,
) -> Result<Vec<TodayCode>, Error> {
    let mut rows: Vec<TodayCode> = Vec::new();
    for code in figures {
        let text = reward_of(connection, rules, &code.text)?.unwrap_or(code.text);
        match rows.iter_mut().find(|row| row.text == text) {
            Some(row) => {
                row.uses += code.uses;
                row.discount += code.discount;
                row.total += code.total;
            }
            None => rows.push(TodayCode {
                text,
                uses: code.uses,
                discount: code.discount,
                total: code.total,
            }),
        }
    }
    rows.sort_by(|one, two| {
        let key = |row: &TodayCode| (Reverse(row.discount), Reverse(row.uses));
        key(one)
            .cmp(&key(two))
            .then_with(|| one.text.cmp(&two.text))
    });
    Ok(rows)
}

/// The name of the reward that a code was made for, as far as this till knows it.
fn reward_of(connection: &Connection, rules: &Rules, text: &str) -> Result<Option<String>, Error> {
    let Some(code) = CodeText::parse(text).filter(|code| rules.program.code(code).is_none()) else {
        return Ok(None);
    };
    let slug = match ledger::reward::bought_on_basket(connection, &code)? {
        Some(slug) => Some(slug),
        None => ledger::reward::redemption(connection, &code)?.map(|made| made.reward),
    };
    let mut rewards = rules.document.rewards.iter();
    let known = slug.and_then(|slug| rewards.find(|reward| reward.slug == slug));
    Ok(known.map(|reward| reward.name.clone()))
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
