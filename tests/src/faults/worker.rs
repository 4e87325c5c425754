//! A till as a process of its own: what it printed, and how it ended.

use std::ffi::OsString;
use std::io::{self, BufReader};
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use uuid::Uuid;

use crate::process::command_under;

/// A receipt that somebody took home: id of the sale or the refund, and its amount in minor units.
pub type Receipt = (Uuid, i64);

/// One line of a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// It is open and goes to work.
    Ready,
    /// A receipt was printed.
    Printed(Receipt),
    /// A sale was refused, in these words.
    Refused(String),
}

/// A running till.
#[derive(Debug)]
pub struct Worker {
    child: Child,
    lines: Receiver<Line>,
    complaint: Receiver<String>,
}

/// What a till had to say until its end.
#[derive(Debug)]
pub struct Said {
    /// Its receipts.
    pub printed: Vec<Receipt>,
    /// How it ended.
    pub status: ExitStatus,
    /// What it complained of.
    pub complaint: String,
}

impl Said {
    /// Whether somebody killed it.
    pub fn was_killed(&self) -> bool {
        use std::os::unix::process::ExitStatusExt as _;
        self.status.signal() == Some(9)
    }
}

impl Worker {
    /// Starts `name` on the till in `data`, behind the words of `wrapper`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(
        wrapper: &[OsString],
        (name, data): (&str, &Path),
        arguments: &[&str],
    ) -> io::Result<Self> {
        let mut child = command_under(wrapper, name)?
            .arg("--data")
            .arg(data)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let gone = || io::Error::other("the pipe to a till is closed");
        let paper = BufReader::new(child.stdout.take().ok_or_else(gone)?);
        let errors = child.stderr.take().ok_or_else(gone)?;
        let (heard, lines) = mpsc::channel();
        thread::spawn(move || read(paper, &heard));
        let (wrote, complaint) = mpsc::channel();
        thread::spawn(move || wrote.send(io::read_to_string(errors).unwrap_or_default()));
        Ok(Self {
            child,
            lines,
            complaint,
        })
    }

    /// The next line within `patience`; none when the worker ended.
    ///
    /// # Errors
    /// When it says nothing for so long.
    pub fn next(&self, patience: Duration) -> io::Result<Option<Line>> {
        match self.lines.recv_timeout(patience) {
            Ok(line) => Ok(Some(line)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "a till neither sells nor says why not",
            )),
        }
    }

    /// SIGKILL, unless it ended already.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub fn kill(&mut self) -> io::Result<()> {
        if self.child.try_wait()?.is_none() {
            self.child.kill()?;
        }
        Ok(())
    }

    /// Waits for its end and gives back what it said that was not read yet.
    ///
    /// # Errors
    /// When the system does not say how it ended.
    pub fn finish(mut self) -> io::Result<Said> {
        let status = self.child.wait()?;
        let printed = self.lines.iter().filter_map(|line| match line {
            Line::Printed(receipt) => Some(receipt),
            Line::Ready | Line::Refused(_) => None,
        });
        Ok(Said {
            printed: printed.collect(),
            status,
            complaint: self.complaint.recv().unwrap_or_default(),
        })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Reads whole lines only: what a killed till did not write whole, nobody took home.
fn read(mut paper: impl io::BufRead, heard: &mpsc::Sender<Line>) {
    let mut text = String::new();
    while paper.read_line(&mut text).is_ok() && text.ends_with('\n') {
        let line = understood(text.trim());
        if line.is_some_and(|line| heard.send(line).is_err()) {
            return;
        }
        text.clear();
    }
}

fn understood(text: &str) -> Option<Line> {
    if text == "ready" {
        return Some(Line::Ready);
    }
    if let Some(refused) = text.strip_prefix("! ") {
        return Some(Line::Refused(refused.to_owned()));
    }
    let (id, total) = text.split_once(' ')?;
    Some(Line::Printed((id.parse().ok()?, total.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_was_cut_off_was_not_printed() {
        let id = Uuid::nil();
        let paper = format!("ready\n{id} 4500\n! ledger_failed Sorry.\n{id} 45");
        let (heard, lines) = mpsc::channel();
        read(paper.as_bytes(), &heard);
        drop(heard);
        let expected = [
            Line::Ready,
            Line::Printed((id, 4_500)),
            Line::Refused("ledger_failed Sorry.".to_owned()),
        ];
        assert_eq!(lines.iter().collect::<Vec<_>>(), expected);
    }
}
