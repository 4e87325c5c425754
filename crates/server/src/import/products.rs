//! Products: found by id, or by sku where the file has no ids.

use std::collections::HashMap;

use loyalty::money::Currency;
use mostrador_loyalty as loyalty;
use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::row::{Product, Row};

use super::table::{Columns, Fields, Table};
use super::{Change, Plan, field};
use crate::Error;

pub(super) const COLUMNS: Columns = Columns {
    required: &["sku", "name", "price"],
    optional: &[
        "id",
        "barcode",
        "categories",
        "partner",
        "floor",
        "discountable",
        "earns_points",
        "active",
    ],
};

/// Products that are there, with the file's rows added as they are read.
#[derive(Debug, Default)]
struct Known {
    by_id: HashMap<String, Product>,
    /// Sku or barcode: whose.
    by_sign: HashMap<String, String>,
    lines: HashMap<String, u64>,
}

pub(super) fn plan(
    table: &Table,
    known: Vec<Product>,
    program: &ProgramDocument,
) -> Result<Plan<Row>, Error> {
    let currency = Currency::from_code(&program.currency).ok_or_else(|| Error::Stored {
        what: "the currency of the program",
        found: program.currency.clone(),
    })?;
    let mut index = Known::default();
    for product in known {
        index.learn(product);
    }
    Ok(Plan::of(table, |fields| {
        let product = read(fields, currency)?;
        index.place(fields.line, product)
    }))
}

fn read(fields: &Fields<'_>, currency: Currency) -> Result<Product, String> {
    let short = |column: &str, text: &str| {
        let fine = text.chars().count() <= 64 && !text.chars().any(char::is_control);
        if fine {
            return Ok(text.to_owned());
        }
        Err(format!(
            "{column} {text:?} is too long; write at most 64 signs"
        ))
    };
    let sku = fields.some("sku").ok_or("the sku is empty; write one")?;
    let sku = short("sku", sku)?;
    let flag = |column| field::yes_or_no(column, fields.text(column), true);
    let unit_price = field::money("price", fields.text("price"), currency)?;
    let floor = fields
        .some("floor")
        .map(|text| field::money("floor", text, currency));
    let floor = floor.transpose()?.unwrap_or_default();
    if floor > unit_price {
        let text = fields.text("floor");
        return Err(format!(
            "floor {text:?} is above the price; write at most the price"
        ));
    }
    Ok(Product {
        id: fields
            .some("id")
            .map_or(Ok(sku.clone()), |id| short("id", id))?,
        sku,
        barcode: fields
            .some("barcode")
            .map(|code| short("barcode", code))
            .transpose()?,
        name: field::name(fields.text("name"))?,
        unit_price: unit_price.minor(),
        categories: field::slugs(fields.text("categories")),
        partner: fields.some("partner").map(str::to_lowercase),
        floor: floor.minor(),
        discountable: flag("discountable")?,
        earns_points: flag("earns_points")?,
        active: flag("active")?,
    })
}

impl Known {
    fn learn(&mut self, product: Product) {
        for sign in std::iter::once(&product.sku).chain(&product.barcode) {
            self.by_sign.insert(sign.clone(), product.id.clone());
        }
        self.by_id.insert(product.id.clone(), product);
    }

    fn place(&mut self, line: u64, product: Product) -> Result<Change<Row>, String> {
        let signs = [
            ("sku", Some(&product.sku)),
            ("barcode", product.barcode.as_ref()),
        ];
        for (what, sign) in signs {
            let holder = sign.and_then(|sign| self.by_sign.get(sign));
            if let Some(holder) = holder.filter(|holder| **holder != product.id) {
                return Err(format!(
                    "the {what} belongs to product {holder:?} already; correct it"
                ));
            }
        }
        if let Some(earlier) = self.lines.insert(product.id.clone(), line) {
            return Err(format!(
                "is the same product as line {earlier}; keep one of the two"
            ));
        }
        let change = match self.by_id.get(&product.id) {
            Some(known) if *known == product => return Ok(Change::Unchanged),
            Some(_) => Change::Changed(Row::Product(product.clone())),
            None => Change::Added(Row::Product(product.clone())),
        };
        self.learn(product);
        Ok(change)
    }
}
