//! `experiment`: from the entries of tills to a sentence.
#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expectations are written by the test that they belong to"
)]

use std::path::Path;
use std::process::Command;

use chrono::NaiveDate;
use expect_test::{Expect, expect};
use mostrador_protocol::entry::{Payload, PaymentReached, ReachedCode};
use mostrador_protocol::program::{CodeDocument, ProgramDocument, VariantDocument};
use mostrador_server::{Mint, SqliteStore, publish};
use uuid::Uuid;

use crate::contract::scribe::{Scribe, TENANT, furnish, sale};

const PARENT: &str = "VERANO";

/// A server with two tills' entries: of VERANOA 84 of 120 baskets were paid, of VERANOB 46 of 115.
async fn counted(folder: &Path) {
    let store = SqliteStore::open(&folder.join("server.sqlite"), &Mint::system()).unwrap();
    furnish(&store, TENANT).await;
    let variant = |text: &str, percent_bp| VariantDocument {
        text: text.to_owned(),
        weight: 50,
        active: true,
        percent_bp: Some(percent_bp),
        ..VariantDocument::default()
    };
    let program = ProgramDocument {
        version: 2,
        codes: vec![CodeDocument {
            text: PARENT.to_owned(),
            percent_bp: Some(1_000),
            variants: vec![variant("VERANOA", 1_500), variant("VERANOB", 500)],
            ..CodeDocument::default()
        }],
        ..ProgramDocument::bare("Café", "MXN", "America/Mexico_City")
    };
    publish(&store, &Mint::system(), TENANT, program)
        .await
        .unwrap();
    let mut tills = [Scribe::another(&store).await, Scribe::another(&store).await];
    for (variant, uses, conversions) in [("VERANOA", 120, 84), ("VERANOB", 115, 46)] {
        for number in 0..uses {
            let till = &mut tills[number % 2];
            let (sold, basket) = paid(variant);
            till.write(Mint::system().id().unwrap(), &reached(variant, basket));
            if number < conversions {
                till.write(Mint::system().id().unwrap(), &sold);
            }
        }
    }
    for till in &tills {
        till.push(&store, 0).await;
    }
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 21).unwrap()
}

/// A sale of 90.00 with the variant assigned, and its basket.
fn paid(variant: &str) -> (Payload, Uuid) {
    let Payload::SaleCompleted(mut sold) = sale(Mint::system().id().unwrap(), variant) else {
        panic!("a sale is a sale");
    };
    sold.codes[0].parent = Some(PARENT.to_owned());
    sold.codes[0].assigned = true;
    let basket = sold.sale_id;
    (Payload::SaleCompleted(sold), basket)
}

fn reached(variant: &str, basket_id: Uuid) -> Payload {
    Payload::PaymentReached(PaymentReached {
        basket_id,
        customer_id: None,
        store: "centro".to_owned(),
        local_time: day().and_hms_opt(12, 0, 0).unwrap(),
        codes: vec![ReachedCode {
            text: variant.to_owned(),
            parent: PARENT.to_owned(),
            assigned: true,
        }],
        gross: 10_000,
        discount: 1_000,
    })
}

fn check(folder: &Path, arguments: &[&str], expected: &Expect) {
    let output = Command::new(env!("CARGO_BIN_EXE_mostrador-server"))
        .env_remove("MOSTRADOR_DATA")
        .arg("--data")
        .arg(folder)
        .arg("experiment")
        .args(arguments)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    expected.assert_eq(&String::from_utf8(said).unwrap());
}

#[tokio::test]
async fn the_variants_of_all_tills_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    counted(folder.path()).await;
    let ask = |arguments: &[&str], expected: &Expect| {
        check(
            folder.path(),
            &[&["--tenant", TENANT], arguments].concat(),
            expected,
        );
    };
    ask(
        &["verano"],
        &expect![[r#"
        VERANO, all stores
          variant  weight  uses  conversions       rate (95 % interval)  revenue MXN  discount MXN  average ticket MXN
          VERANOA      50   120           84  70.0 % (61.3 % to 77.5 %)     7,560.00        840.00               90.00
          VERANOB      50   115           46  40.0 % (31.5 % to 49.1 %)     4,140.00        460.00               90.00

        VERANOB against VERANOA: -30.0 points (-41.3 to -17.4), z -4.62, p 0.000004
        assignment: 120 : 115 for weights 50 : 50 (chi-square 0.11, p 0.744301)
        verdict: VERANOA is ahead (p below 0.05)
    "#]],
    );
    ask(
        &["VERANO", "--from", "2026-11-22"],
        &expect![[r#"
        VERANO, all stores, from 2026-11-22
          variant  weight  uses  conversions  rate (95 % interval)  revenue MXN  discount MXN  average ticket MXN
          VERANOA      50     0            0                     -         0.00          0.00                   -
          VERANOB      50     0            0                     -         0.00          0.00                   -

        assignment: too few to compare with the weights
        verdict: not enough data; each variant needs 100 uses, the one with the fewest 100 more
    "#]],
    );
    ask(
        &["VERANO", "--from", "2026-11-22", "--to", "2026-11-21"],
        &expect![[r#"
            error: there is no day from 2026-11-22 to 2026-11-21
              what to do: write the earlier day behind --from
        "#]],
    );
    ask(
        &["VERANOA"],
        &expect![[r#"
        error: the program in force has no variants of "VERANOA"
          what to do: codes with variants: VERANO
    "#]],
    );
    ask(
        &["VERANNO"],
        &expect![[r#"
            error: the program in force has no code "VERANNO"
              what to do: did you mean VERANO?
        "#]],
    );
    ask(
        &["VERANO", "--from", "21/11/2026"],
        &expect![[r#"
            error: invalid value '21/11/2026' for '--from <DAY>': write 2026-11-21

            For more information, try '--help'.
        "#]],
    );
    check(
        folder.path(),
        &["--tenant", "nobody", "VERANO"],
        &expect![[r#"
            error: there is no tenant "nobody"
              what to do: create it with `mostrador-server tenant create`; `status` lists those there are
        "#]],
    );
}
