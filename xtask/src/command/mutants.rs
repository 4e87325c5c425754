//! `mutants`: breaks the rules on purpose, in a copy; the tests of the crate must notice every break.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::Error;
use crate::mutant::Mutant;
use crate::workspace;

const HELP: &str = "mutants [--area AREA] [--every N]";

/// Every break meets the same cases, and none that an earlier break has failed and left in a file: what
/// is caught does not depend on luck or on the order of the list. Nobody reads the failures, so none is
/// made smaller and nothing is built for a debugger.
const QUICK: [(&str, &str); 5] = [
    ("PROPTEST_CASES", "100"),
    ("PROPTEST_RNG_SEED", "1"),
    ("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "1"),
    ("PROPTEST_MAX_SHRINK_ITERS", "0"),
    ("CARGO_PROFILE_DEV_DEBUG", "false"),
];

/// The tests that need little to be built.
const SOONEST: [&str; 5] = ["--lib", "--test", "rules", "--test", "cuts"];

/// `--area caps` breaks only there, `--every 10` takes each tenth.
pub(super) fn run(rest: &[String]) -> Result<(), Error> {
    let mutants = chosen(Mutant::all()?, rest)?;
    let copy = Copy::new()?;
    println!("the tests as they are:");
    if copy.outcome()? != Outcome::Survived {
        return Err(Error::Rules(vec![
            "the tests fail without any break".to_owned(),
        ]));
    }
    let mut broken = Vec::new();
    let mut caught = 0;
    for mutant in &mutants {
        let outcome = copy.broken_by(mutant)?;
        println!("{outcome:<14} [{}] {}", mutant.area, mutant.name);
        match outcome {
            Outcome::Caught => caught += 1,
            Outcome::Survived | Outcome::DoesNotBuild => broken.push(format!(
                "{}: {} by `{}`",
                mutant.file, outcome, mutant.replace
            )),
        }
    }
    println!("{} mutants, {caught} caught", mutants.len());
    if broken.is_empty() {
        Ok(())
    } else {
        Err(Error::Rules(broken))
    }
}

fn chosen(mutants: Vec<Mutant>, rest: &[String]) -> Result<Vec<Mutant>, Error> {
    let wrong = || Error::Usage(format!("{HELP} is what there is"));
    match rest {
        [] => Ok(mutants),
        [option, area] if option == "--area" => {
            let chosen: Vec<Mutant> = mutants
                .into_iter()
                .filter(|one| one.area == *area)
                .collect();
            if chosen.is_empty() {
                Err(wrong())
            } else {
                Ok(chosen)
            }
        }
        [option, every] if option == "--every" => {
            let every: usize = every.parse().map_err(|_| wrong())?;
            Ok(mutants.into_iter().step_by(every.max(1)).collect())
        }
        _ => Err(wrong()),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Caught,
    Survived,
    DoesNotBuild,
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Caught => "caught",
            Self::Survived => "SURVIVED",
            Self::DoesNotBuild => "DOES NOT BUILD",
        })
    }
}

/// `crates/loyalty` in a workspace of its own, below `target`.
struct Copy {
    root: PathBuf,
}

impl Copy {
    fn new() -> Result<Self, Error> {
        let root = workspace::target().join("mutants");
        let home = workspace::root();
        let below = root.join("crates/loyalty");
        if below.exists() {
            fs::remove_dir_all(&below).map_err(Error::file(&below))?;
        }
        copy_folder(&home.join("crates/loyalty"), &below)?;
        let manifest = home.join("Cargo.toml");
        let text = fs::read_to_string(&manifest).map_err(Error::file(&manifest))?;
        let own: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with("default-members"))
            .map(|line| {
                if line.starts_with("members = ") {
                    "members = [\"crates/loyalty\"]"
                } else {
                    line
                }
            })
            .collect();
        write(&root.join("Cargo.toml"), &own.join("\n"))?;
        let lock = home.join("Cargo.lock");
        fs::copy(&lock, root.join("Cargo.lock")).map_err(Error::file(&lock))?;
        Ok(Self { root })
    }

    /// What the tests say of the break, which is undone afterwards.
    fn broken_by(&self, mutant: &Mutant) -> Result<Outcome, Error> {
        let path = self.root.join("crates/loyalty/src").join(&mutant.file);
        let text = fs::read_to_string(&path).map_err(Error::file(&path))?;
        let changed = mutant
            .applied_to(&text)
            .map_err(|why| Error::Rules(vec![why]))?;
        write(&path, &changed)?;
        let outcome = self.outcome();
        write(&path, &text)?;
        outcome
    }

    /// Most breaks are caught by the tests that are built soonest.
    fn outcome(&self) -> Result<Outcome, Error> {
        if !self.cargo("build", &["--lib"])? {
            return Ok(Outcome::DoesNotBuild);
        }
        let survives = self.cargo("test", &SOONEST)? && self.cargo("test", &["--tests"])?;
        Ok(if survives {
            Outcome::Survived
        } else {
            Outcome::Caught
        })
    }

    /// Whether cargo succeeds.
    fn cargo(&self, subcommand: &str, arguments: &[&str]) -> Result<bool, Error> {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        let words = format!("cargo {subcommand} {}", arguments.join(" "));
        let status = command
            .current_dir(&self.root)
            .args([subcommand, "--quiet", "--offline"])
            .args(arguments)
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            .envs(QUICK)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let status = status.map_err(|source| Error::Start {
            command: words,
            source,
        })?;
        Ok(status.success())
    }
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(Error::file(path))
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), Error> {
    fs::create_dir_all(to).map_err(Error::file(to))?;
    for entry in fs::read_dir(from).map_err(Error::file(from))? {
        let entry = entry.map_err(Error::file(from))?;
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy_folder(&source, &copy)?;
        } else {
            fs::copy(&source, &copy).map_err(Error::file(&source))?;
        }
    }
    Ok(())
}
