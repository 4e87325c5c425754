//! What a program says that is legal but surely not meant: found beside the faults, never in their way.
//!
//! One concept per file. A warning is only given where the text alone (or the catalogue, if there is
//! one) shows that a rule can do nothing, gives away everything, or contradicts its neighbour. Codes
//! that are switched off are left alone, and of a code that is over only that is said.

mod amount;
mod audience;
mod badge;
mod benefit;
mod catalogue;
mod limit;
mod points;
mod published;
mod reward;
mod series;
mod spend_tier;
mod stacking;
mod text;
mod tier;
mod unit;
mod validity;
mod variant;
mod window;

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, NaiveDate};

use super::fault::Path;
use super::{CodeDocument, ProgramDocument, SpendTierDocument};
use crate::row::Product;

/// So many warnings of one name are told one by one; the last of them counts the others.
const TOLD_OF_ONE_NAME: usize = 5;

/// What a program is looked at with, besides its text.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// Milliseconds since the epoch: what is over is over on this day of the program's time zone.
    pub now_ms: i64,
    /// The company's stores and products, if they are known.
    pub catalogue: Option<Catalogue<'a>>,
    /// The company's program in force, if there is one: whose codes are out.
    pub published: Option<&'a ProgramDocument>,
}

/// What restrictions of codes can name.
#[derive(Debug, Clone, Copy)]
pub struct Catalogue<'a> {
    /// Slugs of stores; empty: nobody has named one yet, and none is looked up.
    pub stores: &'a [String],
    /// Products; empty: none is looked up.
    pub products: &'a [Product],
}

/// One warning. `line` and `column` count from 1; both are 0 for a document that has no text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Warning {
    /// Line of the text.
    pub line: usize,
    /// Column of the text, in signs.
    pub column: usize,
    /// Stable short name, listed in `docs/program.md`.
    pub name: &'static str,
    /// What is odd, beginning with the key.
    pub what: String,
    /// What to write instead.
    pub remedy: String,
    /// How many more of this name are not told one by one.
    pub others: usize,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {} [{}]", self.what, self.remedy, self.name)?;
        match self.others {
            0 => Ok(()),
            others => write!(f, " (and {others} more of these)"),
        }
    }
}

impl ProgramDocument {
    /// Every warning about a document without faults, in the order of the document.
    pub fn warnings(&self, around: &Around<'_>) -> Vec<Warning> {
        let found = self.key_warnings(around, &[]);
        let unplaced = found.into_iter().map(|warning| warning.placed(0, 0));
        unplaced.collect()
    }

    /// Warnings with their keys. `doubtful` are the places where a fault was found: what stands in the
    /// same code, level or reward is not judged, and nothing that compares several of them.
    pub(super) fn key_warnings(&self, around: &Around<'_>, doubtful: &[Path]) -> Vec<KeyWarning> {
        let scope = Scope {
            document: self,
            today: self.day(around.now_ms),
            catalogue: around.catalogue,
        };
        let mut warnings = Warnings::new(doubtful);
        for (path, code) in scope.codes() {
            if code.active {
                look_at_code(&mut warnings, &scope, &path, code);
            }
        }
        points::look(&mut warnings, &scope);
        reward::look(&mut warnings, &scope);
        unit::look_at_the_rest(&mut warnings, &scope);
        if doubtful.is_empty() {
            tier::look(&mut warnings, &scope);
            badge::look(&mut warnings, &scope);
            stacking::look(&mut warnings, &scope);
            text::look(&mut warnings, &scope);
            series::look(&mut warnings, &scope);
            if let Some(published) = around.published {
                published::look(&mut warnings, &scope, published);
            }
        }
        warnings.found
    }

    fn day(&self, now_ms: i64) -> NaiveDate {
        let now = DateTime::from_timestamp_millis(now_ms).unwrap_or_default();
        now.with_timezone(&self.zone()).date_naive()
    }
}

fn look_at_code(warnings: &mut Warnings<'_>, scope: &Scope<'_>, path: &Path, code: &CodeDocument) {
    if validity::is_over(code, scope.today) {
        validity::look(warnings, path, code);
        return;
    }
    benefit::look(warnings, path, code);
    amount::look(warnings, scope, path, code);
    unit::look_at_code(warnings, scope, path, code);
    spend_tier::look(warnings, path, code);
    limit::look(warnings, path, code);
    window::look(warnings, path, code);
    audience::look(warnings, scope, path, code);
    variant::look(warnings, scope, path, code);
    if let Some(catalogue) = &scope.catalogue {
        catalogue::look(warnings, catalogue, path, code);
    }
}

/// What every look may ask.
struct Scope<'a> {
    document: &'a ProgramDocument,
    today: NaiveDate,
    catalogue: Option<Catalogue<'a>>,
}

impl<'a> Scope<'a> {
    fn codes(&self) -> impl Iterator<Item = (Path, &'a CodeDocument)> + use<'a> {
        let list = Path::default().key("codes");
        let codes = self.document.codes.iter().enumerate();
        codes.map(move |(index, code)| (list.at(index), code))
    }

    /// Codes that can still be used, now or later.
    fn living_codes(&self) -> impl Iterator<Item = (Path, &'a CodeDocument)> + use<'a> {
        let today = self.today;
        self.codes()
            .filter(move |(_, code)| code.active && !validity::is_over(code, today))
    }
}

/// A warning that knows its key instead of its place in a text.
#[derive(Debug, Clone)]
pub(super) struct KeyWarning {
    pub(super) path: Path,
    name: &'static str,
    what: String,
    remedy: String,
    others: usize,
}

impl KeyWarning {
    pub(super) fn placed(self, line: usize, column: usize) -> Warning {
        Warning {
            line,
            column,
            name: self.name,
            what: format!("{}: {}", self.path, self.what),
            remedy: self.remedy,
            others: self.others,
        }
    }
}

/// Warnings as they are found.
struct Warnings<'a> {
    found: Vec<KeyWarning>,
    /// Of each name: how many there were, and where the last one that is told stands.
    told: BTreeMap<&'static str, (usize, usize)>,
    doubtful: &'a [Path],
}

impl<'a> Warnings<'a> {
    fn new(doubtful: &'a [Path]) -> Self {
        Self {
            found: Vec::new(),
            told: BTreeMap::new(),
            doubtful,
        }
    }

    fn add(&mut self, name: &'static str, path: Path, what: impl Into<String>, remedy: &str) {
        if self.doubtful.iter().any(|other| share_entry(other, &path)) {
            return;
        }
        let (count, last) = self.told.entry(name).or_insert((0, 0));
        *count += 1;
        if *count > TOLD_OF_ONE_NAME {
            self.found[*last].others += 1;
            return;
        }
        *last = self.found.len();
        self.found.push(KeyWarning {
            path,
            name,
            what: what.into(),
            remedy: remedy.to_owned(),
            others: 0,
        });
    }
}

/// Whether both paths lead into the same code, level, reward or table.
fn share_entry(one: &Path, other: &Path) -> bool {
    one.0.iter().zip(&other.0).take(2).all(|(a, b)| a == b)
}

/// Whether a code takes money off; only such codes compete for stacking.
fn discounts(code: &CodeDocument) -> bool {
    code.percent_bp.is_some()
        || code.fixed.is_some()
        || !code.spend_tiers.is_empty()
        || code.free_product.is_some()
        || code.variants.iter().any(variant::takes_money_off)
}

/// A rate as people say it: `1050` is `10.5 %`.
fn percent(rate_bp: u32) -> String {
    let (whole, rest) = (rate_bp / 100, rate_bp % 100);
    match rest {
        0 => format!("{whole} %"),
        _ if rest % 10 == 0 => format!("{whole}.{} %", rest / 10),
        _ => format!("{whole}.{rest:02} %"),
    }
}
