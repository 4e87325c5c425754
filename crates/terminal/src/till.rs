//! The till: opened once, shared by every action.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_ledger::Ledger;
use mostrador_ledger::identity::Identity;
use mostrador_protocol::entry::{Payload, StreamOpened, StreamPosition};
use mostrador_sync::clock::{Clock, SystemClock};
use mostrador_sync::random::Random;
use mostrador_sync::transport::Transport;
use mostrador_sync::{CLOCK_OFFSET_SETTING, State, SyncHandle};
use tokio::sync::watch;
use uuid::Uuid;

use crate::Error;
use crate::message::say;
use crate::rules::{Rules, Shelf};
use crate::secret::{self, KeySource};
use crate::session::{Cashier, Session};
use crate::stamp::stamp;
use crate::view::{Language, Trouble};

/// The till's file in its data folder.
const LEDGER_FILE: &str = "till.sqlite";

/// The setting that keeps the language.
pub(crate) const LANGUAGE: &str = "language";

/// How a till is opened.
#[derive(Debug)]
pub struct TillOptions {
    /// Where everything of this till lies; made when it is missing.
    pub data_dir: PathBuf,
    /// Where the database key comes from.
    pub key_source: KeySource,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance, for ids and keys.
    pub random: Arc<Random>,
    /// How bytes reach the server; none: HTTP to the address given at enrolment.
    pub transport: Option<Arc<dyn Transport>>,
}

impl TillOptions {
    /// The till in `data_dir` as a shop runs it: the machine's clock, randomness and key store, HTTP.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            key_source: KeySource::Keystore,
            clock: Arc::new(SystemClock::new()),
            random: Arc::new(Random::system()),
            transport: None,
        }
    }
}

/// A till. Cheap to clone: every clone is the same till.
///
/// Every action is a plain function that answers from the till's own file, in milliseconds, whatever
/// the network does; enrolling and what is looked up at the server are async, and a scan of a code that this
/// till holds no right to waits for one a moment. What can be refused is in the answer, not an error.
#[derive(Debug, Clone)]
pub struct Till {
    pub(crate) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<Random>,
    pub(crate) transport: Option<Arc<dyn Transport>>,
    /// Names this start of the program in every entry.
    pub(crate) boot_id: Uuid,
    pub(crate) shelf: Shelf,
    pub(crate) sync: Mutex<Option<SyncHandle>>,
    pub(crate) state: Arc<watch::Sender<State>>,
    session: Mutex<Session>,
    /// Held while the open basket is written down.
    pub(crate) keeping: Mutex<()>,
    /// Customers whose right another counter asked for and got. Nobody asks for it back before a person here
    /// does something: two counters with one customer would pass it to and fro for ever.
    pub(crate) let_go: Mutex<BTreeSet<Uuid>>,
    identity: Mutex<Option<Arc<Identity>>>,
    language: Mutex<Option<Language>>,
    /// Keys of the catalogue.
    warnings: Vec<&'static str>,
}

impl Till {
    /// Opens the till of `options.data_dir`, or makes it at the first start.
    pub fn open(options: TillOptions) -> Result<Self, Error> {
        let folder = options.data_dir;
        std::fs::create_dir_all(&folder).map_err(|source| Error::Folder {
            folder: folder.clone(),
            source,
        })?;
        let file = folder.join(LEDGER_FILE);
        let secret = secret::obtain(&options.key_source, &folder, &file, &options.random)
            .map_err(Error::Key)?;
        let ledger = Ledger::open(&file, &secret.key)?;
        let identity = ledger.read(ledger::identity::load)?;
        let language = ledger.read(|connection| ledger::setting::get(connection, LANGUAGE))?;
        let mut warnings = Vec::new();
        if secret.in_file {
            warnings.push("warning.key_file");
        }
        if ledger.rewound().is_some() {
            warnings.push("warning.rewound");
        }
        let offset =
            ledger.read(|connection| ledger::setting::get(connection, CLOCK_OFFSET_SETTING))?;
        let (state, _) = watch::channel(State {
            clock_offset_ms: offset.and_then(|text| text.parse().ok()).unwrap_or(0),
            ..State::default()
        });
        let till = Self {
            shared: Arc::new(Shared {
                ledger: Arc::new(ledger),
                boot_id: options.random.name(),
                clock: options.clock,
                random: options.random,
                transport: options.transport,
                shelf: Shelf::default(),
                sync: Mutex::new(None),
                state: Arc::new(state),
                session: Mutex::default(),
                keeping: Mutex::default(),
                let_go: Mutex::default(),
                identity: Mutex::new(identity.map(Arc::new)),
                language: Mutex::new(language.as_deref().and_then(Language::from_tag)),
                warnings,
            }),
        };
        till.go_on_after_a_rewind()?;
        Ok(till)
    }

    /// The till's file, for harnesses that compare and count.
    pub fn ledger(&self) -> &Ledger {
        &self.shared.ledger
    }

    /// `error` in the session's language.
    pub fn trouble(&self, error: &Error) -> Trouble {
        error.trouble(self.language())
    }

    /// Reads an amount as typed, in minor units: above zero, in the program's currency.
    pub fn parse_amount(&self, text: &str) -> Result<i64, Error> {
        let rules = self.read(|connection| self.shared.shelf.current(connection))?;
        crate::basket::read_amount(rules.money, text)
    }

    /// The language in use: chosen, or the program's, or Spanish.
    pub fn language(&self) -> Language {
        let chosen = *unpoisoned(&self.shared.language);
        chosen.unwrap_or_else(|| {
            let rules = self.read(|connection| self.shared.shelf.current(connection));
            rules
                .ok()
                .and_then(|rules| Language::from_tag(&rules.document.language))
                .unwrap_or_default()
        })
    }

    pub(crate) fn choose_language(&self, language: Language) -> Result<(), Error> {
        self.shared
            .ledger
            .transact(|tx| ledger::setting::set(tx, LANGUAGE, language.tag()))?;
        *unpoisoned(&self.shared.language) = Some(language);
        Ok(())
    }

    pub(crate) fn warnings(&self) -> Vec<String> {
        let language = self.language();
        let warnings = self.shared.warnings.iter();
        warnings.map(|key| say(language, key, &[])).collect()
    }

    pub(crate) fn session(&self) -> MutexGuard<'_, Session> {
        unpoisoned(&self.shared.session)
    }

    /// The session of somebody who is at work. From here on the open basket has its id.
    pub(crate) fn at_work(&self) -> Result<(MutexGuard<'_, Session>, Cashier), Error> {
        let mut session = self.session();
        let cashier = session.cashier.clone().ok_or(Error::Locked)?;
        if session.open.id.is_nil() {
            session.open.id = self.shared.random.id(self.shared.clock.now_ms());
        }
        Ok((session, cashier))
    }

    /// Refuses while nobody is at work.
    pub(crate) fn require_cashier(&self) -> Result<(), Error> {
        self.at_work().map(drop)
    }

    pub(crate) fn identity(&self) -> Option<Arc<Identity>> {
        unpoisoned(&self.shared.identity).clone()
    }

    pub(crate) fn enrolled(&self) -> Result<Arc<Identity>, Error> {
        self.identity().ok_or(Error::NotEnrolled)
    }

    pub(crate) fn set_identity(&self, identity: Identity) {
        *unpoisoned(&self.shared.identity) = Some(Arc::new(identity));
    }

    pub(crate) fn read<T>(
        &self,
        look: impl FnOnce(&Connection) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.shared.ledger.read(look)
    }

    /// Looks at the file with the rules in force.
    pub(crate) fn read_with_rules<T>(
        &self,
        look: impl FnOnce(&Connection, Arc<Rules>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.read(|connection| look(connection, self.shared.shelf.current(connection)?))
    }

    /// A file older than its witness lost entries that the server may hold: their positions are
    /// never written again, so a new stream goes on and says where it comes from.
    fn go_on_after_a_rewind(&self) -> Result<(), Error> {
        let Some(identity) = self.identity() else {
            return Ok(());
        };
        self.shared.ledger.transact(|tx| {
            let head = ledger::stream::head(tx)?;
            if head.as_ref().is_some_and(|head| head.sealed.is_none()) {
                return Ok(());
            }
            let parent = head.map(|head| StreamPosition {
                stream: head.stream,
                seq: head.seq,
                hash: head.hash,
            });
            // What the lost entries spent is not known here any more.
            ledger::lease::void_all(tx)?;
            self.open_stream(tx, identity.terminal_id, "rewound", parent)
        })
    }

    /// Opens a stream with its first entry.
    pub(crate) fn open_stream(
        &self,
        tx: &Connection,
        terminal_id: Uuid,
        reason: &str,
        parent: Option<StreamPosition>,
    ) -> Result<(), Error> {
        ledger::stream::open(tx, self.shared.random.name())?;
        let payload = Payload::StreamOpened(StreamOpened {
            terminal_id,
            reason: reason.to_owned(),
            parent,
        });
        let stamp = stamp(&self.shared, tx, self.shared.clock.now_ms(), 0, 0)?;
        ledger::record::record(tx, &stamp, &payload)?;
        Ok(())
    }
}

pub(crate) fn unpoisoned<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
