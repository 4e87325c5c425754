//! What the next run makes of a run that was stopped after each of its steps.

use std::fs;
use std::path::PathBuf;

use super::draft::Part;
use super::pending::Pending;
use super::plan::Plan;
use super::program_file::ProgramFile;
use super::{Job, Refusal, export, generate};
use crate::{Error, Mint};

const PROGRAM: &str = r#"
version = 1
name = "Café"
currency = "MXN"
time_zone = "America/Mexico_City"
series_key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

[[codes]]
text = "MARZO"
fixed = 5000
"#;

/// The last thing that a run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    WroteCodes,
    Noted,
    ChangedProgram,
    FileAppeared,
}

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        fs::write(desk.path("program.toml"), PROGRAM).expect("written");
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `generate`, as far as `last`.
    fn stopped_after(&self, last: Step, export: &str) {
        let (program, export) = (self.path("program.toml"), self.path(export));
        let job = job(&program, &export);
        let mut file = ProgramFile::open(job.program).expect("nobody else has it");
        let plan = Plan::make(&job, file.text(), &Mint::system()).expect("a plan");
        let written = export::write(&plan, &export).expect("written");
        let text = plan.program(written.end).expect("a program");
        if last >= Step::Noted {
            let pending = Pending {
                code: plan.code.to_string(),
                pattern: plan.pattern.pattern.to_string(),
                from: plan.next,
                end: written.end,
                export,
                is_forced: false,
            };
            file.note(&pending).expect("noted");
        }
        if last >= Step::ChangedProgram {
            file.replace(text).expect("replaced");
        }
        if last >= Step::FileAppeared {
            written.part.appear().expect("appeared");
        }
    }

    fn next_run(&self, export: &str) -> Result<Option<PathBuf>, Error> {
        let (program, export) = (self.path("program.toml"), self.path(export));
        Ok(generate(job(&program, &export), &Mint::system())?.finished)
    }

    /// Numbers of a file's codes.
    fn numbers(&self, name: &str) -> Vec<u64> {
        let mut reader = csv::Reader::from_path(self.path(name)).expect("a file");
        let rows = reader.records().map(|row| row.expect("a row")[2].parse());
        rows.collect::<Result<_, _>>().expect("numbers")
    }
}

fn job<'a>(program: &'a PathBuf, export: &'a PathBuf) -> Job<'a> {
    Job {
        program,
        code: "MARZO",
        pattern: Some("MAR-????-????"),
        count: 5,
        export,
        is_forced: false,
    }
}

fn check(last: Step, expected: (Option<&str>, &[u64])) {
    let (finished, numbers) = expected;
    let desk = Desk::new();
    desk.stopped_after(last, "1.csv");
    let found = desk.next_run("2.csv").expect("the next run works");
    assert_eq!(found, finished.map(|name| desk.path(name)), "{last:?}");
    assert_eq!(desk.numbers("2.csv"), numbers, "{last:?}");
    let is_there = desk.path("1.csv").exists();
    assert_eq!(is_there, numbers[0] > 0, "{last:?}");
    if is_there {
        assert_eq!(desk.numbers("1.csv"), [0, 1, 2, 3, 4], "{last:?}");
    }
}

#[test]
fn before_the_program_is_changed_the_same_codes_are_made_again() {
    check(Step::WroteCodes, (None, &[0, 1, 2, 3, 4]));
    check(Step::Noted, (None, &[0, 1, 2, 3, 4]));
}

#[test]
fn after_the_program_is_changed_the_file_is_finished_and_new_codes_are_made() {
    check(Step::ChangedProgram, (Some("1.csv"), &[5, 6, 7, 8, 9]));
    check(Step::FileAppeared, (None, &[5, 6, 7, 8, 9]));
}

#[test]
fn codes_that_no_program_knows_never_become_a_file() {
    let desk = Desk::new();
    desk.stopped_after(Step::WroteCodes, "1.csv");
    desk.stopped_after(Step::Noted, "2.csv");
    assert_eq!(desk.next_run("3.csv").expect("the next run works"), None);
    assert!(!Part::of(&desk.path("2.csv")).path().exists());
    // The first one left a part whose numbers are codes by now, and a third file has them.
    assert_eq!(desk.next_run("1.csv").expect("the next run works"), None);
    assert_eq!(desk.numbers("1.csv"), [5, 6, 7, 8, 9]);
}

#[test]
fn a_file_that_somebody_put_in_the_place_is_not_replaced() {
    let desk = Desk::new();
    desk.stopped_after(Step::ChangedProgram, "1.csv");
    fs::write(desk.path("1.csv"), "a letter").expect("written");
    let refused = desk.next_run("2.csv");
    let is_meant = matches!(refused, Err(Error::Generate(Refusal::InTheWay(_))));
    assert!(is_meant, "{refused:?}");
    fs::remove_file(desk.path("1.csv")).expect("removed");
    assert!(
        desk.next_run("2.csv")
            .expect("the next run works")
            .is_some()
    );
    assert_eq!(desk.numbers("1.csv"), [0, 1, 2, 3, 4]);
}

#[test]
fn two_runs_at_once_and_changes_meanwhile_are_refused() {
    let desk = Desk::new();
    let mut held = ProgramFile::open(&desk.path("program.toml")).expect("nobody else has it");
    let refused = desk.next_run("1.csv");
    assert!(matches!(refused, Err(Error::Generate(Refusal::Busy(_)))));
    let edited = PROGRAM.replace("5000", "6000");
    fs::write(desk.path("program.toml"), &edited).expect("written");
    let refused = held.replace(PROGRAM.to_owned());
    assert!(matches!(refused, Err(Error::Generate(Refusal::Changed(_)))));
    let after = fs::read_to_string(desk.path("program.toml")).expect("read");
    assert_eq!(after, edited);
}
