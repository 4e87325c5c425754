//! The lists of an account that have something for each day, packed: lots, what expiry took, points
//! earned and visits. A year of a regular takes about 4 KB so, and a tenth of the time that JSON takes.
//!
//! After a byte that says the format, each list is its length and its members. Numbers are zigzag
//! varints; days are the distance from the day before them in the list, terms from the term before.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use loyalty::account::{Account, Lot, LotDays, Visit};
use mostrador_loyalty as loyalty;

/// What the bytes begin with.
const FORMAT: u8 = 1;

/// Bytes that are no lists of days, or of a later version.
#[derive(Debug, thiserror::Error)]
#[error("the days of an account are not readable")]
pub(super) struct Unreadable;

/// The lists of `account`.
pub(super) fn pack(account: &Account) -> Vec<u8> {
    let mut out = Packing {
        bytes: vec![FORMAT],
    };
    out.lots(&account.lots);
    out.lots(&account.expired);
    out.length(account.earned_by_day.len());
    let mut last = 0;
    for (day, points) in &account.earned_by_day {
        out.day(*day, &mut last);
        out.number(*points);
    }
    out.length(account.visits.len());
    last = 0;
    for (day, visit) in &account.visits {
        out.day(*day, &mut last);
        out.number(visit.sales);
        out.number(visit.spent);
    }
    out.bytes
}

/// Puts the lists into an account, instead of those that it has.
pub(super) fn unpack(bytes: &[u8], account: &mut Account) -> Result<(), Unreadable> {
    let mut rest = bytes.strip_prefix(&[FORMAT]).ok_or(Unreadable)?;
    let input = &mut rest;
    account.lots = lots(input)?;
    account.expired = lots(input)?;
    account.earned_by_day = by_day(input, number)?;
    account.visits = by_day(input, |input| {
        Ok(Visit {
            sales: number(input)?,
            spent: number(input)?,
        })
    })?;
    if input.is_empty() {
        Ok(())
    } else {
        Err(Unreadable)
    }
}

struct Packing {
    bytes: Vec<u8>,
}

impl Packing {
    fn lots(&mut self, lots: &[Lot]) {
        self.length(lots.len());
        let (mut last, mut last_term) = (0, 0);
        for Lot { days, points } in lots {
            self.day(days.expires_on, &mut last);
            let earned_on = number_of(days.earned_on);
            let term = number_of(days.expires_on) - earned_on;
            self.number(term - last_term);
            last_term = term;
            self.number(number_of(days.usable_from) - earned_on);
            self.number(*points);
        }
    }

    fn length(&mut self, length: usize) {
        self.varint(u64::try_from(length).unwrap_or(u64::MAX));
    }

    fn day(&mut self, day: NaiveDate, last: &mut i64) {
        let number = number_of(day);
        self.number(number - *last);
        *last = number;
    }

    fn number(&mut self, number: i64) {
        self.varint(((number << 1) ^ (number >> 63)).cast_unsigned());
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(low_bits(value) | 0x80);
            value >>= 7;
        }
        self.bytes.push(low_bits(value));
    }
}

fn low_bits(value: u64) -> u8 {
    value.to_le_bytes()[0] & 0x7f
}

fn number_of(day: NaiveDate) -> i64 {
    day.num_days_from_ce().into()
}

fn day_of(number: i64) -> Result<NaiveDate, Unreadable> {
    let number = i32::try_from(number).map_err(|_| Unreadable)?;
    NaiveDate::from_num_days_from_ce_opt(number).ok_or(Unreadable)
}

fn lots(input: &mut &[u8]) -> Result<Vec<Lot>, Unreadable> {
    let mut lots = Vec::new();
    let (mut expires_on, mut term) = (0, 0);
    for _ in 0..varint(input)? {
        expires_on = further(expires_on, number(input)?)?;
        term = further(term, number(input)?)?;
        let earned_on = further(expires_on, -term)?;
        let days = LotDays {
            expires_on: day_of(expires_on)?,
            earned_on: day_of(earned_on)?,
            usable_from: day_of(further(earned_on, number(input)?)?)?,
        };
        let points = number(input)?;
        lots.push(Lot { days, points });
    }
    Ok(lots)
}

fn by_day<T>(
    input: &mut &[u8],
    value: impl Fn(&mut &[u8]) -> Result<T, Unreadable>,
) -> Result<BTreeMap<NaiveDate, T>, Unreadable> {
    let mut values = Vec::new();
    let mut day = 0;
    for _ in 0..varint(input)? {
        day = further(day, number(input)?)?;
        values.push((day_of(day)?, value(input)?));
    }
    Ok(values.into_iter().collect())
}

fn further(number: i64, by: i64) -> Result<i64, Unreadable> {
    number.checked_add(by).ok_or(Unreadable)
}

fn number(input: &mut &[u8]) -> Result<i64, Unreadable> {
    let value = varint(input)?;
    Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
}

fn varint(input: &mut &[u8]) -> Result<u64, Unreadable> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = input.split_first().ok_or(Unreadable)?;
        *input = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Unreadable)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_day() -> impl Strategy<Value = NaiveDate> {
        let days = NaiveDate::MIN.num_days_from_ce()..=NaiveDate::MAX.num_days_from_ce();
        prop_oneof![9 => 738_000..740_000, 1 => days]
            .prop_map(|number| NaiveDate::from_num_days_from_ce_opt(number).unwrap_or_default())
    }

    fn any_lots() -> impl Strategy<Value = Vec<Lot>> {
        let lot = (any_day(), any_day(), any_day(), any::<i64>());
        let lot = lot.prop_map(|(expires_on, earned_on, usable_from, points)| Lot {
            days: LotDays {
                expires_on,
                earned_on,
                usable_from,
            },
            points,
        });
        prop::collection::vec(lot, 0..20)
    }

    fn any_account() -> impl Strategy<Value = Account> {
        let visit = (any::<i64>(), any::<i64>()).prop_map(|(sales, spent)| Visit { sales, spent });
        (
            any_lots(),
            any_lots(),
            prop::collection::btree_map(any_day(), any::<i64>(), 0..20),
            prop::collection::btree_map(any_day(), visit, 0..20),
        )
            .prop_map(|(lots, expired, earned_by_day, visits)| Account {
                lots,
                expired,
                earned_by_day,
                visits,
                ..Account::default()
            })
    }

    proptest! {
        #[test]
        fn packed_days_are_the_same_days(account in any_account()) {
            let mut read = Account::default();
            prop_assert!(unpack(&pack(&account), &mut read).is_ok());
            prop_assert_eq!(read, account);
        }

        #[test]
        fn other_bytes_are_refused_or_read_and_never_worse(bytes: Vec<u8>, tail: Vec<u8>) {
            let mut read = Account::default();
            let _ = unpack(&bytes, &mut read);
            let _ = unpack(&[&[FORMAT], bytes.as_slice()].concat(), &mut read);
            let longer = [pack(&read), vec![0], tail].concat();
            prop_assert!(unpack(&longer, &mut read).is_err());
        }
    }

    #[test]
    fn a_year_of_a_regular_takes_one_page() {
        let mut account = Account::default();
        for number in 0..365 {
            let day = NaiveDate::from_num_days_from_ce_opt(739_000 + number).unwrap_or_default();
            let expires_on = day + chrono::Days::new(365);
            let days = LotDays {
                expires_on,
                earned_on: day,
                usable_from: day,
            };
            account.lots.push(Lot {
                days,
                points: 2_500,
            });
            account.earned_by_day.insert(day, 2_500);
            let visit = Visit {
                sales: 14,
                spent: 250_000,
            };
            account.visits.insert(day, visit);
            while account.visits.len() > loyalty::account::VISIT_DAYS_KEPT {
                account.visits.pop_first();
            }
        }
        assert!(pack(&account).len() < 4_000, "{}", pack(&account).len());
    }
}
