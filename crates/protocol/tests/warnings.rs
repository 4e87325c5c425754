//! Warnings: what is legal but surely not meant, each in its place, and nothing else.
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expectations are written by the test that they belong to"
)]

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
    let cafe = warnings_of(include_str!("../../../fixtures/cafe-vt/program.toml"), None);
    expect!["199:15: codes[12].valid_until: VERANO25 ended on 2026-08-31, every scan of it is refused; write a later day, or remove the code when nobody brings it any more [expired]"].assert_eq(&cafe);
    let livex = warnings_of(include_str!("../../../fixtures/livex/program.toml"), None);
    expect!["135:15: codes[12].valid_until: VERANO2024 ended on 2024-08-31, every scan of it is refused; write a later day, or remove the code when nobody brings it any more [expired]"].assert_eq(&livex);
    let example = include_str!("../../../docs/program.md")
        .split("```toml\n")
        .nth(1)
        .unwrap();
    assert_eq!(warnings_of(example.split("```").next().unwrap(), None), "");
}

#[test]
fn shares_and_amounts_in_a_unit_too_large_are_noticed() {
    check(
        r#"
[[codes]]
text = "DIEZ"
percent_bp = 10
min_purchase = 99

[[codes]]
text = "MEDIO"
fixed = 50

[[codes]]
text = "ESCALERA"
spend_tiers = [{ from = 100, percent_bp = 99 }, { from = 10000, percent_bp = 100 }]

[[rewards]]
slug = "uno"
name = "Uno"
points = 100
fixed = 1
"#,
        expect![[r#"
            8:14: codes[1].percent_bp: 10 is 0.1 %; write 1000 for 10 % [percent_tiny]
            9:16: codes[1].min_purchase: 99 is 0.99 MXN: amounts are in minor units; write 9900 for 99 MXN [amount_tiny]
            13:9: codes[2].fixed: 50 is 0.50 MXN: amounts are in minor units; write 5000 for 50 MXN [amount_tiny]
            17:43: codes[3].spend_tiers[1].percent_bp: 99 is 0.99 %; write 9900 for 99 % [percent_tiny]
            22:10: rewards[1].points: the program has no [points]: nobody earns any; add [points] with per_unit, or remove it [no_points]
            23:9: rewards[1].fixed: 1 is 0.01 MXN: amounts are in minor units; write 100 for 1 MXN [amount_tiny]"#]],
    );
}

#[test]
fn amounts_that_give_everything_or_never_bite() {
    check(
        r#"
[[codes]]
text = "TODO"
percent_bp = 10000

[[codes]]
text = "POSTRE"
percent_bp = 10000
products = ["flan"]

[[codes]]
text = "CINCUENTA"
fixed = 5000
min_purchase = 5000
max_discount = 5000
budget = 4000

[[codes]]
text = "ESCALERA"
spend_tiers = [{ from = 1000, percent_bp = 500 }, { from = 5000, percent_bp = 9500 }]
min_purchase = 900
budget = 100
max_discount = 1000
"#,
        expect![[r#"
            8:14: codes[1].percent_bp: takes 100 % off every basket, however large; add max_discount, the most that it takes off one basket [no_maximum]
            18:16: codes[3].min_purchase: a basket that reaches 5000 gets 5000 off and costs nothing; write a minimum above what the code takes off [minimum_given_back]
            19:16: codes[3].max_discount: the code never takes more than 5000 anyway; remove it, or write a lower one [maximum_without_effect]
            20:10: codes[3].budget: 4000 is not even enough for one use, which takes 5000; write a budget of several uses [budget_below_amount]
            25:16: codes[4].min_purchase: the first spend tier needs 1000 anyway; remove it [minimum_without_effect]
            27:16: codes[4].max_discount: the budget of all uses together, 100, ends before it; write a maximum below the budget [maximum_without_effect]"#]],
    );
}

#[test]
fn spend_tiers_that_never_decide_or_give_less() {
    check(
        r#"
[[codes]]
text = "ESCALERA"
min_purchase = 2000
max_discount = 900
spend_tiers = [
  { from = 1000, percent_bp = 500 },
  { from = 2000, percent_bp = 1000 },
  { from = 5000, fixed = 400 },
  { from = 6000, fixed = 400 },
  { from = 9000, percent_bp = 1000 },
  { from = 12000, percent_bp = 1500 },
]
"#,
        expect![[r#"
            11:3: codes[1].spend_tiers[1]: never decides: min_purchase 2000 is in the next one; remove it, or write a lower min_purchase [spend_tier_without_effect]
            13:12: codes[1].spend_tiers[3].from: from 5000 on it takes 400 off, the tier before takes 500; give more to those who buy more [spend_tier_gives_less]
            14:12: codes[1].spend_tiers[4].from: gives what the tier before gives; give more to those who buy more, or remove the tier [spend_tier_without_effect]
            16:12: codes[1].spend_tiers[6].from: the tier before has reached max_discount here already; write a higher max_discount, or remove the tier [spend_tier_without_effect]"#]],
    );
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
fn limits_that_another_one_reaches_first() {
    check(
        r#"
[points]
per_unit = "1"
point_value = 10

[[rewards]]
slug = "cafe"
name = "Café"
points = 50
per_customer_limit = 3
stock = 2

[[codes]]
text = "CINCO"
percent_bp = 500
total_limit = 5
per_customer_limit = 6
per_day_limit = 5

[[codes]]
text = "PRIMERA"
percent_bp = 500
first_purchase_only = true
per_customer_limit = 2
"#,
        expect![[r#"
            13:10: rewards[1].points: costs 50 points, and fewer than 100 cannot be spent; write a price of at least points.minimum_redeem [reward_below_minimum]
            14:22: rewards[1].per_customer_limit: 3 is more than stock, 2, which is reached first; write a lower one, or remove it [limit_without_effect]
            21:22: codes[1].per_customer_limit: 6 is more than total_limit, 5, which is reached first; write a lower one, or remove it [limit_without_effect]
            28:22: codes[2].per_customer_limit: 2 uses are never reached: a customer has one first purchase; remove it [limit_without_effect]"#]],
    );
}

#[test]
fn windows_that_never_open_always_do_or_lie_in_another() {
    check(
        r#"
[[codes]]
text = "MARTES"
percent_bp = 500
valid_from = "2027-03-03"
valid_until = "2027-03-07"
windows = [{ weekdays = ["tuesday"] }]

[[codes]]
text = "NOCHE"
percent_bp = 500
valid_from = "2027-03-03"
valid_until = "2027-03-03"
windows = [{ weekdays = ["tuesday"], from = "22:00", to = "02:00" }, { weekdays = ["thursday"] }]

[[codes]]
text = "SIEMPRE"
percent_bp = 500
windows = [{ from = "08:00", to = "20:00" }, { from = "19:00", to = "08:00" }]

[[codes]]
text = "DOBLE"
percent_bp = 500
windows = [{ from = "08:00", to = "12:00" }, { weekdays = ["monday"], from = "09:00", to = "10:00" }]

[[codes]]
text = "IGUALES"
percent_bp = 500
windows = [{ from = "08:00", to = "12:00" }, { from = "08:00", to = "12:00" }, { from = "11:00", to = "13:00" }]
"#,
        expect![[r#"
            11:11: codes[1].windows: none of them opens between valid_from and valid_until; write weekdays and hours that lie in those days [never_open]
            18:70: codes[2].windows[2]: does not open between valid_from and valid_until; write weekdays and hours that lie in those days, or remove it [never_open]
            23:11: codes[3].windows: together they are open all week; remove them, or leave hours out [windows_without_effect]
            28:46: codes[4].windows[2]: the other windows are open at all of its times; remove it [window_without_effect]
            33:46: codes[5].windows[2]: the other windows are open at all of its times; remove it [window_without_effect]"#]],
    );
}

#[test]
fn customers_who_cannot_exist() {
    check(
        r#"
[points]
per_unit = "1"

[referral]
bonus_points = 0
welcome_points = 0

[[tiers.levels]]
slug = "bronze"
name = "Bronce"
from_points = 0
multiplier = "2"
discount_bp = 500

[[tiers.levels]]
slug = "gold"
name = "Oro"
from_points = 1000
discount_bp = 250

[[codes]]
text = "PRIMERAORO"
percent_bp = 500
first_purchase_only = true
customer_tiers = ["gold"]

[[codes]]
text = "PRIMERA"
percent_bp = 500
first_purchase_only = true
customer_tiers = ["bronze", "gold"]

[[codes]]
text = "SOLOYO"
percent_bp = 500
owner_customer = "00000000-0000-0000-0000-000000000001"
customers = ["00000000-0000-0000-0000-000000000001"]
"#,
        expect![[r#"
            10:16: referral.bonus_points: bringing a customer gives nothing to either of the two; write points for one of them, or remove [referral] [referral_without_effect]
            20:1: tiers.levels[2].multiplier: 1 is less than the 2 of bronze; give a higher level at least what the one below has [tier_gives_less]
            24:15: tiers.levels[2].discount_bp: 2.5 % off, less than the 5 % of bronze; give a higher level at least what the one below has [tier_gives_less]
            30:18: codes[1].customer_tiers: nobody has 1000 points before a first purchase; remove first_purchase_only or customer_tiers [first_purchase_tier]
            42:13: codes[3].customers: only its owner is named, who may not use their own code; name other customers, or remove customers [nobody_may_use]"#]],
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
fn experiments_that_can_show_nothing() {
    check(
        r#"
[[codes]]
text = "VERANO"
stackable = true
percent_bp = 1000

[[codes.variants]]
text = "VERANOA"
weight = 500

[[codes.variants]]
text = "VERANOB"
percent_bp = 1000
weight = 2

[[codes.variants]]
text = "VERAN0A"
percent_bp = 9500

[[codes]]
text = "OTRO"
stackable = true

[[codes.variants]]
text = "OTROX"
fixed = 500

[[codes.variants]]
text = "OTROY"
active = false
"#,
        expect![[r#"
            16:8: codes[1].variants[2].text: VERANOB gives what VERANOA gives; let one of them give something else, or remove it [variants_the_same]
            18:10: codes[1].variants[2].weight: 2 of 503 is less than 1 % of the customers; write a higher weight, or pause the variant [variant_starves]
            20:1: codes[1].variants[3].weight: 1 of 503 is less than 1 % of the customers; write a higher weight, or pause the variant [variant_starves]
            21:8: codes[1].variants[3].text: VERAN0A looks like VERANOA of codes[1].variants[1]: O and 0, I, L and 1 are easily mistaken; give it a text that cannot be mistaken [texts_alike]
            22:14: codes[1].variants[3].percent_bp: takes 95 % off every basket, however large; add max_discount, the most that it takes off one basket [no_maximum]
            28:1: codes[2].variants: only one of them is active: everybody gets it and there is nothing to compare; add another one; a control needs a text only [single_variant]"#]],
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
    let page = include_str!("../../../docs/program.md");
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

#[test]
fn badges_that_nobody_can_win() {
    check(
        r#"
[[badges]]
slug = "summer"
name = "Verano"
visits = 3
from = "2026-06-01"
until = "2026-08-31"

[[badges]]
slug = "week"
name = "Una semana"
streak_days = 8
from = "2026-12-01"
until = "2026-12-07"

[[badges]]
slug = "round"
name = "Vuelta"
code = "VIP"
uses = 3

[[badges]]
slug = "once"
name = "Una vez"
code = "UNA"
uses = 2

[[badges]]
slug = "gone"
name = "Se fue"
code = "VIEJO"
uses = 1

[[codes]]
text = "VIP"
percent_bp = 500
badge = "round"

[[codes]]
text = "UNA"
percent_bp = 500
per_customer_limit = 1

[[codes]]
text = "VIEJO"
percent_bp = 500
active = false
"#,
        expect![[r#"
            11:9: badges[1].until: summer ended on 2026-08-31, nobody can win it any more; write a later challenge, or remove it when no code needs it [badge_over]
            16:15: badges[2].streak_days: 8 days in a row, and the challenge has 7; write a shorter run, or a longer challenge [badge_never_won]
            23:8: badges[3].code: VIP can only be used by who has this badge already; name another code, or remove badge from the code [badge_never_won]
            29:8: badges[4].code: UNA has a per_customer_limit of 1, which is reached before 2 uses; write fewer uses, or a higher limit of the code [badge_never_won]
            35:8: badges[5].code: VIEJO cannot be used any more; name a code that can, or remove the badge [badge_never_won]"#]],
    );
}

#[test]
fn scores_that_nobody_can_have() {
    check(
        r#"
[score]
window_days = 10
visits = 20
spend = 100000
categories = 2
referrals = 1
weights = { frequency_bp = 5000, amount_bp = 3000, referrals_bp = 2000 }

[tiers]
basis = "score"
levels = [
  { slug = "bronze", name = "Bronce", from_points = 0 },
  { slug = "gold", name = "Oro", from_points = 55 },
  { slug = "diamond", name = "Diamante", from_points = 56 },
]
"#,
        expect![[r#"
            8:10: score.visits: 20 days with a purchase do not fit into 10 days; write at most window_days [score_out_of_reach]
            12:67: score.weights.referrals_bp: nobody can bring anybody, so this part is always 0; add [referral], or give its weight to the other parts [score_out_of_reach]
            19:56: tiers.levels[3].from_points: diamond begins at 56, and the best score that anybody can have is 55; write a lower one, or targets of the score that can be met [score_out_of_reach]"#]],
    );
}

#[test]
fn categories_of_a_badge_that_are_not_on_sale() {
    let product = |id: &str, category: &str, active| Product {
        id: id.to_owned(),
        sku: id.to_owned(),
        barcode: None,
        name: id.to_owned(),
        unit_price: 100,
        categories: vec![category.to_owned()],
        partner: None,
        floor: 0,
        discountable: true,
        earns_points: true,
        active,
    };
    let products = [
        product("espresso", "cafe", true),
        product("te", "te", true),
        product("pan", "pan", false),
    ];
    let text = format!(
        "{HEAD}[[badges]]\nslug = \"all\"\nname = \"Todo\"\ncategories = [\"cafes\", \"te\", \"pan\"]\n\
         [[badges]]\nslug = \"three\"\nname = \"Tres\"\ntried = 3\n"
    );
    let catalogue = Catalogue {
        stores: &[],
        products: &products,
    };
    expect![[r#"
        8:15: badges[1].categories[1]: no product on sale has the category "cafes"; did you mean "cafe"? [unknown_category]
        8:30: badges[1].categories[3]: no product on sale has the category "pan"; nobody wins the badge without it: remove it [unknown_category]
        12:9: badges[2].tried: 3 categories, and the products on sale have 2; write fewer [badge_never_won]"#]].assert_eq(&warnings_of(&text, Some(catalogue)));
}
