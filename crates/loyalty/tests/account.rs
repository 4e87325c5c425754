//! Years of accounts, played at random: what holds whatever happens and in whatever order it arrives.

mod year;

use mostrador_loyalty as loyalty;
use proptest::prelude::*;

use loyalty::account::{Account, Book, CodeTally, Fact, Lot};
use loyalty::money::Amount;
use year::{HISTORIES, Step, Year, day, steps};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(HISTORIES))]

    #[test]
    fn a_year_makes_no_point_from_nothing(steps in steps()) {
        let mut year = Year::default();
        for step in &steps {
            year.play(step);
        }
        let made = |book: Book| -year.books.get(&book).copied().unwrap_or(0);
        for (person, account) in year.people.iter().enumerate() {
            prop_assert_eq!(account.balance(), year.balances[person], "balance = postings");
            prop_assert!(account.debt >= 0);
            prop_assert!(account.lots.iter().all(|lot| lot.points > 0));
            prop_assert!(account.lots.is_sorted_by_key(|lot| lot.days));
        }
        let all: i64 = year.people.iter().map(Account::balance).sum();
        let program = [Book::Earned, Book::Redeemed, Book::Expired, Book::Reversed,
            Book::Returned, Book::Adjusted, Book::Referral, Book::Merged];
        prop_assert_eq!(all, program.into_iter().map(made).sum::<i64>());
        prop_assert_eq!(made(Book::Merged), 0, "a merge moves points and makes none");
        prop_assert!(-made(Book::Reversed) <= made(Book::Earned), "no more reversed than earned");
        prop_assert!(made(Book::Returned) <= -made(Book::Redeemed), "no more returned than redeemed");
    }

    #[test]
    fn nothing_over_or_pending_is_ever_available(steps in steps()) {
        let mut year = Year::default();
        for step in &steps {
            year.play(step);
            let today = year.today;
            for account in &year.people {
                let usable: i64 = account.lots.iter()
                    .filter(|lot| lot.days.expires_on >= today && lot.days.usable_from <= today)
                    .map(|lot| lot.points).sum();
                prop_assert_eq!(account.available(today), (usable - account.debt).max(0));
                let mut swept = account.clone();
                for lot in account.due_to_expire(today).collect::<Vec<_>>() {
                    swept.apply(&Fact::Expiry { day: today, lot });
                }
                prop_assert_eq!(swept.available(today), account.available(today));
                prop_assert_eq!(swept.due_to_expire(today).count(), 0);
            }
        }
    }

    #[test]
    fn a_year_whose_sales_all_come_back_ends_where_it_began(steps in steps()) {
        let mut year = Year::default();
        for step in &steps {
            if matches!(step, Step::Buy { .. } | Step::Return { .. } | Step::Void | Step::Wait { .. }) {
                year.play(step);
            }
        }
        year.return_everything();
        for (person, account) in year.people.iter().enumerate() {
            prop_assert_eq!(account.balance(), -year.expired_of(person));
            prop_assert_eq!((account.purchases, account.spent), (0, 0));
            prop_assert!(account.earned_by_day.is_empty() && account.visits.is_empty());
            prop_assert!(account.code_uses.is_empty());
        }
    }

    #[test]
    fn counts_and_balance_are_the_same_in_any_order(
        (facts, order) in steps().prop_flat_map(|steps| {
            let facts = Year::facts_of_first_person(&steps);
            (Just(facts.clone()), Just(facts).prop_shuffle())
        })
    ) {
        let (one, other) = (fold(&facts), fold(&order));
        prop_assert_eq!(&one.earned_by_day, &other.earned_by_day);
        prop_assert_eq!((one.purchases, one.spent), (other.purchases, other.spent));
        prop_assert_eq!(&one.visits, &other.visits);
        prop_assert_eq!((&one.code_uses, &one.rewards), (&other.code_uses, &other.rewards));
        prop_assert_eq!(&one.referral, &other.referral);
        prop_assert_eq!((one.first_purchase_ms, one.last_purchase_ms), (other.first_purchase_ms, other.last_purchase_ms));
        let without_expiry = |facts: &[Fact]| facts.iter().all(|fact| !matches!(fact, Fact::Expiry { .. }));
        if without_expiry(&facts) {
            prop_assert_eq!(one.balance(), other.balance());
        }
    }

    #[test]
    fn what_was_there_gives_the_same_account_in_any_order(
        chains in prop::collection::vec(
            (0..300_u64, 0..5_u64, 1..500_i64, 0..101_i64, (any::<u16>(), any::<u16>(), any::<u16>())),
            1..30,
        ),
    ) {
        // Each lot is earned, then a part of it is spent before its last day, and expired after it;
        // entries arrive in any order in which a lot is known before it is spent or expires.
        let mut arrivals: Vec<(u32, Fact)> = Vec::new();
        for (on, pending, points, percent, (earned, spent, expired)) in chains {
            let purchase = year::purchase(on, pending, points);
            let lot = Lot { days: purchase.lot, points };
            let share = Lot { points: points * percent / 100, ..lot };
            let last = lot.days.expires_on;
            let base = u32::from(earned);
            arrivals.push((base, Fact::Purchase(purchase)));
            let redemption = year::redeemed(last, vec![share]);
            arrivals.push((base + u32::from(spent), Fact::Redemption(redemption)));
            let day = last.succ_opt().unwrap();
            arrivals.push((base + u32::from(expired), Fact::Expiry { day, lot }));
        }
        let order = |fact: &Fact| match fact {
            Fact::Purchase(_) => 0,
            Fact::Redemption(_) => 1,
            _ => 2,
        };
        let mut happened = arrivals.clone();
        happened.sort_by_key(|(_, fact)| order(fact));
        arrivals.sort_by_key(|(at, fact)| (*at, order(fact)));
        let fold_all = |arrivals: &[(u32, Fact)]| {
            let facts: Vec<Fact> = arrivals.iter().map(|(_, fact)| fact.clone()).collect();
            fold(&facts)
        };
        prop_assert_eq!(fold_all(&arrivals), fold_all(&happened));
    }

    #[test]
    fn a_tally_is_the_same_in_any_order(
        (one, other) in prop::collection::vec((0..5_u64, any::<bool>()), 0..20)
            .prop_flat_map(|uses| (Just(uses.clone()), Just(uses).prop_shuffle()))
    ) {
        let fold = |uses: &[(u64, bool)]| {
            let mut tally = CodeTally::default();
            for (on, comes_back) in uses {
                let discount = Amount::from_minor(3).unwrap();
                if *comes_back {
                    tally.give_back(day(*on), discount);
                } else {
                    tally.apply(day(*on), discount);
                }
            }
            tally
        };
        prop_assert_eq!(fold(&one), fold(&other));
    }
}

fn fold(facts: &[Fact]) -> Account {
    let mut account = Account::default();
    for fact in facts {
        account.apply(fact);
    }
    account
}

/// Keeps the drawn years honest: a property over years without debt, expiry and merges would show
/// little.
#[test]
fn drawn_years_have_debt_expiry_refunds_and_merges() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut debts, mut expired, mut reversed, mut returned, mut merged, mut played) =
        (0, 0, 0, 0, 0, 0);
    for _ in 0..100 {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        let mut year = Year::default();
        for step in &steps {
            year.play(step);
        }
        let has = |book: Book| i32::from(year.books.get(&book).is_some_and(|points| *points != 0));
        played += steps.len();
        debts += i32::from(year.people.iter().any(|account| account.debt > 0));
        expired += has(Book::Expired);
        reversed += has(Book::Reversed);
        returned += has(Book::Returned);
        merged += i32::from(
            year.people
                .iter()
                .any(|account| account.merged_into.is_some()),
        );
    }
    assert!(played > 4_000, "{played} steps");
    assert!(debts > 10, "{debts} years end with a debt");
    for (what, years) in [
        ("expiry", expired),
        ("reversal", reversed),
        ("return", returned),
        ("merge", merged),
    ] {
        assert!(years > 20, "{years} years have a {what}");
    }
}
