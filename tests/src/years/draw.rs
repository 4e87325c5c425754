//! What a seed decides.

use mostrador_sync::random::Random;
use uuid::Uuid;

/// A series of draws.
#[derive(Debug)]
pub(super) struct Draw(Random);

impl Draw {
    pub(super) const fn of(seed: u64) -> Self {
        Self(Random::seeded(seed))
    }

    /// From `least` to `most`, both possible.
    pub(super) fn between(&self, least: i64, most: i64) -> i64 {
        let width = u64::try_from(most - least).unwrap_or(0);
        least + i64::try_from(self.0.below(width + 1)).unwrap_or(0)
    }

    /// A place in a list of so many things; none when it is empty.
    pub(super) fn place(&self, count: usize) -> Option<usize> {
        let place = self.0.below(u64::try_from(count).ok()?);
        usize::try_from(place).ok().filter(|place| *place < count)
    }

    pub(super) fn pick<'a, T>(&self, things: &'a [T]) -> Option<&'a T> {
        things.get(self.place(things.len())?)
    }

    /// True in `percent` of a hundred draws.
    pub(super) fn percent(&self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    pub(super) fn id(&self, now_ms: i64) -> Uuid {
        self.0.id(now_ms)
    }

    /// One of the names, by weight.
    pub(super) fn weighted<T: Copy>(&self, choices: &[(i64, T)]) -> Option<T> {
        let all: i64 = choices.iter().map(|(weight, _)| weight).sum();
        let mut drawn = self.between(1, all);
        for (weight, choice) in choices {
            drawn -= weight;
            if drawn <= 0 {
                return Some(*choice);
            }
        }
        None
    }
}
