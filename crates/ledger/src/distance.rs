//! How many slips of the finger lie between two words.

/// Insertions, deletions, substitutions and swaps of neighbours from `a` to `b` (optimal string
/// alignment), when they are at most `most`.
pub(crate) fn within(a: &[char], b: &[char], most: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut this = vec![0; b.len() + 1];
    for (i, left) in a.iter().enumerate() {
        this[0] = i + 1;
        let mut best = this[0];
        for (j, right) in b.iter().enumerate() {
            let change = last[j] + usize::from(left != right);
            let mut cost = change.min(last[j + 1] + 1).min(this[j] + 1);
            if i > 0 && j > 0 && *left == b[j - 1] && a[i - 1] == *right {
                cost = cost.min(before[j - 1] + 1);
            }
            this[j + 1] = cost;
            best = best.min(cost);
        }
        if best > most {
            return None;
        }
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut this);
    }
    let distance = last[b.len()];
    (distance <= most).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn slips_are_counted() {
        let cases = [
            ("maria", "maria", Some(0)),
            ("maira", "maria", Some(1)),
            ("mria", "maria", Some(1)),
            ("mariia", "maria", Some(1)),
            ("narla", "maria", Some(2)),
            ("pedro", "maria", None),
            ("", "ab", Some(2)),
            ("gonzales", "gonzalez", Some(1)),
        ];
        for (a, b, expected) in cases {
            let a: Vec<char> = a.chars().collect();
            let b: Vec<char> = b.chars().collect();
            assert_eq!(within(&a, &b, 2), expected, "{a:?} {b:?}");
            assert_eq!(within(&b, &a, 2), expected, "{b:?} {a:?}");
        }
    }
}
