//! Shares, amounts, spend tiers and limits.

use expect_test::expect;

use crate::check;

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
