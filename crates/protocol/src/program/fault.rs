//! What is wrong with a program, where, and what to write instead.

use std::fmt;

/// One fault of a program. `line` and `column` count from 1; both are 0 for a document that has no
/// text (it came over the wire or was built in memory).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Line of the text.
    pub line: usize,
    /// Column of the text, in signs.
    pub column: usize,
    /// What is wrong, beginning with the key.
    pub what: String,
    /// What to write instead.
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}, column {}: ", self.line, self.column)?;
        }
        write!(f, "{}; {}", self.what, self.remedy)
    }
}

/// A fault that knows its key instead of its place in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyFault {
    pub(super) path: Path,
    pub(super) what: String,
    pub(super) remedy: String,
}

impl From<KeyFault> for Fault {
    fn from(fault: KeyFault) -> Self {
        Self {
            line: 0,
            column: 0,
            what: format!("{}: {}", fault.path, fault.what),
            remedy: fault.remedy,
        }
    }
}

/// The way to a key: `codes[3].valid_until` (positions count from 1 for people).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Path(pub(super) Vec<Step>);

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Into a table.
    Key(String),
    /// Into a list, from 0.
    At(usize),
}

impl Path {
    /// The path of `key` in this table.
    pub(super) fn key(&self, key: &str) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Key(key.to_owned()));
        Self(steps)
    }

    /// The path of a position in this list.
    pub(super) fn at(&self, index: usize) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::At(index));
        Self(steps)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if index == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::At(position) => write!(f, "[{}]", position + 1)?,
            }
        }
        Ok(())
    }
}
