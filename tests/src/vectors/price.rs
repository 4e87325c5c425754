//! `[[case]]`: one basket, its price, and the same price in every order of its accepted codes.

use std::collections::BTreeMap;

use loyalty::code::CodeText;
use loyalty::quote::{AcceptedCode, Quote};
use loyalty::refusal::{Note, Refusal};
use mostrador_loyalty as loyalty;

use super::Difference;
use super::build::Scene;
use super::case::{Case, Expect};
use super::order::permutations;

/// As many orders as five codes have.
const MOST_ORDERS: usize = 120;

pub(super) fn differences(case: &Case) -> Result<Vec<Difference>, String> {
    let scene = Scene::new(case)?;
    let scanned: Vec<CodeText> = case
        .scan
        .iter()
        .filter_map(|raw| CodeText::parse(raw))
        .collect();
    let quote = scene.quote(&scanned);
    let mut got = Got::new(&quote);
    let unreadable = case
        .scan
        .iter()
        .filter(|raw| CodeText::parse(raw).is_none());
    let unknown = Refusal::UnknownCode.code().to_owned();
    got.refused
        .extend(unreadable.map(|raw| (raw.clone(), unknown.clone())));
    let mut differences = got.differences(&case.expect);
    differences.extend(sums(&quote));
    differences.extend(orders(&scene, &quote));
    Ok(differences)
}

/// What a quote comes to in the words of `expect`.
struct Got {
    gross: i64,
    discount: i64,
    total: i64,
    codes: BTreeMap<String, i64>,
    lines: Vec<i64>,
    refused: BTreeMap<String, String>,
    notes: BTreeMap<String, String>,
    best_set: Vec<String>,
    points: Option<i64>,
    gain: i64,
    tier_discount: i64,
    missing: BTreeMap<String, i64>,
    lost: BTreeMap<String, i64>,
    with: BTreeMap<String, String>,
    needs: BTreeMap<String, String>,
    meant: BTreeMap<String, String>,
    capped: Vec<String>,
    consumed: Vec<String>,
    order: Vec<String>,
    factors: Vec<String>,
}

impl Got {
    fn new(quote: &Quote) -> Self {
        let accepted = || quote.accepted.iter();
        let text = |code: &AcceptedCode| code.text.as_str().to_owned();
        let factors = quote.points.iter().flat_map(|points| &points.factors);
        let mut got = Self {
            gross: quote.gross.minor(),
            discount: quote.discount.minor(),
            total: quote.total.minor(),
            codes: accepted()
                .map(|code| (text(code), code.amount.minor()))
                .collect(),
            lines: quote
                .lines
                .iter()
                .map(|line| line.discount.minor())
                .collect(),
            refused: BTreeMap::new(),
            notes: BTreeMap::new(),
            best_set: quote
                .best_set
                .codes
                .iter()
                .map(ToString::to_string)
                .collect(),
            points: quote.points.as_ref().map(|points| points.total),
            gain: quote.best_set.gain.minor(),
            tier_discount: quote
                .tier_discount
                .as_ref()
                .map_or(0, |tier| tier.amount.minor()),
            missing: BTreeMap::new(),
            lost: BTreeMap::new(),
            with: BTreeMap::new(),
            needs: BTreeMap::new(),
            meant: BTreeMap::new(),
            capped: sorted(accepted().filter(|code| code.is_capped()).map(text)),
            consumed: sorted(accepted().filter(|code| code.consumed).map(text)),
            order: accepted().map(text).collect(),
            factors: factors
                .map(|factor| format!("{} {}", factor.name, factor.multiplier))
                .collect(),
        };
        got.add_refusals(quote);
        got.add_notes(quote);
        got
    }

    fn add_refusals(&mut self, quote: &Quote) {
        for refused in &quote.refused {
            let text = refused.text.to_string();
            match &refused.refusal {
                Refusal::MinimumNotMet { missing, .. } => {
                    self.missing.insert(text.clone(), missing.minor());
                }
                Refusal::NotStackable { with } => {
                    self.with.insert(text.clone(), with.to_string());
                }
                Refusal::TierTooLow { needs } => {
                    self.needs.insert(text.clone(), needs.clone());
                }
                Refusal::BadCheckSign {
                    did_you_mean: Some(meant),
                } => {
                    self.meant.insert(text.clone(), meant.to_string());
                }
                _ => {}
            }
            self.refused.insert(text, refused.refusal.code().to_owned());
        }
    }

    fn add_notes(&mut self, quote: &Quote) {
        for code in &quote.accepted {
            let Some(note) = &code.note else { continue };
            let text = code.text.to_string();
            if let Note::Truncated { lost } = note {
                self.lost.insert(text.clone(), lost.minor());
            }
            self.notes.insert(text, note.code().to_owned());
        }
    }

    fn differences(&self, expect: &Expect) -> Vec<Difference> {
        let points = expect.points.map(Some);
        [
            differs("gross", expect.gross.as_ref(), &self.gross),
            differs("discount", expect.discount.as_ref(), &self.discount),
            differs("total", expect.total.as_ref(), &self.total),
            differs(
                "codes",
                by_code(expect.codes.as_ref()).as_ref(),
                &self.codes,
            ),
            differs("lines", expect.lines.as_ref(), &self.lines),
            differs(
                "refused",
                by_code(expect.refused.as_ref()).as_ref(),
                &self.refused,
            ),
            differs(
                "notes",
                by_code(expect.notes.as_ref()).as_ref(),
                &self.notes,
            ),
            differs("best_set", expect.best_set.as_ref(), &self.best_set),
            differs("points", points.as_ref(), &self.points),
            differs("gain", expect.gain.as_ref(), &self.gain),
            differs(
                "tier_discount",
                expect.tier_discount.as_ref(),
                &self.tier_discount,
            ),
            differs("missing", expect.missing.as_ref(), &self.missing),
            differs("lost", expect.lost.as_ref(), &self.lost),
            differs("with", expect.with.as_ref(), &self.with),
            differs("needs", expect.needs.as_ref(), &self.needs),
            differs("meant", expect.meant.as_ref(), &self.meant),
            differs("capped", expect.capped.as_ref(), &self.capped),
            differs("consumed", expect.consumed.as_ref(), &self.consumed),
            differs("order", expect.order.as_ref(), &self.order),
            differs("factors", expect.factors.as_ref(), &self.factors),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.collect();
    texts.sort_unstable();
    texts
}

fn differs<T: std::fmt::Debug + PartialEq>(
    what: &str,
    expected: Option<&T>,
    got: &T,
) -> Option<Difference> {
    Difference::between(what, expected?, got)
}

/// The same with every code normalised, as the engine names it.
fn by_code<V: Clone>(expected: Option<&BTreeMap<String, V>>) -> Option<BTreeMap<String, V>> {
    let normalised =
        |raw: &String| CodeText::parse(raw).map_or(raw.clone(), |text| text.to_string());
    let entries = expected?.iter();
    Some(
        entries
            .map(|(code, value)| (normalised(code), value.clone()))
            .collect(),
    )
}

/// Sums that hold for every quote, whatever the case expects.
fn sums(quote: &Quote) -> Vec<Difference> {
    let by_line: i64 = quote.lines.iter().map(|line| line.discount.minor()).sum();
    let by_code: i64 = quote.accepted.iter().map(|code| code.amount.minor()).sum();
    let tier = quote
        .tier_discount
        .as_ref()
        .map_or(0, |tier| tier.amount.minor());
    let discount = quote.discount.minor();
    [
        Difference::between("sum of the lines' discounts", &discount, &by_line),
        Difference::between("sum of the codes' amounts", &discount, &(by_code + tier)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The first order of the accepted codes that gives other amounts, if any does.
fn orders(scene: &Scene, quote: &Quote) -> Option<Difference> {
    let accepted: Vec<CodeText> = quote
        .accepted
        .iter()
        .map(|code| code.text.clone())
        .collect();
    permutations(&accepted, MOST_ORDERS)
        .iter()
        .find_map(|order| {
            let again = scene.quote(order);
            let names: Vec<&str> = order.iter().map(CodeText::as_str).collect();
            let what = format!("amounts in the order {}", names.join(", "));
            Difference::between(
                &what,
                &(&quote.accepted, &quote.lines),
                &(&again.accepted, &again.lines),
            )
        })
}
