//! How a story looks in a terminal.

use std::io::{self, Write};

use crate::Error;

/// Columns of the story.
const WIDTH: usize = 78;

/// Writes the story.
pub(super) struct Narrator<'a> {
    out: &'a mut dyn Write,
    chapter: u32,
}

impl<'a> Narrator<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, chapter: 0 }
    }

    /// The title of everything.
    pub(super) fn title(&mut self, text: &str) -> Result<(), Error> {
        let rule = "━".repeat(WIDTH);
        self.write(&format!("{rule}\n  {text}\n{rule}"))
    }

    /// The next chapter.
    pub(super) fn chapter(&mut self, text: &str) -> Result<(), Error> {
        self.chapter += 1;
        let head = format!("── {}. {text} ", self.chapter);
        let rest = WIDTH.saturating_sub(head.chars().count());
        self.write(&format!("\n{head}{}", "─".repeat(rest)))
    }

    /// A heading inside a chapter.
    pub(super) fn heading(&mut self, text: &str) -> Result<(), Error> {
        self.write(&format!("\n  {text}"))
    }

    /// A sentence of the story.
    pub(super) fn line(&mut self, text: &str) -> Result<(), Error> {
        self.write(&format!("  {text}"))
    }

    /// What somebody does at a till.
    pub(super) fn does(&mut self, at: &str, text: &str) -> Result<(), Error> {
        self.write(&format!("  {at} ▸ {text}"))
    }

    /// What the till answers.
    pub(super) fn answer(&mut self, text: &str) -> Result<(), Error> {
        self.write(&format!("           {text}"))
    }

    /// What the strip of a till says.
    pub(super) fn strip(&mut self, at: &str, text: &str) -> Result<(), Error> {
        self.write(&format!("  {at} ● {text}"))
    }

    /// A printed receipt.
    pub(super) fn receipt(&mut self, text: &str) -> Result<(), Error> {
        let columns = text.lines().map(|line| line.chars().count()).max();
        let columns = columns.unwrap_or(0);
        self.write(&format!("\n        ╭{}╮", "─".repeat(columns + 2)))?;
        for line in text.lines() {
            let room = " ".repeat(columns - line.chars().count());
            self.write(&format!("        │ {line}{room} │"))?;
        }
        self.write(&format!("        ╰{}╯\n", "╌".repeat(columns + 2)))
    }

    fn write(&mut self, text: &str) -> Result<(), Error> {
        let written: io::Result<()> = writeln!(self.out, "{text}");
        Ok(written?)
    }
}
