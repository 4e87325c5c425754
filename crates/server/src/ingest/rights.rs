//! What entries do to leases: a right becomes a use, comes back, or turns out to be missing.

use std::collections::{BTreeMap, BTreeSet};

use loyalty::account::CodeTally;
use loyalty::code::CodeText;
use loyalty::lease::{Resource, Stock};
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::Effects;
use mostrador_protocol::lease::{LeaseSpend, LeaseState};
use uuid::Uuid;

use super::exception::{Exception, ExceptionCode};
use crate::lease::{Exposure, ExposureCause, Lease, UNLIMITED, limit_of};
use crate::rules::Rules;

/// Who wrote the entry that is being applied, and where it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Speaker {
    /// The terminal; nil for the server's own entries.
    pub terminal: Uuid,
    /// The stream.
    pub stream: Uuid,
    /// The position.
    pub seq: u64,
}

/// Resources and leases as they stand, and what changes them.
#[derive(Debug, Clone, Default)]
pub struct Rights {
    /// Stocks of the resources touched that were ever leased or used under a limit.
    pub stocks: BTreeMap<Resource, Stock>,
    /// Leases that the entries name.
    pub leases: BTreeMap<Uuid, Lease>,
    speaker: Speaker,
    changed: BTreeSet<Resource>,
    changed_leases: BTreeSet<Uuid>,
    named: Vec<Exposure>,
}

impl Rights {
    /// Whose entry is being applied.
    pub const fn speaker(&self) -> Speaker {
        self.speaker
    }

    /// From here on the entry at this place speaks.
    pub fn speaks(&mut self, speaker: Speaker) {
        self.speaker = speaker;
    }

    /// Takes a resource as the database has it; `used` as the tally counts it now, `limit` by the program in
    /// force. A limit that became less than what is taken is named; so is what was taken beyond it before
    /// there were leases.
    pub fn load(&mut self, resource: Resource, stored: Option<Stock>, (used, limit): (i64, i64)) {
        let mut stock = Stock {
            used,
            limit,
            ..stored.unwrap_or_default()
        };
        let units = stock.name_excess();
        if units > 0 {
            let (cause, cause_key) = match stored {
                Some(_) => (ExposureCause::LimitLowered, limit.to_string()),
                None => (ExposureCause::OverLimit, "before leases".to_owned()),
            };
            self.changed.insert(resource.clone());
            self.named.push(Exposure {
                resource: resource.clone(),
                cause,
                cause_key,
                units,
                terminal: None,
            });
        }
        self.stocks.insert(resource, stock);
    }

    /// Stocks that changed.
    pub fn changed(&self) -> impl Iterator<Item = (&Resource, &Stock)> {
        let changed = self.changed.iter();
        changed.filter_map(|resource| Some((resource, self.stocks.get(resource)?)))
    }

    /// Leases that changed, by id.
    pub fn changed_leases(&self) -> impl Iterator<Item = &Lease> {
        let changed = self.changed_leases.iter();
        changed.filter_map(|id| self.leases.get(id))
    }

    /// What was named, in order.
    pub fn named(&self) -> &[Exposure] {
        &self.named
    }

    /// Applies an entry after its uses were counted in `tallies`, and says of each limit of everybody that
    /// it went beyond without a right, and of each right that it no longer had.
    pub fn apply(
        &mut self,
        effects: &Effects,
        tallies: &BTreeMap<CodeText, CodeTally>,
        rules: &Rules,
    ) -> Vec<Exception> {
        let mut said = Vec::new();
        for spend in &effects.leases_spent {
            said.extend(self.spend(*spend, effects));
        }
        let used = effects.codes.iter().chain(&effects.codes_given_back);
        let codes: BTreeSet<&CodeText> = used.map(|used| &used.code).collect();
        let mut touched: BTreeSet<Resource> = BTreeSet::new();
        for code in codes {
            let Some(tally) = tallies.get(code) else {
                continue;
            };
            self.count(code, tally, rules, &mut touched);
        }
        for resource in touched {
            said.extend(self.name_excess(&resource, effects));
        }
        if let Some(closed) = effects.lease_closed {
            self.close(closed);
        }
        said
    }

    /// Units of a lease become uses. A lease that ended is no right but to what its terminal said at its end
    /// that it had spent, and one of another terminal is none: the use stands, and somebody looks.
    fn spend(
        &mut self,
        LeaseSpend { lease_id, units }: LeaseSpend,
        effects: &Effects,
    ) -> Option<Exception> {
        let terminal = self.speaker.terminal;
        let lease = self.leases.get_mut(&lease_id);
        let Some(lease) = lease.filter(|lease| lease.terminal == terminal) else {
            let said = format!("no lease {lease_id} was granted to this terminal");
            return Some(Exception {
                code: ExceptionCode::RightMissing,
                subject: lease_id.to_string(),
                amount: 0,
                said,
            });
        };
        let is_open = lease.state.is_open();
        let room = lease.outstanding();
        if !is_open && room == 0 {
            let state = lease.state.as_str().replace('_', " ");
            let said = format!("{} was used by a right that was {state}", lease.what());
            return Some(right_missing(&lease.resource, effects, said));
        }
        let covered = units.clamp(0, room);
        lease.used = lease.used.saturating_add(covered);
        if !is_open {
            lease.unexplained = lease.unexplained.saturating_sub(covered);
        }
        self.changed_leases.insert(lease_id);
        let resource = lease.resource.clone();
        if let Some(stock) = self.stocks.get_mut(&resource) {
            // The use itself is counted from the tally.
            stock.close(covered);
            self.changed.insert(resource);
        }
        (covered < units).then(|| {
            let lease = &self.leases[&lease_id];
            let said = format!("{} was used beyond what was granted", lease.what());
            right_missing(&lease.resource, effects, said)
        })
    }

    /// Takes over what the tally of a code counts.
    fn count(
        &mut self,
        code: &CodeText,
        tally: &CodeTally,
        rules: &Rules,
        touched: &mut BTreeSet<Resource>,
    ) {
        let counted = [
            (Resource::Uses(code.clone()), tally.total),
            (Resource::Budget(code.clone()), tally.discount),
        ];
        for (resource, used) in counted {
            let limit = limit_of(&resource, rules);
            if limit.is_none() && !self.stocks.contains_key(&resource) {
                continue;
            }
            let stock = self.stocks.entry(resource.clone()).or_default();
            stock.limit = limit.unwrap_or(UNLIMITED);
            stock.used = used;
            self.changed.insert(resource.clone());
            touched.insert(resource);
        }
    }

    fn name_excess(&mut self, resource: &Resource, effects: &Effects) -> Option<Exception> {
        let stock = self.stocks.get_mut(resource)?;
        let units = stock.name_excess();
        if units == 0 {
            return None;
        }
        let stock = *stock;
        let Speaker {
            terminal,
            stream,
            seq,
        } = self.speaker;
        self.named.push(Exposure {
            resource: resource.clone(),
            cause: ExposureCause::OverLimit,
            cause_key: format!("{stream}/{seq}"),
            units,
            terminal: Some(terminal).filter(|terminal| !terminal.is_nil()),
        });
        let said = over(resource, stock);
        let missing = right_missing(resource, effects, said);
        Some(match resource {
            Resource::Customer(_) => missing,
            Resource::Uses(_) | Resource::Budget(_) => Exception {
                code: ExceptionCode::CodeOverLimit,
                ..missing
            },
        })
    }

    /// A terminal gave a lease back. What it says that it spent and that no entry told of yet (one may be
    /// held) stays leased until that entry has its effects.
    fn close(&mut self, LeaseSpend { lease_id, units }: LeaseSpend) {
        let terminal = self.speaker.terminal;
        let lease = self.leases.get_mut(&lease_id);
        let Some(lease) = lease.filter(|it| it.terminal == terminal && it.state.is_open()) else {
            return;
        };
        lease.state = LeaseState::Closed;
        let left = lease.left();
        lease.unexplained = units.saturating_sub(lease.used).clamp(0, left);
        let (resource, free) = (lease.resource.clone(), left - lease.unexplained);
        self.changed_leases.insert(lease_id);
        if let Some(stock) = self.stocks.get_mut(&resource) {
            stock.close(free);
            self.changed.insert(resource);
        }
    }
}

fn right_missing(resource: &Resource, effects: &Effects, said: String) -> Exception {
    let (subject, amount) = match resource {
        Resource::Uses(code) | Resource::Budget(code) => {
            (code.to_string(), taken_off(effects, code))
        }
        Resource::Customer(id) => (id.to_string(), 0),
    };
    Exception {
        code: ExceptionCode::RightMissing,
        subject,
        amount,
        said,
    }
}

/// What a code took off the sale, minor units.
fn taken_off(effects: &Effects, code: &CodeText) -> i64 {
    let used = effects.codes.iter().filter(|used| used.code == *code);
    used.fold(0, |sum: i64, used| {
        sum.saturating_add(used.discount.minor())
    })
}

/// A limit that was passed, in words; or a use that somebody else's right was kept for.
fn over(resource: &Resource, stock: Stock) -> String {
    let Stock {
        used,
        leased,
        limit,
        ..
    } = stock;
    match resource {
        Resource::Uses(code) if used > limit => {
            format!("code {code} was used {used} times, its limit is {limit}")
        }
        Resource::Uses(code) => format!(
            "code {code} was used {used} times without a right while {leased} of its {limit} uses \
             are kept for other terminals"
        ),
        Resource::Budget(code) if used > limit => {
            format!("code {code} gave {used} minor units, its budget is {limit}")
        }
        Resource::Budget(code) => format!(
            "code {code} gave {used} minor units without a right while {leased} of its budget of \
             {limit} are kept for other terminals"
        ),
        Resource::Customer(id) => format!("customer {id} is decided on by another terminal"),
    }
}
