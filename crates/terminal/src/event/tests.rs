use mostrador_ledger::{DatabaseKey, Ledger};

use mostrador_protocol::account::LotDocument;
use mostrador_protocol::entry::{
    BadgeAwarded, CodeGivenBack, CustomerLinked, FORMAT, PointsAdjusted, PointsExpired,
    PointsUndone, ReferralBonus, ReferralCodeMade, ReferralRegistered, RewardRedeemed,
    SaleRefunded, SaleVoided, TierMoved, UndoneAt,
};
use mostrador_protocol::program::ProgramDocument;

use super::*;

const ANA: Uuid = Uuid::from_u128(0xa);
const BRUNO: Uuid = Uuid::from_u128(0xb);

/// 2025-03-01T15:00:00Z, ten in the morning in Cartagena.
const MORNING_MS: i64 = 1_740_841_200_000;

const PROGRAM: &str = r#"
version = 1
name = "LIVEX"
currency = "COP"
time_zone = "America/Bogota"
labels = [{ store = "bogota", es = "Bogotá" }]
[points]
per_unit = "0.001"
[[tiers.levels]]
slug = "bronze"
name = "Bronce"
from_points = 0
[[tiers.levels]]
slug = "gold"
name = "Oro"
from_points = 200
[[badges]]
slug = "explorer"
name = "Exploradora"
tried = 3
[refunds]
reasons = [{ slug = "damaged", es = "Dañado" }]
[[rewards]]
slug = "coffee"
name = "Un café"
points = 100
fixed = 500000
"#;

fn header(kind: &str) -> Header {
    Header {
        format: FORMAT,
        kind: kind.to_owned(),
        stream: Uuid::from_u128(1),
        seq: 2,
        entry_id: Uuid::from_u128(3),
        hlc: 0,
        wall_ms: MORNING_MS,
        effective_ms: MORNING_MS,
        boot_id: Uuid::nil(),
        monotonic_ms: 0,
        program_version: 1,
        lease_id: None,
        payload_len: 0,
    }
}

/// What Ana's history says of an entry: what, place, points, and the reasons, in one line.
fn told(language: Language, raw: &RawEntry) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let key = DatabaseKey::from_bytes([1; 32]);
    let file = Ledger::open(&folder.path().join("till.sqlite"), &key).expect("a file");
    let document = ProgramDocument::parse(PROGRAM).expect("a program");
    let rules = Rules::compile(document).expect("rules");
    let identity = Identity {
        terminal_id: Uuid::nil(),
        terminal_name: "Caja 1".to_owned(),
        tenant: "livex".to_owned(),
        tenant_name: "LIVEX".to_owned(),
        store: "cartagena".to_owned(),
        store_name: "Cartagena".to_owned(),
        server_url: String::new(),
        server_public_key: [0; 32],
        secret_key: [0; 32],
    };
    let standing = Standing {
        is_sent: true,
        disposition: Disposition::Applied,
    };
    let event: Result<_, Error> = file.read(|connection| {
        let teller = Teller {
            connection,
            language,
            rules: &rules,
            identity: &identity,
            customer: ANA,
        };
        teller.of_entry(raw, &standing)
    });
    event.expect("told").map(|event| {
        assert!(!event.day.is_empty());
        let amount = event.amount.unwrap_or(0);
        format!(
            "{} [{}] {amount} {:+}: {}",
            event.what,
            event.place,
            event.points,
            event.reasons.join(" · ")
        )
    })
}

fn check(payload: &Payload, expected: &str) {
    let raw = payload.seal(&header(payload.kind()));
    let said = told(Language::Es, &raw).expect("something happened to Ana");
    assert_eq!(said.replace(words::NO_BREAK, " "), expected);
    let said = told(Language::En, &raw).expect("in English too");
    assert!(!said.contains('{') && !said.contains("history."), "{said}");
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn lot(points: i64) -> LotDocument {
    LotDocument {
        earned_on: day("2025-02-01"),
        expires_on: day("2026-02-01"),
        usable_from: None,
        points,
    }
}

fn undone_at(store: &str) -> UndoneAt {
    UndoneAt {
        receipt: "C1-9".to_owned(),
        store: store.to_owned(),
        terminal_id: Uuid::nil(),
        cashier_id: Uuid::nil(),
        local_time: day("2025-03-01").into(),
        reason: Some("damaged".to_owned()),
        note: Some("llegó abierta".to_owned()),
        approval_id: None,
    }
}

#[test]
fn what_undoes_a_sale_says_what_it_did_to_the_points() {
    let refund = SaleRefunded {
        refund_id: Uuid::nil(),
        sale_id: Uuid::nil(),
        sale_receipt: "C1-2".to_owned(),
        sold_on: day("2025-02-01"),
        at: undone_at("bogota"),
        customer_id: Some(ANA),
        currency: "COP".to_owned(),
        lines: Vec::new(),
        money: 500_000,
        tenders: Vec::new(),
        points: Some(PointsUndone {
            taken_back: 12,
            expires_on: day("2026-02-01"),
            usable_from: None,
            given_back: vec![lot(30)],
        }),
        codes: vec![CodeGivenBack {
            text: "UNAVEZ".to_owned(),
            discount: 7,
        }],
        rewards: Vec::new(),
        is_full: false,
        after: Vec::new(),
    };
    check(
        &Payload::SaleRefunded(Box::new(refund.clone())),
        "Devolución de parte de C1-2 [Bogotá] -500000 +18: Dañado · «llegó abierta» · Se retiraron 12 puntos que esa venta había \
         dado · Volvieron 30 puntos que se habían usado · UNAVEZ se puede usar otra vez",
    );
    let full = SaleRefunded {
        is_full: true,
        points: None,
        codes: Vec::new(),
        ..refund
    };
    check(
        &Payload::SaleRefunded(Box::new(full)),
        "Devolución completa de C1-2 [Bogotá] -500000 +0: Dañado · «llegó abierta»",
    );
    let void = SaleVoided {
        void_id: Uuid::nil(),
        sale_id: Uuid::nil(),
        sale_receipt: "C1-2".to_owned(),
        sold_on: day("2025-03-01"),
        // A store that has no name here is not said by its slug.
        at: undone_at("santa-marta"),
        customer_id: Some(ANA),
        currency: "COP".to_owned(),
        total: 500_000,
        points: None,
        codes: Vec::new(),
        rewards: Vec::new(),
    };
    check(
        &Payload::SaleVoided(Box::new(void)),
        "Venta C1-2 anulada [] -500000 +0: Dañado · «llegó abierta»",
    );
}

#[test]
fn points_outside_a_sale_say_why_they_moved() {
    let adjusted = PointsAdjusted {
        customer_id: ANA,
        store: "cartagena".to_owned(),
        cashier_id: Uuid::nil(),
        points: 50,
        reason: "goodwill".to_owned(),
        note: None,
        local_time: day("2025-03-01").into(),
        expires_on: day("2026-03-01"),
        approval_id: None,
    };
    check(
        &Payload::PointsAdjusted(adjusted.clone()),
        "Puntos dados a mano [Cartagena] 0 +50: Atención por una molestia · Válidos hasta el 1 de marzo de \
         2026",
    );
    let taken = PointsAdjusted {
        points: -50,
        reason: "of_a_later_version".to_owned(),
        ..adjusted
    };
    check(
        &Payload::PointsAdjusted(taken),
        "Puntos quitados a mano [Cartagena] 0 -50: ",
    );
    let expired = PointsExpired {
        customer_id: ANA,
        day: day("2026-02-02"),
        lot: lot(70),
    };
    check(
        &Payload::PointsExpired(expired),
        "Puntos vencidos [] 0 -70: Ganados el 1 de febrero de 2025; servían hasta el 1 de febrero de \
         2026",
    );
    let redeemed = RewardRedeemed {
        redemption_id: Uuid::nil(),
        customer_id: ANA,
        store: "cartagena".to_owned(),
        cashier_id: Uuid::nil(),
        local_time: day("2025-03-01").into(),
        reward: "coffee".to_owned(),
        points: 100,
        lots: vec![lot(100)],
        coupon: None,
    };
    check(
        &Payload::RewardRedeemed(Box::new(redeemed.clone())),
        "Recompensa: Un café [Cartagena] 0 -100: ",
    );
    check(
        &Payload::RewardReturned(Box::new(redeemed)),
        "Recompensa devuelta: Un café [Cartagena] 0 +100: Volvieron los puntos que había costado",
    );
}

#[test]
fn a_referral_reads_differently_on_each_side() {
    let registered = |customer_id, referrer_id| {
        Payload::ReferralRegistered(ReferralRegistered {
            customer_id,
            referrer_id,
            code: Some("K7M2Q9X5".to_owned()),
            cashier_id: Uuid::nil(),
            local_time: day("2025-03-01").into(),
        })
    };
    let nobody = "Cliente sin perfil";
    check(
        &registered(ANA, BRUNO),
        &format!("Lo trajo {nobody} [] 0 +0: Mostró el código K7M2Q9X5"),
    );
    check(
        &registered(BRUNO, ANA),
        &format!("Trajo a {nobody} [] 0 +0: Mostró el código K7M2Q9X5"),
    );
    let bonus = |customer_id, referrer_id, taken_back| {
        Payload::ReferralBonus(ReferralBonus {
            customer_id,
            referrer_id,
            sale_id: Uuid::nil(),
            day: day("2025-03-01"),
            bonus: lot(500),
            welcome: lot(100),
            taken_back,
        })
    };
    check(
        &bonus(BRUNO, ANA, false),
        &format!(
            "Puntos por traer a {nobody} [] 0 +500: {nobody} hizo su primera compra pagada · Válidos hasta el 1 \
             de febrero de 2026"
        ),
    );
    check(
        &bonus(ANA, BRUNO, true),
        &format!(
            "Se retiraron los puntos de bienvenida [] 0 -100: Se devolvió la compra que los había \
             dado; llegó por {nobody}"
        ),
    );
}

#[test]
fn people_things_have_their_words_and_what_is_newer_says_so() {
    check(
        &Payload::TierMoved(TierMoved {
            customer_id: ANA,
            from: Some("bronze".to_owned()),
            to: "gold".to_owned(),
            day: day("2025-03-01"),
            window_points: 1_340,
        }),
        "Subió al nivel Oro [] 0 +0: 1.340 puntos en 365 días · Antes: Bronce",
    );
    check(
        &Payload::TierMoved(TierMoved {
            customer_id: ANA,
            from: Some("gold".to_owned()),
            to: "bronze".to_owned(),
            day: day("2025-03-02"),
            window_points: 10,
        }),
        "Bajó al nivel Bronce [] 0 +0: 10 puntos en 365 días · Antes: Oro",
    );
    check(
        &Payload::CustomerLinked(CustomerLinked {
            survivor_id: ANA,
            absorbed_id: BRUNO,
            cashier_id: Uuid::nil(),
            local_time: day("2025-03-01").into(),
            approval_id: None,
        }),
        "Se unió con la ficha de Cliente sin perfil [] 0 +0: Los puntos de las dos fichas se sumaron en \
         una",
    );
    check(
        &Payload::ReferralCodeMade(ReferralCodeMade {
            customer_id: ANA,
            code: "K7M2Q9X5".to_owned(),
        }),
        "Recibió su código K7M2Q9X5 [] 0 +0: ",
    );
    check(
        &Payload::BadgeAwarded(BadgeAwarded {
            customer_id: ANA,
            badge: "regular".to_owned(),
            day: day("2025-03-01"),
            bonus: None,
        }),
        "Ganó una insignia [] 0 +0: ",
    );
    check(
        &Payload::BadgeAwarded(BadgeAwarded {
            customer_id: ANA,
            badge: "explorer".to_owned(),
            day: day("2025-03-01"),
            bonus: Some(mostrador_protocol::account::LotDocument {
                earned_on: day("2025-03-01"),
                expires_on: day("2026-03-01"),
                usable_from: None,
                points: 30,
            }),
        }),
        "Ganó la insignia Exploradora [] 0 +30: Válidos hasta el 1 de marzo de 2026",
    );
    let payload = r#"{"customer_id":"x"}"#.to_owned();
    let header = Header {
        payload_len: u32::try_from(payload.len()).expect("short"),
        ..header("moon_landed")
    };
    let header = serde_json::to_string(&header).expect("a header");
    let later = RawEntry { header, payload };
    let said = told(Language::Es, &later).expect("something");
    assert!(said.starts_with("Algo más nuevo"), "{said}");
    let shift = mostrador_protocol::entry::Shift { cashier_id: ANA };
    let quiet = Payload::ShiftOpened(shift).seal(&self::header("shift_opened"));
    assert_eq!(told(Language::Es, &quiet), None);
}
