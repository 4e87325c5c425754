//! Entries keep their bytes, sales add up, and effects are what the sale says.

#![expect(clippy::unwrap_used, reason = "a test says by panicking")]

use chrono::{NaiveDate, NaiveDateTime};
use mostrador_loyalty::account::Fact;
use mostrador_protocol::Error;
use mostrador_protocol::entry::{
    Decoded, EntryHash, Header, Payload, RawEntry, SaleCode, SaleCompleted, SaleLine, SalePoints,
    Tender,
};
use rust_decimal::Decimal;
use uuid::Uuid;

fn header(seq: u64) -> Header {
    Header {
        format: 1,
        kind: String::new(),
        stream: Uuid::from_u128(1),
        seq,
        entry_id: Uuid::from_u128(u128::from(seq)),
        hlc: 5 << 16,
        wall_ms: 5,
        effective_ms: 5,
        boot_id: Uuid::from_u128(2),
        monotonic_ms: 5,
        program_version: 1,
        lease_id: None,
        payload_len: 0,
    }
}

fn noon() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 11, 21)
        .unwrap()
        .and_hms_opt(12, 0, 0)
        .unwrap()
}

/// Two lines, ten percent on both by one code, cash with change, ninety points.
fn sale() -> SaleCompleted {
    let line = |sku: &str, gross: i64, discount: i64| SaleLine {
        product: sku.to_owned(),
        sku: sku.to_owned(),
        name: sku.to_owned(),
        unit_price: gross,
        quantity: Decimal::ONE,
        categories: vec![],
        partner: None,
        gross,
        discount,
        net: gross - discount,
        earns_points: true,
    };
    SaleCompleted {
        points_redeemed: None,
        rewards: Vec::new(),
        leases: Vec::new(),
        sale_id: Uuid::from_u128(3),
        receipt: "C1-1".to_owned(),
        store: "centro".to_owned(),
        terminal_id: Uuid::from_u128(4),
        cashier_id: Uuid::from_u128(5),
        customer_id: Some(Uuid::from_u128(6)),
        reference: None,
        currency: "MXN".to_owned(),
        local_time: noon(),
        lines: vec![line("A", 6000, 600), line("B", 4000, 400)],
        tier_discount: None,
        codes: vec![SaleCode {
            text: "P10".to_owned(),
            parent: None,
            assigned: false,
            kind: "coupon".to_owned(),
            owner: None,
            amount: 1000,
            shares: vec![600, 400],
            consumed: true,
            over_limit: None,
        }],
        refused: vec![],
        gross: 10000,
        discount: 1000,
        total: 9000,
        tenders: vec![Tender {
            kind: "cash".to_owned(),
            amount: 10000,
        }],
        change: 1000,
        points: Some(SalePoints {
            base: 9000,
            per_unit: Decimal::ONE,
            factors: vec![],
            bonus: 0,
            earned: 90,
            expires_on: NaiveDate::from_ymd_opt(2027, 11, 21).unwrap(),
            usable_from: None,
        }),
    }
}

/// A way to break a sale, and what the check says then.
type Breakage = (fn(&mut SaleCompleted), &'static str);

#[test]
fn a_sealed_entry_reads_back_as_it_was() {
    let payload = Payload::SaleCompleted(Box::new(sale()));
    let entry = payload.seal(&header(1));
    let read = entry.header().unwrap();
    assert_eq!(read.kind, "sale_completed");
    assert_eq!(entry.payload(&read).unwrap(), Decoded::Known(payload));
}

#[test]
fn a_chain_notices_every_changed_byte() {
    let first = Payload::SaleCompleted(Box::new(sale())).seal(&header(1));
    let hash = first.hash(&EntryHash::ZERO);
    let mut other = first.clone();
    other.payload = other.payload.replace("9000", "9001");
    assert_ne!(other.hash(&EntryHash::ZERO), hash);
    assert_ne!(first.hash(&hash), hash, "the previous hash is part of it");
}

#[test]
fn an_unknown_kind_is_kept_raw() {
    let mut entry = Payload::SaleCompleted(Box::new(sale())).seal(&header(1));
    entry.header = entry.header.replace("sale_completed", "coffee_spilled");
    let header = entry.header().unwrap();
    assert_eq!(entry.payload(&header).unwrap(), Decoded::Unknown);
}

#[test]
fn nonsense_is_named() {
    let nonsense = RawEntry {
        header: "{".to_owned(),
        payload: String::new(),
    };
    assert!(matches!(nonsense.header(), Err(Error::Header(_))));
    let mut short = Payload::SaleCompleted(Box::new(sale())).seal(&header(1));
    short.payload.pop();
    assert!(matches!(
        short.header(),
        Err(Error::PayloadLength { seq: 1, .. })
    ));
    let mut later = Payload::SaleCompleted(Box::new(sale())).seal(&header(1));
    later.header = later.header.replace("\"format\":1", "\"format\":9");
    let header = later.header().unwrap();
    assert!(matches!(
        later.payload(&header),
        Err(Error::Format { format: 9, .. })
    ));
}

#[test]
fn a_sale_that_does_not_add_up_says_where() {
    assert_eq!(sale().check(), Ok(()));
    let broken: [Breakage; 11] = [
        (
            |sale| sale.lines[0].quantity = Decimal::TWO,
            "price times quantity of a line: expected 12000, found 6000",
        ),
        (
            |sale| sale.lines[0].quantity = Decimal::NEGATIVE_ONE,
            "-1 cannot be a quantity",
        ),
        (
            |sale| sale.lines[1].earns_points = false,
            "base of the points: expected 5400, found 9000",
        ),
        (
            |sale| sale.points.as_mut().unwrap().earned = 91,
            "points earned: expected 90, found 91",
        ),
        (
            |sale| sale.total = 9001,
            "gross less discount: expected 9000, found 9001",
        ),
        (
            |sale| sale.lines[0].net = 1,
            "net of a line: expected 5400, found 1",
        ),
        (
            |sale| sale.codes[0].shares = vec![1000],
            "P10 has 1 shares for 2 lines",
        ),
        (
            |sale| sale.codes[0].shares = vec![500, 500],
            "shares on a line: expected 500, found 600",
        ),
        (
            |sale| sale.change = 0,
            "tenders less change: expected 10000, found 9000",
        ),
        (
            |sale| sale.customer_id = None,
            "points were earned but nobody is identified",
        ),
        (
            |sale| sale.gross = -1,
            "gross is -1, outside what an amount can be",
        ),
    ];
    for (break_it, reason) in broken {
        let mut sale = sale();
        break_it(&mut sale);
        assert_eq!(sale.check().unwrap_err().to_string(), reason);
    }
}

#[test]
fn a_code_without_effect_is_not_used_up() {
    let effects = sale().effects(7);
    assert_eq!(effects.codes.len(), 1);
    assert_eq!(effects.codes[0].discount.minor(), 1000);
    let [(customer, Fact::Purchase(bought))] = effects.accounts.as_slice() else {
        panic!("a sale is one purchase, found {:?}", effects.accounts);
    };
    assert_eq!(*customer, Uuid::from_u128(6));
    assert_eq!(
        (bought.points, bought.codes.len(), bought.at_ms),
        (90, 1, 7)
    );

    let mut unused = sale();
    unused.codes[0].consumed = false;
    assert!(unused.effects(7).codes.is_empty());
}
