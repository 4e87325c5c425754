//! Codes on and off the open basket.

use mostrador_ledger as ledger;
use mostrador_loyalty::code::CodeText;
use mostrador_loyalty::refusal::Refusal;

use crate::error::shortened;
use crate::message::say;
use crate::session::Session;
use crate::speaker::{ProductNames, Speaker};
use crate::till::Till;
use crate::view::{CounterView, RefusedView};
use crate::{Error, sentence, words};

/// The most codes that a basket remembers, accepted and refused.
pub(crate) const MAX_SCANNED: usize = 20;

impl Till {
    /// Scans a code: spaces, dashes and case do not matter. A code that the quote refuses stays on
    /// the basket with its reason, until it is removed or falls in.
    pub fn apply_code(&self, text: &str) -> Result<CounterView, Error> {
        let (mut session, _) = self.at_work()?;
        let code = CodeText::parse(text).ok_or_else(|| Error::CodeUnreadable {
            text: shortened(text),
        })?;
        let there = session
            .open
            .codes
            .iter()
            .any(|scanned| scanned == code.as_str());
        if there {
            let language = self.language();
            let refusal = &Refusal::AlreadyApplied;
            session.said = self.read_with_rules(|_, rules| {
                let speaker = Speaker {
                    language,
                    rules: &rules,
                    products: &ProductNames::new(),
                    own: &[],
                };
                Ok(sentence::refusal(&speaker, &code, refusal, None))
            })?;
        } else if session.open.codes.len() >= MAX_SCANNED {
            return Err(Error::TooManyCodes { max: MAX_SCANNED });
        } else {
            session.open.codes.push(code.as_str().to_owned());
            session.said.clear();
            if session.open.customer.is_none() {
                self.identify_by_coupon(&mut session, &code)?;
            }
        }
        // A refused code that is scanned again is there, and did not join: the price knows why.
        let mut view = self.show(session)?;
        if self.drop_mistyped(&view, &code) {
            view = self.counter()?;
        }
        let view = self.asked_for_rights(view)?;
        Ok(self.say_why_refused(view, &code))
    }

    /// Takes what was `code` mistyped off the basket; answers whether anything was.
    fn drop_mistyped(&self, view: &CounterView, code: &CodeText) -> bool {
        let is_slip = |refused: &&RefusedView| {
            let meant = refused.suggestion.as_ref();
            meant.is_some_and(|meant| meant.text == code.as_str())
        };
        let slips: Vec<&str> = view
            .refused
            .iter()
            .filter(is_slip)
            .map(|it| it.text.as_str())
            .collect();
        let mut session = self.session();
        session
            .open
            .codes
            .retain(|scanned| !slips.contains(&scanned.as_str()));
        !slips.is_empty()
    }

    /// A reward coupon says who its customer is, like a card.
    fn identify_by_coupon(&self, session: &mut Session, code: &CodeText) -> Result<(), Error> {
        let holder = self.read(|connection| {
            let holder = ledger::reward::coupon_holder(connection, code)?;
            Ok(match holder {
                Some(id) => ledger::customer::get(connection, id)?,
                None => None,
            })
        })?;
        if let Some(customer) = holder {
            session.open.belong_to(Some(customer.id));
            let parameters = [("name", customer.name.as_str())];
            session.said = say(self.language(), "said.customer", &parameters);
        }
        Ok(())
    }

    /// Says of the code that was just scanned why it did not join, if it did not: its card may lie
    /// below the fold.
    pub(crate) fn say_why_refused(&self, view: CounterView, code: &CodeText) -> CounterView {
        let mut refused = view.refused.iter();
        let Some(refused) = refused.find(|refused| refused.text == code.as_str()) else {
            return view;
        };
        let said = refused.sentence.clone();
        self.session().said.clone_from(&said);
        CounterView { said, ..view }
    }

    /// Takes a code off, accepted or refused; a reward bought for this basket costs nothing then. A code
    /// that is not there changes nothing.
    pub fn remove_code(&self, text: &str) -> Result<CounterView, Error> {
        let (mut session, _) = self.at_work()?;
        let code = CodeText::parse(text).ok_or_else(|| Error::CodeUnreadable {
            text: shortened(text),
        })?;
        session
            .open
            .codes
            .retain(|scanned| scanned != code.as_str());
        session
            .open
            .rewards
            .retain(|reward| reward.code != code.as_str());
        session
            .open
            .approvals
            .retain(|approval| approval.subject.as_deref() != Some(code.as_str()));
        let parameters = [("code", code.as_str())];
        session.said = say(self.language(), "said.code_removed", &parameters);
        self.show(session)
    }

    /// Keeps, of the scanned codes that take money off, only those of the best set, as if they had been
    /// scanned first: it may need every place that the program gives. Codes that count for somebody
    /// or for points stay behind them.
    pub fn use_best_set(&self) -> Result<CounterView, Error> {
        let (mut session, _) = self.at_work()?;
        let priced = self.priced(&session.open)?;
        let best: Vec<&str> = priced
            .quote
            .best_set
            .codes
            .iter()
            .map(CodeText::as_str)
            .collect();
        let program = &priced.rules.program;
        session.open.codes.retain(|scanned| {
            let discounts = CodeText::parse(scanned).is_some_and(|text| {
                let mut own = priced.own_codes.iter();
                let own = own.find(|code| code.text == text);
                let listed = program.resolve(&text, priced.subject());
                let code = own.or(listed.map(|code| code.code));
                code.is_some_and(|code| code.benefit.discounts())
            });
            !discounts || best.contains(&scanned.as_str())
        });
        session.open.rewards.retain(|reward| {
            let mut bought = priced.spending.bought.iter();
            let bought = bought.find(|bought| bought.code.text.as_str() == reward.code);
            let discounts = bought.is_some_and(|bought| bought.code.benefit.discounts());
            !discounts || best.contains(&reward.code.as_str())
        });
        session
            .open
            .codes
            .sort_by_key(|scanned| !best.contains(&scanned.as_str()));
        let language = self.language();
        let best: Vec<String> = best.into_iter().map(str::to_owned).collect();
        let codes = words::list(language, &best);
        session.said = say(language, "said.best_set", &[("codes", &codes)]);
        self.show(session)
    }
}
