//! A CSV file as a table: comma or semicolon, with or without a byte order mark, any line ends.

use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};

use super::line::Lines;
use crate::Error;

/// Columns that a subject knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    /// Without these the file is refused.
    pub(super) required: &'static [&'static str],
    /// These may be missing.
    pub(super) optional: &'static [&'static str],
}

/// Columns in front of each row of a rejects file; a corrected one can be imported as it is.
pub(super) const REJECT_COLUMNS: [&str; 2] = ["line", "reason"];

/// A file that was read; its header is known to fit.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) delimiter: u8,
    /// The header as it stands in the file.
    pub(super) header: ByteRecord,
    names: Vec<String>,
    rows: Vec<TableRow>,
}

/// A row as it stands in the file.
#[derive(Debug)]
pub(super) struct TableRow {
    /// The line on which it begins; the header's is 1.
    pub(super) line: u64,
    pub(super) record: ByteRecord,
}

/// The cells of a row by column.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    pub(super) line: u64,
    names: &'a [String],
    values: Vec<&'a str>,
}

impl Fields<'_> {
    /// The trimmed cell; empty when the file has no such column.
    pub(super) fn text(&self, column: &str) -> &str {
        let index = self.names.iter().position(|name| name == column);
        index
            .and_then(|index| self.values.get(index))
            .map_or("", |text| text.trim())
    }

    /// The trimmed cell unless it is empty.
    pub(super) fn some(&self, column: &str) -> Option<&str> {
        Some(self.text(column)).filter(|text| !text.is_empty())
    }
}

impl Table {
    /// Reads a file and checks its header.
    pub(super) fn read(path: &Path, columns: &Columns) -> Result<Self, Error> {
        let bytes = std::fs::read(path).map_err(|source| Error::File {
            attempt: "reading",
            path: path.to_owned(),
            source,
        })?;
        let refuse = |(what, remedy): (String, String)| Error::Import {
            path: path.to_owned(),
            what,
            remedy,
        };
        let table = Self::parse(&bytes).map_err(refuse)?;
        table.check_header(columns).map_err(refuse)?;
        Ok(table)
    }

    pub(super) fn rows(&self) -> &[TableRow] {
        &self.rows
    }

    /// The cells of a row, or why they cannot be read.
    pub(super) fn fields<'a>(&'a self, row: &'a TableRow) -> Result<Fields<'a>, String> {
        let (wanted, found) = (self.names.len(), row.record.len());
        if wanted != found {
            return Err(format!(
                "has {found} fields where the header has {wanted}; put fields that contain the \
                 separator in double quotes"
            ));
        }
        let mut values = Vec::with_capacity(found);
        for (name, bytes) in self.names.iter().zip(&row.record) {
            let text = std::str::from_utf8(bytes)
                .map_err(|_| format!("{name} is not UTF-8 text; save the file as UTF-8"))?;
            values.push(text);
        }
        Ok(Fields {
            line: row.line,
            names: &self.names,
            values,
        })
    }

    fn parse(bytes: &[u8]) -> Result<Self, (String, String)> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
            let what = "is UTF-16 text, as some spreadsheets write it".to_owned();
            return Err((what, "save it as \"CSV UTF-8\" and import again".to_owned()));
        }
        let first_line = bytes
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let count = |sign: u8| first_line.split(|byte| *byte == sign).count();
        let delimiter = if count(b';') > count(b',') {
            b';'
        } else {
            b','
        };
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(bytes);
        let header = reader
            .byte_headers()
            .map_err(|error| broken(&error))?
            .clone();
        if header.is_empty() {
            let remedy = "write a header line with the column names, then one line per row";
            return Err(("is empty".to_owned(), remedy.to_owned()));
        }
        let name = |cell: &[u8]| String::from_utf8_lossy(cell).trim().to_lowercase();
        let names = header.iter().map(name).collect();
        let mut rows = Vec::new();
        let mut lines = Lines::of(bytes);
        for record in reader.into_byte_records() {
            let record = record.map_err(|error| broken(&error))?;
            let offset = record.position().map_or(0, csv::Position::byte);
            let line = lines.line_at(usize::try_from(offset).unwrap_or(usize::MAX));
            rows.push(TableRow { line, record });
        }
        Ok(Self {
            delimiter,
            header,
            names,
            rows,
        })
    }

    fn check_header(&self, columns: &Columns) -> Result<(), (String, String)> {
        let known = |name: &&String| {
            let name = name.as_str();
            columns.required.contains(&name)
                || columns.optional.contains(&name)
                || REJECT_COLUMNS.contains(&name)
        };
        let has = |column: &&&str| self.names.iter().any(|name| name == **column);
        let missing: Vec<&str> = columns
            .required
            .iter()
            .filter(|c| !has(c))
            .copied()
            .collect();
        let unknown: Vec<&str> = self
            .names
            .iter()
            .filter(|n| !known(n))
            .map(String::as_str)
            .collect();
        let twice = self
            .names
            .iter()
            .enumerate()
            .find(|(index, name)| self.names[..*index].contains(name));
        let mut wrong = Vec::new();
        if !missing.is_empty() {
            wrong.push(format!("the columns {} are missing", missing.join(", ")));
        }
        if !unknown.is_empty() {
            wrong.push(format!("the columns {} are not known", unknown.join(", ")));
        }
        if let Some((_, name)) = twice {
            wrong.push(format!("the column {name} stands there twice"));
        }
        if wrong.is_empty() {
            return Ok(());
        }
        let columns = [columns.required, columns.optional].concat().join(", ");
        let remedy = format!("the first line must name the columns; known are: {columns}");
        Err((format!("in the header {}", wrong.join("; ")), remedy))
    }
}

fn broken(error: &csv::Error) -> (String, String) {
    let remedy = "save it as CSV with one row per line";
    (format!("cannot be read as CSV: {error}"), remedy.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: Columns = Columns {
        required: &["name"],
        optional: &["phone"],
    };

    /// A row's line, and its name and phone or why they cannot be read.
    type Read = (u64, Result<(String, String), String>);

    fn cells(bytes: &[u8]) -> Vec<Read> {
        let table = Table::parse(bytes).unwrap();
        table.check_header(&COLUMNS).unwrap();
        let read = |row| {
            let fields = table.fields(row)?;
            Ok((
                fields.text("name").to_owned(),
                fields.text("phone").to_owned(),
            ))
        };
        table
            .rows()
            .iter()
            .map(|row| (row.line, read(row)))
            .collect()
    }

    #[test]
    fn every_way_a_spreadsheet_writes_is_read() {
        let expected = vec![(2, Ok(("Ana".to_owned(), "300".to_owned())))];
        let files: [&[u8]; 5] = [
            b"name,phone\nAna,300\n",
            b"\xEF\xBB\xBFname,phone\r\nAna,300\r\n",
            b"Name;Phone\n Ana ; 300 \n",
            b"phone,name\n300,\"Ana\"",
            b"line,reason,name,phone\n9,was bad,Ana,300\n",
        ];
        for file in files {
            assert_eq!(cells(file), expected, "{}", String::from_utf8_lossy(file));
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_says_why() {
        let read = cells(b"name,phone\nAna\n\xE9va,1\nEva,2\n");
        assert!(read[0].1.as_ref().unwrap_err().contains("has 1 fields"));
        assert!(read[1].1.as_ref().unwrap_err().contains("not UTF-8"));
        assert_eq!(read[2], (4, Ok(("Eva".to_owned(), "2".to_owned()))));
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        let lines = |bytes: &[u8]| -> Vec<u64> {
            let table = Table::parse(bytes).unwrap();
            table.rows().iter().map(|row| row.line).collect()
        };
        assert_eq!(lines(b"name\r\nA\r\n\r\nB\r\n"), [2, 4]);
        assert_eq!(lines(b"name\n\"A\nA\"\nB\n"), [2, 4]);
        assert_eq!(lines(b"name\rA\rB\r"), [2, 3]);
    }

    #[test]
    fn a_wrong_header_names_what_is_wrong() {
        let wrong = |bytes: &[u8]| {
            let table = Table::parse(bytes)?;
            table.check_header(&COLUMNS)
        };
        let cases: [(&[u8], &str); 4] = [
            (b"", "is empty"),
            (b"\xFF\xFEn\0", "UTF-16"),
            (
                b"nombre,phone\n",
                "columns name are missing; the columns nombre are not known",
            ),
            (b"name,name\n", "name stands there twice"),
        ];
        for (bytes, expected) in cases {
            let (what, remedy) = wrong(bytes).unwrap_err();
            assert!(what.contains(expected), "{what}");
            assert!(!remedy.is_empty());
        }
    }
}
