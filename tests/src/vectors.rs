//! Case files through the real engine: every `*.toml` below a folder.
//!
//! `fixtures/vectors/README.md` gives the format. A case is priced once as written and once for each
//! order of its accepted codes; every key of `expect` has to match. A key that the format does not
//! have is a failure of its case, so that a misspelt expectation can never pass.

mod build;
mod case;
mod order;
mod person;
mod price;
mod refund;

use std::fmt;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// What running a folder came to.
#[derive(Debug, Default)]
pub struct Report {
    /// Cases that held.
    pub passed: usize,
    /// Cases that did not, each with its first differences.
    pub failed: Vec<Failure>,
}

/// A case that did not hold.
#[derive(Debug)]
pub struct Failure {
    /// The file it stands in.
    pub file: PathBuf,
    /// Its name.
    pub case: String,
    /// Every difference.
    pub differences: Vec<Difference>,
}

/// One expectation that was not met.
#[derive(Debug)]
pub struct Difference {
    /// The key of the expectation, or what was attempted.
    pub what: String,
    /// What the case file says.
    pub expected: String,
    /// What the engine says.
    pub got: String,
}

impl Difference {
    /// A difference between two values, if there is one.
    fn between<T: fmt::Debug + PartialEq>(what: &str, expected: &T, got: &T) -> Option<Self> {
        (expected != got).then(|| Self {
            what: what.to_owned(),
            expected: format!("{expected:?}"),
            got: format!("{got:?}"),
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "FAILED {} ({})", self.case, self.file.display())?;
        for difference in &self.differences {
            writeln!(f, "  {}", difference.what)?;
            writeln!(f, "    expected {}", difference.expected)?;
            writeln!(f, "    got      {}", difference.got)?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for failure in &self.failed {
            write!(f, "{failure}")?;
        }
        write!(f, "{} passed, {} failed", self.passed, self.failed.len())
    }
}

/// Why a folder could not be run at all.
#[derive(Debug, Error)]
pub enum Error {
    /// A folder or file cannot be read.
    #[error("read {path}: {source}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is nothing to run.
    #[error("no case files (*.toml) below {0}")]
    Empty(PathBuf),
}

/// Runs every case of every `*.toml` below `folder`, in order of path. A single file may be given too.
pub fn run(folder: &Path) -> Result<Report, Error> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    if files.is_empty() {
        return Err(Error::Empty(folder.to_owned()));
    }
    let mut report = Report::default();
    for file in files {
        let text = read(&file)?;
        for (case, differences) in run_text(&text) {
            if differences.is_empty() {
                report.passed += 1;
            } else {
                let file = file.clone();
                report.failed.push(Failure {
                    file,
                    case,
                    differences,
                });
            }
        }
    }
    Ok(report)
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let failed = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    if std::fs::metadata(path).map_err(failed)?.is_file() {
        files.extend(is_case_file(path).then(|| path.to_owned()));
        return Ok(());
    }
    for entry in std::fs::read_dir(path).map_err(failed)? {
        collect(&entry.map_err(failed)?.path(), files)?;
    }
    Ok(())
}

fn is_case_file(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "toml")
}

/// What a case file holds.
const KINDS: [&str; 3] = ["case", "refund", "person"];

/// Every case of a text with its differences; a text that is no case file is one failed case.
fn run_text(text: &str) -> Vec<(String, Vec<Difference>)> {
    let table: toml::Table = match toml::from_str(text) {
        Ok(table) => table,
        Err(error) => return vec![unreadable("the file", &error.to_string())],
    };
    let mut results = Vec::new();
    for (key, value) in table {
        let cases = match value {
            toml::Value::Array(cases) if KINDS.contains(&key.as_str()) => cases,
            _ => {
                results.push(unreadable(
                    &format!("key {key:?}"),
                    "a file holds [[case]], [[refund]] and [[person]] only",
                ));
                continue;
            }
        };
        for (index, case) in cases.into_iter().enumerate() {
            let unnamed = format!("{key} {}", index + 1);
            let name = case.get("name").and_then(toml::Value::as_str);
            let name = name.map_or(unnamed, str::to_owned);
            let differences = match key.as_str() {
                "case" => run_one(case, price::differences),
                "refund" => run_one(case, refund::differences),
                _ => run_one(case, person::differences),
            };
            results.push((name, differences));
        }
    }
    results
}

fn run_one<C: serde::de::DeserializeOwned>(
    case: toml::Value,
    differences: impl Fn(&C) -> Result<Vec<Difference>, String>,
) -> Vec<Difference> {
    let read: Result<C, String> = case
        .try_into()
        .map_err(|error: toml::de::Error| error.message().to_owned());
    read.and_then(|case| differences(&case))
        .unwrap_or_else(|reason| vec![not_a_case(reason)])
}

fn unreadable(name: &str, reason: &str) -> (String, Vec<Difference>) {
    (name.to_owned(), vec![not_a_case(reason.to_owned())])
}

fn not_a_case(reason: String) -> Difference {
    Difference {
        what: "the case itself".to_owned(),
        expected: "a case as fixtures/vectors/README.md describes it".to_owned(),
        got: reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, &[&str])]) {
        let results = run_text(text);
        let found: Vec<(&str, Vec<&str>)> = results
            .iter()
            .map(|(name, differences)| {
                let whats = differences.iter().map(|one| one.what.as_str());
                (name.as_str(), whats.collect())
            })
            .collect();
        let expected: Vec<(&str, Vec<&str>)> = expected
            .iter()
            .map(|(name, whats)| (*name, whats.to_vec()))
            .collect();
        assert_eq!(found, expected);
    }

    const GOOD: &str = r#"
        [[case]]
        name = "good"
        program = {}
        lines = [{ sku = "L1", price = 100 }]
        codes = [{ text = "A", percent_bp = 1000 }]
        scan = ["A"]
        expect = { discount = 10, codes = { A = 10 }, best_set = ["A"] }
    "#;

    #[test]
    fn a_case_that_holds_has_no_differences() {
        check(GOOD, &[("good", &[])]);
    }

    #[test]
    fn a_wrong_expectation_is_named() {
        let wrong = GOOD.replace("discount = 10", "discount = 11");
        check(&wrong, &[("good", &["discount"])]);
    }

    #[test]
    fn a_misspelt_key_fails_its_case_and_no_other() {
        let misspelt = GOOD.replace("expect = { discount", "expect = { discuont");
        let both = format!("{misspelt}{}", GOOD.replace("\"good\"", "\"other\""));
        check(&both, &[("good", &["the case itself"]), ("other", &[])]);
        check("cases = []", &[("key \"cases\"", &["the case itself"])]);
        check("[[case", &[("the file", &["the case itself"])]);
    }

    #[test]
    fn every_case_of_the_fixtures_holds() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/vectors");
        let report = run(&folder).unwrap();
        assert!(report.failed.is_empty(), "{report}");
        assert!(report.passed > 100, "{report}");
    }
}
