//! The central server: every store's sales, the program, who may speak.
//!
//! One idea: a push is one transaction that is answered after its commit, and any push may come any
//! number of times. [`ingest`] says what a batch means and does, [`store`] keeps it (one contract, one
//! suite for every implementation), [`jobs`] write what follows from entries, [`feed`] tells terminals what changed,
//! [`snapshot`] where they begin, [`compaction`] what nobody reads any more. [`Server`] speaks HTTP;
//! statuses and signatures stay in there, [`limits`] says what it bears. [`import`] and [`demo`] bring
//! in data of one's own, [`generate`] makes codes by the thousand, [`experiment`] counts variants, and
//! [`enrol_code`] lets terminals in, [`erasure`] lets people be forgotten, [`attention`] says which terminal needs a person.

mod again;
pub mod attention;
pub mod clock;
pub mod compaction;
pub mod demo;
pub mod enrol_code;
pub mod erasure;
mod error;
pub mod experiment;
pub mod feed;
pub mod generate;
mod http;
pub mod import;
pub mod in_process;
pub mod ingest;
pub mod jobs;
pub mod lease;
pub mod limits;
mod metrics;
mod mint;
mod pin;
mod publish;
mod rate;
mod referral_code;
pub mod referrals;
pub mod report;
pub mod rules;
mod server;
pub mod snapshot;
pub mod store;
pub mod terminal;

pub use self::error::Error;
pub use self::limits::Limits;
pub use self::mint::Mint;
pub use self::publish::{examine, publish, read_program};
pub use self::server::{Options, Server};
pub use self::store::postgres::PostgresStore;
pub use self::store::sqlite::SqliteStore;
pub use self::store::{Published, Store};
