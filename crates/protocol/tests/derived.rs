//! Variants and series in a program file, and their uses in entries.

use chrono::NaiveDateTime;
use expect_test::expect;
use mostrador_loyalty as loyalty;
use mostrador_protocol::entry::{
    Decoded, DerivedPaid, Header, Payload, PaymentReached, RawEntry, ReachedCode, SaleCompleted,
};
use mostrador_protocol::program::{Around, ProgramDocument};
use uuid::Uuid;

use loyalty::code::CodeText;

const HEAD: &str =
    "version = 1\nname = \"X\"\ncurrency = \"COP\"\ntime_zone = \"America/Bogota\"\n";

#[test]
fn variants_and_series_of_a_file_are_codes() {
    let livex = include_str!("../../../fixtures/livex/program.toml");
    let program = ProgramDocument::parse(livex).unwrap().compile().unwrap();
    let code = |text: &str| program.code(&CodeText::parse(text).unwrap());
    let percent = |text: &str| code(text).map(|code| format!("{:?}", code.benefit));
    let expected = ["VERANO2025", "VERANO2025A", "VERANO2025B"].map(percent);
    assert_eq!(
        expected.map(Option::unwrap),
        [1000, 1500, 500].map(|rate| format!("Percent(BasisPoints({rate}))"))
    );
    let variant = code("VERANO2025A").unwrap();
    assert_eq!(variant.owner.as_deref(), Some("María Angulo"));
    let series = code("POSTALES").unwrap().series.as_ref().unwrap();
    let member = series
        .member(program.series_key.as_ref().unwrap(), 4_999)
        .unwrap();
    assert_eq!(code(member.as_str()).unwrap().limits.total, Some(1));
}

#[test]
fn every_fault_of_derived_codes_is_told_in_its_place() {
    let text = format!(
        "{HEAD}{}",
        r#"series_key = "short"
[[codes]]
text = "UNO"
percent_bp = 1000
[[codes.variants]]
text = "uno"
[[codes.variants]]
text = "UNOA"
weight = 0
percent_bp = 500
fixed = 100
[[codes.variants]]
text = "UNO A"
weight = 1001
tracking = true
fixed = 100
[[codes]]
text = "DOS"
[codes.series]
pattern = "VERANO?????#"
count = 10
[[codes]]
text = "TRES"
[codes.series]
pattern = "TR?????#"
count = 28630
total_limit = 0
[[codes]]
text = "CUATRO"
variants = [{ text = "CUATROA" }]
series = { pattern = "TR?????#", from = 28629, count = 0 }
"#
    );
    let faults = ProgramDocument::parse(&text).unwrap_err();
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    expect![[r#"
        line 5, column 14: series_key: is no key; add 64 random hexadecimal digits, as `openssl rand -hex 32` makes them
        line 10, column 8: codes[1].variants[1].text: "UNO" is already codes[1]; give it another one, or remove one of the two
        line 13, column 10: codes[1].variants[2].weight: 0 is out of bounds; write a whole number from 1 to 1000
        line 15, column 9: codes[1].variants[2].fixed: percent_bp and fixed stand together; keep one of them: a benefit is one thing
        line 17, column 8: codes[1].variants[3].text: "UNOA" is already codes[1].variants[2]; give it another one, or remove one of the two
        line 18, column 10: codes[1].variants[3].weight: 1001 is out of bounds; write a whole number from 1 to 1000
        line 19, column 12: codes[1].variants[3].tracking: tracking and a benefit stand together; keep one of them: a benefit is one thing
        line 24, column 11: codes[2].series.pattern: "VERANO?????#" begins with 'O', which generated codes do not have; write signs of 23456789ABCDEFGHJKMNPQRSTUVWXYZ
        line 30, column 9: codes[3].series.count: TR?????# has room for 28629 codes, 28630 are needed; add a `?` to the pattern: there must be 1,000 texts for each code
        line 31, column 15: codes[3].series.total_limit: 0 allows nothing; write at least 1, or leave it out for no limit
        line 35, column 10: codes[4].series: variants and series stand together; keep one of them, or make two codes
        line 35, column 41: codes[4].series.from: number 28629 belongs to codes[3].series already; write 28630 or more, or another pattern
        line 35, column 56: codes[4].series.count: 0 allows nothing; write at least 1, or leave it out for no limit"#]].assert_eq(&lines.join("\n"));
}

#[test]
fn a_series_needs_a_key_and_a_listed_code_that_is_a_member_is_told() {
    let series =
        "[[codes]]\ntext = \"S\"\n[codes.series]\npattern = \"MA??????#\"\ncount = 500000\n";
    let faults = ProgramDocument::parse(&format!("{HEAD}{series}")).unwrap_err();
    assert!(
        faults[0].what.starts_with("series_key: is missing"),
        "{faults:?}"
    );

    let key = format!("series_key = \"{}\"\n", "07".repeat(32));
    let document = ProgramDocument::parse(&format!("{HEAD}{key}{series}")).unwrap();
    let program = document.compile().unwrap();
    let rules = program.code(&CodeText::parse("S").unwrap()).unwrap();
    let member = rules
        .series
        .as_ref()
        .unwrap()
        .member(program.series_key.as_ref().unwrap(), 7);
    let listed = format!("[[codes]]\ntext = \"{}\"\n", member.unwrap());
    let document = ProgramDocument::parse(&format!("{HEAD}{key}{series}{listed}")).unwrap();
    let around = Around {
        now_ms: 0,
        catalogue: None,
        published: None,
    };
    let warnings = document.warnings(&around);
    let found = warnings
        .iter()
        .find(|warning| warning.name == "listed_member");
    let what = &found.unwrap().what;
    assert!(
        what.contains("is member 7 of the series of codes[1]"),
        "{what}"
    );
}

/// The faults of a program with these series, each a code's text, a pattern and its numbers.
fn faults_of_series(series: &[(&str, &str, u64, u64)]) -> Vec<String> {
    use std::fmt::Write as _;
    let mut text = format!("{HEAD}series_key = \"{}\"\n", "07".repeat(32));
    for (code, pattern, from, count) in series {
        write!(
            text,
            "[[codes]]\ntext = \"{code}\"\n[codes.series]\npattern = \"{pattern}\"\nfrom = {from}\ncount = {count}\n"
        )
        .expect("a text takes what is written");
    }
    let faults = ProgramDocument::parse(&text).err().unwrap_or_default();
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn patterns_that_share_texts_are_a_fault_of_each_but_the_widest() {
    let faults = faults_of_series(&[
        ("BIG", "MA??????#", 0, 880_000),
        ("SMALL", "MA-R?????#", 0, 28_000),
        ("DIGIT", "MA2?????#", 0, 20_000),
        ("MORE", "MAR?????#", 28_000, 600),
        ("OTHER", "SEN?????#", 0, 28_000),
        ("LONG", "MAR??????#", 0, 28_000),
    ]);
    expect![[r"
        line 15, column 11: codes[2].series.pattern: MAR?????#: its codes could be codes of codes[1].series, MA??????#; write another beginning or another length
        line 21, column 11: codes[3].series.pattern: MA2?????#: its codes could be codes of codes[1].series, MA??????#; write another beginning or another length
        line 27, column 11: codes[4].series.pattern: MAR?????#: its codes could be codes of codes[1].series, MA??????#; write another beginning or another length"]]
    .assert_eq(&faults.join("\n"));
}

#[test]
fn numbers_inside_a_long_range_are_a_fault_however_many_stand_between() {
    let faults = faults_of_series(&[
        ("AAA3", "MA??????#", 30, 10),
        ("AAA1", "MA??????#", 0, 100),
        ("AAA2", "MA??????#", 10, 10),
        ("AAA4", "MA??????#", 100, 10),
    ]);
    expect![[r"
        line 10, column 8: codes[1].series.from: number 30 belongs to codes[2].series already; write 100 or more, or another pattern
        line 22, column 8: codes[3].series.from: number 10 belongs to codes[2].series already; write 100 or more, or another pattern"]]
    .assert_eq(&faults.join("\n"));
}

/// A sale as the first version of this program wrote it.
const FIRST_FORMAT: &str = r#"{"sale_id":"00000000-0000-0000-0000-000000000003","receipt":"C1-1","store":"centro","terminal_id":"00000000-0000-0000-0000-000000000004","cashier_id":"00000000-0000-0000-0000-000000000005","currency":"MXN","local_time":"2026-11-21T12:00:00","lines":[{"product":"A","sku":"A","name":"A","unit_price":10000,"quantity":"1","gross":10000,"discount":1000,"net":9000,"earns_points":true}],"codes":[{"text":"P10","kind":"coupon","amount":1000,"shares":[1000],"consumed":true}],"gross":10000,"discount":1000,"total":9000,"tenders":[{"kind":"cash","amount":9000}],"change":0}"#;

fn noon() -> NaiveDateTime {
    "2026-11-21T12:00:00".parse().expect("a time")
}

fn header(kind: &str, payload: &str) -> String {
    format!(
        r#"{{"format":1,"kind":"{kind}","stream":"{0}","seq":2,"entry_id":"{0}","hlc":1,"wall_ms":1,"effective_ms":1,"boot_id":"{0}","monotonic_ms":1,"program_version":1,"payload_len":{1}}}"#,
        Uuid::from_u128(1),
        payload.len()
    )
}

fn read(entry: &RawEntry) -> Payload {
    let header: Header = entry.header().expect("a header");
    match entry.payload(&header).expect("a payload") {
        Decoded::Known(payload) => payload,
        Decoded::Unknown => panic!("a known kind"),
    }
}

#[test]
fn a_sale_of_the_first_version_is_read_and_written_as_it_was() {
    let entry = RawEntry {
        header: header("sale_completed", FIRST_FORMAT),
        payload: FIRST_FORMAT.to_owned(),
    };
    let payload = read(&entry);
    assert!(payload.derived_uses().is_empty());
    let Payload::SaleCompleted(sale) = &payload else {
        panic!("a sale, found {payload:?}");
    };
    assert_eq!(sale.check(), Ok(()));
    assert_eq!(
        (sale.codes[0].parent.as_ref(), sale.codes[0].assigned),
        (None, false)
    );
    assert_eq!(payload.seal(&entry.header().unwrap()).payload, FIRST_FORMAT);
}

#[test]
fn a_variant_counts_under_its_own_text_and_its_parents() {
    let mut sale: SaleCompleted = serde_json::from_str(FIRST_FORMAT).unwrap();
    sale.codes[0].text = "P10A".to_owned();
    sale.codes[0].parent = Some("P10".to_owned());
    sale.codes[0].assigned = true;
    assert_eq!(sale.check(), Ok(()));
    let counted: Vec<String> = sale
        .effects(1)
        .codes
        .iter()
        .map(|used| used.code.to_string())
        .collect();
    assert_eq!(counted, ["P10A", "P10"]);
    let uses = Payload::SaleCompleted(Box::new(sale.clone())).derived_uses();
    assert_eq!(
        (uses.len(), uses[0].basket_id, uses[0].assigned),
        (1, sale.sale_id, true)
    );
    let paid = DerivedPaid {
        total: 9_000,
        discount: 1_000,
    };
    assert_eq!(uses[0].paid, Some(paid));
    sale.codes[0].parent = Some("🎉".to_owned());
    assert_eq!(
        sale.check().unwrap_err().to_string(),
        "\"🎉\" cannot be a code"
    );
}

#[test]
fn a_basket_that_reached_payment_says_which_variants_were_on_it() {
    let reached = PaymentReached {
        basket_id: Uuid::from_u128(9),
        customer_id: None,
        store: "centro".to_owned(),
        local_time: noon(),
        codes: vec![ReachedCode {
            text: "P10A".to_owned(),
            parent: "P10".to_owned(),
            assigned: true,
        }],
        gross: 10_000,
        discount: 1_000,
    };
    assert_eq!(reached.check(), Ok(()));
    let payload = Payload::PaymentReached(reached.clone());
    let text = serde_json::to_string(&reached).unwrap();
    let entry = RawEntry {
        header: header("payment_reached", &text),
        payload: text,
    };
    assert_eq!(read(&entry), payload);
    let uses = payload.derived_uses();
    assert_eq!((uses[0].basket_id, uses[0].paid), (reached.basket_id, None));
    let broken = PaymentReached {
        gross: -1,
        ..reached
    };
    assert!(broken.check().is_err());
}
