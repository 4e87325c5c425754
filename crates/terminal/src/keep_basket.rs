//! The open basket on the disk, so that a till that stops in the middle of a sale goes on with it.
//!
//! [`Till::keep_basket`] is for whoever shows the basket, after each change and beside the actions: no
//! scan waits for it. What is kept is the newest basket at that moment; a sale removes it in its own
//! transaction. Whoever unlocks first after a start gets it back, in its place or among the parked ones.

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_ledger::parked::Parked;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::message::say;
use crate::session::{Cashier, OpenBasket, Session};
use crate::till::{Till, unpoisoned};
use crate::view::TenderInput;
use crate::{Error, park};

/// The setting that holds it; empty: nothing is open.
const SLOT: &str = "open_basket";

/// A basket with who had it and what was handed over for it already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    cashier_id: Uuid,
    open: OpenBasket,
    #[serde(default)]
    noted: Vec<TenderInput>,
}

impl Till {
    /// Writes the open basket down, when it is another one than was written before.
    ///
    /// # Errors
    /// The file's: the basket on the screen is as good as before.
    pub fn keep_basket(&self) -> Result<(), Error> {
        // One at a time, and each looks at the session when its turn comes: the newest is written last.
        let _turn = unpoisoned(&self.shared.keeping);
        let Some(body) = body_of(&self.session()) else {
            return Ok(());
        };
        let before = self.read(|connection| Ok::<_, Error>(written(connection)?))?;
        if before == body {
            return Ok(());
        }
        self.shared.ledger.transact(|tx| {
            if !is_over(tx, &body)? {
                ledger::setting::set(tx, SLOT, &body)?;
            }
            Ok(())
        })
    }

    /// What was handed over for the open basket already, before it is paid: kept with it.
    pub fn note_tenders(&self, tenders: &[TenderInput]) -> Result<(), Error> {
        let (mut session, _) = self.at_work()?;
        session.noted = tenders.to_vec();
        Ok(())
    }

    /// After a start, gives the one who unlocks first the basket that was open: their own in its place,
    /// another's among the parked ones.
    pub(crate) fn bring_back(&self, session: &mut Session, cashier: &Cashier) -> Result<(), Error> {
        if std::mem::replace(&mut session.looked_for_kept, true) || !session.open.is_blank() {
            return Ok(());
        }
        let body = self.read(|connection| Ok::<_, Error>(written(connection)?))?;
        let Some(kept) = read(&body) else {
            return Ok(());
        };
        let language = self.language();
        if kept.cashier_id == cashier.id {
            session.begin(kept.open);
            session.noted = kept.noted;
            session.said = say(language, "said.kept", &[]);
            return Ok(());
        }
        let mut open = kept.open;
        open.release();
        let parked = Parked {
            cashier_id: kept.cashier_id,
            ..self.parked(&open, cashier.id)
        };
        self.shared.ledger.transact(|tx| {
            ledger::parked::put(tx, &parked)?;
            forget(tx)
        })?;
        session.said = say(language, "said.kept_for_another", &[]);
        Ok(())
    }
}

/// Nothing is open any more, once this transaction is committed.
pub(crate) fn forget(tx: &Connection) -> Result<(), Error> {
    if !written(tx)?.is_empty() {
        ledger::setting::set(tx, SLOT, "")?;
    }
    Ok(())
}

/// What the slot should hold; none while nobody is at work: then nothing changes either.
fn body_of(session: &Session) -> Option<String> {
    let cashier_id = session.cashier.as_ref()?.id;
    if session.open.is_blank() {
        return Some(String::new());
    }
    let kept = Kept {
        cashier_id,
        open: session.open.clone(),
        noted: session.noted.clone(),
    };
    let body = serde_json::to_string(&kept);
    Some(body.expect("BUG: an open basket has string keys only and always serialises"))
}

/// Whether the basket was sold or parked since somebody looked at it.
fn is_over(tx: &Connection, body: &str) -> Result<bool, Error> {
    let Some(kept) = read(body) else {
        return Ok(false);
    };
    if ledger::sale::by_id(tx, kept.open.id)?.is_some() {
        return Ok(true);
    }
    let parked = ledger::parked::all(tx)?;
    let mut parked = parked.iter().filter_map(|it| park::read(&it.body));
    Ok(parked.any(|open| open.id == kept.open.id))
}

fn written(connection: &Connection) -> Result<String, ledger::Error> {
    Ok(ledger::setting::get(connection, SLOT)?.unwrap_or_default())
}

/// Written by this program in this file; a body of a later version is no basket.
fn read(body: &str) -> Option<Kept> {
    serde_json::from_str(body).ok()
}
