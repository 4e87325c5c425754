//! What a till asks for ahead, and what it gives back.

/// How long a till expects to be without a connection, days of trade.
pub const OFFLINE_DAYS: i64 = 2;

/// How long an idle lease is kept, days: a till that did not need it by then gives it back.
pub const KEEP_DAYS: i64 = 7;

/// What a till needs of one resource, in its units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Need {
    /// Spent here in the last [`KEEP_DAYS`] days.
    pub recent: i64,
    /// What one sale takes: 1 use, or the most that the code takes off.
    pub one_sale: i64,
    /// What the basket on the screen needs now; 0: nothing.
    pub at_hand: i64,
    /// What the till can still spend.
    pub held: i64,
}

/// How many more units to ask for; 0: enough is held.
///
/// Wanted is what the till spends in [`OFFLINE_DAYS`] days, at least one sale. It is asked for when half
/// of it is gone, so that not every sale is followed by a question; what the basket on the screen needs
/// is asked for at once.
pub fn wanted(need: &Need) -> i64 {
    let expected = need.recent.max(0).saturating_mul(OFFLINE_DAYS);
    let expected = expected.saturating_add(KEEP_DAYS.saturating_sub(1));
    let expected = expected.checked_div(KEEP_DAYS).unwrap_or(0);
    let target = expected.max(need.one_sale).max(need.at_hand);
    let is_low = need.held.saturating_mul(2) < target.saturating_add(1);
    let is_short = need.held < need.at_hand;
    if is_low || is_short {
        target.saturating_sub(need.held).max(0)
    } else {
        0
    }
}

/// A lease as its till sees it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// What it can still spend.
    pub left: i64,
    /// When the server would like it back, milliseconds since the epoch.
    pub expires_ms: i64,
    /// Whether the program still has the limit that it is a right of.
    pub is_needed: bool,
    /// Whether the basket on the screen spends it.
    pub is_at_hand: bool,
    /// Whether the server asked for it because somebody needs it elsewhere.
    pub is_recalled: bool,
}

/// Whether the till gives it back at `now_ms`, and the word that its entry says why.
pub fn gives_back(held: &Held, now_ms: i64) -> Option<&'static str> {
    if held.left <= 0 {
        return Some("spent");
    }
    if held.is_at_hand {
        return None;
    }
    if !held.is_needed {
        return Some("not_needed");
    }
    if held.is_recalled {
        return Some("recalled");
    }
    (held.expires_ms <= now_ms).then_some("expired")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_till_asks_for_what_it_spends_while_it_is_alone() {
        let of = |recent, held, at_hand| {
            wanted(&Need {
                recent,
                held,
                at_hand,
                one_sale: 1,
            })
        };
        assert_eq!(of(0, 0, 0), 1, "one, for the first customer who comes");
        assert_eq!(of(0, 1, 0), 0);
        assert_eq!(of(70, 0, 0), 20, "ten a day, for two days");
        assert_eq!(of(70, 11, 0), 0, "more than half of it is there");
        assert_eq!(of(70, 10, 0), 10);
        assert_eq!(of(0, 1, 3), 2, "what the basket needs is asked for at once");
    }

    #[test]
    fn what_nobody_needs_goes_back_and_what_is_at_hand_stays() {
        let held = Held {
            left: 2,
            expires_ms: 100,
            is_needed: true,
            ..Held::default()
        };
        assert_eq!(gives_back(&held, 99), None);
        assert_eq!(gives_back(&held, 100), Some("expired"));
        let spent = Held { left: 0, ..held };
        assert_eq!(gives_back(&spent, 0), Some("spent"));
        let foreign = Held {
            is_needed: false,
            ..held
        };
        assert_eq!(gives_back(&foreign, 0), Some("not_needed"));
        let recalled = Held {
            is_recalled: true,
            ..held
        };
        assert_eq!(gives_back(&recalled, 0), Some("recalled"));
        let in_use = Held {
            is_at_hand: true,
            ..recalled
        };
        assert_eq!(gives_back(&in_use, 1_000), None);
    }

    proptest! {
        /// Whoever gets what was asked for asks for nothing more, and nobody asks for less than the
        /// basket needs.
        #[test]
        fn an_answered_question_is_not_asked_again(
            recent in 0_i64..10_000, one_sale in 0_i64..100, at_hand in 0_i64..100, held in 0_i64..500,
        ) {
            let need = Need { recent, one_sale, at_hand, held };
            let asked = wanted(&need);
            prop_assert!(asked >= 0 && held + asked >= at_hand);
            prop_assert_eq!(wanted(&Need { held: held + asked, ..need }), 0);
        }
    }
}
