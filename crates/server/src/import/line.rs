//! On which line of a file something stands.

/// Counts lines as an editor does. The reader's own count is behind after `\r\n` and blank lines,
/// because a record's position is where the record before it ended.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    offset: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub(super) const fn of(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            offset: 0,
            line: 1,
        }
    }

    /// The line of the first sign at or after `offset`; offsets ascend from call to call.
    pub(super) fn line_at(&mut self, offset: usize) -> u64 {
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        while let Some(byte) = self.bytes.get(self.offset) {
            if self.offset >= offset && !is_end(byte) {
                break;
            }
            let next_is_feed = self.bytes.get(self.offset + 1) == Some(&b'\n');
            if *byte == b'\n' || (*byte == b'\r' && !next_is_feed) {
                self.line += 1;
            }
            self.offset += 1;
        }
        self.line
    }
}
