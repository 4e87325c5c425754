//! What went wrong elsewhere, as reported in public, and what happens here.

#![expect(clippy::unwrap_used, reason = "a test says by panicking")]

use chrono::{NaiveDate, NaiveDateTime};
use mostrador_loyalty as loyalty;
use rust_decimal::Decimal;
use uuid::Uuid;

use loyalty::account::{Account, Fact, LotDays, Purchase, Undo, lots_sum};
use loyalty::basket::{Basket, Line, Quantity};
use loyalty::customer::{CustomerFacts, Place, Usage};
use loyalty::money::{Amount, BasisPoints, Currency};
use loyalty::points::lot_days;
use loyalty::program::{PointsRules, Program, Tier, TierBasis, TierRules};
use loyalty::quote::{Quote, Request, quote};
use loyalty::redeem::{Purse, pay_with_points};
use loyalty::refund::{Refund, ReturnRefusal, ReturnedLine, Returns, SoldLine, SoldSale};
use loyalty::tier::standing;
use loyalty::time::Moment;

fn amount(minor: i64) -> Amount {
    Amount::from_minor(minor).unwrap()
}

fn day() -> NaiveDate {
    "2026-11-20".parse().unwrap()
}

fn rules() -> PointsRules {
    PointsRules {
        per_unit: Decimal::ONE,
        lifetime_days: 365,
        pending_days: 0,
        minimum_redeem: 100,
        point_value: amount(100),
        first_purchase: None,
        weekend: None,
        campaigns: Vec::new(),
    }
}

fn program() -> Program {
    let tier = |slug: &str, from_points, factor: i64| Tier {
        slug: slug.to_owned(),
        name: slug.to_owned(),
        from_points,
        multiplier: Decimal::from(factor),
        discount: BasisPoints(0),
        benefits: Vec::new(),
    };
    Program {
        points: Some(rules()),
        tiers: Some(TierRules {
            tiers: vec![tier("bronze", 0, 1), tier("gold", 1_000, 2)],
            basis: TierBasis::Points,
            window_days: 365,
            grace_days: 30,
        }),
        ..Program::bare(Currency::from_code("MXN").unwrap())
    }
}

/// A sale of so many units, priced for this account, of which `spends` points pay a part.
struct Sale {
    quote: Quote,
    purchase: Purchase,
    returns: Returns,
}

fn sell(account: &mut Account, units: i64, price: i64, spends: i64) -> Sale {
    let program = program();
    let customer = CustomerFacts {
        id: Uuid::from_u128(1),
        tier: standing(program.tiers.as_ref().unwrap(), account, day())
            .map(|standing| standing.tier.slug.clone()),
        purchases: account.completed_purchases(),
        ..CustomerFacts::default()
    };
    let basket = Basket {
        lines: vec![Line {
            product: "latte".into(),
            sku: "LAT".into(),
            name: "Latte".into(),
            unit_price: amount(price),
            quantity: Quantity::new(units.into()).unwrap(),
            categories: Vec::new(),
            partner: None,
            floor: Amount::ZERO,
            discountable: true,
            earns_points: true,
        }],
    };
    let mut purse = Purse::of(account, day());
    let total = amount(units * price);
    let tender =
        (spends > 0).then(|| pay_with_points(&rules(), &mut purse, total, spends).unwrap());
    let paid_by_points = tender.as_ref().map_or(Amount::ZERO, |tender| tender.amount);
    let quote = quote(&Request {
        program: &program,
        customer: Some(&customer),
        basket: &basket,
        sale: Uuid::nil(),
        scanned: &[],
        usage: &Usage::default(),
        place: &Place::default(),
        now: Moment {
            unix_ms: 0,
            local: NaiveDateTime::new(day(), chrono::NaiveTime::MIN),
        },
        own_codes: &[],
        non_earning_tender: paid_by_points,
    });
    let earned = quote.points.as_ref().unwrap().total;
    let purchase = Purchase {
        redeemed: tender.map_or_else(Vec::new, |tender| tender.lots),
        ..Purchase::earning(0, quote.total, earned, lot_days(day(), &rules()))
    };
    account.apply(&Fact::Purchase(purchase.clone()));
    let returns = Returns::of(&SoldSale {
        lines: vec![SoldLine {
            net: quote.total,
            quantity: Quantity::new(units.into()).unwrap(),
        }],
        earned,
        redeemed: purchase.redeemed.clone(),
        paid_by_points,
    });
    Sale {
        quote,
        purchase,
        returns,
    }
}

fn take_back(account: &mut Account, sale: &mut Sale, units: i64) -> Result<Refund, ReturnRefusal> {
    let quantity = Quantity::new(units.into()).unwrap();
    let refund = sale
        .returns
        .take_back(&[ReturnedLine { line: 0, quantity }])?;
    account.apply(&Fact::Refund(Undo {
        money: refund.money,
        points_taken_back: refund.points_taken_back,
        given_back: refund.given_back.clone(),
        is_full: refund.is_full,
        ..sale.purchase.undone_on(day())
    }));
    Ok(refund)
}

fn with_points(points: i64) -> Account {
    let mut account = Account::default();
    let lot = LotDays::at_once(day(), NaiveDate::MAX);
    account.apply(&Fact::Purchase(Purchase::earning(
        0,
        Amount::ZERO,
        points,
        lot,
    )));
    account
}

/// odoo/odoo#257854: points came back at every refund although they had paid nothing back.
#[test]
fn the_buy_and_refund_loop_gains_nothing() {
    let mut account = with_points(500);
    let start = account.clone();
    for _ in 0..50 {
        let mut sale = sell(&mut account, 3, 10_000, 200);
        let mut cash = 0;
        for _ in 0..3 {
            let refund = take_back(&mut account, &mut sale, 1).unwrap();
            cash += refund.money.minor() - refund.money_in_points.minor();
        }
        assert_eq!(cash, 10_000, "what was paid in money, and no more");
        assert_eq!(account.lots, start.lots);
        assert_eq!((account.debt, account.purchases), (0, start.purchases));
        assert_eq!(account.earned_by_day, start.earned_by_day);
    }
}

/// OCA/pos#185: a refund that was sent again took the points again.
#[test]
fn a_retried_refund_takes_points_once() {
    let mut account = Account::default();
    let mut sale = sell(&mut account, 2, 5_000, 0);
    take_back(&mut account, &mut sale, 2).unwrap();
    let after = account.clone();
    let again = take_back(&mut account, &mut sale, 2).unwrap_err();
    assert_eq!(again.code(), "already_returned");
    assert_eq!((account.balance(), &account), (0, &after));
}

/// PrestaShop#25687: a partial return took back nothing, or everything.
#[test]
fn a_partial_return_takes_back_its_share() {
    let mut account = Account::default();
    let mut sale = sell(&mut account, 4, 2_500, 0);
    assert_eq!(account.available(day()), 100);
    let refund = take_back(&mut account, &mut sale, 1).unwrap();
    assert_eq!(
        (refund.money.minor(), refund.points_taken_back),
        (2_500, 25)
    );
    assert_eq!((account.available(day()), account.purchases), (75, 1));
    take_back(&mut account, &mut sale, 3).unwrap();
    assert_eq!((account.available(day()), account.purchases), (0, 0));
}

/// erpnext#33550: a sale that lifted the tier earned with the factor of the new one.
#[test]
fn the_tier_factor_before_the_sale_counts() {
    let mut account = with_points(990);
    let lifting = sell(&mut account, 1, 10_000, 0);
    assert_eq!(lifting.quote.points.unwrap().total, 100);
    let rules = program().tiers.unwrap();
    assert_eq!(standing(&rules, &account, day()).unwrap().tier.slug, "gold");
    let next = sell(&mut account, 1, 10_000, 0);
    assert_eq!(next.quote.points.unwrap().total, 200);
    assert_eq!(lots_sum(&account.lots), 990 + 100 + 200);
}
