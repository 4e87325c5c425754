//! Refunds and voids never do more than their sale did, whichever till made them and in any order.

use mostrador_loyalty::basket::Quantity;
use mostrador_loyalty::refund::ReturnedLine;
use mostrador_protocol::account::LotDocument;
use mostrador_protocol::entry::{
    Chosen, Payload, RewardRedeemed, SaleCompleted, SaleRefunded, UndoneAt,
};
use mostrador_protocol::message::Disposition::{Adjusted, Applied, Held};
use mostrador_protocol::program::{ProgramDocument, RewardDocument};
use mostrador_protocol::row::Row;
use mostrador_server::{Mint, Store, publish};
use uuid::Uuid;

use super::scribe::{Scribe, TENANT, dispositions, page_after, sale, standing, uses};

const ANA: Uuid = Uuid::from_u128(1);

fn id() -> Uuid {
    Mint::system().id().unwrap()
}

/// A sale of 90.00 in two lines of one unit, 54.00 and 36.00, that earned 90 points.
fn sold() -> SaleCompleted {
    match sale(ANA, "FREE") {
        Payload::SaleCompleted(sale) => *sale,
        other => panic!("{other:?}"),
    }
}

fn undone_at(sale: &SaleCompleted) -> UndoneAt {
    UndoneAt {
        receipt: "C-9".to_owned(),
        store: "centro".to_owned(),
        terminal_id: Uuid::nil(),
        cashier_id: Uuid::nil(),
        local_time: sale.local_time,
        reason: None,
        note: None,
        approval_id: None,
    }
}

/// The refund of these lines by a till that knows the earlier ones.
fn refund(sale: &SaleCompleted, earlier: &[SaleRefunded], lines: &[usize]) -> SaleRefunded {
    let whole = |line: &usize| ReturnedLine {
        line: *line,
        quantity: Quantity::ONE,
    };
    let chosen = Chosen {
        refund_id: id(),
        lines: lines.iter().map(whole).collect(),
        tender: "cash".to_owned(),
        at: undone_at(sale),
    };
    sale.refund(earlier, chosen, |_| false).unwrap()
}

fn payload(refund: &SaleRefunded) -> Payload {
    Payload::SaleRefunded(Box::new(refund.clone()))
}

fn completed(sale: &SaleCompleted) -> Payload {
    Payload::SaleCompleted(Box::new(sale.clone()))
}

pub(crate) async fn a_refund_waits_for_its_sale<S: Store>(store: S) {
    let mut seller = Scribe::new(&store).await;
    let mut other = Scribe::another(&store).await;
    let sale = sold();
    let first = refund(&sale, &[], &[0]);
    let second = refund(&sale, std::slice::from_ref(&first), &[1]);
    other.write(id(), &payload(&first));
    other.write(id(), &payload(&second));
    let accepted = other.push(&store, 0).await;
    assert_eq!(dispositions(&accepted), [Held, Held]);
    let reason = accepted.dispositions[0].reason.as_deref().unwrap();
    assert!(reason.starts_with("unknown_sale: "), "{reason}");
    assert_eq!(standing(&store, ANA).await, (0, 0));

    let before = store.counts(TENANT).await.unwrap().feed;
    seller.write(id(), &completed(&sale));
    seller.push(&store, 0).await;
    assert!(store.held(TENANT).await.unwrap().is_empty());
    assert_eq!(standing(&store, ANA).await, (0, 0), "bought and undone");
    assert_eq!(uses(&store, "FREE").await, 1);
    let rows = page_after(&store, before).await.rows;
    let freed = rows.iter().filter_map(|row| match &row.row {
        Row::Disposition { stream, entry } if *stream == other.stream => {
            Some((entry.seq, entry.disposition))
        }
        _ => None,
    });
    assert_eq!(freed.collect::<Vec<_>>(), [(1, Applied), (2, Applied)]);
    let again = other.push(&store, 0).await;
    assert_eq!(dispositions(&again), [Applied, Applied]);
    assert!(!again.changed);
}

pub(crate) async fn a_copy_of_a_waiting_refund_comes_free_with_the_first<S: Store>(store: S) {
    let mut seller = Scribe::new(&store).await;
    // The copy's stream stands before the first one's, and after it.
    for (base, copied) in (0..).zip([Uuid::nil(), Uuid::max()]) {
        let sale = sold();
        let mut other = Scribe::another(&store).await;
        other.write(id(), &payload(&refund(&sale, &[], &[0])));
        other.push(&store, 0).await;
        let copy = other.again_in(copied);
        assert_eq!(dispositions(&copy.push(&store, 0).await), [Held]);
        seller.write(id(), &completed(&sale));
        seller.push(&store, base).await;
        assert!(store.held(TENANT).await.unwrap().is_empty());
        assert_eq!(dispositions(&copy.push(&store, 0).await), [Applied]);
    }
    assert_eq!(standing(&store, ANA).await, (2, 72), "each once");
}

pub(crate) async fn units_come_back_once_although_two_tills_took_them<S: Store>(store: S) {
    let mut one = Scribe::new(&store).await;
    let mut other = Scribe::another(&store).await;
    let sale = sold();
    one.write(id(), &completed(&sale));
    one.write(id(), &payload(&refund(&sale, &[], &[0])));
    assert_eq!(dispositions(&one.push(&store, 0).await), [Applied, Applied]);
    assert_eq!(standing(&store, ANA).await, (1, 36));
    // The other till was offline and took back the same line, and the one that is left.
    other.write(id(), &payload(&refund(&sale, &[], &[0])));
    other.write(id(), &payload(&refund(&sale, &[], &[0, 1])));
    let accepted = other.push(&store, 0).await;
    assert_eq!(dispositions(&accepted), [Adjusted, Adjusted]);
    assert_eq!(
        accepted.dispositions[0].reason.as_deref().unwrap(),
        "refund_adjusted: it gave back 5400 minor units and took back 54 points, of sale C-1 were \
         left 0 and 0"
    );
    assert_eq!(
        accepted.dispositions[1].reason.as_deref().unwrap(),
        "refund_adjusted: it gave back 9000 minor units and took back 90 points, of sale C-1 were \
         left 3600 and 36"
    );
    assert_eq!(
        standing(&store, ANA).await,
        (0, 0),
        "nothing owed, no purchase left"
    );
    let (_, account) = store.customer(TENANT, ANA).await.unwrap().unwrap();
    assert_eq!((account.debt, account.spent), (0, 0));
    // What comes after that finds nothing.
    one.write(id(), &payload(&refund(&sale, &[], &[1])));
    assert_eq!(dispositions(&one.push(&store, 2).await), [Adjusted]);
    assert_eq!(standing(&store, ANA).await, (0, 0));
}

pub(crate) async fn other_units_at_two_tills_add_up_to_the_sale<S: Store>(store: S) {
    let mut one = Scribe::new(&store).await;
    let mut other = Scribe::another(&store).await;
    let mut sale = sold();
    sale.points.as_mut().unwrap().earned = 91;
    sale.points.as_mut().unwrap().bonus = 1;
    one.write(id(), &completed(&sale));
    one.write(id(), &payload(&refund(&sale, &[], &[0])));
    one.push(&store, 0).await;
    // Each floors the points of its own line; together they are all of them.
    other.write(id(), &payload(&refund(&sale, &[], &[1])));
    assert_eq!(dispositions(&other.push(&store, 0).await), [Adjusted]);
    assert_eq!(standing(&store, ANA).await, (0, 0));
}

pub(crate) async fn a_void_undoes_what_is_left<S: Store>(store: S) {
    let mut one = Scribe::new(&store).await;
    let mut other = Scribe::another(&store).await;
    let sale = sold();
    one.write(id(), &completed(&sale));
    let void = Payload::SaleVoided(Box::new(sale.void(id(), undone_at(&sale))));
    one.write(id(), &payload(&refund(&sale, &[], &[1])));
    one.push(&store, 0).await;
    other.write(id(), &void);
    assert_eq!(dispositions(&other.push(&store, 0).await), [Adjusted]);
    assert_eq!(standing(&store, ANA).await, (0, 0));
    assert_eq!(uses(&store, "FREE").await, 0);
    let again = Payload::SaleVoided(Box::new(sale.void(id(), undone_at(&sale))));
    one.write(id(), &again);
    one.write(id(), &payload(&refund(&sale, &[], &[0])));
    assert_eq!(
        dispositions(&one.push(&store, 2).await),
        [Adjusted, Adjusted]
    );
    assert_eq!(standing(&store, ANA).await, (0, 0));
    assert_eq!(uses(&store, "FREE").await, 0);
}

pub(crate) async fn a_refund_that_gives_too_much_does_what_is_due<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let sale = sold();
    till.write(id(), &completed(&sale));
    let mut greedy = refund(&sale, &[], &[1]);
    greedy.money = 50_000;
    greedy.lines[0].money = 50_000;
    greedy.tenders[0].amount = 50_000;
    greedy.points.as_mut().unwrap().taken_back = 0;
    till.write(id(), &payload(&greedy));
    assert_eq!(
        dispositions(&till.push(&store, 0).await),
        [Applied, Adjusted]
    );
    assert_eq!(standing(&store, ANA).await, (1, 54));
    let (_, account) = store.customer(TENANT, ANA).await.unwrap().unwrap();
    assert_eq!(account.spent, 5_400);
}

pub(crate) async fn rewards_beyond_stock_or_customer_are_adjusted<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let reward = RewardDocument {
        slug: "coffee".to_owned(),
        name: "Coffee".to_owned(),
        points: 100,
        fixed: Some(3_500),
        per_customer_limit: Some(2),
        stock: Some(3),
        ..RewardDocument::default()
    };
    let program = ProgramDocument {
        version: 2,
        rewards: vec![reward],
        ..ProgramDocument::bare("Café", "MXN", "America/Mexico_City")
    };
    publish(&store, &Mint::system(), TENANT, program)
        .await
        .unwrap();
    let day = sold().local_time.date();
    let redeemed = |customer| RewardRedeemed {
        redemption_id: id(),
        customer_id: customer,
        store: "centro".to_owned(),
        cashier_id: Uuid::nil(),
        local_time: sold().local_time,
        reward: "coffee".to_owned(),
        points: 100,
        lots: vec![LotDocument {
            earned_on: day,
            expires_on: day,
            usable_from: None,
            points: 100,
        }],
        coupon: None,
    };
    let eva = Uuid::from_u128(2);
    let first = redeemed(ANA);
    for entry in [first.clone(), redeemed(ANA), redeemed(ANA), redeemed(eva)] {
        till.write(id(), &Payload::RewardRedeemed(Box::new(entry)));
    }
    let accepted = till.push(&store, 0).await;
    assert_eq!(
        dispositions(&accepted),
        [Applied, Applied, Adjusted, Adjusted]
    );
    let reasons: Vec<_> = accepted
        .dispositions
        .iter()
        .filter_map(|it| it.reason.as_deref())
        .collect();
    assert_eq!(
        reasons,
        [
            "over_limit: reward coffee was had 3 times by one customer, the limit is 2",
            "over_limit: reward coffee was had 4 times, there were 3",
        ]
    );
    // One that comes back makes room.
    till.write(id(), &Payload::RewardReturned(Box::new(first)));
    till.write(id(), &Payload::RewardReturned(Box::new(redeemed(ANA))));
    till.write(id(), &Payload::RewardRedeemed(Box::new(redeemed(eva))));
    assert_eq!(dispositions(&till.push(&store, 4).await), [Applied; 3]);
}
