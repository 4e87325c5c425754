//! Codes that a person takes for one another.

use std::collections::HashMap;

use loyalty::code::CodeText;
use mostrador_loyalty as loyalty;

use super::{Path, Scope, Warnings};

pub(super) fn look(warnings: &mut Warnings<'_>, scope: &Scope<'_>) {
    let mut seen: HashMap<String, (Path, String)> = HashMap::new();
    for (path, code) in scope.living_codes() {
        let Some(text) = CodeText::parse(&code.text) else {
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

fn as_seen(sign: char) -> char {
    match sign {
        'O' => '0',
        'I' | 'L' => '1',
        sign => sign,
    }
}
