//! Consent: the words that a new customer hears before their data is kept.

use serde::{Deserialize, Serialize};

use super::ProgramDocument;
use super::check::Faults;
use super::fault::Path;

/// The longest country code, digits (ITU-T E.164).
const CALLING_CODE_DIGITS: std::ops::RangeInclusive<usize> = 1..=3;

/// `[consent]`. Whoever changes the words raises the version: profiles name the one they agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentDocument {
    /// At least 1.
    pub version: u32,
    /// In Spanish.
    pub text_es: String,
    /// In English; left out: the Spanish one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_en: Option<String>,
}

impl ConsentDocument {
    /// The words in the language of this tag.
    pub fn text(&self, language: &str) -> &str {
        let english = self.text_en.as_deref().filter(|_| language == "en");
        english.unwrap_or(&self.text_es)
    }
}

/// Faults of the consent and of the country code.
pub(super) fn check_consent(faults: &mut Faults, root: &Path, program: &ProgramDocument) {
    if let Some(consent) = &program.consent {
        let path = root.key("consent");
        let version = consent.version.into();
        faults.whole(&path.key("version"), version, 1, u32::MAX.into());
        faults.text(&path.key("text_es"), &consent.text_es);
        if let Some(english) = &consent.text_en {
            faults.text(&path.key("text_en"), english);
        }
    }
    let Some(code) = &program.calling_code else {
        return;
    };
    let is_one = CALLING_CODE_DIGITS.contains(&code.len())
        && code.bytes().all(|sign| sign.is_ascii_digit())
        && !code.starts_with('0');
    if !is_one {
        faults.add(
            root.key("calling_code"),
            format!("{code:?} is no country code"),
            "write its one to three digits without a plus, as in \"57\"",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::program::fault_test::check;

    #[test]
    fn a_consent_has_a_version_and_words() {
        check(
            "calling_code = \"57\"\nconsent = { version = 1, text_es = \"Acepto\" }",
            &[],
        );
        check(
            "consent = { version = 0, text_es = \" \" }",
            &["consent.version", "consent.text_es"],
        );
        for code in ["", "0", "+57", "5712", "x"] {
            check(&format!("calling_code = \"{code}\""), &["no country code"]);
        }
    }

    #[test]
    fn without_english_words_the_spanish_ones_are_shown() {
        let mut consent = super::ConsentDocument {
            version: 1,
            text_es: "Acepto".to_owned(),
            text_en: None,
        };
        assert_eq!(consent.text("en"), "Acepto");
        consent.text_en = Some("I agree".to_owned());
        assert_eq!(
            (consent.text("en"), consent.text("es")),
            ("I agree", "Acepto")
        );
    }
}
