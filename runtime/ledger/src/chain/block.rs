//! Blocks: what the store gets at once.
//!
//! In: the transactions of the open block, with what came of them. Out: a header, committed.
//!
//! What always holds: a block is one batch of the store, state, tree, receipts and index rows together;
//! if it cannot be committed, the open block is gone and the chain is as it was.

use deed_runtime::{COINS, Hash};

use super::{FORMAT, Ledger, META_FORMAT, META_GENESIS};
use crate::errors::LedgerError;
use crate::index::{self, Fields};
use crate::merkle;
use crate::receipt::Receipt;
use crate::state::draft::{Closing, Draft};
use crate::store::{Batch, StoreError, Stretch, Table};
use crate::types::{Header, Transaction, Witness};
use crate::wire::{Wire, wire};

/// A transaction of the open block.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) recorded: Recorded,
    pub(super) receipt: Receipt,
    /// The values that its events are looked for by.
    pub(super) fields: Vec<Fields>,
    /// The names of the contracts that it made, full ones and short ones.
    pub(super) deployed: Vec<String>,
}

/// A transaction as the chain keeps it. One that nobody signed was made by a test or a development tool.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    pub(super) transaction: Transaction,
    pub(super) witness: Option<Witness>,
}

wire! {
    Recorded { transaction, witness }
}

impl Ledger {
    /// Closes the open block, which may be empty, and commits it.
    ///
    /// # Errors
    /// If the store cannot commit it. Nothing of the block is left then.
    pub fn seal(&mut self) -> Result<Header, LedgerError> {
        let (draft, open) = (std::mem::take(&mut self.draft), std::mem::take(&mut self.open));
        let mut batch = Batch::default();
        let header = self.close(draft, &open, &mut batch)?;
        self.store.commit(batch)?;
        self.advance(header.clone());
        Ok(header)
    }

    /// Forgets the open block.
    pub(super) fn abandon(&mut self) {
        (self.draft, self.open) = (Draft::default(), Vec::new());
    }

    /// Makes the genesis block.
    pub(super) fn begin(&mut self) -> Result<(), LedgerError> {
        for (account, coins) in self.genesis.coins.clone() {
            self.mint(&account, coins)?;
        }
        let mut batch = Batch::default();
        batch.put(Table::Meta, META_FORMAT, FORMAT.to_bytes());
        batch.put(Table::Meta, META_GENESIS, self.genesis.to_bytes());
        let closing = Closing {
            store: self.store.as_ref(),
            hasher: self.hasher(),
            height: 0,
            keeps: self.keeps,
        };
        let state_root = std::mem::take(&mut self.draft).close(&closing, &mut batch)?;
        let empty = merkle::root::<&[u8]>(self.hasher(), &[]);
        let roots = Header { transactions_root: empty, receipts_root: empty, ..self.head.clone() };
        let header = Header { state_root, ..roots };
        batch.put(Table::Headers, header.height.to_be_bytes(), header.to_bytes());
        self.store.commit(batch)?;
        self.advance(header);
        Ok(())
    }

    /// The block that comes next, as far as it is known before it is closed.
    pub(super) fn next(&self) -> (u64, u64) {
        (self.head.height.saturating_add(1), self.time.saturating_add(self.genesis.interval))
    }

    fn close(&self, draft: Draft, open: &[Open], batch: &mut Batch) -> Result<Header, StoreError> {
        let (height, time) = self.next();
        let (hasher, keeps) = (self.hasher(), self.keeps);
        let closing = Closing { store: self.store.as_ref(), hasher, height, keeps };
        let state_root = draft.close(&closing, batch)?;
        let hashes: Vec<[u8; 32]> = open.iter().map(|open| open.receipt.tx_hash.0).collect();
        let receipts: Vec<Vec<u8>> = open.iter().map(|open| open.receipt.to_bytes()).collect();
        let header = Header {
            height,
            time,
            parent: self.head_hash,
            state_root,
            transactions_root: merkle::root(hasher, &hashes),
            receipts_root: merkle::root(hasher, &receipts),
        };
        for (open, receipt) in open.iter().zip(receipts) {
            let Open { recorded, receipt: read, fields, deployed } = open;
            let at = read.position().to_key();
            batch.put(Table::Transactions, at, recorded.to_bytes());
            batch.put(Table::Receipts, at, receipt);
            batch.put(Table::Lookup, read.tx_hash.0, at);
            index::rows(read, fields, deployed, batch);
        }
        batch.put(Table::Headers, height.to_be_bytes(), header.to_bytes());
        Ok(header)
    }

    /// Goes on from a block that is committed.
    pub(super) fn advance(&mut self, header: Header) {
        self.time = self.time.max(header.time);
        self.head_hash = header.hash(self.hasher());
        self.head = header;
    }

    pub(super) fn last_header(&self) -> Result<Option<Header>, StoreError> {
        let whole = Stretch::new(&[], None).backwards();
        let last = self.store.range(Table::Headers, whole, 1)?.pop();
        last.map(|(_, header)| crate::state::parsed(&header)).transpose()
    }

    /// Whether the head is what the rest of the store says: its place, its parent, and its state root.
    pub(super) fn check_head(&self) -> Result<(), LedgerError> {
        let contradicts = |what: &str| Err(StoreError::Inconsistent(what.to_owned()).into());
        if self.head.height > 0 {
            let parent = self.header(self.head.height - 1)?;
            if parent.hash(self.hasher()) != self.head.parent {
                return contradicts("the last block does not follow the one before");
            }
        }
        let (coins, proof) = self.prove(&COINS, &[], self.head.height)?;
        if !proof.verify(self.hasher(), &self.head, &COINS, &[], coins.as_deref()) {
            return contradicts("the state has another root than the last block says");
        }
        Ok(())
    }

    /// The hash of an open block's parent.
    pub(super) fn parent(&self) -> Hash {
        self.head_hash
    }
}
