//! The views of a refund and of a void.

use std::sync::Arc;

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_loyalty::account::Account;
use mostrador_loyalty::refund::{ReturnRefusal, Undoing};
use mostrador_protocol::entry::{SaleCompleted, SaleRefunded, SaleVoided, Tender};
use mostrador_protocol::program::Labelled;
use uuid::Uuid;

use super::choice::{self, Reason};
use super::effect::{Ear, Undone, effects};
use super::found::{Found, Source};
use super::paper::handed;
use super::refund::needs_manager;
use super::undoer::Undoer;
use super::{line, void};
use crate::Error;
use crate::message::say;
use crate::price::Buyer;
use crate::rules::Rules;
use crate::session::Cashier;
use crate::till::Till;
use crate::view::{
    Language, ReasonView, RefundInput, RefundTender, RefundView, UndoEffect, UndoneSale, VoidView,
};
use crate::words;

impl Till {
    /// The refund screen with what is chosen.
    pub(super) fn show_refund(
        &self,
        held: &Found,
        input: &RefundInput,
    ) -> Result<RefundView, Error> {
        let (session, cashier) = self.at_work()?;
        drop(session);
        let kind = choice::tender(&held.sale, &input.tender)?;
        self.read_with_rules(|connection, rules| {
            let found = held.with_own(connection)?;
            let undoer = Undoer::new(self, &cashier, Reason::default())?;
            let at = undoer.at(&rules, "");
            let planned = self.plan(connection, &rules, (&found, input), at);
            let language = self.language();
            let closed = closed(&found);
            let mut view = RefundView {
                sale: self.undone_sale(connection, &rules, &found.sale)?,
                lines: line::views(language, &found, input, planned.as_ref().ok()),
                earlier: earlier(language, &rules, &found),
                value: 0,
                money: 0,
                tenders: Vec::new(),
                kinds: choice::kinds(&held.sale)
                    .into_iter()
                    .map(str::to_owned)
                    .collect(),
                kind: kind.to_owned(),
                effects: Vec::new(),
                refusal: closed.map_or_else(String::new, |error| in_words(language, &error)),
                missing: String::new(),
                approval: String::new(),
                reasons: reasons(language, &rules),
                said: said(language, found.source),
                is_whole: found.source == Source::Server,
                can_ask: found.source == Source::Till && self.is_online(),
            };
            match planned {
                Ok(refund) => self.tell(connection, &rules, (&found, &refund), &mut view)?,
                Err(error) => view.missing = self.in_way(&error),
            }
            if view.missing.is_empty() {
                view.missing = lacks_reason(language, &rules, input);
            }
            if needs_manager(&rules, &cashier, view.value) && view.value > 0 {
                view.approval = say(language, "undo.approval", &[]);
            }
            Ok(view)
        })
    }

    /// What a planned refund gives and what follows from it.
    fn tell(
        &self,
        connection: &Connection,
        rules: &Rules,
        (found, refund): (&Found, &SaleRefunded),
        view: &mut RefundView,
    ) -> Result<(), Error> {
        let language = self.language();
        view.value = refund.money;
        view.money = handed(&refund.tenders);
        view.tenders = tenders(language, &refund.tenders);
        let undone = Undone {
            sale: &found.sale,
            how: if refund.is_full {
                Undoing::FullReturn
            } else {
                Undoing::PartReturn
            },
            points: refund.points.as_ref(),
            codes: &refund.codes,
            rewards: &refund.rewards,
            effects: refund.effects(),
            returned: returned(&found.refunds),
        };
        view.effects = self.follows(connection, rules, &undone)?;
        Ok(())
    }

    pub(super) fn show_void(
        &self,
        connection: &Connection,
        rules: &Arc<Rules>,
        last: &Found,
        cashier: &Cashier,
    ) -> Result<VoidView, Error> {
        let language = self.language();
        let undoer = Undoer::new(self, cashier, Reason::default())?;
        let sale = &last.sale;
        let mut view = VoidView {
            sale: self.undone_sale(connection, rules, sale)?,
            lines: sale
                .lines
                .iter()
                .map(|it| line::sold(language, it))
                .collect(),
            money: handed(&choice::kept(sale)),
            effects: Vec::new(),
            refusal: String::new(),
            approval: String::new(),
            reasons: reasons(language, rules),
        };
        match void::plan(last, undoer.at(rules, ""), Uuid::nil()) {
            Ok(void) => {
                view.effects = self.follows_void(connection, rules, (sale, &void))?;
                if void::needs_manager(rules, cashier, sale) {
                    view.approval = say(language, "undo.approval", &[]);
                }
            }
            Err(error) => view.refusal = in_words(language, &error),
        }
        Ok(view)
    }

    fn follows_void(
        &self,
        connection: &Connection,
        rules: &Rules,
        (sale, void): (&SaleCompleted, &SaleVoided),
    ) -> Result<Vec<UndoEffect>, Error> {
        let undone = Undone {
            sale,
            how: Undoing::VoidedSameDay,
            points: void.points.as_ref(),
            codes: &void.codes,
            rewards: &void.rewards,
            effects: void.effects(),
            returned: 0,
        };
        self.follows(connection, rules, &undone)
    }

    fn follows(
        &self,
        connection: &Connection,
        rules: &Rules,
        undone: &Undone<'_>,
    ) -> Result<Vec<UndoEffect>, Error> {
        let now = rules.moment(self.now_ms());
        let account: Option<Account> = match undone.sale.customer_id {
            Some(id) => Some(Buyer::load(connection, rules, id, now)?.account),
            None => None,
        };
        let ear = Ear {
            language: self.language(),
            rules,
            day: now.local_day(),
        };
        Ok(effects(&ear, undone, account.as_ref()))
    }

    fn undone_sale(
        &self,
        connection: &Connection,
        rules: &Rules,
        sale: &SaleCompleted,
    ) -> Result<UndoneSale, Error> {
        let language = self.language();
        let profile = match sale.customer_id {
            Some(id) => ledger::customer::get(connection, id)?,
            None => None,
        };
        let label = rules
            .document
            .label(Labelled::Store(&sale.store), language.tag());
        let identity = self.enrolled()?;
        let mut when = words::moment(language, sale.local_time);
        if identity.store != sale.store {
            when = format!("{when} · {}", label.unwrap_or(&sale.store));
        }
        Ok(UndoneSale {
            id: sale.sale_id.to_string(),
            receipt: sale.receipt.clone(),
            when,
            customer: profile.map(|profile| profile.name),
            total: sale.total,
            tenders: tenders(language, &choice::kept(sale)),
        })
    }

    /// Why nothing is given back yet; nothing was chosen: what to do.
    fn in_way(&self, error: &Error) -> String {
        let language = self.language();
        match error {
            Error::Return {
                refusal: ReturnRefusal::NothingChosen,
                ..
            } => say(language, "undo.choose", &[]),
            error => error.trouble(language).message,
        }
    }
}

/// Spent points that earlier refunds gave back.
fn returned(refunds: &[SaleRefunded]) -> i64 {
    let points = refunds.iter().filter_map(|refund| refund.points.as_ref());
    let lots = points.flat_map(|points| &points.given_back);
    lots.map(|lot| lot.points).sum()
}

/// Why nothing of the sale can come back any more.
fn closed(found: &Found) -> Option<Error> {
    if let Err(voided) = found.is_not_voided() {
        return Some(voided);
    }
    let is_over = found.left().iter().all(|left| left.value().is_zero());
    is_over.then(|| Error::AllReturned {
        last: found.refunds.last().map(|refund| refund.at.local_time),
    })
}

/// What came back before, each refund with its day.
fn earlier(language: Language, rules: &Rules, found: &Found) -> Vec<String> {
    let said = found.refunds.iter().map(|refund| {
        let moment = words::moment(language, refund.at.local_time);
        let amount = rules.money.say(language, refund.money);
        let parameters = [
            ("moment", moment.as_str()),
            ("amount", &amount),
            ("receipt", &refund.at.receipt),
        ];
        say(language, "undo.earlier", &parameters)
    });
    said.collect()
}

fn reasons(language: Language, rules: &Rules) -> Vec<ReasonView> {
    let listed = rules.document.refunds.iter().flat_map(|it| &it.reasons);
    let views = listed.map(|reason| ReasonView {
        slug: reason.slug.clone(),
        name: reason.text(language.tag()).to_owned(),
    });
    views.collect()
}

fn lacks_reason(language: Language, rules: &Rules, input: &RefundInput) -> String {
    match Reason::read(rules, &input.reason, &input.note) {
        Ok(reason) if reason.is_enough(rules) => String::new(),
        Ok(_) => say(language, "undo.name_reason", &[]),
        Err(error) => error.trouble(language).message,
    }
}

fn said(language: Language, source: Source) -> String {
    let key = match source {
        Source::Till => "undo.said.till",
        Source::Server => "undo.said.server",
    };
    say(language, key, &[])
}

fn in_words(language: Language, error: &Error) -> String {
    let trouble = error.trouble(language);
    format!("{} {}", trouble.message, trouble.hint)
}

fn tenders(language: Language, tenders: &[Tender]) -> Vec<RefundTender> {
    let named = tenders.iter().map(|tender| RefundTender {
        kind: tender.kind.clone(),
        name: say(language, &format!("tender.{}", tender.kind), &[]),
        amount: tender.amount,
    });
    named.collect()
}
