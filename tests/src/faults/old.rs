//! Files of different days beside each other: an old database with a new log, with a new witness, with none.

use std::path::Path;

use super::damage::{self, Paper};
use super::flip::copy_beside;
use super::kill::leave_log;
use super::{Outcome, Site, Tally, audit};
use crate::Error;

/// What somebody put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mix {
    /// The database of an earlier day; the log of today stays beside it.
    OldFileNewLog,
    /// The database of an earlier day; the log is removed, the witness stays.
    OldFile,
    /// Everything of today but the witness.
    NoWitness,
    /// The database of an earlier day, and no witness.
    OldFileNoWitness,
}

/// `old-file-new-log` and the others.
pub(super) async fn mix(site: &mut Site, mix: Mix) -> Result<Outcome, Error> {
    let mut tally = Tally::default();
    let data = site.till().await?;
    let mut printed = 0;
    for _ in 0..site.times(3, 25) {
        let mut paper = Paper::default();
        sell(site, &data, &mut paper, site.random.below(4)).await?;
        let old = copy_beside(site, &data, "old")?;
        let known = streams(&old)?;
        for _ in 0..=site.random.below(2) {
            sell(site, &data, &mut paper, 1 + site.random.below(12)).await?;
        }
        paper.kept = leave_log(&data)?;
        printed += paper.sent.len() + paper.kept.len();
        put_together(mix, &old, &data)?;
        if mix == Mix::OldFileNoWitness {
            // Nothing here knows better; the server does, and says so in its first answer.
            let till = audit::opened(&data)?;
            tally.repetitions += 1;
            damage::goes_on(site, &till, &paper, &mut tally).await?;
            let streams = till.ledger().read(mostrador_ledger::stream::all)?;
            let parted = streams.len() > known;
            tally.expects(parted, || "it goes on in the old stream".to_owned());
            tally.says("the server says: rewound");
            continue;
        }
        let opened = damage::judge(&data, &paper, &mut tally)?;
        let till = match opened {
            Some(till) => till,
            None if mix == Mix::OldFileNewLog => {
                // What the sentence says: the log goes away, and the old file is what there is.
                for name in ["till.sqlite-wal", "till.sqlite-shm"] {
                    std::fs::rename(data.join(name), data.join(format!("away-{name}"))).ok();
                }
                tally.says("log moved away");
                audit::opened(&data)?
            }
            None => {
                tally.fails("a whole file is refused");
                break;
            }
        };
        damage::goes_on(site, &till, &paper, &mut tally).await?;
        drop(till);
    }
    tally.acknowledged = printed;
    Ok(Outcome::Ran(tally))
}

/// How many streams a closed till has written.
fn streams(data: &Path) -> Result<usize, Error> {
    let till = audit::opened(data)?;
    Ok(till.ledger().read(mostrador_ledger::stream::all)?.len())
}

/// Sells with a connection, so that the server has it, and closes the till.
async fn sell(site: &Site, data: &Path, paper: &mut Paper, times: u64) -> Result<(), Error> {
    let till = audit::opened(data)?;
    till.start_sync()?;
    for _ in 0..times {
        paper.sent.push(audit::sell(&till)?);
    }
    site.shop.agree(&[&till]).await?;
    till.stop_sync().await;
    Ok(())
}

fn put_together(mix: Mix, old: &Path, data: &Path) -> Result<(), Error> {
    let remove = |name: &str| std::fs::remove_file(data.join(name)).ok();
    if mix != Mix::NoWitness {
        std::fs::copy(old.join("till.sqlite"), data.join("till.sqlite"))?;
    }
    if matches!(mix, Mix::OldFile | Mix::OldFileNoWitness) {
        remove("till.sqlite-wal");
        remove("till.sqlite-shm");
    }
    if matches!(mix, Mix::NoWitness | Mix::OldFileNoWitness) {
        remove("till.witness");
    }
    Ok(())
}
