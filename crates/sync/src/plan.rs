//! What to do next: state in, step out. No clock, no network, no file.
//!
//! The conversation is hello, then push while entries wait and pull until there is no more, in
//! turns, then a long poll until something happens. Any failure waits longer each time and begins
//! again with hello; a long wait is cut short when somebody answers again. Nothing here can lose an
//! entry: a plan only decides when to ask, and the ledger moves its acknowledged position only by a reply
//! that the server signed.

mod limit;

use std::time::Duration;

use mostrador_protocol::message::Verdict;

pub use self::limit::Limit;
use crate::state::{Attention, Offline, Phase, Trouble};

/// How long the server may hold a poll open, milliseconds.
pub const LONG_POLL_MS: u32 = 25_000;

/// The shortest time between two polls that brought nothing, milliseconds: a server that does not
/// wait is not asked in a tight loop.
const POLL_PAUSE_MS: u64 = 1_000;

/// How often leases are looked after when nothing happens, milliseconds.
const LEASE_EVERY_MS: u64 = 60_000;

/// The same while somebody at the counter waits for one.
const LEASE_SHORT_MS: u64 = 500;

/// The first and the longest window of the backoff, milliseconds.
const BACKOFF_MS: (u64, u64) = (1_000, 300_000);

/// Never waits less than this after a failure, milliseconds.
const BACKOFF_FLOOR_MS: u64 = 50;

/// How long after a look whether somebody answers the next one is due, milliseconds; up to as much again by
/// chance, so that tills that lost their server together do not look together.
const PROBE_EVERY_MS: u64 = 10_000;

/// Within how long after somebody answered a try is made, milliseconds: any time of it, by chance.
const HEALED_WITHIN_MS: u64 = 5_000;

/// A `Retry-After` beyond this is cut, so that a mistaken proxy cannot silence a till for a day.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);

/// The next thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing until this moment of the monotonic clock, or until somebody asks.
    Rest {
        /// Milliseconds of the monotonic clock.
        until_ms: u64,
    },
    /// See whether somebody answers at all: a long wait is cut short by that.
    Probe,
    /// Say where the till is.
    Hello,
    /// Send what waits.
    Push(Limit),
    /// Give back leases and ask for more.
    Lease,
    /// Ask what changed.
    Pull {
        /// How long the server may wait for something to say; above 0 a nudge gives the poll up.
        wait_ms: u32,
    },
    /// Take the next part of a snapshot over.
    Snapshot,
    /// Forget how far the server holds the stream: somebody else writes it too, and the pushes that
    /// follow find out from where on.
    Doubt,
    /// Go on in a new stream.
    Part(Parting),
}

/// Why a till goes on in a new stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parting {
    /// The server holds everything of the stream, and more: this till was restored from a backup.
    Rewound,
    /// The server holds other entries after those that are confirmed: a copy of this till wrote them.
    Fork,
}

impl Parting {
    /// The word for it in the first entry of the new stream.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rewound => "rewound",
            Self::Fork => "fork",
        }
    }

    /// What a person should know of it.
    pub const fn attention(self) -> Attention {
        match self {
            Self::Rewound => Attention::Rewound,
            Self::Fork => Attention::Fork,
        }
    }
}

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The server's verdict on the stream.
    Greeted(Verdict),
    /// The server holds the batch.
    Pushed,
    /// The server does not take what was sent, and it is sent no more.
    LetGo,
    /// The server holds the batch, and its stream goes on otherwise than this till's.
    Differs,
    /// The server holds less than the till thought; the ledger has gone back to it.
    SentBack,
    /// The server's feed is another one than this till read: it was restored, and says so in a hello.
    OtherFeed,
    /// The feed does not lead on from here row by row: a snapshot does.
    Behind,
    /// A part of a snapshot was taken over.
    Took {
        /// Whether there is more after it.
        more: bool,
    },
    /// How far the server holds the stream is open again.
    Doubted,
    /// A new stream is open.
    Parted,
    /// A page was applied.
    Pulled {
        /// Whether there is more after it.
        more: bool,
        /// Whether it held nothing.
        empty: bool,
        /// When the request left, milliseconds of the monotonic clock.
        asked_ms: u64,
    },
    /// Leases are as the till needs them, or as many as the server has.
    Leased {
        /// Whether somebody at the counter still waits for one.
        is_short: bool,
    },
    /// Whether somebody answered who may be the server.
    Probed {
        /// Any answer but that of a proxy without its server.
        answers: bool,
    },
    /// A long poll was given up because there is something to send.
    Interrupted,
    /// It did not work.
    Failed(Cause),
}

/// Why a step did not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Nobody there.
    Unreachable,
    /// No answer in time; the server may have acted.
    Timeout,
    /// The batch is too large for the server or something before it.
    TooLarge,
    /// Status 5xx.
    Busy {
        /// When it asks to come back.
        retry_after: Option<Duration>,
    },
    /// Status 429: it was asked too often, which says nothing about the size of a batch.
    SlowDown {
        /// When it asks to come back.
        retry_after: Option<Duration>,
    },
    /// The server does not take the time of the requests, though it said which one is right.
    Clock,
    /// The server holds other entries at the positions of the batch.
    Forked,
    /// An answer without the server's signature.
    NotTheServer,
    /// A signed no, or an answer that cannot be used: a person has to act.
    Attention(Attention),
}

/// Where the conversation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    limit: Limit,
    failures: u32,
    not_before_ms: u64,
    /// When to see whether somebody answers, during a wait; none: that would say nothing.
    probe_at_ms: Option<u64>,
    talk: Talk,
    turn: Turn,
    ahead: Ahead,
    /// Whether the last push was sent back.
    sent_back: bool,
    /// Whether the last pull met another feed, so that a hello was to settle it.
    other_feed: bool,
    /// Whether the position is looked for after which another writes the stream too.
    forked: bool,
    /// What has to be done in the file before anything else is asked.
    due: Option<Step>,
    poll_at_ms: u64,
    /// When to look after leases, milliseconds of the monotonic clock; none: the server grants none.
    lease_at_ms: Option<u64>,
    trouble: Option<Trouble>,
}

/// How far the conversation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Talk {
    /// Hello was not answered yet.
    Silent,
    /// Pages go on arriving.
    Greeted,
    /// The last page was the last.
    CaughtUp,
}

/// What the server is known to have for this till.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ahead {
    /// Nothing more than what happens from now on.
    Nothing,
    /// A page after the last one.
    Page,
    /// Parts of a snapshot; pages wait for its end.
    Part,
}

impl Ahead {
    /// Without the snapshot, if there was one: what was taken over of it stands in the file, and the next
    /// page that is refused says so again.
    const fn without_parts(self) -> Self {
        match self {
            Self::Part => Self::Nothing,
            other => other,
        }
    }
}

/// Who goes next when there is work both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Push,
    Pull,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            limit: Limit::LARGEST,
            failures: 0,
            not_before_ms: 0,
            probe_at_ms: None,
            talk: Talk::Silent,
            turn: Turn::Push,
            ahead: Ahead::Nothing,
            sent_back: false,
            other_feed: false,
            forked: false,
            due: None,
            poll_at_ms: 0,
            lease_at_ms: None,
            trouble: None,
        }
    }
}

impl Plan {
    /// What to do at `now_ms` of the monotonic clock, when entries or profiles are `waiting` or not.
    pub fn next(&self, now_ms: u64, waiting: bool) -> Step {
        if now_ms < self.not_before_ms {
            let probe_at_ms = self.probe_at_ms.unwrap_or(u64::MAX);
            if probe_at_ms <= now_ms {
                return Step::Probe;
            }
            return Step::Rest {
                until_ms: self.not_before_ms.min(probe_at_ms),
            };
        }
        if let Some(due) = self.due {
            return due;
        }
        if self.talk == Talk::Silent {
            return Step::Hello;
        }
        if waiting && self.turn == Turn::Push {
            return Step::Push(self.limit);
        }
        if self.ahead == Ahead::Part {
            return Step::Snapshot;
        }
        if waiting || self.ahead == Ahead::Page {
            return Step::Pull { wait_ms: 0 };
        }
        let lease_in_ms = self.lease_at_ms.map(|at_ms| at_ms.saturating_sub(now_ms));
        if self.talk == Talk::CaughtUp && lease_in_ms == Some(0) {
            return Step::Lease;
        }
        if now_ms < self.poll_at_ms {
            return Step::Rest {
                until_ms: self.poll_at_ms,
            };
        }
        // The first poll of a conversation answers at once, so that "up to date" is known.
        let wait_ms = if self.talk == Talk::CaughtUp {
            let lease_in_ms = lease_in_ms.unwrap_or(LONG_POLL_MS.into());
            u32::try_from(lease_in_ms).map_or(LONG_POLL_MS, |until| until.min(LONG_POLL_MS))
        } else {
            0
        };
        Step::Pull { wait_ms }
    }

    /// The plan after `step` came to `outcome` at `now_ms`. `jitter` is any random number.
    #[must_use]
    pub fn after(mut self, now_ms: u64, step: Step, outcome: Outcome, jitter: u64) -> Self {
        match outcome {
            Outcome::Probed { answers } => return self.probed(now_ms, answers, jitter),
            Outcome::Failed(cause) => return self.failed(now_ms, step, cause, jitter),
            Outcome::Greeted(verdict) => {
                self.talk = Talk::Greeted;
                match verdict {
                    Verdict::Ok => {}
                    Verdict::Rewound => self.due = Some(Step::Part(Parting::Rewound)),
                    Verdict::Fork => self.look_for_the_fork(),
                    Verdict::Upgrade => {
                        let trouble = Trouble::Attention(Attention::Upgrade);
                        return self.wait(now_ms, trouble, jitter);
                    }
                }
            }
            Outcome::Differs => {
                self.sent_back = false;
                self.talk = Talk::Silent;
            }
            Outcome::LetGo => self.turn = Turn::Pull,
            // The server does not believe that it was restored.
            Outcome::OtherFeed if self.other_feed => {
                return self.wait(now_ms, Trouble::Offline(Offline::Busy), jitter);
            }
            Outcome::OtherFeed => {
                self.other_feed = true;
                self.talk = Talk::Silent;
                self.ahead = self.ahead.without_parts();
            }
            Outcome::Behind => {
                self.talk = Talk::Greeted;
                self.ahead = Ahead::Part;
                self.other_feed = false;
                self.turn = Turn::Push;
            }
            Outcome::Took { more } => {
                self.ahead = if more { Ahead::Part } else { Ahead::Page };
                self.turn = Turn::Push;
            }
            Outcome::Doubted => self.due = None,
            Outcome::Parted => {
                self.due = None;
                self.forked = false;
                self.sent_back = false;
                self.talk = Talk::Silent;
                self.turn = Turn::Push;
            }
            Outcome::SentBack if self.sent_back => {
                self.turn = Turn::Pull;
                return self.wait(now_ms, Trouble::Attention(Attention::SentBack), jitter);
            }
            Outcome::SentBack => {
                self.sent_back = true;
                // A server that was restored says so in the hello.
                self.talk = Talk::Silent;
            }
            Outcome::Pushed => {
                self.limit = self.limit.doubled();
                self.sent_back = false;
                self.turn = Turn::Pull;
                self.poll_at_ms = now_ms;
            }
            Outcome::Pulled {
                more,
                empty,
                asked_ms,
            } => {
                self.turn = Turn::Push;
                self.ahead = if more { Ahead::Page } else { Ahead::Nothing };
                self.other_feed = false;
                self.talk = if more { Talk::Greeted } else { Talk::CaughtUp };
                // A page that answered a question with wait 0 says nothing about the server's patience.
                let waited = matches!(step, Step::Pull { wait_ms } if wait_ms > 0);
                let pause = if empty && waited { POLL_PAUSE_MS } else { 0 };
                self.poll_at_ms = asked_ms.saturating_add(pause);
            }
            Outcome::Leased { is_short } => {
                let pause = if is_short {
                    LEASE_SHORT_MS
                } else {
                    LEASE_EVERY_MS
                };
                self.lease_at_ms = Some(now_ms.saturating_add(pause));
            }
            Outcome::Interrupted => {
                self.turn = Turn::Push;
                self.lease_at_ms = self.lease_at_ms.map(|at_ms| at_ms.min(now_ms));
            }
        }
        self.failures = 0;
        self.trouble = None;
        self
    }

    /// Whether the server grants leases, as its hello says: then they are looked after when the last page
    /// was applied, when the till has something to send, and once a minute.
    #[must_use]
    pub fn granting(mut self, grants: bool) -> Self {
        self.lease_at_ms = grants.then_some(0);
        self
    }

    /// Looks after leases as soon as there is nothing else, where the server grants any.
    #[must_use]
    pub fn look_after_leases(mut self) -> Self {
        self.lease_at_ms = self.lease_at_ms.map(|_| 0);
        self
    }

    /// There is something to send: a wait goes on, but whether it still must is looked at now.
    #[must_use]
    pub fn nudged(mut self, now_ms: u64) -> Self {
        self.probe_at_ms = self.probe_at_ms.map(|at_ms| at_ms.min(now_ms));
        self
    }

    /// Forgets the backoff: somebody asked for a try at once.
    #[must_use]
    pub fn retried(mut self) -> Self {
        self.not_before_ms = 0;
        self.poll_at_ms = 0;
        if self.talk == Talk::CaughtUp {
            self.talk = Talk::Greeted;
        }
        self
    }

    /// What the strip shows.
    pub fn phase(&self, waiting: bool) -> Phase {
        match self.trouble {
            Some(Trouble::Attention(_)) => Phase::NeedsAttention,
            Some(Trouble::Offline(_)) => Phase::Offline,
            None if waiting || self.talk != Talk::CaughtUp => Phase::Sending,
            None => Phase::UpToDate,
        }
    }

    /// What is wrong, if anything.
    pub const fn trouble(&self) -> Option<Trouble> {
        self.trouble
    }

    /// When the next try is due by itself, milliseconds of the monotonic clock.
    pub fn retry_at_ms(&self) -> Option<u64> {
        self.trouble.map(|_| self.not_before_ms)
    }

    /// The wait goes on while nobody answers. Otherwise the next try is any time within a few seconds: a
    /// server that is back is not asked by everybody at once.
    fn probed(mut self, now_ms: u64, answers: bool, jitter: u64) -> Self {
        if answers {
            let healed_ms = now_ms.saturating_add(jitter % HEALED_WITHIN_MS);
            self.not_before_ms = self.not_before_ms.min(healed_ms);
            self.probe_at_ms = None;
        } else {
            self.probe_at_ms = Some(next_probe_ms(now_ms, jitter));
        }
        self
    }

    fn failed(mut self, now_ms: u64, step: Step, cause: Cause, jitter: u64) -> Self {
        let pushing = matches!(step, Step::Push(_));
        let too_large = cause == Cause::TooLarge;
        if too_large && pushing && !self.limit.is_smallest() {
            // A clear answer: nothing to wait for.
            self.limit = self.limit.halved();
            return self;
        }
        if cause == Cause::Forked {
            return self.forked();
        }
        if pushing && matches!(cause, Cause::Timeout | Cause::Busy { .. }) {
            self.limit = self.limit.halved();
        }
        // Whatever one of them fails of, the other goes on.
        self.turn = match step {
            Step::Push(_) => Turn::Pull,
            Step::Pull { .. } | Step::Snapshot => Turn::Push,
            _ => self.turn,
        };
        let trouble = match cause {
            Cause::Unreachable => Trouble::Offline(Offline::Unreachable),
            Cause::Timeout => Trouble::Offline(Offline::Timeout),
            Cause::Busy { .. } | Cause::SlowDown { .. } => Trouble::Offline(Offline::Busy),
            Cause::Clock => Trouble::Offline(Offline::Clock),
            Cause::NotTheServer => Trouble::Offline(Offline::NotTheServer),
            Cause::TooLarge => Trouble::Attention(Attention::TooLarge),
            Cause::Forked => Trouble::Attention(Attention::Fork),
            Cause::Attention(attention) => Trouble::Attention(attention),
        };
        let mut plan = self.wait(now_ms, trouble, jitter);
        if let Cause::Busy { retry_after } | Cause::SlowDown { retry_after } = cause
            && let Some(asked) = retry_after
        {
            let asked_ms = asked.min(RETRY_AFTER_MAX).as_millis();
            let asked_ms = now_ms.saturating_add(u64::try_from(asked_ms).unwrap_or(u64::MAX));
            plan.not_before_ms = plan.not_before_ms.max(asked_ms);
        } else if !matches!(
            cause,
            Cause::SlowDown { .. } | Cause::Clock | Cause::Attention(_)
        ) {
            plan.probe_at_ms = Some(next_probe_ms(now_ms, jitter));
        }
        plan
    }

    /// A clear answer as well: smaller batches find the entry at which the streams part.
    fn forked(mut self) -> Self {
        if !self.forked {
            self.look_for_the_fork();
        } else if self.limit.is_smallest() {
            self.due = Some(Step::Part(Parting::Fork));
        } else {
            self.limit = self.limit.halved();
        }
        self
    }

    /// What was confirmed may be the other one's: the pushes begin again from the first entry.
    const fn look_for_the_fork(&mut self) {
        if !self.forked {
            self.forked = true;
            self.due = Some(Step::Doubt);
        }
    }

    /// Full jitter: any time up to a window that doubles with each failure in a row.
    fn wait(mut self, now_ms: u64, trouble: Trouble, jitter: u64) -> Self {
        let (first_ms, longest_ms) = BACKOFF_MS;
        let window_ms = first_ms
            .saturating_mul(1 << self.failures.min(16))
            .min(longest_ms);
        let delay_ms = (jitter % window_ms).max(BACKOFF_FLOOR_MS);
        self.failures = self.failures.saturating_add(1);
        self.probe_at_ms = None;
        self.not_before_ms = now_ms.saturating_add(delay_ms);
        self.talk = Talk::Silent;
        self.sent_back = false;
        self.ahead = self.ahead.without_parts();
        self.trouble = Some(trouble);
        self
    }
}

/// When to look next, milliseconds of the monotonic clock.
fn next_probe_ms(now_ms: u64, jitter: u64) -> u64 {
    let pause_ms = PROBE_EVERY_MS + (jitter >> 32) % PROBE_EVERY_MS;
    now_ms.saturating_add(pause_ms)
}

#[cfg(test)]
mod tests;
