//! What a code that joined did, in words: where it took off, what cut it, what more would give.

use mostrador_loyalty::code::Benefit;
use mostrador_loyalty::money::Amount;
use mostrador_loyalty::quote::{AcceptedCode, Bound, Cut};
use mostrador_loyalty::refusal::Note;

use crate::gives;
use crate::speaker::Speaker;
use crate::words;

/// The open basket's lines as a code met them.
pub(crate) struct Met<'a> {
    /// Name and gross of each line, in basket order.
    pub(crate) lines: &'a [(String, Amount)],
    pub(crate) code: &'a AcceptedCode,
}

/// What it took something off: "En toda la compra" where it holds for whatever is bought, or the
/// names of lines; empty where it took nothing.
pub(crate) fn applies_to(speaker: &Speaker<'_>, met: &Met<'_>) -> String {
    let lines = met.lines.iter().zip(&met.code.shares);
    let (mut names, mut is_all) = (Vec::new(), holds_everywhere(speaker, met.code));
    for ((name, gross), share) in lines {
        if !share.is_zero() {
            names.push(name.clone());
        } else if !gross.is_zero() {
            is_all = false;
        }
    }
    match names.as_slice() {
        [] => String::new(),
        _ if is_all => speaker.say("code.on_all", &[]),
        _ => {
            let lines = speaker.list(&names);
            speaker.say("code.on_lines", &[("lines", &lines)])
        }
    }
}

fn holds_everywhere(speaker: &Speaker<'_>, code: &AcceptedCode) -> bool {
    let known = speaker.code(&code.text);
    known.is_none_or(|known| {
        let only = &known.restrictions;
        only.products.is_empty() && only.categories.is_empty() && only.partners.is_empty()
    })
}

/// Each bound that bit, with its figures; the last ends in the note's stable code.
pub(crate) fn bounds(speaker: &Speaker<'_>, met: &Met<'_>) -> Vec<String> {
    let cuts = met.code.cuts.iter();
    let mut sentences: Vec<String> = cuts.map(|cut| bound(speaker, met, cut)).collect();
    let is_truncated = matches!(met.code.note, Some(Note::Truncated { .. }));
    if let Some(last) = sentences.last_mut().filter(|_| is_truncated) {
        last.push_str(" [truncated]");
    }
    sentences
}

fn bound(speaker: &Speaker<'_>, met: &Met<'_>, cut: &Cut) -> String {
    let without = speaker.money(cut.to.saturating_add(cut.lost));
    let (to, lost) = (speaker.money(cut.to), speaker.money(cut.lost));
    let cap = words::percent(speaker.language, speaker.rules.program.basket_cap);
    let lines = match &cut.by {
        Bound::Floor { lines } => {
            let names = lines.iter().filter_map(|index| met.lines.get(*index));
            speaker.list(&names.map(|(name, _)| name.clone()).collect::<Vec<_>>())
        }
        _ => String::new(),
    };
    let parameters = [
        ("to", to.as_str()),
        ("without", &without),
        ("lost", &lost),
        ("cap", &cap),
        ("lines", &lines),
    ];
    let key = match (&cut.by, cut.to.is_zero()) {
        (Bound::MaxDiscount, _) => "code.cut.max_discount",
        (Bound::Budget, _) => "code.cut.budget",
        (Bound::NothingLeft, false) => "code.cut.nothing_left",
        (Bound::NothingLeft, true) => "code.cut.nothing_left.zero",
        (Bound::BasketCap, false) => "code.cut.basket_cap",
        (Bound::BasketCap, true) => "code.cut.basket_cap.zero",
        (Bound::Floor { .. }, false) => "code.cut.floor",
        (Bound::Floor { .. }, true) => "code.cut.floor.zero",
    };
    speaker.say(key, &parameters)
}

/// For a free product: what had been taken off its lines before, so that it gave less than its price;
/// empty where nothing had. `taken` is of each line, in basket order.
pub(crate) fn taken_before(speaker: &Speaker<'_>, met: &Met<'_>, taken: &[Amount]) -> String {
    let known = speaker.code(&met.code.text);
    if !known.is_some_and(|known| matches!(known.benefit, Benefit::FreeProduct { .. })) {
        return String::new();
    }
    let lines = met.lines.iter().zip(&met.code.shares).zip(taken);
    let lines = lines.filter(|((_, share), taken)| !share.is_zero() && !taken.is_zero());
    let (names, amounts): (Vec<String>, Vec<Amount>) = lines
        .map(|(((name, _), _), taken)| (name.clone(), *taken))
        .unzip();
    if names.is_empty() {
        return String::new();
    }
    let amount = speaker.money(amounts.into_iter().sum());
    let parameters = [("taken", amount.as_str()), ("lines", &speaker.list(&names))];
    speaker.say("code.taken_before", &parameters)
}

/// "Faltan $ 12.000 para 10 %"; empty where there is no further step.
pub(crate) fn next_step(speaker: &Speaker<'_>, code: &AcceptedCode) -> String {
    let Some(next) = &code.next_step else {
        return String::new();
    };
    let (missing, gives) = (
        speaker.money(next.missing),
        gives::step(speaker, next.gives),
    );
    let parameters = [("missing", missing.as_str()), ("gives", gives.as_str())];
    speaker.say("code.next_step", &parameters)
}

/// The note of a code without effect, and the agent it counts for; may be empty.
pub(crate) fn note(speaker: &Speaker<'_>, code: &AcceptedCode) -> String {
    let mut sentences = Vec::new();
    if code.note == Some(Note::NoEffect) {
        let parameters = [("code", code.scanned().as_str())];
        sentences.push(speaker.say("note.no_effect", &parameters));
    }
    if let Some(owner) = &code.owner {
        sentences.push(speaker.say("code.counts_for", &[("owner", owner)]));
    }
    sentences.join(" ")
}

/// "variante B" of a code whose parent was scanned; empty for other codes.
pub(crate) fn variant(speaker: &Speaker<'_>, code: &AcceptedCode) -> String {
    let Some(parent) = code.parent.as_ref().filter(|_| code.assigned) else {
        return String::new();
    };
    let text = code.text.as_str();
    let ending = text.strip_prefix(parent.as_str());
    let name = ending.map(|ending| ending.trim_start_matches('_'));
    let name = name.filter(|name| !name.is_empty()).unwrap_or(text);
    speaker.say("code.variant", &[("name", name)])
}
