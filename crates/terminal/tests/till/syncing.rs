//! What the network does to a till, and what it does not.

use mostrador_ledger as ledger;
use mostrador_protocol::message::{OLDEST_PROTOCOL, PROTOCOL, Verdict};
use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::row::{Customer, Row};
use mostrador_terminal::Till;
use mostrador_terminal::view::Language;
use mostrador_terminal::view::SyncState;
use uuid::Uuid;

use crate::server::{ENROL_CODE, Line};
use crate::shop::{ANA, MORNING_MS, Shop, cash, options};

fn state(till: &Till) -> SyncState {
    till.sync_view().expect("a view").state
}

fn sell_cheese(shop: &Shop) -> mostrador_terminal::view::ReceiptView {
    shop.till
        .set_customer(&ANA.to_string())
        .expect("identified");
    shop.till.add_product("queso", "").expect("added");
    shop.pay_cash()
}

#[test]
fn a_sale_offline_is_kept_shown_and_sent_when_the_line_is_back() {
    let shop = Shop::open();
    shop.settle();
    shop.server.set_line(Line::Cut);
    shop.till.sync_now().expect("tried");
    shop.until("offline", |till| state(till) == SyncState::Offline);
    let receipt = sell_cheese(&shop);
    assert!(
        receipt.text.contains("Guardado; se enviará"),
        "{}",
        receipt.text
    );
    assert_eq!(
        receipt.said,
        "Sin conexión: quedó guardado y se enviará solo. No repita la venta."
    );
    let view = shop.till.sync_view().expect("a view");
    assert_eq!((view.state, view.waiting), (SyncState::Offline, 1));
    assert_eq!(view.sentence, "Sin conexión, 1 en espera");
    assert!(view.attention[0].ends_with("[unreachable]"), "{view:?}");
    let card = shop
        .till
        .set_customer(&ANA.to_string())
        .expect("a card")
        .customer
        .expect("Ana");
    assert_eq!((card.balance, card.balance_has_pending), (36, true));

    shop.server.set_line(Line::Up);
    shop.settle();
    assert_eq!(shop.server.sales().len(), 1);
    assert_eq!(shop.server.account(ANA).purchases, 1);
    let card = shop
        .till
        .counter()
        .expect("a counter")
        .customer
        .expect("Ana");
    assert_eq!((card.balance, card.balance_has_pending), (36, false));
    assert_eq!(card.balance_age_s, Some(0));
    assert!(shop.till.today().expect("figures").recent[0].sent);
}

#[test]
fn a_lost_answer_counts_the_sale_once() {
    let shop = Shop::open();
    shop.until("a poll waits", |_| shop.server.polling() == 1);
    shop.server.set_line(Line::AnswersLost);
    sell_cheese(&shop);
    shop.until("the server has it", |_| shop.server.sales().len() == 1);
    shop.until("nobody heard", |till| state(till) == SyncState::Offline);
    assert_eq!(shop.till.sync_view().expect("a view").waiting, 1);
    shop.server.set_line(Line::Up);
    shop.settle();
    assert_eq!(shop.server.sales().len(), 1);
    assert_eq!(shop.server.account(ANA).purchases, 1);
}

#[test]
fn a_portal_acknowledges_nothing_and_is_named() {
    let shop = Shop::open();
    shop.settle();
    shop.server.set_line(Line::Portal);
    sell_cheese(&shop);
    shop.until("named", |till| {
        let view = till.sync_view().expect("a view");
        view.attention
            .iter()
            .any(|sentence| sentence.ends_with("[not_the_server]"))
    });
    assert_eq!(
        (state(&shop.till), shop.server.sales().len()),
        (SyncState::Offline, 0)
    );
    assert_eq!(shop.till.sync_view().expect("a view").waiting, 1);
    shop.server.set_line(Line::Up);
    shop.settle();
    assert_eq!(shop.server.sales().len(), 1);
}

/// A server that is too old for this till, and one for which this till is too old.
#[test]
fn versions_that_do_not_meet_are_named_and_what_waits_is_sent_after_the_update() {
    let cases = [
        ((OLDEST_PROTOCOL - 1, None), "server_outdated"),
        ((PROTOCOL + 1, Some(Verdict::Upgrade)), "upgrade"),
    ];
    for ((protocol, verdict), code) in cases {
        let shop = Shop::open();
        shop.settle();
        let pushes = shop.server.pushes();
        shop.server.set_line(Line::Cut);
        shop.server.speak(protocol, verdict);
        sell_cheese(&shop);
        shop.until("offline", |till| state(till) == SyncState::Offline);
        shop.server.set_line(Line::Up);
        shop.till.sync_now().expect("a view");
        shop.until("named", |till| {
            let view = till.sync_view().expect("a view");
            let ends = |line: &String| line.ends_with(&format!("[{code}]"));
            view.attention.iter().any(ends)
        });
        assert_eq!(state(&shop.till), SyncState::NeedsAttention, "{code}");
        sell_cheese(&shop);
        assert_eq!(shop.till.sync_view().expect("a view").waiting, 2, "{code}");
        assert_eq!(shop.server.pushes(), pushes, "{code}: nothing is pushed");
        shop.server.speak(PROTOCOL + 1, None);
        shop.till.sync_now().expect("a view");
        shop.settle();
        assert_eq!(
            shop.server.sales().len(),
            2,
            "{code}: a newer server is fine"
        );
    }
}

#[test]
fn a_sale_leaves_at_once_although_a_long_poll_is_waiting() {
    let shop = Shop::open();
    shop.settle();
    shop.until("a poll waits", |_| shop.server.polling() == 1);
    let before = shop.server.pushes();
    sell_cheese(&shop);
    shop.until("pushed", |_| {
        shop.server.pushes() > before && shop.server.sales().len() == 1
    });
    shop.settle();
    assert_eq!(shop.till.sync_view().expect("a view").sentence, "Al día");
}

#[test]
fn what_the_server_publishes_reaches_a_till_that_only_waits() {
    let shop = Shop::open();
    shop.until("a poll waits", |_| shop.server.polling() == 1);
    let changes = shop.till.sync_changes().borrow().changes;
    shop.server.publish([Row::Customer(Customer {
        id: Uuid::from_u128(0xd),
        name: "Delia Cantillo".to_owned(),
        phone: None,
        email: None,
        birthday: None,
        card: Some("LX-400".to_owned()),
        marketing_consent: false,
        hlc: 1,
        ..Customer::default()
    })]);
    shop.until("known", |till| {
        till.set_customer(&Uuid::from_u128(0xd).to_string()).is_ok()
    });
    shop.until("announced", |till| {
        till.sync_changes().borrow().changes > changes
    });
}

#[test]
fn a_profile_changed_here_travels_beside_the_entries() {
    let shop = Shop::open();
    shop.settle();
    let profile = Customer {
        id: ANA,
        name: "Ana Peña de Gil".to_owned(),
        phone: Some("3001234567".to_owned()),
        email: None,
        birthday: None,
        card: Some("LX-100".to_owned()),
        marketing_consent: true,
        hlc: 2,
        ..Customer::default()
    };
    shop.till
        .ledger()
        .transact(|tx| ledger::customer::save_local(tx, &profile))
        .expect("saved");
    shop.till.sync_now().expect("tried");
    shop.until("pushed", |_| !shop.server.profiles().is_empty());
    shop.settle();
    assert_eq!(shop.server.profiles().len(), 1, "once");
    assert_eq!(shop.server.profiles()[0].name, "Ana Peña de Gil");
}

#[test]
fn a_lost_program_that_is_too_large_stops_no_sale_and_is_named() {
    let shop = Shop::open();
    shop.settle();
    let backup = shop.server.backup();
    let next = shop.till.ledger().read(|look| {
        let current = ledger::program::current(look)?.expect("a program");
        Ok::<_, ledger::Error>(ProgramDocument {
            version: current.version + 1,
            ..current
        })
    });
    let next = next.expect("read");
    let version = next.version;
    shop.server.publish([Row::Program(Box::new(next))]);
    shop.until("published", |till| {
        let newest = till.ledger().read(ledger::program::newest_version);
        newest.is_ok_and(|newest| newest == Some(version))
    });
    shop.server.set_line(Line::Cut);
    shop.till.sync_now().expect("tried");
    shop.until("offline", |till| state(till) == SyncState::Offline);
    shop.server.restore(backup);
    sell_cheese(&shop);
    shop.till.sync_now().expect("tried");
    shop.until("named", |till| {
        let view = till.sync_view().expect("a view");
        let ending = "[program_lost]";
        let mut said = view.attention.iter();
        said.any(|sentence| sentence.ends_with(ending))
    });
    sell_cheese(&shop);
    shop.until("sent", |_| shop.server.sales().len() == 2);
}

#[test]
fn a_server_that_was_restored_is_sent_again_what_it_lost_and_read_from_the_beginning() {
    let shop = Shop::open();
    sell_cheese(&shop);
    shop.settle();
    let backup = shop.server.backup();
    for _ in 0..2 {
        sell_cheese(&shop);
    }
    shop.settle();
    assert_eq!(shop.server.entries(), 4, "stream_opened and three sales");
    shop.server.restore(backup);
    // It stands where another change of its feed had been, and it was lost for this till.
    let delia = Uuid::from_u128(0xd);
    shop.server.publish([Row::Customer(Customer {
        id: delia,
        name: "Delia Cantillo".to_owned(),
        phone: None,
        email: None,
        birthday: None,
        card: None,
        marketing_consent: false,
        hlc: 1,
        ..Customer::default()
    })]);
    sell_cheese(&shop);
    shop.until("all again", |_| shop.server.entries() == 5);
    shop.settle();
    assert_eq!(shop.server.sales().len(), 4);
    shop.until("the lost place is read", |till| {
        till.set_customer(&delia.to_string())
            .is_ok_and(|counter| counter.customer.is_some())
    });
    let shown = shop.till.set_customer(&ANA.to_string()).expect("a card");
    let balance = shown.customer.map(|card| card.balance);
    let account = shop.server.account(ANA);
    assert_eq!(account.purchases, 4);
    let points = account.lots.iter().map(|lot| lot.points);
    assert_eq!(balance, Some(points.sum()));
}

#[test]
fn a_till_that_was_set_back_opens_a_new_stream_and_says_so() {
    let shop = Shop::open();
    shop.settle();
    let file = shop.folder.path().join("till.sqlite");
    shop.till
        .ledger()
        .transact(|tx| ledger::setting::set(tx, "checkpoint", "now"))
        .expect("written");
    let copy = shop.folder.path().join("copy.sqlite");
    copy_database(&file, &copy);
    sell_cheese(&shop);
    shop.stop();
    let Shop {
        till,
        server,
        clock,
        folder,
        ..
    } = shop;
    drop(till);
    for part in ["till.sqlite-wal", "till.sqlite-shm"] {
        let _ = std::fs::remove_file(folder.path().join(part));
    }
    copy_database(&copy, &file);
    let till = Till::open(options(&folder, &server, &clock)).expect("the file of before");
    assert!(
        till.view().warnings[0].contains("más antigua"),
        "{:?}",
        till.view().warnings
    );
    till.unlock("1212").expect("in");
    till.add_product("queso", "").expect("added");
    let view = till.counter().expect("a counter");
    till.pay(&[crate::shop::cash(view.total)], view.total)
        .expect("selling goes on");
    let heads = till.ledger().read(ledger::stream::all).expect("streams");
    assert_eq!(heads.len(), 2);
    assert_eq!(
        (heads[1].seq, heads[0].sealed.as_deref()),
        (2, Some("rewound"))
    );
}

/// The file with what its write-ahead log holds.
fn copy_database(from: &std::path::Path, to: &std::path::Path) {
    std::fs::copy(from, to).expect("copied");
    let log = from.with_extension("sqlite-wal");
    if log.exists() {
        std::fs::copy(log, to.with_extension("sqlite-wal")).expect("copied");
    }
}

#[test]
fn enrolment_answers_in_words() {
    let shop = Shop::open();
    let folder = tempfile::tempdir().expect("a folder");
    let till = Till::open(options(&folder, &shop.server, &shop.clock)).expect("a new till");
    let try_with = |url: &str, code: &str| {
        let error = shop.block_on(till.enrol(url, code)).expect_err("refused");
        error.trouble(Language::Es).code
    };
    assert_eq!(try_with("tienda", "X"), "server_address");
    assert_eq!(try_with("https://server.test", "MAL"), "enrol_code_invalid");
    // It is one that does not know a proof, and on a line that others read the code is not told.
    assert_eq!(
        try_with("http://server.test", ENROL_CODE),
        "enrol_code_invalid"
    );
    shop.server.set_line(Line::Cut);
    assert_eq!(try_with("https://server.test", "X"), "server_unreachable");
    shop.server.set_line(Line::Portal);
    assert_eq!(try_with("https://server.test", "X"), "not_the_server");
    assert!(!till.view().enrolled);
    assert_eq!(
        till.unlock("1212").expect_err("nobody").code(),
        "not_enrolled"
    );
    assert_eq!(
        till.sync_view().expect("a view").sentence,
        "Esta caja todavía no está inscrita."
    );
    let again = shop.block_on(shop.till.enrol("https://server.test", "X"));
    assert_eq!(again.expect_err("enrolled").code(), "already_enrolled");
}

#[test]
fn a_second_program_on_the_same_file_is_refused_in_words() {
    let shop = Shop::open();
    let error = Till::open(options(&shop.folder, &shop.server, &shop.clock)).expect_err("refused");
    let trouble = error.trouble(Language::Es);
    assert_eq!(trouble.code, "ledger_already_open");
    assert_eq!(
        trouble.message,
        "Otro Mostrador usa los datos de esta caja en este equipo."
    );
}

#[test]
fn a_clock_that_differs_is_named_and_corrected() {
    let shop = Shop::open();
    shop.clock.set_ms(MORNING_MS - 3_600_000);
    shop.till.sync_now().expect("tried");
    shop.until("named", |till| {
        let view = till.sync_view().expect("a view");
        let ending = "[clock_skew]";
        view.attention
            .iter()
            .any(|sentence| sentence.ends_with(ending))
    });
    sell_cheese(&shop);
    shop.until("sent", |_| shop.server.sales().len() == 1);
    assert_eq!(
        shop.server.sales()[0].local_time.to_string(),
        "2025-03-01 10:00:00"
    );
}

#[test]
fn the_screen_prices_by_the_clock_that_the_payment_goes_by() {
    let shop = Shop::open();
    let yesterday_ms = MORNING_MS - 86_400_000;
    shop.clock.set_ms(yesterday_ms);
    shop.till.sync_now().expect("tried");
    shop.until("noticed", |till| {
        till.sync_changes().borrow().clock_offset_ms != 0
    });
    shop.till
        .set_customer(&ANA.to_string())
        .expect("identified");
    shop.till.add_product("queso", "").expect("added");
    let view = shop.till.apply_code("viejo").expect("scanned");
    assert_eq!(view.refused[0].refusal, "expired");
    assert_eq!(view.customer.expect("Ana").balance_age_s, Some(0));
    let paid = shop.till.pay(&[cash(view.total)], view.total);
    assert_eq!(paid.expect("paid").total, 2_000_000);
}
