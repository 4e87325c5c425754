//! The second of the two places that divide: splitting an amount over lines with limited room.
//!
//! The rule (PRICING section 6): lines whose exact proportional share reaches their room are filled
//! and leave; the rest is split again over the others in the same way; when none is full, largest
//! remainder, ties to the first line. What fits nowhere is not given to anybody.

use std::cmp::Reverse;

use crate::money::Amount;

/// What one line brings to a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its weight; a line of weight zero takes nothing.
    pub weight: Amount,
    /// The most it can take.
    pub room: Amount,
}

/// Splits `amount` over `parts`, one share for each in their order.
///
/// No share is above its room. The shares add up to `amount`, or to the room of all parts that have
/// weight where that is less.
///
/// ```
/// use mostrador_loyalty::{allocation::{split, Part}, money::Amount};
/// let part = |weight, room| Part {
///     weight: Amount::from_minor(weight).unwrap(),
///     room: Amount::from_minor(room).unwrap(),
/// };
/// let shares = split(Amount::from_minor(2000).unwrap(), &[part(5000, 500), part(2000, 2000)]);
/// assert_eq!(shares.iter().map(|share| share.minor()).collect::<Vec<_>>(), [500, 1500]);
/// ```
pub fn split(amount: Amount, parts: &[Part]) -> Vec<Amount> {
    let mut splitter = Splitter::default();
    let parts = parts.iter();
    splitter.load(parts.map(|part| (part.weight.units(), part.room.units())));
    let shares = splitter.split(amount.units());
    shares.iter().copied().map(Amount::of_units).collect()
}

/// A split at work. Its memory is used again by the next split: the search for the best set makes
/// thousands.
///
/// Sums of weights stay below 2^63 for any basket of up to 1024 lines of [`Amount::MAX`]; a quote's
/// lines together never pass [`Amount::MAX`].
#[derive(Debug, Default)]
pub(crate) struct Splitter {
    /// 0 for a part that takes nothing more: a closed one.
    weights: Vec<u64>,
    /// 0 for a closed part.
    rooms: Vec<u64>,
    shares: Vec<u64>,
    remainders: Vec<u64>,
    buckets: Buckets,
    /// Open parts whose remainders cannot yet be told apart from the last one that gets a unit: how
    /// far they are above the lowest, and where.
    close: Vec<(Reverse<u64>, usize)>,
}

impl Splitter {
    /// Begins with parts of a weight and a room each, in units.
    pub(crate) fn load(&mut self, parts: impl ExactSizeIterator<Item = (u64, u64)>) {
        self.weights.resize(parts.len(), 0);
        self.rooms.resize(parts.len(), 0);
        self.remainders.resize(parts.len(), 0);
        self.shares.clear();
        self.shares.resize(parts.len(), 0);
        let columns = self.weights.iter_mut().zip(&mut self.rooms);
        for ((weight, room), (of, most)) in columns.zip(parts) {
            let is_open = of != 0 && most != 0;
            *weight = if is_open { of } else { 0 };
            *room = if is_open { most } else { 0 };
        }
    }

    /// Splits `amount` over the loaded parts, one share for each in their order.
    pub(crate) fn split(&mut self, amount: u64) -> &[u64] {
        let mut left = amount;
        while left > 0 {
            let (total, room) = (sum(&self.weights), sum(&self.rooms));
            if left >= room {
                self.fill_all();
                break;
            }
            let out = self.share_out(left, total);
            if !out.has_full {
                let missing = left.saturating_sub(out.given);
                if missing > 0 {
                    self.give_missing(missing, &out);
                }
                break;
            }
            left = left.saturating_sub(self.fill_full());
        }
        &self.shares
    }

    /// What the rule comes to when the amount is at least all the room there is.
    fn fill_all(&mut self) {
        let parts = self.shares.iter_mut().zip(&self.rooms).zip(&self.weights);
        for ((share, room), weight) in parts {
            *share = if *weight > 0 { *room } else { *share };
        }
    }

    /// Gives each open part `floor(left x weight / total)` and keeps the remainders.
    fn share_out(&mut self, left: u64, total: u64) -> SharedOut {
        if let Some(rate) = NarrowProportion::new(left, total) {
            return self.share_out_by(|weight| rate.of(weight));
        }
        let rate = Proportion::new(left, total);
        self.share_out_by(|weight| rate.of(weight))
    }

    fn share_out_by(&mut self, part_of: impl Fn(u64) -> (u64, u64)) -> SharedOut {
        let mut out = SharedOut {
            given: 0,
            has_full: false,
            lowest: u64::MAX,
            highest: 0,
        };
        let parts = self.weights.iter().zip(&self.rooms);
        let results = self.shares.iter_mut().zip(&mut self.remainders);
        for ((weight, room), (share, remainder)) in parts.zip(results) {
            let (whole, rest) = part_of(*weight);
            *remainder = rest;
            // Every bit for a closed part, whose whole is 0: no branch.
            let closed = ones_if(*weight == 0);
            *share = (*share & closed) | whole;
            out.given = out.given.wrapping_add(whole);
            // A closed part has no room: 0 - 1 is more than it is given.
            out.has_full |= whole > room.wrapping_sub(1);
            out.lowest = out.lowest.min(rest | closed);
            out.highest = out.highest.max(rest);
        }
        out
    }

    /// Closes every part that was given its room or more, at its room; returns what they hold.
    fn fill_full(&mut self) -> u64 {
        let mut taken: u64 = 0;
        let parts = self.weights.iter_mut().zip(&mut self.rooms);
        for ((weight, room), share) in parts.zip(&mut self.shares) {
            if *weight > 0 && *share >= *room {
                taken = taken.wrapping_add(*room);
                *share = *room;
                *weight = 0;
                *room = 0;
            }
        }
        taken
    }

    /// One more for the `count` largest remainders, ties to the first. Each of those parts has room
    /// for it, and fewer units are missing than parts have a remainder: each is below one unit.
    ///
    /// Remainders are sorted into buckets by their first bits, and only those in the bucket of the last
    /// unit are looked at again.
    fn give_missing(&mut self, count: u64, out: &SharedOut) {
        let mut shift = bucket_shift(out.highest.saturating_sub(out.lowest));
        let mut needed = usize::try_from(count).unwrap_or(usize::MAX);
        self.close.clear();
        let above = |remainder: u64| remainder.saturating_sub(out.lowest);
        let parts = self.remainders.iter().map(|remainder| above(*remainder));
        let last = self.buckets.last(parts, shift, &mut needed);
        let parts = self
            .shares
            .iter_mut()
            .zip(&self.remainders)
            .zip(&self.weights);
        for (index, ((share, remainder), weight)) in parts.enumerate() {
            let above = above(*remainder);
            let bucket = bucket(above, shift);
            *share = share.wrapping_add(u64::from(bucket > last));
            if bucket == last && *weight > 0 {
                self.close.push((Reverse(above), index));
            }
        }
        while shift > 0 && needed < self.close.len() && self.close.len() > FEW {
            shift = shift.saturating_sub(BUCKET_BITS);
            self.look_closer(shift, &mut needed);
        }
        if needed < self.close.len() && self.close.len() <= FEW {
            self.close.sort_unstable();
        }
        for (_, index) in self.close.iter().take(needed) {
            add_one(&mut self.shares, *index);
        }
    }

    /// Sorts the close remainders by more of their bits.
    fn look_closer(&mut self, shift: u32, needed: &mut usize) {
        let Self {
            shares,
            buckets,
            close,
            ..
        } = self;
        let parts = close.iter().map(|(Reverse(above), _)| *above);
        let last = buckets.last(parts, shift, needed);
        close.retain(|(Reverse(above), index)| {
            let bucket = bucket(*above, shift);
            if bucket > last {
                add_one(shares, *index);
            }
            bucket == last
        });
    }
}

fn add_one(shares: &mut [u64], index: usize) {
    if let Some(share) = shares.get_mut(index) {
        *share = share.wrapping_add(1);
    }
}

/// What [`Splitter::share_out`] found.
#[derive(Debug, Clone, Copy)]
struct SharedOut {
    /// The sum of what was given.
    given: u64,
    /// Whether the exact share of any part reaches its room.
    has_full: bool,
    /// The lowest and the highest remainder of the open parts.
    lowest: u64,
    highest: u64,
}

/// How many remainders have the same bits from some bit on.
#[derive(Debug, Default)]
struct Buckets(Vec<usize>);

impl Buckets {
    /// The bucket with the last of the `needed` largest remainders; `needed` becomes how many of that
    /// bucket are among them.
    fn last(
        &mut self,
        remainders: impl Iterator<Item = u64>,
        shift: u32,
        needed: &mut usize,
    ) -> usize {
        self.0.clear();
        self.0.resize(BUCKETS, 0);
        for remainder in remainders {
            if let Some(size) = self.0.get_mut(bucket(remainder, shift)) {
                *size = size.wrapping_add(1);
            }
        }
        for (bucket, size) in self.0.iter().enumerate().rev() {
            if *size >= *needed {
                return bucket;
            }
            *needed = needed.saturating_sub(*size);
        }
        0
    }
}

/// The least that the parts `(weight, room, mask)` with every bit in their mask are given together when
/// `amount` is split over all, each at most its room; the others have no bit.
///
/// What the others have no room for is theirs; and a part that is not filled is given no less than its
/// share, rounded down, of what the full ones leave.
pub(crate) fn least(amount: u64, parts: impl Iterator<Item = (u64, u64, u64)> + Clone) -> u64 {
    let (mut here, mut elsewhere, mut open) = (0_u64, 0_u64, 0_u64);
    for (weight, room, mask) in parts.clone() {
        let room = room & !ones_if(weight == 0);
        here = here.wrapping_add(room & mask);
        elsewhere = elsewhere.wrapping_add(room & !mask);
        open = open.wrapping_add(weight & !ones_if(room == 0));
    }
    let at_least = amount.saturating_sub(elsewhere).min(here);
    if at_least == here || elsewhere == 0 {
        return at_least;
    }
    let Some(mut rate) = NarrowProportion::new(amount, open) else {
        return at_least;
    };
    for _ in 0..ROUNDS {
        let (mut filled, mut weights, mut given) = (0_u64, 0_u64, 0_u64);
        for (weight, room, mask) in parts.clone() {
            let whole = rate.of(weight).0;
            let is_full = ones_if(whole >= room);
            filled = filled.wrapping_add(room & is_full & !ones_if(weight == 0));
            weights = weights.wrapping_add(weight & is_full & !ones_if(room == 0));
            given = given.wrapping_add(whole.min(room) & mask);
        }
        if weights == 0 {
            return given.max(at_least);
        }
        let next =
            NarrowProportion::new(amount.saturating_sub(filled), open.saturating_sub(weights));
        match next {
            Some(next) if next.fraction > rate.fraction => rate = next,
            _ => return given.max(at_least),
        }
    }
    let given = parts.map(|(weight, room, mask)| rate.of(weight).0.min(room) & mask);
    given.fold(0, u64::wrapping_add).max(at_least)
}

/// Every bit, or none.
fn ones_if(is: bool) -> u64 {
    0_u64.wrapping_sub(u64::from(is))
}

fn sum(column: &[u64]) -> u64 {
    column.iter().fold(0, |sum, units| sum.wrapping_add(*units))
}

const BUCKET_BITS: u32 = 8;
const BUCKETS: usize = 1 << BUCKET_BITS;
const BUCKET_MASK: u64 = 0xff;
/// How often [`least`] looks for parts that are full: more finds little more.
const ROUNDS: usize = 3;
/// So few are sorted faster than counted.
const FEW: usize = 16;

/// What leaves the first [`BUCKET_BITS`] of a number up to `highest`.
const fn bucket_shift(highest: u64) -> u32 {
    let bits = u64::BITS.saturating_sub(highest.leading_zeros());
    bits.saturating_sub(BUCKET_BITS)
}

/// Its bits from `shift` on, or the last [`BUCKET_BITS`] of them.
fn bucket(remainder: u64, shift: u32) -> usize {
    let bits = remainder.wrapping_shr(shift) & BUCKET_MASK;
    usize::try_from(bits).unwrap_or(0)
}

/// `left / total`, ready to be multiplied by many weights without dividing again.
#[derive(Debug, Clone, Copy)]
struct Proportion {
    left: u64,
    total: u64,
    /// The whole part of `left / total`.
    whole: u64,
    /// The rest of it in parts of 2^64, rounded down.
    fraction: u64,
}

impl Proportion {
    fn new(left: u64, total: u64) -> Self {
        let whole = left.checked_div(total).unwrap_or(0);
        let rest = u128::from(left.checked_rem(total).unwrap_or(0));
        let scaled = rest.wrapping_shl(u64::BITS).checked_div(total.into());
        Self {
            left,
            total,
            whole,
            fraction: u64::try_from(scaled.unwrap_or(0)).unwrap_or(u64::MAX),
        }
    }

    /// `left x weight / total` and its remainder.
    ///
    /// The fraction is less than 2^-64 too small and a weight is below 2^53, so that the quotient is
    /// right or one too small; the remainder, which is below 2^64 in both cases, tells.
    fn of(self, weight: u64) -> (u64, u64) {
        let part = u128::from(self.fraction).wrapping_mul(weight.into());
        let part = u64::try_from(part.wrapping_shr(u64::BITS)).unwrap_or(u64::MAX);
        let quotient = self.whole.wrapping_mul(weight).wrapping_add(part);
        let remainder = self
            .left
            .wrapping_mul(weight)
            .wrapping_sub(quotient.wrapping_mul(self.total));
        let is_short = remainder >= self.total;
        let more = if is_short { self.total } else { 0 };
        (
            quotient.wrapping_add(u64::from(is_short)),
            remainder.wrapping_sub(more),
        )
    }
}

/// [`Proportion`] for sums below 2^32, where two multiplications are all it takes.
#[derive(Debug, Clone, Copy)]
struct NarrowProportion {
    total: u64,
    /// `left / total` in parts of 2^64, rounded up.
    fraction: u64,
}

impl NarrowProportion {
    /// `None` for a `left` or a `total` that is too large.
    fn new(left: u64, total: u64) -> Option<Self> {
        if left >= total || total > u64::from(u32::MAX) {
            return None;
        }
        // Two short divisions are faster than a long one.
        let upper = left.wrapping_shl(u32::BITS);
        let lower = upper.checked_rem(total)?.wrapping_shl(u32::BITS);
        let upper = upper.checked_div(total)?.wrapping_shl(u32::BITS);
        let fraction = upper.wrapping_add(lower.div_ceil(total));
        Some(Self { total, fraction })
    }

    /// `left x weight / total` and its remainder, for a weight of at most `total`.
    ///
    /// The fraction is less than 2^-64 too large, so that the product is less than `weight / 2^64` and
    /// with it less than `1 / total` too large: neither its whole part nor that of its rest times
    /// `total` is touched.
    fn of(self, weight: u64) -> (u64, u64) {
        let (whole, rest) = halves(u128::from(self.fraction).wrapping_mul(weight.into()));
        let (remainder, _) = halves(u128::from(rest).wrapping_mul(self.total.into()));
        (whole, remainder)
    }
}

/// The upper and the lower 64 bits.
fn halves(wide: u128) -> (u64, u64) {
    let upper = u64::try_from(wide.wrapping_shr(u64::BITS)).unwrap_or(u64::MAX);
    let lower = u64::try_from(wide & u128::from(u64::MAX)).unwrap_or(u64::MAX);
    (upper, lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(amount: i64, parts: &[(i64, i64)], expected: &[i64]) {
        let parts: Vec<Part> = parts
            .iter()
            .map(|(weight, room)| Part {
                weight: Amount::from_minor(*weight).unwrap(),
                room: Amount::from_minor(*room).unwrap(),
            })
            .collect();
        let shares = split(Amount::from_minor(amount).unwrap(), &parts);
        let shares: Vec<i64> = shares.iter().map(|share| share.minor()).collect();
        assert_eq!(shares, expected);
    }

    #[test]
    fn ties_go_to_the_first_lines() {
        check(1000, &[(1, 9999), (1, 9999), (1, 9999)], &[334, 333, 333]);
        check(2, &[(5, 5), (5, 5), (5, 5)], &[1, 1, 0]);
    }

    #[test]
    fn full_lines_leave_before_anything_is_rounded() {
        check(2000, &[(5000, 500), (2000, 2000)], &[500, 1500]);
        check(
            2000,
            &[(1000, 1000), (2000, 100), (5000, 0), (3000, 400)],
            &[1000, 100, 0, 400],
        );
    }

    #[test]
    fn an_exact_share_that_equals_the_room_fills_the_line() {
        check(10, &[(1, 5), (1, 9)], &[5, 5]);
    }

    #[test]
    fn lines_without_weight_take_nothing() {
        check(10, &[(0, 5), (0, 9)], &[0, 0]);
        check(10, &[], &[]);
        check(0, &[(1, 5)], &[0]);
    }

    /// Numbers that look drawn (Marsaglia's xorshift).
    fn drawn() -> impl Iterator<Item = u64> {
        std::iter::successors(Some(88_172_645_463_325_252_u64), |last| {
            let mixed = last ^ (last << 13);
            let mixed = mixed ^ (mixed >> 7);
            Some(mixed ^ (mixed << 17))
        })
    }

    #[test]
    fn a_narrow_proportion_is_exact() {
        let mut drawn = drawn();
        let mut check = |total: u64| {
            let left = drawn.next().unwrap() % total;
            let rate = NarrowProportion::new(left, total).unwrap();
            let weights = [0, 1, total - 1, total, drawn.next().unwrap() % total];
            for weight in weights {
                let product = u128::from(left) * u128::from(weight);
                let (whole, rest) = rate.of(weight);
                let exact = (product / u128::from(total), product % u128::from(total));
                assert_eq!(
                    (whole.into(), rest.into()),
                    exact,
                    "{left} {total} {weight}"
                );
            }
        };
        for total in (1..3_000).chain(u64::from(u32::MAX) - 3_000..=u64::from(u32::MAX)) {
            check(total);
        }
        assert!(NarrowProportion::new(1, 1 << 32).is_none());
        assert!(NarrowProportion::new(5, 5).is_none());
    }

    #[test]
    fn the_least_of_some_parts_is_their_share_or_what_the_others_have_no_room_for() {
        let check = |amount, parts: &[(u64, u64, u64)], expected| {
            assert_eq!(least(amount, parts.iter().copied()), expected);
        };
        let all = u64::MAX;
        check(10, &[(100, 99, all), (100, 99, 0), (200, 99, all)], 7);
        check(10, &[(100, 99, all), (100, 2, 0), (200, 99, all)], 8);
        check(10, &[(100, 99, all), (0, 99, 0), (100, 0, 0)], 10);
        check(
            60,
            &[(100, 5, all), (100, 5, 0), (100, 99, all), (100, 99, 0)],
            30,
        );
    }

    #[test]
    fn some_parts_are_never_given_less_than_the_least() {
        let mut drawn = drawn();
        let mut below = |bound: u64| drawn.next().unwrap() % bound.max(1);
        for _ in 0..5_000 {
            let size = 1 + below(50);
            let parts: Vec<(u64, u64)> = (0..size).map(|_| (below(40), below(40))).collect();
            let masks: Vec<u64> = parts.iter().map(|_| 0_u64.wrapping_sub(below(2))).collect();
            let open = parts.iter().filter(|(weight, _)| *weight > 0);
            let amount = below(open.map(|(_, room)| room).sum());
            let mut splitter = Splitter::default();
            splitter.load(parts.iter().copied());
            let shares = splitter.split(amount).iter().zip(&masks);
            let given: u64 = shares.map(|(share, mask)| share & mask).sum();
            let with_masks = parts.iter().zip(&masks);
            let least = least(
                amount,
                with_masks.map(|((weight, room), mask)| (*weight, *room, *mask)),
            );
            assert!(least <= given, "{parts:?} {amount}: {least} > {given}");
        }
    }

    #[test]
    fn the_largest_amounts_split_exactly() {
        let most = crate::money::MAX_MINOR;
        check(most, &[(most, most), (1, 1)], &[most - 1, 1]);
    }
}
