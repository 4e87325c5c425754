//! Staff: found by name and store. PINs are kept as hashes.

use std::collections::HashMap;

use mostrador_protocol::row::{Role, Row, Staff, is_pin};

use super::table::{Columns, Fields, Table};
use super::{Change, Plan, field};
use crate::mint::Mint;
use crate::terminal::Shop;
use crate::{Error, pin};

pub(super) const COLUMNS: Columns = Columns {
    required: &["name", "role", "pin"],
    optional: &["store", "active", "phone"],
};

/// Where they work.
#[derive(Debug)]
pub(super) struct House {
    /// The tenant's stores.
    pub(super) shops: Vec<Shop>,
    /// Whether the tenant is a demo, whose PINs are shown on the PIN screen.
    pub(super) demo: bool,
}

/// A row that was understood.
#[derive(Debug)]
struct Cells {
    name: String,
    role: Role,
    store: Option<String>,
    phone: Option<String>,
    pin: String,
    active: bool,
}

pub(super) fn plan(
    table: &Table,
    known: Vec<Staff>,
    house: &House,
    mint: &Mint,
) -> Result<Plan<Row>, Error> {
    let key = |name: &str, store: &Option<String>| (name.to_lowercase(), store.clone());
    let mut known: HashMap<_, _> = known
        .into_iter()
        .map(|person| (key(&person.name, &person.store), person))
        .collect();
    let mut people = HashMap::new();
    let mut pins: Vec<(String, Option<String>, u64)> = Vec::new();
    let mut failed = None;
    let plan = Plan::of(table, |fields| {
        let cells = read(fields, house)?;
        let person = key(&cells.name, &cells.store);
        if let Some(line) = people.insert(person.clone(), fields.line) {
            return Err(format!(
                "is the same person as line {line}; keep one of the two"
            ));
        }
        let meets = |store: &Option<String>| {
            store.is_none() || cells.store.is_none() || *store == cells.store
        };
        let same = pins
            .iter()
            .find(|(pin, store, _)| *pin == cells.pin && meets(store));
        if let Some((_, _, line)) = same {
            return Err(format!(
                "has the PIN of line {line} in the same store; choose another"
            ));
        }
        pins.push((cells.pin.clone(), cells.store.clone(), fields.line));
        change(known.remove(&person), cells, house.demo, mint).map_err(|error| {
            let sentence = error.sentence();
            failed.get_or_insert(error);
            sentence
        })
    });
    failed.map_or(Ok(plan), Err)
}

fn read(fields: &Fields<'_>, house: &House) -> Result<Cells, String> {
    let role = match fields.text("role").to_lowercase().as_str() {
        "cashier" | "cajero" | "cajera" => Role::Cashier,
        "manager" | "gerente" => Role::Manager,
        other => {
            return Err(format!(
                "role {other:?} is not known; write cashier or manager"
            ));
        }
    };
    let store = fields.some("store").map(str::to_owned);
    if let Some(store) = &store
        && !house.shops.iter().any(|shop| shop.id == *store)
    {
        let known: Vec<&str> = house.shops.iter().map(|shop| shop.id.as_str()).collect();
        return Err(format!(
            "there is no store {store:?}; write one of {}, or nothing for every store",
            known.join(", ")
        ));
    }
    // The PIN itself is not repeated: reasons are printed.
    let pin = fields.text("pin").to_owned();
    if !is_pin(&pin) {
        return Err("the pin is no PIN; write 4 to 6 digits".to_owned());
    }
    Ok(Cells {
        name: field::name(fields.text("name"))?,
        role,
        store,
        phone: fields.some("phone").map(field::phone).transpose()?,
        pin,
        active: field::yes_or_no("active", fields.text("active"), true)?,
    })
}

fn change(
    known: Option<Staff>,
    cells: Cells,
    demo: bool,
    mint: &Mint,
) -> Result<Change<Row>, Error> {
    let kept = known
        .as_ref()
        .filter(|known| pin::fits(&cells.pin, &known.pin_hash));
    let pin_hash = match kept {
        Some(known) => known.pin_hash.clone(),
        None => pin::hash(&cells.pin, mint)?,
    };
    let person = Staff {
        id: known
            .as_ref()
            .map_or_else(|| mint.id(), |known| Ok(known.id))?,
        name: cells.name,
        role: cells.role,
        store: cells.store,
        phone: cells.phone,
        pin_hash,
        demo_pin: demo.then_some(cells.pin),
        active: cells.active,
    };
    Ok(match known {
        Some(known) if known == person => Change::Unchanged,
        Some(_) => Change::Changed(Row::Staff(person)),
        None => Change::Added(Row::Staff(person)),
    })
}
