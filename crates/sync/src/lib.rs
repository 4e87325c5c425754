//! The till's half of the protocol.
//!
//! One idea: deciding and doing are apart. [`plan`] is a pure state machine that says what to do
//! next; everything that touches the world is thin and is passed in: time ([`clock`]), chance
//! ([`random`]) and the network ([`transport`]). [`conversation`] signs what goes out and believes
//! only what the server signed. Nothing here is ever in the way of a sale: a sale commits to the
//! ledger first, and is sent afterwards.
//!
//! ```
//! use mostrador_protocol::message::Verdict;
//! use mostrador_sync::Phase;
//! use mostrador_sync::plan::{Cause, Outcome, Plan, Step};
//!
//! let (now_ms, waiting, jitter) = (0, true, 400);
//! let plan = Plan::default();
//! assert_eq!(plan.next(now_ms, waiting), Step::Hello);
//! let plan = plan.after(now_ms, Step::Hello, Outcome::Greeted(Verdict::Ok), jitter);
//! let step = plan.next(now_ms, waiting);
//! assert!(matches!(step, Step::Push(_)));
//! let plan = plan.after(now_ms, step, Outcome::Failed(Cause::Unreachable), jitter);
//! assert_eq!(plan.phase(waiting), Phase::Offline);
//! assert_eq!(plan.next(now_ms, waiting), Step::Rest { until_ms: 400 });
//! ```

pub mod clock;
pub mod conversation;
pub mod enrol;
mod exchange;
mod handle;
mod keeper;
pub mod learned;
pub mod plan;
pub mod random;
mod state;
mod syncer;
pub mod transport;

pub use self::exchange::{
    BOUND_SETTING, CLOCK_OFFSET_SETTING, LAST_CONTACT_SETTING, LEASES_SETTING,
};
pub use self::handle::SyncHandle;
pub use self::keeper::Keeper;
pub use self::state::{Attention, Bringing, Offline, Phase, State, Trouble};
pub use self::syncer::{SyncOptions, Syncer};
