//! Asking for rights while somebody waits at the counter.

use std::time::Duration;

use mostrador_loyalty::refusal::Refusal;
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::Error;
use crate::till::{Till, unpoisoned};
use crate::view::CounterView;

/// How often a scan looks whether the server's answer is there.
const TICK: Duration = Duration::from_millis(5);

/// How many times at most: half a second. A sale never waits.
const TICKS: u32 = 100;

impl Till {
    /// The counter again after the server was asked for what `view` lacks, if it can be asked; `view`
    /// otherwise.
    pub(crate) fn asked_for_rights(&self, view: CounterView) -> Result<CounterView, Error> {
        let lacking = Refusal::LeaseRequired { of_customer: false }.code();
        let is_short = view.refused.iter().any(|code| code.refusal == lacking);
        if is_short && self.ask_for_rights() {
            return self.counter();
        }
        Ok(view)
    }

    /// Asks the server for what the open basket lacks, and waits a moment for its answer; whether there
    /// was one. Without a connection it does nothing. Nobody may hold the session.
    pub(crate) fn ask_for_rights(&self) -> bool {
        let begun = self.shared.state.borrow().lease_rounds_begun;
        let is_granting = self.shared.state.borrow().server_grants_leases;
        if !is_granting || !self.is_online() {
            return false;
        }
        match &*unpoisoned(&self.shared.sync) {
            Some(sync) => sync.ask_for_rights(),
            None => return false,
        }
        // On a runtime of one thread the answer cannot come while this one waits.
        let here = Handle::try_current();
        if here.is_ok_and(|here| here.runtime_flavor() == RuntimeFlavor::CurrentThread) {
            return false;
        }
        for _ in 0..TICKS {
            if self.shared.state.borrow().lease_round_done > begun {
                return true;
            }
            if !self.is_online() {
                return false;
            }
            std::thread::sleep(TICK);
        }
        false
    }
}
