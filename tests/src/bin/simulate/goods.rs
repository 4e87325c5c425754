//! What there is in every simulated shop: its people, products and codes.

use mostrador_protocol::program::{
    BadgeDocument, BasisDocument, CodeDocument, OfflineDocument, PointsDocument, ProgramDocument,
    ReferralDocument, TierDocument, TiersDocument,
};
use mostrador_protocol::row::{Customer, Product, Role, Row, Staff};
use rust_decimal::Decimal;
use uuid::Uuid;

/// The company.
pub(super) const TENANT: &str = "sim";

/// Its one store.
pub(super) const STORE: &str = "centro";

/// Of every customer.
pub(super) const SURNAME: &str = "Restrepo Villegas";

/// How every customer's phone begins.
pub(super) const PHONE: &str = "+57 300 123 45 6";

/// Every byte of the key of every till's file.
pub(super) const KEY_BYTE: u8 = 7;

/// The staff's PIN.
pub(super) const PIN: &str = "1212";

/// The PIN's hash, as cheap as one can be.
const PIN_HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$c2ltdWxhdGUtc2ltdWxhdGU$VPOUKjIHH9rf4Mqp1kkzcPfsoY38rCwPdkQ8V54m/xU";

/// What is sold.
pub(super) const PRODUCTS: [&str; 3] = ["coffee", "bread", "honey"];

/// What is scanned: a code of which few uses are left, one for each customer, one without limits, one that
/// nobody published, one with a budget, one for the first purchase.
pub(super) const CODES: [&str; 6] = [
    "LASTTWO", "ONCEEACH", "PLAIN", "NOBODYS", "PURSE", "FIRSTBUY",
];

/// Days on which points can be spent after the one on which they were earned.
pub(super) const LIFETIME_DAYS: u32 = 12;

/// The levels and from how many points on each holds.
pub(super) const TIERS: [(&str, i64); 3] = [("bronze", 0), ("silver", 15_000), ("gold", 60_000)];

/// The days whose points make a tier, and those for which it is kept without them.
pub(super) const TIER_DAYS: (u32, u32) = (10, 2);

/// The badge that there is.
pub(super) const BADGE: &str = "regular";

/// The purchases that earn the badge.
pub(super) const BADGE_VISITS: u32 = 4;

/// The points that come with the badge.
pub(super) const BADGE_POINTS: i64 = 700;

/// The least that a sale must come to for a referral bonus, minor units.
pub(super) const REFERRAL_FROM: i64 = 500_000;

/// Points for who brought a customer and for who was brought.
pub(super) const REFERRAL_POINTS: (i64, i64) = (900, 300);

/// The customers.
pub(super) fn customers() -> Vec<Uuid> {
    (1..=7)
        .map(|number| Uuid::from_u128(0xc0 + number))
        .collect()
}

/// The program, in this version: each takes another share off, and has other limits than the one before.
pub(super) fn program(version: u32) -> ProgramDocument {
    let turn = version % 4;
    let code = |text: &str| CodeDocument {
        text: text.to_owned(),
        percent_bp: Some(500 + 100 * (version % 10)),
        ..CodeDocument::default()
    };
    ProgramDocument {
        version,
        points: Some(points(turn)),
        tiers: Some(tiers()),
        badges: vec![BadgeDocument {
            slug: BADGE.to_owned(),
            name: "Regular".to_owned(),
            visits: Some(BADGE_VISITS),
            bonus_points: BADGE_POINTS,
            ..BadgeDocument::default()
        }],
        referral: Some(ReferralDocument {
            bonus_points: REFERRAL_POINTS.0,
            welcome_points: REFERRAL_POINTS.1,
            min_purchase: REFERRAL_FROM,
        }),
        codes: vec![
            CodeDocument {
                total_limit: Some([4, 2, 1, 3][turn as usize]),
                ..code(CODES[0])
            },
            CodeDocument {
                per_customer_limit: Some(1),
                offline: Some(OfflineDocument::Block),
                ..code(CODES[1])
            },
            code(CODES[2]),
            CodeDocument {
                budget: Some([250_000, 150_000, 60_000, 400_000][turn as usize]),
                ..code(CODES[4])
            },
            CodeDocument {
                first_purchase_only: true,
                ..code(CODES[5])
            },
        ],
        ..ProgramDocument::bare("Sim", "COP", "America/Bogota")
    }
}

/// How points are earned; without the rights to a customer a till spends as many as it knows of, some or
/// none.
fn points(turn: u32) -> PointsDocument {
    PointsDocument {
        offline_points: [Some(0), None, Some(2_000), None][turn as usize],
        lifetime_days: LIFETIME_DAYS,
        point_value: 1,
        ..PointsDocument::default()
    }
}

fn tiers() -> TiersDocument {
    let levels = TIERS.iter().map(|(slug, from_points)| TierDocument {
        slug: (*slug).to_owned(),
        name: (*slug).to_owned(),
        from_points: *from_points,
        multiplier: Decimal::ONE,
        discount_bp: 0,
        benefits: Vec::new(),
    });
    TiersDocument {
        basis: BasisDocument::default(),
        window_days: TIER_DAYS.0,
        grace_days: TIER_DAYS.1,
        levels: levels.collect(),
    }
}

/// What nobody may read on a till's disk: what it is, and its bytes.
pub(super) fn canaries() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("a name", SURNAME.as_bytes().to_vec()),
        ("a phone", PHONE.as_bytes().to_vec()),
        ("a phone in digits", b"300123456".to_vec()),
        ("the hash of a PIN", PIN_HASH.as_bytes().to_vec()),
        ("the key of the file", vec![KEY_BYTE; 32]),
    ]
}

/// Profiles, products and staff.
pub(super) fn rows() -> Vec<Row> {
    let customers = customers().into_iter().enumerate().map(|(place, id)| {
        Row::Customer(Customer {
            id,
            name: format!("Ana {SURNAME} {place}"),
            phone: Some(format!("{PHONE}{place}")),
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
