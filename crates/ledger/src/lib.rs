//! The till's file: one encrypted SQLite database, one writer, an append-only ledger.
//!
//! One idea: facts and what is shown of them change together. [`record::record`] appends an entry to
//! the stream and updates every projection in the caller's transaction; when [`Ledger::transact`]
//! returns `Ok`, all of it is on the disk, and otherwise none of it happened.
//!
//! Map: [`Ledger`] opens the file, writes and reads. Facts: [`stream`], [`entry`], [`record`], what
//! waits for the server in [`outbox`]. The server's rows: [`replica`] applies pages of the feed, [`bootstrap`] begins with a snapshot,
//! [`customer`], [`product`], [`program`] and [`staff`] hold them. What is shown: [`account`] and
//! [`code_use`] add own entries to the server's rows, [`sale`], [`undo`], [`receipt`], [`report`], [`leaderboard`], [`reward`]
//! and [`experiment`] tell what was sold here and what came back, [`customer_entry`] what concerned
//! somebody, [`rebuild`] makes all of that again. This till's own: [`identity`], [`setting`],
//! [`parked`], [`lockout`].
//!
//! Always true: entries are never changed or deleted (triggers refuse it), a damaged or foreign file
//! is never written to, nothing is written without a key, and no personal data is in an entry.
//!
//! ```
//! use mostrador_ledger::{DatabaseKey, Error, Ledger, setting};
//!
//! # let folder = tempfile::TempDir::new().unwrap();
//! let path = folder.path().join("till.ledger");
//! let ledger = Ledger::open(&path, &DatabaseKey::from_bytes([7; 32]))?;
//! ledger.transact(|tx| setting::set(tx, "language", "es"))?;
//! assert_eq!(ledger.read(|look| setting::get(look, "language"))?.as_deref(), Some("es"));
//! # Ok::<(), Error>(())
//! ```

pub mod account;
pub mod bootstrap;
pub mod branch;
pub mod code_use;
mod column;
pub mod customer;
pub mod customer_entry;
mod distance;
pub mod entry;
mod error;
pub mod experiment;
pub mod hlc;
pub mod identity;
mod key;
pub mod leaderboard;
pub mod lease;
mod ledger;
mod likeness;
mod lock;
pub mod lockout;
mod log;
mod migration;
mod open;
pub mod outbox;
pub mod parked;
pub mod product;
pub mod program;
mod projection;
pub mod rebuild;
pub mod receipt;
pub mod record;
mod referral_code;
pub mod replica;
pub mod report;
pub mod restored;
pub mod reward;
pub mod sale;
pub mod setting;
pub mod staff;
mod start;
pub mod stream;
mod touched;
mod turn;
pub mod undo;
mod visit;
mod vocabulary;
mod witness;
mod words;

pub use error::Error;
pub use key::DatabaseKey;
pub use ledger::Ledger;
/// What [`Ledger::transact`] and [`Ledger::read`] lend; the layers above pass it on and write no SQL.
pub use rusqlite::Connection;
pub use start::Rewound;
