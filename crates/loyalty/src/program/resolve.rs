//! What was scanned, and the code that it is.

use uuid::Uuid;

use super::Program;
use super::codes::Derived;
use crate::code::{Code, CodeText, generated, variant};
use crate::refusal::Refusal;

/// A scanned text that is a code.
#[derive(Debug, Clone, Copy)]
pub struct Resolved<'a> {
    /// What was scanned.
    pub scanned: &'a CodeText,
    /// The code's identity: what the ledger counts and the receipt says. It is not what was scanned
    /// where a variant was assigned.
    pub text: &'a CodeText,
    /// The rules that price it. Its limits hold for this text alone.
    pub code: &'a Code,
    /// The code that it derives from, whose limits hold over all that derive from it.
    pub parent: Option<&'a Code>,
    /// Whether the parent was scanned and this variant assigned.
    pub assigned: bool,
}

impl<'a> Resolved<'a> {
    /// A code that stands for itself.
    pub(crate) const fn itself(scanned: &'a CodeText, code: &'a Code) -> Self {
        Self {
            scanned,
            text: &code.text,
            code,
            parent: None,
            assigned: false,
        }
    }

    /// What it shares with every code of the same parent: at most one of them meets on a basket.
    pub fn family(&self) -> &'a CodeText {
        self.parent.map_or(self.text, |parent| &parent.text)
    }
}

impl Program {
    /// The code that was scanned: a listed code, the variant of it that belongs to `subject`, a variant
    /// by its own text, or a member of a series. `None`: [`Program::refusal_of_unknown`] says why.
    ///
    /// `subject` is the customer, or the sale while nobody is identified. A code that has a series
    /// cannot be scanned by its own text. Nothing is allocated but for members of series, and the cost
    /// does not grow with the program.
    pub fn resolve<'a>(&'a self, scanned: &'a CodeText, subject: Uuid) -> Option<Resolved<'a>> {
        if let Some(code) = self.codes.get(scanned) {
            return self.resolve_listed(scanned, code, subject);
        }
        if let Some(derived) = self.codes.variant(scanned) {
            return self.derived(scanned, derived);
        }
        let key = self.series_key.as_ref()?;
        self.derived(scanned, self.codes.member(key, scanned)?)
    }

    /// The rules behind a text of a sale or of the ledger, without assigning anything: a listed code, a
    /// variant or a member of a series. Its limits hold for the uses counted under this text.
    pub fn code(&self, text: &CodeText) -> Option<&Code> {
        let member = || self.codes.member(self.series_key.as_ref()?, text);
        let derived = || self.codes.variant(text).or_else(member);
        self.codes.get(text).or_else(|| Some(&derived()?.code))
    }

    /// Whether the text is a code of this program.
    pub fn knows(&self, text: &CodeText) -> bool {
        self.resolve(text, Uuid::nil()).is_some()
    }

    /// The texts whose uses decide about the scanned ones: each code's own and its parent's, ascending,
    /// each once.
    pub fn texts_counted(&self, scanned: &[CodeText], subject: Uuid) -> Vec<CodeText> {
        let resolved = scanned
            .iter()
            .filter_map(|text| self.resolve(text, subject));
        let mut texts: Vec<CodeText> = resolved
            .flat_map(|code| [code.text, code.family()])
            .cloned()
            .collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    }

    /// Whether `text` is a code that was generated and given to one person: it looks like one and its
    /// check sign fits. Whoever has it shows it, and nobody is offered it. A hand-written code of the
    /// same length is none, but for one in 31.
    pub fn is_generated(&self, text: &CodeText) -> bool {
        generated::is_intact(text) && self.has_generated_shape(text)
    }

    /// Whether `text` looks like a generated code, its check sign aside: with a slip in it perhaps.
    pub fn has_generated_shape(&self, text: &CodeText) -> bool {
        let has_length = self.generated_length == Some(text.as_str().chars().count());
        (has_length && generated::has_generated_signs(text)) || self.codes.resembles_member(text)
    }

    /// Why a text that is no code of this program is refused.
    ///
    /// A text with a sign that no generated code has is mistyped only where exactly one generated code
    /// can have been meant: most such texts never were generated codes.
    pub fn refusal_of_unknown(&self, text: &CodeText) -> Refusal {
        if generated::is_intact(text) || !self.has_generated_shape(text) {
            let mut meant = generated::without_stranger(text)
                .filter(|meant| self.is_generated(meant) && self.knows(meant));
            return match (meant.next(), meant.next()) {
                (only @ Some(_), None) => Refusal::BadCheckSign { did_you_mean: only },
                _ => Refusal::UnknownCode,
            };
        }
        // A code without a check sign was written by hand: one that is near it is no slip of it.
        let mut near =
            generated::slips(text).filter(|meant| generated::is_intact(meant) && self.knows(meant));
        let only = near.next().filter(|_| near.next().is_none());
        Refusal::BadCheckSign { did_you_mean: only }
    }

    fn resolve_listed<'a>(
        &'a self,
        scanned: &'a CodeText,
        code: &'a Code,
        subject: Uuid,
    ) -> Option<Resolved<'a>> {
        if code.series.is_some() {
            return None;
        }
        let assigned = variant::assigned(code, subject)
            .and_then(|variant| self.codes.variant(&variant.text))
            .filter(|derived| derived.parent == code.text);
        let Some(derived) = assigned else {
            return Some(Resolved {
                scanned,
                text: &code.text,
                code,
                parent: None,
                assigned: false,
            });
        };
        Some(Resolved {
            scanned,
            text: &derived.code.text,
            code: &derived.code,
            parent: Some(code),
            assigned: true,
        })
    }

    /// A variant or member that was scanned by its own text.
    fn derived<'a>(&'a self, scanned: &'a CodeText, derived: &'a Derived) -> Option<Resolved<'a>> {
        Some(Resolved {
            scanned,
            text: scanned,
            code: &derived.code,
            parent: Some(self.codes.get(&derived.parent)?),
            assigned: false,
        })
    }
}
