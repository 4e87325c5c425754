//! Badges, challenges and scores at the counter.

use std::collections::BTreeMap;

use mostrador_protocol::account::{AccountDocument, VisitDocument};
use mostrador_protocol::program::{
    BadgeDocument, BasisDocument, CodeDocument, ProgramDocument, ScoreDocument, WeightsDocument,
};
use mostrador_terminal::view::{CustomerCard, MeritView};
use mostrador_terminal::words::NO_BREAK;

use crate::shop::{ANA, MORNING_MS, Shop};

const DAY_MS: i64 = 86_400_000;

fn badge(slug: &str, name: &str) -> BadgeDocument {
    BadgeDocument {
        slug: slug.to_owned(),
        name: name.to_owned(),
        ..BadgeDocument::default()
    }
}

/// Four badges, one of them for March only, one that opens a code.
fn with_badges(program: &mut ProgramDocument) {
    let day = |text: &str| Some(text.parse().expect("a day"));
    program.badges = vec![
        BadgeDocument {
            visits: Some(1),
            ..badge("first", "Primera vez")
        },
        BadgeDocument {
            code: Some("CARLOSVIP".to_owned()),
            uses: Some(3),
            ..badge("vip", "Amigo de Carlos")
        },
        BadgeDocument {
            visits: Some(2),
            bonus_points: 30,
            ..badge("regular", "Cliente fiel")
        },
        BadgeDocument {
            visits: Some(3),
            from: day("2025-03-01"),
            until: day("2025-03-31"),
            ..badge("march", "Reto de marzo")
        },
    ];
    let mut opened: CodeDocument = program.codes[1].clone();
    "PUERTAVIP".clone_into(&mut opened.text);
    opened.badge = Some("vip".to_owned());
    program.codes.push(opened);
}

/// Ana bought once, nine days ago, and was awarded a badge on that day or later.
fn bought_once(shop: &Shop, awarded: &str) {
    let account = AccountDocument {
        purchases: 1,
        spent: 2_000_000,
        visits: BTreeMap::from([(
            "2025-02-20".parse().expect("a day"),
            VisitDocument {
                sales: 1,
                spent: 2_000_000,
            },
        )]),
        first_purchase_ms: Some(MORNING_MS - 9 * DAY_MS),
        last_purchase_ms: Some(MORNING_MS - 9 * DAY_MS),
        badges: BTreeMap::from([("first".to_owned(), awarded.parse().expect("a day"))]),
        categories: ["food".to_owned()].into(),
        ..AccountDocument::default()
    };
    shop.tell(ANA, account);
}

fn identify(shop: &Shop) -> (CustomerCard, String) {
    let view = shop.till.set_customer(&ANA.to_string()).expect("here");
    (view.customer.expect("Ana"), view.said)
}

fn merit(shop: &Shop) -> MeritView {
    let history = shop.till.history(&ANA.to_string());
    history.expect("a history").merit
}

fn ways(merit: &MeritView) -> Vec<(&str, &str, u32)> {
    let challenges = merit.challenges.iter();
    let told = challenges.map(|way| (way.name.as_str(), way.sentence.as_str(), way.progress_bp));
    told.collect()
}

#[test]
fn a_badge_that_came_since_the_last_visit_is_said_when_its_customer_is_here_again() {
    let shop = Shop::open_with(with_badges);
    bought_once(&shop, "2025-02-21");
    let (card, said) = identify(&shop);
    assert_eq!(
        said,
        "Cliente: Ana Peña. ¡Nueva insignia: Primera vez! Felicite al cliente."
    );
    let badge = &card.badges[0];
    assert_eq!(
        (badge.name.as_str(), badge.sentence.as_str(), badge.is_new),
        ("Primera vez", "Desde el 21 de febrero de 2025", true)
    );
    let next = card.challenge.expect("a challenge");
    assert_eq!(next.sentence, "0 de 3 compras este mes");

    bought_once(&shop, "2025-02-19");
    let (card, said) = identify(&shop);
    assert_eq!(said, "Cliente: Ana Peña.");
    assert!(!card.badges[0].is_new, "told on her last visit");
}

#[test]
fn a_sale_that_wins_a_badge_says_so_at_once_without_the_server() {
    let shop = Shop::open_with(with_badges);
    bought_once(&shop, "2025-02-20");
    shop.server.set_line(crate::server::Line::Cut);
    identify(&shop);
    shop.till.add_product("queso", "1").expect("added");
    let receipt = shop.pay_cash();
    let won: Vec<&str> = receipt
        .badges
        .iter()
        .map(|badge| &*badge.sentence)
        .collect();
    assert_eq!(
        won,
        [
            "¡Gana la insignia Cliente fiel! Felicite al cliente. Le trae: 30 puntos, cuando el servidor \
          la anote."
        ]
    );
    assert!(receipt.text.contains("¡Insignia ganada: Cliente fiel!"));
    let copy = shop.till.receipt(&receipt.sale_id).expect("a copy");
    assert!(copy.badges.is_empty() && !copy.text.contains("Insignia"));
    let merit = merit(&shop);
    assert_eq!(
        ways(&merit),
        [
            ("Reto de marzo", "1 de 3 compras este mes", 3_333),
            (
                "Cliente fiel",
                "Ganada: el servidor la anota en seguida",
                10_000
            ),
            ("Amigo de Carlos", "CARLOSVIP: 0 de 3 usos", 0),
        ]
    );
    assert_eq!(merit.challenges[2].gives, "abre PUERTAVIP");
    assert_eq!(merit.challenges[1].gives, "30 puntos");
    assert_eq!(merit.score, None);
}

#[test]
fn the_score_is_explained_part_by_part_and_leaves_out_what_counts_nothing() {
    let shop = Shop::open_with(|program| program.score = Some(score()));
    bought_once(&shop, "2025-02-20");
    let score = merit(&shop).score.expect("a score");
    assert_eq!((score.total, score.note.as_str()), (54, ""));
    let parts: Vec<String> = score
        .parts
        .iter()
        .map(|part| {
            format!(
                "{} {}: {} ({})",
                part.name, part.score, part.sentence, part.weight
            )
        })
        .map(|text| text.replace(NO_BREAK, " "))
        .collect();
    assert_eq!(
        parts,
        [
            "Qué tan seguido viene 50: Días con compra: 1 de 2 en los últimos 30 (cuenta 40 %)",
            "Cuánto compra 50: Pagado: $ 20.000 de $ 40.000 en los últimos 30 días (cuenta 40 %)",
            "Última compra 70: Hace 9 días; a los 30 ya no suma (cuenta 20 %)",
        ]
    );
}

#[test]
fn where_the_score_makes_the_tier_every_sentence_speaks_of_it() {
    let shop = Shop::open_with(|program| {
        program.score = Some(score());
        let tiers = program.tiers.as_mut().expect("tiers");
        tiers.basis = BasisDocument::Score;
        tiers.grace_days = 0;
        tiers.levels[1].from_points = 60;
    });
    bought_once(&shop, "2025-02-20");
    let (card, _) = identify(&shop);
    let progress = card.progress.expect("a tier above");
    assert_eq!(progress.sentence, "Puntaje: faltan 6 para Oro");
    assert_eq!(
        merit(&shop).score.expect("a score").note,
        "De este puntaje depende el nivel."
    );
    shop.till.add_product("limonada", "1").expect("added");
    let receipt = shop.pay_cash();
    assert!(receipt.tier_up.is_some(), "two visits, and today: above 60");
    assert!(!receipt.text.contains("puntos para"), "{}", receipt.text);
}

#[test]
fn a_tier_held_by_grace_says_what_the_score_lacks() {
    let shop = Shop::open_with(|program| {
        program.score = Some(score());
        let tiers = program.tiers.as_mut().expect("tiers");
        tiers.basis = BasisDocument::Score;
        tiers.grace_days = 10;
        tiers.levels[1].from_points = 55;
    });
    bought_once(&shop, "2025-02-20");
    let (card, _) = identify(&shop);
    assert_eq!(card.tier.as_deref(), Some("Oro"));
    assert_eq!(
        card.grace,
        "Oro hasta el 9 de marzo de 2025 si el puntaje no sube 1 antes"
    );
}

fn score() -> ScoreDocument {
    ScoreDocument {
        window_days: 30,
        visits: 2,
        spend: 4_000_000,
        categories: 1,
        referrals: 1,
        weights: WeightsDocument {
            frequency_bp: 4_000,
            amount_bp: 4_000,
            recency_bp: 2_000,
            ..WeightsDocument::default()
        },
    }
}
