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
    let mut seats: Vec<Seat> = parts.iter().map(Seat::new).collect();
    let mut left = units(amount);
    while left > 0 {
        let (total, room) = open_sums(&seats);
        if left >= room {
            fill_all(&mut seats);
            break;
        }
        let filled = fill_full(&mut seats, left, total);
        if filled == 0 {
            give_by_largest_remainder(&mut seats, left, total);
            break;
        }
        left = left.saturating_sub(filled);
    }
    seats
        .iter()
        .map(|seat| Amount::clamped(seat.share.into()))
        .collect()
}

/// A part at work. Sums of weights stay below 2^64 for any basket of up to 2048 lines of
/// [`Amount::MAX`]; a quote's lines together never pass [`Amount::MAX`].
struct Seat {
    weight: u64,
    room: u64,
    share: u64,
    is_open: bool,
}

impl Seat {
    fn new(part: &Part) -> Self {
        let weight = units(part.weight);
        let room = units(part.room);
        Self {
            weight,
            room,
            share: 0,
            is_open: weight > 0 && room > 0,
        }
    }
}

/// Weight and room of the open seats together.
fn open_sums(seats: &[Seat]) -> (u64, u64) {
    let open = seats.iter().filter(|seat| seat.is_open);
    open.fold((0, 0), |(total, room), seat| {
        (
            total.saturating_add(seat.weight),
            room.saturating_add(seat.room),
        )
    })
}

/// What the rule comes to when the amount is at least all the room there is.
fn fill_all(seats: &mut [Seat]) {
    for seat in seats.iter_mut().filter(|seat| seat.is_open) {
        seat.share = seat.room;
    }
}

/// Fills every open seat whose exact share of `left` reaches its room; returns what that took.
fn fill_full(seats: &mut [Seat], left: u64, total: u64) -> u64 {
    let mut taken: u64 = 0;
    for seat in seats.iter_mut().filter(|seat| seat.is_open) {
        if is_reached(left, seat.weight, seat.room, total) {
            seat.share = seat.room;
            seat.is_open = false;
            taken = taken.saturating_add(seat.room);
        }
    }
    taken
}

/// Whether `left x weight / total >= room`, without a division, in 64 bits where that is enough.
fn is_reached(left: u64, weight: u64, room: u64, total: u64) -> bool {
    if let (Some(wanted), Some(needed)) = (left.checked_mul(weight), room.checked_mul(total)) {
        return wanted >= needed;
    }
    let wanted = u128::from(left).saturating_mul(u128::from(weight));
    wanted >= u128::from(room).saturating_mul(u128::from(total))
}

/// Gives `left` to the open seats, each of which has room for its share rounded up.
fn give_by_largest_remainder(seats: &mut [Seat], left: u64, total: u64) {
    let mut missing = left;
    let mut remainders: Vec<(Reverse<u64>, usize)> = Vec::with_capacity(seats.len());
    for (index, seat) in seats
        .iter_mut()
        .enumerate()
        .filter(|(_, seat)| seat.is_open)
    {
        let (share, remainder) = divided(left, seat.weight, total);
        seat.share = share;
        missing = missing.saturating_sub(share);
        remainders.push((Reverse(remainder), index));
    }
    // Fewer units are missing than seats are open: each remainder is below one unit.
    let count = usize::try_from(missing).unwrap_or(usize::MAX);
    if count == 0 {
        return;
    }
    if count < remainders.len() {
        remainders.select_nth_unstable(count);
    }
    for (_, index) in remainders.iter().take(count) {
        if let Some(seat) = seats.get_mut(*index) {
            seat.share = seat.share.saturating_add(1);
        }
    }
}

/// `left x weight / total` and its remainder, in 64 bits where that is enough.
fn divided(left: u64, weight: u64, total: u64) -> (u64, u64) {
    if let Some(product) = left.checked_mul(weight) {
        return (
            product.checked_div(total).unwrap_or(0),
            product.checked_rem(total).unwrap_or(0),
        );
    }
    let product = u128::from(left).saturating_mul(u128::from(weight));
    let whole = u128::from(total);
    let share = product.checked_div(whole).unwrap_or(0);
    let remainder = product.checked_rem(whole).unwrap_or(0);
    (
        u64::try_from(share).unwrap_or(u64::MAX),
        u64::try_from(remainder).unwrap_or(u64::MAX),
    )
}

fn units(amount: Amount) -> u64 {
    u64::try_from(amount.minor()).unwrap_or(0)
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

    #[test]
    fn the_largest_amounts_split_exactly() {
        let most = crate::money::MAX_MINOR;
        check(most, &[(most, most), (1, 1)], &[most - 1, 1]);
    }
}
