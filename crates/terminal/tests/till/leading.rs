//! Who earned most, as the counter shows it.

use mostrador_terminal::view::{BoardPeriod, LeaderboardView};

use crate::shop::{ANA, BRUNO, Shop};

fn buy(shop: &Shop, customer: uuid::Uuid, units: &str) {
    shop.till
        .set_customer(&customer.to_string())
        .expect("identified");
    shop.till.add_product("queso", units).expect("added");
    shop.pay_cash();
}

fn places(view: &LeaderboardView) -> Vec<(u32, &str, i64, u64, bool)> {
    let told = view.places.iter();
    let told = told.map(|at| (at.place, at.name.as_str(), at.points, at.sales, at.is_here));
    told.collect()
}

#[test]
fn the_board_is_of_the_month_with_reduced_names_and_the_customer_who_is_here() {
    let shop = Shop::open_with(|program| {
        let points = program.points.as_mut().expect("points");
        (points.weekend, points.first_purchase) = (None, None);
    });
    buy(&shop, BRUNO, "3");
    buy(&shop, ANA, "1");
    buy(&shop, ANA, "2");
    shop.till.set_customer(&ANA.to_string()).expect("here");
    let board = shop
        .till
        .leaderboard(BoardPeriod::default())
        .expect("a board");
    assert_eq!(board.period, BoardPeriod::Month);
    assert_eq!(
        places(&board),
        [(1, "A. P.", 60, 2, true), (1, "B. D.", 60, 1, false)]
    );
    assert_eq!(
        board.said,
        "Compras hechas en esta caja, del 1 de marzo de 2025 al 1 de marzo de 2025. Los nombres, según \
         lo que cada cliente autorizó."
    );
    shop.clock.advance_ms(3 * 86_400_000);
    let week = shop.till.leaderboard(BoardPeriod::Week).expect("a board");
    assert!(week.places.is_empty(), "Monday has come");
    let year = shop.till.leaderboard(BoardPeriod::Year).expect("a board");
    assert_eq!(year.places.len(), 2);
}
