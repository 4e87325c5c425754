//! What entries do to leases: a right becomes a use, comes back, or turns out to be missing.

use std::collections::{BTreeMap, BTreeSet};

use loyalty::account::CodeTally;
use loyalty::code::CodeText;
use loyalty::lease::{Resource, Stock};
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::Effects;
use mostrador_protocol::lease::LeaseState;
use uuid::Uuid;

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
    ) -> Vec<String> {
        let mut said = Vec::new();
        for spend in &effects.leases_spent {
            said.extend(self.spend(spend.lease_id, spend.units));
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
            said.extend(self.name_excess(&resource));
        }
        if let Some(lease_id) = effects.lease_closed {
            self.close(lease_id);
        }
        said
    }

    /// Units of a lease become uses. A lease that ended, or of another terminal, is no right: the use
    /// stands, and somebody looks.
    fn spend(&mut self, lease_id: Uuid, units: i64) -> Option<String> {
        let terminal = self.speaker.terminal;
        let lease = self.leases.get_mut(&lease_id);
        let Some(lease) = lease.filter(|lease| lease.terminal == terminal) else {
            return Some(format!("no lease {lease_id} was granted to this terminal"));
        };
        if !lease.state.is_open() {
            let state = lease.state.as_str().replace('_', " ");
            return Some(format!(
                "{} was used by a right that was {state}",
                lease.what()
            ));
        }
        let covered = units.clamp(0, lease.left());
        lease.used = lease.used.saturating_add(covered);
        self.changed_leases.insert(lease_id);
        let resource = lease.resource.clone();
        if let Some(stock) = self.stocks.get_mut(&resource) {
            // The use itself is counted from the tally.
            stock.close(covered);
            self.changed.insert(resource);
        }
        (covered < units).then(|| {
            let lease = &self.leases[&lease_id];
            format!("{} was used beyond what was granted", lease.what())
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

    fn name_excess(&mut self, resource: &Resource) -> Option<String> {
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
        Some(over(resource, stock))
    }

    fn close(&mut self, lease_id: Uuid) {
        let terminal = self.speaker.terminal;
        let lease = self.leases.get_mut(&lease_id);
        let Some(lease) = lease.filter(|it| it.terminal == terminal && it.state.is_open()) else {
            return;
        };
        lease.state = LeaseState::Closed;
        let (resource, left) = (lease.resource.clone(), lease.left());
        self.changed_leases.insert(lease_id);
        if let Some(stock) = self.stocks.get_mut(&resource) {
            stock.close(left);
            self.changed.insert(resource);
        }
    }
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
