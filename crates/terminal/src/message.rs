//! The message catalogue: every sentence that a person reads, in Spanish and English.
//!
//! `messages/es.json` and `messages/en.json` are flat objects of key and sentence; `{name}` in a
//! sentence stands for a parameter. The window reads the same files.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::view::Language;

type Sentences = BTreeMap<String, String>;

static ES: LazyLock<Sentences> = LazyLock::new(|| read(include_str!("../../../messages/es.json")));
static EN: LazyLock<Sentences> = LazyLock::new(|| read(include_str!("../../../messages/en.json")));

fn read(json: &str) -> Sentences {
    serde_json::from_str(json).expect("BUG: the catalogue is embedded and a test reads it")
}

fn sentences(language: Language) -> &'static Sentences {
    match language {
        Language::Es => &ES,
        Language::En => &EN,
    }
}

/// The sentence of `key` with its parameters filled in. A key that does not exist answers itself; a
/// test proves that none of those in the code is missing.
///
/// ```
/// use mostrador_terminal::message::say;
/// use mostrador_terminal::view::Language;
/// let sentence = say(Language::En, "sync.sending", &[("waiting", "3")]);
/// assert_eq!(sentence, "Sending 3");
/// ```
pub fn say(language: Language, key: &str, parameters: &[(&str, &str)]) -> String {
    let sentence = sentences(language).get(key).map_or(key, String::as_str);
    fill(sentence, parameters)
}

/// Whether the catalogue has `key`.
pub fn has(language: Language, key: &str) -> bool {
    sentences(language).contains_key(key)
}

/// One pass, so that a brace in a parameter (somebody's name) is never taken for a parameter.
fn fill(sentence: &str, parameters: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let known = after.split_once('}').and_then(|(name, after)| {
            let (_, value) = parameters.iter().find(|(key, _)| *key == name)?;
            Some((*value, after))
        });
        if let Some((value, after)) = known {
            filled.push_str(value);
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
pub(crate) mod tests;
