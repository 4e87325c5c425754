//! Randomness as a parameter.

use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

/// Where random bytes come from: the machine in a shop, a seed in a test.
#[derive(Debug)]
pub struct Random(Source);

#[derive(Debug)]
enum Source {
    System,
    Seeded(Mutex<u64>),
}

impl Random {
    /// The operating system's source, fit for keys.
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// The same bytes for the same seed, for tests and simulations; never for keys that last.
    pub const fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Mutex::new(seed)))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
            Source::System => {
                getrandom::fill(&mut bytes)
                    .expect("BUG: a till runs on systems that have a random source");
            }
            Source::Seeded(state) => {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                for chunk in bytes.chunks_mut(8) {
                    let word = split_mix(&mut state).to_le_bytes();
                    chunk.copy_from_slice(&word[..chunk.len()]);
                }
            }
        }
        bytes
    }

    /// A number from 0 up to and without `bound`; 0 when `bound` is 0.
    pub fn below(&self, bound: u64) -> u64 {
        let wide = u128::from(u64::from_le_bytes(self.bytes()));
        let scaled = (wide * u128::from(bound)) >> 64;
        u64::try_from(scaled).expect("BUG: a share of a 64 bit number is below it")
    }

    /// An id that sorts by `now_ms`: UUID version 7.
    pub fn id(&self, now_ms: i64) -> Uuid {
        let millis = u64::try_from(now_ms).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }

    /// 128 random bits, which name a stream or a start of the program: UUID version 4.
    pub fn name(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }
}

/// The generator of Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut word = *state;
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_ids_again() {
        let (one, two) = (Random::seeded(7), Random::seeded(7));
        assert_eq!(one.id(5), two.id(5));
        assert_ne!(one.id(5), one.id(5));
        assert_ne!(Random::system().name(), Random::system().name());
    }

    #[test]
    fn ids_sort_by_time_and_numbers_stay_below_their_bound() {
        let random = Random::seeded(1);
        assert!(random.id(1_000) < random.id(1_001));
        assert!((0..1_000).all(|_| random.below(3) < 3));
        assert_eq!(random.below(0), 0);
        assert!((0..3).all(|wanted| (0..100).any(|_| random.below(3) == wanted)));
    }
}
