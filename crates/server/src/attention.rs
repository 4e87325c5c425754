//! How each terminal stands, and what a person should do about it.

use std::collections::BTreeMap;

use mostrador_protocol::message::Verdict;
use serde::Serialize;
use uuid::Uuid;

use crate::Error;
use crate::ingest::HeldEntry;
use crate::lease::Lease;
use crate::store::Store;
use crate::terminal::{StreamHead, Terminal};

/// A clock that differs more than this needs attention, as on the till's own screen, milliseconds.
const SKEW_SHOWN_MS: u64 = 120_000;

const HOUR_MS: i64 = 3_600_000;

const DAY_MS: i64 = 24 * HOUR_MS;

/// A terminal that was not heard for so long needs attention, milliseconds: a long weekend.
const SILENT_MS: i64 = 4 * DAY_MS;

/// For so long a terminal that went on in a new stream needs attention, milliseconds. It goes on by itself
/// within a second, but somebody restored or copied a disk.
const NEW_STREAM_MS: i64 = 7 * DAY_MS;

/// How a terminal stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Its id.
    pub terminal: Uuid,
    /// What the owner calls it.
    pub name: String,
    /// Its store's slug.
    pub store: String,
    /// Whether it may speak.
    pub active: bool,
    /// Milliseconds since the epoch of its last hello or push.
    pub last_seen_ms: Option<i64>,
    /// What it said of itself in its last hello; none before the first.
    pub said: Option<Said>,
    /// Its entries that the server holds.
    pub entries: u64,
    /// Of them, those that have no effects yet.
    pub held: u64,
    /// How often it went on in a new stream: its disk was restored or copied.
    pub new_streams: u64,
    /// Rights that it holds.
    pub leases: Rights,
    /// What a person should look at, the worst first.
    pub attention: Vec<Attention>,
}

/// What a terminal says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// When, milliseconds since the epoch.
    pub at_ms: i64,
    /// The version of its program.
    pub version: String,
    /// The protocol that it speaks.
    pub protocol: u16,
    /// The last entry of its stream.
    pub head_seq: u64,
    /// Entries and profiles that waited; none from a till that does not say.
    pub waiting: Option<u64>,
    /// Server time less its wall clock, milliseconds.
    pub skew_ms: i64,
}

/// Rights that a terminal holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Rights {
    /// Leases that are open.
    pub open: u64,
    /// What may still be spent of them.
    pub left: i64,
    /// Leases of before its last new stream: the terminal ended them, and the server cannot know how much of
    /// them was spent.
    pub lost: u64,
    /// What stays granted by those.
    pub lost_units: i64,
}

/// What a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attention {
    /// Stable.
    pub code: String,
    /// What is the matter.
    pub says: String,
    /// What to do.
    pub remedy: String,
}

/// Every terminal of a tenant, as [`Store::terminals`] orders them.
///
/// # Errors
/// What the database says, also that there is no such tenant.
pub async fn terminals(
    store: &impl Store,
    tenant: &str,
    now_ms: i64,
) -> Result<Vec<Standing>, Error> {
    let known = store.terminals(tenant).await?;
    let heads = store.streams(tenant).await?;
    let held = store.held(tenant).await?;
    let leases = store.open_leases(tenant).await?;
    let awaited = store.awaited(tenant).await?;
    let standing = |terminal: &Terminal| {
        let id = terminal.id;
        let seen = Seen {
            now_ms,
            streams: heads.iter().filter(|head| head.terminal == id).collect(),
            held: held.iter().filter(|entry| entry.terminal == id).collect(),
            leases: leases.iter().filter(|lease| lease.terminal == id).collect(),
            is_awaited: awaited.contains(&id),
        };
        seen.standing(terminal)
    };
    Ok(known.iter().map(standing).collect())
}

/// How many terminals went on in a new stream lately.
pub(crate) fn lately_parted(streams: &[StreamHead], now_ms: i64) -> u64 {
    let mut of_each: BTreeMap<Uuid, Vec<&StreamHead>> = BTreeMap::new();
    for head in streams {
        of_each.entry(head.terminal).or_default().push(head);
    }
    let parted = of_each.values().filter_map(|own| parted_ms(own));
    count(parted.filter(|at_ms| is_lately(*at_ms, now_ms)).count())
}

/// When a terminal with these streams last went on in a new one; none while it writes its first.
fn parted_ms(streams: &[&StreamHead]) -> Option<i64> {
    let newest = streams.iter().map(|head| head.opened_ms).max();
    newest.filter(|_| streams.len() > 1)
}

const fn is_lately(at_ms: i64, now_ms: i64) -> bool {
    now_ms.saturating_sub(at_ms) < NEW_STREAM_MS
}

/// What the server has of one terminal.
struct Seen<'a> {
    now_ms: i64,
    streams: Vec<&'a StreamHead>,
    held: Vec<&'a HeldEntry>,
    leases: Vec<&'a Lease>,
    is_awaited: bool,
}

impl Seen<'_> {
    fn standing(&self, terminal: &Terminal) -> Standing {
        let told = terminal.told.as_ref();
        let leases = self.rights();
        Standing {
            terminal: terminal.id,
            name: terminal.name.clone(),
            store: terminal.shop.id.clone(),
            active: terminal.active,
            last_seen_ms: terminal.last_seen_ms,
            said: told.map(|told| Said {
                at_ms: told.at_ms,
                version: told.app_version.clone(),
                protocol: told.protocol,
                head_seq: told.head_seq,
                waiting: told.waiting,
                skew_ms: told.skew_ms,
            }),
            entries: self.streams.iter().map(|head| head.seq).sum(),
            held: count(self.held.len()),
            new_streams: count(self.streams.len().saturating_sub(1)),
            leases,
            attention: self.attention(terminal, leases),
        }
    }

    fn rights(&self) -> Rights {
        let parted_ms = parted_ms(&self.streams);
        let is_lost = |lease: &&&Lease| parted_ms.is_some_and(|at_ms| lease.granted_ms < at_ms);
        let lost = self.leases.iter().filter(is_lost);
        let units = |lease: &&Lease| lease.left();
        Rights {
            open: count(self.leases.len()),
            left: self.leases.iter().map(units).sum(),
            lost: count(lost.clone().count()),
            lost_units: lost.map(units).sum(),
        }
    }

    fn attention(&self, terminal: &Terminal, rights: Rights) -> Vec<Attention> {
        let mut found = Vec::new();
        let mut look_at = |code: &str, says: String, remedy: String| {
            let code = code.to_owned();
            found.push(Attention { code, says, remedy });
        };
        let tenant = &terminal.tenant.id;
        match terminal.verdict {
            None | Some(Verdict::Ok) => {}
            Some(Verdict::Rewound) => look_at(
                "rewound",
                "rewound: the server holds more of its sales than it has itself; its disk was restored"
                    .to_owned(),
                "it goes on in a new stream by itself; ask who restored the disk".to_owned(),
            ),
            Some(Verdict::Fork) => look_at(
                "fork",
                "fork: two machines write as this terminal; its disk was copied or restored".to_owned(),
                "switch the copy off; the other goes on in a new stream by itself".to_owned(),
            ),
            Some(Verdict::Upgrade) => look_at(
                "upgrade",
                "upgrade: its program is too old for this server".to_owned(),
                "update the program on the till; it sells meanwhile".to_owned(),
            ),
        }
        let parted_ms = parted_ms(&self.streams);
        if let Some(at_ms) = parted_ms.filter(|at_ms| is_lately(*at_ms, self.now_ms)) {
            let ago = ago(self.now_ms.saturating_sub(at_ms));
            look_at(
                "new_stream",
                format!("new_stream: it went on in a new stream {ago}; its disk was restored or copied"),
                "ask who did; a second machine that sells with a copy is enrolled with a code of its own"
                    .to_owned(),
            );
        }
        if rights.lost > 0 {
            let (lost, units) = (rights.lost, rights.lost_units);
            look_at(
                "lost_leases",
                format!(
                    "lost_leases: {lost} leases of before its last new stream keep {units} units granted"
                ),
                format!(
                    "see `mostrador-server leases list --tenant {tenant}`, then `leases write-off` each"
                ),
            );
        }
        if self.is_awaited {
            look_at(
                "awaited",
                "awaited: it has not spoken since this server was restored; what is scarce waits for it"
                    .to_owned(),
                format!("switch it on, or give it up: `mostrador-server terminal write-off {}`", terminal.id),
            );
        }
        let told = terminal.told.as_ref();
        if let Some(told) = told.filter(|told| told.skew_ms.unsigned_abs() >= SKEW_SHOWN_MS) {
            look_at(
                "clock_skew",
                format!("clock_skew: its clock is {}", skew(told.skew_ms)),
                "set the clock of that machine; sales count at the server's time meanwhile"
                    .to_owned(),
            );
        }
        let silent_ms = terminal
            .last_seen_ms
            .map(|seen_ms| self.now_ms.saturating_sub(seen_ms));
        if let Some(silent_ms) = silent_ms.filter(|ms| terminal.active && *ms >= SILENT_MS) {
            let waiting = told.and_then(|told| told.waiting).unwrap_or(0);
            look_at(
                "silent",
                format!(
                    "silent: not heard for {} days; {waiting} waited when it last spoke",
                    silent_ms / DAY_MS
                ),
                "switch it on where there is a network; switch it off here when it is out of use"
                    .to_owned(),
            );
        }
        for (code, count) in self.reasons() {
            look_at(
                code,
                format!(
                    "{count} held ({code}); see `mostrador-server held list --tenant {tenant}`"
                ),
                "a manager or an update of the server releases them; sales go on".to_owned(),
            );
        }
        found
    }

    /// Held entries by the code of their reason.
    fn reasons(&self) -> BTreeMap<&str, u64> {
        let mut reasons = BTreeMap::new();
        for entry in &self.held {
            let reason = entry.reason.as_str();
            let code = reason.split_once(':').map_or(reason, |(code, _)| code);
            *reasons.entry(code).or_default() += 1;
        }
        reasons
    }
}

fn count(of: usize) -> u64 {
    u64::try_from(of).unwrap_or(u64::MAX)
}

/// How long ago something was, as a person says it.
fn ago(ms: i64) -> String {
    match ms.max(0) {
        ms if ms < HOUR_MS => "less than an hour ago".to_owned(),
        ms if ms < 2 * DAY_MS => format!("{} h ago", ms / HOUR_MS),
        ms => format!("{} days ago", ms / DAY_MS),
    }
}

/// Server time less the terminal's, as a person says it.
pub fn skew(skew_ms: i64) -> String {
    let seconds = skew_ms.unsigned_abs() / 1000;
    match skew_ms {
        _ if seconds < 5 => "right".to_owned(),
        0.. => format!("{seconds} s behind the server's"),
        _ => format!("{seconds} s ahead of the server's"),
    }
}
