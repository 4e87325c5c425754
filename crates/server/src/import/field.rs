//! Cells into values; every "no" says what to write.

use chrono::NaiveDate;
use loyalty::money::{Amount, Currency};
use mostrador_loyalty as loyalty;
use mostrador_protocol::profile;
use rust_decimal::Decimal;

/// The longest name or text of a cell, signs.
const MAX_SIGNS: usize = 120;

pub(super) fn name(text: &str) -> Result<String, String> {
    let signs = text.chars().count();
    if signs == 0 {
        return Err("the name is empty; write one".to_owned());
    }
    if signs > MAX_SIGNS {
        return Err(format!(
            "the name has {signs} signs; write at most {MAX_SIGNS}"
        ));
    }
    if text.chars().any(char::is_control) {
        return Err("the name has a line break or control sign in it; remove it".to_owned());
    }
    Ok(text.to_owned())
}

/// Digits of a phone number without spaces, dashes, dots, brackets and a leading plus.
pub(super) fn phone(text: &str) -> Result<String, String> {
    profile::phone(text, None)
        .ok_or_else(|| format!("phone {text:?} is no phone number; write 7 to 15 digits"))
}

pub(super) fn email(text: &str) -> Result<String, String> {
    profile::email(text)
        .ok_or_else(|| format!("e-mail {text:?} is no address; write name@example.com"))
}

pub(super) fn document(text: &str) -> Result<String, String> {
    profile::document(text).ok_or_else(|| {
        format!("document {text:?} is no number of a document; write 4 to 20 letters and digits")
    })
}

pub(super) fn date(column: &str, text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map_err(|_| format!("{column} {text:?} is no date; write year-month-day, 1990-12-31"))
}

pub(super) fn card(text: &str) -> Result<String, String> {
    let fine = text.chars().count() <= 40 && text.chars().all(|sign| sign.is_ascii_graphic());
    if fine {
        return Ok(text.to_owned());
    }
    Err(format!(
        "card {text:?} is no card; write at most 40 letters and digits"
    ))
}

/// Yes or no; `when_empty` for an empty cell.
pub(super) fn yes_or_no(column: &str, text: &str, when_empty: bool) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "" => Ok(when_empty),
        "true" | "yes" | "y" | "1" | "si" | "sí" | "s" => Ok(true),
        "false" | "no" | "n" | "0" => Ok(false),
        _ => Err(format!(
            "{column} {text:?} is neither yes nor no; write true or false"
        )),
    }
}

/// An amount in major units, `12.50`, as minor units.
pub(super) fn money(column: &str, text: &str, currency: Currency) -> Result<Amount, String> {
    let places = currency.exponent();
    let wrong = || {
        format!(
            "{column} {text:?} is no amount of {}; write digits with a point and at most {places} \
             decimals, without thousands separators: 12500.00",
            currency.code()
        )
    };
    let plain = !text.is_empty()
        && text
            .bytes()
            .all(|sign| sign.is_ascii_digit() || sign == b'.');
    if !plain {
        return Err(wrong());
    }
    let major: Decimal = text.parse().map_err(|_| wrong())?;
    let too_large = || {
        let most = Amount::MAX.minor() / currency.minor_per_major();
        format!("{column} {text:?} is larger than amounts can be; the most is {most}")
    };
    let minor = major
        .checked_mul(Decimal::from(currency.minor_per_major()))
        .ok_or_else(too_large)?
        .normalize();
    if minor.scale() > 0 {
        return Err(wrong());
    }
    let minor = i64::try_from(minor).map_err(|_| too_large())?;
    Amount::from_minor(minor).ok_or_else(too_large)
}

/// Short names separated by `|`.
pub(super) fn slugs(text: &str) -> Vec<String> {
    let parts = text.split('|').map(|part| part.trim().to_lowercase());
    parts.filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_or_refused() {
        let cop = Currency::from_code("COP").unwrap();
        for (text, minor) in [("0", 0), ("12500", 1_250_000), ("0.05", 5), ("1.50", 150)] {
            assert_eq!(money("price", text, cop).unwrap().minor(), minor, "{text}");
        }
        let refused = [
            ("", "no amount"),
            ("-1", "no amount"),
            ("1,50", "no amount"),
            ("$ 5", "no amount"),
            ("0.005", "no amount"),
            ("1e3", "no amount"),
            ("1.2.3", "no amount"),
            ("123456789012345", "larger than amounts can be"),
            ("99999999999999999999999999999999", "no amount"),
        ];
        for (text, reason) in refused {
            let error = money("price", text, cop).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn phones_lose_their_dress() {
        assert_eq!(phone("+57 (300) 123-45.67").unwrap(), "573001234567");
        for wrong in ["", "12345", "1234567890123456", "30O1234567", "+"] {
            assert!(phone(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_may_be_anything_that_people_are_called() {
        for fine in ["Ana", "José Ñuñez 🎉", "李"] {
            assert_eq!(name(fine).unwrap(), fine);
        }
        assert!(name("").is_err());
        assert!(name("a\nb").is_err());
        assert!(name(&"x".repeat(121)).is_err());
    }

    #[test]
    fn dates_emails_and_consent_say_what_to_write() {
        assert!(
            date("birthday", "31/12/1990")
                .unwrap_err()
                .contains("1990-12-31")
        );
        assert!(email("ana").unwrap_err().contains("name@example.com"));
        assert_eq!(email("Ana@Example.com").unwrap(), "ana@example.com");
        assert_eq!(yes_or_no("consent", "Sí", false), Ok(true));
        assert!(yes_or_no("consent", "maybe", false).is_err());
    }
}
