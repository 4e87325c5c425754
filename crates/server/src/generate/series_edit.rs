//! The series in the text of a program: comments, order and everything else stay as they are.

use loyalty::code::CodeText;
use mostrador_loyalty as loyalty;
use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

/// What is said above a new key.
const ABOUT_THE_KEY: &str = "# Makes and recognises the codes of every series. Who has it can make more: keep it secret, never change it.\n";

/// What one run changes.
#[derive(Debug, Clone)]
pub(super) struct SeriesEdit<'a> {
    /// The code whose series it is.
    pub(super) code: &'a CodeText,
    /// As people write it; of a new series only.
    pub(super) pattern: &'a str,
    /// Number of the first member.
    pub(super) from: u64,
    /// Members in all.
    pub(super) count: u64,
    /// 64 hexadecimal digits, where the program has no key yet.
    pub(super) new_key: Option<&'a str>,
}

impl SeriesEdit<'_> {
    /// The text with the series in it. `None` for a text in which the code is not found: the caller
    /// has parsed it and seen the code there.
    pub(super) fn apply(&self, text: &str) -> Option<String> {
        let mut document: DocumentMut = text.parse().ok()?;
        match document.get_mut("codes")? {
            Item::ArrayOfTables(codes) => {
                let code = codes.iter_mut().find(|code| self.is_meant(*code))?;
                if !code.contains_key("series") {
                    code.insert("series", Item::Table(Table::new()));
                }
                self.write(code.get_mut("series")?.as_table_like_mut()?)?;
            }
            codes => {
                let codes = codes.as_array_mut()?.iter_mut();
                let mut codes = codes.filter_map(Value::as_inline_table_mut);
                let code = codes.find(|code| self.is_meant(*code))?;
                if !code.contains_key("series") {
                    // What stood before the brace would stand before the new comma.
                    if let Some((_, last)) = code.iter_mut().last() {
                        last.decor_mut().set_suffix("");
                    }
                    code.insert("series", Value::InlineTable(InlineTable::new()));
                }
                self.write(code.get_mut("series")?.as_inline_table_mut()?)?;
            }
        }
        if let Some(key) = self.new_key {
            let root = document.as_table_mut();
            root.insert("series_key", value(key));
            root.key_mut("series_key")?
                .leaf_decor_mut()
                .set_prefix(ABOUT_THE_KEY);
        }
        Some(document.to_string())
    }

    fn is_meant(&self, code: &dyn TableLike) -> bool {
        let text = code.get("text").and_then(Item::as_str);
        text.and_then(CodeText::parse).as_ref() == Some(self.code)
    }

    fn write(&self, series: &mut dyn TableLike) -> Option<()> {
        if !series.contains_key("pattern") {
            series.insert("pattern", value(self.pattern));
        }
        for (key, number) in [("from", self.from), ("count", self.count)] {
            let number = Value::from(i64::try_from(number).ok()?);
            match series.get_mut(key).and_then(Item::as_value_mut) {
                Some(old) => {
                    let decor = old.decor().clone();
                    *old = number;
                    *old.decor_mut() = decor;
                }
                // `from` of the first series is what it is without the key.
                None if key == "from" && self.from == 0 => {}
                None => {
                    series.insert(key, Item::Value(number));
                }
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(text: &str, edit: &SeriesEdit<'_>) -> String {
        edit.apply(text).expect("the code is there")
    }

    const PROGRAM: &str = r#"# The rules of the house.
version = 3   # after the summer
name = "Café"

[points]
per_unit = "1"

[[codes]]
text = "verano-10"
percent_bp = 1000 # ten

# For regular guests.
[[codes]]
text = "VIP"
fixed = 5_000

[[codes]]
text = "LAST"
"#;

    #[test]
    fn a_new_series_stands_under_its_code_and_nothing_else_moves() {
        let code = CodeText::parse("VIP").expect("a code");
        let edit = SeriesEdit {
            code: &code,
            pattern: "V2P-????-????#",
            from: 0,
            count: 1_000,
            new_key: Some("00ff"),
        };
        let with_series = "text = \"VIP\"\nfixed = 5_000\n\n[codes.series]\npattern = \"V2P-????-????#\"\ncount = 1000\n";
        let with_key = format!("name = \"Café\"\n{ABOUT_THE_KEY}series_key = \"00ff\"\n");
        let expected = PROGRAM
            .replace("text = \"VIP\"\nfixed = 5_000\n", with_series)
            .replace("name = \"Café\"\n", &with_key);
        assert_eq!(edited(PROGRAM, &edit), expected);
    }

    #[test]
    fn a_longer_series_changes_its_count_alone() {
        let code = CodeText::parse("VERANO10").expect("a code");
        let edit = SeriesEdit {
            code: &code,
            pattern: "ignored",
            from: 500,
            count: 2_000,
            new_key: None,
        };
        let before = r#"
[[codes]]
text = "verano-10"
[codes.series] # summer
pattern = "MAR-????-????#"
from = 500
count = 1_000 # printed in May
per_customer_limit = 1
"#;
        let after = before.replace("1_000", "2000");
        assert_eq!(edited(before, &edit), after);
        let dotted = "[[codes]]\ntext = \"VERANO10\"\nseries.pattern = \"MAR-????-????#\"\nseries.from = 500\nseries.count = 3\n";
        assert_eq!(
            edited(dotted, &edit),
            dotted.replace("count = 3", "count = 2000")
        );
    }

    #[test]
    fn codes_in_one_line_are_edited_too() {
        let code = CodeText::parse("B").expect("a code");
        let edit = SeriesEdit {
            code: &code,
            pattern: "?????#",
            from: 7,
            count: 9,
            new_key: None,
        };
        let text = "codes = [{ text = \"A\" }, { text = \"B\", fixed = 1 }] # two\n";
        let expected = "codes = [{ text = \"A\" }, { text = \"B\", fixed = 1, series = { pattern = \"?????#\", from = 7, count = 9 } }] # two\n";
        assert_eq!(edited(text, &edit), expected);
        assert_eq!(edit.apply("codes = []\n"), None);
    }
}
