//! What the chain is made of, as data: begin reading here.
//!
//! ```text
//! Genesis ─► Header ◄─parent─ Header ◄─parent─ Header          one a block
//!              ├─ state root          of every entry of every contract, and of every account
//!              ├─ transactions root   of what was asked, in order
//!              └─ receipts root       of what came of it, in the same order, events included
//! ```
//!
//! In: nothing. Out: types with their canonical bytes (see `wire`). A [`Transaction`] is what an
//! account asks for; a [`SignedTransaction`] proves that it does. A [`Header`] commits to a block,
//! its parents and its state. What came of a transaction is a [`crate::Receipt`].
//!
//! What always holds: a byte that means something is signed, or follows from what is signed. The
//! bytes that are signed begin with [`SIGNED_BY`], so that no signature made for something else
//! is one of a transaction, and name the chain, so that none made for another chain is.

use deed_runtime::{Address, Hash};

use crate::hashing::Hasher;
use crate::keys::{PublicKey, Scheme, SecretKey, Signature};
use crate::wire::{Malformed, Wire, read_all, wire, wire_enum, write_all};

/// The first bytes of everything that is signed here; the number is the version of the form.
pub const SIGNED_BY: &[u8; 18] = b"deed transaction 1";

/// How a chain begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
    /// The name that transactions for this chain are signed with.
    pub chain_id: String,
    /// Time of the block before the first, in seconds since 1970-01-01T00:00:00Z.
    pub time: u64,
    /// The least number of seconds from one block to the next.
    pub interval: u64,
    /// What the chain's roots and hashes are made with.
    pub hasher: Hasher,
    /// Who has how many coins before the first block.
    pub coins: Vec<(Address, u128)>,
}

/// What an account asks of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    pub chain_id: String,
    /// Who asks: the address of the key that signs.
    pub from: Address,
    /// How many transactions this account has had before, so that each runs once and in order.
    pub nonce: u64,
    pub action: Action,
    /// The coins that go along.
    pub value: u128,
    /// The most gas that it may use.
    pub gas_limit: u64,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A new contract that runs the code with this hash; `args` are those of its `init`.
    Deploy { code: Hash, args: Vec<u8> },
    /// A function of a contract. Arguments are the canonical encodings, one after the other.
    Call { contract: Address, function: String, args: Vec<u8> },
}

/// A transaction and the proof that its sender wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedTransaction {
    pub transaction: Transaction,
    pub witness: Witness,
}

/// A signature and what it is checked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Witness {
    pub key: PublicKey,
    pub signature: Signature,
}

/// What the chain knows of an account. One that it knows nothing of is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// How it signs; unknown before its first transaction.
    pub scheme: Option<Scheme>,
    /// How many transactions it has had.
    pub nonce: u64,
    pub coins: u128,
}

/// What a block commits to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// 0 is the genesis block, which has no transactions.
    pub height: u64,
    /// In seconds since 1970-01-01T00:00:00Z, without leap seconds; from the second block on greater
    /// than the parent's.
    pub time: u64,
    /// The hash of the block before; of the genesis block the hash of its [`Genesis`].
    pub parent: Hash,
    /// Of all entries after this block (see `state::tree`).
    pub state_root: Hash,
    /// Of the hashes of its transactions (see `merkle`).
    pub transactions_root: Hash,
    /// Of its receipts' canonical bytes.
    pub receipts_root: Hash,
}

/// Where something stands on the chain; orders as the chain does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub height: u64,
    /// The number of the transaction in its block, from 0.
    pub index: u32,
    /// The number of the event in its transaction, from 0.
    pub log: u32,
}

impl Default for Genesis {
    /// A local chain that begins with the year 2026.
    fn default() -> Genesis {
        Genesis {
            chain_id: "deed-local".into(),
            time: 1_767_225_600,
            interval: 1,
            hasher: Hasher::Sha256,
            coins: Vec::new(),
        }
    }
}

impl Transaction {
    /// The bytes that are signed.
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = SIGNED_BY.to_vec();
        self.write(&mut bytes);
        bytes
    }

    /// Signs it.
    pub fn sign(self, key: &SecretKey) -> SignedTransaction {
        let signature = key.sign(&self.signed_bytes());
        let witness = Witness { key: key.public(), signature };
        SignedTransaction { transaction: self, witness }
    }

    /// Its name on the chain. The signature is no part of it, so nobody can change it on the way.
    pub fn hash(&self, hasher: Hasher) -> Hash {
        hasher.digest(&[&self.signed_bytes()])
    }
}

impl SignedTransaction {
    /// The canonical bytes, for the way to a node.
    pub fn to_bytes(&self) -> Vec<u8> {
        Wire::to_bytes(self)
    }

    /// # Errors
    /// If the bytes are no canonical form of a signed transaction. Whether it is valid is another
    /// question.
    pub fn from_bytes(bytes: &[u8]) -> Result<SignedTransaction, Malformed> {
        Wire::from_bytes(bytes)
    }
}

impl Header {
    /// The hash of the block.
    pub fn hash(&self, hasher: Hasher) -> Hash {
        hasher.digest(&[b"deed block ", &self.to_bytes()])
    }
}

impl Position {
    /// Bytes that order as positions do.
    pub(crate) fn to_key(self) -> [u8; 16] {
        let mut key = [0; 16];
        key[..8].copy_from_slice(&self.height.to_be_bytes());
        key[8..12].copy_from_slice(&self.index.to_be_bytes());
        key[12..].copy_from_slice(&self.log.to_be_bytes());
        key
    }

    /// The position whose bytes end `key`.
    pub(crate) fn from_key(key: &[u8]) -> Option<Position> {
        let bytes: [u8; 16] = *key.last_chunk()?;
        let number = u128::from_be_bytes(bytes);
        let (height, index, log) = ((number >> 64) as u64, (number >> 32) as u32, number as u32);
        Some(Position { height, index, log })
    }
}

wire! {
    Transaction { chain_id, from, nonce, action, value, gas_limit }
    SignedTransaction { transaction, witness }
    Witness { key, signature }
    Header { height, time, parent, state_root, transactions_root, receipts_root }
    Genesis { chain_id, time, interval, hasher, coins }
}

wire_enum! {
    Hasher { 0 = Sha256, 1 = Sm3, } else "there is no such hasher"
}

impl Wire for Action {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Action::Deploy { code, args } => {
                out.push(0);
                code.write(out);
                args.write(out);
            }
            Action::Call { contract, function, args } => {
                out.push(1);
                contract.write(out);
                function.write(out);
                args.write(out);
            }
        }
    }

    fn read(from: &mut crate::wire::Reader<'_>) -> Result<Self, Malformed> {
        match u8::read(from)? {
            0 => Ok(Action::Deploy { code: Wire::read(from)?, args: Wire::read(from)? }),
            1 => Ok(Action::Call {
                contract: Wire::read(from)?,
                function: Wire::read(from)?,
                args: Wire::read(from)?,
            }),
            _ => Err(from.fault("there is no such action")),
        }
    }
}

impl Wire for (Address, u128) {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
        self.1.write(out);
    }

    fn read(from: &mut crate::wire::Reader<'_>) -> Result<Self, Malformed> {
        Ok((Wire::read(from)?, Wire::read(from)?))
    }
}

impl Wire for Vec<(Address, u128)> {
    fn write(&self, out: &mut Vec<u8>) {
        write_all(self, out);
    }

    fn read(from: &mut crate::wire::Reader<'_>) -> Result<Self, Malformed> {
        read_all(from)
    }
}
