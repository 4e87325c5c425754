//! Everything that follows from an own entry, whatever its kind: the rows it is found by, and what is
//! shown.

use mostrador_protocol::entry::{Header, Payload};
use rusqlite::Connection;

use crate::{
    Error, account, code_use, customer_entry, experiment, lease, referral_code, reward, sale, undo,
};

/// Whether the server's rows include an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// They do: what it did stands in them already.
    Included,
    /// Not yet: it is added to what is shown.
    Pending,
}

/// Writes what follows from an entry, when it is recorded and when projections are rebuilt.
pub(crate) fn project(
    tx: &Connection,
    header: &Header,
    payload: &Payload,
    standing: Standing,
) -> Result<(), Error> {
    match payload {
        Payload::SaleCompleted(sale) => sale::project(tx, header, sale)?,
        Payload::SaleRefunded(_) | Payload::SaleVoided(_) => undo::project(tx, header, payload)?,
        Payload::ReferralCodeMade(made) => referral_code::project(tx, header, made)?,
        _ => {}
    }
    let effects = payload.effects(header.effective_ms);
    customer_entry::project(tx, header, payload)?;
    code_use::project(tx, header, &effects)?;
    reward::project(tx, header, payload)?;
    lease::project(tx, header, payload)?;
    experiment::project(tx, header, &payload.derived_uses())?;
    match standing {
        Standing::Included => Ok(()),
        Standing::Pending => {
            account::add_own(tx, &effects)?;
            code_use::add_own(tx, &effects)
        }
    }
}
