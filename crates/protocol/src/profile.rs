//! How two copies of a customer's profile meet, and how what people type becomes one.
//!
//! One idea: the writer with the later clock wins the whole row, except for two things. A consent that
//! did not know the other one never widens it, and a referral code that the server has given stays.

use crate::row::Customer;

/// The digits of a phone number, country code included (ITU-T E.164 allows 15).
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// A number with at most this many digits has no country code.
const NATIONAL_DIGITS: usize = 10;

/// What the server's row and a till's row of the same customer come to.
///
/// - The row with the later clock gives every field; on equal clocks the server's.
/// - Consent: a decision that knew the other ([`crate::row::Consent::answers_ms`]) takes its place, as does the
///   later of two that carry the same record; otherwise the more restrictive one holds.
/// - Referral code: the server's, else the till's.
/// - Who was erased on either side is erased, whatever the other side wrote later, with a clock that no
///   copy is above.
///
/// Repeating it changes nothing: the answer met with either row again is the answer. A row that has the
/// fields of one and the consent of the other has a clock above both.
///
/// ```
/// use mostrador_protocol::profile::merge;
/// use mostrador_protocol::row::Customer;
/// let server = Customer { name: "Ana Peña".into(), hlc: 7, ..Customer::default() };
/// let till = Customer { name: "Ana Peña de Gil".into(), hlc: 9, ..server.clone() };
/// assert_eq!(merge(&server, &till), till);
/// assert_eq!(merge(&till, &server), till);
/// ```
pub fn merge(server: &Customer, till: &Customer) -> Customer {
    if server.erased || till.erased {
        return erased(server, till);
    }
    let (later, earlier) = if till.hlc > server.hlc {
        (till, server)
    } else {
        (server, till)
    };
    let decided = decision(later, earlier);
    let code = server
        .referral_code
        .as_ref()
        .or(till.referral_code.as_ref());
    let mut merged = Customer {
        referral_code: code.cloned(),
        marketing_consent: decided.marketing_consent,
        consent: decided.consent.clone(),
        ..later.clone()
    };
    // The code alone makes no new decision: the server's row stands at the same clock.
    let is = |row: &Customer| {
        let referral_code = merged.referral_code.clone();
        merged
            == Customer {
                referral_code,
                ..row.clone()
            }
    };
    if !is(server) && !is(till) {
        merged.hlc = later.hlc.saturating_add(1);
    }
    merged
}

/// Both at once: the erasure, above the clock of what it replaces.
fn erased(one: &Customer, other: &Customer) -> Customer {
    let (gone, copy) = if one.erased {
        (one, other)
    } else {
        (other, one)
    };
    let hlc = if copy.erased || copy.hlc < gone.hlc {
        gone.hlc.max(copy.hlc)
    } else {
        copy.hlc.saturating_add(1)
    };
    Customer::erased(gone.id, hlc)
}

/// Whose consent holds.
fn decision<'a>(later: &'a Customer, earlier: &'a Customer) -> &'a Customer {
    if later.consent == earlier.consent && later.hlc > earlier.hlc {
        return later;
    }
    if answers(later, earlier) {
        return later;
    }
    if answers(earlier, later) {
        return earlier;
    }
    match (earlier.marketing_consent, later.marketing_consent) {
        (false, true) => earlier,
        (true, false) => later,
        _ if is_newer(earlier, later) => earlier,
        _ => later,
    }
}

/// Whether the decision of `one` was made in knowledge of that of `other`: it names it, or it is the
/// first that was recorded at all.
fn answers(one: &Customer, other: &Customer) -> bool {
    match (&one.consent, &other.consent) {
        (Some(one), Some(other)) => one.answers_ms == Some(other.given_ms),
        (Some(_), None) => true,
        (None, _) => false,
    }
}

fn is_newer(one: &Customer, other: &Customer) -> bool {
    let key = |customer: &Customer| {
        let consent = customer.consent.as_ref();
        consent.map(|consent| (consent.given_ms, consent.terminal))
    };
    key(one) > key(other)
}

/// Digits of a phone number as people write it, with the country code where it is known: spaces,
/// dashes, dots, brackets go; a number without a country code gets `calling_code`. `None`: no number.
///
/// ```
/// use mostrador_protocol::profile::phone;
/// assert_eq!(phone("300 123 45 67", Some("57")).as_deref(), Some("573001234567"));
/// assert_eq!(phone("+1 (202) 555-0143", Some("57")).as_deref(), Some("12025550143"));
/// assert_eq!(phone("300O123456", None), None);
/// ```
pub fn phone(text: &str, calling_code: Option<&str>) -> Option<String> {
    let text = text.trim();
    let abroad = text.strip_prefix('+').or_else(|| text.strip_prefix("00"));
    let bare = abroad.unwrap_or(text);
    let digits: String = bare
        .chars()
        .filter(|sign| !" -.()\u{a0}".contains(*sign))
        .collect();
    let fine =
        PHONE_DIGITS.contains(&digits.len()) && digits.bytes().all(|sign| sign.is_ascii_digit());
    if !fine {
        return None;
    }
    match calling_code {
        Some(code) if abroad.is_none() && digits.len() <= NATIONAL_DIGITS => {
            Some(format!("{code}{digits}"))
        }
        _ => Some(digits),
    }
}

/// The ways in which the same number may be kept: with the country code and without.
pub fn phone_spellings(phone: &str, calling_code: Option<&str>) -> Vec<String> {
    let mut spellings = vec![phone.to_owned()];
    if let Some(code) = calling_code {
        let national = phone.strip_prefix(code);
        let national = national.filter(|rest| PHONE_DIGITS.contains(&rest.len()));
        spellings.extend(national.map(str::to_owned));
        if phone.len() <= NATIONAL_DIGITS {
            spellings.push(format!("{code}{phone}"));
        }
    }
    spellings
}

/// An e-mail address in lower case; `None`: it is none.
pub fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let fine = text
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'));
    let signs_are_fine = !text
        .chars()
        .any(|sign| sign.is_whitespace() || sign.is_control());
    (fine && text.len() <= 254 && signs_are_fine).then(|| text.to_lowercase())
}

/// The number of an identity document: letters and digits in upper case, dots and dashes gone.
pub fn document(text: &str) -> Option<String> {
    let signs: String = text.chars().filter(|sign| !" .-".contains(*sign)).collect();
    let fine =
        (4..=20).contains(&signs.len()) && signs.bytes().all(|sign| sign.is_ascii_alphanumeric());
    fine.then(|| signs.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Consent;
    use uuid::Uuid;

    fn row(hlc: u64) -> Customer {
        Customer {
            id: Uuid::from_u128(1),
            name: "Ana".to_owned(),
            hlc,
            ..Customer::default()
        }
    }

    fn said(hlc: u64, marketing: bool, given_ms: i64, answers_ms: Option<i64>) -> Customer {
        Customer {
            marketing_consent: marketing,
            consent: Some(Consent {
                version: 1,
                marketing,
                given_ms,
                terminal: Uuid::from_u128(u128::from(hlc)),
                answers_ms,
            }),
            ..row(hlc)
        }
    }

    /// Meets both ways round, and again with each of the two.
    fn check(one: &Customer, other: &Customer, marketing: bool) {
        for (server, till) in [(one, other), (other, one)] {
            let merged = merge(server, till);
            assert_eq!(merged.marketing_consent, marketing, "{merged:?}");
            assert_eq!(
                merged.consent.as_ref().map(|consent| consent.marketing),
                Some(marketing)
            );
            for again in [server, till] {
                assert_eq!(merge(&merged, again), merged, "met again");
            }
            assert!(merged.hlc >= server.hlc.max(till.hlc));
        }
    }

    #[test]
    fn of_two_tills_that_did_not_know_each_other_the_more_restrictive_consent_holds() {
        check(
            &said(20, true, 200, Some(1)),
            &said(10, false, 100, Some(1)),
            false,
        );
        check(
            &said(20, false, 200, Some(1)),
            &said(10, true, 100, Some(1)),
            false,
        );
        check(&said(20, true, 200, None), &said(10, true, 100, None), true);
    }

    #[test]
    fn a_decision_that_knew_the_other_takes_its_place_both_ways() {
        check(
            &said(10, false, 100, None),
            &said(20, true, 200, Some(100)),
            true,
        );
        check(
            &said(10, true, 100, None),
            &said(20, false, 200, Some(100)),
            false,
        );
        let unrecorded = row(10);
        check(&unrecorded, &said(20, true, 200, None), true);
        let edited_later = row(30);
        check(&edited_later, &said(20, true, 200, None), true);
    }

    #[test]
    fn an_edit_elsewhere_does_not_undo_a_withdrawal_that_has_not_arrived() {
        let before = said(5, true, 50, None);
        let withdrawn = said(10, false, 100, Some(50));
        let edited = Customer {
            name: "Ana María".to_owned(),
            hlc: 20,
            ..before
        };
        let merged = merge(&edited, &withdrawn);
        assert_eq!(
            (merged.name.as_str(), merged.marketing_consent, merged.hlc),
            ("Ana María", false, 21)
        );
    }

    #[test]
    fn the_later_clock_gives_the_fields_and_the_server_keeps_the_code() {
        let server = Customer {
            referral_code: Some("SERVER22".to_owned()),
            phone: Some("1".to_owned()),
            ..row(10)
        };
        let till = Customer {
            referral_code: Some("TILLTILL".to_owned()),
            name: "Ana María".to_owned(),
            ..row(20)
        };
        let merged = merge(&server, &till);
        assert_eq!(merged.referral_code.as_deref(), Some("SERVER22"));
        assert_eq!((merged.name.as_str(), merged.phone), ("Ana María", None));
        let same_clock = Customer { hlc: 10, ..till };
        assert_eq!(merge(&server, &same_clock), server);
    }

    #[test]
    fn who_was_erased_does_not_come_back_with_a_later_edit() {
        let gone = Customer::erased(Uuid::from_u128(1), 10);
        for hlc in [5, 10, 20] {
            let edited = Customer {
                phone: Some("573001234567".to_owned()),
                ..row(hlc)
            };
            for (server, till) in [(&gone, &edited), (&edited, &gone)] {
                let merged = merge(server, till);
                assert_eq!(merged, Customer::erased(gone.id, merged.hlc));
                assert!(merged.hlc >= 10 && merged.hlc > hlc, "{merged:?}");
                assert_eq!(merge(&merged, &edited), merged, "met again");
                assert_eq!(merge(&merged, &gone), merged, "met again");
            }
        }
    }

    #[test]
    fn numbers_with_and_without_their_country_are_one() {
        assert_eq!(
            phone("0057 300 123 45 67", Some("57")).as_deref(),
            Some("573001234567")
        );
        assert_eq!(
            phone("573001234567", Some("57")).as_deref(),
            Some("573001234567")
        );
        assert_eq!(phone("12345", Some("57")), None);
        assert_eq!(
            phone_spellings("573001234567", Some("57")),
            ["573001234567", "3001234567"]
        );
        assert_eq!(
            phone_spellings("3001234567", Some("57")),
            ["3001234567", "573001234567"]
        );
        assert_eq!(phone_spellings("3001234567", None), ["3001234567"]);
    }

    #[test]
    fn addresses_and_documents_lose_their_dress() {
        assert_eq!(
            email(" Ana@Example.com ").as_deref(),
            Some("ana@example.com")
        );
        assert_eq!(email("ana"), None);
        assert_eq!(document("52.345.678").as_deref(), Some("52345678"));
        assert_eq!(document("ab-12 34").as_deref(), Some("AB1234"));
        assert_eq!(document("5"), None);
    }
}
