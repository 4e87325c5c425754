//! Listed codes that are members of a series too.

use loyalty::code::CodeText;
use mostrador_loyalty as loyalty;

use super::text::texts;
use super::{Scope, Warnings};
use crate::program::derived::series_key;

pub(super) fn look(warnings: &mut Warnings<'_>, scope: &Scope<'_>) {
    let Some(key) = scope.document.series_key.as_deref().and_then(series_key) else {
        return;
    };
    let series: Vec<_> = scope
        .codes()
        .filter_map(|(path, code)| Some((path, code.series.as_ref()?.compile()?)))
        .collect();
    for (path, text) in scope.codes().flat_map(|(path, code)| texts(&path, code)) {
        let Some(text) = CodeText::parse(text) else {
            continue;
        };
        let owner = series
            .iter()
            .find_map(|(owner, series)| Some((owner, series.index_of(&key, &text)?)));
        if let Some((owner, index)) = owner {
            warnings.add(
                "listed_member",
                path.key("text"),
                format!("{text} is member {index} of the series of {owner}, which nobody can use"),
                "give it another text, unless that member was never handed out",
            );
        }
    }
}
