//! Rights to spend something scarce without a connection: what is scarce, what is left of it, how much
//! one till gets, what a till asks for and when it gives back.
//!
//! One idea: what was granted counts as used until it is given back. A server that holds the invariant
//! of [`Stock::holds`] can lose sight of every till that it granted something to, and no limit is
//! passed: each till spends only what it holds. Time frees nothing, because a till that is silent may
//! be selling; only its own word ([`Stock::close`]) or a named risk ([`Stock::write_off`]) does.
//!
//! ```
//! use mostrador_loyalty::lease::Stock;
//!
//! let mut coupon = Stock { limit: 1, ..Stock::default() };
//! let (first, second) = (coupon.grant(1, 50), coupon.grant(1, 50));
//! assert_eq!((first, second), (1, 0), "of fifty tills one gets the last one");
//! coupon.spend(1);
//! assert_eq!((coupon.used, coupon.free()), (1, 0));
//! ```

mod keep;
mod stock;

use uuid::Uuid;

use crate::code::{CodeText, Limits};

pub use keep::{Held, KEEP_DAYS, Need, OFFLINE_DAYS, gives_back, wanted};
pub use stock::Stock;

/// Something of which there is only so much for all tills together. Ordered: the order in which a
/// store locks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// Uses of a code by everybody; units are uses.
    Uses(CodeText),
    /// The discount budget of a code; units are minor units of money.
    Budget(CodeText),
    /// One customer's rights: points to spend, uses of codes that each customer may use so often, the
    /// first purchase. There is one unit: whoever has it decides alone.
    Customer(Uuid),
}

impl Resource {
    /// What is scarce about a code with these limits, each with its limit in units.
    pub fn of_code(text: &CodeText, limits: &Limits) -> Vec<(Self, i64)> {
        let uses = limits.total.map(|total| {
            let limit = i64::try_from(total).unwrap_or(i64::MAX);
            (Self::Uses(text.clone()), limit)
        });
        let budget = limits
            .budget
            .map(|budget| (Self::Budget(text.clone()), budget.minor()));
        uses.into_iter().chain(budget).collect()
    }
}
