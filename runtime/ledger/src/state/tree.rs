//! The state tree, whose root commits to every entry.
//!
//! In: changes of entries. Out: the root, and proofs of what is there and what is not.
//!
//! It is the Jellyfish Merkle tree of the crate `jmt`, one version a block: a sparse Merkle tree over
//! the digests of keys, in which a subtree with one leaf is that leaf. Its hash function is the
//! chain's. The key of an entry is its contract followed by its key. Nodes lie in [`Table::Nodes`] by
//! version and path, in the crate's own form; the values that leaves commit to are the entries.
//!
//! What always holds: the root depends on the entries alone, not on their history.

use deed_runtime::Hash;
use jmt::storage::{LeafNode, Node, NodeKey, TreeReader, TreeUpdateBatch};
use jmt::{
    JellyfishMerkleTree, KeyHash, OwnedValue, SimpleHasher, Version, proof::SparseMerkleProof,
};

use super::draft::Closing;
use super::{Result, snapshot};
use crate::hashing::{Hasher, Sha256, Sm3};
use crate::store::{Batch, Store, StoreError, Table};

type Change = (Vec<u8>, Option<Vec<u8>>);

/// Makes the tree of a new height.
pub(super) fn update(
    closing: &Closing<'_>,
    changes: Vec<Change>,
    batch: &mut Batch,
) -> Result<Hash> {
    let (root, update) = match closing.hasher {
        Hasher::Sha256 => put::<Sha256>(closing, changes)?,
        Hasher::Sm3 => put::<Sm3>(closing, changes)?,
    };
    for stale in &update.stale_node_index_batch {
        let key = bytes(&stale.node_key)?;
        match closing.keeps {
            true => {
                let row = snapshot::stale_key(closing.height, snapshot::NODE, &key);
                batch.put(Table::Stale, row, []);
            }
            false => batch.remove(Table::Nodes, key),
        }
    }
    for (key, node) in update.node_batch.nodes() {
        batch.put(Table::Nodes, bytes(key)?, bytes(node)?);
    }
    Ok(root)
}

fn put<H: SimpleHasher>(
    closing: &Closing<'_>,
    changes: Vec<Change>,
) -> Result<(Hash, TreeUpdateBatch)> {
    let nodes = Nodes { store: closing.store, value: None };
    let changes = changes.into_iter().map(|(key, value)| (KeyHash(H::hash(key)), value));
    let tree = JellyfishMerkleTree::<_, H>::new(&nodes);
    let (root, update) = tree.put_value_set(changes, closing.height).map_err(error)?;
    Ok((Hash(root.0), update))
}

/// What proves that `key` has `value`, or none, in the tree of a height; in the crate's borsh form.
pub(crate) fn prove(
    store: &dyn Store,
    hasher: Hasher,
    height: u64,
    key: &[u8],
    value: Option<Vec<u8>>,
) -> Result<Vec<u8>> {
    match hasher {
        Hasher::Sha256 => prove_with::<Sha256>(store, height, key, value),
        Hasher::Sm3 => prove_with::<Sm3>(store, height, key, value),
    }
}

fn prove_with<H: SimpleHasher>(
    store: &dyn Store,
    height: u64,
    key: &[u8],
    value: Option<Vec<u8>>,
) -> Result<Vec<u8>> {
    let nodes = Nodes { store, value };
    let tree = JellyfishMerkleTree::<_, H>::new(&nodes);
    let (_, proof) = tree.get_with_proof(KeyHash(H::hash(key)), height).map_err(error)?;
    bytes(&proof)
}

/// Whether a proof shows that `key` has `value`, or none, in the tree with this root.
pub(crate) fn verify(
    hasher: Hasher,
    root: &Hash,
    key: &[u8],
    value: Option<&[u8]>,
    proof: &[u8],
) -> bool {
    let verified = match hasher {
        Hasher::Sha256 => verify_with::<Sha256>(root, key, value, proof),
        Hasher::Sm3 => verify_with::<Sm3>(root, key, value, proof),
    };
    verified.is_some()
}

fn verify_with<H: SimpleHasher>(
    root: &Hash,
    key: &[u8],
    value: Option<&[u8]>,
    proof: &[u8],
) -> Option<()> {
    let proof: SparseMerkleProof<H> = borsh::from_slice(proof).ok()?;
    proof.verify(jmt::RootHash(root.0), KeyHash(H::hash(key)), value).ok()
}

/// The store as the tree reads it.
struct Nodes<'a> {
    store: &'a dyn Store,
    /// The one value that a proof is about; the tree asks for no other.
    value: Option<OwnedValue>,
}

impl TreeReader for Nodes<'_> {
    fn get_node_option(&self, key: &NodeKey) -> anyhow::Result<Option<Node>> {
        let node = self.store.get(Table::Nodes, &borsh::to_vec(key)?)?;
        Ok(node.map(|node| borsh::from_slice(&node)).transpose()?)
    }

    fn get_value_option(&self, _: Version, _: KeyHash) -> anyhow::Result<Option<OwnedValue>> {
        Ok(self.value.clone())
    }

    fn get_rightmost_leaf(&self) -> anyhow::Result<Option<(NodeKey, LeafNode)>> {
        anyhow::bail!("only a tree that is restored node by node has a use for this")
    }
}

fn bytes(value: &impl borsh::BorshSerialize) -> Result<Vec<u8>> {
    borsh::to_vec(value).map_err(|error| StoreError::Inconsistent(error.to_string()))
}

/// The store's own errors come back as they were.
fn error(error: anyhow::Error) -> StoreError {
    let words = format!("{error:#}");
    error.downcast().unwrap_or(StoreError::Inconsistent(words))
}
