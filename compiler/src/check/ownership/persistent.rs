//! A map whose copies share what they have in common.
//!
//! In: values under numbers. Out: copies in constant time, and the numbers under which two copies
//! differ in time proportional to what was changed since they parted.
//! Holds always: a copy never sees a change of another; branches that touch little cost little,
//! however much is held around them.

use std::rc::Rc;

/// Each level of the tree is told apart by so many bits of the key.
const BITS: u32 = 4;
const WIDTH: usize = 1 << BITS;
const LEVELS: u32 = u32::BITS / BITS;

#[derive(Clone, Debug)]
pub(super) struct Persistent<V> {
    root: Option<Rc<Node<V>>>,
}

#[derive(Clone, Debug)]
enum Node<V> {
    Inner([Option<Rc<Node<V>>>; WIDTH]),
    Leaf(V),
}

impl<V> Default for Persistent<V> {
    fn default() -> Self {
        Persistent { root: None }
    }
}

impl<V: Clone> Persistent<V> {
    pub(super) fn get(&self, key: u32) -> Option<&V> {
        let mut node = self.root.as_deref()?;
        for level in (0..LEVELS).rev() {
            let Node::Inner(below) = node else { return None };
            node = below[digit(key, level)].as_deref()?;
        }
        match node {
            Node::Leaf(value) => Some(value),
            Node::Inner(_) => None,
        }
    }

    pub(super) fn insert(&mut self, key: u32, value: V) {
        let mut place = &mut self.root;
        for level in (0..LEVELS).rev() {
            let node = place.get_or_insert_with(|| Rc::new(Node::Inner(Default::default())));
            let Node::Inner(below) = Rc::make_mut(node) else { return };
            place = &mut below[digit(key, level)];
        }
        *place = Some(Rc::new(Node::Leaf(value)));
    }

    pub(super) fn remove(&mut self, key: u32) {
        if self.get(key).is_none() {
            return;
        }
        let mut place = &mut self.root;
        for level in (0..LEVELS).rev() {
            let Some(node) = place else { return };
            let Node::Inner(below) = Rc::make_mut(node) else { return };
            place = &mut below[digit(key, level)];
        }
        *place = None;
    }

    /// Every entry, in the order of the keys.
    pub(super) fn entries(&self) -> Vec<(u32, &V)> {
        let mut found = Vec::new();
        collect(self.root.as_deref(), 0, &mut found);
        found
    }

    /// The keys whose entries were changed since two copies parted, in ascending order.
    pub(super) fn differences(&self, other: &Self) -> Vec<u32> {
        let mut found = Vec::new();
        compare(&self.root, &other.root, 0, &mut found);
        found
    }
}

fn digit(key: u32, level: u32) -> usize {
    (key >> (level * BITS)) as usize % WIDTH
}

fn collect<'n, V>(node: Option<&'n Node<V>>, prefix: u32, found: &mut Vec<(u32, &'n V)>) {
    match node {
        None => {}
        Some(Node::Leaf(value)) => found.push((prefix, value)),
        Some(Node::Inner(below)) => {
            for (index, node) in below.iter().enumerate() {
                collect(node.as_deref(), prefix << BITS | index as u32, found);
            }
        }
    }
}

fn compare<V>(a: &Option<Rc<Node<V>>>, b: &Option<Rc<Node<V>>>, prefix: u32, found: &mut Vec<u32>) {
    let same = match (a, b) {
        (Some(a), Some(b)) => Rc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    };
    if same {
        return;
    }
    let below = |node: &Option<Rc<Node<V>>>, index: usize| match node.as_deref() {
        Some(Node::Inner(below)) => below[index].clone(),
        _ => None,
    };
    if [a, b].iter().any(|node| matches!(node.as_deref(), Some(Node::Leaf(_)))) {
        return found.push(prefix);
    }
    for index in 0..WIDTH {
        compare(&below(a, index), &below(b, index), prefix << BITS | index as u32, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_part_and_know_their_differences() {
        let mut a = Persistent::default();
        for key in 0..1000 {
            a.insert(key, key);
        }
        let mut b = a.clone();
        b.insert(7, 0);
        b.remove(300);
        b.insert(u32::MAX, 1);
        assert_eq!(a.get(7), Some(&7));
        assert_eq!((b.get(7), b.get(300), b.get(u32::MAX)), (Some(&0), None, Some(&1)));
        assert_eq!(a.differences(&b), vec![7, 300, u32::MAX]);
        assert_eq!(a.entries().len(), 1000);
        assert!(a.differences(&a.clone()).is_empty());
    }
}
