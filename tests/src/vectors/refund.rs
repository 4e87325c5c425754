//! `[[refund]]`: parts of one sale come back, in turns.

use chrono::NaiveDate;
use loyalty::account::{Lot, LotDays};
use loyalty::basket::Quantity;
use loyalty::money::Amount;
use loyalty::refund::{ReturnRefusal, ReturnedLine, Returns, SoldLine, SoldSale};
use mostrador_loyalty as loyalty;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::Difference;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RefundCase {
    #[serde(rename = "name")]
    _name: String,
    #[serde(default, rename = "source")]
    _source: String,
    lines: Vec<SoldKeys>,
    #[serde(default)]
    earned: i64,
    #[serde(default)]
    spent: i64,
    returns: Vec<Vec<(usize, Decimal)>>,
    expect: Vec<Expect>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SoldKeys {
    net: i64,
    quantity: Decimal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    money: Option<i64>,
    points_taken_back: Option<i64>,
    points_given_back: Option<i64>,
    refused: Option<String>,
}

pub(super) fn differences(case: &RefundCase) -> Result<Vec<Difference>, String> {
    let sold: Vec<SoldLine> = case
        .lines
        .iter()
        .map(|line| {
            Ok(SoldLine {
                net: Amount::from_minor(line.net).ok_or("net is no amount")?,
                quantity: Quantity::new(line.quantity).ok_or("quantity is no quantity")?,
            })
        })
        .collect::<Result<_, &str>>()?;
    if case.returns.len() != case.expect.len() {
        return Err("returns and expect have different lengths".to_owned());
    }
    let mut returns = Returns::of(&SoldSale {
        lines: sold,
        earned: case.earned,
        redeemed: vec![Lot {
            days: LotDays::at_once(NaiveDate::MIN, NaiveDate::MAX),
            points: case.spent,
        }],
        paid_by_points: Amount::ZERO,
    });
    let mut differences = Vec::new();
    for (index, (returned, expect)) in case.returns.iter().zip(&case.expect).enumerate() {
        let returned: Vec<ReturnedLine> = returned
            .iter()
            .map(|(line, quantity)| {
                Ok(ReturnedLine {
                    line: *line,
                    quantity: Quantity::new(*quantity).ok_or("quantity is no quantity")?,
                })
            })
            .collect::<Result<_, &str>>()?;
        let at = format!("return {}", index + 1);
        differences.extend(compare(&at, &mut returns, &returned, expect));
    }
    Ok(differences)
}

fn compare(
    at: &str,
    returns: &mut Returns,
    returned: &[ReturnedLine],
    expect: &Expect,
) -> Vec<Difference> {
    let outcome = returns.take_back(returned);
    let refused = outcome.as_ref().err().map(ReturnRefusal::code);
    let refused = refused.map(str::to_owned);
    let given = outcome.ok();
    let money = given.as_ref().map(|refund| refund.money.minor());
    let taken_back = given.as_ref().map(|refund| refund.points_taken_back);
    let given_back = given.as_ref().map(|refund| refund.points_given_back);
    let number = |what: &str, expected: Option<i64>, got: Option<i64>| {
        let expected = expected?;
        Difference::between(&format!("{at}: {what}"), &Some(expected), &got)
    };
    [
        Difference::between(&format!("{at}: refused"), &expect.refused, &refused),
        number("money", expect.money, money),
        number("points_taken_back", expect.points_taken_back, taken_back),
        number("points_given_back", expect.points_given_back, given_back),
    ]
    .into_iter()
    .flatten()
    .collect()
}
