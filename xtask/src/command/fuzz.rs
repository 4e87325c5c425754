//! `fuzz`: arbitrary bytes against the rules and the program reader, for a bounded time.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::error::Error;
use crate::machine;
use crate::phase::Phases;
use crate::{shell, workspace};

/// The fuzz targets, each a file in `fuzz/fuzz_targets`.
const TARGETS: [&str; 2] = ["code_text", "program_text"];

/// How long each target runs unless somebody says otherwise.
const SECONDS: u32 = 20;

/// Where the fuzzer's chance starts unless somebody says otherwise: a run that only repeats what held
/// before does not fail for reasons that nobody changed. A hunt takes other seeds.
const SEED: u32 = 1;

/// So many lines of what the fuzzer said are shown when it found something.
const SHOWN_LINES: usize = 60;

pub(super) fn run(rest: &[String]) -> Result<(), Error> {
    let asked = Asked::read(rest)?;
    let mut phases = Phases::default();
    if !asked.inputs.is_empty() {
        phases.run("fuzz machine", machine::install_cargo_fuzz)?;
        return shell::run(cargo_fuzz("run", asked.targets[0]).args(&asked.inputs));
    }
    run_targets(&mut phases, &asked.targets, asked.bound)?;
    phases.print();
    Ok(())
}

/// Every target for its usual time, as part of a longer command.
pub(super) fn run_all(phases: &mut Phases) -> Result<(), Error> {
    run_targets(phases, &TARGETS, Bound::default())
}

fn run_targets(phases: &mut Phases, targets: &[&'static str], bound: Bound) -> Result<(), Error> {
    phases.run("fuzz machine", machine::install_cargo_fuzz)?;
    phases.run("fuzz build", || {
        targets
            .iter()
            .try_for_each(|target| shell::run(&mut cargo_fuzz("build", target)))
    })?;
    phases.run("fuzz", || {
        targets
            .iter()
            .try_for_each(|target| run_target(target, bound))
    })
}

/// How long a target runs, and from which seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bound {
    seconds: u32,
    seed: u32,
}

impl Default for Bound {
    fn default() -> Self {
        Self {
            seconds: SECONDS,
            seed: SEED,
        }
    }
}

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    targets: Vec<&'static str>,
    bound: Bound,
    /// Files to run once instead of fuzzing.
    inputs: Vec<PathBuf>,
}

impl Asked {
    fn read(rest: &[String]) -> Result<Self, Error> {
        let mut asked = Self {
            targets: TARGETS.to_vec(),
            bound: Bound::default(),
            inputs: Vec::new(),
        };
        let mut words = rest.iter();
        let mut is_target_named = false;
        while let Some(word) = words.next() {
            let target = TARGETS.iter().find(|target| *target == word);
            match (word.as_str(), target) {
                ("--seconds", _) => asked.bound.seconds = positive(word, words.next())?,
                ("--seed", _) => asked.bound.seed = positive(word, words.next())?,
                (_, Some(target)) if !is_target_named => {
                    asked.targets = vec![target];
                    is_target_named = true;
                }
                (path, None) if is_target_named && !path.starts_with('-') => {
                    asked.inputs.push(PathBuf::from(path));
                }
                (other, _) => {
                    let targets = TARGETS.join(", ");
                    let what = format!("{other:?} is no fuzz target; there are {targets}");
                    return Err(Error::Usage(what));
                }
            }
        }
        Ok(asked)
    }
}

fn positive(option: &str, text: Option<&String>) -> Result<u32, Error> {
    text.and_then(|text| text.parse().ok())
        .filter(|number| *number > 0)
        .ok_or_else(|| Error::Usage(format!("{option} wants a number from 1")))
}

/// Fuzzes one target and says how often it ran; what is found is shown with how to repeat it.
fn run_target(target: &'static str, bound: Bound) -> Result<(), Error> {
    let fuzz = workspace::root().join("fuzz");
    let corpus = fuzz.join("corpus").join(target);
    std::fs::create_dir_all(&corpus).map_err(Error::file(&corpus))?;
    let mut command = cargo_fuzz("run", target);
    command
        .arg(&corpus)
        .arg(fuzz.join("seeds").join(target))
        .arg("--")
        .arg(format!("-max_total_time={}", bound.seconds))
        .arg(format!("-seed={}", bound.seed))
        .args([
            "-print_final_stats=1",
            "-max_len=4096",
            "-timeout=10",
            "-rss_limit_mb=1024",
        ]);
    let words_of_target = fuzz.join(format!("{target}.dict"));
    if words_of_target.is_file() {
        command.arg(format!("-dict={}", words_of_target.display()));
    }
    let said = listen(&mut command)?;
    match executions(&said.lines) {
        Some(count) if said.is_success => {
            let Bound { seconds, seed } = bound;
            println!("{target}: {count} executions in {seconds} s from seed {seed}, nothing found");
            Ok(())
        }
        _ => {
            let from = said.lines.len().saturating_sub(SHOWN_LINES);
            let (early, late) = said.lines.split_at(from);
            // What a panic says stands above its backtrace, which may be longer than what is shown.
            let panic = early.iter().position(|line| line.contains("panicked at"));
            let panic = panic.map_or(&[][..], |at| &early[at..early.len().min(at + 3)]);
            panic
                .iter()
                .chain(late)
                .for_each(|line| eprintln!("{line}"));
            Err(Error::Missing {
                what: format!("The fuzz target {target} found an input that breaks it."),
                remedy: format!(
                    "Repeat it with `cargo xtask fuzz {target} {}`.",
                    artifact(&said.lines).unwrap_or("FILE-NAMED-ABOVE")
                ),
            })
        }
    }
}

struct Said {
    lines: Vec<String>,
    is_success: bool,
}

/// Runs `command` and keeps what it writes to its error output, where the fuzzer speaks.
fn listen(command: &mut Command) -> Result<Said, Error> {
    let words = shell::words(command);
    println!("$ {words}");
    let start = |source| Error::Start {
        command: words.clone(),
        source,
    };
    let mut child = command.stderr(Stdio::piped()).spawn().map_err(start)?;
    let errors = child.stderr.take().map(BufReader::new);
    let lines = errors.into_iter().flat_map(BufRead::lines);
    let lines: Vec<String> = lines.map_while(Result::ok).collect();
    let status = child.wait().map_err(start)?;
    Ok(Said {
        lines,
        is_success: status.success(),
    })
}

fn executions(lines: &[String]) -> Option<u64> {
    let count = |line: &String| {
        line.strip_prefix("stat::number_of_executed_units:")?
            .trim()
            .parse()
            .ok()
    };
    lines.iter().find_map(count)
}

/// The file in which the fuzzer keeps what it found.
fn artifact(lines: &[String]) -> Option<&str> {
    let path = lines
        .iter()
        .find_map(|line| line.split_once("Test unit written to "))?
        .1;
    Some(path.trim())
}

/// `cargo fuzz` on the stable compiler, which has no sanitizers. The programs are built beside the
/// others, in `target/fuzz`.
fn cargo_fuzz(subcommand: &str, target: &str) -> Command {
    let mut command = Command::new(workspace::tool("cargo-fuzz"));
    command
        .current_dir(workspace::root())
        // The command line of cargo's own subcommands.
        .args([
            "fuzz",
            subcommand,
            "--fuzz-dir",
            "fuzz",
            "--sanitizer",
            "none",
        ])
        .arg("--target-dir")
        .arg(workspace::target().join("fuzz"))
        .arg(target);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Result<Asked, String> {
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        Asked::read(&words).map_err(|error| error.to_string())
    }

    #[test]
    fn a_target_a_time_and_files_are_understood() {
        let all = read("").unwrap();
        assert_eq!(
            (all.targets.as_slice(), all.bound),
            (&TARGETS[..], Bound::default())
        );
        let bound = read("--seconds 5 --seed 7").unwrap().bound;
        assert_eq!((bound.seconds, bound.seed), (5, 7));
        let one = read("program_text crash-1").unwrap();
        assert_eq!(
            (one.targets, one.inputs),
            (vec!["program_text"], vec![PathBuf::from("crash-1")])
        );
        for wrong in [
            "--seconds",
            "--seconds 0",
            "--seconds x",
            "--seed 0",
            "box",
            "--fast",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_fuzzer_is_understood() {
        let lines: Vec<String> = [
            "#1024 pulse",
            "artifact_prefix='x'; Test unit written to fuzz/artifacts/code_text/crash-1",
            "stat::number_of_executed_units: 1234",
        ]
        .map(str::to_owned)
        .to_vec();
        assert_eq!(executions(&lines), Some(1_234));
        assert_eq!(artifact(&lines), Some("fuzz/artifacts/code_text/crash-1"));
        assert_eq!((executions(&[]), artifact(&[])), (None, None));
    }
}
