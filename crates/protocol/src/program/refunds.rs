//! Refunds and voids: what the shop asks before money goes back.

use serde::{Deserialize, Serialize};

use super::ProgramDocument;
use super::check::Faults;
use super::fault::Path;

/// The most reasons that a screen shows.
const MOST_REASONS: i64 = 12;

/// `[refunds]`. Left out: a manager for every refund and void of a cashier, and no list of reasons.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundsDocument {
    /// Value given back, by a refund or a void, from which a cashier needs a manager, minor units; 0:
    /// always.
    #[serde(default)]
    pub approval_from: i64,
    /// Who voids a sale without a manager.
    #[serde(default)]
    pub void_by: VoidByDocument,
    /// What a cashier chooses from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<ReasonDocument>,
}

/// `void_by`. A manager always does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoidByDocument {
    /// Whoever sold it.
    #[default]
    Seller,
    /// Everybody who works at the till.
    Anyone,
    /// Nobody else.
    Manager,
}

/// One of `reasons`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonDocument {
    /// Stands in the entry.
    pub slug: String,
    /// In Spanish.
    pub es: String,
    /// In English; left out: the Spanish one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

impl RefundsDocument {
    /// Whether a cashier who gives `value` (minor units, money and points together) back needs a
    /// manager.
    pub const fn refund_needs_manager(&self, value: i64) -> bool {
        value >= self.approval_from
    }

    /// Whether a cashier who did or did not sell it needs a manager to void a sale of `value` (minor
    /// units, money and points together): a void gives back what a refund of all of it would.
    pub const fn void_needs_manager(&self, is_seller: bool, value: i64) -> bool {
        if self.refund_needs_manager(value) {
            return true;
        }
        match self.void_by {
            VoidByDocument::Anyone => false,
            VoidByDocument::Seller => !is_seller,
            VoidByDocument::Manager => true,
        }
    }
}

impl ReasonDocument {
    /// The words in the language of this tag.
    pub fn text(&self, language: &str) -> &str {
        let english = self.en.as_deref().filter(|_| language == "en");
        english.unwrap_or(&self.es)
    }
}

impl ProgramDocument {
    /// What a person reads for the slug of a reason in the language of this tag; the slug itself
    /// where the program does not know it any more.
    pub fn reason<'a>(&'a self, slug: &'a str, language: &str) -> &'a str {
        let mut reasons = self.refunds.iter().flat_map(|refunds| &refunds.reasons);
        let reason = reasons.find(|reason| reason.slug == slug);
        reason.map_or(slug, |reason| reason.text(language))
    }
}

/// Faults of the section.
pub(super) fn check_refunds(faults: &mut Faults, path: &Path, refunds: &RefundsDocument) {
    faults.amount(&path.key("approval_from"), refunds.approval_from, 0);
    let reasons = path.key("reasons");
    let count = i64::try_from(refunds.reasons.len()).unwrap_or(i64::MAX);
    if count > MOST_REASONS {
        faults.add(
            reasons.clone(),
            format!("there are {count} reasons"),
            format!("keep at most {MOST_REASONS}: a cashier reads them all"),
        );
    }
    check_reasons(faults, &reasons, &refunds.reasons);
}

/// Faults of a list of reasons.
pub(super) fn check_reasons(faults: &mut Faults, path: &Path, reasons: &[ReasonDocument]) {
    let slugs = reasons.iter().map(|reason| reason.slug.as_str());
    faults.unique(path, "slug", slugs);
    for (index, reason) in reasons.iter().enumerate() {
        let path = path.at(index);
        faults.slug(&path.key("slug"), &reason.slug);
        faults.text(&path.key("es"), &reason.es);
        if let Some(english) = &reason.en {
            faults.text(&path.key("en"), english);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RefundsDocument, VoidByDocument};
    use crate::program::ProgramDocument;
    use crate::program::fault_test::check;

    #[test]
    fn a_reason_has_a_slug_once_and_words() {
        check(
            "[refunds]\napproval_from = 5000\nvoid_by = \"anyone\"\n\
             reasons = [{ slug = \"damaged\", es = \"Dañado\", en = \"Damaged\" }]",
            &[],
        );
        check(
            "[refunds]\nreasons = [{ slug = \"a\", es = \" \" }, { slug = \"a\", es = \"x\" }]",
            &["reasons[1].es", "reasons[2].slug"],
        );
        check(
            "[refunds]\napproval_from = -1\nvoid_by = \"nobody\"",
            &["approval_from", "void_by"],
        );
    }

    #[test]
    fn left_out_a_cashier_needs_a_manager_for_every_refund_and_every_void() {
        let rules = RefundsDocument::default();
        assert!(rules.refund_needs_manager(0));
        assert!(rules.void_needs_manager(true, 0));
        assert!(rules.void_needs_manager(false, 0));
    }

    #[test]
    fn a_void_is_no_way_round_the_value_of_a_refund() {
        let lax = RefundsDocument {
            approval_from: 5_000,
            void_by: VoidByDocument::Anyone,
            reasons: Vec::new(),
        };
        assert!(!lax.refund_needs_manager(4_999));
        assert!(lax.refund_needs_manager(5_000));
        assert!(!lax.void_needs_manager(false, 4_999));
        assert!(lax.void_needs_manager(true, 5_000));
        let sellers = RefundsDocument {
            void_by: VoidByDocument::Seller,
            ..lax
        };
        assert!(!sellers.void_needs_manager(true, 4_999));
        assert!(sellers.void_needs_manager(false, 4_999));
    }

    #[test]
    fn a_reason_that_is_gone_is_called_by_its_slug() {
        let program = ProgramDocument::bare("A", "COP", "America/Bogota");
        assert_eq!(program.reason("damaged", "es"), "damaged");
    }
}
