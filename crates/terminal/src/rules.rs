//! The program in force, compiled once for each version.
//!
//! The newest version that this software can read and compile is in force. A newer one that it cannot
//! is passed over: the till sells on, and says that a person has to update it.

use std::sync::{Arc, Mutex, PoisonError};

use chrono_tz::Tz;
use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_loyalty::program::Program;
use mostrador_loyalty::time::Moment;
use mostrador_protocol::program::ProgramDocument;

use crate::Error;
use crate::moment::moment;
use crate::words::Money;

/// A program that compiled.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) document: ProgramDocument,
    pub(crate) program: Program,
    pub(crate) zone: Tz,
    pub(crate) money: Money,
}

impl Rules {
    pub(crate) fn compile(document: ProgramDocument) -> Result<Self, Error> {
        let program = document
            .compile()
            .map_err(|faults| Error::ProgramUnusable {
                version: document.version,
                faults: format!("{faults:?}"),
            })?;
        Ok(Self {
            zone: document.zone(),
            money: Money {
                currency: program.currency,
            },
            document,
            program,
        })
    }

    /// The moment as the stores of this program see it.
    pub(crate) fn moment(&self, unix_ms: i64) -> Moment {
        moment(unix_ms, self.zone)
    }

    /// What a person reads for a tier's slug.
    pub(crate) fn tier_name<'a>(&'a self, slug: &'a str) -> &'a str {
        let tiers = self.program.tiers.as_ref();
        let tier = tiers.and_then(|tiers| tiers.tier(slug));
        tier.map_or(slug, |tier| &tier.name)
    }

    /// What a person reads for a reward's slug; none: the program has no such reward any more.
    pub(crate) fn reward_name(&self, slug: &str) -> Option<&str> {
        let mut rewards = self.program.rewards.iter();
        let reward = rewards.find(|reward| reward.slug == slug)?;
        Some(&reward.name)
    }

    /// What a person reads for a badge's slug.
    pub(crate) fn badge_name<'a>(&'a self, slug: &'a str) -> &'a str {
        let badge = self.program.badges.iter().find(|badge| badge.slug == slug);
        badge.map_or(slug, |badge| &badge.name)
    }
}

/// Keeps the rules in force.
#[derive(Debug, Default)]
pub(crate) struct Shelf(Mutex<Option<Kept>>);

/// The rules in force and the newest version that arrived, which is another one if it was passed over.
#[derive(Debug, Clone)]
struct Kept {
    newest: u32,
    rules: Arc<Rules>,
}

impl Shelf {
    /// The rules in force as `connection` sees them; [`Error::NoProgram`] before the first page.
    pub(crate) fn current(&self, connection: &Connection) -> Result<Arc<Rules>, Error> {
        Ok(self.kept(connection)?.rules)
    }

    /// The version that was passed over because this software cannot use it, beside the one in force.
    pub(crate) fn passed_over(&self, connection: &Connection) -> Result<Option<(u32, u32)>, Error> {
        let kept = match self.kept(connection) {
            Ok(kept) => kept,
            Err(Error::NoProgram | Error::ProgramUnusable { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let in_force = kept.rules.document.version;
        Ok((in_force < kept.newest).then_some((kept.newest, in_force)))
    }

    fn kept(&self, connection: &Connection) -> Result<Kept, Error> {
        let newest = ledger::program::newest_version(connection)?.ok_or(Error::NoProgram)?;
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = place.as_ref().filter(|kept| kept.newest == newest) {
            return Ok(kept.clone());
        }
        let rules = Arc::new(newest_usable(connection, newest)?);
        let kept = Kept { newest, rules };
        *place = Some(kept.clone());
        Ok(kept)
    }
}

/// The newest version that can be read and compiled; the trouble with the newest one if there is none.
fn newest_usable(connection: &Connection, newest: u32) -> Result<Rules, Error> {
    let mut trouble = Error::ProgramUnusable {
        version: newest,
        faults: "a format that this software does not know".to_owned(),
    };
    for version in ledger::program::versions(connection)? {
        let Some(document) = ledger::program::by_version(connection, version)? else {
            continue;
        };
        match Rules::compile(document) {
            Ok(rules) => return Ok(rules),
            Err(error) if version == newest => trouble = error,
            Err(_) => {}
        }
    }
    Err(trouble)
}
