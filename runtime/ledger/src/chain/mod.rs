//! The chain itself.
//!
//! In: a store and an engine. Out: [`Ledger`]: opening it here, running transactions in `run`, admitting signed
//! ones in `admit`, closing blocks in `block`, reading in `read`, looking things up in `search`.

mod admit;
mod block;
mod read;
mod run;
mod search;

use std::sync::Arc;

use deed_runtime::{Address, COINS, Config, Engine, Hash, Write};

use crate::errors::LedgerError;
use crate::hashing::Hasher;
use crate::state::{Head, Read, draft::Draft};
use crate::store::{Memory, Store, StoreError, Table};
use crate::types::{Account, Genesis, Header};
use crate::wire::Wire;
use block::Open;

pub use run::{Message, Query};
pub use search::{EventFilter, Page, TransactionFilter};

/// The version of what lies in a store. A store with a higher one is refused.
pub const FORMAT: u32 = 1;

/// Keys of [`Table::Meta`].
const META_FORMAT: &[u8] = b"format";
const META_GENESIS: &[u8] = b"genesis";
const META_OLDEST: &[u8] = b"oldest";

/// A chain.
///
/// It has one writer. `deploy`, `call` and `submit` make a block each; `apply` puts a transaction into the
/// open block, which [`Ledger::seal`] closes.
#[derive(Debug)]
pub struct Ledger {
    engine: Arc<Engine>,
    store: Box<dyn Store>,
    genesis: Genesis,
    /// Whether the state at past heights stays readable.
    keeps: bool,
    head: Header,
    head_hash: Hash,
    /// The time before which no block begins, less the interval.
    time: u64,
    draft: Draft,
    open: Vec<Open>,
}

impl Default for Ledger {
    fn default() -> Ledger {
        Ledger::new(Arc::new(Engine::new(Config::default())), Genesis::default())
    }
}

impl Ledger {
    /// A chain in memory. It does not keep the state at past heights.
    pub fn new(engine: Arc<Engine>, genesis: Genesis) -> Ledger {
        let mut ledger = Ledger::bare(engine, Box::new(Memory::default()), genesis, false);
        // Memory does not fail.
        let begun = ledger.begin();
        debug_assert_eq!(begun, Ok(()));
        ledger
    }

    /// The chain that lies in a store, with the state at all heights since it began or was pruned. An
    /// empty store becomes a chain with this genesis; one that is there keeps its own.
    ///
    /// # Errors
    /// If the store cannot be read, is of a newer format, or contradicts itself.
    pub fn open(
        engine: Arc<Engine>,
        store: Box<dyn Store>,
        genesis: Genesis,
    ) -> Result<Ledger, LedgerError> {
        let format = store.get(Table::Meta, META_FORMAT)?;
        let Some(format) = format else {
            let mut ledger = Ledger::bare(engine, store, genesis, true);
            ledger.begin()?;
            return Ok(ledger);
        };
        let found: u32 = crate::state::parsed(&format)?;
        if found > FORMAT {
            return Err(StoreError::Newer { found, known: FORMAT }.into());
        }
        let missing = |what: &str| StoreError::Inconsistent(format!("it has no {what}"));
        let genesis = store.get(Table::Meta, META_GENESIS)?.ok_or_else(|| missing("genesis"))?;
        let genesis = crate::state::parsed(&genesis)?;
        let mut ledger = Ledger::bare(engine, store, genesis, true);
        let head = ledger.last_header()?.ok_or_else(|| missing("block"))?;
        ledger.advance(head);
        ledger.check_head()?;
        Ok(ledger)
    }

    /// The whole of it but its first block.
    fn bare(engine: Arc<Engine>, store: Box<dyn Store>, genesis: Genesis, keeps: bool) -> Ledger {
        let parent = genesis.hasher.digest(&[b"deed genesis ", &genesis.to_bytes()]);
        let none = Hash::default();
        let (state_root, transactions_root, receipts_root) = (none, none, none);
        let (height, time) = (0, genesis.time);
        let head = Header { height, time, parent, state_root, transactions_root, receipts_root };
        let (draft, open) = (Draft::default(), Vec::new());
        Ledger { engine, store, genesis, keeps, head, head_hash: none, time, draft, open }
    }

    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// How the chain began.
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    pub fn hasher(&self) -> Hasher {
        self.genesis.hasher
    }

    /// The number of the last block; 0 before the first.
    pub fn height(&self) -> u64 {
        self.head.height
    }

    /// The header of the last block.
    pub fn head(&self) -> &Header {
        &self.head
    }

    /// The hash of the last block.
    pub fn head_hash(&self) -> Hash {
        self.head_hash
    }

    /// The time of the last block or, if later, that of the last [`Ledger::warp_to`].
    pub fn time(&self) -> u64 {
        self.time
    }

    /// Sets the clock: forward, or before the first block anywhere. False, and nothing changes, for
    /// a time that has passed already. The next block has this time and the chain's interval.
    #[must_use]
    pub fn warp_to(&mut self, time: u64) -> bool {
        let possible = self.head.height == 0 || time >= self.time;
        if possible {
            self.time = time;
        }
        possible
    }

    /// Keeps a module, so that contracts can be made of it by its hash.
    ///
    /// # Errors
    /// If the bytes are no module.
    pub fn publish(&mut self, module: &[u8]) -> Result<Hash, LedgerError> {
        let loaded = self.engine.load(module).map_err(LedgerError::Load)?;
        self.draft.publish(loaded.hash(), module);
        Ok(loaded.hash())
    }

    /// Gives an account coins that nobody had before: with the next block, for tests and development.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn mint(&mut self, account: &Address, coins: u128) -> Result<(), LedgerError> {
        let held = self.account(account)?.coins.saturating_add(coins);
        let value = (held > 0).then(|| held.to_le_bytes());
        let value = value.as_ref().map(<[u8; 16]>::as_slice);
        Ok(self.draft.set(self.store.as_ref(), COINS, &account.0, value)?)
    }

    /// What is known of an account, the open block included.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn account(&self, address: &Address) -> Result<Account, LedgerError> {
        Ok(self.now().account(address)?)
    }

    /// The state with the open block.
    fn now(&self) -> Head<'_> {
        Head { store: self.store.as_ref(), draft: &self.draft }
    }

    /// Applies the writes of a successful call.
    fn apply_writes(&mut self, writes: &[Write]) -> Result<(), StoreError> {
        writes.iter().try_for_each(|write| {
            let Write { contract, key, value } = write;
            self.draft.set(self.store.as_ref(), *contract, key, value.as_deref())
        })
    }
}
