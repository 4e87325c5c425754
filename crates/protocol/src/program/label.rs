//! Labels: what people read for the slug of a category, a partner or a store.

use serde::{Deserialize, Serialize};

use super::ProgramDocument;
use super::check::Faults;
use super::fault::Path;

/// `[[labels]]`. Exactly one of `category`, `partner`, `store`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelDocument {
    /// Slug of a category of products.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Slug of a partner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// Slug of a store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// In Spanish, as it stands in a sentence.
    pub es: String,
    /// In English; left out: the Spanish one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

/// What a slug belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Labelled<'a> {
    /// A category of products.
    Category(&'a str),
    /// Whose products they are.
    Partner(&'a str),
    /// A shop.
    Store(&'a str),
}

impl LabelDocument {
    fn is_of(&self, what: Labelled<'_>) -> bool {
        let (named, slug) = match what {
            Labelled::Category(slug) => (&self.category, slug),
            Labelled::Partner(slug) => (&self.partner, slug),
            Labelled::Store(slug) => (&self.store, slug),
        };
        named.as_deref() == Some(slug)
    }
}

impl ProgramDocument {
    /// What people read for `what` in the language of this tag; `None` without a label.
    ///
    /// ```
    /// use mostrador_protocol::program::{LabelDocument, Labelled, ProgramDocument};
    /// let mut program = ProgramDocument::bare("LIVEX", "COP", "America/Bogota");
    /// program.labels.push(LabelDocument {
    ///     category: Some("islands".to_owned()),
    ///     es: "islas".to_owned(),
    ///     ..LabelDocument::default()
    /// });
    /// assert_eq!(program.label(Labelled::Category("islands"), "en"), Some("islas"));
    /// assert_eq!(program.label(Labelled::Partner("islands"), "es"), None);
    /// ```
    pub fn label(&self, what: Labelled<'_>, language: &str) -> Option<&str> {
        let label = self.labels.iter().find(|label| label.is_of(what))?;
        let english = label.en.as_deref().filter(|_| language == "en");
        Some(english.unwrap_or(&label.es))
    }
}

/// Faults of the labels: each names one thing, once, with words.
pub(super) fn check_labels(faults: &mut Faults, path: &Path, labels: &[LabelDocument]) {
    for (index, label) in labels.iter().enumerate() {
        let path = path.at(index);
        let slugs = [
            ("category", &label.category),
            ("partner", &label.partner),
            ("store", &label.store),
        ];
        let named: Vec<_> = slugs
            .iter()
            .filter_map(|(key, slug)| Some((*key, slug.as_deref()?)))
            .collect();
        match named.as_slice() {
            [(key, slug)] => faults.slug(&path.key(key), slug),
            [] => faults.add(
                path.key("category"),
                "is missing".to_owned(),
                "say what it is a label of: category, partner or store",
            ),
            [_, (second, _), ..] => faults.add(
                path.key(second),
                "is a second thing".to_owned(),
                "write a label of its own for it",
            ),
        }
        faults.text(&path.key("es"), &label.es);
        if let Some(english) = &label.en {
            faults.text(&path.key("en"), english);
        }
    }
    let whole = |label: &LabelDocument| {
        let LabelDocument {
            category,
            partner,
            store,
            ..
        } = label;
        format!("{category:?} {partner:?} {store:?}")
    };
    for (index, label) in labels.iter().enumerate() {
        let is_same = |earlier: &&LabelDocument| whole(earlier) == whole(label);
        if labels.iter().take(index).any(|earlier| is_same(&earlier)) {
            faults.add(
                path.at(index),
                "has a label already".to_owned(),
                "remove one of the two",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::program::fault_test::check;

    fn labels(labels: &str, expected: &[&str]) {
        check(&format!("labels = [{labels}]"), expected);
    }

    #[test]
    fn each_label_names_one_thing_once() {
        labels(r#"{ category = "islands", es = "islas" }"#, &[]);
        labels(r#"{ es = "islas" }"#, &["category"]);
        labels(
            r#"{ category = "a", partner = "b", es = "islas" }"#,
            &["a second thing"],
        );
        labels(r#"{ store = "centro", es = " " }"#, &["is empty"]);
        labels(r#"{ store = "El Centro", es = "x" }"#, &["is no slug"]);
        labels(
            r#"{ store = "a", es = "x" }, { partner = "a", es = "x" }, { store = "a", es = "y" }"#,
            &["labels[3]"],
        );
    }
}
