//! What is printed of a refund or a void: on 42 columns, with the number of its sale.

use chrono::NaiveDate;
use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_protocol::entry::{
    Payload, PointsUndone, SaleCompleted, SaleRefunded, SaleVoided, Tender, UndoneAt,
};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::Error;
use crate::message::say;
use crate::paper::{Paper, on_paper};
use crate::price::Buyer;
use crate::rules::Rules;
use crate::till::Till;
use crate::view::{ReceiptKind, ReceiptView};
use crate::words;

/// A refund or a void as it is printed.
pub(crate) struct Slip<'a> {
    kind: ReceiptKind,
    id: Uuid,
    customer: Option<Uuid>,
    /// Number and day of the sale.
    sale: (&'a str, NaiveDate),
    at: &'a UndoneAt,
    /// Name, units, money.
    lines: Vec<(&'a str, Decimal, i64)>,
    tenders: Vec<Tender>,
    money: i64,
    points: Option<&'a PointsUndone>,
    is_copy: bool,
    is_sent: bool,
}

impl<'a> Slip<'a> {
    pub(super) fn of_refund(refund: &'a SaleRefunded) -> Self {
        let lines = refund.lines.iter().map(|units| {
            let name = units.name.as_deref().unwrap_or_default();
            (name, units.quantity, units.money)
        });
        Self {
            kind: ReceiptKind::Refund,
            id: refund.refund_id,
            customer: refund.customer_id,
            sale: (&refund.sale_receipt, refund.sold_on),
            at: &refund.at,
            lines: lines.collect(),
            tenders: refund.tenders.clone(),
            money: refund.money,
            points: refund.points.as_ref(),
            is_copy: false,
            is_sent: false,
        }
    }

    pub(super) fn of_void(sale: &'a SaleCompleted, void: &'a SaleVoided) -> Self {
        let lines = sale.lines.iter();
        let lines = lines.map(|line| (line.name.as_str(), line.quantity, line.net));
        Self {
            kind: ReceiptKind::Void,
            id: void.void_id,
            customer: void.customer_id,
            sale: (&void.sale_receipt, void.sold_on),
            at: &void.at,
            lines: lines.collect(),
            tenders: super::choice::kept(sale),
            money: void.total,
            points: void.points.as_ref(),
            is_copy: false,
            is_sent: false,
        }
    }

    /// The same, printed again.
    pub(super) fn copy(self, is_sent: bool) -> Self {
        Self {
            is_copy: true,
            is_sent,
            ..self
        }
    }
}

impl Till {
    /// The receipt of an own refund or void, marked as a copy; none when the id is of neither.
    pub(crate) fn undo_receipt(
        &self,
        connection: &Connection,
        rules: &Rules,
        id: Uuid,
    ) -> Result<Option<ReceiptView>, Error> {
        let Some(recorded) = ledger::undo::by_id(connection, id)? else {
            return Ok(None);
        };
        match &recorded.payload {
            Payload::SaleRefunded(refund) => {
                let slip = Slip::of_refund(refund).copy(recorded.sent);
                self.print_slip(connection, rules, &slip).map(Some)
            }
            Payload::SaleVoided(void) => {
                let sold = ledger::sale::by_id(connection, void.sale_id)?;
                let sold = sold.ok_or(Error::UnknownSale)?;
                let slip = Slip::of_void(&sold.sale, void).copy(recorded.sent);
                self.print_slip(connection, rules, &slip).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The receipt of a refund or void as the screen shows it.
    pub(super) fn print_slip(
        &self,
        connection: &Connection,
        rules: &Rules,
        slip: &Slip<'_>,
    ) -> Result<ReceiptView, Error> {
        let language = self.language();
        let is_sent = slip.is_sent || (!slip.is_copy && self.is_online());
        let now = rules.moment(self.now_ms());
        let balance = match slip.customer {
            Some(id) => Some(Buyer::load(connection, rules, id, now)?.account),
            None => None,
        };
        let mut paper = Paper::new(language, rules);
        self.head(connection, &mut paper, slip)?;
        body(&mut paper, slip);
        if let Some(account) = &balance {
            points(&mut paper, slip);
            let available = words::number(language, account.available(now.local_day()));
            paper.row(&paper.say("receipt.balance", &[]), &available);
            if account.debt > 0 {
                let debt = words::number(language, account.debt);
                paper.row(&paper.say("receipt.debt", &[]), &debt);
            }
        }
        paper.rule();
        paper.centred(&paper.say("undo.paper.not_an_invoice", &[]));
        if !is_sent {
            paper.centred(&paper.say("receipt.kept", &[]));
        }
        let said = match (slip.is_copy, is_sent) {
            (true, true) => "sale.said.kept",
            (_, false) => "undo.said.offline",
            (false, true) => "undo.said.sent",
        };
        Ok(ReceiptView {
            kind: slip.kind,
            sale_id: slip.id.to_string(),
            receipt: slip.at.receipt.clone(),
            text: paper.into_text(),
            total: handed(&slip.tenders),
            change: 0,
            points_earned: -slip.points.map_or(0, |points| points.taken_back),
            points_spent: -slip.points.map_or(0, |points| {
                points.given_back.iter().map(|lot| lot.points).sum()
            }),
            tier_up: None,
            badges: Vec::new(),
            square: None,
            balance: balance.map(|account| account.available(now.local_day())),
            said: say(language, said, &[]),
        })
    }

    fn head(
        &self,
        connection: &Connection,
        paper: &mut Paper<'_>,
        slip: &Slip<'_>,
    ) -> Result<(), Error> {
        let identity = self.enrolled()?;
        let staff = ledger::staff::all(connection)?;
        let cashier = staff.iter().find(|person| person.id == slip.at.cashier_id);
        let cashier = cashier.map_or("", |person| person.name.as_str());
        let language = paper.language;
        paper.centred(&identity.tenant_name);
        paper.centred(&identity.store_name);
        let title = match slip.kind {
            ReceiptKind::Void => "undo.paper.void",
            _ => "undo.paper.refund",
        };
        paper.centred(&paper.say(title, &[]));
        if slip.is_copy {
            paper.centred(&paper.say("receipt.copy", &[]));
        }
        let number = paper.say("receipt.number", &[("receipt", &slip.at.receipt)]);
        paper.row(&number, "");
        paper.row(&words::moment(language, slip.at.local_time), "");
        let (receipt, sold_on) = slip.sale;
        paper.row(&paper.say("undo.paper.of", &[("receipt", receipt)]), "");
        let sold = on_paper(&words::day(language, sold_on));
        paper.row(&paper.say("undo.paper.sold", &[("day", &sold)]), "");
        paper.row(&paper.say("receipt.cashier", &[("name", cashier)]), "");
        let profile = match slip.customer {
            Some(id) => ledger::customer::get(connection, id)?,
            None => None,
        };
        if let Some(profile) = profile {
            let name = paper.say("receipt.customer", &[("name", &profile.name)]);
            paper.row(&name, "");
        }
        if let Some(reason) = &slip.at.reason {
            let name = paper.rules.document.reason(reason, language.tag());
            let name = paper.say("undo.paper.reason", &[("why", name)]);
            paper.row(&name, "");
        }
        Ok(())
    }
}

/// What leaves the drawer or goes back to a card: points come back as points.
pub(super) fn handed(tenders: &[Tender]) -> i64 {
    let money = tenders.iter().filter(|tender| tender.kind != "points");
    money.map(|tender| tender.amount).sum()
}

fn body(paper: &mut Paper<'_>, slip: &Slip<'_>) {
    paper.rule();
    for (name, quantity, money) in &slip.lines {
        paper.row(name, "");
        let quantity = words::decimal(paper.language, *quantity);
        let money = paper.money(-money);
        paper.row(&format!("  {quantity} ×"), &money);
    }
    paper.rule();
    paper.figure("undo.paper.total", -slip.money);
    for tender in &slip.tenders {
        let key = format!("tender.{}", tender.kind);
        paper.figure(&key, -tender.amount);
    }
}

fn points(paper: &mut Paper<'_>, slip: &Slip<'_>) {
    paper.rule();
    let Some(points) = slip.points else {
        return;
    };
    let language = paper.language;
    if points.taken_back > 0 {
        let taken = words::number(language, -points.taken_back);
        paper.row(&paper.say("undo.paper.points_taken", &[]), &taken);
    }
    for lot in &points.given_back {
        let given = format!("+{}", words::number(language, lot.points));
        let day = words::day(
            language,
            lot.days()
                .given_back_on(slip.at.local_time.date())
                .expires_on,
        );
        let name = paper.say("undo.paper.points_given", &[("day", &on_paper(&day))]);
        paper.row(&name, &given);
    }
}
