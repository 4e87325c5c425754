//! What is left of a scarce resource, on the server.

/// The counts of one resource, in its units. Always true on the server: [`Stock::holds`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stock {
    /// Spent, less what came back; below zero while a return arrived before its use.
    pub used: i64,
    /// Granted by open leases and not spent yet.
    pub leased: i64,
    /// What the program allows.
    pub limit: i64,
    /// What somebody named beyond the limit: a terminal that was written off, a use that was over.
    pub exposure: i64,
}

impl Stock {
    /// What can be granted. Exposure is no room: it only says what may have been spent unseen.
    pub fn free(&self) -> i64 {
        let taken = self.used.max(0).saturating_add(self.leased);
        self.limit.saturating_sub(taken).max(0)
    }

    /// What is taken beyond limit and exposure.
    pub fn excess(&self) -> i64 {
        let taken = self.used.saturating_add(self.leased);
        let room = self.limit.saturating_add(self.exposure);
        taken.saturating_sub(room).max(0)
    }

    /// `used + leased <= limit + exposure`.
    pub fn holds(&self) -> bool {
        self.excess() == 0
    }

    /// Grants what is wanted as far as it is free, and never more than half of what is free for each of
    /// the `tills` that are active, rounded up: the last unit goes to whoever asks first.
    pub fn grant(&mut self, wanted: i64, tills: u32) -> i64 {
        let free = self.free();
        let parts = i64::from(tills.max(1)).saturating_mul(2);
        let share = free.saturating_add(parts.saturating_sub(1));
        let share = share.checked_div(parts).unwrap_or(0);
        let granted = wanted.clamp(0, share.min(free));
        self.leased = self.leased.saturating_add(granted);
        granted
    }

    /// Units that an open lease had become uses.
    pub fn spend(&mut self, units: i64) {
        self.leased = self.leased.saturating_sub(units).max(0);
        self.used = self.used.saturating_add(units);
    }

    /// Units were used that nobody had leased: the sale stands. What is beyond limit and exposure is
    /// named from now on; it is the answer.
    pub fn use_without_lease(&mut self, units: i64) -> i64 {
        self.used = self.used.saturating_add(units);
        self.name_excess()
    }

    /// Makes whatever is beyond limit and exposure named exposure, and answers how much that is.
    pub fn name_excess(&mut self) -> i64 {
        let excess = self.excess();
        self.exposure = self.exposure.saturating_add(excess);
        excess
    }

    /// A till gave back a lease of which `units` were not spent, and can never spend them.
    pub fn close(&mut self, units: i64) {
        self.leased = self.leased.saturating_sub(units).max(0);
    }

    /// A till will not speak again: `units` that it may have spent unseen can be granted to others, and
    /// are named as what the limit may be passed by.
    pub fn write_off(&mut self, units: i64) {
        self.close(units);
        self.exposure = self.exposure.saturating_add(units);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_grant_is_what_is_wanted_bounded_by_half_a_tills_part_of_what_is_free() {
        let of = |limit: i64, used: i64, wanted: i64, tills: u32| {
            let mut stock = Stock {
                used,
                limit,
                ..Stock::default()
            };
            stock.grant(wanted, tills)
        };
        let cases = [
            ((50, 0, 3, 1), 3),
            ((50, 0, 100, 1), 25),
            ((50, 0, 100, 2), 13),
            ((50, 0, 100, 0), 25),
            ((50, 49, 5, 50), 1),
            ((50, 50, 1, 1), 0),
            ((50, 70, 1, 1), 0),
            ((50, -3, 100, 1), 25),
            ((50, 0, -1, 1), 0),
        ];
        for ((limit, used, wanted, tills), granted) in cases {
            assert_eq!(
                of(limit, used, wanted, tills),
                granted,
                "{limit} {used} {wanted} {tills}"
            );
        }
    }

    #[test]
    fn a_write_off_frees_the_units_and_names_them() {
        let mut stock = Stock {
            limit: 10,
            ..Stock::default()
        };
        assert_eq!(stock.grant(5, 1), 5);
        stock.write_off(5);
        assert_eq!((stock.free(), stock.exposure, stock.leased), (10, 5, 0));
        // All ten are sold to others, and the dead till had sold its five.
        stock.used = 10;
        assert_eq!(stock.use_without_lease(5), 0, "they were named before");
        assert_eq!(stock.use_without_lease(1), 1);
        assert!(stock.holds());
    }

    /// What tills can do with one resource.
    #[derive(Debug, Clone)]
    enum Deed {
        Ask { till: usize, wanted: i64 },
        Spend { till: usize },
        Close { till: usize },
    }

    fn deeds() -> impl Strategy<Value = Vec<Deed>> {
        let deed = prop_oneof![
            (0_usize..5, 1_i64..20).prop_map(|(till, wanted)| Deed::Ask { till, wanted }),
            (0_usize..5).prop_map(|till| Deed::Spend { till }),
            (0_usize..5).prop_map(|till| Deed::Close { till }),
        ];
        proptest::collection::vec(deed, 0..200)
    }

    proptest! {
        /// Tills that spend only what they hold never pass the limit, whatever they ask and in whatever
        /// order, and the server's counts are the tills'.
        #[test]
        fn tills_that_spend_what_they_hold_keep_the_limit(limit in 0_i64..60, deeds in deeds()) {
            let mut stock = Stock { limit, ..Stock::default() };
            let mut held = [0_i64; 5];
            let mut sold = 0;
            for deed in deeds {
                match deed {
                    Deed::Ask { till, wanted } => held[till] += stock.grant(wanted, 5),
                    Deed::Spend { till } if held[till] > 0 => {
                        held[till] -= 1;
                        sold += 1;
                        stock.spend(1);
                    }
                    Deed::Spend { .. } => {}
                    Deed::Close { till } => stock.close(std::mem::take(&mut held[till])),
                }
                prop_assert!(stock.holds());
                prop_assert_eq!(stock.leased, held.iter().sum::<i64>());
                prop_assert!(sold <= limit && stock.used == sold && stock.exposure == 0);
            }
        }

        /// Whatever is used without a right is named, to the unit.
        #[test]
        fn what_is_over_is_named(limit in 0_i64..20, leased in 0_i64..20, uses in 0_i64..60) {
            let mut stock = Stock { limit, ..Stock::default() };
            let leased = stock.grant(leased, 1);
            let mut named = 0;
            for _ in 0..uses {
                named += stock.use_without_lease(1);
            }
            prop_assert!(stock.holds());
            prop_assert_eq!(named, (uses + leased - limit).max(0));
            prop_assert_eq!(named, stock.exposure);
        }
    }
}
