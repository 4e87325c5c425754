//! Money, numbers and dates as people of each language write them.

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use mostrador_loyalty::money::{Amount, BasisPoints, Currency};
use rust_decimal::Decimal;

use crate::message::say;
use crate::view::Language;

/// Keeps a sign and its digits on one line of a screen. Paper breaks its lines itself, and its
/// printer may not know this space.
pub const NO_BREAK: char = '\u{a0}';

/// How money of one currency is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// Which.
    pub currency: Currency,
}

impl Money {
    /// Decimals that people expect to see: none for the Colombian peso, whose cents nobody pays.
    pub fn shown_decimals(self) -> u8 {
        match self.currency.code() {
            "COP" => 0,
            _ => self.currency.exponent(),
        }
    }

    /// `minor` units in words: `$ 12.000` in Spanish, `$12,000` in English. Cents of a currency that
    /// is shown without decimals appear only when there are some. The space is one that no line is
    /// broken at.
    pub fn say(self, language: Language, minor: i64) -> String {
        let sign = if minor < 0 { "-" } else { "" };
        let per_major = self.currency.minor_per_major().unsigned_abs();
        let (major, cents) = (
            minor.unsigned_abs() / per_major,
            minor.unsigned_abs() % per_major,
        );
        let mut text = grouped(language, &major.to_string());
        if cents > 0 || self.shown_decimals() > 0 {
            let width = usize::from(self.currency.exponent());
            text.push(decimal_mark(language));
            let cents = format!("{cents:0width$}");
            text.push_str(&cents);
        }
        let symbol = match self.currency.code() {
            "COP" | "MXN" | "USD" => "$",
            code => code,
        };
        match language {
            Language::En if symbol == "$" => format!("{sign}{symbol}{text}"),
            Language::Es | Language::En => format!("{sign}{symbol}{NO_BREAK}{text}"),
        }
    }

    /// Like [`Money::say`] for an amount.
    pub fn amount(self, language: Language, amount: Amount) -> String {
        self.say(language, amount.minor())
    }

    /// Like [`Money::say`], without the cents of a whole number of major units.
    pub fn short(self, language: Language, minor: i64) -> String {
        let whole = self.say(language, minor);
        if minor % self.currency.minor_per_major() != 0 {
            return whole;
        }
        let mark = decimal_mark(language);
        whole.split(mark).next().unwrap_or_default().to_owned()
    }

    /// Reads an amount as people type it: `12.000`, `12,000`, `$ 45,50`, `1.234,56`. The last point or
    /// comma is the decimal mark before as many digits as the currency has decimals, or fewer; else a mark
    /// before exactly three digits groups. Nobody else reads amounts.
    ///
    /// `None` when it is not an amount; negative amounts are none.
    pub fn parse(self, text: &str) -> Option<i128> {
        let text: String = text
            .chars()
            .filter(|sign| !sign.is_whitespace() && *sign != '$')
            .collect();
        let digits_of = |part: &str| -> Option<String> {
            let plain: String = part.chars().filter(|sign| !".,'".contains(*sign)).collect();
            let fine = !plain.is_empty() && plain.len() <= 30;
            (fine && plain.bytes().all(|byte| byte.is_ascii_digit())).then_some(plain)
        };
        let exponent = usize::from(self.currency.exponent());
        let (major, minor) = match text.rfind(['.', ',']) {
            Some(at) if (1..=exponent).contains(&(text.len() - at - 1)) => {
                let (major, minor) = (&text[..at], &text[at + 1..]);
                let major = if major.is_empty() { "0" } else { major };
                (major.to_owned(), minor.to_owned())
            }
            _ => (text, String::new()),
        };
        if !is_grouped_well(&major) || !minor.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = digits_of(&major)? + &format!("{minor:0<exponent$}");
        digits.parse().ok()
    }
}

/// Either no grouping at all, or groups of exactly three after the first.
fn is_grouped_well(major: &str) -> bool {
    let mut groups = major.split(['.', ',', '\'']);
    let first = groups.next().unwrap_or_default();
    let mut groups = groups.peekable();
    let one_mark = major
        .chars()
        .filter(|sign| ".,'".contains(*sign))
        .collect::<std::collections::BTreeSet<_>>()
        .len()
        <= 1;
    match groups.peek() {
        None => true,
        Some(_) => {
            one_mark && (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3)
        }
    }
}

/// A whole number: `1.234` or `1,234`.
pub fn number(language: Language, value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = value.unsigned_abs().to_string();
    format!("{sign}{}", grouped(language, &digits))
}

/// A decimal without trailing zeros: `1,5` or `1.5`.
pub fn decimal(language: Language, value: Decimal) -> String {
    let text = value.normalize().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, digits) = whole
        .strip_prefix('-')
        .map_or(("", whole), |rest| ("-", rest));
    let mut text = format!("{sign}{}", grouped(language, digits));
    if !fraction.is_empty() {
        text.push(decimal_mark(language));
        text.push_str(fraction);
    }
    text
}

/// A rate: `12,5 %`, also on one line, or `12.5%`.
pub fn percent(language: Language, rate: BasisPoints) -> String {
    let value = decimal(language, Decimal::new(rate.0.into(), 2));
    match language {
        Language::Es => format!("{value}{NO_BREAK}%"),
        Language::En => format!("{value}%"),
    }
}

/// A day: `5 de marzo de 2025` or `March 5, 2025`.
pub fn day(language: Language, day: NaiveDate) -> String {
    let months = say(language, "word.months", &[]);
    let index = usize::try_from(day.month0()).unwrap_or(0);
    let month = months.split(' ').nth(index).unwrap_or_default();
    let (number, year) = (day.day().to_string(), day.year().to_string());
    let parameters = [("day", number.as_str()), ("month", month), ("year", &year)];
    say(language, "word.day", &parameters)
}

/// A moment on the receipt: `05/03/2025 14:32` or `2025-03-05 14:32`.
pub fn moment(language: Language, local: NaiveDateTime) -> String {
    let format = match language {
        Language::Es => "%d/%m/%Y %H:%M",
        Language::En => "%Y-%m-%d %H:%M",
    };
    local.format(format).to_string()
}

/// `A, B y C`.
pub fn list(language: Language, parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => {
            let and = say(language, "word.and", &[]);
            format!("{} {and} {last}", first.join(", "))
        }
    }
}

const fn decimal_mark(language: Language) -> char {
    match language {
        Language::Es => ',',
        Language::En => '.',
    }
}

fn grouped(language: Language, digits: &str) -> String {
    let mark = match language {
        Language::Es => '.',
        Language::En => ',',
    };
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(code: &str) -> Money {
        Money {
            currency: Currency::from_code(code).expect("a currency"),
        }
    }

    #[test]
    fn money_is_written_as_people_of_each_language_write_it() {
        for (code, minor, es, en) in [
            ("COP", 1_200_000, "$ 12.000", "$12,000"),
            ("COP", 1_200_050, "$ 12.000,50", "$12,000.50"),
            ("COP", 0, "$ 0", "$0"),
            ("MXN", 4_500, "$ 45,00", "$45.00"),
            ("MXN", -123_456_789, "-$ 1.234.567,89", "-$1,234,567.89"),
            ("EUR", 5, "EUR 0,05", "EUR 0.05"),
            ("JPY", 1_000, "JPY 1.000", "JPY 1,000"),
        ] {
            let say = |language| money(code).say(language, minor);
            assert!(
                !say(Language::Es).contains(' '),
                "it would break over two lines"
            );
            assert_eq!(say(Language::Es).replace(NO_BREAK, " "), es);
            assert_eq!(say(Language::En).replace(NO_BREAK, " "), en);
        }
        assert_eq!(money("MXN").short(Language::Es, 100), "$\u{a0}1");
    }

    #[test]
    fn amounts_are_read_as_people_type_them() {
        for (text, minor) in [
            ("12.000", Some(1_200_000)),
            ("12,000", Some(1_200_000)),
            ("12000", Some(1_200_000)),
            ("$ 45,50", Some(4_550)),
            ("45.5", Some(4_550)),
            ("1.234,56", Some(123_456)),
            ("1,234.56", Some(123_456)),
            (",5", Some(50)),
            ("0", Some(0)),
            ("999999999999999", Some(99_999_999_999_999_900)),
            ("-5", None),
            ("1.2.3", None),
            ("12.0000", None),
            ("1.234,567", None),
            ("doce", None),
            ("😀", None),
            ("", None),
            ("1e5", None),
            ("٣", None),
        ] {
            assert_eq!(money("MXN").parse(text), minor, "{text}");
        }
        assert_eq!(money("JPY").parse("12.5"), None);
        assert_eq!(money("JPY").parse("1.234"), Some(1_234));
        assert_eq!(money("KWD").parse("1.234"), Some(1_234));
        assert_eq!(money("KWD").parse("1.234,5"), Some(1_234_500));
    }

    #[test]
    fn days_rates_and_lists_read_well() {
        let date = NaiveDate::from_ymd_opt(2025, 3, 5).expect("a day");
        assert_eq!(day(Language::Es, date), "5 de marzo de 2025");
        assert_eq!(day(Language::En, date), "March 5, 2025");
        assert_eq!(percent(Language::Es, BasisPoints(1_250)), "12,5\u{a0}%");
        assert_eq!(percent(Language::En, BasisPoints(1_000)), "10%");
        assert_eq!(
            decimal(Language::Es, Decimal::new(-12_345_670, 3)),
            "-12.345,67"
        );
        let parts = ["A", "B", "C"].map(str::to_owned);
        assert_eq!(list(Language::Es, &parts), "A, B y C");
        assert_eq!(list(Language::En, &parts[..1]), "A");
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_back(minor in 0..=mostrador_loyalty::money::MAX_MINOR) {
            for code in ["COP", "MXN", "JPY", "KWD"] {
                for language in [Language::Es, Language::En] {
                    let text = money(code).say(language, minor).replace(code, "");
                    proptest::prop_assert_eq!(money(code).parse(&text), Some(i128::from(minor)), "{}", text);
                }
            }
        }

        #[test]
        fn any_text_is_an_amount_or_not(text in ".*") {
            let _ = money("COP").parse(&text);
        }
    }
}
