//! What goes wrong during a replay, decided by a seed before it begins.

use std::collections::BTreeMap;

use mostrador_sync::random::Random;

/// One thing that goes wrong, or right again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blow {
    /// The cable of this till is pulled.
    Cut(usize),
    /// The cable of this till is put back.
    Restore(usize),
    /// This till is killed and started again.
    Kill(usize),
    /// The server is killed and started again.
    KillServer,
    /// The database crashes and is started again.
    CrashDatabase,
}

/// Blows by the number of baskets sold by all tills together at which they fall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chaos {
    due: BTreeMap<u64, Vec<Blow>>,
}

/// How often each cable is pulled.
const CUTS_PER_TILL: u64 = 4;

/// What is hit, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Targets {
    /// Tills, each behind its own cable.
    pub tills: usize,
    /// How many of them are killed, each another one.
    pub kills: usize,
    /// How often the server is killed.
    pub server_kills: usize,
    /// How often the database crashes.
    pub crashes: usize,
}

impl Chaos {
    /// Blows for tills that sell `baskets` baskets together: every cable is pulled a few times, and
    /// processes are killed on the way.
    pub fn plan(random: &Random, targets: Targets, baskets: u64) -> Self {
        let Targets { tills, kills, .. } = targets;
        let mut due: BTreeMap<u64, Vec<Blow>> = BTreeMap::new();
        let within = |from: u64, to: u64| from + random.below(to - from);
        let span = (baskets / CUTS_PER_TILL).max(1);
        for till in 0..tills {
            for cut in 0..CUTS_PER_TILL {
                let begins = cut * span + within(0, span / 2);
                let ends = begins + within(1, (span / 2).max(2));
                due.entry(begins).or_default().push(Blow::Cut(till));
                due.entry(ends).or_default().push(Blow::Restore(till));
            }
        }
        let mut alive: Vec<usize> = (0..tills).collect();
        for _ in 0..kills.min(tills) {
            let chosen = usize::try_from(random.below(alive.len() as u64)).unwrap_or(0);
            let at = within(baskets / 5, baskets * 4 / 5);
            due.entry(at)
                .or_default()
                .push(Blow::Kill(alive.swap_remove(chosen)));
        }
        let servers = std::iter::repeat_n(Blow::KillServer, targets.server_kills);
        let crashes = std::iter::repeat_n(Blow::CrashDatabase, targets.crashes);
        for blow in servers.chain(crashes) {
            let at = within(baskets / 5, baskets * 4 / 5);
            due.entry(at).or_default().push(blow);
        }
        Self { due }
    }

    /// Takes what falls until `sold` baskets are sold.
    pub fn take_due(&mut self, sold: u64) -> Vec<Blow> {
        let later = self.due.split_off(&(sold + 1));
        std::mem::replace(&mut self.due, later)
            .into_values()
            .flatten()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGETS: Targets = Targets {
        tills: 3,
        kills: 2,
        server_kills: 1,
        crashes: 2,
    };

    #[test]
    fn every_cable_is_pulled_and_put_back_and_processes_die() {
        let mut chaos = Chaos::plan(&Random::seeded(7), TARGETS, 9_784);
        let mut blows = chaos.take_due(4_892);
        blows.extend(chaos.take_due(9_784));
        let count = |wanted: fn(&Blow) -> bool| blows.iter().filter(|blow| wanted(blow)).count();
        assert_eq!(count(|blow| matches!(blow, Blow::Cut(_))), 12);
        assert_eq!(count(|blow| matches!(blow, Blow::Restore(_))), 12);
        assert_eq!(count(|blow| matches!(blow, Blow::KillServer)), 1);
        assert_eq!(count(|blow| matches!(blow, Blow::CrashDatabase)), 2);
        let mut killed: Vec<usize> = blows
            .iter()
            .filter_map(|blow| {
                if let Blow::Kill(till) = blow {
                    Some(*till)
                } else {
                    None
                }
            })
            .collect();
        killed.dedup();
        assert_eq!(killed.len(), 2);
    }

    #[test]
    fn the_same_seed_plans_the_same() {
        let plan = || Chaos::plan(&Random::seeded(3), TARGETS, 100);
        assert_eq!(plan(), plan());
    }
}
