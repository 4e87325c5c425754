//! The codes of a program, with those that derive from them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::code::series::{Pattern, SeriesKey};
use crate::code::{Code, CodeText, Limits};

/// Every code by its text. Variants and series are built into whole codes when their parent is added,
/// so that looking a text up costs the same however many codes there are, and builds nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codes {
    listed: HashMap<CodeText, Code>,
    variants: HashMap<CodeText, Derived>,
    /// By the length of their members.
    series: BTreeMap<usize, SeriesOfLength>,
}

/// A code built from its parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Derived {
    pub(super) parent: CodeText,
    pub(super) code: Code,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct SeriesOfLength {
    /// How many signs the fixed beginnings have.
    prefixes: BTreeSet<usize>,
    by_prefix: HashMap<String, SeriesOfPattern>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct SeriesOfPattern {
    pattern: Pattern,
    /// By the number of their first member: how many members, and the code that each is.
    ranges: BTreeMap<u64, (u64, Derived)>,
}

impl Codes {
    /// No codes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a code with its variants and its series, and gives back the code that had its text before.
    pub fn insert(&mut self, code: Code) -> Option<Code> {
        let text = code.text.clone();
        let before = self.listed.insert(text.clone(), code);
        if before.is_some() {
            *self = std::mem::take(&mut self.listed).into_values().collect();
        } else if let Some(code) = self.listed.get(&text) {
            derive(&mut self.variants, &mut self.series, code);
        }
        before
    }

    /// The code listed under this text. Variants and members of series are not listed:
    /// [`Program::resolve`](super::Program::resolve) knows them.
    pub fn get(&self, text: &CodeText) -> Option<&Code> {
        self.listed.get(text)
    }

    /// Whether a code is listed under this text.
    pub fn contains(&self, text: &CodeText) -> bool {
        self.listed.contains_key(text)
    }

    /// The listed codes, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &Code> {
        self.listed.values()
    }

    /// How many codes are listed.
    pub fn len(&self) -> usize {
        self.listed.len()
    }

    /// Whether no code is listed.
    pub fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// Whether `text` could be a member of a series with a slip in it.
    pub(super) fn resembles_member(&self, text: &CodeText) -> bool {
        let of_length = self.series.get(&text.as_str().len());
        let mut patterns = of_length.into_iter().flat_map(|of| of.by_prefix.values());
        patterns.any(|of| of.pattern.resembles(text))
    }

    pub(super) fn variant(&self, text: &CodeText) -> Option<&Derived> {
        self.variants.get(text)
    }

    /// The code that a member of a series is. Only patterns whose beginning the text has are tried.
    pub(super) fn member(&self, key: &SeriesKey, text: &CodeText) -> Option<&Derived> {
        let of_length = self.series.get(&text.as_str().len())?;
        let prefixes = of_length.prefixes.iter();
        prefixes
            .filter_map(|signs| of_length.by_prefix.get(text.as_str().get(..*signs)?))
            .find_map(|of| of.member(key, text))
    }
}

impl SeriesOfPattern {
    fn member(&self, key: &SeriesKey, text: &CodeText) -> Option<&Derived> {
        let index = self.pattern.index_of(key, text)?;
        let (from, (count, derived)) = self.ranges.range(..=index).next_back()?;
        (index.saturating_sub(*from) < *count).then_some(derived)
    }
}

impl FromIterator<Code> for Codes {
    fn from_iter<I: IntoIterator<Item = Code>>(codes: I) -> Self {
        let mut all = Self::default();
        let listed = codes.into_iter().map(|code| (code.text.clone(), code));
        all.listed = listed.collect();
        for code in all.listed.values() {
            derive(&mut all.variants, &mut all.series, code);
        }
        all
    }
}

/// Builds the codes that derive from `parent`.
fn derive(
    variants: &mut HashMap<CodeText, Derived>,
    series: &mut BTreeMap<usize, SeriesOfLength>,
    parent: &Code,
) {
    for variant in &parent.variants {
        let derived = Derived {
            parent: parent.text.clone(),
            code: variant.code(parent),
        };
        variants.insert(variant.text.clone(), derived);
    }
    let Some(of) = &parent.series else { return };
    let length = series.entry(of.pattern.length()).or_default();
    let prefix = of.pattern.prefix();
    length.prefixes.insert(prefix.len());
    let same = length.by_prefix.entry(prefix.to_owned());
    let same = same.or_insert_with(|| SeriesOfPattern {
        pattern: of.pattern.clone(),
        ranges: BTreeMap::new(),
    });
    let derived = Derived {
        parent: parent.text.clone(),
        code: member(parent, of.limits),
    };
    same.ranges.insert(of.from, (of.count, derived));
}

/// The code that every member of the parent's series is; its text is the parent's.
fn member(parent: &Code, limits: Limits) -> Code {
    Code {
        limits,
        variants: Vec::new(),
        series: None,
        ..parent.clone()
    }
}
