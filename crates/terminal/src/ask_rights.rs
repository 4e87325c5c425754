//! Asking for rights while somebody waits at the counter.

use std::time::Duration;

use mostrador_ledger as ledger;
use mostrador_loyalty::refusal::Refusal;
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::Error;
use crate::rights;
use crate::till::{Till, unpoisoned};
use crate::view::CounterView;

/// How often a scan looks whether the server's answer is there.
const TICK: Duration = Duration::from_millis(5);

/// How many times at most for the answer: half a second. A sale never waits.
const ANSWER: u32 = 100;

/// How many times at most until another till has given back what it does not need: a second and a half.
const RECALL: u32 = 300;

impl Till {
    /// The counter again after the server was asked for what `view` lacks, if it can be asked; `view`
    /// otherwise.
    pub(crate) fn asked_for_rights(&self, view: CounterView) -> Result<CounterView, Error> {
        let lacking = Refusal::LeaseRequired { of_customer: false }.code();
        let is_short = view.refused.iter().any(|code| code.refusal == lacking);
        if is_short && self.ask_for_rights(RECALL) {
            return self.counter();
        }
        Ok(view)
    }

    /// The counter again after the server was asked to let this till decide on the open basket's customer;
    /// `view` if that changes nothing.
    pub(crate) fn asked_for_customer(&self, view: CounterView) -> Result<CounterView, Error> {
        if self.lacks_customer()? && self.ask_for_rights(ANSWER) {
            return self.counter();
        }
        Ok(view)
    }

    /// Asks the server to let this till decide on the open basket's customer, whose points are to be spent,
    /// and waits until another till has given that up.
    pub(crate) fn ask_for_points(&self) -> Result<(), Error> {
        if self.lacks_customer()? {
            self.ask_for_rights(RECALL);
        }
        Ok(())
    }

    /// Whether there is something that only one till may decide on for the open basket's customer, and this
    /// is not the one. It is asked for from now on, whoever got it before: somebody is at work here.
    fn lacks_customer(&self) -> Result<bool, Error> {
        let customer = self.session().open.customer;
        let lacking = self.read_with_rules(|connection, rules| match customer {
            Some(customer) if rights::are_customers_scarce(&rules) => {
                let (holder, _) = ledger::account::held(connection, customer)?;
                let holds = ledger::lease::holds_customer(connection, holder)?;
                Ok((!holds).then_some(holder))
            }
            _ => Ok(None),
        })?;
        if let Some(holder) = lacking {
            unpoisoned(&self.shared.let_go).remove(&holder);
        }
        Ok(lacking.is_some())
    }

    /// Asks the server for what the open basket lacks, and waits for at most so many ticks; whether it
    /// answered. Without a connection it does nothing. Nobody may hold the session.
    fn ask_for_rights(&self, ticks: u32) -> bool {
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
        let look = || {
            let state = self.shared.state.borrow();
            (state.lease_round_done > begun, state.lease_is_short)
        };
        for _ in 0..ticks {
            if look() == (true, false) || !self.is_online() {
                break;
            }
            std::thread::sleep(TICK);
        }
        look().0
    }
}
