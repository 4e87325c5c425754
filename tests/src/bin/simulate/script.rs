//! What may happen in a run. Each seed allows some kinds of trouble and not others: runs in which
//! everything goes wrong at once hide what one kind does alone.

use std::time::Duration;

use super::cable::Weather;
use super::chance::Chance;
use super::template::TILLS;

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// A till sells.
    Sell,
    /// A till sells several times in a row.
    Rush,
    /// All tills at once sell with the code of which few uses are left.
    Race,
    /// A customer pays with points.
    Spend,
    /// Points are given or taken by hand.
    Adjust,
    /// Somebody says who brought a customer.
    Refer,
    /// A customer's profile is changed at a till.
    Profile,
    /// Something of a sale comes back.
    Refund,
    /// Something of another till's sale comes back.
    RefundElsewhere,
    /// Two records turn out to be one person.
    Merge,
    /// A till's last sale is voided.
    Void,
    /// The owner publishes another program.
    Publish,
    /// Somebody new begins with a snapshot.
    Begin,
    /// Everything is off for some days.
    Days,
    /// The server gets the version that the tills have.
    Upgrade,
    /// Somebody asks a till to try at once.
    Retry,
    /// A till loses power.
    TillPower,
    /// The server loses power.
    ServerPower,
    /// Whatever is off is switched on.
    Start,
    /// The network of a till becomes bad.
    Storm,
    /// The network of a till becomes good.
    Calm,
    /// A till's clock is set.
    Clock,
    /// A till's disk is copied to be put back later.
    BackUpTill,
    /// A till's copy is put back.
    SetTillBack,
    /// A till's disk is copied into another machine.
    Copy,
    /// A till dies for good.
    Die,
    /// The server's disk is copied to be put back later.
    BackUpServer,
    /// The server's copy is put back.
    SetServerBack,
}

/// What a seed decides before anything happens.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) tills: usize,
    pub(super) acts: u64,
    /// Kinds of entries that the server does not know before its upgrade.
    pub(super) unread: &'static [&'static str],
    weights: Vec<(Act, u64)>,
}

/// A kind of trouble: its name, in how many of a hundred seeds it may happen, and what happens then.
type Trouble = (&'static str, u64, &'static [(Act, u64)]);

const OLD_VERSION: &str = "old version";

/// What a server of the version before may not know.
const UNREAD: [&[&str]; 5] = [
    &["sale_refunded", "sale_voided"],
    &["points_adjusted", "approval_given"],
    &["customer_linked", "referral_registered"],
    &["sale_refunded", "points_adjusted", "lease_closed"],
    &["sale_completed"],
];

const TROUBLE: [Trouble; 10] = [
    ("one person twice", 25, &[(Act::Merge, 2)]),
    ("days", 30, &[(Act::Days, 3), (Act::Start, 3)]),
    (OLD_VERSION, 20, &[(Act::Upgrade, 1)]),
    ("till power", 60, &[(Act::TillPower, 5), (Act::Start, 6)]),
    (
        "server power",
        50,
        &[(Act::ServerPower, 3), (Act::Start, 6)],
    ),
    ("weather", 80, &[(Act::Storm, 10), (Act::Calm, 4)]),
    ("clocks", 35, &[(Act::Clock, 4)]),
    (
        "old tills",
        35,
        &[(Act::BackUpTill, 4), (Act::SetTillBack, 3), (Act::Start, 6)],
    ),
    ("copies and deaths", 30, &[(Act::Copy, 2), (Act::Die, 1)]),
    (
        "old server",
        25,
        &[
            (Act::BackUpServer, 3),
            (Act::SetServerBack, 2),
            (Act::Start, 6),
        ],
    ),
];

impl Script {
    pub(super) fn of(seed: u64) -> Self {
        let chance = Chance::of(seed, "script");
        let mut weights = vec![
            (Act::Sell, 30),
            (Act::Rush, 4),
            (Act::Race, 2),
            (Act::Spend, 4),
            (Act::Adjust, 2),
            (Act::Refer, 3),
            (Act::Profile, 4),
            (Act::Refund, 4),
            (Act::RefundElsewhere, 3),
            (Act::Void, 2),
            (Act::Publish, 2),
            (Act::Begin, 1),
            (Act::Retry, 3),
        ];
        let mut unread: &[&str] = &[];
        for (name, percent, acts) in TROUBLE {
            if chance.percent(percent) {
                weights.extend(acts);
                if name == OLD_VERSION {
                    unread = chance.pick(&UNREAD).copied().unwrap_or(unread);
                }
            }
        }
        Self {
            tills: usize::try_from(chance.between(2, 3)).map_or(2, |tills| tills.min(TILLS)),
            acts: chance.between(20, 60),
            unread,
            weights,
        }
    }

    pub(super) fn next(&self, chance: &Chance) -> Act {
        let weights: Vec<u64> = self.weights.iter().map(|(_, weight)| *weight).collect();
        self.weights[chance.weighted(&weights)].0
    }
}

/// How long nothing is done.
pub(super) fn pause(chance: &Chance) -> Duration {
    let most_ms = match chance.below(10) {
        0..6 => 3_000,
        6..9 => 40_000,
        _ => 200_000,
    };
    Duration::from_millis(chance.below(most_ms))
}

/// Bad weather of some kind.
pub(super) fn storm(chance: &Chance) -> Weather {
    let share = |most| {
        if chance.percent(40) {
            chance.below(most)
        } else {
            0
        }
    };
    Weather {
        no_way_there: chance.percent(15),
        no_way_back: chance.percent(15),
        portal: chance.percent(8),
        lost: share(50),
        twice: share(60),
        cut_short: share(30),
        stale: share(30),
        slow_ms: [20, 500, 8_000, 40_000][usize::try_from(chance.below(4)).unwrap_or(0)],
    }
}

/// How far a clock is set wrong, milliseconds.
pub(super) fn wrong_by_ms(chance: &Chance) -> i64 {
    const MINUTE_MS: i64 = 60_000;
    let wrong = [0, 1, 4, 11, 60, 60 * 26, 60 * 24 * 40];
    let minutes = chance.pick(&wrong).copied().unwrap_or(0);
    if chance.percent(50) {
        minutes * MINUTE_MS
    } else {
        -minutes * MINUTE_MS
    }
}
