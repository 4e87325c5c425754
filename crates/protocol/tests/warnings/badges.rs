//! Badges and scores.

use expect_test::expect;
use mostrador_protocol::program::Catalogue;
use mostrador_protocol::row::Product;

use crate::{HEAD, check, warnings_of};

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
