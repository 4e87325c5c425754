//! The file of rejected rows: line, reason, and the row as it was.

use std::path::Path;

use csv::{ByteRecord, WriterBuilder};

use super::table::{REJECT_COLUMNS, Table, TableRow};
use crate::Error;

/// A row that was not taken.
#[derive(Debug)]
pub(super) struct Reject {
    line: u64,
    reason: String,
    record: ByteRecord,
}

impl Reject {
    pub(super) fn new(row: &TableRow, reason: String) -> Self {
        Self {
            line: row.line,
            reason,
            record: row.record.clone(),
        }
    }
}

/// Writes the file, with its header also when nothing was rejected: an old file would lie.
pub(super) fn write(path: &Path, table: &Table, rejects: &[Reject]) -> Result<(), Error> {
    let failed = |source: csv::Error| Error::File {
        attempt: "writing",
        path: path.to_owned(),
        source: source.into(),
    };
    let mut writer = WriterBuilder::new()
        .delimiter(table.delimiter)
        .flexible(true)
        .from_path(path)
        .map_err(failed)?;
    // A rejects file that is imported again has these two columns in its rows already.
    let again = table
        .header
        .iter()
        .take(2)
        .eq(REJECT_COLUMNS.map(str::as_bytes));
    let kept = |record: &ByteRecord| -> Vec<Vec<u8>> {
        let skip = if again { REJECT_COLUMNS.len() } else { 0 };
        record.iter().skip(skip).map(<[u8]>::to_vec).collect()
    };
    let mut header: Vec<Vec<u8>> = REJECT_COLUMNS.map(|name| name.as_bytes().to_vec()).into();
    header.extend(kept(&table.header));
    writer.write_byte_record(&header.into()).map_err(failed)?;
    for reject in rejects {
        let mut row = vec![
            reject.line.to_string().into_bytes(),
            reject.reason.clone().into_bytes(),
        ];
        row.extend(kept(&reject.record));
        writer.write_byte_record(&row.into()).map_err(failed)?;
    }
    writer.flush().map_err(|error| failed(error.into()))
}
