//! What undoes a sale: which, how much came back, and what that did to the points.

use mostrador_protocol::entry::{
    CodeGivenBack, Header, PointsUndone, SaleRefunded, SaleVoided, UndoneAt,
};

use super::{Teller, at, points_of};
use crate::Error;
use crate::view::HistoryEvent;

impl Teller<'_> {
    pub(super) fn refund(
        &self,
        header: &Header,
        refund: &SaleRefunded,
    ) -> Result<HistoryEvent, Error> {
        let key = if refund.is_full {
            "history.kind.sale_refunded.full"
        } else {
            "history.kind.sale_refunded"
        };
        let mut reasons = self.undone(&refund.at, refund.points.as_ref(), &refund.codes);
        reasons.extend(self.approved(header, refund.at.approval_id)?);
        Ok(HistoryEvent {
            what: self.say(key, &[("receipt", &refund.sale_receipt)]),
            amount: Some(refund.money.saturating_neg()),
            points: moved(refund.points.as_ref()),
            reasons,
            ..self.undone_at(&refund.at)
        })
    }

    pub(super) fn void(&self, header: &Header, void: &SaleVoided) -> Result<HistoryEvent, Error> {
        let parameters = [("receipt", void.sale_receipt.as_str())];
        let mut reasons = self.undone(&void.at, void.points.as_ref(), &void.codes);
        reasons.extend(self.approved(header, void.at.approval_id)?);
        Ok(HistoryEvent {
            what: self.say("history.kind.sale_voided", &parameters),
            amount: Some(void.total.saturating_neg()),
            points: moved(void.points.as_ref()),
            reasons,
            ..self.undone_at(&void.at)
        })
    }

    fn undone_at(&self, undone: &UndoneAt) -> HistoryEvent {
        HistoryEvent {
            place: self.place(&undone.store),
            ..at(undone.local_time)
        }
    }

    fn undone(
        &self,
        undone: &UndoneAt,
        points: Option<&PointsUndone>,
        codes: &[CodeGivenBack],
    ) -> Vec<String> {
        let slug = undone.reason.as_deref();
        let why = slug.map(|slug| self.rules.document.reason(slug, self.language.tag()));
        let mut reasons: Vec<String> = why.into_iter().map(str::to_owned).collect();
        reasons.extend(self.note(undone.note.as_deref()));
        if let Some(points) = points {
            let taken = self.number(points.taken_back);
            let given = self.number(points_of(&points.given_back));
            if points.taken_back > 0 {
                reasons.push(self.say("history.points_taken_back", &[("points", &taken)]));
            }
            if !points.given_back.is_empty() {
                reasons.push(self.say("history.points_given_back", &[("points", &given)]));
            }
        }
        let codes = codes.iter();
        reasons.extend(codes.map(|code| self.say("history.code_back", &[("code", &code.text)])));
        reasons
    }
}

fn moved(points: Option<&PointsUndone>) -> i64 {
    points.map_or(0, |points| {
        points_of(&points.given_back).saturating_sub(points.taken_back)
    })
}
