//! The deliberate breaks of `xtask/mutants.txt`.

use std::path::PathBuf;

use crate::error::Error;
use crate::workspace;

/// One line of `crates/loyalty` as it must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mutant {
    /// `rounding`, `caps`, `cuts`, `order`, `allocation`, `precedence`, `derived`, `points`,
    /// `refunds` or `merges`.
    pub(crate) area: String,
    /// What breaks.
    pub(crate) name: String,
    /// Below `crates/loyalty/src`.
    pub(crate) file: String,
    /// A part of one line that occurs once in the file.
    pub(crate) find: String,
    /// What stands there instead.
    pub(crate) replace: String,
}

impl Mutant {
    /// Every mutant of the list.
    pub(crate) fn all() -> Result<Vec<Self>, Error> {
        let path = path();
        let text = std::fs::read_to_string(&path).map_err(Error::file(&path))?;
        read(&text).map_err(|broken| Error::Rules(vec![broken]))
    }

    /// The file's text with the break in it.
    pub(crate) fn applied_to(&self, text: &str) -> Result<String, String> {
        match text.matches(&self.find).count() {
            1 => Ok(text.replacen(&self.find, &self.replace, 1)),
            count => Err(format!(
                "{}: {:?} occurs {count} times in {}, not once",
                self.name, self.find, self.file
            )),
        }
    }
}

fn path() -> PathBuf {
    workspace::root().join("xtask/mutants.txt")
}

fn read(text: &str) -> Result<Vec<Mutant>, String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let lines: Vec<&str> = lines.collect();
    lines
        .split(|line| line.trim().is_empty())
        .filter(|paragraph| !paragraph.is_empty())
        .map(read_one)
        .collect()
}

fn read_one(lines: &[&str]) -> Result<Mutant, String> {
    let wrong = || format!("xtask/mutants.txt: not [area] name, file, - line, + line: {lines:?}");
    let [head, file, find, replace] = lines else {
        return Err(wrong());
    };
    let head = head
        .strip_prefix('[')
        .and_then(|head| head.split_once("] "));
    let (area, name) = head.ok_or_else(wrong)?;
    Ok(Mutant {
        area: area.to_owned(),
        name: name.to_owned(),
        file: (*file).to_owned(),
        find: find.strip_prefix("- ").ok_or_else(wrong)?.to_owned(),
        replace: replace.strip_prefix("+ ").ok_or_else(wrong)?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mutant_of_the_list_breaks_one_place() -> Result<(), Error> {
        let mutants = Mutant::all()?;
        let mut broken = Vec::new();
        for mutant in &mutants {
            let path = workspace::root()
                .join("crates/loyalty/src")
                .join(&mutant.file);
            let text = std::fs::read_to_string(&path).map_err(Error::file(&path))?;
            match mutant.applied_to(&text) {
                Ok(changed) if changed == text => broken.push(mutant.name.clone()),
                Ok(_) => {}
                Err(why) => broken.push(why),
            }
        }
        assert_eq!(broken, Vec::<String>::new());
        assert!(mutants.len() >= 40);
        Ok(())
    }

    #[test]
    fn a_paragraph_that_lacks_a_line_is_named() {
        assert!(read("[caps] no cap\nrate.rs\n- a\n").is_err());
        assert!(read("caps\nrate.rs\n- a\n+ b\n").is_err());
    }
}
