//! Errors in words: what happened and what to do for who stands at the till, every cause for the journal.

use chrono::NaiveDateTime;
use mostrador_ledger as ledger;
use mostrador_loyalty::basket::Quantity;
use mostrador_loyalty::refund::ReturnRefusal;
use mostrador_sync::conversation::Failure;

use super::Error;
use crate::message::say;
use crate::view::{Language, Trouble};
use crate::words;

impl Error {
    /// The error in words of `language`.
    pub fn trouble(&self, language: Language) -> Trouble {
        let code = self.code();
        let parameters = self.parameters(language);
        let pairs = parameters.iter();
        let parameters: Vec<(&str, &str)> = pairs.map(|(name, it)| (*name, it.as_str())).collect();
        Trouble {
            code: code.to_owned(),
            message: say(language, &format!("error.{code}.message"), &parameters),
            hint: say(language, &format!("error.{code}.hint"), &parameters),
            wait_s: match self {
                Self::PinDelayed { seconds } | Self::PinHeld { seconds } => Some(*seconds),
                _ => None,
            },
        }
    }

    /// Every cause down to the first, in English, for the journal; `None` for an answer that needs no
    /// more than its code. Never what somebody typed.
    pub fn causes(&self) -> Option<String> {
        match self {
            Self::Key(_) | Self::Ledger(_) | Self::Folder { .. } | Self::Enrol(_) => {
                Some(chain(self))
            }
            Self::ProgramUnusable { .. } => Some(self.to_string()),
            _ => None,
        }
    }

    fn parameters(&self, language: Language) -> Vec<(&'static str, String)> {
        match self {
            Self::PinWrong { left } => vec![("left", left.to_string())],
            Self::ProgramUnusable { version, .. } => vec![("version", version.to_string())],
            Self::OtherTenant { own, other } => {
                vec![("own", own.clone()), ("other", other.clone())]
            }
            Self::AmountUnreadable { text, money } => {
                let example = money.map_or_else(
                    || "12000".to_owned(),
                    |money| money.say(language, 12_000 * money.currency.minor_per_major()),
                );
                vec![("text", text.clone()), ("example", example)]
            }
            Self::QuantityUnreadable { text }
            | Self::CodeUnreadable { text }
            | Self::ReceiptUnreadable { text }
            | Self::PointsUnreadable { text }
            | Self::Profile { text, .. }
            | Self::ServerAddress { text } => {
                let max = mostrador_loyalty::code::MAX_CODE_CHARS.to_string();
                vec![("text", text.clone()), ("max", max)]
            }
            Self::QuantityTooLarge => {
                let max = Quantity::MAX;
                vec![("max", words::decimal(language, max))]
            }
            Self::BasketFull { max }
            | Self::NameTooLong { max }
            | Self::NoteTooLong { max }
            | Self::TooManyCodes { max }
            | Self::TooManyParked { max } => vec![("max", max.to_string())],
            Self::UnknownCoupon { code } => vec![("code", code.clone())],
            Self::ProductInactive { product } => vec![("product", product.clone())],
            Self::UnknownTender { kind } => vec![("kind", kind.clone())],
            Self::Underpaid {
                missing,
                total,
                money,
            } => vec![
                ("missing", money.amount(language, *missing)),
                ("total", money.amount(language, *total)),
            ],
            Self::Overpaid { excess, money } => {
                vec![("excess", money.amount(language, *excess))]
            }
            Self::GiftCardPaid { most, money } => vec![("most", money.amount(language, *most))],
            Self::PriceChanged { total, money } => {
                vec![("total", money.amount(language, *total))]
            }
            Self::Enrol(Failure::Refused(reply))
            | Self::LookUp(Failure::Refused(reply))
            | Self::SaleElsewhere(Failure::Refused(reply)) => {
                vec![("code", reply.code.clone())]
            }
            Self::Return {
                refusal,
                name,
                last,
            } => returned(language, refusal, name, *last),
            Self::AllReturned { last } => vec![("moment", when(language, *last))],
            Self::SaleVoided { voided } => vec![("moment", when(language, Some(*voided)))],
            Self::RefundChanged { value, money } => vec![("value", money.say(language, *value))],
            Self::Ledger(
                ledger::Error::Missing { path, .. }
                | ledger::Error::NotEncrypted { path }
                | ledger::Error::Foreign { path },
            ) => vec![("file", path.display().to_string())],
            Self::Folder { folder, .. } => vec![("folder", folder.display().to_string())],
            _ => Vec::new(),
        }
    }
}

/// What the sentence of a refused return says of it.
fn returned(
    language: Language,
    refusal: &ReturnRefusal,
    name: &str,
    last: Option<NaiveDateTime>,
) -> Vec<(&'static str, String)> {
    let quantity = |quantity: &Quantity| words::decimal(language, quantity.value());
    let mut said = vec![("name", name.to_owned()), ("moment", when(language, last))];
    match refusal {
        ReturnRefusal::MoreThanSold { left, .. } => said.push(("left", quantity(left))),
        ReturnRefusal::AlreadyReturned { returned, left, .. } => {
            said.extend([("returned", quantity(returned)), ("left", quantity(left))]);
        }
        ReturnRefusal::VoidTooLate { sold_on } => {
            said.push(("day", words::day(language, *sold_on)));
        }
        ReturnRefusal::NothingChosen
        | ReturnRefusal::NoSuchLine { .. }
        | ReturnRefusal::VoidAfterReturn => {}
    }
    said
}

fn when(language: Language, local: Option<NaiveDateTime>) -> String {
    local.map_or_else(String::new, |local| words::moment(language, local))
}

/// Every message from `error` down to its first cause.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// What somebody typed, short enough for a sentence.
pub(crate) fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    let text = text.trim();
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_is_said_in_one_language_and_its_causes_are_for_the_journal() {
        let error = Error::Ledger(ledger::Error::Corrupt {
            path: "/tills/one/till.sqlite".into(),
            detail: "database disk image is malformed".into(),
        });
        let trouble = error.trouble(Language::Es);
        assert_eq!(trouble.message, "El archivo de esta caja está dañado.");
        let causes = error.causes().expect("there are some");
        assert!(causes.contains("/tills/one/till.sqlite") && causes.contains("malformed"));
        assert_eq!(Error::Locked.causes(), None);
    }

    #[test]
    fn what_has_to_be_moved_is_named() {
        let path = std::path::PathBuf::from("/tills/one/till.sqlite");
        for error in [
            ledger::Error::Foreign { path: path.clone() },
            ledger::Error::NotEncrypted { path },
        ] {
            let trouble = Error::Ledger(error).trouble(Language::Es);
            assert!(
                trouble.message.contains("/tills/one/till.sqlite"),
                "{}",
                trouble.message
            );
        }
    }
}
