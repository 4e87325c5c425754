//! How well a name answers what was typed: the order of search results.

use crate::distance;

/// Words shorter than this are not forgiven a slip.
const ONE_SLIP_CHARS: usize = 4;
/// Words shorter than this are forgiven one slip only.
const TWO_SLIPS_CHARS: usize = 7;

const PREFIX: u32 = 1;
const INSIDE: u32 = 3;
const SLIP: u32 = 4;
const SLIP_IN_PREFIX: u32 = 5;
const TWO_SLIPS: u32 = 6;

/// What was typed, taken apart once per search.
#[derive(Debug)]
pub(crate) struct Typed {
    words: Vec<(String, Vec<char>)>,
}

impl Typed {
    pub(crate) fn new(words: &[String]) -> Self {
        Self {
            words: words
                .iter()
                .map(|word| (word.clone(), word.chars().collect()))
                .collect(),
        }
    }

    /// How far `name` (folded words with single spaces) is from what was typed: 0 when every typed
    /// word is a word of it. `None` when one typed word is nowhere in it.
    pub(crate) fn likeness(&self, name: &str) -> Option<u32> {
        self.words
            .iter()
            .map(|(word, signs)| {
                name.split(' ')
                    .filter_map(|other| of_word(word, signs, other))
                    .min()
            })
            .sum()
    }
}

fn of_word(typed: &str, signs: &[char], word: &str) -> Option<u32> {
    if word == typed {
        return Some(0);
    }
    if word.starts_with(typed) {
        return Some(PREFIX);
    }
    if signs.len() >= 2 && word.contains(typed) {
        return Some(INSIDE);
    }
    if signs.len() < ONE_SLIP_CHARS {
        return None;
    }
    let other: Vec<char> = word.chars().collect();
    let most = if signs.len() < TWO_SLIPS_CHARS { 1 } else { 2 };
    match distance::within(signs, &other, most) {
        Some(1) => return Some(SLIP),
        Some(_) => return Some(TWO_SLIPS),
        None => {}
    }
    let starts = (signs.len() - 1)..=(signs.len() + 1);
    starts
        .filter_map(|length| other.get(..length))
        .any(|start| distance::within(signs, start, 1).is_some())
        .then_some(SLIP_IN_PREFIX)
}

#[cfg(test)]
mod tests {
    use super::Typed;

    #[test]
    fn nearer_names_have_lower_numbers() {
        let typed = Typed::new(&["maria".to_owned(), "gar".to_owned()]);
        let exact = typed.likeness("maria gar");
        let prefix = typed.likeness("maria fernanda garcia");
        let slip = typed.likeness("mariana ogara");
        assert_eq!(exact, Some(0));
        assert!(
            exact < prefix && prefix < slip,
            "{exact:?} {prefix:?} {slip:?}"
        );
        assert_eq!(typed.likeness("maria lopez"), None);
        assert_eq!(typed.likeness(""), None);
    }
}
