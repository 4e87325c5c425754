//! A till as a process of its own, which can be killed at any instant and started again.

use std::ffi::OsString;
use std::io::{self, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::Sender;
use std::thread;

use super::wire::{self, Event, Order};

/// Something a till's process said, or its end.
#[derive(Debug)]
pub struct Heard {
    /// Which till.
    pub till: usize,
    /// Which start of its process.
    pub start: u32,
    /// What it said; `None`: its pipe closed.
    pub event: Option<Event>,
}

/// The process of one till.
#[derive(Debug)]
pub struct TillProcess {
    till: usize,
    arguments: Vec<OsString>,
    heard: Sender<Heard>,
    child: Child,
    orders: ChildStdin,
    start: u32,
}

impl TillProcess {
    /// Starts this very program with `arguments`; what it says goes to `heard`.
    ///
    /// # Errors
    /// When the process cannot be started.
    pub fn start(till: usize, arguments: Vec<OsString>, heard: Sender<Heard>) -> io::Result<Self> {
        let (child, orders) = spawn(till, 1, &arguments, &heard)?;
        Ok(Self {
            till,
            arguments,
            heard,
            child,
            orders,
            start: 1,
        })
    }

    /// Kills the process where it stands (SIGKILL) and starts it again.
    ///
    /// # Errors
    /// When the process cannot be started again.
    pub fn kill_and_restart(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        self.start += 1;
        (self.child, self.orders) = spawn(self.till, self.start, &self.arguments, &self.heard)?;
        Ok(())
    }

    /// Whether what was heard came from the process that runs now.
    pub fn is_current(&self, heard: &Heard) -> bool {
        heard.start == self.start
    }

    /// Sends an order.
    ///
    /// # Errors
    /// When the process is gone.
    pub fn order(&mut self, order: &Order) -> io::Result<()> {
        wire::say(&mut self.orders, order)
    }

    /// Waits for the end of a process that was ordered to report.
    ///
    /// # Errors
    /// When it did not end cleanly.
    pub fn finish(mut self) -> io::Result<()> {
        let status = self.child.wait()?;
        if status.success() {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "till {} ended with {status}",
            self.till
        )))
    }
}

impl Drop for TillProcess {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn spawn(
    till: usize,
    start: u32,
    arguments: &[OsString],
    heard: &Sender<Heard>,
) -> io::Result<(Child, ChildStdin)> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let orders = child
        .stdin
        .take()
        .ok_or_else(|| io::Error::other("the pipe to a till is closed"))?;
    let said = child
        .stdout
        .take()
        .ok_or_else(|| io::Error::other("the pipe of a till is closed"))?;
    let heard = heard.clone();
    thread::spawn(move || {
        let mut said = BufReader::new(said);
        while let Ok(Some(event)) = wire::hear(&mut said) {
            if heard
                .send(Heard {
                    till,
                    start,
                    event: Some(event),
                })
                .is_err()
            {
                return;
            }
        }
        heard
            .send(Heard {
                till,
                start,
                event: None,
            })
            .ok();
    });
    Ok((child, orders))
}
