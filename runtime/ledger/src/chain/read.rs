//! Reading the chain.
//!
//! In: heights, hashes, keys. Out: headers, transactions, receipts, entries of the state now and at
//! past heights, and proofs of them.

use deed_runtime::{Address, Hash, LoadedModule, Outcome, Place};

use super::block::Recorded;
use super::{Ledger, META_OLDEST, Query};
use crate::errors::LedgerError;
use crate::merkle;
use crate::proof::{EntryProof, ReceiptProof};
use crate::receipt::Receipt;
use crate::state::snapshot::{self, Snapshot};
use crate::state::{CONTRACTS, Read, entry_key, parsed, tree};
use crate::store::{Batch, Stretch, Table};
use crate::types::{Account, Header, Position, Transaction, Witness};
use crate::wire::Wire;

/// How many rows one step of [`Ledger::prune`] removes.
const PRUNED: usize = 10_000;

impl Ledger {
    /// The header of a block.
    ///
    /// # Errors
    /// If there is no block of this height yet, or the store cannot be read.
    pub fn header(&self, height: u64) -> Result<Header, LedgerError> {
        let bytes = self.store.get(Table::Headers, &height.to_be_bytes())?;
        let (oldest, newest) = (0, self.head.height);
        let bytes = bytes.ok_or(LedgerError::NoHeight { height, oldest, newest })?;
        Ok(parsed(&bytes)?)
    }

    /// Where a transaction stands.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn position(&self, tx_hash: &Hash) -> Result<Option<Position>, LedgerError> {
        let at = self.store.get(Table::Lookup, &tx_hash.0)?;
        Ok(at.and_then(|at| Position::from_key(&at)))
    }

    /// The receipt at a position; which event of it is meant is not looked at.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn receipt(&self, position: Position) -> Result<Option<Receipt>, LedgerError> {
        let at = Position { log: 0, ..position };
        let bytes = self.store.get(Table::Receipts, &at.to_key())?;
        Ok(bytes.map(|bytes| parsed(&bytes)).transpose()?)
    }

    /// The transaction at a position, with the signature that it came with, if it came with one.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn transaction(
        &self,
        position: Position,
    ) -> Result<Option<(Transaction, Option<Witness>)>, LedgerError> {
        let at = Position { log: 0, ..position };
        let bytes = self.store.get(Table::Transactions, &at.to_key())?;
        let recorded = bytes.map(|bytes| parsed::<Recorded>(&bytes)).transpose()?;
        Ok(recorded.map(|Recorded { transaction, witness }| (transaction, witness)))
    }

    /// The receipts of a block, in order.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn receipts(&self, height: u64) -> Result<Vec<Receipt>, LedgerError> {
        let (start, end) = (height.to_be_bytes(), height.saturating_add(1).to_be_bytes());
        let rows =
            self.store.range(Table::Receipts, Stretch::new(&start, Some(&end)), usize::MAX)?;
        Ok(rows.iter().map(|(_, bytes)| parsed(bytes)).collect::<Result<_, _>>()?)
    }

    /// The value of an entry, the open block included.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn get(&self, contract: &Address, key: &[u8]) -> Result<Option<Vec<u8>>, LedgerError> {
        Ok(self.now().get(contract, key)?)
    }

    /// The value of an entry after the block of this height.
    ///
    /// # Errors
    /// If the state of this height is not there.
    pub fn get_at(
        &self,
        contract: &Address,
        key: &[u8],
        height: u64,
    ) -> Result<Option<Vec<u8>>, LedgerError> {
        Ok(self.snapshot(height)?.get(contract, key)?)
    }

    /// What was known of an account after the block of this height.
    ///
    /// # Errors
    /// If the state of this height is not there.
    pub fn account_at(&self, address: &Address, height: u64) -> Result<Account, LedgerError> {
        Ok(self.snapshot(height)?.account(address)?)
    }

    /// The hash of a contract's code.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn code_hash(&self, contract: &Address) -> Result<Option<Hash>, LedgerError> {
        Ok(self.now().code_hash(contract)?)
    }

    /// A module by its code hash.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn code(&self, hash: &Hash) -> Result<Option<Vec<u8>>, LedgerError> {
        Ok(self.now().code(hash)?)
    }

    /// Bytes of all keys and values of a contract, the open block included.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn size(&self, contract: &Address) -> Result<u64, LedgerError> {
        Ok(self.draft.size(self.store.as_ref(), contract)?)
    }

    /// At most `limit` contracts with their code hashes, in ascending order of addresses behind `after`.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn contracts(
        &self,
        after: Option<&Address>,
        limit: usize,
    ) -> Result<Vec<(Address, Hash)>, LedgerError> {
        let start = after.map_or(Vec::new(), |after| [&after.0[..], &[0]].concat());
        let entries = self.now().range(&CONTRACTS, Stretch::new(&start, None), limit)?;
        let address = |(key, code): &(Vec<u8>, Vec<u8>)| Ok((parsed(key)?, parsed(code)?));
        entries.iter().map(address).collect()
    }

    /// Asks a view as of the block of this height.
    ///
    /// # Errors
    /// If the state of this height is not there.
    pub fn query_at(&self, query: &Query<'_>, height: u64) -> Result<Outcome, LedgerError> {
        let header = self.header(height)?;
        let context = self.context_of(height, header.time, header.hash(self.hasher()));
        Ok(self.ask(self.snapshot(height)?, context, query))
    }

    /// The value of an entry after a block, with what proves it to whoever knows the block's header.
    ///
    /// # Errors
    /// If the state of this height is not there.
    pub fn prove(
        &self,
        contract: &Address,
        key: &[u8],
        height: u64,
    ) -> Result<(Option<Vec<u8>>, EntryProof), LedgerError> {
        let value = self.get_at(contract, key, height)?;
        let key = entry_key(contract, key);
        let store = self.store.as_ref();
        let path = tree::prove(store, self.hasher(), height, &key, value.clone())?;
        Ok((value, EntryProof { path }))
    }

    /// What proves that a receipt is in its block; `None` if it is not.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn prove_receipt(&self, receipt: &Receipt) -> Result<Option<ReceiptProof>, LedgerError> {
        let receipts = self.receipts(receipt.height)?;
        let bytes: Vec<Vec<u8>> = receipts.iter().map(Receipt::to_bytes).collect();
        let at = receipt.index as usize;
        let path = merkle::path(self.hasher(), &bytes, at).filter(|_| receipts[at] == *receipt);
        Ok(path.map(|path| ReceiptProof { count: bytes.len() as u32, path }))
    }

    /// The least height whose state can be read.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn oldest(&self) -> Result<u64, LedgerError> {
        if !self.keeps {
            return Ok(self.head.height);
        }
        let oldest = self.store.get(Table::Meta, META_OLDEST)?;
        Ok(oldest.map_or(Ok(0), |oldest| parsed(&oldest))?)
    }

    /// Forgets the state at heights below this one. Blocks, transactions, receipts and their indexes stay.
    ///
    /// # Errors
    /// If there is no block of this height, or the store fails; what was removed until then stays so.
    pub fn prune(&mut self, oldest: u64) -> Result<(), LedgerError> {
        let newest = self.head.height;
        if oldest > newest {
            return Err(LedgerError::NoHeight { height: oldest, oldest: self.oldest()?, newest });
        }
        let oldest = oldest.max(self.oldest()?);
        loop {
            let mut batch = Batch::default();
            batch.put(Table::Meta, META_OLDEST, oldest.to_bytes());
            let pruned = snapshot::prune(self.store.as_ref(), oldest, PRUNED, &mut batch)?;
            self.store.commit(batch)?;
            if pruned < PRUNED {
                return Ok(());
            }
        }
    }

    /// Where in the source the trap of a receipt happened, if the module has debug tables.
    pub fn place_of(&self, receipt: &Receipt) -> Option<Place> {
        let module = self.module(&receipt.contract);
        self.place(&receipt.contract, module.as_deref(), &receipt.status)
    }

    /// The module that a contract runs.
    pub fn module(&self, contract: &Address) -> Option<std::sync::Arc<LoadedModule>> {
        let context = self.context_of(0, 0, Hash::default());
        let mut view = crate::host::View { state: self.now(), context, pending: None };
        self.engine.module_of(&mut view, contract).ok()
    }

    fn snapshot(&self, height: u64) -> Result<Snapshot<'_>, LedgerError> {
        let (oldest, newest) = (self.oldest()?, self.head.height);
        match (oldest..=newest).contains(&height) {
            true => Ok(Snapshot { store: self.store.as_ref(), height }),
            false => Err(LedgerError::NoHeight { height, oldest, newest }),
        }
    }
}
