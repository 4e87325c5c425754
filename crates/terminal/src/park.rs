//! Baskets put aside until their customer comes back. They survive a restart.

use mostrador_ledger as ledger;
use mostrador_ledger::parked::Parked;

use crate::Error;
use crate::customer::released;
use crate::message::say;
use crate::session::OpenBasket;
use crate::till::Till;
use crate::view::CounterView;

/// The most baskets that wait at one till.
const MAX_PARKED: usize = 50;

/// `None` where a later version wrote what this one does not understand.
pub(crate) fn read(body: &str) -> Option<OpenBasket> {
    serde_json::from_str(body).ok()
}

impl Till {
    /// Puts the open basket aside. Points that it reserved are free again.
    pub fn park(&self) -> Result<CounterView, Error> {
        let (mut session, cashier) = self.at_work()?;
        if session.open.is_blank() {
            return Err(Error::EmptyBasket);
        }
        let mut open = session.open.clone();
        let is_released = open.release();
        let parked = self.parked(&open, cashier.id);
        let count = self.shared.ledger.transact(|tx| {
            let count = ledger::parked::count(tx)?;
            if usize::try_from(count).unwrap_or(usize::MAX) >= MAX_PARKED {
                return Err(Error::TooManyParked { max: MAX_PARKED });
            }
            ledger::parked::put(tx, &parked)?;
            crate::keep_basket::forget(tx)?;
            Ok(count + 1)
        })?;
        session.begin(OpenBasket::default());
        let count = count.to_string();
        let language = self.language();
        session.said = say(language, "said.parked", &[("count", &count)]);
        if is_released {
            session.said = format!("{} {}", session.said, released(language));
        }
        self.show(session)
    }

    /// Brings the basket back that has waited longest; one that is open goes to the end of the queue,
    /// so that asking again and again shows every one. One that this version cannot read waits on.
    pub fn recall(&self) -> Result<CounterView, Error> {
        let (mut session, cashier) = self.at_work()?;
        let mut open = session.open.clone();
        open.release();
        let in_exchange = (!open.is_blank()).then(|| self.parked(&open, cashier.id));
        let taken = self.shared.ledger.transact(|tx| {
            let waiting = ledger::parked::all(tx)?;
            if waiting.is_empty() {
                return Err(Error::NothingParked);
            }
            let (id, taken) = waiting
                .into_iter()
                .find_map(|parked| Some((parked.id, read(&parked.body)?)))
                .ok_or(Error::ParkedUnreadable)?;
            ledger::parked::take(tx, Some(id))?;
            if let Some(parked) = &in_exchange {
                ledger::parked::put(tx, parked)?;
            }
            let id = if taken.id.is_nil() { id } else { taken.id };
            Ok(OpenBasket { id, ..taken })
        })?;
        session.begin(taken);
        session.said = say(self.language(), "said.recalled", &[]);
        let view = self.show(session)?;
        self.asked_for_rights(view)
    }

    pub(crate) fn parked(&self, open: &OpenBasket, cashier_id: uuid::Uuid) -> Parked {
        let now_ms = self.shared.clock.now_ms();
        Parked {
            id: self.shared.random.id(now_ms),
            parked_at_ms: now_ms,
            cashier_id,
            label: open.lines.len().to_string(),
            body: serde_json::to_string(open)
                .expect("BUG: an open basket has string keys only and always serialises"),
        }
    }
}
