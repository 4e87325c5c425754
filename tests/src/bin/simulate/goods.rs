//! What there is in every simulated shop: its people, products and codes.

use mostrador_protocol::program::{CodeDocument, PointsDocument, ProgramDocument};
use mostrador_protocol::row::{Customer, Product, Role, Row, Staff};
use rust_decimal::Decimal;
use uuid::Uuid;

/// The company.
pub(super) const TENANT: &str = "sim";

/// Its one store.
pub(super) const STORE: &str = "centro";

/// The staff's PIN.
pub(super) const PIN: &str = "1212";

/// The PIN's hash, as cheap as one can be.
const PIN_HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$c2ltdWxhdGUtc2ltdWxhdGU$VPOUKjIHH9rf4Mqp1kkzcPfsoY38rCwPdkQ8V54m/xU";

/// What is sold.
pub(super) const PRODUCTS: [&str; 3] = ["coffee", "bread", "honey"];

/// What is scanned: the last two uses of a code, one for each customer, one without limits, one that
/// nobody published.
pub(super) const CODES: [&str; 4] = ["LASTTWO", "ONCEEACH", "PLAIN", "NOBODYS"];

/// The customers.
pub(super) fn customers() -> Vec<Uuid> {
    (1..=4)
        .map(|number| Uuid::from_u128(0xc0 + number))
        .collect()
}

/// The program, in this version: each takes another share off.
pub(super) fn program(version: u32) -> ProgramDocument {
    let code = |text: &str| CodeDocument {
        text: text.to_owned(),
        percent_bp: Some(500 + 100 * (version % 10)),
        ..CodeDocument::default()
    };
    ProgramDocument {
        version,
        points: Some(PointsDocument {
            offline_points: None,
            per_unit: Decimal::ONE,
            lifetime_days: 365,
            pending_days: 0,
            minimum_redeem: 100,
            point_value: 1,
            first_purchase: None,
            weekend: None,
            campaigns: Vec::new(),
        }),
        codes: vec![
            CodeDocument {
                total_limit: Some(2),
                ..code(CODES[0])
            },
            CodeDocument {
                per_customer_limit: Some(1),
                ..code(CODES[1])
            },
            code(CODES[2]),
        ],
        ..ProgramDocument::bare("Sim", "COP", "America/Bogota")
    }
}

/// Profiles, products and staff.
pub(super) fn rows() -> Vec<Row> {
    let customers = customers().into_iter().enumerate().map(|(place, id)| {
        Row::Customer(Customer {
            id,
            name: format!("Ana {place}"),
            phone: Some(format!("30012345{place:02}")),
            hlc: 1,
            ..Customer::default()
        })
    });
    let products = PRODUCTS.iter().zip(1..).map(|(id, price)| {
        Row::Product(Product {
            id: (*id).to_owned(),
            sku: (*id).to_uppercase(),
            barcode: None,
            name: (*id).to_owned(),
            unit_price: price * 340_000,
            categories: Vec::new(),
            partner: None,
            floor: 0,
            discountable: true,
            earns_points: true,
            active: true,
        })
    });
    let boss = Row::Staff(Staff {
        id: Uuid::from_u128(0xb055),
        name: "Berta".to_owned(),
        role: Role::Manager,
        store: None,
        pin_hash: PIN_HASH.to_owned(),
        phone: None,
        demo_pin: None,
        active: true,
    });
    customers.chain(products).chain([boss]).collect()
}
