//! The program in force, compiled once for each version.

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
}

/// Keeps the rules of the latest version.
#[derive(Debug, Default)]
pub(crate) struct Shelf(Mutex<Option<Arc<Rules>>>);

impl Shelf {
    /// The rules in force as `connection` sees them; [`Error::NoProgram`] before the first page.
    pub(crate) fn current(&self, connection: &Connection) -> Result<Arc<Rules>, Error> {
        let version = ledger::program::current_version(connection)?.ok_or(Error::NoProgram)?;
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rules) = kept
            .as_ref()
            .filter(|rules| rules.document.version == version)
        {
            return Ok(Arc::clone(rules));
        }
        let document = ledger::program::current(connection)?.ok_or(Error::NoProgram)?;
        let rules = Arc::new(Rules::compile(document)?);
        *kept = Some(Arc::clone(&rules));
        Ok(rules)
    }
}
