//! What was accepted although something was wrong is listed once, with a code, a subject and an amount.

use mostrador_protocol::entry::{Payload, SaleCompleted};
use mostrador_protocol::message::Disposition::{Adjusted, Applied};
use mostrador_server::ingest::exception::ExceptionCode;
use mostrador_server::report::{self, ExceptionLine, Period};
use mostrador_server::store::HistoryRequest;
use mostrador_server::{Mint, Store};
use uuid::Uuid;

use super::jobs::{refund_of, undone_at};
use super::scribe::{Scribe, TENANT, dispositions, exceptions, sale};

const ANA: Uuid = Uuid::from_u128(1);
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

fn id() -> Uuid {
    Mint::system().id().unwrap()
}

fn sold(code: &str) -> SaleCompleted {
    match sale(ANA, code) {
        Payload::SaleCompleted(sale) => *sale,
        other => panic!("{other:?}"),
    }
}

fn completed(sale: &SaleCompleted) -> Payload {
    Payload::SaleCompleted(Box::new(sale.clone()))
}

fn told(lines: &[ExceptionLine]) -> Vec<(&str, &str, i64)> {
    let lines = lines.iter();
    lines
        .map(|line| (line.code.as_str(), line.subject.as_str(), line.amount))
        .collect()
}

pub(crate) async fn what_was_accepted_is_listed_with_code_subject_and_amount<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let mut other = Scribe::another(&store).await;
    let sale = sold("FREE");
    let on = sale.local_time.date();
    for payload in [
        completed(&sold("ONCE")),
        completed(&sold("ONCE")),
        completed(&sale),
        refund_of(&sale, on),
    ] {
        till.write(id(), &payload);
    }
    till.push(&store, 0).await;
    // Another till was offline: it gives the whole sale back again, and voids it.
    other.write_at(id(), &refund_of(&sale, on), 3_000);
    let void = sale.void(id(), undone_at(on));
    other.write(id(), &Payload::SaleVoided(Box::new(void)));
    let accepted = other.push(&store, 0).await;
    assert_eq!(dispositions(&accepted), [Adjusted, Adjusted]);
    let lines = exceptions(&store).await;
    assert_eq!(
        told(&lines),
        [
            ("code_over_limit", "ONCE", 1_000),
            ("refund_adjusted", "C-1", 9_000),
            ("void_adjusted", "C-1", 9_000),
        ]
    );
    let scene = lines[1].scene.as_ref().unwrap();
    assert_eq!(
        (lines[1].terminal, scene.store.as_str()),
        (other.terminal, "centro")
    );
    assert_eq!(scene.receipt.as_deref(), Some("C-9"));
    // Sent again, or a copy of it in another stream, it is listed once.
    other.push(&store, 0).await;
    other.again_in(Uuid::max()).push(&store, 0).await;
    assert_eq!(exceptions(&store).await, lines);
}

pub(crate) async fn exceptions_are_listed_by_the_day_on_which_they_came<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    // Mexico is six hours behind: these come in the evening before 1970-01-03 and 1970-01-05.
    for day in [2, 4] {
        for _ in 0..2 {
            till.sell(ANA, "DAILY");
        }
        let base = till.seq() - 2;
        let batch = till.batch_at(base, day * DAY_MS + MINUTE_MS);
        store.ingest(batch).await.unwrap();
    }
    let between = async |from: Option<&str>, to: Option<&str>| {
        let day = |text: Option<&str>| text.map(|text| text.parse().unwrap());
        let period = Period {
            from: day(from),
            to: day(to),
        };
        let mut count = 0;
        report::exceptions(&store, (TENANT, period), |_| count += 1)
            .await
            .unwrap();
        count
    };
    assert_eq!(between(None, None).await, 3);
    assert_eq!(between(Some("1970-01-02"), Some("1970-01-02")).await, 1);
    assert_eq!(between(Some("1970-01-03"), None).await, 2);
    assert_eq!(between(None, Some("1970-01-01")).await, 0);
}

pub(crate) async fn a_clock_years_ahead_moves_nothing_into_the_future<S: Store>(store: S) {
    let mut till = Scribe::new(&store).await;
    let now_ms = 100 * DAY_MS;
    let ahead_ms = now_ms + 4_000 * DAY_MS;
    till.write_at(id(), &completed(&sold("FREE")), ahead_ms);
    till.write_at(id(), &completed(&sold("FREE")), now_ms + 9 * MINUTE_MS);
    store.ingest(till.batch_at(0, now_ms)).await.unwrap();
    let (_, account) = store.customer(TENANT, ANA).await.unwrap().unwrap();
    assert_eq!(account.first_purchase_ms, Some(now_ms));
    assert_eq!(
        account.last_purchase_ms,
        Some(now_ms + 9 * MINUTE_MS),
        "clocks are never equal"
    );
    let request = HistoryRequest {
        tenant: TENANT.to_owned(),
        customer: ANA,
        before: None,
        limit: 5,
    };
    let history = store.history(request).await.unwrap();
    let places: Vec<_> = history.iter().map(|entry| entry.place).collect();
    assert_eq!(places[0].effective_ms, now_ms + 9 * MINUTE_MS);
    assert_eq!((places[1].effective_ms, places[1].seq), (now_ms, 1));
    let again = till.push(&store, 0).await;
    assert_eq!(
        dispositions(&again),
        [Applied, Applied],
        "nothing is rejected"
    );
    let lines = exceptions(&store).await;
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert_eq!(line.code, ExceptionCode::ClockSuspect);
    assert_eq!(line.amount, 4_000 * DAY_MS);
}
