//! Sync as the strip shows it, and the cashier's way to ask for a try.

use std::sync::Arc;

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_ledger::identity::Identity;
use mostrador_protocol::message::Disposition;
use mostrador_protocol::signature::{PublicKey, SecretKey};
use mostrador_sync::conversation::{Conversation, Failure};
use mostrador_sync::learned::Learned;
use mostrador_sync::transport::{Http, Transport};
use mostrador_sync::{BOUND_SETTING, Bringing, Keeper, Phase, State, SyncOptions, Syncer, Trouble};
use tokio::sync::watch;

use crate::message::say;
use crate::till::{Till, unpoisoned};
use crate::view::{Language, SyncState, SyncView};
use crate::{Error, left_here, words};

/// Beyond this difference of clocks the screen warns, milliseconds.
const SKEW_SHOWN_MS: u64 = 120_000;

/// The most entries that are looked through for those that were held.
const MAX_LOOKED: u32 = 200;

impl Till {
    /// Starts to talk with the server, in the background of the current async runtime. Does nothing
    /// when it runs already, or when the till is not enrolled.
    pub fn start_sync(&self) -> Result<(), Error> {
        let Some(identity) = self.identity() else {
            return Ok(());
        };
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(Error::NoRuntime);
        }
        let mut sync = unpoisoned(&self.shared.sync);
        if sync.is_some() {
            return Ok(());
        }
        let conversation = self.conversation(&identity)?;
        *sync = Some(Syncer::start(SyncOptions {
            ledger: Arc::clone(&self.shared.ledger),
            conversation,
            random: Arc::clone(&self.shared.random),
            state: Arc::clone(&self.shared.state),
            boot_id: self.shared.boot_id,
            keeper: Some(self.keeper()),
        }));
        Ok(())
    }

    /// What looks after this till's leases. It does not keep the till open.
    fn keeper(&self) -> Keeper {
        let shared = Arc::downgrade(&self.shared);
        Keeper::new(move || {
            let Some(shared) = shared.upgrade() else {
                return Ok(Vec::new());
            };
            Till { shared }.keep_rights().or_else(|error| match error {
                Error::Ledger(error) => Err(error),
                error => {
                    tracing::error!(%error, "leases cannot be looked after");
                    Ok(Vec::new())
                }
            })
        })
    }

    /// The talk with this till's server.
    pub(crate) fn conversation(&self, identity: &Identity) -> Result<Conversation, Error> {
        let server = PublicKey::from_bytes(&identity.server_public_key)
            .map_err(|_| Error::Enrol(Failure::NotTheServer { status: 0 }))?;
        let known = |connection: &_| ledger::setting::get(connection, BOUND_SETTING);
        let binds_replies = self.shared.ledger.read(known)?.is_some();
        Ok(Conversation {
            transport: self.transport_to(&identity.server_url)?,
            clock: Arc::clone(&self.shared.clock),
            terminal_id: identity.terminal_id,
            key: SecretKey::from_bytes(&identity.secret_key),
            server,
            learned: Learned::remembering(binds_replies),
        })
    }

    /// Ends the talk with the server. What waits goes on waiting in the file.
    pub async fn stop_sync(&self) {
        let handle = unpoisoned(&self.shared.sync).take();
        if let Some(handle) = handle {
            handle.stop().await;
        }
    }

    /// Changes whenever the strip, or rows from the server, may have changed.
    pub fn sync_changes(&self) -> watch::Receiver<State> {
        self.shared.state.subscribe()
    }

    /// Tries at once, whatever the backoff says.
    pub fn sync_now(&self) -> Result<SyncView, Error> {
        if let Some(sync) = &*unpoisoned(&self.shared.sync) {
            sync.retry_now();
        }
        self.sync_view()
    }

    /// How sync stands, in words.
    pub fn sync_view(&self) -> Result<SyncView, Error> {
        let language = self.language();
        let state = self.shared.state.borrow().clone();
        let (waiting, held, last_contact_ms, passed_over, lost) = self.read(|connection| {
            let held = ledger::outbox::attention(connection, MAX_LOOKED)?;
            let held = held
                .iter()
                .filter(|entry| entry.disposition == Disposition::Held);
            let contact = self.last_contact_ms(connection)?;
            let passed_over = self.shared.shelf.passed_over(connection)?;
            let waiting = ledger::outbox::waiting(connection)?;
            let lost = ledger::program::refused(connection)?;
            Ok((waiting, held.count(), contact, passed_over, lost))
        })?;
        let mut attention = asks_for_a_person(language, &state, (held, passed_over, &lost));
        let mut needs_person = u64::try_from(attention.len()).unwrap_or(u64::MAX);
        if let Some(trouble) = state.trouble {
            needs_person += u64::from(matches!(trouble, Trouble::Attention(_)));
            attention.insert(0, say(language, trouble.key(), &[]));
        }
        let shown = shown(&state, waiting, needs_person);
        let (waiting_text, count_text) = (waiting.to_string(), needs_person.to_string());
        let parameters = [
            ("waiting", waiting_text.as_str()),
            ("count", count_text.as_str()),
        ];
        let key = match shown {
            _ if self.identity().is_none() => "sync.stopped",
            SyncState::UpToDate => "sync.up_to_date",
            SyncState::Sending if waiting == 0 => "sync.receiving",
            SyncState::Sending => "sync.sending",
            SyncState::Offline => "sync.offline",
            SyncState::NeedsAttention => "sync.needs_attention",
        };
        let mut sentence = match state.bringing.filter(|_| shown == SyncState::Sending) {
            Some(bringing) => brought(language, bringing),
            None => say(language, key, &parameters),
        };
        if shown == SyncState::Offline {
            sentence.extend(self.left_offline()?.map(|left| format!(". {left}")));
        }
        let now_ms = self.shared.clock.now_ms();
        let retry_at_ms = state.retry_at_ms.filter(|_| state.running);
        Ok(SyncView {
            state: shown,
            waiting,
            sentence,
            retry_in_s: retry_at_ms.map(|at_ms| {
                let monotonic_ms = self.shared.clock.monotonic_ms();
                at_ms.saturating_sub(monotonic_ms).div_ceil(1_000)
            }),
            attention,
            enrol_at: self.is_unknown().then(|| self.server_url()).flatten(),
            last_contact_s: last_contact_ms
                .map(|at_ms| u64::try_from(now_ms.saturating_sub(at_ms) / 1_000).unwrap_or(0)),
        })
    }

    /// When the server last spoke, milliseconds since the epoch by this till's clock: since the program
    /// started, or else as the file says.
    pub(crate) fn last_contact_ms(
        &self,
        connection: &Connection,
    ) -> Result<Option<i64>, ledger::Error> {
        let heard_ms = self.shared.state.borrow().last_contact_ms;
        if heard_ms.is_some() {
            return Ok(heard_ms);
        }
        let noted = ledger::setting::get(connection, mostrador_sync::LAST_CONTACT_SETTING)?;
        Ok(noted.and_then(|text| text.parse().ok()))
    }

    /// What this till can give away of shared limits while it sees nobody.
    fn left_offline(&self) -> Result<Option<String>, Error> {
        let language = self.language();
        let left = self.read_with_rules(|connection, rules| {
            let held = ledger::lease::held(connection)?;
            Ok(left_here::of_all(language, rules.money, &held))
        });
        match left {
            // Before the first rules came there is nothing to give away.
            Err(Error::NoProgram) => Ok(None),
            left => left,
        }
    }

    fn server_url(&self) -> Option<String> {
        Some(self.identity()?.server_url.clone())
    }

    /// The way to the server: the one that was passed in, or HTTP.
    pub(crate) fn transport_to(&self, url: &str) -> Result<Arc<dyn Transport>, Error> {
        if let Some(transport) = &self.shared.transport {
            return Ok(Arc::clone(transport));
        }
        let http = Http::new(url).map_err(|error| Error::Enrol(Failure::Unreachable(error)))?;
        Ok(Arc::new(http))
    }
}

/// How far a beginning with a snapshot is: customers first, then what they have.
fn brought(language: Language, bringing: Bringing) -> String {
    let (customers, all) = bringing.customers;
    let (key, (here, all)) = if customers < all {
        ("sync.bringing.customers", (customers, all))
    } else {
        ("sync.bringing.accounts", bringing.accounts)
    };
    let number = |count: u64| words::number(language, i64::try_from(count).unwrap_or(i64::MAX));
    let (here, all) = (number(here), number(all));
    say(language, key, &[("here", &here), ("all", &all)])
}

/// What needs a person beside the trouble of the last exchange, a sentence each.
fn asks_for_a_person(
    language: Language,
    state: &State,
    (held, passed_over, lost): (usize, Option<(u32, u32)>, &[u32]),
) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(parted) = state.parted {
        sentences.push(say(language, parted.key(), &[]));
    }
    if held > 0 {
        let count = held.to_string();
        sentences.push(say(language, "sync.held", &[("count", &count)]));
    }
    if let Some((version, in_force)) = passed_over {
        let (version, in_force) = (version.to_string(), in_force.to_string());
        let parameters = [("version", version.as_str()), ("in_force", &in_force)];
        sentences.push(say(language, "sync.program", &parameters));
    }
    for version in lost {
        let version = version.to_string();
        sentences.push(say(language, "sync.program_lost", &[("version", &version)]));
    }
    let skew_ms = state.clock_offset_ms.unsigned_abs();
    if skew_ms >= SKEW_SHOWN_MS {
        let minutes = (skew_ms / 60_000).to_string();
        sentences.push(say(language, "sync.clock", &[("minutes", &minutes)]));
    }
    sentences
}

/// The worst that holds. The task reports a moment after a sale, so the file's count comes first.
fn shown(state: &State, waiting: u64, needs_person: u64) -> SyncState {
    if needs_person > 0 {
        return SyncState::NeedsAttention;
    }
    match state.phase {
        _ if !state.running => SyncState::Offline,
        Phase::NeedsAttention => SyncState::NeedsAttention,
        Phase::Offline => SyncState::Offline,
        Phase::UpToDate if waiting == 0 => SyncState::UpToDate,
        Phase::UpToDate | Phase::Sending => SyncState::Sending,
    }
}
