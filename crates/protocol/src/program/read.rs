//! TOML values along their shapes, into the JSON that the document is made from.

use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use loyalty::money::MAX_MINOR;
use mostrador_loyalty as loyalty;

use super::fault::Path;
use super::near::nearest;
use super::shape::{Key, PROGRAM, Shape};

/// A fault of shape at a byte of the text.
#[derive(Debug)]
pub(super) struct ShapeFault {
    pub(super) offset: usize,
    pub(super) path: Path,
    pub(super) what: String,
    pub(super) remedy: String,
    /// Whether something is not there, as against wrong.
    pub(super) is_missing: bool,
}

/// Reads everything it can and notes what it cannot.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) faults: Vec<ShapeFault>,
    /// Paths whose values were left out or made up.
    pub(super) replaced: Vec<Path>,
}

/// Why a single value does not have its shape: what is wrong, what to write.
type Misfit = (String, String);

impl Reader {
    pub(super) fn document(&mut self, root: &DeTable<'_>) -> Value {
        self.table(root, PROGRAM, &Path::default(), 0)
    }

    fn table(&mut self, table: &DeTable<'_>, keys: &[Key], path: &Path, offset: usize) -> Value {
        let mut object = Map::new();
        for key in keys {
            let here = path.key(key.name);
            if let Some(value) = table.get(key.name) {
                if let Some(value) = self.value(value, &key.shape, &here) {
                    object.insert(key.name.to_owned(), value);
                    continue;
                }
            } else if key.is_required {
                let example = example(&key.shape);
                self.faults.push(ShapeFault {
                    offset,
                    path: here.clone(),
                    what: "is missing".to_owned(),
                    remedy: format!("add {} = {example}", key.name),
                    is_missing: true,
                });
                self.replaced.push(here);
            }
            if key.is_required {
                object.insert(key.name.to_owned(), stand_in(&key.shape));
            }
        }
        for (name, _) in table {
            let text: &str = name.get_ref();
            if !keys.iter().any(|key| key.name == text) {
                self.unknown_key(text, name.span().start, keys, path);
            }
        }
        Value::Object(object)
    }

    fn unknown_key(&mut self, name: &str, offset: usize, keys: &[Key], path: &Path) {
        let names = keys.iter().map(|key| key.name);
        let remedy = nearest(name, names.clone()).map_or_else(
            || {
                format!(
                    "remove it; the keys here are {}",
                    names.collect::<Vec<_>>().join(", ")
                )
            },
            |near| format!("did you mean {near}?"),
        );
        self.faults.push(ShapeFault {
            offset,
            path: path.key(name),
            what: "there is no such key".to_owned(),
            remedy,
            is_missing: false,
        });
    }

    /// The value in JSON; `None` where it could not be read and nothing was put in its place.
    fn value(&mut self, value: &Spanned<DeValue<'_>>, shape: &Shape, path: &Path) -> Option<Value> {
        let offset = value.span().start;
        match (shape, value.get_ref()) {
            (Shape::Table(keys), DeValue::Table(table)) => {
                Some(self.table(table, keys, path, offset))
            }
            (Shape::List(element), DeValue::Array(list)) => {
                let mut values = Vec::with_capacity(list.len());
                for (index, value) in list.iter().enumerate() {
                    let read = self.value(value, element, &path.at(index));
                    values.push(read.unwrap_or_else(|| stand_in(element)));
                }
                Some(Value::Array(values))
            }
            (shape, value) => match scalar(shape, value) {
                Ok(value) => Some(value),
                Err((what, remedy)) => {
                    self.faults.push(ShapeFault {
                        offset,
                        path: path.clone(),
                        what,
                        remedy,
                        is_missing: false,
                    });
                    self.replaced.push(path.clone());
                    None
                }
            },
        }
    }
}

fn scalar(shape: &Shape, value: &DeValue<'_>) -> Result<Value, Misfit> {
    match (shape, value) {
        (Shape::Text, DeValue::String(text)) => Ok(Value::from(text.as_ref())),
        (Shape::Flag, DeValue::Boolean(flag)) => Ok(Value::from(*flag)),
        (Shape::Choice(words), DeValue::String(text)) => choice(words, text),
        (Shape::Amount, DeValue::Integer(_)) => whole(value, 0, MAX_MINOR),
        (Shape::Rate, DeValue::Integer(_)) => whole(value, 0, u32::MAX.into()),
        (Shape::Whole(least, most), DeValue::Integer(_)) => whole(value, *least, *most),
        (Shape::Decimal, DeValue::Integer(_)) => {
            whole(value, i64::MIN, i64::MAX).map(|number| Value::from(number.to_string()))
        }
        (Shape::Decimal, DeValue::String(text)) => parsed::<rust_decimal::Decimal>(text, shape),
        (Shape::Id, DeValue::String(text)) => parsed::<uuid::Uuid>(text, shape),
        (Shape::Day, DeValue::String(text)) => parsed::<chrono::NaiveDate>(text, shape),
        (Shape::Day, DeValue::Datetime(day)) if day.time.is_none() => {
            parsed::<chrono::NaiveDate>(&day.to_string(), shape)
        }
        (Shape::Hour, DeValue::String(text)) => super::compile::hour(text)
            .map(|_| Value::from(text.as_ref()))
            .ok_or_else(|| (format!("{text:?} is no time of day"), remedy(shape))),
        (Shape::Decimal, DeValue::Float(number)) => Err((
            format!("expected {}, found {}", wanted(shape), found(value)),
            format!("write it between quotes: \"{}\"", number.as_str()),
        )),
        (shape, value) => Err((
            format!("expected {}, found {}", wanted(shape), found(value)),
            remedy(shape),
        )),
    }
}

fn parsed<T: std::str::FromStr>(text: &str, shape: &Shape) -> Result<Value, Misfit> {
    match text.parse::<T>() {
        Ok(_) => Ok(Value::from(text)),
        Err(_) => Err((format!("{text:?} is not {}", wanted(shape)), remedy(shape))),
    }
}

fn choice(words: &[&str], text: &str) -> Result<Value, Misfit> {
    if words.contains(&text) {
        return Ok(Value::from(text));
    }
    let remedy = nearest(text, words.iter().copied()).map_or_else(
        || format!("write one of {}", words.join(", ")),
        |near| format!("did you mean {near:?}?"),
    );
    Err((format!("{text:?} is unknown"), remedy))
}

fn whole(value: &DeValue<'_>, least: i64, most: i64) -> Result<Value, Misfit> {
    let DeValue::Integer(number) = value else {
        return Err(("is no whole number".to_owned(), String::new()));
    };
    let read = i64::from_str_radix(number.as_str(), number.radix()).ok();
    read.filter(|number| (least..=most).contains(number))
        .map(Value::from)
        .ok_or_else(|| {
            let what = format!("{} is out of bounds", number.as_str());
            (what, format!("write a whole number from {least} to {most}"))
        })
}

fn wanted(shape: &Shape) -> &'static str {
    match shape {
        Shape::Text => "a text",
        Shape::Amount => "an amount in whole minor units",
        Shape::Rate => "a rate in basis points",
        Shape::Whole(..) => "a whole number",
        Shape::Decimal => "a decimal",
        Shape::Flag => "true or false",
        Shape::Day => "a day",
        Shape::Hour => "a time of day",
        Shape::Id => "a customer id",
        Shape::Choice(_) => "a word",
        Shape::List(_) => "a list",
        Shape::Table(_) => "a table",
    }
}

fn remedy(shape: &Shape) -> String {
    let text = match shape {
        Shape::Text => "write it between quotes",
        Shape::Amount => "write minor units: 50000 is 500.00",
        Shape::Rate => "write basis points: 1000 is 10 %",
        Shape::Whole(..) => "write digits without quotes",
        Shape::Decimal => "write it between quotes: \"1.5\"",
        Shape::Flag => "write true or false without quotes",
        Shape::Day => "write \"2026-11-21\"",
        Shape::Hour => "write \"08:30\"",
        Shape::Id => "write the customer's id: \"0198c0de-0000-7000-8000-000000000001\"",
        Shape::Choice(words) => return format!("write one of {}", words.join(", ")),
        Shape::List(_) => "write it in brackets: [\"a\", \"b\"]",
        Shape::Table(_) => "write it in braces: { key = value }",
    };
    text.to_owned()
}

fn found(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the text {text:?}"),
        DeValue::Integer(number) => format!("the number {}", number.as_str()),
        DeValue::Float(number) => format!("the number {}", number.as_str()),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(when) => format!("the date {when}"),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// What a missing key could look like.
fn example(shape: &Shape) -> String {
    match shape {
        Shape::Text => "\"...\"".to_owned(),
        Shape::Decimal => "\"1\"".to_owned(),
        shape => stand_in(shape).to_string(),
    }
}

/// A value of this shape to go on with after a fault; no fault is reported about it.
fn stand_in(shape: &Shape) -> Value {
    match shape {
        Shape::Text => Value::from(""),
        Shape::Amount | Shape::Rate => Value::from(0),
        Shape::Whole(least, most) => Value::from(1_i64.clamp(*least, *most)),
        Shape::Decimal => Value::from("1"),
        Shape::Flag => Value::from(false),
        Shape::Day => Value::from("2026-01-01"),
        Shape::Hour => Value::from("00:00"),
        Shape::Id => Value::from(uuid::Uuid::nil().to_string()),
        Shape::Choice(words) => Value::from(words.first().copied().unwrap_or_default()),
        Shape::List(_) => Value::Array(Vec::new()),
        Shape::Table(keys) => {
            let required = keys.iter().filter(|key| key.is_required);
            let entries = required.map(|key| (key.name.to_owned(), stand_in(&key.shape)));
            Value::Object(entries.collect())
        }
    }
}
