//! What a run says at its end.

use std::collections::BTreeMap;

use super::diary::Counts;
use super::run::Outcome;

/// Every kind of fault: one that never happens in many seeds is a fault of the simulator.
const FAULTS: [&str; 22] = [
    "request lost",
    "answer lost",
    "message late",
    "request cut short",
    "answer cut short",
    "request twice",
    "request after later ones",
    "old answer again",
    "way there cut",
    "way back cut",
    "portal",
    "till loses power",
    "server loses power",
    "clock set",
    "clock not believed",
    "till set back, witness and all",
    "till set back beside its witness",
    "till copied",
    "till dies",
    "server set back",
    "entries of a newer version",
    "days off",
];

/// What people, tills and the server do.
const DEEDS: [&str; 25] = [
    "sales",
    "sales paid with points",
    "refunds",
    "refunds of other tills' sales",
    "voids",
    "merges",
    "referrals",
    "points adjusted",
    "profiles changed",
    "programs published",
    "limits lowered under leases",
    "limits raised under leases",
    "races for the last uses",
    "streams opened",
    "leases given back",
    "entries held",
    "held entries released",
    "tiers moved",
    "badges awarded",
    "bonuses given",
    "bonuses taken back",
    "lots expired",
    "feeds compacted",
    "snapshots read",
    "tills that began with a snapshot",
];

/// Limits that were met, at the till or beyond it.
const LIMITS: [&str; 13] = [
    "code refused: its uses are gone",
    "code refused: no right to a use",
    "code refused: no right to its budget",
    "code refused: the customer's use is gone",
    "code refused: no right to the customer",
    "code refused: not the first purchase",
    "discount cut by its budget",
    "points: none to spend",
    "all uses of a code gone",
    "a limit passed, and named",
    "refund of more than was left, adjusted",
    "void of more than was left, adjusted",
    "points owed",
];

/// So many seeds must show everything that there is.
const MANY: usize = 1_000;

/// Prints it; whether every seed passed.
pub(super) fn print(outcomes: &[Outcome]) -> bool {
    let mut counts = Counts::default();
    let mut failing = Vec::new();
    for outcome in outcomes {
        counts.add(&outcome.counts);
        if outcome.failures.is_empty() {
            continue;
        }
        failing.push(outcome.seed.to_string());
        for failure in &outcome.failures {
            println!("seed {}: {failure}", outcome.seed);
        }
    }
    println!("{} seeds, {} steps", outcomes.len(), counts.steps);
    let lists = [
        ("faults injected", &FAULTS[..], &counts.faults),
        ("done", &DEEDS[..], &counts.reached),
        ("limits reached", &LIMITS[..], &counts.reached),
    ];
    for (what, kinds, counts) in lists {
        println!("{what}: {}", listed(kinds, counts));
    }
    let never: Vec<&str> = lists
        .iter()
        .flat_map(|(_, kinds, counts)| kinds.iter().filter(|kind| !counts.contains_key(*kind)))
        .copied()
        .collect();
    let is_complete = never.is_empty() || outcomes.len() < MANY;
    if !is_complete {
        println!("never happened: {}", never.join(", "));
    }
    let passed = outcomes.len() - failing.len();
    println!("{passed} passed, {} failed", failing.len());
    if !failing.is_empty() {
        println!("failing seeds: {}", failing.join(" "));
    }
    failing.is_empty() && is_complete
}

fn listed(kinds: &[&'static str], counts: &BTreeMap<&'static str, u64>) -> String {
    let count = |kind| counts.get(kind).copied().unwrap_or(0);
    let parts = kinds.iter().map(|kind| format!("{kind} {}", count(kind)));
    parts.collect::<Vec<_>>().join(", ")
}
