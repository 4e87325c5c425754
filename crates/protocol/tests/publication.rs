//! Warnings about a change: what the program in force gave out and the next one no longer takes.
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expectations are written by the test that they belong to"
)]

use expect_test::{Expect, expect};
use mostrador_protocol::program::{Around, ProgramDocument};

/// 2026-11-21, a Saturday.
const NOW_MS: i64 = 1_795_262_400_000;

const HEAD: &str =
    "version = 1\nname = \"Café\"\ncurrency = \"MXN\"\ntime_zone = \"America/Mexico_City\"\n";

fn warnings_around(text: &str, around: &Around<'_>) -> String {
    let findings = ProgramDocument::examine(text, around);
    assert_eq!(findings.faults, [], "{text}");
    let lines = findings.warnings.iter();
    let lines: Vec<String> = lines
        .map(|one| format!("{}:{}: {one}", one.line, one.column))
        .collect();
    lines.join("\n")
}

#[test]
fn a_change_that_takes_codes_from_their_holders_is_said_beside_what_is_in_force() {
    let key = |sign: &str| format!("series_key = \"{}\"\n", sign.repeat(64));
    let series = |text: &str, from: u64, count: u64| {
        format!(
            "[[codes]]\ntext = \"{text}\"\nfixed = 500\nseries = {{ pattern = \"{text}-????-????#\", from = {from}, count = {count} }}\n"
        )
    };
    let public = "[[codes]]\ntext = \"PUBLIC\"\nfixed = 500\n";
    let over = series("TARDE", 0, 9).replace("fixed", "valid_until = \"2026-11-20\"\nfixed");
    let (a, b) = (series("AAA", 500, 1_000), series("BBB", 0, 200));
    let in_force = format!("{HEAD}{}{a}{b}{public}{over}", key("a"));
    let in_force = ProgramDocument::parse(&in_force).unwrap();
    let around = Around {
        now_ms: NOW_MS,
        catalogue: None,
        published: Some(&in_force),
    };
    let check = |body: String, expected: Expect| {
        expected.assert_eq(&warnings_around(&format!("{HEAD}{body}"), &around));
    };
    let k = key("a");
    let renamed = b.replace("text = \"BBB\"", "text = \"OTHER\"");
    check(format!("{k}{a}{renamed}{public}"), expect![[r#""#]]);
    check(
        format!("{k}{}{b}{public}", series("AAA", 400, 2_000)),
        expect![[r#""#]],
    );
    check(
        format!("{}{a}{b}{public}", key("b")),
        expect![
            "5:14: series_key: is another one than in version 1: none of the 1200 generated codes that are out will be known; take it over from the file of that version; it never changes [series_key_changed]"
        ],
    );
    check(
        public.to_owned(),
        expect![
            "1:1: series_key: is missing, unlike in version 1: none of the 1200 generated codes that are out will be known; take it over from the file of that version; it never changes [series_key_changed]"
        ],
    );
    check(
        format!("{k}{}{}", series("AAA", 700, 600), public),
        expect![[r#"
            6:1: codes: BBB has no series any more: whoever has one of its 200 codes BBB-????-????# of version 1 is refused; put the series back; to end it, write valid_until or active = false, which says so at the till [series_gone]
            9:10: codes[1].series: 400 codes of version 1, from number 500 on, are left out: whoever has one is refused; write pattern = "AAA-????-????#", from = 500 and count = 1000 or more [series_cut]"#]],
    );
    check(
        format!(
            "{k}{}{}",
            series("AAA", 5_000, 600),
            b.replace("BBB-", "BBC-")
        ),
        expect![[r#"
            9:10: codes[1].series: the 1000 codes AAA-????-????# of version 1 are left out: whoever has one is refused; write pattern = "AAA-????-????#", from = 500 and count = 1000 or more; give other codes a code of their own [series_gone]
            13:10: codes[2].series: the 200 codes BBB-????-????# of version 1 are left out: whoever has one is refused; write pattern = "BBB-????-????#", from = 0 and count = 200 or more; give other codes a code of their own [series_gone]"#]],
    );
    check(
        format!(
            "{k}{a}{b}{}",
            series("PUBLIC", 0, 9).replace("PUBLIC-", "PUB-")
        ),
        expect![
            "17:10: codes[3].series: PUBLIC can be scanned in version 1; with a series its own text is refused from everybody who has it; give the series to a code of its own, and leave this one as it is [public_code_generated]"
        ],
    );
}
