//! The files that people write, and the walls that can be seen in their text.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::workspace;

/// No file of code is longer than this.
const MOST_LINES: usize = 600;

/// Written by a program from other files: nobody reads it from top to bottom.
const WRITTEN: &str = "ui/src/api/bindings.ts";

/// Folders with code in them.
const FOLDERS: [&str; 6] = ["crates", "fuzz", "src-tauri", "tests", "ui/src", "xtask"];

/// Endings of files that people write.
const ENDINGS: [&str; 6] = ["rs", "ts", "svelte", "sql", "css", "js"];

/// Folders that programs write.
const GENERATED: [&str; 7] = [
    "target",
    "node_modules",
    "dist",
    "gen",
    "bindings",
    "corpus",
    "artifacts",
];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 6] = [
    "common", "utils", "helpers", "models", "services", "managers",
];

/// A word that may stand below one place only.
struct Wall {
    word: &'static str,
    home: &'static str,
    rule: &'static str,
}

const WALLS: [Wall; 3] = [
    Wall {
        word: "use tauri",
        home: "src-tauri",
        rule: "the window system appears in src-tauri only",
    },
    Wall {
        word: "@tauri-apps/",
        home: "ui/src/api",
        rule: "only ui/src/api speaks with the window system",
    },
    Wall {
        word: "use rusqlite",
        home: "crates/ledger",
        rule: "SQL stands in the ledger and in the server's stores only",
    },
];

/// Where a word may stand besides its home.
const ALSO: [(&str, &str); 3] = [
    ("use rusqlite", "crates/server"),
    ("use rusqlite", "tests"),
    ("@tauri-apps/", "ui/tests"),
];

/// Checks length, names and walls of every file.
pub(crate) fn broken_rules() -> Result<Vec<String>, Error> {
    let mut broken = Vec::new();
    let mut status_files = Vec::new();
    for path in files()? {
        let text = fs::read_to_string(&path).map_err(Error::file(&path))?;
        let shown = path
            .strip_prefix(workspace::root())
            .unwrap_or(&path)
            .to_string_lossy()
            .replace('\\', "/");
        broken.extend(file_rules(&shown, &text));
        if shown.starts_with("crates/server/src") && text.contains("StatusCode") {
            status_files.push(shown);
        }
    }
    if status_files.len() > 1 {
        broken.push(format!(
            "HTTP status codes stand in one file of the server, not in {}",
            status_files.join(", ")
        ));
    }
    Ok(broken)
}

fn file_rules(path: &str, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    let lines = text.lines().count();
    if lines > MOST_LINES && path != WRITTEN {
        broken.push(format!("{path} has {lines} lines, more than {MOST_LINES}"));
    }
    let stem = Path::new(path).file_stem().unwrap_or_default();
    if EMPTY_NAMES.iter().any(|name| stem == *name) {
        broken.push(format!("{path}: name it after what is in it"));
    }
    for wall in &WALLS {
        let inside = path.starts_with(wall.home)
            || path.starts_with("xtask/")
            || ALSO
                .iter()
                .any(|(word, place)| *word == wall.word && path.starts_with(place));
        if !inside && text.contains(wall.word) {
            broken.push(format!("{path}: {}", wall.rule));
        }
    }
    broken
}

/// Every file of code, sorted.
fn files() -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        let folder = workspace::root().join(folder);
        if folder.is_dir() {
            collect(&folder, &mut found)?;
        }
    }
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Error> {
    for child in fs::read_dir(folder).map_err(Error::file(folder))? {
        let path = child.map_err(Error::file(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !GENERATED.contains(&name.as_ref()) {
                collect(&path, found)?;
            }
        } else if ENDINGS.contains(&ending.as_ref()) {
            found.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: &[&str]) {
        assert_eq!(file_rules(path, text), expected);
    }

    #[test]
    fn walls_hold_in_both_directions() {
        check("src-tauri/src/main.rs", "use tauri::Manager;", &[]);
        check(
            "crates/terminal/src/till.rs",
            "use tauri::Manager;",
            &["crates/terminal/src/till.rs: the window system appears in src-tauri only"],
        );
        check("crates/server/src/store.rs", "use rusqlite::Row;", &[]);
    }

    #[test]
    fn a_file_written_by_a_program_may_be_long() {
        check(WRITTEN, &"x\n".repeat(601), &[]);
    }

    #[test]
    fn a_long_file_and_an_empty_name_are_named() {
        check(
            "ui/src/utils.ts",
            &"x\n".repeat(601),
            &[
                "ui/src/utils.ts has 601 lines, more than 600",
                "ui/src/utils.ts: name it after what is in it",
            ],
        );
    }
}
