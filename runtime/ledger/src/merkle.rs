//! Commitments to lists: the transactions and the receipts of a block.
//!
//! In: a list of byte strings. Out: its root, and proofs that a string is its `n`-th member. The tree
//! is that of RFC 6962, section 2.1, with the chain's hash function: a leaf is hashed behind `00`, a
//! node behind `01`, and the left half of a list is the greatest power of two below its length.
//! The root of the empty list is the hash of nothing.

use deed_runtime::Hash;

use crate::hashing::Hasher;

/// The root of a list.
pub fn root<T: AsRef<[u8]>>(hasher: Hasher, members: &[T]) -> Hash {
    match members {
        [] => hasher.digest(&[]),
        [one] => leaf(hasher, one.as_ref()),
        _ => {
            let (left, right) = members.split_at(split(members.len()));
            node(hasher, &root(hasher, left), &root(hasher, right))
        }
    }
}

/// What proves that the `at`-th member is in the list: the roots beside its way up, lowest first.
/// `None` where the list is not that long.
pub fn path<T: AsRef<[u8]>>(hasher: Hasher, members: &[T], at: usize) -> Option<Vec<Hash>> {
    if at >= members.len() {
        return None;
    }
    let mut path = Vec::new();
    let (mut members, mut at) = (members, at);
    while members.len() > 1 {
        let (left, right) = members.split_at(split(members.len()));
        if at < left.len() {
            path.push(root(hasher, right));
            members = left;
        } else {
            path.push(root(hasher, left));
            (members, at) = (right, at - left.len());
        }
    }
    path.reverse();
    Some(path)
}

/// Whether `member` is the `at`-th of `length` members of the list with this root.
pub fn verify(
    hasher: Hasher,
    root: &Hash,
    member: &[u8],
    at: usize,
    length: usize,
    path: &[Hash],
) -> bool {
    at < length && climb(hasher, leaf(hasher, member), at, length, path) == Some(*root)
}

/// The root above a leaf. At most 64 steps deep, since each halves the length.
fn climb(hasher: Hasher, leaf: Hash, at: usize, length: usize, path: &[Hash]) -> Option<Hash> {
    if length == 1 {
        return path.is_empty().then_some(leaf);
    }
    let (beside, below) = path.split_last()?;
    let left = split(length);
    if at < left {
        Some(node(hasher, &climb(hasher, leaf, at, left, below)?, beside))
    } else {
        Some(node(hasher, beside, &climb(hasher, leaf, at - left, length - left, below)?))
    }
}

/// The greatest power of two below a length of at least two.
fn split(length: usize) -> usize {
    1 << (length - 1).ilog2()
}

fn leaf(hasher: Hasher, member: &[u8]) -> Hash {
    hasher.digest(&[&[0], member])
}

fn node(hasher: Hasher, left: &Hash, right: &Hash) -> Hash {
    hasher.digest(&[&[1], &left.0, &right.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list and its roots of the tests of RFC 6962's authors (certificate-transparency).
    #[test]
    fn roots_are_those_that_certificate_transparency_has() {
        let members: [&[u8]; 3] = [b"", b"\x00", b"\x10"];
        let roots = [
            "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "0x6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "0xfac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "0xaeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        ];
        for (length, expected) in roots.into_iter().enumerate() {
            assert_eq!(root(Hasher::Sha256, &members[..length]).to_string(), expected);
        }
    }

    #[test]
    fn paths_prove_their_member_and_no_other() {
        for length in 1..20_usize {
            let members: Vec<[u8; 1]> = (0..length as u8).map(|n| [n]).collect();
            let root = root(Hasher::Sm3, &members);
            for at in 0..length {
                let path = path(Hasher::Sm3, &members, at).expect("it is a member");
                let proves = |member: usize, at: usize, length: usize| {
                    verify(Hasher::Sm3, &root, &[member as u8], at, length, &path)
                };
                assert!(proves(at, at, length));
                assert!(!proves(at + 1, at, length));
                assert!((0..length).all(|other| other == at || !proves(at, other, length)));
                assert!(!verify(Hasher::Sm3, &root, &[at as u8], at, length, &[]) || length == 1);
            }
            assert_eq!(path(Hasher::Sm3, &members, length), None);
        }
    }
}
