//! Timed phases and the table at their end.

use std::time::{Duration, Instant};

use crate::error::Error;

/// The phases of one command, in order.
#[derive(Debug, Default)]
pub(crate) struct Phases {
    done: Vec<(&'static str, Duration)>,
}

impl Phases {
    /// Runs one phase; the first that fails ends the command.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a phase takes is real time"
    )]
    pub(crate) fn run(
        &mut self,
        name: &'static str,
        act: impl FnOnce() -> Result<(), Error>,
    ) -> Result<(), Error> {
        println!("\n== {name}");
        let start = Instant::now();
        let outcome = act();
        self.done.push((name, start.elapsed()));
        if outcome.is_err() {
            self.print();
            println!("{name} failed.");
        }
        outcome
    }

    /// The table: phase and seconds.
    pub(crate) fn print(&self) {
        println!("\n{:<24} {:>9}", "phase", "seconds");
        for (name, took) in &self.done {
            println!("{name:<24} {:>9.1}", took.as_secs_f64());
        }
        let sum: Duration = self.done.iter().map(|(_, took)| *took).sum();
        println!("{:<24} {:>9.1}", "all", sum.as_secs_f64());
    }
}
