//! Who earned most in a period, with names that strangers may read.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::row::Customer;

/// A place of a leaderboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Who; the record that has the account.
    pub customer_id: Uuid,
    /// What may be shown of the name; none: the profile is not here, or was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Points earned by the sales of the period, less those that were taken back since.
    pub points: i64,
    /// Sales of the period that stand.
    pub sales: u64,
}

/// What others may read of a name: of somebody who agreed at the counter that their data is kept, the
/// first name and the first letter of the next one; of anybody else the first letters.
pub fn shown_name(profile: &Customer) -> Option<String> {
    let mut words = profile.name.split_whitespace();
    let first = words.next()?;
    let initial = |word: &str| {
        let first = word.chars().next();
        first.map(|sign| format!("{}.", sign.to_uppercase()))
    };
    let shown = if profile.consent.is_some() {
        first.to_owned()
    } else {
        initial(first)?
    };
    let next = words.next().and_then(initial);
    Some(next.map_or_else(|| shown.clone(), |next| format!("{shown} {next}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Consent;

    fn check(name: &str, has_agreed: bool, shown: Option<&str>) {
        let consent = Consent {
            version: 1,
            marketing: false,
            given_ms: 0,
            terminal: Uuid::nil(),
            answers_ms: None,
        };
        let profile = Customer {
            name: name.to_owned(),
            consent: has_agreed.then_some(consent),
            ..Customer::default()
        };
        assert_eq!(shown_name(&profile).as_deref(), shown);
    }

    #[test]
    fn a_name_is_reduced_to_what_was_agreed() {
        check("Ana María Torres", true, Some("Ana M."));
        check("Ana María Torres", false, Some("A. M."));
        check("Íñigo", true, Some("Íñigo"));
        check(" íñigo  ", false, Some("Í."));
        check("", true, None);
    }
}
