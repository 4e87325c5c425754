//! `codes generate`: codes that are unique, intact, known to tills, and handed out once, whatever
//! happens to the machine.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use loyalty::code::CodeText;
use loyalty::code::generated::{ALPHABET, is_intact};
use loyalty::program::Program;
use loyalty::refusal::Refusal as Refused;
use mostrador_loyalty as loyalty;
use mostrador_protocol::program::ProgramDocument;
use mostrador_server::generate::{Generated, Job, Refusal, generate};
use mostrador_server::{Error, Mint};
use uuid::Uuid;

const PROGRAM: &str = r#"# The rules of the house.
version = 7
name = "Café"
currency = "MXN"
time_zone = "America/Mexico_City"

[[codes]]
text = "VERANO10"
percent_bp = 1000 # ten

# For regular guests.
[[codes]]
text = "MARZO"
fixed = 5_000

[[codes]]
text = "ABRIL"
fixed = 7_000
"#;

/// A folder with a program in it.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::write(desk.path("program.toml"), PROGRAM).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path("program.toml")).unwrap()
    }

    fn program(&self) -> Program {
        let document = ProgramDocument::parse(&self.text()).unwrap();
        document.compile().unwrap()
    }

    fn generate(
        &self,
        code: &str,
        pattern: Option<&str>,
        count: u64,
        export: &str,
    ) -> Result<Generated, Error> {
        let job = Job {
            program: &self.path("program.toml"),
            code,
            pattern,
            count,
            export: &self.path(export),
            is_forced: false,
        };
        generate(job, &Mint::system())
    }

    fn refusal(&self, code: &str, pattern: Option<&str>, count: u64) -> Refusal {
        match self.generate(code, pattern, count, "refused.csv") {
            Err(Error::Generate(refusal)) => {
                assert!(!self.path("refused.csv").exists() && !refusal.hint().is_empty());
                refusal
            }
            other => panic!("{other:?}"),
        }
    }

    /// The command as a process.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mostrador-server"));
        command
            .current_dir(self.folder.path())
            .env_remove("MOSTRADOR_DATA")
            .args(["codes", "generate", "--program", "program.toml"])
            .args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }
}

/// Numbers and plain texts of a file, which has one line for each code and nothing else.
fn rows(path: &Path) -> Vec<(u64, CodeText)> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    assert_eq!(reader.headers().unwrap(), vec!["code", "text", "index"]);
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        let text = CodeText::parse(&row[0]).unwrap();
        assert_eq!(text.as_str(), &row[1]);
        (row[2].parse().unwrap(), text)
    });
    rows.collect()
}

/// The code that a till prices this text like.
fn parent(program: &Program, text: &CodeText) -> Option<String> {
    let parent = program.resolve(text, Uuid::nil())?.parent?;
    Some(parent.text.to_string())
}

#[test]
fn a_list_that_is_lost_is_written_again_whole_and_the_program_stays() {
    let desk = Desk::new();
    desk.generate("MARZO", Some("MAR-????-????"), 30, "1.csv")
        .unwrap();
    desk.generate("MARZO", None, 12, "2.csv").unwrap();
    let program = desk.text();
    let again = |code: &str, export: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mostrador-server"));
        command.current_dir(desk.folder.path());
        command.args([
            "codes",
            "export",
            "--program",
            "program.toml",
            "--code",
            code,
        ]);
        let output = command.args(["--export", export]).output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let said = again("marzo", "all.csv");
    assert!(
        said.contains("all 42 codes MAR-????-???# of MARZO are in all.csv"),
        "{said}"
    );
    let both = [rows(&desk.path("1.csv")), rows(&desk.path("2.csv"))].concat();
    assert_eq!(rows(&desk.path("all.csv")), both);
    assert_eq!(desk.text(), program);
    assert!(again("MARZO", "all.csv").contains("exists already"));
    assert!(again("ABRIL", "none.csv").contains("ABRIL has no generated codes"));
    assert!(!desk.path("none.csv").exists());

    let forced = desk.run(&[
        "--code", "MARZO", "--count", "1", "--export", "1.csv", "--force",
    ]);
    let said = String::from_utf8(forced.stdout).unwrap();
    assert!(
        said.contains("what was in that file is gone: `codes export` lists"),
        "{said}"
    );
}

#[test]
fn codes_are_added_to_the_program_and_written_to_a_file() {
    let desk = Desk::new();
    let said = desk.run(&[
        "--code",
        "marzo",
        "--pattern",
        "MAR-????-????",
        "--count",
        "1000",
        "--export",
        "may.csv",
    ]);
    let said = String::from_utf8(said.stdout).unwrap();
    for part in [
        "1000 codes MAR-????-???# for MARZO are in may.csv",
        "MARZO itself cannot be scanned any more",
        "program check program.toml",
        "program publish --tenant NAME program.toml",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let program = desk.program();
    let codes = rows(&desk.path("may.csv"));
    let numbers: Vec<u64> = codes.iter().map(|(index, _)| *index).collect();
    assert_eq!(numbers, (0..1_000).collect::<Vec<u64>>());
    for (_, text) in &codes {
        assert_eq!(parent(&program, text).as_deref(), Some("MARZO"));
    }
    let first = fs::read_to_string(desk.path("may.csv")).unwrap();
    let first = first.lines().nth(1).unwrap();
    let shape: Vec<usize> = first
        .split(',')
        .next()
        .unwrap()
        .split('-')
        .map(str::len)
        .collect();
    assert_eq!(shape, [3, 4, 4], "{first}");

    // Everything that was in the file is there, in its order, and a series more.
    let text = desk.text();
    let mut rest = text.as_str();
    for line in PROGRAM.lines() {
        let at = rest
            .find(line)
            .unwrap_or_else(|| panic!("{line:?} is gone from {text}"));
        rest = &rest[at + line.len()..];
    }
    assert!(text.contains("[codes.series]\npattern = \"MAR-????-???#\"\ncount = 1000\n"));
}

#[test]
fn a_second_run_makes_new_codes_of_the_same_series() {
    let desk = Desk::new();
    let first = desk
        .generate("MARZO", Some("MAR-????-????"), 300, "1.csv")
        .unwrap();
    assert!(first.is_new && first.members == 300);
    let key = desk.program().series_key;
    let second = desk.generate("MARZO", None, 200, "2.csv").unwrap();
    assert!(!second.is_new && second.members == 500);
    assert_eq!(desk.program().series_key, key);
    let (one, two) = (rows(&desk.path("1.csv")), rows(&desk.path("2.csv")));
    assert_eq!((one.len(), two.len()), (300, 200));
    let texts: BTreeSet<&CodeText> = one.iter().chain(&two).map(|(_, text)| text).collect();
    assert_eq!(texts.len(), 500);

    // Another code of the same pattern gets numbers that leave room for both.
    desk.generate("ABRIL", Some("MAR-????-????"), 100, "3.csv")
        .unwrap();
    desk.generate("MARZO", None, 100, "4.csv").unwrap();
    desk.generate("ABRIL", None, 100, "5.csv").unwrap();
    let program = desk.program();
    for (file, code) in [
        ("1.csv", "MARZO"),
        ("3.csv", "ABRIL"),
        ("4.csv", "MARZO"),
        ("5.csv", "ABRIL"),
    ] {
        for (_, text) in rows(&desk.path(file)) {
            assert_eq!(parent(&program, &text).as_deref(), Some(code));
        }
    }
}

#[test]
fn a_hundred_thousand_codes_are_unique_intact_and_known_and_slips_are_told() {
    let desk = Desk::new();
    desk.generate("MARZO", Some("MAR-????-????"), 100_000, "all.csv")
        .unwrap();
    let program = desk.program();
    let codes = rows(&desk.path("all.csv"));
    let texts: BTreeSet<&CodeText> = codes.iter().map(|(_, text)| text).collect();
    assert_eq!(texts.len(), 100_000);
    assert!(texts.iter().all(|text| is_intact(text)));
    for (_, text) in &codes {
        assert_eq!(parent(&program, text).as_deref(), Some("MARZO"));
    }
    let (mut slips, mut ambiguous) = (0, 0);
    for (_, text) in codes.iter().step_by(10_007) {
        for slip in every_slip(text) {
            let near = every_slip(&slip);
            let meant: Vec<CodeText> = near
                .into_iter()
                .filter(|near| texts.contains(near))
                .collect();
            assert!(meant.contains(text));
            // Two codes may be one slip away from the same text; then none is offered.
            let did_you_mean = (meant.len() == 1).then(|| text.clone());
            ambiguous += usize::from(did_you_mean.is_none());
            let refusal = program.refusal_of_unknown(&slip);
            assert_eq!(
                refusal,
                Refused::BadCheckSign { did_you_mean },
                "{slip} for {text}"
            );
            slips += 1;
        }
    }
    assert!(
        slips > 10 * 11 * 30 && ambiguous * 100 < slips,
        "{ambiguous} of {slips}"
    );
}

/// Every text with one wrong sign, and every text with two neighbours swapped.
fn every_slip(text: &CodeText) -> Vec<CodeText> {
    let signs: Vec<char> = text.as_str().chars().collect();
    let mut slips = Vec::new();
    for place in 0..signs.len() {
        for wrong in ALPHABET.chars().filter(|sign| *sign != signs[place]) {
            let mut slip = signs.clone();
            slip[place] = wrong;
            slips.push(slip);
        }
        if place > 0 && signs[place] != signs[place - 1] {
            let mut slip = signs.clone();
            slip.swap(place - 1, place);
            slips.push(slip);
        }
    }
    let parsed = slips
        .iter()
        .map(|slip| CodeText::parse(&slip.iter().collect::<String>()).unwrap());
    parsed.collect()
}

#[test]
fn a_number_whose_text_is_another_code_is_passed_over() {
    let desk = Desk::new();
    desk.generate("MARZO", Some("MAR-????-????"), 3, "1.csv")
        .unwrap();
    // Somebody lists the text of the next member but one as a code of its own.
    let mut longer = desk.text().replace("count = 3", "count = 5");
    let series = ProgramDocument::parse(&longer).unwrap().compile().unwrap();
    let marzo = CodeText::parse("MARZO").unwrap();
    let of = series.codes.get(&marzo).unwrap().series.clone().unwrap();
    let taken = of.member(&series.series_key.clone().unwrap(), 4).unwrap();
    longer = desk.text() + &format!("\n[[codes]]\ntext = \"{taken}\"\nfixed = 1\n");
    fs::write(desk.path("program.toml"), longer).unwrap();

    let generated = desk.generate("MARZO", None, 3, "2.csv").unwrap();
    assert_eq!((generated.skipped, generated.members), (1, 7));
    let numbers: Vec<u64> = rows(&desk.path("2.csv"))
        .iter()
        .map(|(index, _)| *index)
        .collect();
    assert_eq!(numbers, [3, 5, 6]);
}

#[test]
fn what_cannot_be_generated_says_why() {
    let desk = Desk::new();
    let marzo = |pattern, count| desk.refusal("MARZO", Some(pattern), count);
    let near = Some("MARZO".to_owned());
    let text = "MARSO".to_owned();
    assert_eq!(
        desk.refusal("MARSO", None, 1),
        Refusal::UnknownCode { text, near }
    );
    assert_eq!(marzo("MAR-????-????", 0), Refusal::Count(0));
    assert_eq!(marzo("MAR-????-????", u64::MAX), Refusal::Count(u64::MAX));
    assert_eq!(
        desk.refusal("MARZO", None, 1),
        Refusal::NoPattern("MARZO".to_owned())
    );
    let strange = marzo("VIP-????????", 1);
    assert!(strange.to_string().contains("'I'"), "{strange}");
    assert!(
        strange.hint().contains("1, I and L look alike"),
        "{}",
        strange.hint()
    );
    let small = marzo("MAR-?????-?", 28_630);
    assert!(
        matches!(&small, Refusal::Space { room: 28_629, .. }),
        "{small}"
    );
    assert!(small.hint().contains("MAR??????#"), "{}", small.hint());
    let tiny = marzo("MAR-???", 1_000);
    assert!(tiny.hint().contains("MAR?????#"), "{}", tiny.hint());
    assert_eq!(desk.text(), PROGRAM);

    desk.generate("MARZO", Some("MAR-?????-?"), 28_000, "1.csv")
        .unwrap();
    let full = desk.refusal("MARZO", None, 630);
    assert!(
        matches!(full, Refusal::Space { count: 28_630, .. }),
        "{full}"
    );
    let other = desk.refusal("MARZO", Some("MAR-????-????"), 1);
    assert!(matches!(other, Refusal::OtherPattern { .. }), "{other}");
    let ambiguous = desk.refusal("ABRIL", Some("?????????"), 1);
    assert!(
        matches!(ambiguous, Refusal::Ambiguous { .. }),
        "{ambiguous}"
    );
}

#[test]
fn no_file_of_codes_is_replaced_unasked() {
    let desk = Desk::new();
    desk.generate("MARZO", Some("MAR-????-????"), 10, "1.csv")
        .unwrap();
    let (before, program) = (fs::read(desk.path("1.csv")).unwrap(), desk.text());
    let again = ["--code", "MARZO", "--count", "5", "--export", "1.csv"];
    let said = desk.run(&again);
    let said = String::from_utf8(said.stderr).unwrap();
    assert!(
        said.contains("exists already") && said.contains("--force"),
        "{said}"
    );
    assert_eq!(
        (fs::read(desk.path("1.csv")).unwrap(), desk.text()),
        (before, program.clone())
    );
    assert!(
        desk.run(&[&again[..], &["--force"]].concat())
            .status
            .success()
    );
    assert_eq!(rows(&desk.path("1.csv")).len(), 5);

    let program = desk.text();
    let over = [
        "--code",
        "MARZO",
        "--count",
        "5",
        "--export",
        "program.toml",
        "--force",
    ];
    assert!(!desk.run(&over).status.success());
    assert_eq!(desk.text(), program);
}

#[test]
fn a_program_with_faults_is_left_as_it_is() {
    let desk = Desk::new();
    let broken = PROGRAM.replace("percent_bp", "procent_bp");
    fs::write(desk.path("program.toml"), &broken).unwrap();
    let failed = desk.generate("MARZO", Some("MAR-????-????"), 10, "1.csv");
    assert!(matches!(failed, Err(Error::ProgramFaults(_))), "{failed:?}");
    assert_eq!(desk.text(), broken);
    assert!(!desk.path("1.csv").exists());
}

#[test]
fn runs_that_are_killed_or_meet_hand_out_no_code_twice() {
    let desk = Desk::new();
    desk.generate("MARZO", Some("MAR-????-????"), 1, "0.csv")
        .unwrap();
    let spawn = |export: &str| {
        let arguments = ["--code", "MARZO", "--count", "200", "--export", export];
        let mut command = desk.command(&arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    // Two at a time; one of them is killed as soon as it writes its codes, or notes that it is about to
    // change the program.
    for round in 0..12 {
        let (one, two) = (format!("{round}-1.csv"), format!("{round}-2.csv"));
        let (mut killed, mut other) = (spawn(&one), spawn(&two));
        let has_begun = || {
            let note = fs::metadata(desk.path("program.toml.lock"));
            match round % 2 {
                0 => desk.path(&format!("{one}.part")).exists(),
                _ => note.is_ok_and(|note| note.len() > 0),
            }
        };
        while killed.try_wait().unwrap().is_none() && !has_begun() {
            std::thread::yield_now();
        }
        // It may have ended already.
        let _ = killed.kill();
        killed.wait().unwrap();
        other.wait().unwrap();
    }
    desk.generate("MARZO", None, 1, "last.csv").unwrap();

    let mut seen: BTreeMap<CodeText, PathBuf> = BTreeMap::new();
    for entry in fs::read_dir(desk.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            for (_, text) in rows(&path) {
                let before = seen.insert(text.clone(), path.clone());
                assert_eq!(before, None, "{text} stands in {} too", path.display());
            }
        }
    }
    // Every number that the program knows is in a file: nothing was lost either.
    let program = desk.program();
    let marzo = CodeText::parse("MARZO").unwrap();
    let series = program.codes.get(&marzo).unwrap().series.clone().unwrap();
    assert_eq!(u64::try_from(seen.len()).unwrap(), series.count);
    assert!(seen.keys().all(|text| parent(&program, text).is_some()));
}
