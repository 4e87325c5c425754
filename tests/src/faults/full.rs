//! A full disk: the till's, and the server's.

use std::path::Path;
use std::time::Duration;

use mostrador_terminal::view::SyncState;

use super::audit::{self, SELLING};
use super::disk::{Disk, copy_files};
use super::kill_server::waiting;
use super::tally::without_numbers;
use super::worker::{Line, Receipt, Worker};
use super::{Outcome, Site, Tally, end};
use crate::Error;
use crate::deadline::Deadline;
use crate::shop::until;

/// How long a till may take to sell again, restart included.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a sale is refused before somebody makes room.
const REFUSALS: usize = 3;

/// `full-till`.
pub(super) async fn till(site: &mut Site) -> Result<Outcome, Error> {
    let first = site.till().await?;
    let room_kib = folder_kib(&first)? + 16_384;
    let disk = match Disk::small(&site.folder, room_kib) {
        Ok(disk) => disk,
        Err(error) => return Ok(Outcome::Skipped(format!("no small disk here: {error}"))),
    };
    let data = disk.root.join("till");
    copy_files(&first, &data)?;
    let mut tally = Tally::default();
    let mut printed = Vec::new();
    for _ in 0..site.times(4, 40) {
        // From nothing at all to some sales' worth.
        let left = usize::try_from(site.random.below(160) * 4_096).unwrap_or(0);
        fill_under(&disk, &data, left, (&mut printed, &mut tally))?;
        tally.repetitions += 1;
    }
    end::of_disk(site, &data, (printed, tally)).await
}

/// Sells until the disk is full, makes room, and waits until the till sells again: by itself, or after a start.
fn fill_under(
    disk: &Disk,
    data: &Path,
    left: usize,
    (printed, tally): (&mut Vec<Receipt>, &mut Tally),
) -> Result<(), Error> {
    let selling = [&SELLING[..], &["--persist"]].concat();
    let mut worker = Worker::start(&[], ("seller", data), &selling)?;
    wait_for_receipt(&worker, printed)?;
    let filler = disk.fill(left)?;
    let mut refused = Vec::new();
    while refused.len() < REFUSALS {
        match worker.next(PATIENCE)? {
            Some(Line::Printed(receipt)) => printed.push(receipt),
            Some(Line::Refused(words)) => refused.push(words),
            Some(Line::Ready) => {}
            None => break,
        }
    }
    for words in &refused {
        tally.says(words.split(' ').next().unwrap_or_default());
        tally.expects(is_about_space(words), || {
            format!("a full disk is called: {words}")
        });
    }
    tally.expects(refused.len() == REFUSALS, || {
        "a till ended on a full disk".to_owned()
    });
    if tally.repetitions % 2 == 1 {
        // Somebody starts it again before there is room.
        worker.kill()?;
        printed.extend(worker.finish()?.printed);
        worker = start_on_full(data, &selling, (printed, tally))?;
    }
    std::fs::remove_file(&filler)?;
    if wait_for_receipt(&worker, printed).is_ok() {
        tally.says("went on by itself");
        worker.kill()?;
        printed.extend(worker.finish()?.printed);
        return Ok(());
    }
    worker.kill()?;
    printed.extend(worker.finish()?.printed);
    let mut worker = Worker::start(&[], ("seller", data), &selling)?;
    let again = wait_for_receipt(&worker, printed);
    tally.expects(again.is_ok(), || {
        "no sale after room was made and a restart".to_owned()
    });
    tally.says("went on after a start");
    worker.kill()?;
    printed.extend(worker.finish()?.printed);
    Ok(())
}

/// Starts the till on a full disk: it opens and refuses to sell, or says at once that there is no room.
fn start_on_full(
    data: &Path,
    selling: &[&str],
    (printed, tally): (&mut Vec<Receipt>, &mut Tally),
) -> Result<Worker, Error> {
    let worker = Worker::start(&[], ("seller", data), selling)?;
    loop {
        match worker.next(PATIENCE)? {
            // What the disk had kept may be enough for a sale more.
            Some(Line::Printed(receipt)) => printed.push(receipt),
            Some(Line::Ready) => {}
            Some(Line::Refused(words)) => {
                tally.expects(is_about_space(&words), || {
                    format!("a full disk at the start is called: {words}")
                });
                tally.says("opened, refused to sell");
                return Ok(worker);
            }
            None => {
                let said = worker.finish()?;
                tally.expects(is_about_space(&said.complaint), || {
                    format!(
                        "a start on a full disk ended with {}: {}",
                        said.status, said.complaint
                    )
                });
                tally.says("refused to start");
                return Ok(Worker::start(&[], ("seller", data), &SELLING)?);
            }
        }
    }
}

/// Whether the words tell somebody at a counter what to do about it.
fn is_about_space(words: &str) -> bool {
    words.contains("disk is full")
}

/// The next receipt, past at most so many refusals as a pause is long.
fn wait_for_receipt(worker: &Worker, printed: &mut Vec<Receipt>) -> Result<(), Error> {
    let mut refusals = 0;
    loop {
        match worker.next(PATIENCE)? {
            Some(Line::Printed(receipt)) => {
                printed.push(receipt);
                return Ok(());
            }
            Some(Line::Refused(words)) if refusals > 5 => {
                return Err(std::io::Error::other(words).into());
            }
            Some(Line::Refused(_)) => refusals += 1,
            Some(Line::Ready) => {}
            None => return Err(std::io::Error::other("a till ended").into()),
        }
    }
}

/// `full-server`.
pub(super) async fn server(site: &mut Site) -> Result<Outcome, Error> {
    let data = site.till().await?;
    site.shop.kill_server()?;
    let room_kib = folder_kib(&site.shop.data())? + 16_384;
    let disk = match Disk::small(&site.folder, room_kib) {
        Ok(disk) => disk,
        Err(error) => return Ok(Outcome::Skipped(format!("no small disk here: {error}"))),
    };
    let folder = disk.root.join("server");
    copy_files(&site.shop.data(), &folder)?;
    site.shop.move_data(folder);
    site.shop.start_server()?;
    let till = audit::opened(&data)?;
    till.start_sync()?;
    let mut tally = Tally::default();
    let mut printed = Vec::new();
    for _ in 0..site.times(2, 20) {
        let left = usize::try_from(site.random.below(60) * 4_096).unwrap_or(0);
        let filler = disk.fill(left)?;
        // Sells on whatever the server says, until the till knows.
        let is_refused = || {
            let view = till.sync_view();
            view.is_ok_and(|view| {
                matches!(view.state, SyncState::Offline | SyncState::NeedsAttention)
            })
        };
        let deadline = Deadline::after(Duration::from_mins(1));
        while !is_refused() {
            printed.push(audit::sell(&till)?);
            deadline
                .pause_async("a full server to refuse a push")
                .await?;
        }
        tally.says(without_numbers(&till.sync_view()?.sentence));
        for _ in 0..3 {
            printed.push(audit::sell(&till)?);
        }
        std::fs::remove_file(&filler)?;
        let emptied = until("the queue to be empty by itself", || {
            waiting(&till).is_ok_and(|waiting| waiting == 0)
        });
        match emptied.await {
            Ok(()) => tally.says("sent by itself"),
            Err(error) => {
                tally.fails(error.to_string());
                site.shop.kill_server()?;
                site.shop.start_server()?;
            }
        }
        tally.repetitions += 1;
    }
    let outcome = end::of_tills(site, &[till], (printed, tally)).await?;
    site.shop.kill_server()?;
    Ok(outcome)
}

/// What the files of a folder hold together, in KiB.
fn folder_kib(folder: &Path) -> Result<u32, Error> {
    let mut bytes = 0;
    for file in std::fs::read_dir(folder)? {
        bytes += file?.metadata()?.len();
    }
    Ok(u32::try_from(bytes / 1_024).unwrap_or(u32::MAX))
}
