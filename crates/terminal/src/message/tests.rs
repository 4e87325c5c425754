use std::collections::BTreeSet;

use mostrador_loyalty::code::CodeText;
use mostrador_loyalty::money::Amount;
use mostrador_loyalty::refusal::{Note, Refusal};
use mostrador_sync::{Attention, Offline};

use super::*;

const LANGUAGES: [Language; 2] = [Language::Es, Language::En];

/// One refusal of each kind. A kind that is new does not compile here until it is in both lists.
pub(crate) fn refusals() -> Vec<Refusal> {
    let day = chrono::NaiveDate::MIN;
    let (with, limit) = (CodeText::parse("A").expect("a code"), 1);
    let refusals = vec![
        Refusal::BadCheckSign { did_you_mean: None },
        Refusal::UnknownCode,
        Refusal::Inactive,
        Refusal::NotStarted { from: day },
        Refusal::Expired { until: day },
        Refusal::OutsideHours,
        Refusal::WrongStore,
        Refusal::CustomerRequired,
        Refusal::WrongCustomer,
        Refusal::TierTooLow {
            needs: String::new(),
        },
        Refusal::BadgeRequired {
            badge: String::new(),
        },
        Refusal::NotFirstPurchase,
        Refusal::OwnCode,
        Refusal::AlreadyApplied,
        Refusal::NoEligibleLine,
        Refusal::MinimumNotMet {
            missing: Amount::ZERO,
            minimum: Amount::ZERO,
        },
        Refusal::TotalLimitReached { limit },
        Refusal::CustomerLimitReached { limit },
        Refusal::DayLimitReached { limit },
        Refusal::BudgetSpent,
        Refusal::LeaseRequired { of_customer: false },
        Refusal::StackLimit { max: 1 },
        Refusal::NotStackable { with },
    ];
    let listed = |refusal: &Refusal| match refusal {
        Refusal::BadCheckSign { .. }
        | Refusal::UnknownCode
        | Refusal::Inactive
        | Refusal::NotStarted { .. }
        | Refusal::Expired { .. }
        | Refusal::OutsideHours
        | Refusal::WrongStore
        | Refusal::CustomerRequired
        | Refusal::WrongCustomer
        | Refusal::TierTooLow { .. }
        | Refusal::BadgeRequired { .. }
        | Refusal::NotFirstPurchase
        | Refusal::OwnCode
        | Refusal::AlreadyApplied
        | Refusal::NoEligibleLine
        | Refusal::MinimumNotMet { .. }
        | Refusal::TotalLimitReached { .. }
        | Refusal::CustomerLimitReached { .. }
        | Refusal::DayLimitReached { .. }
        | Refusal::BudgetSpent
        | Refusal::LeaseRequired { .. }
        | Refusal::StackLimit { .. }
        | Refusal::NotStackable { .. } => true,
    };
    let codes: BTreeSet<&str> = refusals.iter().map(Refusal::code).collect();
    assert!(refusals.iter().all(listed) && codes.len() == refusals.len());
    refusals
}

fn parameters(sentence: &str) -> BTreeSet<&str> {
    sentence
        .split('{')
        .skip(1)
        .filter_map(|after| Some(after.split_once('}')?.0))
        .collect()
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_parameters() {
    let keys = |language| sentences(language).keys().collect::<BTreeSet<_>>();
    let only_one: Vec<_> = keys(Language::Es)
        .symmetric_difference(&keys(Language::En))
        .copied()
        .collect();
    assert!(only_one.is_empty(), "in one language only: {only_one:?}");
    for (key, es) in sentences(Language::Es) {
        let en = &sentences(Language::En)[key];
        assert_eq!(parameters(es), parameters(en), "{key}");
        // What a cause says is in English, whatever the sentence around it is.
        assert!(!parameters(es).contains("reason"), "{key}");
        assert!(!es.trim().is_empty() && !en.trim().is_empty(), "{key}");
    }
}

#[test]
fn every_refusal_note_and_state_of_sync_has_a_sentence_that_ends_in_its_code() {
    let of_each_kind = refusals();
    let refusals = of_each_kind
        .iter()
        .map(|refusal| (format!("refusal.{}", refusal.code()), refusal.code()));
    let note = Note::NoEffect.code();
    let notes = [(format!("note.{note}"), note)];
    let troubles = Attention::ALL.iter().map(|attention| attention.key());
    let troubles = troubles.chain(Offline::ALL.iter().map(|offline| offline.key()));
    let troubles = troubles.map(|key| (key.to_owned(), key.rsplit('.').next().unwrap_or(key)));
    for (key, code) in refusals.chain(notes).chain(troubles) {
        for language in LANGUAGES {
            let sentence = say(language, &key, &[]);
            let ending = format!("[{code}]");
            assert!(
                sentence.ends_with(&ending),
                "{key} in {language:?}: {sentence}"
            );
        }
    }
    for code in of_each_kind.iter().map(Refusal::code) {
        assert!(
            has(Language::Es, &format!("refusal.{code}.title")),
            "{code}"
        );
    }
}

/// Reads this crate's own source for keys, so that a sentence cannot be forgotten.
#[test]
fn every_key_that_the_code_names_is_in_the_catalogue() {
    let families = [
        "adjustment.",
        "board.",
        "box.",
        "code.",
        "coupon.",
        "error.",
        "factor.",
        "gives.",
        "history.",
        "merge.",
        "merit.",
        "note.",
        "person.",
        "progress.",
        "receipt.",
        "redeem.",
        "reward.",
        "referral.",
        "refusal.",
        "said.",
        "sale.",
        "score.",
        "sync.",
        "tender.",
        "tier.",
        "warning.",
        "word.",
    ];
    let mut named = 0;
    for source in sources(&["src"]) {
        for literal in source.text.split('"').skip(1).step_by(2) {
            let is_key = families.iter().any(|family| literal.starts_with(family))
                && literal
                    .chars()
                    .all(|sign| sign.is_ascii_lowercase() || "._".contains(sign))
                && !literal.ends_with('.');
            if is_key {
                named += 1;
                let path = source.path.display();
                assert!(has(Language::Es, literal), "{literal} in {path}");
            }
        }
    }
    assert!(named > 50, "the source was found: {named}");
}

/// Reads the source of the till and of its window: whatever says `error.{code}.hint` says every hint.
#[test]
fn every_key_of_the_catalogue_has_somebody_who_says_it() {
    let folders = ["src", "../sync/src", "../../src-tauri/src", "../../ui/src"];
    let (mut said, mut words) = (BTreeSet::new(), BTreeSet::new());
    for source in sources(&folders) {
        let is_rust = source.path.extension().is_some_and(|it| it == "rs");
        let text = if is_rust {
            source.text
        } else {
            with_wildcards(&source.text, "${")
        };
        for literal in text.split(['"', '`', '\'']) {
            let literal = with_wildcards(literal, "{");
            let is_key = |sign: char| sign.is_ascii_lowercase() || "0123456789._*".contains(sign);
            let is_open = literal.is_empty() || literal.starts_with('*');
            if is_open || !literal.chars().all(is_key) {
                continue;
            }
            let kept = if literal.contains('.') {
                &mut said
            } else {
                &mut words
            };
            kept.insert(literal);
        }
    }
    let is_said = |key: &str| said.iter().any(|pattern| speaks(pattern, key));
    // A refusal says more where it can: `refusal.wrong_store.which`.
    let says_more = |key: &str| {
        key.rsplit_once('.').is_some_and(|(key, more)| {
            key.starts_with("refusal.") && is_said(key) && words.contains(more)
        })
    };
    let keys = sentences(Language::Es).keys();
    let dead: Vec<_> = keys
        .filter(|key| !is_said(key) && !says_more(key))
        .collect();
    assert!(dead.is_empty(), "nobody says {dead:?}");
}

/// A star for what stands between `opening` and a closing brace: `error.*.hint`, `tender.*`.
fn with_wildcards(text: &str, opening: &str) -> String {
    let mut pattern = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(opening) {
        let (_, after) = after.split_once('}').unwrap_or_default();
        pattern.push_str(before);
        pattern.push('*');
        rest = after;
    }
    pattern + rest
}

/// Whether a pattern says a key: a star is one or several signs of one part.
fn speaks(pattern: &str, key: &str) -> bool {
    let (patterns, parts) = (pattern.split('.'), key.split('.'));
    patterns.clone().count() == parts.clone().count()
        && patterns
            .zip(parts)
            .all(|(pattern, part)| match pattern.split_once('*') {
                None => pattern == part,
                Some((before, after)) => {
                    part.len() > before.len() + after.len()
                        && part.starts_with(before)
                        && part.ends_with(after)
                }
            })
}

struct Source {
    path: std::path::PathBuf,
    text: String,
}

/// Every file of source below `folders`, which stand beside this crate's, without tests.
fn sources(folders: &[&str]) -> Vec<Source> {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<_> = folders.iter().map(|folder| here.join(folder)).collect();
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).expect("the source is here") {
            let path = file.expect("a file").path();
            let name = path
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let is_test = name == "tests.rs" || name.contains(".test.");
            if path.is_dir() {
                folders.push(path);
            } else if !is_test
                && [".rs", ".ts", ".svelte"]
                    .iter()
                    .any(|it| name.ends_with(it))
            {
                let text = std::fs::read_to_string(&path).expect("source is text");
                sources.push(Source { path, text });
            }
        }
    }
    sources
}

#[test]
fn parameters_are_filled_once_and_braces_of_a_person_stay() {
    assert_eq!(fill("{a} y {b}", &[("a", "{b}"), ("b", "2")]), "{b} y 2");
    assert_eq!(fill("{c", &[("c", "1")]), "{c");
    assert_eq!(fill("no {such}", &[]), "no {such}");
}
