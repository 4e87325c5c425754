//! PIN in, PIN out: who is at work.

use std::num::NonZero;

use argon2::Argon2;
use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use mostrador_ledger as ledger;
use mostrador_ledger::lockout::Lockout;
use mostrador_protocol::row::{Role, Staff};

use crate::Error;
use crate::session::{Cashier, role_name};
use crate::till::Till;
use crate::view::{DemoPin, Language, SessionView, TillView};

/// Misses that cost nothing.
const FREE_MISSES: u64 = 5;

/// The first and the longest wait after that, milliseconds; each further miss doubles it.
const DELAY_MS: (i64, i64) = (30_000, 900_000);

/// What a PIN is asked for. A PIN names nobody, so misses are counted for the till, and apart for each
/// purpose: an approval that is guessed at neither keeps anybody from their work nor is forgiven by a
/// cashier's own PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PinFor {
    /// To be at work.
    Work,
    /// To allow something.
    Approval,
}

impl PinFor {
    /// Under which misses are counted.
    const fn subject(self) -> &'static str {
        match self {
            Self::Work => "till",
            Self::Approval => "approval",
        }
    }

    fn is_enough(self, person: &Staff) -> bool {
        self == Self::Work || person.role == Role::Manager
    }
}

impl Till {
    /// What the window needs before anybody unlocks it.
    pub fn view(&self) -> TillView {
        let identity = self.identity();
        let name = |pick: fn(&ledger::identity::Identity) -> &String| {
            identity
                .as_ref()
                .map(|identity| pick(identity).clone())
                .unwrap_or_default()
        };
        let rules = self.read(|connection| self.shared.shelf.current(connection));
        let money = rules.as_ref().ok().map(|rules| rules.money);
        let is_demo = rules.as_ref().is_ok_and(|rules| rules.document.demo);
        let session = self.session();
        TillView {
            tenant_name: name(|identity| &identity.tenant_name),
            store_name: name(|identity| &identity.store_name),
            terminal_name: name(|identity| &identity.terminal_name),
            currency: money.map_or_else(String::new, |money| money.currency.code().to_owned()),
            currency_exponent: money.map_or(2, |money| money.currency.exponent()),
            shown_decimals: money.map_or(2, crate::words::Money::shown_decimals),
            language: self.language(),
            enrolled: identity.is_some(),
            session: session.cashier.as_ref().map(|cashier| SessionView {
                name: cashier.name.clone(),
                role: role_name(cashier.role).to_owned(),
            }),
            demo_pins: if is_demo {
                self.demo_pins()
            } else {
                Vec::new()
            },
            warnings: self.warnings(),
        }
    }

    /// Lets somebody in by PIN. Five misses cost nothing, each further one a wait that doubles and
    /// that a restart does not forgive. The basket on screen stays.
    pub fn unlock(&self, pin: &str) -> Result<TillView, Error> {
        let person = self.person_with(pin, PinFor::Work)?;
        self.session().cashier = Some(Cashier::from(&person));
        Ok(self.view())
    }

    /// Whose PIN it is, with every miss counted. The PIN of somebody who may not is a miss too.
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
        let subject = purpose.subject();
        let before = self.read(|connection| Ok(ledger::lockout::get(connection, subject)?))?;
        // A clock that was set back must not lock the till for a year.
        let wait_ms = before.until_ms.saturating_sub(now_ms).min(DELAY_MS.1);
        if wait_ms > 0 {
            return Err(delayed(wait_ms));
        }
        let pin = pin.trim();
        let has_shape = (4..=6).contains(&pin.len()) && pin.bytes().all(|b| b.is_ascii_digit());
        let found = if has_shape {
            owner_of(pin, &staff)
        } else {
            None
        };
        let Some(person) = found.filter(|person| purpose.is_enough(person)) else {
            let missed = self.missed(purpose, before, now_ms)?;
            let may_try = matches!(missed, Error::PinWrong { .. });
            return Err(match found {
                Some(_) if may_try => Error::NotAManager,
                _ => missed,
            });
        };
        if before != Lockout::default() {
            self.shared
                .ledger
                .transact(|tx| ledger::lockout::clear(tx, subject))?;
        }
        Ok(person.clone())
    }

    /// Nobody is at work; basket and customer stay.
    pub fn lock(&self) -> TillView {
        self.session().cashier = None;
        self.view()
    }

    /// Speaks `language` from now on, also after a restart.
    pub fn set_language(&self, language: Language) -> Result<TillView, Error> {
        self.choose_language(language)?;
        Ok(self.view())
    }

    /// Everybody who may work at this till's store.
    pub(crate) fn staff(&self) -> Result<Vec<Staff>, Error> {
        let Some(identity) = self.identity() else {
            return Ok(Vec::new());
        };
        let mut staff = self.read(|connection| Ok(ledger::staff::all(connection)?))?;
        staff.retain(|person| {
            let store = person.store.as_deref();
            person.active && store.is_none_or(|store| store == identity.store)
        });
        Ok(staff)
    }

    fn demo_pins(&self) -> Vec<DemoPin> {
        let staff = self.staff().unwrap_or_default();
        let pins = staff.into_iter().filter_map(|person| {
            Some(DemoPin {
                pin: person.demo_pin?,
                role: role_name(person.role).to_owned(),
                name: person.name,
            })
        });
        pins.collect()
    }

    fn missed(&self, purpose: PinFor, before: Lockout, now_ms: i64) -> Result<Error, Error> {
        let misses = before.misses.saturating_add(1);
        let delay_ms = delay_ms(misses);
        let lockout = Lockout {
            misses,
            until_ms: now_ms.saturating_add(delay_ms),
        };
        self.shared
            .ledger
            .transact(|tx| ledger::lockout::set(tx, purpose.subject(), lockout))?;
        tracing::warn!(misses, delay_ms, "a PIN was missed");
        if delay_ms > 0 {
            return Ok(delayed(delay_ms));
        }
        let left = u32::try_from(FREE_MISSES - misses).unwrap_or(0);
        Ok(Error::PinWrong { left })
    }
}

fn delayed(wait_ms: i64) -> Error {
    let seconds = u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000);
    Error::PinDelayed { seconds }
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
fn owner_of<'a>(pin: &str, staff: &'a [Staff]) -> Option<&'a Staff> {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let share = staff.len().div_ceil(processors.min(8)).max(1);
    std::thread::scope(|scope| {
        let searches: Vec<_> = staff
            .chunks(share)
            .map(|people| scope.spawn(|| people.iter().find(|person| fits(pin, person))))
            .collect();
        searches
            .into_iter()
            .find_map(|search| search.join().ok().flatten())
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
}
