//! A digest of a set of entries that follows single changes.
//!
//! In: changes of entries. Out: the root. A tree of fixed depth over SHA-256 of the keys: a leaf
//! is the digest of key and value, each preceded by its length in eight bytes, little-endian;
//! above the leaves stand nodes for the first two bytes of the key's digest, for the first one,
//! and the root, each the digest of its children in order, every child as its place (the digest
//! of the key, or the prefix) and its own digest. Nodes without children do not exist, so the
//! root depends on the entries alone. A change costs some tens of kilobytes of hashing at the
//! very most; the tree proves nothing cheaply, and is not meant to.

use std::collections::BTreeMap;
use std::ops::Bound;

use deed_runtime::Hash;
use sha2::{Digest, Sha256};

/// Lengths of the prefixes at which nodes stand, from the leaves up.
const LEVELS: [usize; 4] = [32, 2, 1, 0];

/// The digests of leaves and nodes, by their prefixes; one map a level.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tree {
    levels: [BTreeMap<Vec<u8>, [u8; 32]>; LEVELS.len()],
}

impl Tree {
    /// Follows changes of entries; `None` is a removal.
    pub(crate) fn update<'a>(
        &mut self,
        changes: impl IntoIterator<Item = (&'a [u8], Option<&'a [u8]>)>,
    ) {
        let mut changed: Vec<Vec<u8>> = Vec::new();
        for (key, value) in changes {
            let place = Sha256::digest(key).to_vec();
            match value {
                Some(value) => self.levels[0].insert(place.clone(), leaf(key, value)),
                None => self.levels[0].remove(&place),
            };
            changed.push(place);
        }
        for (level, length) in LEVELS.into_iter().enumerate().skip(1) {
            changed.iter_mut().for_each(|place| place.truncate(length));
            changed.sort_unstable();
            changed.dedup();
            for prefix in &changed {
                match self.node(level, prefix) {
                    Some(digest) => self.levels[level].insert(prefix.clone(), digest),
                    None => self.levels[level].remove(prefix),
                };
            }
        }
    }

    /// The digest of all entries; zero where there are none.
    pub(crate) fn root(&self) -> Hash {
        let [.., top] = &self.levels;
        Hash(top.values().next().copied().unwrap_or_default())
    }

    /// The digest of the children of a prefix, if it has any.
    fn node(&self, level: usize, prefix: &[u8]) -> Option<[u8; 32]> {
        let below = &self.levels[level - 1];
        let from = (Bound::Included(prefix), Bound::Unbounded);
        let children =
            below.range::<[u8], _>(from).take_while(|(place, _)| place.starts_with(prefix));
        let mut digest = None;
        for (place, child) in children {
            let digest = digest.get_or_insert_with(Sha256::new);
            digest.update(place);
            digest.update(child);
        }
        digest.map(|digest| digest.finalize().into())
    }
}

fn leaf(key: &[u8], value: &[u8]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in [key, value] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_depends_on_the_entries_and_not_on_their_history() {
        let keys: Vec<[u8; 2]> = (0..1000u16).map(u16::to_le_bytes).collect();
        let mut once = Tree::default();
        once.update(keys.iter().map(|key| (&key[..], Some(&key[..1]))));
        let mut slowly = Tree::default();
        for key in keys.iter().rev() {
            slowly.update([(&key[..], Some(&b"other"[..]))]);
            slowly.update([(&key[..], Some(&key[..1]))]);
        }
        assert_eq!(once.root(), slowly.root());
        slowly.update([(&b"more"[..], Some(&b"1"[..]))]);
        assert_ne!(once.root(), slowly.root());
        slowly.update([(&b"more"[..], None)]);
        assert_eq!(once.root(), slowly.root());
        slowly.update(keys.iter().map(|key| (&key[..], None)));
        assert_eq!(slowly.root(), Hash::default());
        assert!(slowly.levels.iter().all(BTreeMap::is_empty));
    }

    #[test]
    fn a_single_entry_is_hashed_as_described() {
        let mut tree = Tree::default();
        tree.update([(&b"key"[..], Some(&b"value"[..]))]);
        let sha = |parts: &[&[u8]]| -> [u8; 32] { Sha256::digest(parts.concat()).into() };
        let place = sha(&[b"key"]);
        let leaf = sha(&[&3u64.to_le_bytes(), b"key", &5u64.to_le_bytes(), b"value"]);
        let two = sha(&[&place, &leaf]);
        let one = sha(&[&place[..2], &two]);
        assert_eq!(tree.root().0, sha(&[&place[..1], &one]));
    }
}
