//! Warnings: what is legal but surely not meant, each in its place, and nothing else.
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expectations are written by the test that they belong to"
)]

mod amounts;
mod audience;
mod badges;

use expect_test::{Expect, expect};
use mostrador_protocol::program::{Around, Catalogue, ProgramDocument};
use mostrador_protocol::row::Product;

/// 2026-11-21, a Saturday.
const NOW_MS: i64 = 1_795_262_400_000;

const HEAD: &str =
    "version = 1\nname = \"Café\"\ncurrency = \"MXN\"\ntime_zone = \"America/Mexico_City\"\n";

fn warnings_of(text: &str, catalogue: Option<Catalogue<'_>>) -> String {
    let around = Around {
        now_ms: NOW_MS,
        catalogue,
        published: None,
    };
    let findings = ProgramDocument::examine(text, &around);
    assert_eq!(findings.faults, [], "{text}");
    let lines = findings.warnings.iter();
    let lines: Vec<String> = lines
        .map(|one| format!("{}:{}: {one}", one.line, one.column))
        .collect();
    lines.join("\n")
}

/// `body` stands below the head, from line 5 on.
#[expect(
    clippy::needless_pass_by_value,
    reason = "an expectation is written where it is used"
)]
fn check(body: &str, expected: Expect) {
    expected.assert_eq(&warnings_of(&format!("{HEAD}{body}"), None));
}

#[test]
fn the_programs_that_ship_have_codes_that_are_over_and_nothing_else() {
    let cafe = warnings_of(
        include_str!("../../../../fixtures/cafe-vt/program.toml"),
        None,
    );
    expect!["201:15: codes[12].valid_until: VERANO25 ended on 2026-08-31, every scan of it is refused; write a later day, or remove the code when nobody brings it any more [expired]"].assert_eq(&cafe);
    let livex = warnings_of(
        include_str!("../../../../fixtures/livex/program.toml"),
        None,
    );
    expect!["135:15: codes[12].valid_until: VERANO2024 ended on 2024-08-31, every scan of it is refused; write a later day, or remove the code when nobody brings it any more [expired]"].assert_eq(&livex);
    let example = include_str!("../../../../docs/program.md")
        .split("```toml\n")
        .nth(1)
        .unwrap();
    assert_eq!(warnings_of(example.split("```").next().unwrap(), None), "");
}

#[test]
fn benefits_that_are_missing_and_keys_that_need_one() {
    check(
        r#"
[[codes]]
text = "NADA"

[[codes]]
text = "AGENTE"
kind = "referral"
percent_bp = 100

[[codes]]
text = "CUENTA"
owner = "Ana"
stackable = true
max_discount = 100
budget = 100

[[codes]]
text = "APAGADO"
active = false
percent_bp = 10000
"#,
        expect![[r#"
            7:8: codes[1].text: NADA gives nothing and counts its uses for nobody; add percent_bp, fixed or another benefit, or the owner whose uses it counts [gives_nothing]
            11:8: codes[2].kind: a referral code that belongs to nobody; add owner or owner_customer, or make it a coupon [referral_without_owner]
            17:13: codes[3].stackable: changes nothing: codes that take nothing off meet every code anyway; remove it, or add the benefit that it is about [key_without_effect]
            18:16: codes[3].max_discount: changes nothing: the code takes nothing off; remove it, or add the benefit that it is about [key_without_effect]
            19:10: codes[3].budget: changes nothing: the code takes nothing off; remove it, or add the benefit that it is about [key_without_effect]"#]],
    );
}

#[test]
fn codes_that_never_meet_and_codes_that_meet_too_well() {
    check(
        "[[codes]]\ntext = \"A\"\npercent_bp = 500\nstackable = true\n[[codes]]\ntext = \"B\"\npercent_bp = 500\n",
        expect![
            "8:13: codes[1].stackable: A finds no code to meet: no other stackable code takes money off in its time; make the codes that it should meet stackable too, or remove it here [stackable_alone]"
        ],
    );
    check(
        r#"
[[codes]]
text = "ENERO"
percent_bp = 500
stackable = true
valid_from = "2027-01-01"
valid_until = "2027-01-31"

[[codes]]
text = "FEBRERO"
percent_bp = 500
stackable = true
valid_from = "2027-02-01"
"#,
        expect![[r#"
            9:13: codes[1].stackable: ENERO finds no code to meet: no other stackable code takes money off in its time; make the codes that it should meet stackable too, or remove it here [stackable_alone]
            16:13: codes[2].stackable: FEBRERO finds no code to meet: no other stackable code takes money off in its time; make the codes that it should meet stackable too, or remove it here [stackable_alone]"#]],
    );
    check(
        "[[codes]]\ntext = \"A\"\npercent_bp = 6000\nstackable = true\n[[codes]]\ntext = \"B\"\npercent_bp = 4000\nstackable = true\n",
        expect![
            "7:14: codes[1].percent_bp: the 2 highest stackable percents take 100 % off together; write a basket_cap_bp below 10000, a lower max_codes, or max_discount on them [stack_gives_all]"
        ],
    );
    let two = "[[codes]]\ntext = \"A\"\npercent_bp = 500\nstackable = true\n[[codes]]\ntext = \"B\"\nfixed = 500\nstackable = true\n";
    check(
        &format!("max_codes = 1\n{two}"),
        expect![
            "5:13: max_codes: 1 keeps 2 stackable codes from ever meeting another; write how many codes one basket may have, or remove stackable [stackable_without_effect]"
        ],
    );
    check(
        &format!("max_codes = 0\n{two}"),
        expect![
            "5:13: max_codes: 0 refuses every code; write how many codes one basket may have [codes_not_allowed]"
        ],
    );
    check(
        &format!("basket_cap_bp = 0\n{two}"),
        expect![
            "5:17: basket_cap_bp: 0 lets no code and no tier take anything off; write 10000 for no cap [cap_zero]"
        ],
    );
    check(two, expect![[""]]);
}

#[test]
fn points_that_nobody_earns_or_can_spend() {
    check(
        r#"
[[tiers.levels]]
slug = "bronze"
name = "Bronce"
from_points = 0

[[tiers.levels]]
slug = "gold"
name = "Oro"
from_points = 1000

[referral]
bonus_points = 5

[[rewards]]
slug = "cafe"
name = "Café"
points = 100

[[codes]]
text = "DOBLE"
points_multiplier = "2"

[[codes]]
text = "MIL"
bonus_points = 1000
"#,
        expect![[r#"
            14:15: tiers.levels[2].from_points: the program has no [points]: nobody earns any; add [points] with per_unit, or remove it [no_points]
            17:16: referral.bonus_points: the program has no [points]: nobody earns any; add [points] with per_unit, or remove it [no_points]
            22:10: rewards[1].points: the program has no [points]: nobody earns any; add [points] with per_unit, or remove it [no_points]
            26:21: codes[1].points_multiplier: the program has no [points]: nobody earns any; add [points] with per_unit, or remove it [no_points]
            30:16: codes[2].bonus_points: the program has no [points]: nobody earns any; add [points] with per_unit, or remove it [no_points]"#]],
    );
    check(
        r#"
[points]
per_unit = "1"
first_purchase = "1"
weekend = "0.5"
campaigns = [{ name = "aniversario", multiplier = "20" }]

[[codes]]
text = "DOBLE"
points_multiplier = "15"
"#,
        expect![[r#"
            6:1: points.point_value: points can neither pay nor buy a reward nor reach a tier; add point_value, [[rewards]] or [tiers] [points_without_use]
            8:18: points.first_purchase: multiplies by 1, which changes nothing; write a higher one, or remove it [multiplier_without_effect]
            9:11: points.weekend: 0.5 takes points away; write the whole factor: "1.2" is 20 % more [multiplier_below_one]
            10:51: points.campaigns[1].multiplier: 20 gives 20 times the points; write a factor, not a percent: "1.2" is 20 % more [multiplier_above_ten]
            14:21: codes[1].points_multiplier: 15 gives 15 times the points; write a factor, not a percent: "1.2" is 20 % more [multiplier_above_ten]"#]],
    );
}

#[test]
fn texts_that_are_taken_for_one_another() {
    check(
        "[[codes]]\ntext = \"CAFE1O\"\npercent_bp = 500\n[[codes]]\ntext = \"CAFE10\"\nfixed = 500\n[[codes]]\ntext = \"CAFELO\"\nfixed = 500\n",
        expect![[r#"
            9:8: codes[2].text: CAFE10 looks like CAFE1O of codes[1]: O and 0, I, L and 1 are easily mistaken; give it a text that cannot be mistaken [texts_alike]
            12:8: codes[3].text: CAFELO looks like CAFE1O of codes[1]: O and 0, I, L and 1 are easily mistaken; give it a text that cannot be mistaken [texts_alike]"#]],
    );
}

#[test]
fn what_the_company_does_not_have_is_known_with_its_catalogue_only() {
    let body = r#"
[[codes]]
text = "CAFE10"
percent_bp = 1000
categories = ["cafes"]
stores = ["centro", "nrte"]

[[codes]]
text = "GRATIS"
free_product = { product = "espreso" }

[[codes]]
text = "CORAL"
percent_bp = 1000
categories = ["cafe"]
partners = ["coral"]
"#;
    let product = |id: &str, category: &str, partner: Option<&str>| Product {
        id: id.to_owned(),
        sku: id.to_owned(),
        barcode: None,
        name: id.to_owned(),
        unit_price: 100,
        categories: vec![category.to_owned()],
        partner: partner.map(str::to_owned),
        floor: 0,
        discountable: true,
        earns_points: true,
        active: true,
    };
    let products = [
        product("espresso", "cafe", None),
        product("isla", "islands", Some("coral")),
    ];
    let stores = ["centro".to_owned(), "norte".to_owned()];
    let catalogue = Catalogue {
        stores: &stores,
        products: &products,
    };
    let text = format!("{HEAD}{body}");
    assert_eq!(warnings_of(&text, None), "");
    expect![[r#"
        9:15: codes[1].categories[1]: the company has no category "cafes"; did you mean "cafe"? [unknown_category]
        10:21: codes[1].stores[2]: the company has no store "nrte"; did you mean "norte"? [unknown_store]
        14:28: codes[2].free_product.product: the company has no product "espreso"; did you mean "espresso"? [unknown_product]
        17:8: codes[3].text: no product of the catalogue satisfies all of its restrictions; several of one list: any of them; several lists: all of them [no_eligible_product]"#]].assert_eq(&warnings_of(&text, Some(catalogue)));
}

#[test]
fn a_code_that_is_over_is_said_once_and_many_are_counted() {
    let code = |index: usize| {
        format!(
            "[[codes]]\ntext = \"V{index}\"\npercent_bp = 10000\nvalid_until = \"2026-11-20\"\n"
        )
    };
    check(
        &(1..=8).map(code).collect::<String>(),
        expect![[r#"
        8:15: codes[1].valid_until: V1 ended on 2026-11-20, every scan of it is refused; write a later day, or remove the code when nobody brings it any more [expired]
        12:15: codes[2].valid_until: V2 ended on 2026-11-20, every scan of it is refused; write a later day, or remove the code when nobody brings it any more [expired]
        16:15: codes[3].valid_until: V3 ended on 2026-11-20, every scan of it is refused; write a later day, or remove the code when nobody brings it any more [expired]
        20:15: codes[4].valid_until: V4 ended on 2026-11-20, every scan of it is refused; write a later day, or remove the code when nobody brings it any more [expired]
        24:15: codes[5].valid_until: V5 ended on 2026-11-20, every scan of it is refused; write a later day, or remove the code when nobody brings it any more [expired] (and 3 more of these)"#]],
    );
    let today = code(1).replace("2026-11-20", "2026-11-21");
    check(
        &today,
        expect![
            "7:14: codes[1].percent_bp: takes 100 % off every basket, however large; add max_discount, the most that it takes off one basket [no_maximum]"
        ],
    );
}

#[test]
fn what_has_a_fault_is_not_judged() {
    let text = format!(
        "{HEAD}[[codes]]\ntext = \"A\"\npercent_bp = 10000\nmax_discont = 5\n[[codes]]\ntext = \"B\"\npercent_bp = 10000\nstackable = true\n"
    );
    let around = Around {
        now_ms: NOW_MS,
        catalogue: None,
        published: None,
    };
    let findings = ProgramDocument::examine(&text, &around);
    let names: Vec<_> = findings
        .warnings
        .iter()
        .map(|one| (one.line, one.name))
        .collect();
    assert_eq!(
        (findings.faults.len(), names),
        (1, vec![(11, "no_maximum")])
    );
    assert!(findings.document.is_none());
}

#[test]
fn every_name_is_explained() {
    let page = include_str!("../../../../docs/program.md");
    let sources =
        std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/program/warn")).unwrap();
    let mut names = 0;
    for source in sources {
        let text = std::fs::read_to_string(source.unwrap().path()).unwrap();
        for after in text.split("warnings.add(").skip(1) {
            let Some(name) = after.trim_start().strip_prefix('"') else {
                continue;
            };
            let name = name.split('"').next().unwrap();
            assert!(
                page.contains(&format!("`{name}`")),
                "docs/program.md does not explain {name}"
            );
            names += 1;
        }
    }
    assert!(names > 20, "{names}");
}
