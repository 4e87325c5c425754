//! What can go wrong on the server: a sentence, and what to do about it.

use std::path::PathBuf;

use mostrador_protocol::program::Fault;
use thiserror::Error;

/// Anything that keeps the server or one of its commands from doing its work.
#[derive(Debug, Error)]
pub enum Error {
    /// A statement failed.
    #[error("{attempt} in the server's database")]
    Database {
        /// What was attempted.
        attempt: &'static str,
        /// What the database says.
        source: crate::store::sql::Fault,
    },
    /// A URL of a database that cannot be read.
    #[error("the URL of the database cannot be used: {found}")]
    DatabaseUrl {
        /// What is wrong with it; never its password.
        found: String,
    },
    /// A database server does not answer or refuses.
    #[error("connecting to the database {to}")]
    Connect {
        /// Which database, where.
        to: String,
        /// What it says.
        source: tokio_postgres::Error,
    },
    /// The database server is older than what the statements need.
    #[error("the database {of} is PostgreSQL {found}")]
    DatabaseTooOld {
        /// Which database, where.
        of: String,
        /// Its version.
        found: String,
        /// The oldest that will do.
        oldest: u32,
    },
    /// There is no database where one was expected.
    #[error("there is no server data at {}", .0.display())]
    NoDatabase(PathBuf),
    /// The file is no database, or damaged.
    #[error("{} is not an intact database: {found}", path.display())]
    Corrupt {
        /// Which file.
        path: PathBuf,
        /// What the check found.
        found: String,
    },
    /// The tables could not be brought to this version.
    #[error("preparing the tables of {of}")]
    Migration {
        /// Which file or database.
        of: String,
        /// What the migration says.
        source: Box<refinery::Error>,
    },
    /// A stored value is not what this version writes.
    #[error("reading {what} from the server's database: {found}")]
    Stored {
        /// What was read.
        what: &'static str,
        /// What is wrong with it.
        found: String,
    },
    /// A file or folder cannot be used.
    #[error("{attempt} {}", path.display())]
    File {
        /// What was attempted, as a verb: `reading`, `writing`.
        attempt: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The address is taken or not ours.
    #[error("listening on {address}")]
    Listen {
        /// Which address.
        address: std::net::SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// Another server serves the same data.
    #[error("another server uses the data at {}", .0.display())]
    AlreadyServed(PathBuf),
    /// The machine gave no random bytes.
    #[error("drawing random bytes")]
    Random(#[source] getrandom::Error),
    /// A thread of the database ended in the middle of its work.
    #[error("waiting for the database's thread")]
    Thread(#[source] tokio::task::JoinError),
    /// No such tenant.
    #[error("there is no tenant {0:?}")]
    UnknownTenant(String),
    /// No such store.
    #[error("tenant {tenant:?} has no store {store:?}")]
    UnknownStore {
        /// The tenant.
        tenant: String,
        /// The store that was named.
        store: String,
    },
    /// No such terminal.
    #[error("there is no terminal {0}")]
    UnknownTerminal(uuid::Uuid),
    /// A slug with other signs than `a-z`, `0-9`, `-`.
    #[error("{0:?} cannot be a short name")]
    Slug(String),
    /// It exists already.
    #[error("{what} {id:?} exists already")]
    Exists {
        /// `tenant` or `store`.
        what: &'static str,
        /// Its slug.
        id: String,
    },
    /// The program has faults.
    #[error("the program has {} faults", .0.len())]
    ProgramFaults(Vec<Fault>),
    /// The version does not ascend.
    #[error("{}", descends(*offered, *published))]
    ProgramVersion {
        /// What was offered.
        offered: u32,
        /// What is in force.
        published: u32,
    },
    /// No page of the feed could hold the program.
    #[error("the program has {bytes} bytes, and tills read at most {most}")]
    ProgramTooLarge {
        /// How many it has as JSON.
        bytes: u64,
        /// How many it may have.
        most: u64,
    },
    /// Nothing was published for the tenant yet.
    #[error("tenant {0:?} has no program yet")]
    NoProgram(String),
    /// The program has no such code.
    #[error("the program in force has no code {code:?}")]
    UnknownCode {
        /// The code that was named.
        code: String,
        /// The code that was probably meant.
        near: Option<String>,
    },
    /// The code has no variants.
    #[error("the program in force has no variants of {code:?}")]
    NoVariants {
        /// The code that was named.
        code: String,
        /// The codes that have variants.
        known: Vec<String>,
    },
    /// The first day is after the last.
    #[error("there is no day from {from} to {to}")]
    Days {
        /// The first.
        from: chrono::NaiveDate,
        /// The last.
        to: chrono::NaiveDate,
    },
    /// What changed at once is more than a till reads in one page.
    #[error("the changes up to position {ends} of the feed have {bytes} bytes and belong together")]
    PageTooLarge {
        /// Where they end.
        ends: u64,
        /// How much there is of them.
        bytes: u64,
    },
    /// A file to import cannot be understood as a whole.
    #[error("{}: {what}", path.display())]
    Import {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// No codes were generated.
    #[error(transparent)]
    Generate(#[from] crate::generate::Refusal),
    /// The folder of fixtures is not complete.
    #[error("{} is missing", .0.display())]
    FixtureMissing(PathBuf),
}

impl Error {
    /// What a person can do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Database { .. } | Self::Thread(_) => {
                "look at the free space of the disk and at the server's log, then try again".into()
            }
            Self::DatabaseUrl { .. } => {
                "write postgres://USER:PASSWORD@HOST/DATABASE?sslmode=require".into()
            }
            Self::Connect { source, .. } => crate::store::postgres::remedy(source).into(),
            Self::DatabaseTooOld { oldest, .. } => {
                format!("upgrade the database to PostgreSQL {oldest} or newer")
            }
            Self::NoDatabase(_) => {
                "check --data; `serve`, `tenant create` and `demo` start new data there".into()
            }
            Self::Corrupt { .. } | Self::Stored { .. } => {
                "keep the file as it is, restore the last backup beside it and start with that folder"
                    .into()
            }
            Self::Migration { source, .. } if crate::store::postgres::may_not(&**source) => {
                crate::store::postgres::MUST_OWN.into()
            }
            Self::Migration { .. } => {
                "start the version that wrote this file, or restore a backup of this version".into()
            }
            Self::File { .. } => "check the path and the permissions of the folder".into(),
            Self::Listen { .. } => "choose another --listen address, or stop who uses it".into(),
            Self::AlreadyServed(_) => {
                "stop the other one first, or give this one a folder of its own with --data".into()
            }
            Self::Random(_) => "check the machine's random source (/dev/urandom)".into(),
            Self::UnknownTenant(_) => {
                "create it with `mostrador-server tenant create`; `status` lists those there are"
                    .into()
            }
            Self::UnknownStore { .. } => {
                "create it with `mostrador-server store create`; `status` lists those there are"
                    .into()
            }
            Self::UnknownTerminal(_) => "`mostrador-server status` lists those there are".into(),
            Self::Slug(_) => "use 1 to 40 of a-z, 0-9 and -, for example cafe-centro".into(),
            Self::Exists { .. } => "choose another short name, or use the one that is there".into(),
            Self::ProgramFaults(_) => "correct every fault listed and publish again".into(),
            Self::ProgramVersion { published, .. } => {
                let next = published.saturating_add(1);
                format!("published programs never change: set `version = {next}`")
            }
            Self::ProgramTooLarge { .. } => {
                "make series of the codes (`mostrador-server codes generate`): a series is one code".into()
            }
            Self::NoProgram(_) => {
                "publish one first with `mostrador-server program publish`: it names the currency"
                    .into()
            }
            Self::UnknownCode { near, .. } => match near {
                Some(near) => format!("did you mean {near}?"),
                None => "write it as the program does; capitals, spaces and dashes do not matter".into(),
            },
            Self::NoVariants { known, .. } => match known.as_slice() {
                [] => "no code of the program has variants: add [[codes.variants]] to one".into(),
                known => format!("codes with variants: {}", known.join(", ")),
            },
            Self::Days { .. } => "write the earlier day behind --from".into(),
            Self::Import { remedy, .. } => remedy.clone(),
            Self::Generate(refusal) => refusal.hint(),
            Self::PageTooLarge { .. } => {
                "tills cannot read it and wait before it: update the server, or call support".into()
            }
            Self::FixtureMissing(_) => "point --fixtures at the folder that holds it".into(),
        }
    }

    /// Whether the database is away for a moment: it restarts, another takes over, or it has no connection
    /// left. Nothing has to be done about it.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Database { source, .. } if source.is_passing())
    }

    /// The sentence with its causes, for a person at a terminal.
    pub fn sentence(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(next) = cause {
            text.push_str(": ");
            text.push_str(&next.to_string());
            cause = next.source();
        }
        text
    }
}

/// Why a program cannot be published under its number.
fn descends(offered: u32, published: u32) -> String {
    if offered == published {
        format!("version {offered} is published already, with other content")
    } else {
        format!("version {offered} cannot follow the published version {published}")
    }
}
