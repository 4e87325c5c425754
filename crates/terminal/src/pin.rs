//! Whose PIN it is, and what misses cost.
//!
//! A PIN names nobody, so a wrong one is a guess at everybody, and everybody at whom it was held has one
//! miss more. Their own PIN clears their misses and nobody else's: who guesses at a colleague's gains
//! nothing by typing their own in between. Misses fade with time, so that the slips of a busy counter
//! keep nobody out who was not there.

use std::num::NonZero;

use argon2::Argon2;
use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use mostrador_ledger as ledger;
use mostrador_ledger::lockout::Lockout;
use mostrador_protocol::row::{Role, Staff, is_pin};

use crate::Error;
use crate::till::Till;

/// Misses that cost nothing.
const FREE_MISSES: u64 = 5;

/// The first and the longest wait after that, milliseconds; each further miss doubles it.
const DELAY_MS: (i64, i64) = (30_000, 900_000);

/// After so long without another one a miss is forgotten, milliseconds. Whoever guesses at one PIN has
/// some fifty tries a day.
const FADE_MS: i64 = 1_800_000;

/// What a PIN is asked for. Misses are counted apart for each purpose: an approval that is guessed at
/// keeps nobody from their work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PinFor {
    /// To be at work.
    Work,
    /// To allow something.
    Approval,
}

impl PinFor {
    /// Under which the misses of a person are counted.
    fn subject(self, person: &Staff) -> String {
        match self {
            Self::Work => person.id.to_string(),
            Self::Approval => format!("approval/{}", person.id),
        }
    }

    fn is_enough(self, person: &Staff) -> bool {
        self == Self::Work || person.role == Role::Manager
    }
}

/// Somebody whose PIN it may be.
struct Candidate<'a> {
    person: &'a Staff,
    /// What is left of their misses.
    misses: u64,
    /// Until their PIN is taken again, milliseconds; 0: it is.
    wait_ms: i64,
}

impl Till {
    /// Whose PIN it is, with every miss counted. The PIN of somebody who may not is a miss too. A PIN
    /// whose owner has to wait is answered as a wrong one is.
    pub(crate) fn person_with(&self, pin: &str, purpose: PinFor) -> Result<Staff, Error> {
        let staff = self.staff()?;
        if staff.is_empty() {
            let error = match self.identity() {
                Some(_) => Error::NoStaff,
                None => Error::NotEnrolled,
            };
            return Err(error);
        }
        let now_ms = self.shared.clock.now_ms();
        let mut all = self.candidates(&staff, purpose, now_ms)?;
        if let Some(delayed) = all_wait(&all, purpose) {
            return Err(delayed);
        }
        let awake = all.iter().filter(|candidate| candidate.wait_ms == 0);
        let awake: Vec<&Staff> = awake.map(|candidate| candidate.person).collect();
        let pin = pin.trim();
        let found = if is_pin(pin) {
            owner_of(pin, &awake)
        } else {
            None
        };
        if let Some(person) = found.filter(|person| purpose.is_enough(person)) {
            let subject = purpose.subject(person);
            self.shared
                .ledger
                .transact(|tx| ledger::lockout::clear(tx, &subject))?;
            return Ok(person.clone());
        }
        // Who has to wait was not asked, and their own PIN is no guess at whoever typed it.
        let missed = all.iter_mut().filter(|candidate| {
            let is_own = found.is_some_and(|found| found.id == candidate.person.id);
            candidate.wait_ms == 0 && !is_own
        });
        let mut kept = Vec::new();
        for candidate in missed {
            candidate.misses = candidate.misses.saturating_add(1);
            candidate.wait_ms = delay_ms(candidate.misses);
            let lockout = Lockout {
                misses: candidate.misses,
                until_ms: now_ms.saturating_add(candidate.wait_ms),
            };
            kept.push((purpose.subject(candidate.person), lockout));
        }
        self.shared.ledger.transact(|tx| {
            for (subject, lockout) in &kept {
                ledger::lockout::set(tx, subject, *lockout)?;
            }
            Ok::<_, Error>(())
        })?;
        let waiting = all.iter().filter(|candidate| candidate.wait_ms > 0).count();
        tracing::warn!(waiting, "a PIN was missed");
        Err(refused(&all, purpose, found))
    }

    fn candidates<'a>(
        &self,
        staff: &'a [Staff],
        purpose: PinFor,
        now_ms: i64,
    ) -> Result<Vec<Candidate<'a>>, Error> {
        self.read(|connection| {
            let candidates = staff.iter().map(|person| {
                let kept = ledger::lockout::get(connection, &purpose.subject(person))?;
                Ok(Candidate {
                    person,
                    misses: left_of(kept, now_ms),
                    // A clock that was set back must not lock the till for a year.
                    wait_ms: kept
                        .until_ms
                        .saturating_sub(now_ms)
                        .clamp(0, delay_ms(kept.misses)),
                })
            });
            candidates.collect()
        })
    }
}

/// The answer while everybody has to wait whose PIN would be enough.
fn all_wait(all: &[Candidate<'_>], purpose: PinFor) -> Option<Error> {
    let may = || all.iter().filter(|one| purpose.is_enough(one.person));
    let shortest_ms = may().map(|one| one.wait_ms).min()?;
    (shortest_ms > 0).then(|| Error::PinDelayed {
        seconds: seconds(shortest_ms),
    })
}

/// The answer to a PIN that was not taken.
fn refused(all: &[Candidate<'_>], purpose: PinFor, found: Option<&Staff>) -> Error {
    if let Some(delayed) = all_wait(all, purpose) {
        return delayed;
    }
    let waits = all.iter().map(|one| one.wait_ms).filter(|wait| *wait > 0);
    if let Some(longest_ms) = waits.max() {
        return Error::PinHeld {
            seconds: seconds(longest_ms),
        };
    }
    if found.is_some() {
        return Error::NotAManager;
    }
    let most = all.iter().map(|one| one.misses).max().unwrap_or(0);
    Error::PinWrong {
        left: u32::try_from(FREE_MISSES.saturating_sub(most)).unwrap_or(0),
    }
}

fn seconds(wait_ms: i64) -> u64 {
    u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000)
}

/// What is left of misses: one is forgotten for each [`FADE_MS`] since the last.
fn left_of(kept: Lockout, now_ms: i64) -> u64 {
    let last_ms = kept.until_ms.saturating_sub(delay_ms(kept.misses));
    let since_ms = now_ms.saturating_sub(last_ms).max(0);
    let forgotten = u64::try_from(since_ms / FADE_MS).unwrap_or(0);
    kept.misses.saturating_sub(forgotten)
}

/// The wait after this many misses in a row.
fn delay_ms(misses: u64) -> i64 {
    let Some(beyond) = misses.checked_sub(FREE_MISSES) else {
        return 0;
    };
    let (first_ms, longest_ms) = DELAY_MS;
    first_ms.saturating_mul(1 << beyond.min(10)).min(longest_ms)
}

/// Whose PIN it is. The hash is slow on purpose, so the staff is split over the processors.
fn owner_of<'a>(pin: &str, staff: &[&'a Staff]) -> Option<&'a Staff> {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = staff.len().div_ceil(processors.min(8)).max(1);
    std::thread::scope(|scope| {
        let searches: Vec<_> = staff
            .chunks(share)
            .map(|people| scope.spawn(|| people.iter().find(|person| fits(pin, person))))
            .collect();
        searches
            .into_iter()
            .find_map(|search| search.join().ok().flatten().copied())
    })
}

fn fits(pin: &str, person: &Staff) -> bool {
    match PasswordHash::new(&person.pin_hash) {
        Ok(hash) => Argon2::default()
            .verify_password(pin.as_bytes(), &hash)
            .is_ok(),
        Err(error) => {
            tracing::error!(staff = %person.id, %error, "a PIN hash cannot be read");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_misses_are_free_and_the_wait_doubles_up_to_a_quarter_of_an_hour() {
        let waits: Vec<i64> = (1..=12).map(|misses| delay_ms(misses) / 1_000).collect();
        assert_eq!(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
    }

    #[test]
    fn a_miss_fades_after_half_an_hour_and_a_clock_set_back_forgives_nothing() {
        let kept = Lockout {
            misses: 6,
            until_ms: 60_000,
        };
        let left = |now_ms| left_of(kept, now_ms);
        assert_eq!([-9, 0, FADE_MS - 1].map(left), [6, 6, 6]);
        assert_eq!([FADE_MS, 2 * FADE_MS, 9 * FADE_MS].map(left), [5, 4, 0]);
    }
}
