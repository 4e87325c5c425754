//! Data of one's own: taken, rejected with reasons, taken again without change.

use std::path::PathBuf;

use mostrador_protocol::program::ProgramDocument;
use mostrador_protocol::row::Role;
use mostrador_server::import::{Import, Subject, Summary, import};
use mostrador_server::{Error, Mint, SqliteStore, Store};
use tempfile::TempDir;

use crate::contract::scribe::{TENANT, furnish};
use crate::sqlite::open;

struct Desk {
    store: SqliteStore,
    folder: TempDir,
}

impl Desk {
    async fn new() -> Self {
        let (store, folder) = open();
        furnish(&store, TENANT).await;
        Self { store, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Imports these bytes; rejected rows go to `rejects.csv`.
    async fn take(&self, subject: Subject, bytes: &[u8]) -> Result<Summary, Error> {
        self.run(subject, bytes, false).await
    }

    async fn run(&self, subject: Subject, bytes: &[u8], dry_run: bool) -> Result<Summary, Error> {
        let (file, rejects) = (self.path("import.csv"), self.path("rejects.csv"));
        std::fs::write(&file, bytes).unwrap();
        let job = Import {
            tenant: TENANT,
            subject,
            file: &file,
            rejects: Some(&rejects),
            dry_run,
        };
        import(&self.store, &Mint::system(), job).await
    }

    fn rejects(&self) -> String {
        std::fs::read_to_string(self.path("rejects.csv")).unwrap()
    }
}

/// Rows added, changed, unchanged, rejected.
fn counts(summary: &Summary) -> [usize; 4] {
    let rejected = summary.rejected.len();
    let counts = [summary.added, summary.changed, summary.unchanged, rejected];
    assert_eq!(counts.iter().sum::<usize>(), summary.rows);
    counts
}

const CUSTOMERS: &str = "name,phone,email,birthday,card,marketing_consent\n\
    Ana Ñáñez 🎉,+57 300 123 4567,Ana@Example.com,1990-12-31,VT-1,yes\n\
    Eva,3001234567x,,,,\n\
    Luz,3009999999,,31/12/1990,,\n\
    \"Paz, de\",3008888888,,,VT-2,no\n\
    Ana again,57 3001234567,,,,\n\
    Nobody,,,,,\n\
    Card thief,3007777777,,,VT-2,\n";

#[tokio::test]
async fn good_rows_are_taken_and_bad_rows_say_why() {
    let desk = Desk::new().await;
    let dry = desk
        .run(Subject::Customers, CUSTOMERS.as_bytes(), true)
        .await
        .unwrap();
    assert!(desk.store.customers(TENANT).await.unwrap().is_empty());
    let done = desk
        .take(Subject::Customers, CUSTOMERS.as_bytes())
        .await
        .unwrap();
    assert_eq!(done, dry, "a dry run says what an import does");
    assert_eq!(counts(&done), [2, 0, 0, 5]);

    let rejects = desk.rejects();
    let lines: Vec<&str> = rejects.lines().collect();
    assert_eq!(
        lines[0],
        "line,reason,name,phone,email,birthday,card,marketing_consent"
    );
    let expected = [
        ("3,", "is no phone number", "Eva,3001234567x,,,,"),
        ("4,", "is no date", "Luz,3009999999,,31/12/1990,,"),
        (
            "6,",
            "same customer as line 2",
            "Ana again,57 3001234567,,,,",
        ),
        ("7,", "neither id nor card nor phone", "Nobody,,,,,"),
        (
            "8,",
            "same customer as line 5",
            "Card thief,3007777777,,,VT-2,",
        ),
    ];
    assert_eq!(lines.len(), 1 + expected.len(), "{rejects}");
    for (line, (number, reason, row)) in lines[1..].iter().zip(expected) {
        let fits = line.starts_with(number) && line.contains(reason) && line.ends_with(row);
        assert!(fits, "{line}");
    }

    let mut known = desk.store.customers(TENANT).await.unwrap();
    known.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(known[0].phone.as_deref(), Some("573001234567"));
    assert_eq!(known[0].email.as_deref(), Some("ana@example.com"));
    assert!(known[0].marketing_consent);
    assert_eq!(known[1].name, "Paz, de");
}

#[tokio::test]
async fn a_second_import_changes_nothing_and_a_third_only_what_differs() {
    let desk = Desk::new().await;
    desk.take(Subject::Customers, CUSTOMERS.as_bytes())
        .await
        .unwrap();
    let before = desk.store.counts(TENANT).await.unwrap();
    let again = desk
        .take(Subject::Customers, CUSTOMERS.as_bytes())
        .await
        .unwrap();
    assert_eq!(counts(&again), [0, 0, 2, 5]);
    assert_eq!(desk.store.counts(TENANT).await.unwrap(), before);

    let corrected = desk
        .rejects()
        .replace("3001234567x", "3001234568")
        .replace("31/12/1990", "1990-12-31");
    let third = desk
        .take(Subject::Customers, corrected.as_bytes())
        .await
        .unwrap();
    assert_eq!(counts(&third), [2, 2, 0, 1], "{:?}", third.rejected);
    let rejects = desk.rejects();
    assert_eq!(rejects.lines().count(), 2);
    assert_eq!(
        rejects.matches("reason").count(),
        1,
        "the columns do not pile up"
    );
}

#[tokio::test]
async fn an_empty_cell_changes_nothing_and_another_id_is_another_customer() {
    let desk = Desk::new().await;
    desk.take(Subject::Customers, CUSTOMERS.as_bytes())
        .await
        .unwrap();
    let moved = b"name;card;phone\r\nAna Renamed;VT-1;\r\n";
    let done = desk.take(Subject::Customers, moved).await.unwrap();
    assert_eq!(counts(&done), [0, 1, 0, 0]);
    let known = desk.store.customers(TENANT).await.unwrap();
    let ana = known
        .iter()
        .find(|known| known.name == "Ana Renamed")
        .unwrap();
    assert_eq!(ana.phone.as_deref(), Some("573001234567"));

    let other = b"id,name,phone\n00000000-0000-0000-0000-000000000009,Other,573001234567\n";
    let done = desk.take(Subject::Customers, other).await.unwrap();
    assert!(
        done.rejected[0].1.contains("belongs to customer"),
        "{:?}",
        done.rejected
    );
}

#[tokio::test]
async fn products_have_exact_prices() {
    let desk = Desk::new().await;
    let file = b"id,sku,barcode,name,price,categories,partner,floor,discountable,earns_points\n\
        latte,CAF-1,7501,Latte,48.50,Cafe| caliente ,,10.00,true,\n\
        gold,CAF-2,,Gold,123456789012345,,,,,\n\
        tea,CAF-3,7501,Tea,10,,,,,\n\
        pan,CAF-4,,Pan,\"1,50\",,,,,\n\
        fee,CAF-5,,Envio,30,,,40,no,no\n";
    let done = desk.take(Subject::Products, file).await.unwrap();
    assert_eq!(counts(&done), [1, 0, 0, 4]);
    let reasons: Vec<&str> = done.rejected.iter().map(|(_, why)| why.as_str()).collect();
    let expected = [
        "larger than amounts",
        "barcode belongs",
        "no amount of MXN",
        "above the price",
    ];
    for (reason, part) in reasons.iter().zip(expected) {
        assert!(reason.contains(part), "{reason}");
    }
    let products = desk.store.products(TENANT).await.unwrap();
    let latte = &products[0];
    assert_eq!(
        (latte.unit_price, latte.floor, latte.earns_points),
        (4850, 1000, true)
    );
    assert_eq!(latte.categories, ["cafe", "caliente"]);
    assert_eq!(
        counts(&desk.take(Subject::Products, file).await.unwrap()),
        [0, 0, 1, 4]
    );
}

#[tokio::test]
async fn pins_are_hashed_and_shown_in_a_demo_only() {
    let desk = Desk::new().await;
    let file = b"name,role,store,pin\n\
        Ximena,cashier,centro,1717\n\
        Ulises,manager,,2323\n\
        Abel,chef,centro,3434\n\
        Bea,cashier,marte,3434\n\
        Cid,cashier,centro,12\n\
        Dora,cashier,centro,2323\n";
    let done = desk.take(Subject::Staff, file).await.unwrap();
    assert_eq!(counts(&done), [2, 0, 0, 4]);
    let reasons: Vec<&str> = done.rejected.iter().map(|(_, why)| why.as_str()).collect();
    let expected = [
        "cashier or manager",
        "no store \"marte\"",
        "4 to 6 digits",
        "PIN of line 3",
    ];
    for (reason, part) in reasons.iter().zip(expected) {
        assert!(reason.contains(part), "{reason}");
    }
    let staff = desk.store.staff(TENANT).await.unwrap();
    assert!(staff.iter().all(|person| person.demo_pin.is_none()));
    assert!(
        staff
            .iter()
            .all(|person| person.pin_hash.starts_with("$argon2id$"))
    );
    assert!(
        staff
            .iter()
            .any(|person| person.role == Role::Manager && person.store.is_none())
    );
    assert_eq!(
        counts(&desk.take(Subject::Staff, file).await.unwrap()),
        [0, 0, 2, 4]
    );

    let demo = ProgramDocument {
        version: 2,
        demo: true,
        ..ProgramDocument::bare("Café", "MXN", "America/Mexico_City")
    };
    desk.store.publish(TENANT, demo, 0).await.unwrap();
    assert_eq!(
        counts(&desk.take(Subject::Staff, file).await.unwrap()),
        [0, 2, 0, 4]
    );
    let staff = desk.store.staff(TENANT).await.unwrap();
    let mut pins: Vec<_> = staff
        .into_iter()
        .filter_map(|person| person.demo_pin)
        .collect();
    pins.sort();
    assert_eq!(pins, ["1717", "2323"]);
}

#[tokio::test]
async fn codes_become_a_new_version_of_the_program() {
    let desk = Desk::new().await;
    let file = b"text,kind,benefit,value,stackable,min_purchase,total_limit,valid_until\n\
        verano-10,coupon,percent,12.5,yes,500,,2026-12-31\n\
        FREE,coupon,fixed,20,,,7,\n\
        carlos vip,referral,tracking,,,,,\n\
        \xF0\x9F\x8E\x89,coupon,percent,10,,,,\n\
        HALF,coupon,percent,150,,,,\n\
        VERANO10,coupon,percent,5,,,,\n";
    let dry = desk.run(Subject::Codes, file, true).await.unwrap();
    assert_eq!(
        desk.store.program(TENANT).await.unwrap().unwrap().version,
        1
    );
    let done = desk.take(Subject::Codes, file).await.unwrap();
    assert_eq!(done, dry);
    assert_eq!(counts(&done), [2, 1, 0, 3]);

    let program = desk.store.program(TENANT).await.unwrap().unwrap();
    assert_eq!((program.version, program.codes.len()), (2, 7));
    let code = |text: &str| program.codes.iter().find(|code| code.text == text).unwrap();
    assert_eq!(code("verano-10").percent_bp, Some(1250));
    assert_eq!(code("verano-10").min_purchase, 50_000);
    assert!(code("verano-10").stackable);
    assert_eq!(
        (code("FREE").percent_bp, code("FREE").fixed),
        (None, Some(2000))
    );
    assert_eq!(code("FREE").total_limit, Some(7));

    assert_eq!(
        counts(&desk.take(Subject::Codes, file).await.unwrap()),
        [0, 0, 3, 3]
    );
    assert_eq!(
        desk.store.program(TENANT).await.unwrap().unwrap().version,
        2
    );
}

#[tokio::test]
async fn a_file_that_is_not_what_was_announced_is_refused_as_a_whole() {
    let desk = Desk::new().await;
    let cases: [(&[u8], &str); 4] = [
        (b"", "is empty"),
        (b"\xEF\xBB\xBF\r\n", "is empty"),
        (b"sku,name,price\n", "columns sku, price are not known"),
        (b"\xFF\xFEn\0a\0", "UTF-16"),
    ];
    for (bytes, expected) in cases {
        let error = desk.take(Subject::Customers, bytes).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!error.hint().is_empty());
    }
    let file = desk.path("own.csv");
    std::fs::write(&file, CUSTOMERS).unwrap();
    let job = Import {
        tenant: TENANT,
        subject: Subject::Customers,
        file: &file,
        rejects: Some(&file),
        dry_run: false,
    };
    let own = import(&desk.store, &Mint::system(), job).await.unwrap_err();
    assert!(
        own.to_string().contains("overwrite the file itself"),
        "{own}"
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), CUSTOMERS);
    let only_header = desk
        .take(Subject::Customers, b"name,phone\n")
        .await
        .unwrap();
    assert_eq!(only_header, Summary::default());
}
