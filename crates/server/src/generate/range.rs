//! Which numbers a series gets: those that no other series of its pattern has.

use std::ops::Range;

/// Where a new series of `count` members begins among the numbers below `room`, of which `taken` belong
/// to others; `None` when no gap is large enough.
///
/// The first series of a pattern begins at 0. Another one begins in the middle of the largest gap, so
/// that the series before it and the new one can both grow.
pub(super) fn place(count: u64, room: u64, taken: &[Range<u64>]) -> Option<u64> {
    let gap = largest(room, taken);
    let spare = (gap.end - gap.start).checked_sub(count)?;
    Some(match gap.start {
        0 => 0,
        start => start + spare / 2,
    })
}

/// How many numbers the largest gap has.
pub(super) fn largest_gap(room: u64, taken: &[Range<u64>]) -> u64 {
    let gap = largest(room, taken);
    gap.end - gap.start
}

fn largest(room: u64, taken: &[Range<u64>]) -> Range<u64> {
    let mut taken = taken.to_vec();
    taken.sort_unstable_by_key(|range| range.start);
    taken.push(room..room);
    let mut largest = 0..0;
    let mut end = 0;
    for range in &taken {
        if range.start.saturating_sub(end) > largest.end - largest.start {
            largest = end..range.start;
        }
        end = end.max(range.end);
    }
    largest
}

/// How many members can follow on a series that ends before `end`.
pub(super) fn room_after(end: u64, room: u64, taken: &[Range<u64>]) -> u64 {
    let starts = taken.iter().map(|range| range.start);
    let next = starts.filter(|start| *start >= end).min().unwrap_or(room);
    next.min(room).saturating_sub(end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ranges(taken: &[(u64, u64)]) -> Vec<Range<u64>> {
        taken.iter().map(|(from, end)| *from..*end).collect()
    }

    #[test]
    fn the_first_series_begins_at_zero_and_the_next_leaves_room_for_it() {
        let placed = |taken: &[(u64, u64)]| place(100, 1_000, &ranges(taken));
        assert_eq!(placed(&[]), Some(0));
        assert_eq!(placed(&[(0, 100)]), Some(500));
        assert_eq!(placed(&[(500, 600), (0, 100)]), Some(250));
        assert_eq!(room_after(100, 1_000, &ranges(&[(500, 600)])), 400);
        assert_eq!(room_after(600, 1_000, &ranges(&[(0, 100)])), 400);
    }

    #[test]
    fn what_does_not_fit_has_no_place() {
        assert_eq!(place(1_001, 1_000, &[]), None);
        let between = ranges(&[(0, 100), (550, 600)]);
        assert_eq!(
            (place(451, 1_000, &between), largest_gap(1_000, &between)),
            (None, 450)
        );
        assert_eq!(room_after(100, 1_000, &ranges(&[(100, 200)])), 0);
    }

    proptest! {
        #[test]
        fn places_never_overlap(counts in prop::collection::vec(1..40_u64, 1..20)) {
            let mut taken: Vec<Range<u64>> = Vec::new();
            for count in counts {
                if let Some(from) = place(count, 200, &taken) {
                    let new = from..from + count;
                    prop_assert!(new.end <= 200);
                    prop_assert!(taken.iter().all(|old| old.end <= new.start || new.end <= old.start));
                    taken.push(new);
                }
            }
        }
    }
}
