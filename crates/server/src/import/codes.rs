//! Codes: found by their text. Together with those in force they are a new version of the program.

use std::collections::HashMap;

use loyalty::code::CodeText;
use loyalty::money::Currency;
use mostrador_loyalty as loyalty;
use mostrador_protocol::program::{CodeDocument, CodeKindDocument, ProgramDocument};
use rust_decimal::Decimal;

use super::table::{Columns, Fields, Table};
use super::{Change, Plan, field};
use crate::Error;

pub(super) const COLUMNS: Columns = Columns {
    required: &["text", "benefit"],
    optional: &[
        "kind",
        "value",
        "owner",
        "stackable",
        "priority",
        "min_purchase",
        "max_discount",
        "products",
        "categories",
        "partners",
        "stores",
        "first_purchase_only",
        "total_limit",
        "per_customer_limit",
        "per_day_limit",
        "budget",
        "valid_from",
        "valid_until",
        "active",
    ],
};

/// What to write (positions in the next program's codes), and the program that holds it.
pub(super) fn plan(
    table: &Table,
    program: ProgramDocument,
) -> Result<(Plan<usize>, ProgramDocument), Error> {
    let currency = Currency::from_code(&program.currency).ok_or_else(|| Error::Stored {
        what: "the currency of the program",
        found: program.currency.clone(),
    })?;
    let mut next = program;
    let mut codes = std::mem::take(&mut next.codes);
    let alone = next.clone();
    next.version = next.version.saturating_add(1);

    let place = |(index, code): (usize, &CodeDocument)| Some((CodeText::parse(&code.text)?, index));
    let mut places: HashMap<CodeText, usize> = codes.iter().enumerate().filter_map(place).collect();
    let mut lines: HashMap<CodeText, u64> = HashMap::new();
    let plan = Plan::of(table, |fields| {
        let text = fields.text("text");
        let text = CodeText::parse(text).ok_or_else(|| {
            format!("text {text:?} cannot be a code; write 1 to 40 letters and digits")
        })?;
        let known = places.get(&text).copied();
        let code = read(fields, known.map(|index| &codes[index]), currency)?;
        let program = ProgramDocument {
            codes: vec![code.clone()],
            ..alone.clone()
        };
        if let Some(fault) = program.check().into_iter().next() {
            return Err(format!("{}; {}", fault.what, fault.remedy));
        }
        if let Some(line) = lines.insert(text.clone(), fields.line) {
            return Err(format!(
                "is the same code as line {line}; keep one of the two"
            ));
        }
        Ok(match known {
            Some(index) if codes[index] == code => Change::Unchanged,
            Some(index) => {
                codes[index] = code;
                Change::Changed(index)
            }
            None => {
                codes.push(code);
                places.insert(text, codes.len() - 1);
                Change::Added(codes.len() - 1)
            }
        })
    });
    next.codes = codes;
    Ok((plan, next))
}

fn read(
    fields: &Fields<'_>,
    known: Option<&CodeDocument>,
    currency: Currency,
) -> Result<CodeDocument, String> {
    let mut code = known.cloned().unwrap_or_else(|| CodeDocument {
        text: fields.text("text").to_owned(),
        ..CodeDocument::default()
    });
    read_benefit(fields, &mut code, currency)?;
    if let Some(kind) = fields.some("kind") {
        code.kind = match kind.to_lowercase().as_str() {
            "referral" => CodeKindDocument::Referral,
            "coupon" => CodeKindDocument::Coupon,
            "reward" => CodeKindDocument::Reward,
            _ => {
                return Err(format!(
                    "kind {kind:?} is not known; write referral, coupon or reward"
                ));
            }
        };
    }
    if let Some(owner) = fields.some("owner") {
        code.owner = Some(field::name(owner)?);
    }
    let money = |column: &str| -> Result<Option<i64>, String> {
        let amount = fields
            .some(column)
            .map(|text| field::money(column, text, currency));
        Ok(amount.transpose()?.map(loyalty::money::Amount::minor))
    };
    code.min_purchase = money("min_purchase")?.unwrap_or(code.min_purchase);
    code.max_discount = money("max_discount")?.or(code.max_discount);
    code.budget = money("budget")?.or(code.budget);
    code.priority = number(fields, "priority")?.unwrap_or(code.priority);
    code.total_limit = number(fields, "total_limit")?.or(code.total_limit);
    code.per_customer_limit = number(fields, "per_customer_limit")?.or(code.per_customer_limit);
    code.per_day_limit = number(fields, "per_day_limit")?.or(code.per_day_limit);
    let date = |column: &str| {
        fields
            .some(column)
            .map(|text| field::date(column, text))
            .transpose()
    };
    code.valid_from = date("valid_from")?.or(code.valid_from);
    code.valid_until = date("valid_until")?.or(code.valid_until);
    let flag = |column: &str, kept: bool| field::yes_or_no(column, fields.text(column), kept);
    code.stackable = flag("stackable", code.stackable)?;
    code.first_purchase_only = flag("first_purchase_only", code.first_purchase_only)?;
    code.active = flag("active", code.active)?;
    let lists = [
        ("products", &mut code.products),
        ("categories", &mut code.categories),
        ("partners", &mut code.partners),
        ("stores", &mut code.stores),
    ];
    for (column, list) in lists {
        if let Some(text) = fields.some(column) {
            *list = field::slugs(text);
        }
    }
    Ok(code)
}

fn read_benefit(
    fields: &Fields<'_>,
    code: &mut CodeDocument,
    currency: Currency,
) -> Result<(), String> {
    let value = fields.text("value");
    let benefit = fields.text("benefit").to_lowercase();
    code.percent_bp = None;
    code.fixed = None;
    code.points_multiplier = None;
    code.bonus_points = None;
    code.spend_tiers.clear();
    code.free_product = None;
    match benefit.as_str() {
        "" | "none" | "tracking" => {}
        "percent" => code.percent_bp = Some(basis_points(value)?),
        "fixed" => code.fixed = Some(field::money("value", value, currency)?.minor()),
        "points_multiplier" => {
            let factor = value.parse::<Decimal>();
            let wrong = |_| format!("value {value:?} is no factor; write a decimal such as 1.5");
            code.points_multiplier = Some(factor.map_err(wrong)?);
        }
        "bonus_points" => code.bonus_points = number(fields, "value")?.or(Some(0)),
        _ => {
            return Err(format!(
                "benefit {benefit:?} is not known; write tracking, percent, fixed, \
                 points_multiplier or bonus_points"
            ));
        }
    }
    Ok(())
}

/// A percent such as `10` or `12.5` as basis points.
fn basis_points(text: &str) -> Result<u32, String> {
    let wrong =
        || format!("value {text:?} is no percent; write 0 to 100 with at most two decimals: 12.5");
    let percent: Decimal = text
        .trim_end_matches('%')
        .trim()
        .parse()
        .map_err(|_| wrong())?;
    let points = percent
        .checked_mul(Decimal::ONE_HUNDRED)
        .ok_or_else(wrong)?
        .normalize();
    if points.scale() > 0 {
        return Err(wrong());
    }
    u32::try_from(points)
        .ok()
        .filter(|points| *points <= 10_000)
        .ok_or_else(wrong)
}

fn number<T: std::str::FromStr>(fields: &Fields<'_>, column: &str) -> Result<Option<T>, String> {
    let Some(text) = fields.some(column) else {
        return Ok(None);
    };
    let number = text.parse::<T>();
    number
        .map(Some)
        .map_err(|_| format!("{column} {text:?} is no whole number; write digits only"))
}
