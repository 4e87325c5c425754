//! How sync stands, for the strip.

/// Best first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Everything is on the server and back.
    UpToDate,
    /// Work is under way.
    #[default]
    Sending,
    /// No connection; sales are kept.
    Offline,
    /// A person has to do something.
    NeedsAttention,
}

/// What is in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It passes by itself.
    Offline(Offline),
    /// It does not.
    Attention(Attention),
}

impl Trouble {
    /// The key of its sentence in the message catalogue.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Offline(offline) => offline.key(),
            Self::Attention(attention) => attention.key(),
        }
    }
}

/// Why there is no conversation now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offline {
    /// Nobody there.
    Unreachable,
    /// Somebody there, too slow.
    Timeout,
    /// The server, or something before it, cannot answer now.
    Busy,
    /// Somebody else answers: a captive portal, a proxy.
    NotTheServer,
    /// The server finds the time of the requests wrong, also after saying which one is right.
    Clock,
}

impl Offline {
    /// Every reason, for the test that each has its sentence.
    pub const ALL: [Self; 5] = [
        Self::Unreachable,
        Self::Timeout,
        Self::Busy,
        Self::NotTheServer,
        Self::Clock,
    ];

    /// The key of its sentence in the message catalogue.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Unreachable => "sync.offline.unreachable",
            Self::Timeout => "sync.offline.timeout",
            Self::Busy => "sync.offline.busy",
            Self::NotTheServer => "sync.offline.not_the_server",
            Self::Clock => "sync.offline.clock",
        }
    }
}

/// What needs a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attention {
    /// The server holds more of this stream than the till: the till was restored from a backup.
    Rewound,
    /// Two tills write one stream: the disk was copied.
    Fork,
    /// The till must be updated first.
    Upgrade,
    /// The server must be updated first: it speaks an older protocol than this till still does.
    ServerOutdated,
    /// The server does not know the terminal any more.
    TerminalUnknown,
    /// The server does not accept the terminal's signature.
    SignatureInvalid,
    /// The stream belongs to another terminal.
    StreamForeign,
    /// The chain of entries does not fit.
    ChainBroken,
    /// A single entry is larger than the server takes.
    TooLarge,
    /// What changed at once at the server is more than one page can hold.
    PageTooLarge,
    /// The server asks again and again for entries that it was sent.
    SentBack,
    /// The server said something that this version cannot read.
    Unreadable,
    /// The server refused for another reason.
    Refused,
    /// The till's own file cannot be read or written.
    Ledger,
}

impl Attention {
    /// Every reason, for the test that each has its sentence.
    pub const ALL: [Self; 14] = [
        Self::Rewound,
        Self::Fork,
        Self::Upgrade,
        Self::ServerOutdated,
        Self::TerminalUnknown,
        Self::SignatureInvalid,
        Self::StreamForeign,
        Self::ChainBroken,
        Self::TooLarge,
        Self::PageTooLarge,
        Self::SentBack,
        Self::Unreadable,
        Self::Refused,
        Self::Ledger,
    ];

    /// The key of its sentence in the message catalogue.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Rewound => "sync.attention.rewound",
            Self::Fork => "sync.attention.fork",
            Self::Upgrade => "sync.attention.upgrade",
            Self::ServerOutdated => "sync.attention.server_outdated",
            Self::TerminalUnknown => "sync.attention.terminal_unknown",
            Self::SignatureInvalid => "sync.attention.signature_invalid",
            Self::StreamForeign => "sync.attention.stream_foreign",
            Self::ChainBroken => "sync.attention.chain_broken",
            Self::TooLarge => "sync.attention.too_large",
            Self::PageTooLarge => "sync.attention.page_too_large",
            Self::SentBack => "sync.attention.sent_back",
            Self::Unreadable => "sync.attention.unreadable",
            Self::Refused => "sync.attention.refused",
            Self::Ledger => "sync.attention.ledger",
        }
    }

    /// What a signed refusal of the server asks for.
    pub fn of_refusal(code: &str) -> Self {
        match code {
            "fork" => Self::Fork,
            "terminal_unknown" => Self::TerminalUnknown,
            "signature_invalid" => Self::SignatureInvalid,
            "stream_foreign" => Self::StreamForeign,
            "chain_broken" => Self::ChainBroken,
            "too_large" => Self::TooLarge,
            "page_too_large" => Self::PageTooLarge,
            _ => Self::Refused,
        }
    }
}

/// How far a till is that begins with a snapshot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bringing {
    /// Customers that are here, and how many there are. They come before their accounts.
    pub customers: (u64, u64),
    /// The same of accounts.
    pub accounts: (u64, u64),
}

/// How sync stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// The worst that holds.
    pub phase: Phase,
    /// Entries and profiles that the server has not acknowledged.
    pub waiting: u64,
    /// What is in the way.
    pub trouble: Option<Trouble>,
    /// When the next try is due by itself, milliseconds of the monotonic clock.
    pub retry_at_ms: Option<u64>,
    /// When the server last spoke, milliseconds since the epoch.
    pub last_contact_ms: Option<i64>,
    /// Server time less this till's clock at that contact, milliseconds; 0 when they agree.
    pub clock_offset_ms: i64,
    /// Counts pages that changed something: what was read before may be stale.
    pub changes: u64,
    /// Whether the server grants leases, as its last hello said.
    pub server_grants_leases: bool,
    /// How many rounds of looking after leases began.
    pub lease_rounds_begun: u64,
    /// The latest round that came to its end: the server answered, or there was nothing to ask.
    pub lease_round_done: u64,
    /// Whether somebody at the counter waits for what other tills hold.
    pub lease_is_short: bool,
    /// Why this till went on in a new stream since it started, if it did.
    pub parted: Option<Attention>,
    /// How far a beginning with a snapshot is, while there is one.
    pub bringing: Option<Bringing>,
    /// Whether the task runs.
    pub running: bool,
}
