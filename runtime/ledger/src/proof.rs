//! What a client checks without trusting a node.
//!
//! In: a block's header, whose hash the client knows from elsewhere, and proofs from a node. Out: whether
//! an entry of the state has a value, or there is none; whether a receipt, with its events, is in the block.
//!
//! What always holds: checking reads nothing but its arguments, and no proof makes it panic or take long.

use deed_runtime::{Address, COINS};

use crate::hashing::Hasher;
use crate::merkle;
use crate::receipt::Receipt;
use crate::state::{entry_key, tree};
use crate::types::Header;

/// Shows that an entry has a value, or that there is none, after a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryProof {
    /// The path through the state tree, in the borsh form of `jmt`'s `SparseMerkleProof`.
    pub path: Vec<u8>,
}

/// Shows that a receipt is in a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptProof {
    /// How many transactions the block has.
    pub count: u32,
    /// The roots beside the receipt's way up, lowest first (see `merkle`).
    pub path: Vec<deed_runtime::Hash>,
}

impl EntryProof {
    /// Whether, after the block with this header, the entry `key` of `contract` was `value`; with `None`,
    /// whether there was none.
    pub fn verify(
        &self,
        hasher: Hasher,
        header: &Header,
        contract: &Address,
        key: &[u8],
        value: Option<&[u8]>,
    ) -> bool {
        tree::verify(hasher, &header.state_root, &entry_key(contract, key), value, &self.path)
    }

    /// Whether an account had so many coins.
    pub fn verify_coins(
        &self,
        hasher: Hasher,
        header: &Header,
        account: &Address,
        coins: u128,
    ) -> bool {
        let value = (coins > 0).then(|| coins.to_le_bytes());
        let value = value.as_ref().map(<[u8; 16]>::as_slice);
        self.verify(hasher, header, &COINS, &account.0, value)
    }
}

impl ReceiptProof {
    /// Whether the block with this header has this receipt, at the place that it names.
    pub fn verify(&self, hasher: Hasher, header: &Header, receipt: &Receipt) -> bool {
        let (bytes, at, count) = (receipt.to_bytes(), receipt.index as usize, self.count as usize);
        receipt.height == header.height
            && merkle::verify(hasher, &header.receipts_root, &bytes, at, count, &self.path)
    }
}
