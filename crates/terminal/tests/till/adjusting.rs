//! Points by hand: with a manager's PIN, a reason and a limit.

use mostrador_ledger as ledger;
use mostrador_protocol::entry::{ApprovalGiven, Decoded, Payload, PointsAdjusted};
use mostrador_protocol::program::AdjustmentsDocument;
use mostrador_terminal::view::{AdjustmentInput, AdjustmentSaved};
use uuid::Uuid;

use crate::server::Line;
use crate::shop::{ANA, Shop, trouble};

const MANAGER: &str = "8080";
const CASHIER: &str = "1212";

/// Ana stands at the counter; the line is cut.
fn shop() -> Shop {
    let shop = Shop::open_with(|program| {
        program.adjustments = Some(AdjustmentsDocument {
            max_points: 500,
            reasons: Vec::new(),
        });
    });
    shop.settle();
    shop.server.set_line(Line::Cut);
    shop.till.set_customer(&ANA.to_string()).expect("Ana");
    shop
}

fn give(points: &str) -> AdjustmentInput {
    AdjustmentInput {
        customer_id: ANA.to_string(),
        takes: false,
        points: points.to_owned(),
        reason: "missed_sale".to_owned(),
        note: String::new(),
    }
}

fn refusal(shop: &Shop, input: &AdjustmentInput) -> String {
    match shop.till.adjust_points(input, MANAGER).expect("an answer") {
        AdjustmentSaved::Refused { refusal, sentence } => {
            assert!(sentence.ends_with(&format!("[{refusal}]")), "{sentence}");
            assert!(!sentence.contains('{'), "{sentence}");
            refusal
        }
        AdjustmentSaved::Adjusted { counter } => panic!("{counter:?}"),
    }
}

fn own_entries(shop: &Shop) -> Vec<Payload> {
    let look = |connection: &_| ledger::customer_entry::recent(connection, ANA, 10);
    let own = shop.till.ledger().read(look).expect("entries");
    let known = own.into_iter().filter_map(|entry| match entry.payload {
        Decoded::Known(payload) => Some(payload),
        Decoded::Unknown => None,
    });
    known.collect()
}

#[test]
fn a_program_without_points_adjusts_none() {
    let shop = Shop::open_with(|program| {
        (program.points, program.tiers, program.referral) = (None, None, None);
    });
    assert_eq!(refusal(&shop, &give("50")), "adjustment_no_points");
    assert_eq!(own_entries(&shop), []);
}

#[test]
fn points_are_given_and_taken_offline_with_both_people_in_the_entry() {
    let shop = shop();
    let form = shop.till.adjustment(&ANA.to_string()).expect("a form");
    assert!(form.rules.contains("500") && form.reasons.len() == 5);
    let saved = shop.till.adjust_points(&give("300"), MANAGER);
    let Ok(AdjustmentSaved::Adjusted { counter }) = saved else {
        panic!("{saved:?}");
    };
    assert_eq!(counter.customer.expect("Ana").balance, 300);
    assert_eq!(counter.said, "300 puntos dados a mano.");
    let taken = AdjustmentInput {
        takes: true,
        reason: "other".to_owned(),
        note: " se contó dos veces ".to_owned(),
        ..give("50")
    };
    shop.till.adjust_points(&taken, MANAGER).expect("taken");
    let card = shop.till.counter().expect("a counter").customer;
    assert_eq!(card.expect("Ana").balance, 250);

    let own = own_entries(&shop);
    let [
        Payload::PointsAdjusted(taken),
        Payload::PointsAdjusted(given),
    ] = own.as_slice()
    else {
        panic!("{own:?}");
    };
    let said = |adjusted: &PointsAdjusted| {
        let note = adjusted.note.clone();
        (adjusted.points, adjusted.reason.clone(), note)
    };
    assert_eq!(said(given), (300, "missed_sale".to_owned(), None));
    let note = Some("se contó dos veces".to_owned());
    assert_eq!(said(taken), (-50, "other".to_owned(), note));
    assert_eq!(given.cashier_id, Uuid::from_u128(1));
    let approval = approval_of(&shop, given);
    assert_eq!(
        (approval.manager_id, approval.cashier_id, approval.amount),
        (Uuid::from_u128(2), Uuid::from_u128(1), Some(300))
    );
    assert_eq!(approval.subject, Some(ANA.to_string()));
    let history = shop.till.history(&ANA.to_string()).expect("a history");
    let whats: Vec<&str> = history.events.iter().map(|it| it.what.as_str()).collect();
    assert_eq!(whats, ["Puntos quitados a mano", "Puntos dados a mano"]);
    let why = history.events[0].reasons.join(" · ");
    assert!(
        why.starts_with("Otro motivo · «se contó dos veces» · Lo hizo Rosa Ibarra · Lo aprobó "),
        "{why}"
    );
    assert!(!why.contains("un gerente"), "the manager has a name: {why}");
}

/// The approval that stands right before the adjustment.
fn approval_of(shop: &Shop, adjusted: &PointsAdjusted) -> ApprovalGiven {
    let head = shop.till.ledger().read(ledger::stream::head);
    let stream = head.expect("read").expect("a stream").stream;
    let mut found = None;
    let walked = shop.till.ledger().read(|connection| {
        ledger::entry::walk(connection, stream, |_, raw, _| {
            let header = raw.header()?;
            if let Decoded::Known(Payload::ApprovalGiven(approval)) = raw.payload(&header)?
                && Some(approval.approval_id) == adjusted.approval_id
            {
                found = Some(approval);
            }
            Ok(())
        })
    });
    walked.expect("walked");
    found.expect("an approval")
}

#[test]
fn what_cannot_be_adjusted_is_said_before_a_pin_is_looked_at() {
    let shop = shop();
    let cases = [
        (give("501"), "adjustment_over_limit"),
        (give("0"), "adjustment_points"),
        (give("diez"), "adjustment_points"),
        (
            AdjustmentInput {
                takes: true,
                ..give("1")
            },
            "adjustment_over_balance",
        ),
        (
            AdjustmentInput {
                reason: String::new(),
                ..give("10")
            },
            "adjustment_reason",
        ),
        (
            AdjustmentInput {
                reason: "other".to_owned(),
                ..give("10")
            },
            "adjustment_reason",
        ),
        (
            AdjustmentInput {
                note: "x".repeat(121),
                ..give("10")
            },
            "note_too_long",
        ),
        (
            AdjustmentInput {
                note: "llamar al 300 123 4567".to_owned(),
                ..give("10")
            },
            "note_personal",
        ),
    ];
    for (input, code) in cases {
        assert_eq!(refusal(&shop, &input), code, "{input:?}");
    }
    assert!(own_entries(&shop).is_empty());
    let nobody = AdjustmentInput {
        customer_id: Uuid::from_u128(99).to_string(),
        ..give("10")
    };
    let answer = shop.till.adjust_points(&nobody, MANAGER);
    assert_eq!(trouble(answer).0, "unknown_customer");
}

#[test]
fn a_wrong_pin_five_times_delays_approvals_and_not_the_work() {
    let shop = shop();
    let try_with = |pin: &str| trouble(shop.till.adjust_points(&give("10"), pin)).0;
    assert_eq!(try_with(""), "approval_needed");
    // A cashier's own PIN is a miss like any other, so it forgives none.
    assert_eq!(try_with(CASHIER), "not_a_manager");
    for _ in 0..3 {
        assert_eq!(try_with("9999"), "pin_wrong");
    }
    assert_eq!(try_with(CASHIER), "pin_delayed");
    assert_eq!(try_with(MANAGER), "pin_delayed");
    assert!(own_entries(&shop).is_empty());
    shop.till.lock();
    shop.till.unlock(CASHIER).expect("Rosa goes on working");
    shop.stop();
    shop.clock.advance_ms(30_000);
    let saved = shop.till.adjust_points(&give("10"), MANAGER);
    assert!(matches!(saved, Ok(AdjustmentSaved::Adjusted { .. })));
}
