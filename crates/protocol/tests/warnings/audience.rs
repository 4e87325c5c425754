//! Who may use a code, when, and which variant of it.

use expect_test::expect;

use crate::check;

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
