//! The nearest known word to a misspelt one.

/// The one of `known` that is fewest keystrokes away from `word`, if that is near enough to be meant:
/// at most a third of its signs, and at least one. A word that `word` begins counts as one keystroke
/// away: `discount` means `discount_bp`.
pub(super) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_lowercase();
    let most = (word.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|candidate| {
            let lower = candidate.to_lowercase();
            let begins = word.chars().count() >= 3 && lower.starts_with(&word);
            let distance = keystrokes(&word, &lower);
            (if begins { distance.min(1) } else { distance }, candidate)
        })
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance in signs.
fn keystrokes(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, sign) in from.chars().enumerate() {
        let mut diagonal = index;
        row[0] = index + 1;
        for (column, other) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(sign != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_near_word_is_found_and_a_far_one_is_not() {
        let keys = ["stackable", "percent_bp", "fixed"];
        assert_eq!(nearest("stakable", keys), Some("stackable"));
        assert_eq!(nearest("percent", keys), Some("percent_bp"));
        assert_eq!(nearest("Fixed", keys), Some("fixed"));
        assert_eq!(nearest("colour", keys), None);
    }
}
