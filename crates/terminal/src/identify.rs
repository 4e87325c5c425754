//! The one box: what is in it is a customer, a product, a code, or nothing that is known here.
//!
//! Exact things first, because a scanner sends exact things: a card, a product's code or barcode, the
//! number of a sale, a code of the program. Then by shape: digits are a phone, a number like those on
//! receipts is a sale of another till, letters and digits together are a code, letters are a name, or where
//! nobody has it and it looks like a generated code, a mistyped one.

use mostrador_ledger as ledger;
use mostrador_ledger::Connection;
use mostrador_ledger::customer::Found;
use mostrador_loyalty::code::{CodeText, generated};
use mostrador_protocol::row::{Customer, Product};

use crate::Error;
use crate::counter::last_four;
use crate::error::shortened;
use crate::message::say;
use crate::price::standing_of;
use crate::rules::Rules;
use crate::sentence;
use crate::speaker::{ProductNames, Speaker};
use crate::till::Till;
use crate::view::{BoxReading, CustomerHit, Language, ProductHit};
use crate::words;

/// The most hits of each kind.
const MAX_HITS: usize = 8;

/// Longer text is a scan gone wrong or a paste.
const MAX_CHARS: usize = 300;

/// Digits of a phone number.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=13;

/// The fewest signs that look like a code.
const MIN_CODE_CHARS: usize = 4;

impl Till {
    /// Reads the one box. Never fails on what is in it: the worst answer is a sentence.
    pub fn read_box(&self, text: &str) -> Result<BoxReading, Error> {
        self.require_cashier()?;
        let text = payload_of(text);
        if text.is_empty() {
            return Ok(BoxReading::Empty);
        }
        let nothing = || {
            let shown = shortened(text);
            let parameters = [("text", shown.as_str())];
            BoxReading::Nothing {
                sentence: say(self.language(), "box.nothing", &parameters),
            }
        };
        if text.chars().count() > MAX_CHARS {
            return Ok(nothing());
        }
        let now_ms = self.now_ms();
        self.read_with_rules(|connection, rules| {
            let look = Look {
                connection,
                rules: &rules,
                language: self.language(),
                now_ms,
            };
            let reading = match look.exactly(text)? {
                Some(reading) => Some(reading),
                None => look.by_shape(text)?,
            };
            Ok(reading.unwrap_or_else(nothing))
        })
    }
}

/// What a QR or a keyboard means: a URL stands for the code at its end.
pub(crate) fn payload_of(text: &str) -> &str {
    let text = text.trim();
    if !text.contains("://") {
        return text;
    }
    let end = text.trim_end_matches('/');
    end.rsplit(['/', '=', '#', '?'])
        .next()
        .unwrap_or(end)
        .trim()
}

pub(crate) struct Look<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) rules: &'a Rules,
    pub(crate) language: Language,
    pub(crate) now_ms: i64,
}

impl Look<'_> {
    fn exactly(&self, text: &str) -> Result<Option<BoxReading>, Error> {
        if let Some(customer) = ledger::customer::by_card(self.connection, text)? {
            let hits = vec![self.hit_of(customer)?];
            return Ok(Some(BoxReading::Customers { hits, sure: true }));
        }
        if let Some(product) = ledger::product::by_code(self.connection, text)? {
            let hits = vec![product_hit(product)];
            return Ok(Some(BoxReading::Products { hits, sure: true }));
        }
        if let Some(receipt) = self.own_receipt(text)? {
            return Ok(Some(receipt));
        }
        let Some(code) = CodeText::parse(text) else {
            return Ok(None);
        };
        if self.rules.program.knows(&code) {
            return Ok(Some(BoxReading::Code {
                text: code.to_string(),
                known: true,
                sentence: None,
            }));
        }
        if !generated::is_intact(&code) {
            return Ok(None);
        }
        if ledger::reward::coupon_holder(self.connection, &code)?.is_some() {
            let text = code.to_string();
            return Ok(Some(BoxReading::Code {
                text,
                known: true,
                sentence: None,
            }));
        }
        let owner = ledger::customer::by_referral_code(self.connection, &code)?;
        let owner = owner.map(|owner| self.hit_of(owner)).transpose()?;
        Ok(owner.map(|owner| BoxReading::Referral {
            sentence: say(self.language, "box.referral", &[("name", &owner.name)]),
            text: code.to_string(),
            owner,
        }))
    }

    /// The number of a sale of this till, or of a refund of one, or a sale's id from the QR.
    fn own_receipt(&self, text: &str) -> Result<Option<BoxReading>, Error> {
        let number = text.to_uppercase();
        if !is_receipt(&number) {
            return Ok(None);
        }
        let Some(sold) = crate::undo::own_sale(self.connection, &number)? else {
            return Ok(None);
        };
        let moment = words::moment(self.language, sold.sale.local_time);
        let amount = self.rules.money.say(self.language, sold.sale.total);
        let parameters = [("moment", moment.as_str()), ("amount", &amount)];
        Ok(Some(BoxReading::Receipt {
            number: sold.sale.receipt,
            here: true,
            sentence: say(self.language, "box.receipt.here", &parameters),
        }))
    }

    fn by_shape(&self, text: &str) -> Result<Option<BoxReading>, Error> {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        let is_number = text
            .chars()
            .all(|sign| sign.is_ascii_digit() || " +-().".contains(sign));
        if is_number && PHONE_DIGITS.contains(&digits) {
            let (hits, sure) = self.customers(text)?;
            return Ok((!hits.is_empty()).then_some(BoxReading::Customers { hits, sure }));
        }
        let number = text.to_uppercase();
        if is_receipt(&number) {
            return Ok(Some(BoxReading::Receipt {
                number,
                here: false,
                sentence: say(self.language, "box.receipt.elsewhere", &[]),
            }));
        }
        let code = CodeText::parse(text).filter(|_| looks_like_code(text));
        let products = self.products(text)?;
        if let Some(code) = code.filter(|_| products.0.is_empty()) {
            return Ok(Some(self.unknown(&code)));
        }
        let (customers, customer_is_sure) = self.customers(text)?;
        let (products, product_is_sure) = products;
        Ok(match (customers.is_empty(), products.is_empty()) {
            (true, true) => self.mistyped(text),
            (false, true) => Some(BoxReading::Customers {
                hits: customers,
                sure: customer_is_sure,
            }),
            (true, false) => Some(BoxReading::Products {
                hits: products,
                sure: product_is_sure,
            }),
            (false, false) => Some(BoxReading::Mixed {
                customers,
                products,
            }),
        })
    }

    /// Letters alone that have the shape of a generated code of the program.
    fn mistyped(&self, text: &str) -> Option<BoxReading> {
        let code = CodeText::parse(text).filter(|_| !text.contains(char::is_whitespace))?;
        let has_shape = self.rules.program.has_generated_shape(&code);
        has_shape.then(|| self.unknown(&code))
    }

    /// A code that the program does not know, with what is probably wrong with it.
    fn unknown(&self, code: &CodeText) -> BoxReading {
        let speaker = Speaker {
            language: self.language,
            rules: self.rules,
            products: &ProductNames::new(),
            own: &[],
        };
        let refusal = self.rules.program.refusal_of_unknown(code);
        BoxReading::Code {
            text: code.to_string(),
            known: false,
            sentence: Some(sentence::refusal(&speaker, code, &refusal, None)),
        }
    }

    /// Customers that fit, and whether the first may be taken unseen: it is the only one, or the only
    /// exact one.
    pub(crate) fn customers(&self, text: &str) -> Result<(Vec<CustomerHit>, bool), Error> {
        let found = ledger::customer::search(self.connection, text, MAX_HITS)?;
        let mut hits: Vec<CustomerHit> = Vec::new();
        let mut exact = Vec::new();
        for found in found {
            let is_exact = found.exact;
            let hit = self.customer_hit(found)?;
            // Two records of one person are one hit.
            if hits.iter().all(|other| other.id != hit.id) {
                hits.push(hit);
                exact.push(is_exact);
            }
        }
        Ok((hits, is_sure(&exact)))
    }

    fn products(&self, text: &str) -> Result<(Vec<ProductHit>, bool), Error> {
        let found = ledger::product::search(self.connection, text, MAX_HITS)?;
        let exact: Vec<bool> = found.iter().map(|found| found.exact).collect();
        let hits = found.into_iter().map(|found| product_hit(found.product));
        Ok((hits.collect(), is_sure(&exact)))
    }

    /// A customer who was found exactly.
    pub(crate) fn hit_of(&self, customer: Customer) -> Result<CustomerHit, Error> {
        self.customer_hit(Found {
            customer,
            last_visit_ms: None,
            exact: true,
        })
    }

    /// A customer in a list; of a record that was merged, the one that has the account.
    pub(crate) fn customer_hit(&self, found: Found) -> Result<CustomerHit, Error> {
        let (holder, account) = ledger::account::held(self.connection, found.customer.id)?;
        let survivor = if holder == found.customer.id {
            None
        } else {
            ledger::customer::get(self.connection, holder)?
        };
        let customer = survivor.unwrap_or(found.customer);
        let now = self.rules.moment(self.now_ms);
        let standing = standing_of(self.rules, &account, now);
        let last_visit_ms = found.last_visit_ms.max(account.last_purchase_ms);
        Ok(CustomerHit {
            id: holder.to_string(),
            name: customer.name,
            tier: standing.map(|standing| standing.tier.name.clone()),
            tier_slug: standing.map(|standing| standing.tier.slug.clone()),
            phone_last4: customer.phone.as_deref().map(last_four),
            last_visit: last_visit_ms.map(|at_ms| self.rules.moment(at_ms).local_day().to_string()),
        })
    }
}

/// Written like the number of a sale, or the id that a QR holds.
fn is_receipt(text: &str) -> bool {
    ledger::receipt::has_shape(text) || (text.len() == 36 && text.parse::<uuid::Uuid>().is_ok())
}

/// The hits are best first: exact ones lead.
fn is_sure(exact: &[bool]) -> bool {
    match exact {
        [_] => true,
        [first, second, ..] => *first && !*second,
        [] => false,
    }
}

/// Letters and digits in one word: nobody's name.
fn looks_like_code(text: &str) -> bool {
    let one_word = !text.contains(char::is_whitespace);
    let has = |wanted: fn(&char) -> bool| text.chars().any(|sign| wanted(&sign));
    let long_enough = text.chars().count() >= MIN_CODE_CHARS;
    one_word && long_enough && has(|sign| sign.is_alphabetic()) && has(char::is_ascii_digit)
}

fn product_hit(product: Product) -> ProductHit {
    ProductHit {
        id: product.id,
        sku: product.sku,
        name: product.name,
        unit_price: product.unit_price,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_may_hold_an_address_that_ends_in_the_code() {
        for (text, payload) in [
            (" VERANO10 ", "VERANO10"),
            ("https://cafe.example/c/VERANO10", "VERANO10"),
            ("https://cafe.example/c/VERANO10/", "VERANO10"),
            ("https://cafe.example/?code=VERANO10", "VERANO10"),
            ("", ""),
        ] {
            assert_eq!(payload_of(text), payload, "{text}");
        }
    }

    #[test]
    fn letters_and_digits_in_one_word_look_like_a_code() {
        assert!(looks_like_code("verano-10"));
        assert!(looks_like_code("ABCD2345"));
        assert!(!looks_like_code("María"));
        assert!(!looks_like_code("calle 45"));
        assert!(!looks_like_code("12345678"));
        assert!(!looks_like_code("a1"));
    }

    #[test]
    fn only_a_single_or_a_single_exact_hit_is_taken_unseen() {
        assert!(is_sure(&[false]));
        assert!(is_sure(&[true, false]));
        assert!(!is_sure(&[true, true]));
        assert!(!is_sure(&[false, false]));
        assert!(!is_sure(&[]));
    }
}
