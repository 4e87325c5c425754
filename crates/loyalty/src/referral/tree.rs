//! Who brought whom, as a tree: how deep somebody stands, and where it bites its own tail.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

/// Pairs of customer and referrer; each customer has one referrer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    referrer_of: BTreeMap<Uuid, Uuid>,
}

impl Tree {
    /// The tree of these pairs (customer, referrer). Of two referrers of one customer the first stands.
    pub fn of(pairs: impl IntoIterator<Item = (Uuid, Uuid)>) -> Self {
        let mut referrer_of = BTreeMap::new();
        for (customer, referrer) in pairs {
            referrer_of.entry(customer).or_insert(referrer);
        }
        Self { referrer_of }
    }

    /// How many people stand above: 0 for who came alone; `None` when the way up runs into a loop.
    pub fn depth(&self, customer: Uuid) -> Option<usize> {
        let mut seen = BTreeSet::from([customer]);
        let mut at = customer;
        while let Some(referrer) = self.referrer_of.get(&at) {
            if !seen.insert(*referrer) {
                return None;
            }
            at = *referrer;
        }
        Some(seen.len().saturating_sub(1))
    }

    /// Whether registering this pair would close a loop.
    pub fn would_loop(&self, customer: Uuid, referrer: Uuid) -> bool {
        let mut with = self.clone();
        with.referrer_of.insert(customer, referrer);
        with.depth(customer).is_none()
    }

    /// Every loop once: its people from the smallest id, each followed by who brought them.
    pub fn loops(&self) -> Vec<Vec<Uuid>> {
        let mut done = BTreeSet::new();
        let mut found = Vec::new();
        for start in self.referrer_of.keys() {
            let mut way = Vec::new();
            let mut at = *start;
            while done.insert(at) {
                way.push(at);
                let Some(referrer) = self.referrer_of.get(&at) else {
                    break;
                };
                at = *referrer;
            }
            let begin = way.iter().position(|person| *person == at);
            let closes = way.last().and_then(|last| self.referrer_of.get(last)) == Some(&at);
            if let Some(begin) = begin.filter(|_| closes) {
                let mut people: Vec<Uuid> = way.into_iter().skip(begin).collect();
                let first = people.iter().enumerate().min_by_key(|(_, person)| **person);
                let first = first.map_or(0, |(index, _)| index);
                people.rotate_left(first);
                found.push(people);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(pairs: &[(u128, u128)]) -> Tree {
        let id = Uuid::from_u128;
        Tree::of(pairs.iter().map(|(one, other)| (id(*one), id(*other))))
    }

    #[test]
    fn depth_counts_the_people_above() {
        let tree = tree(&[(2, 1), (3, 2), (4, 3), (5, 2)]);
        let depth = |id| tree.depth(Uuid::from_u128(id));
        assert_eq!(
            (depth(1), depth(2), depth(4), depth(5)),
            (Some(0), Some(1), Some(3), Some(2))
        );
    }

    #[test]
    fn each_loop_is_found_once_and_hides_the_depth_below_it() {
        let tree = tree(&[(3, 2), (2, 5), (5, 3), (9, 3), (1, 7), (7, 1), (8, 6)]);
        let ids =
            |ids: &[u128]| -> Vec<Uuid> { ids.iter().map(|id| Uuid::from_u128(*id)).collect() };
        assert_eq!(tree.loops(), [ids(&[1, 7]), ids(&[2, 5, 3])]);
        assert_eq!(tree.depth(Uuid::from_u128(9)), None);
        assert_eq!(tree.depth(Uuid::from_u128(8)), Some(1));
    }

    #[test]
    fn a_loop_is_seen_before_it_is_closed() {
        let tree = tree(&[(2, 1), (3, 2)]);
        let id = Uuid::from_u128;
        assert!(tree.would_loop(id(1), id(3)));
        assert!(!tree.would_loop(id(4), id(3)));
    }
}
