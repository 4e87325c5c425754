//! Lines in and out of the open basket.

use mostrador_ledger as ledger;
use mostrador_loyalty::basket::Quantity;
use mostrador_loyalty::money::{Amount, MAX_MINOR};
use rust_decimal::Decimal;

use crate::Error;
use crate::error::shortened;
use crate::message::say;
use crate::session::{OPEN_AMOUNT, OpenBasket, OpenLine};
use crate::till::Till;
use crate::view::CounterView;
use crate::words::{self, Money};

/// The most lines of one basket.
const MAX_LINES: usize = 500;

/// The longest name of an open amount.
const MAX_NAME_CHARS: usize = 60;

/// The most that one open amount can be, minor units: beyond it, somebody scanned a barcode into the
/// field of the amount.
const MAX_OPEN_AMOUNT: i64 = 999_999_999_999;

impl Till {
    /// Adds `quantity` (as typed; empty: one) of a product. A product that is there already gets
    /// more, unless its price changed in between.
    pub fn add_product(&self, id: &str, quantity: &str) -> Result<CounterView, Error> {
        let (mut session, _) = self.at_work()?;
        let quantity = match quantity.trim() {
            "" => Quantity::ONE,
            text => read_quantity(text)?,
        };
        let product = self
            .read(|connection| Ok(ledger::product::get(connection, id)?))?
            .filter(|product| product.active)
            .ok_or(Error::UnknownProduct)?;
        let line = OpenLine::of_product(&product, quantity);
        let mut open = session.open.clone();
        add(&mut open, line)?;
        session.open = open;
        let language = self.language();
        let count = words::decimal(language, quantity.value());
        let parameters = [
            ("quantity", count.as_str()),
            ("name", product.name.as_str()),
        ];
        session.said = say(language, "said.added", &parameters);
        self.show(session)
    }

    /// Adds an amount of `minor` units under `name`; an empty name gets the catalogue's.
    pub fn add_amount(&self, minor: i64, name: &str) -> Result<CounterView, Error> {
        let (mut session, _) = self.at_work()?;
        let amount = check_amount(minor.into())?;
        let name = name.trim();
        if name.chars().count() > MAX_NAME_CHARS {
            let max = MAX_NAME_CHARS;
            return Err(Error::NameTooLong { max });
        }
        let language = self.language();
        let name = if name.is_empty() {
            say(language, "said.amount_name", &[])
        } else {
            name.to_owned()
        };
        let mut open = session.open.clone();
        session.said = say(
            language,
            "said.added",
            &[("quantity", "1"), ("name", &name)],
        );
        add(&mut open, OpenLine::of_amount(amount, name))?;
        session.open = open;
        self.show(session)
    }

    /// Like [`Till::add_amount`], with the amount as typed: `12.000`, `45,50`.
    pub fn add_amount_text(&self, amount: &str, name: &str) -> Result<CounterView, Error> {
        let minor = self.parse_amount(amount)?;
        self.add_amount(minor, name)
    }

    /// Changes how many of a line there are; `0` takes it out.
    pub fn set_quantity(&self, index: usize, quantity: &str) -> Result<CounterView, Error> {
        let (mut session, _) = self.at_work()?;
        let mut open = session.open.clone();
        let line = open.lines.get_mut(index).ok_or(Error::UnknownLine)?;
        let language = self.language();
        let name = line.name.clone();
        match read_count(quantity)? {
            None => {
                open.lines.remove(index);
                session.said = say(language, "said.removed", &[("name", &name)]);
            }
            Some(quantity) => {
                line.quantity = quantity.value();
                let count = words::decimal(language, quantity.value());
                let parameters = [("quantity", count.as_str()), ("name", &name)];
                check_total(&open)?;
                session.said = say(language, "said.added", &parameters);
            }
        }
        session.open = open;
        self.show(session)
    }

    /// Takes a line out.
    pub fn remove_line(&self, index: usize) -> Result<CounterView, Error> {
        let (mut session, _) = self.at_work()?;
        if index >= session.open.lines.len() {
            return Err(Error::UnknownLine);
        }
        let line = session.open.lines.remove(index);
        session.said = say(self.language(), "said.removed", &[("name", &line.name)]);
        self.show(session)
    }

    /// Begins anew: no lines, no codes, no customer.
    pub fn clear_basket(&self) -> Result<CounterView, Error> {
        let (mut session, _) = self.at_work()?;
        session.open = OpenBasket::default();
        session.said = say(self.language(), "said.cleared", &[]);
        self.show(session)
    }
}

fn add(open: &mut OpenBasket, line: OpenLine) -> Result<(), Error> {
    let same = |there: &&mut OpenLine| {
        there.product == line.product
            && there.product != OPEN_AMOUNT
            && there.unit_price == line.unit_price
    };
    if let Some(there) = open.lines.iter_mut().find(same) {
        let sum = there.quantity.saturating_add(line.quantity);
        there.quantity = Quantity::new(sum).ok_or(Error::QuantityTooLarge)?.value();
    } else if open.lines.len() >= MAX_LINES {
        return Err(Error::BasketFull { max: MAX_LINES });
    } else {
        open.lines.push(line);
    }
    check_total(open)
}

/// Every sum of the basket must fit into an amount.
pub(crate) fn check_total(open: &OpenBasket) -> Result<(), Error> {
    let gross = open.lines.iter().fold(Decimal::ZERO, |sum, line| {
        sum.saturating_add(line.exact_gross().ceil())
    });
    if gross > Decimal::from(MAX_MINOR) {
        return Err(Error::TotalTooLarge);
    }
    Ok(())
}

/// An amount as typed, minor units above zero.
pub(crate) fn read_amount(money: Money, text: &str) -> Result<i64, Error> {
    if text.trim().is_empty() {
        return Err(Error::AmountZero);
    }
    let minor = money.parse(text).ok_or_else(|| Error::AmountUnreadable {
        text: shortened(text),
        money: Some(money),
    })?;
    check_amount(minor).map(Amount::minor)
}

fn check_amount(minor: i128) -> Result<Amount, Error> {
    match minor {
        0 => Err(Error::AmountZero),
        1.. if minor <= i128::from(MAX_OPEN_AMOUNT) => Ok(Amount::clamped(minor)),
        1.. => Err(Error::AmountTooLarge),
        _ => Err(Error::AmountUnreadable {
            text: minor.to_string(),
            money: None,
        }),
    }
}

/// A quantity above zero as typed: `2`, `0,250`, `1.5`.
fn read_quantity(text: &str) -> Result<Quantity, Error> {
    read_count(text)?.ok_or_else(|| Error::QuantityUnreadable {
        text: shortened(text),
    })
}

/// Like [`read_quantity`]; `None` for zero.
pub(crate) fn read_count(text: &str) -> Result<Option<Quantity>, Error> {
    let unreadable = || Error::QuantityUnreadable {
        text: shortened(text),
    };
    let plain = text.trim().replace(',', ".");
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    let points = plain.bytes().filter(|byte| *byte == b'.').count();
    if digits == 0 || points > 1 || digits + points != plain.len() {
        return Err(unreadable());
    }
    if digits > 20 {
        return Err(Error::QuantityTooLarge);
    }
    let value: Decimal = plain.parse().map_err(|_| unreadable())?;
    if value.is_zero() {
        return Ok(None);
    }
    if value > Quantity::MAX {
        return Err(Error::QuantityTooLarge);
    }
    Quantity::new(value).map(Some).ok_or_else(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_with_point_or_comma_and_up_to_three_places() {
        let read = |text: &str| match read_count(text) {
            Ok(Some(quantity)) => quantity.value().to_string(),
            Ok(None) => "none".to_owned(),
            Err(error) => error.code().to_owned(),
        };
        for (text, answer) in [
            ("2", "2"),
            (" 0,250 ", "0.25"),
            ("1.5", "1.5"),
            (".5", "0.5"),
            ("0", "none"),
            ("0,000", "none"),
            ("1.2345", "quantity_unreadable"),
            ("1.2.3", "quantity_unreadable"),
            ("-1", "quantity_unreadable"),
            ("dos", "quantity_unreadable"),
            ("", "quantity_unreadable"),
            ("🎉", "quantity_unreadable"),
            ("1000000", "1000000"),
            ("1000001", "quantity_too_large"),
            ("999999999999999999999", "quantity_too_large"),
        ] {
            assert_eq!(read(text), answer, "{text}");
        }
    }

    #[test]
    fn amounts_of_zero_of_fifteen_digits_and_below_zero_are_refused() {
        let code = |minor| {
            check_amount(minor)
                .err()
                .map(|error| error.code().to_owned())
        };
        assert_eq!(code(0).as_deref(), Some("amount_zero"));
        assert_eq!(code(-1).as_deref(), Some("amount_unreadable"));
        assert_eq!(
            code(100_000_000_000_000).as_deref(),
            Some("amount_too_large")
        );
        assert_eq!(code(i128::MAX).as_deref(), Some("amount_too_large"));
        assert_eq!(code(1), None);
        assert_eq!(code(999_999_999_999), None);
    }
}
