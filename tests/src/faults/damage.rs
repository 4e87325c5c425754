//! What a till makes of files that are not what it left: it opens with everything, or says what is wrong.

use std::path::Path;

use mostrador_terminal::{Error as TillError, Till};

use super::audit;
use super::worker::Receipt;
use super::{Site, Tally};
use crate::Error;

/// Codes whose sentences name damage and say what to do about it.
const NAMED: [&str; 5] = [
    "ledger_corrupt",
    "ledger_chain_broken",
    "ledger_wrong_key",
    "ledger_not_encrypted",
    "ledger_strange_log",
];

/// What was printed before the damage.
#[derive(Debug, Clone, Default)]
pub struct Paper {
    /// The server acknowledged these.
    pub sent: Vec<Receipt>,
    /// Only the till's disk has these.
    pub kept: Vec<Receipt>,
}

/// Opens the damaged till and compares. Gives back the till when it goes on.
///
/// # Errors
/// When the harness cannot work.
pub fn judge(data: &Path, paper: &Paper, tally: &mut Tally) -> Result<Option<Till>, Error> {
    let before = bytes(data)?;
    tally.repetitions += 1;
    let till = match audit::open(data) {
        Ok(till) => till,
        Err(None) => {
            tally.fails("the till panicked");
            return Ok(None);
        }
        Err(Some(error)) => {
            refused(&error, tally);
            tally.expects(bytes(data)? == before, || {
                format!("{}: a damaged file was written to", error.code())
            });
            return Ok(None);
        }
    };
    if let Some(rewound) = till.ledger().rewound() {
        tally.says("rewound");
        tally.gone += audit::missing(&till, &paper.kept)?.len();
        let warned = till.view().warnings.len() > 1;
        tally.expects(warned, || format!("{rewound:?} and nobody is told"));
    } else {
        let lost_before = tally.lost;
        let all: Vec<Receipt> = paper.sent.iter().chain(&paper.kept).copied().collect();
        audit::file(&till, &all, tally)?;
        tally.says(if tally.lost == lost_before {
            "opened, all there"
        } else {
            "opened, something missing"
        });
    }
    Ok(Some(till))
}

/// Notes what the till said; damage has to be called damage.
pub(super) fn refused(error: &TillError, tally: &mut Tally) {
    tally.says(error.code());
    tally.expects(NAMED.contains(&error.code()), || {
        format!("damage is called {}: {error:?}", error.code())
    });
}

/// A till that goes on after damage: it sells, talks to the server, and both hold the same. What the server had
/// acknowledged is there, and the till shows it again, whatever became of its file.
///
/// # Errors
/// When they do not agree, or a file cannot be read.
pub async fn goes_on(
    site: &Site,
    till: &Till,
    paper: &Paper,
    tally: &mut Tally,
) -> Result<Receipt, Error> {
    till.start_sync()?;
    let sold = audit::sell(till);
    if let Err(error) = &sold {
        tally.fails(format!("the sale after the damage: {error}"));
    }
    if let Err(error) = site.shop.agree(&[till]).await {
        tally.fails(format!("till and server after the damage: {error}"));
    }
    let shown = audit::shown_purchases(till)?;
    let sent = paper.sent.len() + usize::from(sold.is_ok());
    tally.expects(
        usize::try_from(shown).is_ok_and(|shown| shown >= sent),
        || format!("the till shows {shown} purchases, the server had acknowledged {sent}"),
    );
    till.stop_sync().await;
    audit::server(&site.shop, &paper.sent, tally).await?;
    Ok(sold?)
}

/// The documented way out of a damaged file: a new till in a fresh folder holds what the server holds.
///
/// # Errors
/// When it cannot be enrolled.
pub async fn begin_again(site: &mut Site, paper: &Paper, tally: &mut Tally) -> Result<(), Error> {
    let data = site.till().await?;
    let till = audit::opened(&data)?;
    let after = goes_on(site, &till, paper, tally).await?;
    audit::server(&site.shop, &[after], tally).await?;
    tally.says("fresh folder sells on");
    Ok(())
}

/// Database and log, byte for byte.
fn bytes(data: &Path) -> Result<[Vec<u8>; 2], Error> {
    let read = |name: &str| match std::fs::read(data.join(name)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        other => other,
    };
    Ok([read("till.sqlite")?, read("till.sqlite-wal")?])
}
