//! Who puts rules into words: one language, one program, and the names that people know things by.
//!
//! Slugs of categories, partners, stores and products never reach a person: they become labels of the
//! program or names of the catalogue, and where there are none, a word that says less.

use std::collections::HashMap;

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_loyalty::code::{Benefit, Code, CodeText, Restrictions, Window};
use mostrador_loyalty::money::Amount;
use mostrador_protocol::program::Labelled;

use crate::message::say;
use crate::rules::Rules;
use crate::view::Language;
use crate::{Error, words};

/// The most names that one sentence lists.
const MAX_NAMES: usize = 3;

/// Names of products by their id.
pub(crate) type ProductNames = HashMap<String, String>;

/// The names of the products that `codes` speak about, as the catalogue has them.
pub(crate) fn product_names<'a>(
    connection: &Connection,
    codes: impl Iterator<Item = &'a Code>,
) -> Result<ProductNames, Error> {
    let mut names = ProductNames::new();
    for code in codes {
        let free = match &code.benefit {
            Benefit::FreeProduct { product, .. } => Some(product),
            _ => None,
        };
        let restricted = code.restrictions.products.iter().take(MAX_NAMES + 1);
        for id in free.into_iter().chain(restricted) {
            if let Some(product) = ledger::product::get(connection, id)? {
                names.insert(id.clone(), product.name);
            }
        }
    }
    Ok(names)
}

/// Puts rules into words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Speaker<'a> {
    pub(crate) language: Language,
    pub(crate) rules: &'a Rules,
    pub(crate) products: &'a ProductNames,
    /// Codes that the program does not list: reward coupons, rewards of a basket.
    pub(crate) own: &'a [Code],
}

impl Speaker<'_> {
    /// The rules of a code as it was accepted or scanned.
    pub(crate) fn code(&self, text: &CodeText) -> Option<&Code> {
        let own = self.own.iter().find(|code| code.text == *text);
        own.or_else(|| self.rules.program.code(text))
    }

    /// A code as it is printed: a member of a series with the dashes of its pattern.
    pub(crate) fn printed(&self, text: &CodeText) -> String {
        let codes = self.rules.document.codes.iter();
        let mut patterns = codes.filter_map(|code| Some(code.series.as_ref()?.pattern.as_str()));
        patterns
            .find_map(|pattern| fitted(pattern, text.as_str()))
            .unwrap_or_else(|| text.to_string())
    }

    pub(crate) fn say(&self, key: &str, parameters: &[(&str, &str)]) -> String {
        say(self.language, key, parameters)
    }

    pub(crate) fn money(&self, amount: Amount) -> String {
        self.rules.money.amount(self.language, amount)
    }

    /// `A, B y C`; of many the first two and how many more.
    pub(crate) fn list(&self, names: &[String]) -> String {
        if names.len() <= MAX_NAMES {
            return words::list(self.language, names);
        }
        let shown = MAX_NAMES - 1;
        let count = (names.len() - shown).to_string();
        let mut short: Vec<String> = names[..shown].to_vec();
        short.push(self.say("word.more", &[("count", &count)]));
        words::list(self.language, &short)
    }

    pub(crate) fn product(&self, id: &str) -> String {
        let known = self.products.get(id).cloned();
        known.unwrap_or_else(|| self.say("word.product", &[]))
    }

    fn label(&self, what: Labelled<'_>) -> Option<String> {
        let label = self.rules.document.label(what, self.language.tag())?;
        Some(label.to_owned())
    }

    /// Stores with this slug, where every one of them has a label.
    pub(crate) fn stores(&self, restrictions: &Restrictions) -> Option<String> {
        let names = restrictions.stores.iter();
        let names: Option<Vec<String>> = names
            .map(|slug| self.label(Labelled::Store(slug)))
            .collect();
        names
            .filter(|names| !names.is_empty())
            .map(|names| self.list(&names))
    }

    /// A store's name: "Centro"; its slug where it has none.
    pub(crate) fn store(&self, slug: &str) -> String {
        let name = self.label(Labelled::Store(slug));
        name.unwrap_or_else(|| slug.to_owned())
    }

    /// The products that a code is restricted to: "islas y náutica"; `None` for all.
    pub(crate) fn places(&self, restrictions: &Restrictions) -> Option<String> {
        let categories = restrictions.categories.iter();
        let categories = categories.map(|slug| self.label(Labelled::Category(slug)));
        let partners = restrictions.partners.iter();
        let partners = partners.map(|slug| self.label(Labelled::Partner(slug)));
        let products = restrictions.products.iter();
        let products = products.map(|id| self.products.get(id).cloned());
        let mut kinds = Vec::new();
        for kind in [
            categories.collect::<Vec<_>>(),
            partners.collect(),
            products.take(MAX_NAMES + 1).collect(),
        ] {
            if kind.is_empty() {
                continue;
            }
            let Some(names) = kind.into_iter().collect::<Option<Vec<String>>>() else {
                return Some(self.say("word.participating", &[]));
            };
            kinds.push(self.list(&names));
        }
        // Of several kinds a product has to be in each.
        kinds.into_iter().reduce(|inner, outer| {
            let parameters = [("inner", inner.as_str()), ("outer", outer.as_str())];
            self.say("word.of", &parameters)
        })
    }

    /// Weekdays and hours: "los martes de 15:00 a 18:00".
    pub(crate) fn hours(&self, windows: &[Window]) -> String {
        let names = self.say("word.weekdays", &[]);
        let names: Vec<&str> = names.split(',').collect();
        let window = |window: &Window| {
            let days: Vec<String> = window
                .weekdays
                .iter()
                .filter_map(|day| {
                    let index = usize::try_from(day.num_days_from_monday()).ok()?;
                    Some((*names.get(index)?).to_owned())
                })
                .collect();
            let days = if days.is_empty() {
                self.say("word.every_day", &[])
            } else {
                words::list(self.language, &days)
            };
            if window.from == window.to {
                return days;
            }
            let hour = |time: chrono::NaiveTime| time.format("%H:%M").to_string();
            let (from, to) = (hour(window.from), hour(window.to));
            let parameters = [("days", days.as_str()), ("from", &from), ("to", &to)];
            self.say("word.window", &parameters)
        };
        let windows: Vec<String> = windows.iter().map(window).collect();
        words::list(self.language, &windows)
    }
}

/// `text` with what stands between the signs of `pattern`: "MAR-????-????#"; none where it does not fit.
fn fitted(pattern: &str, text: &str) -> Option<String> {
    let mut signs = text.chars();
    let mut printed = String::new();
    for place in pattern.chars() {
        match place {
            '?' | '#' => printed.push(signs.next()?),
            place if place.is_alphanumeric() => {
                let sign = signs.next()?;
                if sign != place.to_ascii_uppercase() {
                    return None;
                }
                printed.push(sign);
            }
            between => printed.push(between),
        }
    }
    signs.next().is_none().then_some(printed)
}

#[cfg(test)]
mod tests {
    use super::fitted;

    #[test]
    fn a_code_is_printed_with_the_dashes_of_its_pattern() {
        let printed = fitted("mar-????-????#", "MAR73SUHQWYS");
        assert_eq!(printed.as_deref(), Some("MAR-73SU-HQWYS"));
        assert_eq!(fitted("MAR-????-????#", "MAR73SUHQWY"), None);
        assert_eq!(fitted("MAR-????-????#", "SOL73SUHQWYS"), None);
    }
}
