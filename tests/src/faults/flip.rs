//! One bit of the database or of its log is another.

use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use mostrador_ledger as ledger;
use mostrador_sync::random::Random;

use super::damage::{self, Paper};
use super::disk::{copy_files, put_back};
use super::kill::leave_log;
use super::{Outcome, Site, Tally, audit};
use crate::Error;

/// Which file is damaged, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    /// The database, while the till is closed.
    Database,
    /// The log beside it, while the till is closed.
    Log,
    /// The database, while the till is open.
    Open,
}

/// `flip-database`, `flip-log`, `flip-open`.
pub(super) async fn bits(site: &mut Site, place: Where) -> Result<Outcome, Error> {
    let data = site.till().await?;
    let mut tally = Tally::default();
    let paper = write_paper(site, &data).await?;
    let kept = site.folder.join("before");
    put_back(&data, &kept)?;
    let mut went_on = 0;
    for _ in 0..site.times(12, 200) {
        put_back(&kept, &data)?;
        if place == Where::Open {
            while_open(site, &data, &paper, &mut tally)?;
            continue;
        }
        let name = match place {
            Where::Log => "till.sqlite-wal",
            _ => "till.sqlite",
        };
        flip(&data.join(name), &site.random)?;
        let Some(till) = damage::judge(&data, &paper, &mut tally)? else {
            continue;
        };
        // Talking to the server takes longer than everything else together.
        if went_on < site.times(2, 12) {
            went_on += 1;
            damage::goes_on(site, &till, &paper, &mut tally).await?;
        }
    }
    damage::begin_again(site, &paper, &mut tally).await?;
    tally.acknowledged = paper.sent.len() + paper.kept.len();
    Ok(Outcome::Ran(tally))
}

/// Sales that the server has, and sales that only the log beside the database has.
pub(super) async fn write_paper(site: &Site, data: &Path) -> Result<Paper, Error> {
    let till = audit::opened(data)?;
    till.start_sync()?;
    let mut sent = Vec::new();
    for _ in 0..12 {
        sent.push(audit::sell(&till)?);
    }
    site.shop.agree(&[&till]).await?;
    till.stop_sync().await;
    drop(till);
    let kept = leave_log(data)?;
    Ok(Paper { sent, kept })
}

/// Another value for one bit somewhere in a file.
fn flip(path: &Path, random: &Random) -> Result<u64, Error> {
    let file = std::fs::File::options().read(true).write(true).open(path)?;
    let place = random.below(file.metadata()?.len());
    let mut byte = [0];
    file.read_exact_at(&mut byte, place)?;
    byte[0] ^= 1 << random.below(8);
    file.write_all_at(&byte, place)?;
    Ok(place)
}

/// The disk changes under an open till: what it then reads is right, or it says what is wrong.
fn while_open(site: &Site, data: &Path, paper: &Paper, tally: &mut Tally) -> Result<(), Error> {
    let till = audit::opened(data)?;
    tally.repetitions += 1;
    // Enough of them that something is hit that is read again.
    for _ in 0..40 {
        flip(&data.join("till.sqlite"), &site.random)?;
    }
    let all: Vec<_> = paper.sent.iter().chain(&paper.kept).copied().collect();
    let mut is_whole = true;
    for receipt in &all {
        match audit::missing(&till, &[*receipt]) {
            Ok(missing) => {
                tally.expects(missing.is_empty(), || {
                    format!("{missing:?} looks as if it never was")
                });
            }
            Err(Error::Ledger(error)) => {
                is_whole = false;
                damage::refused(&error.into(), tally);
            }
            Err(other) => return Err(other),
        }
    }
    if let Err(error) = till.ledger().quick_check() {
        is_whole = false;
        damage::refused(&error.into(), tally);
    }
    match till.ledger().read(ledger::stream::head) {
        Ok(head) => tally.expects(head.is_some(), || "the stream is gone".to_owned()),
        Err(error) => damage::refused(&error.into(), tally),
    }
    match audit::sell(&till) {
        Ok(_) => tally.says("sold"),
        Err(error) => {
            is_whole = false;
            damage::refused(&error, tally);
        }
    }
    tally.says(if is_whole { "nothing hit" } else { "noticed" });
    drop(till);
    // And nobody is told that all is well at the next start.
    match audit::open(data) {
        Ok(_) => tally.expects(is_whole, || {
            "damage was noticed and then forgotten".to_owned()
        }),
        Err(Some(error)) => damage::refused(&error, tally),
        Err(None) => tally.fails("the till panicked"),
    }
    Ok(())
}

/// A copy of a till's folder beside it.
pub(super) fn copy_beside(site: &Site, data: &Path, name: &str) -> Result<PathBuf, Error> {
    let copy = site.folder.join(name);
    if copy.exists() {
        std::fs::remove_dir_all(&copy)?;
    }
    copy_files(data, &copy)?;
    Ok(copy)
}
