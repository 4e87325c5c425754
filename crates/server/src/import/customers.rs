//! Customers: found by id, else by card, else by phone.

use std::collections::HashMap;

use mostrador_protocol::row::{Customer, Row};
use uuid::Uuid;

use super::table::{Columns, Fields, Table};
use super::{Change, Plan, field};
use crate::Error;
use crate::mint::Mint;

pub(super) const COLUMNS: Columns = Columns {
    required: &["name"],
    optional: &[
        "id",
        "phone",
        "email",
        "birthday",
        "card",
        "document",
        "marketing_consent",
    ],
};

/// Customers that are there, with the file's rows added as they are read.
#[derive(Debug, Default)]
struct Known {
    by_id: HashMap<Uuid, Customer>,
    by_card: HashMap<String, Uuid>,
    by_phone: HashMap<String, Uuid>,
    lines: HashMap<Uuid, u64>,
}

/// A row that was understood.
#[derive(Debug)]
struct Cells {
    id: Option<Uuid>,
    name: String,
    phone: Option<String>,
    email: Option<String>,
    birthday: Option<chrono::NaiveDate>,
    card: Option<String>,
    document: Option<String>,
    marketing_consent: Option<bool>,
}

pub(super) fn plan(table: &Table, known: Vec<Customer>, mint: &Mint) -> Result<Plan<Row>, Error> {
    let mut index = Known::default();
    for customer in known {
        index.learn(customer);
    }
    let mut failed = None;
    let plan = Plan::of(table, |fields| {
        let cells = read(fields)?;
        let found = index.find(&cells)?;
        let id = match found.or(cells.id) {
            Some(id) => id,
            None => mint.id().map_err(|error| {
                let sentence = error.sentence();
                failed.get_or_insert(error);
                sentence
            })?,
        };
        if let Some(line) = index.lines.insert(id, fields.line) {
            return Err(format!(
                "is the same customer as line {line}; keep one of the two"
            ));
        }
        Ok(index.change(id, cells, mint))
    });
    failed.map_or(Ok(plan), Err)
}

fn read(fields: &Fields<'_>) -> Result<Cells, String> {
    let id = fields.some("id").map(|id| {
        id.parse::<Uuid>()
            .map_err(|_| format!("id {id:?} is no UUID; leave it empty to get a new one"))
    });
    let birthday = fields
        .some("birthday")
        .map(|day| field::date("birthday", day));
    let consent = fields
        .some("marketing_consent")
        .map(|text| field::yes_or_no("marketing_consent", text, false));
    let cells = Cells {
        id: id.transpose()?,
        name: field::name(fields.text("name"))?,
        phone: fields.some("phone").map(field::phone).transpose()?,
        email: fields.some("email").map(field::email).transpose()?,
        birthday: birthday.transpose()?,
        card: fields.some("card").map(field::card).transpose()?,
        document: fields.some("document").map(field::document).transpose()?,
        marketing_consent: consent.transpose()?,
    };
    if cells.id.is_none() && cells.card.is_none() && cells.phone.is_none() {
        let why = "has neither id nor card nor phone; write one, so that the customer can be found";
        return Err(why.to_owned());
    }
    Ok(cells)
}

impl Known {
    fn learn(&mut self, customer: Customer) {
        if let Some(card) = &customer.card {
            self.by_card.entry(card.clone()).or_insert(customer.id);
        }
        if let Some(phone) = &customer.phone {
            self.by_phone.entry(phone.clone()).or_insert(customer.id);
        }
        self.by_id.insert(customer.id, customer);
    }

    /// Who the row is; card and phone must not be somebody else's.
    fn find(&self, cells: &Cells) -> Result<Option<Uuid>, String> {
        let by_card = cells.card.as_ref().and_then(|card| self.by_card.get(card));
        let by_phone = cells
            .phone
            .as_ref()
            .and_then(|phone| self.by_phone.get(phone));
        let who = cells.id.or(by_card.copied()).or(by_phone.copied());
        let others = [("card", by_card), ("phone", by_phone)];
        for (what, holder) in others {
            let Some(holder) = holder.filter(|holder| Some(**holder) != who) else {
                continue;
            };
            let place = match self.lines.get(holder) {
                Some(line) => format!("the customer of line {line}"),
                None => format!("customer {holder}"),
            };
            return Err(format!(
                "the {what} belongs to {place} already; correct it or leave it empty"
            ));
        }
        Ok(who)
    }

    fn change(&mut self, id: Uuid, cells: Cells, mint: &Mint) -> Change<Row> {
        let before = self.by_id.get(&id).cloned();
        let known = before.clone().unwrap_or(Customer {
            id,
            ..Customer::default()
        });
        let mut after = Customer {
            id,
            name: cells.name,
            phone: cells.phone.or(known.phone),
            email: cells.email.or(known.email),
            birthday: cells.birthday.or(known.birthday),
            card: cells.card.or(known.card),
            marketing_consent: cells.marketing_consent.unwrap_or(known.marketing_consent),
            document: cells.document.or(known.document),
            referral_code: known.referral_code,
            consent: known.consent,
            erased: false,
            hlc: known.hlc,
        };
        if before.as_ref() == Some(&after) {
            return Change::Unchanged;
        }
        after.hlc = mint.hlc().max(known.hlc.saturating_add(1));
        self.learn(after.clone());
        let row = Row::Customer(after);
        match before {
            Some(_) => Change::Changed(row),
            None => Change::Added(row),
        }
    }
}
