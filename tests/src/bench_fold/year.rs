//! Entries of a year of many customers, by number: the same number, the same entry.

use chrono::{Days, NaiveDate};
use mostrador_loyalty::basket::Quantity;
use mostrador_loyalty::refund::ReturnedLine;
use mostrador_protocol::entry::{
    Chosen, Header, Payload, PointsAdjusted, RawEntry, SaleCompleted, UndoneAt,
};
use serde_json::json;
use uuid::Uuid;

/// Among whom the entries are spread.
pub(super) const CUSTOMERS: u32 = 20_000;

/// Days over which they are spread.
const DAYS: u32 = 365;

fn day_of(day: u32) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).expect("BUG: a day of the calendar");
    first + Days::new(day.into())
}

/// The day of the `number`-th of so many sales of a regular; the latest are of the first day, which is
/// the one that the measured commits are of.
pub(super) const fn regular(number: u32, of: u32) -> u32 {
    let step = number * DAYS / of;
    DAYS - 1 - step
}

/// Of ten entries seven are sales, two take back what the sale before sold, one is made by hand.
pub(super) fn entry(number: u32) -> RawEntry {
    let day = number / (1_000_000 / DAYS + 1);
    let customer = |number: u32| {
        let customer = number.wrapping_mul(2_654_435_761) % CUSTOMERS;
        Uuid::from_u128(0xc000_0000 + u128::from(customer))
    };
    let sale = |number: u32| sale_to(customer(number), &format!("R-{number}"), (number, day));
    let payload = match number % 10 {
        4 | 8 => refund(&sale(number - 1), number),
        9 => Payload::PointsAdjusted(PointsAdjusted {
            customer_id: customer(number),
            store: "centro".to_owned(),
            cashier_id: Uuid::nil(),
            points: 25,
            reason: "goodwill".to_owned(),
            note: None,
            local_time: day_of(day).and_hms_opt(12, 0, 0).expect("BUG: noon"),
            expires_on: day_of(day + DAYS),
            approval_id: None,
        }),
        _ => Payload::SaleCompleted(Box::new(sale(number))),
    };
    payload.seal(&Header {
        format: 1,
        kind: String::new(),
        stream: Uuid::nil(),
        seq: u64::from(number) + 1,
        entry_id: Uuid::from_u128(number.into()),
        hlc: 0,
        wall_ms: i64::from(number) * 1_000,
        effective_ms: i64::from(number) * 1_000,
        boot_id: Uuid::nil(),
        monotonic_ms: 0,
        program_version: 1,
        lease_id: None,
        payload_len: 0,
    })
}

fn refund(sale: &SaleCompleted, number: u32) -> Payload {
    let line = ReturnedLine {
        line: 0,
        quantity: Quantity::ONE,
    };
    let chosen = Chosen {
        refund_id: Uuid::from_u128(0x0ef0_0000 + u128::from(number)),
        lines: vec![line],
        tender: "cash".to_owned(),
        at: UndoneAt {
            receipt: format!("D-{number}"),
            store: "centro".to_owned(),
            terminal_id: Uuid::nil(),
            cashier_id: Uuid::nil(),
            local_time: sale.local_time,
            reason: None,
            note: None,
            approval_id: None,
        },
    };
    let refund = sale.refund(&[], chosen, |_| false);
    Payload::SaleRefunded(Box::new(refund.expect("BUG: a line that was sold")))
}

/// Two lines and a code.
pub(super) fn sale_to(customer: Uuid, receipt: &str, (number, day): (u32, u32)) -> SaleCompleted {
    let on = day_of(day);
    let line = |name: &str, discount: i64| {
        json!({
            "product": name, "sku": name, "name": name, "unit_price": 10_000, "quantity": "1",
            "categories": ["cafe"], "gross": 10_000, "discount": discount,
            "net": 10_000 - discount, "earns_points": true,
        })
    };
    let sale = json!({
        "sale_id": Uuid::from_u128(0x5a1e_0000_0000 + u128::from(number)),
        "receipt": receipt,
        "store": "centro",
        "terminal_id": Uuid::nil(),
        "cashier_id": Uuid::nil(),
        "customer_id": customer,
        "currency": "MXN",
        "local_time": on.and_hms_opt(10, 30, 0),
        "lines": [line("latte", 1_000), line("croissant", 1_000)],
        "codes": [{
            "text": "VERANO10", "kind": "coupon", "amount": 2_000, "shares": [1_000, 1_000],
            "consumed": true,
        }],
        "gross": 20_000,
        "discount": 2_000,
        "total": 18_000,
        "tenders": [{ "kind": "card", "amount": 18_000 }],
        "change": 0,
        "points": {
            "base": 18_000, "per_unit": "1", "bonus": 0, "earned": 180,
            "expires_on": on + Days::new(DAYS.into()),
        },
    });
    serde_json::from_value(sale).expect("BUG: a sale as the wire writes it")
}
