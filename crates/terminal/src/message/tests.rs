use std::collections::BTreeSet;

use mostrador_sync::{Attention, Offline};

use super::*;

const LANGUAGES: [Language; 2] = [Language::Es, Language::En];

/// Every code of `loyalty::refusal::Refusal`, in its order of precedence.
const REFUSALS: [&str; 22] = [
    "bad_check_sign",
    "unknown_code",
    "inactive",
    "not_started",
    "expired",
    "outside_hours",
    "wrong_store",
    "customer_required",
    "wrong_customer",
    "tier_too_low",
    "not_first_purchase",
    "own_code",
    "already_applied",
    "no_eligible_line",
    "minimum_not_met",
    "total_limit_reached",
    "customer_limit_reached",
    "day_limit_reached",
    "budget_spent",
    "lease_required",
    "stack_limit",
    "not_stackable",
];

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
        assert!(!es.trim().is_empty() && !en.trim().is_empty(), "{key}");
    }
}

#[test]
fn every_refusal_note_and_state_of_sync_has_a_sentence_that_ends_in_its_code() {
    let refusals = REFUSALS
        .iter()
        .map(|code| (format!("refusal.{code}"), *code));
    let notes = ["no_effect", "truncated"];
    let notes = notes.iter().map(|code| (format!("note.{code}"), *code));
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
    for code in REFUSALS {
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
        "box.",
        "code.",
        "error.",
        "factor.",
        "gives.",
        "note.",
        "progress.",
        "receipt.",
        "refusal.",
        "role.",
        "said.",
        "sale.",
        "sync.",
        "tender.",
        "warning.",
        "word.",
    ];
    let mut named = 0;
    let mut folders = vec![std::path::PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src"
    ))];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).expect("the source is here") {
            let path = file.expect("a file").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).expect("source is text");
            for literal in source.split('"').skip(1).step_by(2) {
                let is_key = families.iter().any(|family| literal.starts_with(family))
                    && literal
                        .chars()
                        .all(|sign| sign.is_ascii_lowercase() || "._".contains(sign))
                    && !literal.ends_with('.');
                if is_key {
                    named += 1;
                    assert!(
                        has(Language::Es, literal),
                        "{literal} in {}",
                        path.display()
                    );
                }
            }
        }
    }
    assert!(named > 50, "the source was found: {named}");
}

#[test]
fn parameters_are_filled_once_and_braces_of_a_person_stay() {
    assert_eq!(fill("{a} y {b}", &[("a", "{b}"), ("b", "2")]), "{b} y 2");
    assert_eq!(fill("{c", &[("c", "1")]), "{c");
    assert_eq!(fill("no {such}", &[]), "no {such}");
}
