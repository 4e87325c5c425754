//! Lists and tables in a line that nobody closed: said once, and closed for the reader, so that the
//! parser does not take every line below for a part of them.

/// A text with a bracket for each that was missing, at the end of its line: every other line and column
/// stays what it was.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Closed {
    pub(super) text: String,
    /// Where in `text` each bracket stands that nobody closed, and the one that it needs.
    pub(super) open: Vec<(usize, char)>,
}

/// Closes what is open where a line begins that cannot be inside: a header, a key in a list, a key in a
/// table with no comma before it.
pub(super) fn close(text: &str) -> Closed {
    let mut scan = Scan::default();
    for line in text.split_inclusive('\n') {
        scan.line(line);
    }
    scan.close_all();
    scan.closed
}

#[derive(Debug, Default)]
struct Scan {
    closed: Closed,
    /// The brackets that are open, and where.
    stack: Vec<(char, usize)>,
    /// The end of the last sign that means something, and that sign.
    last: (usize, char),
    /// The quotes of a text over several lines that is still open.
    quotes: Option<&'static str>,
}

impl Scan {
    fn line(&mut self, line: &str) {
        if self.quotes.is_none() {
            let is_outside = match self.stack.last() {
                None => true,
                Some(('[', _)) => is_header(line) || is_key(line),
                Some(_) => is_header(line) || (is_key(line) && !matches!(self.last.1, ',' | '{')),
            };
            if is_outside {
                self.close_all();
                if is_header(line) {
                    self.closed.text.push_str(line);
                    return;
                }
            }
        }
        let start = self.closed.text.len();
        self.closed.text.push_str(line);
        self.signs(line, start);
    }

    /// Looks at the signs of a line that is no header.
    fn signs(&mut self, line: &str, start: usize) {
        let mut rest = line;
        while let Some(sign) = rest.chars().next() {
            let at = start + line.len() - rest.len();
            if let Some(quotes) = self.quotes {
                let Some(end) = rest.find(quotes) else { return };
                rest = &rest[end + quotes.len()..];
                self.quotes = None;
                self.last = (start + line.len() - rest.len(), '"');
                continue;
            }
            if sign == '#' {
                return;
            }
            if let Some(quotes) = ["\"\"\"", "'''"]
                .into_iter()
                .find(|three| rest.starts_with(three))
            {
                self.quotes = Some(quotes);
                rest = &rest[quotes.len()..];
                continue;
            }
            let length = match sign {
                '"' | '\'' => text_length(rest, sign),
                _ => sign.len_utf8(),
            };
            match sign {
                '[' | '{' => self.stack.push((sign, at)),
                ']' | '}' => drop(self.stack.pop()),
                _ => {}
            }
            if !sign.is_whitespace() {
                self.last = (at + length, sign);
            }
            rest = &rest[length..];
        }
    }

    fn close_all(&mut self) {
        let mut end = self.last.0;
        while let Some((sign, at)) = self.stack.pop() {
            let needed = if sign == '[' { ']' } else { '}' };
            self.closed.text.insert(end, needed);
            end += 1;
            self.closed.open.push((at, needed));
        }
    }
}

/// How long a text in quotes is that begins here; it ends with its line at the latest.
fn text_length(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, sign) in rest.char_indices().skip(1) {
        match sign {
            '\n' => return at,
            '\\' if quote == '"' && !is_escaped => {
                is_escaped = true;
                continue;
            }
            _ if sign == quote && !is_escaped => return at + 1,
            _ => {}
        }
        is_escaped = false;
    }
    rest.len()
}

/// `[name]` or `[[name]]` and nothing else.
fn is_header(line: &str) -> bool {
    let line = line.split('#').next().unwrap_or(line).trim();
    let inner = line
        .strip_prefix('[')
        .and_then(|line| line.strip_suffix(']'));
    let inner = inner.map(|line| line.trim_start_matches('[').trim_end_matches(']').trim());
    inner.is_some_and(is_bare)
}

/// `name =`.
fn is_key(line: &str) -> bool {
    line.split_once('=')
        .is_some_and(|(name, _)| is_bare(name.trim()))
}

fn is_bare(name: &str) -> bool {
    let is_word = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '-' | '.');
    name.starts_with(|sign: char| sign.is_ascii_alphabetic()) && name.chars().all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str, open: &[(usize, char)]) {
        let closed = close(text);
        assert_eq!(
            (closed.text.as_str(), closed.open.as_slice()),
            (expected, open)
        );
    }

    #[test]
    fn what_nobody_closed_is_closed_at_the_end_of_its_line() {
        check(
            "a = [\"b\" # c\nd = 1\n",
            "a = [\"b\"] # c\nd = 1\n",
            &[(4, ']')],
        );
        check(
            "a = { b = [1\n[[c]]\n",
            "a = { b = [1]}\n[[c]]\n",
            &[(10, ']'), (4, '}')],
        );
        check("a = [1,\n  2\n", "a = [1,\n  2]\n", &[(4, ']')]);
        check("a = { b = 1\nc = 2\n", "a = { b = 1}\nc = 2\n", &[(4, '}')]);
    }

    #[test]
    fn what_is_closed_stays_as_it_is() {
        for text in [
            "a = [\n  \"[\", # [\n  [1], ['{'],\n]\n[b]\nc = 2\n",
            "a = { b = 1,\n  c = 2 }\n",
            "a = \"\"\"\n[\nb = [\n\"\"\"\nc = \"\\\"[\"\n",
            "a = \"[\n[[b]]\nc = '\\'\n",
        ] {
            check(text, text, &[]);
        }
    }
}
