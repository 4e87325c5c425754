//! Codes that a person takes for one another.

use std::collections::HashMap;

use loyalty::code::CodeText;
use mostrador_loyalty as loyalty;

use super::{CodeDocument, Path, Scope, Warnings};

pub(super) fn look(warnings: &mut Warnings<'_>, scope: &Scope<'_>) {
    let mut seen: HashMap<String, (Path, String)> = HashMap::new();
    for (path, text) in scope
        .living_codes()
        .flat_map(|(path, code)| texts(&path, code))
    {
        let Some(text) = CodeText::parse(text) else {
            continue;
        };
        let shape: String = text.as_str().chars().map(as_seen).collect();
        if let Some((first, other)) = seen.get(&shape) {
            warnings.add(
                "texts_alike",
                path.key("text"),
                format!(
                    "{text} looks like {other} of {first}: O and 0, I, L and 1 are easily mistaken"
                ),
                "give it a text that cannot be mistaken",
            );
        } else {
            seen.insert(shape, (path, text.to_string()));
        }
    }
}

/// The text of a code and those of its variants, each with its place.
pub(super) fn texts<'a>(path: &Path, code: &'a CodeDocument) -> Vec<(Path, &'a str)> {
    let list = path.key("variants");
    let variants = code.variants.iter().enumerate();
    let variants = variants.map(|(index, variant)| (list.at(index), variant.text.as_str()));
    std::iter::once((path.clone(), code.text.as_str()))
        .chain(variants)
        .collect()
}

fn as_seen(sign: char) -> char {
    match sign {
        'O' => '0',
        'I' | 'L' => '1',
        sign => sign,
    }
}
