//! What a till can do: one file per cashier action, no window system.
//!
//! One idea: a till answers from its own file. [`Till`] is opened once; every action is a method that
//! reads or changes the session, prices the basket with `loyalty::quote` on the ledger's state of
//! that moment, and answers with what the screen shows ([`view`]). Only a payment writes a fact, in
//! one transaction; sync carries it to the server later and is never in the way.
//!
//! Map: `till` opens; `enrol` joins a store; `unlock` lets people in; `identify` reads the one box;
//! `profile` enrols and edits customers, `history` tells what is known of one;
//! `customer`, `basket`, `park` and `apply_code` change the open basket; `redeem`, `reward` and `coupon`
//! spend points on it (`spend` reserves them) or for later; `price` and `counter` show it; `pay` and
//! `sell` sell it; `undo` takes steps, parts of sales and whole ones back, `approve` asks a manager;
//! `receipt` and `reprint` print it, `tier_up` with the moment it may be; `today` and `strip` report.
//! [`message`] and [`words`] are the words, [`Error`] every answer that is not what was asked for.
//!
//! Always true: what is refused is in the view and not an error; after an error nothing has changed;
//! no text that anybody types ends the program.
//!
//! ```
//! use mostrador_terminal::view::Language;
//! use mostrador_terminal::{KeySource, Till, TillOptions};
//!
//! let folder = tempfile::tempdir()?;
//! let mut options = TillOptions::new(folder.path());
//! options.key_source = KeySource::File;
//! let till = Till::open(options)?;
//! assert!(!till.view().enrolled);
//!
//! let error = till.unlock("1234").expect_err("nobody works here yet");
//! let trouble = error.trouble(Language::En);
//! assert_eq!(trouble.code, "not_enrolled");
//! assert_eq!(trouble.hint, "Type the server's address and the enrolment code.");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod adjust;
mod allow_code;
mod applied;
mod apply_code;
mod approve;
mod ask_rights;
mod basket;
mod better;
mod chips;
mod counter;
mod coupon;
mod customer;
mod enrol;
mod error;
mod event;
mod gives;
mod history;
mod identify;
mod keep_basket;
mod keep_rights;
mod leaderboard;
mod left_here;
mod merge;
mod merit;
pub mod message;
pub mod moment;
mod paper;
mod park;
mod pay;
mod pin;
mod price;
mod profile;
mod reach_payment;
mod receipt;
mod redeem;
mod referral;
mod reprint;
mod reward;
mod rights;
mod rules;
mod sale;
mod secret;
mod sell;
mod sentence;
mod session;
mod settle;
mod speaker;
mod spend;
mod square;
mod stamp;
mod strip;
mod tender;
mod tier_up;
mod till;
mod today;
mod undo;
mod unlock;
pub mod view;
pub mod words;

pub use self::error::Error;
pub use self::secret::{KeySource, SecretError};
pub use self::sell::{SaleRequest, SaleRequestLine, Sold};
pub use self::till::{Till, TillOptions};
