//! Whom and what an entry names, by the keys of its JSON: also of one that this version cannot read yet.

use mostrador_protocol::entry::RawEntry;
use serde_json::{Map, Value};

/// The keys of a payload under which a customer stands.
const CUSTOMERS: [&str; 4] = ["customer_id", "referrer_id", "survivor_id", "absorbed_id"];

/// What the JSON of an entry names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    /// When it was, milliseconds since the epoch.
    pub effective_ms: i64,
    /// Its id, as its header writes it.
    pub entry_id: Option<String>,
    /// Customers, in lower case.
    pub customers: Vec<String>,
    /// The sale that it makes or undoes.
    pub sale: Option<NamedSale>,
}

/// A sale that an entry names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedSale {
    /// Its id, in lower case.
    pub id: String,
    /// The number on the paper, where there is one.
    pub receipt: Option<String>,
}

impl Naming {
    /// What an entry names; none when it is no JSON or does not say when it was.
    pub fn of(raw: &RawEntry) -> Option<Self> {
        let header: Map<String, Value> = serde_json::from_str(&raw.header).ok()?;
        let payload: Map<String, Value> = serde_json::from_str(&raw.payload).ok()?;
        let customers = CUSTOMERS.iter().filter_map(|key| lower(&payload, key));
        Some(Self {
            effective_ms: header.get("effective_ms")?.as_i64()?,
            entry_id: text(&header, "entry_id"),
            customers: customers.collect(),
            sale: sale_of(&payload),
        })
    }
}

fn sale_of(payload: &Map<String, Value>) -> Option<NamedSale> {
    let receipt = match payload.get("receipt") {
        None => None,
        Some(Value::String(receipt)) => Some(receipt.clone()),
        Some(_) => return None,
    };
    Some(NamedSale {
        id: lower(payload, "sale_id")?,
        receipt,
    })
}

fn text(fields: &Map<String, Value>, key: &str) -> Option<String> {
    fields.get(key)?.as_str().map(str::to_owned)
}

fn lower(fields: &Map<String, Value>, key: &str) -> Option<String> {
    text(fields, key).map(|text| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(header: &str, payload: &str) -> RawEntry {
        RawEntry {
            header: header.to_owned(),
            payload: payload.to_owned(),
        }
    }

    #[test]
    fn an_entry_of_another_version_names_its_customers_and_its_sale() {
        let payload =
            r#"{"customer_id":"AB","survivor_id":7,"sale_id":"CD","receipt":"R-1","new":{}}"#;
        let raw = entry(r#"{"effective_ms":5,"entry_id":"Ef"}"#, payload);
        let naming = Naming::of(&raw).unwrap();
        assert_eq!(naming.effective_ms, 5);
        assert_eq!(naming.entry_id.as_deref(), Some("Ef"));
        assert_eq!(naming.customers, ["ab"]);
        let sale = naming.sale.unwrap();
        assert_eq!(
            (sale.id.as_str(), sale.receipt.as_deref()),
            ("cd", Some("R-1"))
        );
    }

    #[test]
    fn what_does_not_say_when_it_was_or_is_no_json_names_nothing() {
        for (header, payload) in [
            ("{}", "{}"),
            (r#"{"effective_ms":"5"}"#, "{}"),
            (r#"{"effective_ms":5}"#, "[]"),
            ("no", "{}"),
        ] {
            assert_eq!(
                Naming::of(&entry(header, payload)),
                None,
                "{header} {payload}"
            );
        }
    }
}
