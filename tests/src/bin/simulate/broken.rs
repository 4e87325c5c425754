//! Servers that break the protocol on purpose: the checks must notice each (invariant 21).
//!
//! A broken server is the real one behind somebody who spoils its disk or its answers, and who has its
//! key, so that tills believe them. One of them is no server but a till that writes too much.

use std::path::Path;

use mostrador_protocol::entry::{EntryHash, RawEntry};
use mostrador_protocol::frame;
use mostrador_protocol::message::{
    Disposition, EntryDisposition, ErrorCode, ErrorReply, PullReply, PushReply, PushRequest,
};
use mostrador_protocol::row::Row;
use mostrador_protocol::signature::{
    SIGNATURE_HEADER, SecretKey, Signed as _, SignedReply, SignedRequest, Standing,
    TERMINAL_HEADER, TIME_HEADER,
};
use mostrador_server::in_process::{Answered, Asked};

use super::chance::Chance;
use mostrador_tests::Error;

/// The most bytes of an opened body.
const MOST: usize = 64 << 20;

/// How long a lease lasts, milliseconds: a run is shorter than the days that it has in a shop.
const LEASE_MS: i64 = 60_000;

/// In how many of a hundred pages a row is not committed yet.
const LATE_PERCENT: u64 = 5;

/// What is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Broken {
    /// It answers a push first and writes it to the disk later: a power cut between takes it away.
    AcknowledgeBeforeCommit,
    /// It does not say how far a till's own entries are in what it tells.
    ForgetOwnThrough,
    /// It takes a lease for given back when some time has passed.
    ExpiryFreesALease,
    /// After a restore it counts the uses of codes from nothing.
    CounterResetsOnRestore,
    /// It gives rows out by the number that they got when their transaction began: one that commits
    /// late stands below the cursors of those who read meanwhile.
    CursorBySerialId,
    /// An upgrade takes what was held for done.
    ReleaseWithoutEffects,
    /// A start forgets on which day something follows from an account.
    ForgetWhatIsDue,
    /// It does not remember what came back of a sale.
    ForgetWhatCameBack,
    /// It takes what a till and its copy both wrote for the same, and keeps what came first.
    TakeAForkForARepeat,
    /// A till notes beside its file whose profile was changed.
    NameInALog,
}

impl Broken {
    pub(crate) const ALL: [Self; 10] = [
        Self::AcknowledgeBeforeCommit,
        Self::ForgetOwnThrough,
        Self::ExpiryFreesALease,
        Self::CounterResetsOnRestore,
        Self::CursorBySerialId,
        Self::ReleaseWithoutEffects,
        Self::ForgetWhatIsDue,
        Self::ForgetWhatCameBack,
        Self::TakeAForkForARepeat,
        Self::NameInALog,
    ];

    /// What it is called in the summary.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::AcknowledgeBeforeCommit => "acknowledge before commit",
            Self::ForgetOwnThrough => "forget own_through",
            Self::ExpiryFreesALease => "expiry frees a lease",
            Self::CounterResetsOnRestore => "counter resets on restore",
            Self::CursorBySerialId => "cursor by serial id",
            Self::ReleaseWithoutEffects => "release without effects",
            Self::ForgetWhatIsDue => "forget what is due",
            Self::ForgetWhatCameBack => "forget what came back",
            Self::TakeAForkForARepeat => "take a fork for a repeat",
            Self::NameInALog => "name in a log",
        }
    }

    /// The invariants that are there for it: by any other, something else was noticed.
    pub(crate) const fn noticed_by(self) -> &'static [u8] {
        match self {
            Self::AcknowledgeBeforeCommit => &[1, 12],
            Self::ForgetOwnThrough => &[11],
            Self::ExpiryFreesALease => &[8],
            Self::CounterResetsOnRestore => &[4],
            Self::CursorBySerialId => &[6],
            Self::ReleaseWithoutEffects => &[4, 15],
            Self::ForgetWhatIsDue => &[17],
            Self::ForgetWhatCameBack => &[16],
            Self::TakeAForkForARepeat => &[1, 13],
            Self::NameInALog => &[20],
        }
    }

    /// What a restored disk holds.
    pub(super) fn spoil_disk(self, server_file: &Path) -> Result<(), Error> {
        if self == Self::CounterResetsOnRestore {
            let reset = "update code_use set total = 0, discount = 0, day = null, on_day = 0";
            spoil_file(server_file, reset)?;
        }
        Ok(())
    }

    /// What happens to the disk of a server before it starts; `is_older` while it is of an old version.
    pub(super) fn spoil_before_start(
        self,
        server_file: &Path,
        is_older: bool,
    ) -> Result<(), Error> {
        let spoil = match self {
            Self::ReleaseWithoutEffects if !is_older => {
                "update entry set disposition = 'applied' where disposition = 'held'"
            }
            Self::ForgetWhatIsDue => "update account set due_on = null",
            _ => return Ok(()),
        };
        spoil_file(server_file, spoil)
    }

    /// What happens to the disk of a server that runs, before it is asked at `now_ms`.
    pub(super) fn spoil_before_answer(
        self,
        asked: &Asked,
        (server_file, now_ms): (&Path, i64),
    ) -> Result<(), Error> {
        if self == Self::ForgetWhatCameBack && asked.target == "/v1/push" {
            let forget = "delete from sale_entry where kind <> 'sale_completed'";
            return spoil_file(server_file, forget);
        }
        if self != Self::ExpiryFreesALease || asked.target != "/v1/leases" {
            return Ok(());
        }
        let free = format!(
            "update resource set leased = leased - (
                 select coalesce(sum(l.granted - l.used), 0) from lease l
                 where l.tenant_id = resource.tenant_id and l.kind = resource.kind
                     and l.resource_key = resource.resource_key
                     and l.state in ('open', 'recalled') and l.granted_ms < {before_ms});
             update lease set state = 'closed'
             where state in ('open', 'recalled') and granted_ms < {before_ms};",
            before_ms = now_ms - LEASE_MS
        );
        spoil_file(server_file, &free)
    }

    /// What a till with its disk in `folder` writes when the profile of somebody of this `name` is changed.
    pub(super) fn note_name(self, folder: &Path, name: &str) -> Result<(), Error> {
        if self == Self::NameInALog {
            std::fs::write(folder.join("till.log"), name)?;
        }
        Ok(())
    }

    /// Whether this request is answered before it is on the disk.
    pub(super) fn is_early(self, asked: &Asked) -> bool {
        self == Self::AcknowledgeBeforeCommit && asked.target == "/v1/push"
    }

    /// What is answered instead.
    pub(super) fn spoil(
        self,
        (asked, answer): (&Asked, Answered),
        (key, chance): (&SecretKey, &Chance),
    ) -> Answered {
        if self == Self::TakeAForkForARepeat && asked.target == "/v1/push" {
            return as_a_repeat((asked, answer), key);
        }
        let is_pull = asked.target.starts_with("/v1/pull") && answer.status == 200;
        if !is_pull || !matches!(self, Self::ForgetOwnThrough | Self::CursorBySerialId) {
            return answer;
        }
        let is_frame = answer.header("content-encoding") == Some(frame::ZSTD);
        let body = opened(&answer.body, is_frame);
        let Ok(mut page) = serde_json::from_slice::<PullReply>(&body) else {
            return answer;
        };
        match self {
            Self::ForgetOwnThrough => {
                page.own_through = 0;
                page.rows
                    .retain(|row| !matches!(row.row, Row::Stream { .. }));
            }
            _ if page.rows.len() > 1 && chance.percent(LATE_PERCENT) => {
                page.rows.remove(0);
            }
            _ => return answer,
        }
        let body = serde_json::to_vec(&page).unwrap_or_default();
        let body = if is_frame {
            frame::compress(&body)
        } else {
            body
        };
        signed((asked, answer), body, key)
    }
}

/// A fork answered as if the server held every entry that was sent; every other answer as it is.
fn as_a_repeat((asked, mut answer): (&Asked, Answered), key: &SecretKey) -> Answered {
    let is_frame = answer.header("content-encoding") == Some(frame::ZSTD);
    let refusal = serde_json::from_slice::<ErrorReply>(&opened(&answer.body, is_frame));
    if !refusal.is_ok_and(|refusal| refusal.code == ErrorCode::Fork.as_str()) {
        return answer;
    }
    let is_frame = asked_header(asked, "content-encoding") == frame::ZSTD;
    let Ok(sent) = serde_json::from_slice::<PushRequest>(&opened(&asked.body, is_frame)) else {
        return answer;
    };
    let through = sent.base_seq + sent.entries.len() as u64;
    let hash = |before: EntryHash, raw: &RawEntry| raw.hash(&before);
    let reply = PushReply {
        accepted_through: through,
        head_hash: sent.entries.iter().fold(sent.base_hash, hash),
        dispositions: (sent.base_seq + 1..=through).map(applied).collect(),
        need_from: None,
        server_time_ms: asked_header(asked, TIME_HEADER).parse().unwrap_or(0),
    };
    answer.status = 200;
    answer
        .headers
        .retain(|(name, _)| name != "content-encoding");
    let body = serde_json::to_vec(&reply).unwrap_or_default();
    signed((asked, answer), body, key)
}

const fn applied(seq: u64) -> EntryDisposition {
    EntryDisposition {
        seq,
        disposition: Disposition::Applied,
        reason: None,
    }
}

/// A body as it was before it was packed.
fn opened(body: &[u8], is_frame: bool) -> Vec<u8> {
    if is_frame {
        frame::expand(body, MOST).unwrap_or_default()
    } else {
        body.to_vec()
    }
}

fn asked_header<'a>(asked: &'a Asked, name: &str) -> &'a str {
    let found = asked.headers.iter().find(|(key, _)| key == name);
    found.map_or("", |(_, value)| value.as_str())
}

/// The answer with another body, signed again.
fn signed((asked, mut answer): (&Asked, Answered), body: Vec<u8>, key: &SecretKey) -> Answered {
    let header = |name: &str| asked_header(asked, name);
    let request = SignedRequest {
        method: &asked.method,
        target: &asked.target,
        terminal: header(TERMINAL_HEADER).parse().unwrap_or_default(),
        time_ms: header(TIME_HEADER).parse().unwrap_or_default(),
        body: &asked.body,
    };
    let reply = SignedReply {
        request: &request.digest(header(SIGNATURE_HEADER)),
        standing: Standing::Verified,
        status: answer.status,
        body: &body,
    };
    let signature = reply.sign(key);
    for (name, value) in &mut answer.headers {
        if name == SIGNATURE_HEADER {
            value.clone_from(&signature);
        }
    }
    answer.body = body;
    answer
}

fn spoil_file(server_file: &Path, sql: &str) -> Result<(), Error> {
    rusqlite::Connection::open(server_file)
        .and_then(|file| file.execute_batch(sql))
        .map_err(mostrador_ledger::Error::from)?;
    Ok(())
}
