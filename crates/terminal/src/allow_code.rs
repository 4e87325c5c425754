//! A manager lets a code join that this till holds no right to: offline, where the program says so.

use mostrador_loyalty::code::CodeText;
use mostrador_loyalty::refusal::Refusal;
use mostrador_protocol::entry::ApprovalGiven;
use uuid::Uuid;

use crate::Error;
use crate::approve::Ask;
use crate::error::shortened;
use crate::message::say;
use crate::session::OpenBasket;
use crate::till::Till;
use crate::view::CounterView;

/// The slug of what is allowed.
const ACTION: &str = "code_used";

impl Till {
    /// Lets a refused code of the open basket join by the PIN of a manager, as far as the program allows
    /// that. It stays allowed while the basket is its customer's; what was used of it without a right is
    /// recorded with the sale. What may not be allowed stays refused, and says why.
    ///
    /// # Errors
    /// [`Error::ApprovalNeeded`] without a PIN, [`Error::NotAManager`] with a cashier's.
    pub fn allow_code(&self, text: &str, pin: &str) -> Result<CounterView, Error> {
        let (session, cashier) = self.at_work()?;
        let open = session.open.clone();
        drop(session);
        let code = CodeText::parse(text).ok_or_else(|| Error::CodeUnreadable {
            text: shortened(text),
        })?;
        let Some(amount) = self.amount_if_allowed(&open, &code)? else {
            let view = self.counter()?;
            return Ok(self.say_why_refused(view, &code));
        };
        let ask = Ask {
            action: ACTION,
            subject: code.to_string(),
            amount: Some(amount),
        };
        let approval = self.approve(pin, &cashier, ask)?;
        let mut session = self.session();
        // Between the two looks somebody else may have begun another basket.
        if session.open.id == open.id && session.open.codes == open.codes {
            session.open.approvals.push(approval);
            let parameters = [("code", code.as_str())];
            session.said = say(self.language(), "said.code_allowed", &parameters);
        }
        self.show(session)
    }

    /// What the code would take off, minor units; none: it needs no manager, or none may allow it.
    fn amount_if_allowed(&self, open: &OpenBasket, code: &CodeText) -> Result<Option<i64>, Error> {
        let priced = self.priced(open)?;
        let mut refused = priced.quote.refused.iter();
        let lacks_right = refused.any(|refused| {
            refused.text == *code && matches!(refused.refusal, Refusal::LeaseRequired { .. })
        });
        if !lacks_right {
            return Ok(None);
        }
        let mut allowed = open.clone();
        allowed.approvals.push(ApprovalGiven {
            approval_id: Uuid::nil(),
            manager_id: Uuid::nil(),
            cashier_id: Uuid::nil(),
            action: ACTION.to_owned(),
            subject: Some(code.to_string()),
            amount: None,
            local_time: priced.now.local,
        });
        let priced = self.priced(&allowed)?;
        let mut accepted = priced.quote.accepted.iter();
        let joins = accepted.find(|accepted| accepted.scanned() == code);
        Ok(joins.map(|accepted| accepted.amount.minor()))
    }
}
