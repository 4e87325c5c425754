//! Generated customers: the same seed, the same people, with accents, common and rare names.

use mostrador_protocol::account::AccountDocument;
use mostrador_protocol::row::{Customer, Row};
use uuid::Uuid;

/// `SplitMix64`: the same seed, the same people.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let below = (mixed ^ (mixed >> 31)) % u64::from(bound.max(1));
        u32::try_from(below).unwrap_or(0)
    }

    fn of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        let count = u32::try_from(things.len()).unwrap_or(u32::MAX);
        &things[self.below(count) as usize]
    }
}

const FIRST: [&str; 32] = [
    "María",
    "José",
    "Juan",
    "Luz",
    "Carlos",
    "Ana",
    "Luis",
    "Sandra",
    "Jorge",
    "Andrés",
    "Paula",
    "Camila",
    "Valentina",
    "Santiago",
    "Sofía",
    "Mateo",
    "Daniela",
    "Felipe",
    "Adriana",
    "Óscar",
    "Ángela",
    "Iván",
    "Mónica",
    "Héctor",
    "Natalia",
    "Raúl",
    "Beatriz",
    "Fernando",
    "Lucía",
    "Ricardo",
    "Verónica",
    "Esteban",
];
const LAST: [&str; 32] = [
    "García",
    "Rodríguez",
    "Martínez",
    "López",
    "González",
    "Hernández",
    "Pérez",
    "Sánchez",
    "Gómez",
    "Ramírez",
    "Torres",
    "Díaz",
    "Vargas",
    "Moreno",
    "Rojas",
    "Muñoz",
    "Jiménez",
    "Castro",
    "Ruiz",
    "Ortiz",
    "Suárez",
    "Peña",
    "Cárdenas",
    "Guzmán",
    "Ospina",
    "Zapata",
    "Quintero",
    "Arango",
    "Mejía",
    "Restrepo",
    "Ibáñez",
    "Núñez",
];
const SYLLABLES: [&str; 24] = [
    "ba", "ces", "dor", "fi", "gal", "he", "jo", "lan", "mi", "nor", "pa", "que", "ri", "sal",
    "te", "ur", "va", "zo", "ña", "llo", "cri", "bus", "ton", "ve",
];

/// A long tail of surnames, as real registers have: every fourth person has a rare one.
fn surname(chance: &mut Chance) -> String {
    if chance.below(4) > 0 {
        return (*chance.of(&LAST)).to_owned();
    }
    let rare: String = (0..3).map(|_| *chance.of(&SYLLABLES)).collect();
    let mut signs = rare.chars();
    signs.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(signs).collect()
    })
}

pub(crate) fn person(chance: &mut Chance, number: u32) -> Customer {
    let name = format!(
        "{} {} {} {}",
        chance.of(&FIRST),
        chance.of(&FIRST),
        surname(chance),
        surname(chance)
    );
    Customer {
        id: Uuid::from_u128(0xc000_0000 + u128::from(number)),
        name,
        phone: Some(format!("3{:09}", chance.below(1_000_000_000))),
        email: Some(format!("cliente{number}@example.com")),
        birthday: None,
        card: Some(format!("MC{number:08}")),
        marketing_consent: false,
        hlc: 1,
        ..Customer::default()
    }
}

pub(super) fn visit(chance: &mut Chance, customer_id: Uuid) -> Row {
    let account = AccountDocument {
        purchases: 1,
        last_purchase_ms: Some(1_780_000_000_000 + 1_000 * i64::from(chance.below(10_000_000))),
        ..AccountDocument::default()
    };
    Row::Account {
        customer_id,
        account,
    }
}

/// What a cashier types for somebody: parts of the name, with a slip now and then, or of the phone.
pub(super) fn remembered(chance: &mut Chance, known: &[(String, String)]) -> String {
    let (name, phone) = chance.of(known);
    let words: Vec<&str> = name.split(' ').collect();
    let start = |word: &str, letters: usize| {
        word.chars()
            .take(letters)
            .collect::<String>()
            .to_lowercase()
    };
    match chance.below(8) {
        0 => start(words[0], 3),
        1 => words[2].to_lowercase(),
        2 => format!("{} {}", start(words[0], 4), start(words[2], 4)),
        3 => format!("{} {}", words[0], words[2]),
        4 => name.to_lowercase(),
        5 => phone[3..7].to_owned(),
        6 => phone[6..].to_owned(),
        _ => slipped(chance, words[2]),
    }
}

/// Two neighbours swapped.
fn slipped(chance: &mut Chance, word: &str) -> String {
    let mut signs: Vec<char> = word.to_lowercase().chars().collect();
    let swaps = u32::try_from(signs.len().saturating_sub(1)).unwrap_or(u32::MAX);
    let place = chance.below(swaps) as usize;
    if place + 1 < signs.len() {
        signs.swap(place, place + 1);
    }
    signs.into_iter().collect()
}
