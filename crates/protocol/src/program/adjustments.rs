//! Points by hand: how many at once, and why.

use serde::{Deserialize, Serialize};

use super::ReasonDocument;
use super::check::Faults;
use super::fault::Path;

/// The most reasons that a screen shows.
const MOST_REASONS: usize = 12;

/// `[adjustments]`. Left out: 1,000 points at once, and the reasons that come with the till.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdjustmentsDocument {
    /// The most points that a manager gives or takes at a till at once; 0: none.
    #[serde(default = "max_points")]
    pub max_points: i64,
    /// What a cashier chooses from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<ReasonDocument>,
}

const fn max_points() -> i64 {
    1_000
}

impl Default for AdjustmentsDocument {
    fn default() -> Self {
        Self {
            max_points: max_points(),
            reasons: Vec::new(),
        }
    }
}

/// Faults of the section.
pub(super) fn check_adjustments(
    faults: &mut Faults,
    path: &Path,
    adjustments: &AdjustmentsDocument,
) {
    faults.amount(&path.key("max_points"), adjustments.max_points, 0);
    let reasons = path.key("reasons");
    let count = adjustments.reasons.len();
    if count > MOST_REASONS {
        faults.add(
            reasons.clone(),
            format!("there are {count} reasons"),
            format!("keep at most {MOST_REASONS}: a cashier reads them all"),
        );
    }
    super::refunds::check_reasons(faults, &reasons, &adjustments.reasons);
}

#[cfg(test)]
mod tests {
    use super::AdjustmentsDocument;
    use crate::program::fault_test::check;

    #[test]
    fn a_limit_is_no_debt_and_a_reason_has_a_slug_once_and_words() {
        check(
            "[adjustments]\nmax_points = 500\nreasons = [{ slug = \"x\", es = \"X\" }]",
            &[],
        );
        check("[adjustments]\nmax_points = -1", &["max_points"]);
        check(
            "[adjustments]\nreasons = [{ slug = \"a\", es = \" \" }, { slug = \"a\", es = \"x\" }]",
            &["reasons[1].es", "reasons[2].slug"],
        );
    }

    #[test]
    fn left_out_a_thousand_points_at_once() {
        assert_eq!(AdjustmentsDocument::default().max_points, 1_000);
    }
}
