//! What a terminal and the server say to each other.
//!
//! One idea: an entry is bytes. It is made once on the till, hashed, and from then on stored and sent
//! as the same bytes; only [`entry`] gives them meaning. [`message`] holds requests and replies,
//! [`row`] the rows that replicate down to the tills, [`profile`] how two copies of a customer meet,
//! [`program`] the program as a document, [`account`] the wire form of an account, [`signature`] who
//! said it, [`enrolment`] how a stranger becomes known, [`seal`] what the server may need back, [`frame`] how a body travels, [`lease`] rights to
//! spend what is scarce, [`history`] and [`found`] what a till looks up, [`snapshot`] how one begins.
//! No I/O happens here.

pub mod account;
pub mod enrolment;
pub mod entry;
mod error;
pub mod found;
pub mod frame;
pub mod history;
pub mod leaderboard;
pub mod lease;
pub mod message;
pub mod profile;
pub mod program;
pub mod row;
pub mod seal;
pub mod signature;
pub mod snapshot;

pub use self::error::Error;
