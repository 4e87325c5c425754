//! A till that dies at one system call: the first, the second, and so on to the last.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::audit::{self, CARD, PRODUCT, SELLING};
use super::worker::{Line, Receipt, Worker};
use super::{Outcome, Site, Tally, end};
use crate::Error;
use crate::deadline::Deadline;

/// The system calls by which a program changes what is on a disk, or what others read.
pub(super) const WRITES: &str = "write,pwrite64,writev,pwritev,fsync,fdatasync,ftruncate,fallocate,\
                                 openat,unlink,unlinkat,rename,renameat,renameat2";

/// One system call of a traced run.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Call {
    name: String,
    /// Its number among those of the same name.
    nth: u32,
}

/// `cargo xtask faults` runs this as `kill-sale`.
pub(super) async fn sale(site: &mut Site) -> Result<Outcome, Error> {
    let once = [&SELLING[..], &["--sales", "1"]].concat();
    run(site, ("seller", &once)).await
}

/// `kill-refund`.
pub(super) async fn refund(site: &mut Site) -> Result<Outcome, Error> {
    let once = ["--product", PRODUCT, "--card", CARD, "--times", "1"];
    run(site, ("refunder", &once)).await
}

/// Why no program can be killed at a system call here; none: it can.
pub(super) fn why_not() -> Option<String> {
    let traced = Command::new("strace")
        .args(["-D", "-f", "-o", "/dev/null", "true"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match traced {
        Ok(status) if status.success() => None,
        Ok(status) => Some(format!("strace may not trace here ({status})")),
        Err(error) => Some(format!("strace cannot be started: {error}")),
    }
}

/// The words that let strace kill what it runs at the `nth` call of `name`. Its child stays the child of
/// whoever started it, so that it can be killed by others, too.
pub(super) fn killer(name: &str, nth: u32) -> Vec<OsString> {
    let inject = format!("inject={name}:signal=SIGKILL:when={nth}");
    [
        "strace",
        "-D",
        "-f",
        "-o",
        "/dev/null",
        "-e",
        &format!("trace={name}"),
        "-e",
        &inject,
    ]
    .map(OsString::from)
    .to_vec()
}

async fn run(site: &mut Site, work: (&str, &[&str])) -> Result<Outcome, Error> {
    if let Some(why) = why_not() {
        return Ok(Outcome::Skipped(why));
    }
    let data = site.till().await?;
    let calls = traced(&site.folder, &data, work)?;
    // A quick run takes some of them, others each time.
    let step = usize::try_from(site.times(7, 1)).unwrap_or(1);
    let first = usize::try_from(site.random.below(step as u64)).unwrap_or(0);
    let mut tally = Tally::default();
    let mut printed = Vec::new();
    for call in calls.iter().skip(first).step_by(step) {
        // Every other time the file has a log beside it of a till that was killed before.
        if !site.is_quick && call.nth % 2 == 0 {
            printed.extend(leave_log(&data)?);
        }
        one(&data, work, (call, &mut printed), &mut tally)?;
    }
    end::of_disk(site, &data, (printed, tally)).await
}

/// Kills one run, opens the file, looks for its receipts, and sells once more.
fn one(
    data: &Path,
    (name, arguments): (&str, &[&str]),
    (call, printed): (&Call, &mut Vec<Receipt>),
    tally: &mut Tally,
) -> Result<(), Error> {
    let wrapper = killer(&call.name, call.nth);
    let said = Worker::start(&wrapper, (name, data), arguments)?.finish()?;
    // Where it came to its end before that call, nothing was broken.
    tally.repetitions += u32::from(said.was_killed());
    tally.expects(said.was_killed() || said.status.success(), || {
        format!(
            "at {} {}: {}: {}",
            call.name, call.nth, said.status, said.complaint
        )
    });
    let state = if said.printed.is_empty() {
        "no receipt"
    } else {
        "receipt"
    };
    let ended = if said.was_killed() { "killed" } else { "ended" };
    tally.says(format!("{ended}, {state}"));
    let till = match audit::open(data) {
        Ok(till) => till,
        Err(error) => {
            tally.lost += said.printed.len();
            tally.fails(format!("after {} {}: {error:?}", call.name, call.nth));
            return Ok(());
        }
    };
    tally.expects(till.ledger().rewound().is_none(), || {
        format!("after {} {}: taken for rewound", call.name, call.nth)
    });
    audit::file(&till, &said.printed, tally)?;
    printed.extend(said.printed);
    match audit::sell(&till) {
        Ok(receipt) => printed.push(receipt),
        Err(error) => tally.fails(format!(
            "the sale after {} {}: {error}",
            call.name, call.nth
        )),
    }
    Ok(())
}

/// Sells once and dies, so that the database has a log beside it.
pub(super) fn leave_log(data: &Path) -> Result<Vec<Receipt>, Error> {
    let mut worker = Worker::start(&[], ("seller", data), &SELLING)?;
    let mut printed = Vec::new();
    while printed.len() < 2 {
        match worker.next(Duration::from_secs(30))? {
            Some(Line::Printed(receipt)) => printed.push(receipt),
            Some(_) => {}
            None => break,
        }
    }
    worker.kill()?;
    let said = worker.finish()?;
    if !said.was_killed() {
        // It left no log: what follows would be another fault than the row's.
        return Err(std::io::Error::other(said.complaint).into());
    }
    printed.extend(said.printed);
    Ok(printed)
}

/// Runs it once to its end and gives back what its main thread wrote, from opening the file on.
fn traced(folder: &Path, data: &Path, work: (&str, &[&str])) -> Result<Vec<Call>, Error> {
    let log: PathBuf = folder.join(format!("{}.trace", work.0));
    let trace = format!("trace={WRITES}");
    let wrapper: Vec<OsString> = ["strace", "-D", "-f", "-e", &trace, "-o"]
        .map(OsString::from)
        .into_iter()
        .chain([log.clone().into_os_string()])
        .collect();
    let said = Worker::start(&wrapper, (work.0, data), work.1)?.finish()?;
    if !said.status.success() {
        return Err(std::io::Error::other(said.complaint).into());
    }
    // The tracer is nobody's child and may still write.
    let deadline = Deadline::after(Duration::from_secs(10));
    loop {
        let text = std::fs::read_to_string(&log)?;
        if text.contains("+++ exited with") {
            return Ok(calls_of(&text));
        }
        deadline.pause("strace to write its log")?;
    }
}

/// The calls of the thread that printed the receipt. Those that happen before `main` touch no file of the till.
fn calls_of(trace: &str) -> Vec<Call> {
    let parsed: Vec<(&str, &str)> = trace
        .lines()
        .filter_map(|line| line.split_once(char::is_whitespace))
        .map(|(thread, rest)| (thread, rest.trim_start()))
        .collect();
    let Some(main) = parsed.first().map(|(thread, _)| *thread) else {
        return Vec::new();
    };
    let mut counts = BTreeMap::new();
    let mut calls = Vec::new();
    let mut touches_till = false;
    for (_, rest) in parsed.iter().filter(|(thread, _)| *thread == main) {
        let Some((name, arguments)) = rest.split_once('(') else {
            continue;
        };
        if !name
            .chars()
            .all(|sign| sign.is_ascii_alphanumeric() || sign == '_')
        {
            continue;
        }
        let nth = counts.entry(name).and_modify(|nth| *nth += 1).or_insert(1);
        touches_till |= arguments.contains("till.");
        let is_reading = name == "openat" && !arguments.contains("O_CREAT");
        if touches_till && !is_reading {
            calls.push(Call {
                name: name.to_owned(),
                nth: *nth,
            });
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_name_from_the_first_touch_of_the_file_on() {
        let trace = "\
7 openat(AT_FDCWD, \"/etc/ld.so.cache\", O_RDONLY|O_CLOEXEC) = 3
7 openat(AT_FDCWD, \"/t/till.lock\", O_WRONLY|O_CREAT|O_CLOEXEC, 0666) = 9
8 pwrite64(7, \"other thread\"..., 24, 0) = 24
7 pwrite64(7, \"7\"..., 24, 0)            = 24
7 openat(AT_FDCWD, \"/t/till.sqlite\", O_RDWR) = 4
7 pwrite64(7, \"7\"..., 24, 0)            = 24
7 fdatasync(7)                     = 0
7 +++ exited with 0 +++
";
        let calls: Vec<_> = calls_of(trace)
            .into_iter()
            .map(|call| format!("{} {}", call.name, call.nth))
            .collect();
        assert_eq!(
            calls,
            ["openat 2", "pwrite64 1", "pwrite64 2", "fdatasync 1"]
        );
    }
}
