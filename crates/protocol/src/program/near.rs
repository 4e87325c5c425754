//! The nearest known word to a misspelt one.

/// The one of `known` that is fewest keystrokes away from `word`, if that is near enough to be meant:
/// at most a third of its signs, and at least one. Capitals, accents, and spaces or dashes instead of
/// underscores do not count. A word that `word` begins counts as one keystroke away, `discount` means
/// `discount_bp`, and so does one whose part after the last slash is meant: `Bogota` means
/// `America/Bogota`.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = folded(word);
    let length = word.chars().count();
    let most = (length / 3).max(1);
    known
        .into_iter()
        .map(|candidate| {
            let other = folded(candidate);
            let place = other.rsplit('/').next().unwrap_or(&other);
            let begins = length >= 3 && (other.starts_with(&word) || place.starts_with(&word));
            let distance = keystrokes(&word, &other);
            let is_place = !word.contains('/') && place.len() < other.len();
            let by_place = if is_place {
                keystrokes(&word, place).saturating_add(1)
            } else {
                usize::MAX
            };
            let near = if begins { 1 } else { by_place };
            (distance.min(near), distance, candidate)
        })
        .filter(|(near, _, _)| *near <= most)
        .min()
        .map(|(_, _, candidate)| candidate)
}

/// As people type it who have no time for the right keys.
fn folded(word: &str) -> String {
    let signs = word.trim().chars().flat_map(char::to_lowercase);
    signs
        .map(|sign| match sign {
            'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ì' | 'î' | 'ï' => 'i',
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
            'ú' | 'ù' | 'û' | 'ü' => 'u',
            'ñ' => 'n',
            'ç' => 'c',
            ' ' | '-' => '_',
            sign => sign,
        })
        .collect()
}

/// Signs to add, leave out, replace, or swap with their neighbour.
fn keystrokes(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().collect();
    let to: Vec<char> = to.chars().collect();
    // The row before the last one is needed for a swap.
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (index, sign) in from.iter().enumerate() {
        let mut row = vec![index + 1];
        for (column, other) in to.iter().enumerate() {
            let replaced = last[column] + usize::from(sign != other);
            let mut fewest = replaced.min(last[column + 1] + 1).min(row[column] + 1);
            if index > 0 && column > 0 && from[index - 1] == *other && *sign == to[column - 1] {
                fewest = fewest.min(before[column - 1] + 1);
            }
            row.push(fewest);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[to.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_near_word_is_found_and_a_far_one_is_not() {
        let keys = ["stackable", "percent_bp", "fixed", "kind"];
        for (word, found) in [
            ("stakable", Some("stackable")),
            ("percent", Some("percent_bp")),
            ("percent-bp", Some("percent_bp")),
            ("Fixed", Some("fixed")),
            ("knid", Some("kind")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, keys), found, "{word}");
        }
    }

    #[test]
    fn a_time_zone_is_found_by_its_city() {
        for (word, found) in [
            ("America/Bogotá", Some("America/Bogota")),
            ("Bogota", Some("America/Bogota")),
            ("bogotá", Some("America/Bogota")),
            ("Mexico City", Some("America/Mexico_City")),
            ("America/Mexico", Some("America/Mexico_City")),
            ("America/Lma", Some("America/Lima")),
            ("Amercia/Santiago", Some("America/Santiago")),
            ("somewhere", None),
        ] {
            let zones = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
            assert_eq!(nearest(word, zones), found, "{word}");
        }
    }
}
