//! `program check` and `program publish`: what they say about a file, word for word.
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expectations are written by the test that they belong to"
)]

use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::{Expect, expect};

/// Everything a command says, and how it ended.
fn said(data: Option<&Path>, arguments: &[&str]) -> String {
    let root: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", ".."].iter().collect();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mostrador-server"));
    command.current_dir(root).env_remove("MOSTRADOR_DATA");
    if let Some(data) = data {
        command.arg("--data").arg(data);
    }
    let output = command.args(arguments).output().unwrap();
    let said = [output.stderr, output.stdout].concat();
    let said = String::from_utf8(said).unwrap();
    format!("{said}exit code {}\n", output.status.code().unwrap())
}

/// The command's output, which the page on programs shows as well.
fn check_documented(arguments: &[&str], expected: &Expect) {
    let said = said(None, arguments);
    expected.assert_eq(&said);
    let page = include_str!("../../../../docs/program.md");
    let (shown, _) = said.rsplit_once("exit code").unwrap();
    assert!(
        page.contains(shown),
        "docs/program.md does not show:\n{shown}"
    );
}

#[test]
fn ten_planted_faults_are_told_at_once() {
    check_documented(
        &["program", "check", "fixtures/programs/ten_faults.toml"],
        &expect![[r#"
            fixtures/programs/ten_faults.toml:5:13: time_zone: "America/Mexico City" is no time zone; did you mean "America/Mexico_City"?
            fixtures/programs/ten_faults.toml:6:13: max_codes: 50 is out of bounds; write a whole number from 0 to 20
            fixtures/programs/ten_faults.toml:10:11: points.weekend: expected a decimal, found the number 1.2; write it between quotes: "1.2"
            fixtures/programs/ten_faults.toml:27:8: rewards[1].tier: there is no tier "golden"; did you mean "gold"?
            fixtures/programs/ten_faults.toml:33:1: codes[1].stakable: there is no such key; did you mean stackable?
            fixtures/programs/ten_faults.toml:36:8: codes[2].text: "VERANO10" is already codes[1]; give it another one, or remove one of the two
            fixtures/programs/ten_faults.toml:42:9: codes[3].fixed: percent_bp and fixed stand together; keep one of them: a benefit is one thing
            fixtures/programs/ten_faults.toml:44:15: codes[3].valid_until: 2026-11-01 is before valid_from 2026-12-01; write a last day that is not before the first
            fixtures/programs/ten_faults.toml:49:36: codes[4].windows[1].weekdays[2]: "thusday" is unknown; did you mean "thursday"?
            fixtures/programs/ten_faults.toml:55:12: codes[5].spend_tiers[2].from: 20000 is not above 50000, the one before; write thresholds from the lowest to the highest
            error: 10 faults to mend; the program in force stays as it is
            exit code 1
        "#]],
    );
}

#[test]
fn broken_syntax_hides_no_fault_of_another_line() {
    check_documented(
        &["program", "check", "fixtures/programs/broken_syntax.toml"],
        &expect![[r#"
            fixtures/programs/broken_syntax.toml:3:24: invalid basic string, expected `"`; put texts, days and decimals between quotes: key = "text"
            fixtures/programs/broken_syntax.toml:6:13: max_codes: expected a whole number, found the text "five"; write digits without quotes
            fixtures/programs/broken_syntax.toml:9:8: string values must be quoted, expected literal string; put texts, days and decimals between quotes: key = "text"
            fixtures/programs/broken_syntax.toml:15:1: duplicate key; keep one of the two
            fixtures/programs/broken_syntax.toml:16:13: string values must be quoted, expected literal string; write true or false, in lower case
            fixtures/programs/broken_syntax.toml:18:9: unclosed array table, expected `]`; write `key = value` on a line of its own, texts between quotes, and [[codes]] above each code
            fixtures/programs/broken_syntax.toml:24:1: codes[3].percent: there is no such key; did you mean percent_bp?
            error: 7 faults to mend; the program in force stays as it is
            exit code 1
        "#]],
    );
}

#[test]
fn warnings_end_well_unless_they_are_denied() {
    let file = "fixtures/programs/warnings.toml";
    check_documented(
        &["program", "check", file],
        &expect![[r#"
        fixtures/programs/warnings.toml:17:15: warning: tiers.levels[2].discount_bp: 2.5 % off, less than the 5 % of bronze; give a higher level at least what the one below has [tier_gives_less]
        fixtures/programs/warnings.toml:22:11: warning: points.weekend: 15 gives 15 times the points; write a factor, not a percent: "1.2" is 20 % more [multiplier_above_ten]
        fixtures/programs/warnings.toml:26:14: warning: codes[1].percent_bp: takes 100 % off every basket, however large; add max_discount, the most that it takes off one basket [no_maximum]
        fixtures/programs/warnings.toml:31:15: warning: codes[2].valid_until: VERANO2019 ended on 2019-08-31, every scan of it is refused; write a later day, or remove the code when nobody brings it any more [expired]
        fixtures/programs/warnings.toml:36:13: warning: codes[3].stackable: PAREJA finds no code to meet: no other stackable code takes money off in its time; make the codes that it should meet stackable too, or remove it here [stackable_alone]
        fixtures/programs/warnings.toml:43:11: warning: codes[4].windows: none of them opens between valid_from and valid_until; write weekdays and hours that lie in those days [never_open]
        fixtures/programs/warnings.toml:49:12: warning: codes[5].spend_tiers[2].from: from 25000 on it takes 2500 off, the tier before takes 3000; give more to those who buy more [spend_tier_gives_less]
        fixtures/programs/warnings.toml:55:16: warning: codes[6].min_purchase: a basket that reaches 5000 gets 5000 off and costs nothing; write a minimum above what the code takes off [minimum_given_back]
        fixtures/programs/warnings.toml:57:22: warning: codes[6].per_customer_limit: 20 is more than total_limit, 10, which is reached first; write a lower one, or remove it [limit_without_effect]
        fixtures/programs/warnings.toml:63:18: warning: codes[7].customer_tiers: nobody has 5000 points before a first purchase; remove first_purchase_only or customer_tiers [first_purchase_tier]
        fixtures/programs/warnings.toml:66:8: warning: codes[8].text: DEVUE1VE gives nothing and counts its uses for nobody; add percent_bp, fixed or another benefit, or the owner whose uses it counts [gives_nothing]
        fixtures/programs/warnings.toml:66:8: warning: codes[8].text: DEVUE1VE looks like DEVUELVE of codes[6]: O and 0, I, L and 1 are easily mistaken; give it a text that cannot be mistaken [texts_alike]
        fixtures/programs/warnings.toml: no faults, 12 warnings. Café del Puerto version 3, MXN, 8 codes
        exit code 0
    "#]],
    );
    let denied = said(None, &["program", "check", "--deny-warnings", file]);
    assert!(denied.ends_with("exit code 1\n"), "{denied}");
    let clean = said(
        None,
        &[
            "program",
            "check",
            "--deny-warnings",
            "fixtures/programs/fine.toml",
        ],
    );
    expect![[r#"
        fixtures/programs/fine.toml: fine. Café del Puerto version 5, MXN, 1 codes
        exit code 0
    "#]]
    .assert_eq(&clean);
}

#[test]
fn with_a_company_the_names_are_looked_up() {
    let folder = tempfile::tempdir().unwrap();
    let server = folder.path().join("server");
    let run = |arguments: &[&str]| said(Some(&server), arguments);
    let file = "fixtures/programs/fine.toml";
    run(&["tenant", "create", "cafe", "--name", "Café"]);
    run(&["store", "create", "--tenant", "cafe", "norte"]);
    expect![[r#"
        fixtures/programs/fine.toml:10:11: warning: codes[1].stores[1]: the company has no store "centro"; import the store first, or remove it here [unknown_store]
        fixtures/programs/fine.toml: no faults, 1 warning. Café del Puerto version 5, MXN, 1 codes
        exit code 0
    "#]].assert_eq(&run(&["program", "check", "--tenant", "cafe", file]));
    expect![[r#"
        fixtures/programs/fine.toml:10:11: warning: codes[1].stores[1]: the company has no store "centro"; import the store first, or remove it here [unknown_store]
        published version 5 for cafe
        exit code 0
    "#]].assert_eq(&run(&["program", "publish", "--tenant", "cafe", file]));
    expect![[r#"
        error: there is no tenant "caffe"
          what to do: create it with `mostrador-server tenant create`; `status` lists those there are
        exit code 1
    "#]].assert_eq(&run(&["program", "check", "--tenant", "caffe", file]));
}

#[test]
fn the_same_program_again_is_no_publication_and_another_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let server = folder.path().join("server");
    let run = |arguments: &[&str]| said(Some(&server), arguments);
    run(&["tenant", "create", "cafe", "--name", "Café"]);
    let publish = |file: &str| run(&["program", "publish", "--tenant", "cafe", file]);
    let text = include_str!("../../../../fixtures/programs/fine.toml");
    let write = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let first = write("first.toml", text.to_owned());
    let other = write(
        "other.toml",
        text.replace("percent_bp = 1000", "percent_bp = 9000"),
    );
    let higher = write("higher.toml", text.replace("version = 5", "version = 6"));
    assert!(publish(&first).contains("published version 5 for cafe"));
    assert!(publish(&first).contains("version 5 is in force for cafe already, word for word"));
    let refused = publish(&other);
    let (_, refused) = refused.split_once("error: ").unwrap();
    expect![[r#"
        version 5 is published already, with other content
          what to do: published programs never change: set `version = 6`
        exit code 1
    "#]]
    .assert_eq(refused);
    assert!(publish(&higher).contains("published version 6 for cafe"));
    // What was in force before does not come back under its number.
    assert!(publish(&first).ends_with("exit code 1\n"));
}
