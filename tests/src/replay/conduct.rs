//! Conducts a replay: a server process, a till process per store, the blows of the seed, and the
//! comparison at the end.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use indicatif::ProgressBar;

use super::chaos::{Blow, Chaos};
use super::child::{Heard, TillProcess};
use super::machines::Machines;
use super::wire::{Event, Order, Report};
use crate::proxy::Proxy;

/// How long the conductor waits for any word from any till.
const SILENCE: Duration = Duration::from_mins(10);

/// The tills of a replay while they run.
#[derive(Debug)]
pub struct Conductor {
    tills: Vec<TillProcess>,
    cables: Vec<Proxy>,
    heard: Receiver<Heard>,
    sold: Vec<u64>,
}

/// What happened on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ordeal {
    /// Cables pulled.
    pub cuts: u64,
    /// Tills killed and started again.
    pub kills: u64,
    /// Times the server was.
    pub server_kills: u64,
    /// Times the database crashed.
    pub crashes: u64,
    /// Baskets that each till held before this run.
    pub sold_before: Vec<Option<u64>>,
}

/// What a till process is started with.
#[derive(Debug, Clone)]
pub struct TillStart {
    /// Its store.
    pub store: String,
    /// Its data folder.
    pub data: PathBuf,
    /// Its one-time code, when it is not enrolled yet.
    pub enrol_code: Option<String>,
}

impl Conductor {
    /// Starts a till process per start, each behind its own cable.
    ///
    /// # Errors
    /// When a process cannot be started.
    pub fn start(folder: &Path, starts: &[TillStart], cables: Vec<Proxy>) -> io::Result<Self> {
        let (speak, heard) = mpsc::channel();
        let tills = starts
            .iter()
            .zip(&cables)
            .enumerate()
            .map(|(till, (start, cable))| {
                let mut arguments = vec!["till".into(), folder.into()];
                arguments.extend(["--store".into(), (&start.store).into()]);
                arguments.extend(["--data".into(), (&start.data).into()]);
                arguments.extend(["--server".into(), cable.url().into()]);
                if let Some(code) = &start.enrol_code {
                    arguments.extend(["--enrol-code".into(), code.into()]);
                }
                TillProcess::start(till, arguments, speak.clone())
            })
            .collect::<io::Result<Vec<_>>>()?;
        let sold = vec![0; tills.len()];
        Ok(Self {
            tills,
            cables,
            heard,
            sold,
        })
    }

    /// Lets the tills sell everything while the blows fall, then puts every cable back.
    ///
    /// # Errors
    /// When a till dies by itself or falls silent.
    pub fn sell(
        &mut self,
        mut chaos: Chaos,
        (machines, bar): (&mut Machines, &ProgressBar),
    ) -> io::Result<Ordeal> {
        let mut ordeal = Ordeal {
            cuts: 0,
            kills: 0,
            server_kills: 0,
            crashes: 0,
            sold_before: vec![None; self.tills.len()],
        };
        let mut finished = vec![false; self.tills.len()];
        while finished.contains(&false) {
            let (till, event) = self.listen()?;
            match event {
                Event::Progress { sold } => self.sold[till] = self.sold[till].max(sold),
                Event::Opened { sold } => {
                    // A till that was killed opens again; only the first time is news.
                    ordeal.sold_before[till].get_or_insert(sold);
                    self.sold[till] = self.sold[till].max(sold);
                }
                Event::SoldAll => finished[till] = true,
                other => return Err(unexpected(till, &other)),
            }
            let sold = self.sold.iter().sum();
            bar.set_position(sold);
            for blow in chaos.take_due(sold) {
                match blow {
                    Blow::KillServer => {
                        machines.kill_server()?;
                        ordeal.server_kills += 1;
                    }
                    Blow::CrashDatabase => {
                        machines.crash_database()?;
                        ordeal.crashes += 1;
                    }
                    Blow::Cut(till) => {
                        self.cables[till].cut();
                        ordeal.cuts += 1;
                    }
                    Blow::Restore(till) => self.cables[till].restore(),
                    Blow::Kill(till) => {
                        self.tills[till].kill_and_restart()?;
                        finished[till] = false;
                        ordeal.kills += 1;
                    }
                }
            }
        }
        self.cables.iter().for_each(Proxy::restore);
        Ok(ordeal)
    }

    /// Lets the tills send everything that waits.
    ///
    /// # Errors
    /// When a till dies or falls silent.
    pub fn drain(&mut self) -> io::Result<()> {
        self.order_all(&Order::Drain, |event| matches!(event, Event::Drained))
    }

    /// Lets the tills take in the feed up to `position`.
    ///
    /// # Errors
    /// When a till dies or falls silent.
    pub fn settle(&mut self, position: u64) -> io::Result<()> {
        self.order_all(&Order::Settle { position }, |event| {
            matches!(event, Event::Settled)
        })
    }

    /// Collects the tills' reports, in their order, and ends their processes.
    ///
    /// # Errors
    /// When a till dies or falls silent.
    pub fn report(mut self) -> io::Result<Vec<Report>> {
        let mut reports = vec![None; self.tills.len()];
        for till in &mut self.tills {
            till.order(&Order::Report)?;
        }
        while reports.contains(&None) {
            // A till that has reported ends, and its pipe with it.
            match self.hear()? {
                (till, Some(Event::Report(report))) => reports[till] = Some(*report),
                (till, Some(other)) => return Err(unexpected(till, &other)),
                (till, None) if reports[till].is_some() => {}
                (till, None) => return Err(dead(till)),
            }
        }
        self.tills.into_iter().try_for_each(TillProcess::finish)?;
        Ok(reports.into_iter().flatten().collect())
    }

    fn order_all(&mut self, order: &Order, done: fn(&Event) -> bool) -> io::Result<()> {
        for till in &mut self.tills {
            till.order(order)?;
        }
        for _ in 0..self.tills.len() {
            let (till, event) = self.listen()?;
            if !done(&event) {
                return Err(unexpected(till, &event));
            }
        }
        Ok(())
    }

    /// The next word of any till.
    fn listen(&self) -> io::Result<(usize, Event)> {
        let (till, event) = self.hear()?;
        event.map(|event| (till, event)).ok_or_else(|| dead(till))
    }

    /// The next word or end of a process that still counts: what a killed one said last is old news.
    fn hear(&self) -> io::Result<(usize, Option<Event>)> {
        loop {
            let heard = self
                .heard
                .recv_timeout(SILENCE)
                .map_err(|_| io::Error::other("no till has said anything for ten minutes"))?;
            if self.tills[heard.till].is_current(&heard) {
                return Ok((heard.till, heard.event));
            }
        }
    }
}

fn dead(till: usize) -> io::Error {
    io::Error::other(format!("till {till} died by itself"))
}

fn unexpected(till: usize, event: &Event) -> io::Error {
    io::Error::other(format!("till {till} said something out of turn: {event:?}"))
}
