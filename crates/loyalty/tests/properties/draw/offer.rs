//! A code as it comes to the counter: listed, with variants, or as a series; and what is scanned of it.

use mostrador_loyalty as loyalty;
use proptest::prelude::*;

use loyalty::code::generated::ALPHABET;
use loyalty::code::series::{Pattern, Series};
use loyalty::code::variant::Variant;
use loyalty::code::{Code, CodeText, Limits};
use loyalty::customer::CodeUse;
use loyalty::money::Amount;

use super::code::{benefit, code};
use super::prices;
use super::program::key;
use super::rules::limits;

/// A code in its place, what was used of it and of what derives from it, and the texts scanned.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) code: Code,
    pub(super) used: Vec<(CodeText, CodeUse)>,
    pub(super) texts: Vec<CodeText>,
}

/// A code that has not got its place yet, and so no text of its own.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    code: Code,
    used: CodeUse,
    shape: Shape,
    scan: Scan,
}

#[derive(Debug, Clone)]
enum Shape {
    Listed,
    Variants(Vec<(Variant, CodeUse)>),
    /// Numbers from, count and what is used of the first member.
    Series(u64, u64, (Limits, CodeUse)),
}

#[derive(Debug, Clone, Copy)]
enum Scan {
    Once,
    Twice,
    /// A text that the program does not know, or with a slip in it.
    Strange,
    No,
}

pub(super) fn offer() -> impl Strategy<Value = Draft> {
    let series = (0..3_u64, 1..4_u64, limits());
    let shape = prop_oneof![
        8 => Just(Shape::Listed),
        2 => prop::collection::vec(variant(), 1..4).prop_map(Shape::Variants),
        1 => series.prop_map(|(from, count, rules)| Shape::Series(from, count, rules)),
    ];
    let scan = prop_oneof![
        20 => Just(Scan::Once),
        2 => Just(Scan::Twice),
        2 => Just(Scan::Strange),
        1 => Just(Scan::No),
    ];
    (code(), shape, scan)
        .prop_map(|((code, used), shape, scan)| Draft {
            code,
            used,
            shape,
            scan,
        })
        .boxed()
}

fn variant() -> impl Strategy<Value = (Variant, CodeUse)> {
    let overrides = (
        prop::option::of(benefit()),
        prop::option::weighted(0.2, prices()),
        prop::option::weighted(0.2, prop_oneof![Just(Amount::ZERO), prices()]),
    );
    (overrides, 1..4_u32, prop::bool::weighted(0.8), limits())
        .prop_map(
            |((benefit, max_discount, min_purchase), weight, active, (limits, used))| {
                let variant = Variant {
                    weight,
                    active,
                    benefit,
                    min_purchase,
                    max_discount,
                    limits,
                    ..Variant::control(text("V"))
                };
                (variant, used)
            },
        )
        .boxed()
}

fn text(text: &str) -> CodeText {
    CodeText::parse(text).expect("a code")
}

impl Draft {
    /// Gives the code the text of its letter and its place.
    pub(super) fn placed(self, index: usize) -> Offer {
        let Self {
            mut code,
            used,
            shape,
            scan,
        } = self;
        let sign = ALPHABET.chars().nth(index).expect("few codes");
        let name = format!("{}{sign}", code.text);
        code.text = text(&name);
        let mut all_used = vec![(code.text.clone(), used)];
        // The parent first: what is scanned of two are the parent's variant and another one.
        let texts = match shape {
            Shape::Listed => vec![code.text.clone()],
            Shape::Variants(variants) => {
                let mut texts = vec![code.text.clone()];
                for (number, (mut variant, used)) in variants.into_iter().enumerate() {
                    variant.text = text(&format!("{name}V{number}"));
                    texts.push(variant.text.clone());
                    all_used.push((variant.text.clone(), used));
                    code.variants.push(variant);
                }
                // Every third parent is passed by: the last variant is typed itself.
                if index.is_multiple_of(3) {
                    texts.reverse();
                }
                texts
            }
            Shape::Series(from, count, (limits, used)) => {
                let pattern = Pattern::parse(&format!("{name}?????#")).expect("a pattern");
                let series = Series {
                    limits,
                    ..Series::new(pattern, from, count)
                };
                let members = from..from + count;
                let texts: Vec<CodeText> =
                    members.filter_map(|at| series.member(&key(), at)).collect();
                all_used.push((texts[0].clone(), used));
                code.series = Some(series);
                texts
            }
        };
        let texts = match scan {
            Scan::No => Vec::new(),
            Scan::Once => texts.into_iter().take(1).collect(),
            Scan::Twice => texts.iter().chain([&texts[0]]).take(2).cloned().collect(),
            Scan::Strange => vec![strange(&texts[0], index)],
        };
        Offer {
            code,
            used: all_used,
            texts,
        }
    }
}

/// One sign of a long code is wrong; a short one is not known.
fn strange(meant: &CodeText, index: usize) -> CodeText {
    let mut signs: Vec<char> = meant.as_str().chars().collect();
    if signs.len() < 8 {
        return text(["ZZZ", "K7M2Q9"][index % 2]);
    }
    signs[4] = if signs[4] == '2' { '3' } else { '2' };
    text(&signs.into_iter().collect::<String>())
}
