//! Codes whose time is over.

use chrono::NaiveDate;

use super::{CodeDocument, Path, Warnings};

/// Whether no day is left on which the code is valid.
pub(super) fn is_over(code: &CodeDocument, today: NaiveDate) -> bool {
    code.valid_until.is_some_and(|until| until < today)
}

pub(super) fn look(warnings: &mut Warnings<'_>, path: &Path, code: &CodeDocument) {
    let Some(until) = code.valid_until else {
        return;
    };
    warnings.add(
        "expired",
        path.key("valid_until"),
        format!(
            "{} ended on {until}, every scan of it is refused",
            code.text
        ),
        "write a later day, or remove the code when nobody brings it any more",
    );
}
