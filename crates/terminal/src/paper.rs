//! Monospaced text of 42 columns, the width of an 80 mm printer.

use crate::message::say;
use crate::rules::Rules;
use crate::view::Language;
use crate::words;

/// Columns of the paper.
pub(crate) const COLUMNS: usize = 42;

/// What is printed, line by line.
#[derive(Debug)]
pub(crate) struct Paper<'a> {
    pub(crate) language: Language,
    pub(crate) rules: &'a Rules,
    text: String,
}

impl<'a> Paper<'a> {
    pub(crate) const fn new(language: Language, rules: &'a Rules) -> Self {
        Self {
            language,
            rules,
            text: String::new(),
        }
    }

    /// What was printed.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    pub(crate) fn say(&self, key: &str, parameters: &[(&str, &str)]) -> String {
        say(self.language, key, parameters)
    }

    /// Minor units as paper holds them.
    pub(crate) fn money(&self, minor: i64) -> String {
        on_paper(&self.rules.money.say(self.language, minor))
    }

    /// A name of the catalogue and an amount, minor units.
    pub(crate) fn figure(&mut self, key: &str, minor: i64) {
        let (name, amount) = (self.say(key, &[]), self.money(minor));
        self.row(&name, &amount);
    }

    /// A line across.
    pub(crate) fn rule(&mut self) {
        self.text.push_str(&"-".repeat(COLUMNS));
        self.text.push('\n');
    }

    pub(crate) fn centred(&mut self, text: &str) {
        for line in wrapped(text, COLUMNS) {
            let space = match line.chars().count() {
                0 => 0,
                signs => (COLUMNS - signs) / 2,
            };
            self.text.push_str(&" ".repeat(space));
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }

    /// Words on the left, a figure on the right; words that do not fit beside it go above.
    pub(crate) fn row(&mut self, left: &str, right: &str) {
        let figure = right.chars().count();
        let mut lines = wrapped(left, COLUMNS);
        let last = lines.last().map_or(0, |line| line.chars().count());
        if figure > 0 && last + 1 + figure > COLUMNS {
            lines.push(String::new());
        }
        let last = lines.pop().unwrap_or_default();
        for line in lines {
            self.text.push_str(&line);
            self.text.push('\n');
        }
        self.text.push_str(&last);
        if figure > 0 {
            let space = COLUMNS.saturating_sub(last.chars().count() + figure);
            self.text.push_str(&" ".repeat(space));
            self.text.push_str(right);
        }
        self.text.push('\n');
    }
}

/// A printer's table of signs may hold no space but the plain one.
pub(crate) fn on_paper(text: &str) -> String {
    text.replace(words::NO_BREAK, " ")
}

/// `text` in lines of at most `columns` signs, broken between words where there is a space. Control
/// signs of a name never reach a printer.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let signs: Vec<char> = text.chars().filter(|sign| !sign.is_control()).collect();
    let mut lines = Vec::new();
    let mut rest = signs.as_slice();
    while rest.len() > columns {
        let space = rest[..=columns].iter().rposition(|sign| *sign == ' ');
        let (line, after) = match space.filter(|at| *at > columns / 3) {
            Some(at) => (&rest[..at], &rest[at + 1..]),
            None => rest.split_at(columns),
        };
        lines.push(line.iter().collect());
        rest = after;
    }
    lines.push(rest.iter().collect());
    lines
}
