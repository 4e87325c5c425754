//! Orders of scanning.

/// The first `most` permutations of `items`, in the order of their positions.
pub(super) fn permutations<T: Clone>(items: &[T], most: usize) -> Vec<Vec<T>> {
    let mut found = Vec::new();
    extend(&mut Vec::new(), items, most, &mut found);
    found
}

fn extend<T: Clone>(begun: &mut Vec<T>, left: &[T], most: usize, found: &mut Vec<Vec<T>>) {
    if found.len() >= most {
        return;
    }
    if left.is_empty() {
        found.push(begun.clone());
        return;
    }
    for index in 0..left.len() {
        let mut rest = left.to_vec();
        begun.push(rest.remove(index));
        extend(begun, &rest, most, found);
        begun.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::permutations;

    #[test]
    fn five_codes_have_a_hundred_and_twenty_orders() {
        let orders = permutations(&[1, 2, 3, 4, 5], 1000);
        let mut distinct = orders.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!((orders.len(), distinct.len()), (120, 120));
        assert_eq!(permutations(&[1, 2, 3, 4, 5, 6], 120).len(), 120);
        assert_eq!(permutations::<u8>(&[], 120), [Vec::<u8>::new()]);
    }
}
