//! Everything that a seed decides.

use std::sync::Arc;

use mostrador_sync::random::Random;

/// A series of draws; each part of the simulation has its own, so that one more draw in one part does not
/// change what happens in another.
#[derive(Debug)]
pub(super) struct Chance(Random);

impl Chance {
    /// The series of `seed` for this part.
    pub(super) fn of(seed: u64, part: &str) -> Self {
        Self(Random::seeded(mixed(seed, part)))
    }

    /// A source of ids for a till.
    pub(super) fn source(seed: u64, part: &str) -> Arc<Random> {
        Arc::new(Random::seeded(mixed(seed, part)))
    }

    /// From 0 up to and without `bound`.
    pub(super) fn below(&self, bound: u64) -> u64 {
        self.0.below(bound)
    }

    /// From `least` to `most`, both possible.
    pub(super) fn between(&self, least: u64, most: u64) -> u64 {
        least + self.below(most.saturating_sub(least) + 1)
    }

    /// True in `percent` of a hundred draws.
    pub(super) fn percent(&self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of them; none when there are none.
    pub(super) fn pick<'a, T>(&self, of: &'a [T]) -> Option<&'a T> {
        of.get(usize::try_from(self.below(of.len() as u64)).unwrap_or(0))
    }

    /// A place in a list of weights, by weight.
    pub(super) fn weighted(&self, weights: &[u64]) -> usize {
        let mut drawn = self.below(weights.iter().sum());
        for (place, weight) in weights.iter().enumerate() {
            if drawn < *weight {
                return place;
            }
            drawn -= weight;
        }
        0
    }
}

/// FNV-1a over the part's name, begun with the seed.
fn mixed(seed: u64, part: &str) -> u64 {
    let begin = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0xcbf2_9ce4_8422_2325;
    part.bytes().fold(begin, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
