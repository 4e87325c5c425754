//! The power goes while a till sells: an ext4 in a file, shut down under load.

use std::io;
use std::time::Duration;

use super::audit::{self, SELLING};
use super::disk::{Disk, copy_files};
use super::worker::{Line, Worker};
use super::{Outcome, Site, Tally, end};
use crate::Error;

/// How long a till may take for one sale.
const PATIENCE: Duration = Duration::from_secs(30);

/// `power-cut`.
pub(super) async fn cut(site: &mut Site) -> Result<Outcome, Error> {
    let disk = match Disk::in_file(&site.folder) {
        Ok(disk) => disk,
        Err(error) => return Ok(Outcome::Skipped(format!("no disk in a file here: {error}"))),
    };
    let first = site.till().await?;
    let data = disk.root.join("till");
    copy_files(&first, &data)?;
    // The copy itself has to survive the first cut.
    rustix::fs::sync();
    let mut tally = Tally::default();
    let mut printed = Vec::new();
    for _ in 0..site.times(4, 40) {
        let mut worker = Worker::start(&[], ("seller", &data), &SELLING)?;
        let receipts = 1 + site.random.below(60);
        let mut of_this_run = Vec::new();
        while of_this_run.len() < usize::try_from(receipts).unwrap_or(1) {
            match worker.next(PATIENCE)? {
                Some(Line::Printed(receipt)) => of_this_run.push(receipt),
                Some(_) => {}
                None => break,
            }
        }
        // Somewhere in the middle of the next sale.
        std::thread::sleep(Duration::from_micros(site.random.below(3_000)));
        if let Err(error) = disk.cut_power() {
            worker.kill()?;
            worker.finish()?;
            if tally.repetitions == 0 {
                return Ok(Outcome::Skipped(format!("no power to cut here: {error}")));
            }
            tally.fails(format!("the power was not cut: {error}"));
            break;
        }
        worker.kill()?;
        let said = worker.finish()?;
        of_this_run.extend(said.printed);
        unmount_and_mount(&disk)?;
        tally.repetitions += 1;
        let opened = audit::open(&data);
        printed.extend(&of_this_run);
        match opened {
            Ok(till) => {
                tally.expects(till.ledger().rewound().is_none(), || {
                    format!("taken for rewound: {:?}", till.ledger().rewound())
                });
                audit::file(&till, &of_this_run, &mut tally)?;
                printed.push(audit::sell(&till)?);
                tally.says("opened by itself");
            }
            Err(error) => {
                tally.lost += of_this_run.len();
                tally.fails(format!("after the cut: {error:?}"));
                break;
            }
        }
    }
    end::of_disk(site, &data, (printed, tally)).await
}

/// The killed till may still hold files for a moment.
fn unmount_and_mount(disk: &Disk) -> io::Result<()> {
    let deadline = crate::deadline::Deadline::after(Duration::from_secs(20));
    loop {
        match disk.start_again() {
            Ok(()) => return Ok(()),
            Err(error) => deadline.pause(&format!("the disk to start again: {error}"))?,
        }
    }
}
