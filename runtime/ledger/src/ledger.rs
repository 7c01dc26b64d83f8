//! The chain itself: deploying, calling, asking.
//!
//! In: transactions and queries. Out: receipts and outcomes. Every transaction is a block of its
//! own: the height goes up by one and the time by the chain's interval, whatever comes of it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use deed_runtime::{
    Address, COINS, Call, Config, Context, Engine, Hash, LoadError, LoadedModule, Mode, Outcome,
    Place, Status, Write,
};

use crate::address::{block_hash, contract_address, transaction_hash};
use crate::host::{Pending, View};
use crate::receipt::{Execution, Target};
use crate::state::State;

/// How a chain begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
    pub chain_id: String,
    /// Time of the block before the first, in seconds since 1970 UTC.
    pub time: u64,
    /// Seconds from one block to the next.
    pub interval: u64,
}

impl Default for Genesis {
    /// A local chain that begins with the year 2026.
    fn default() -> Genesis {
        Genesis { chain_id: "deed-local".into(), time: 1_767_225_600, interval: 1 }
    }
}

/// What a deployment and a call have in common.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    pub from: Address,
    /// The parameters' canonical encodings, one after the other.
    pub args: &'a [u8],
    /// The coins that go along.
    pub value: u128,
    pub gas_limit: u64,
}

/// A question that changes nothing.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    pub contract: Address,
    pub function: &'a str,
    pub args: &'a [u8],
    /// What `tx.sender` is.
    pub from: Address,
    pub gas_limit: u64,
}

/// Why a transaction has no receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LedgerError {
    /// The bytes to deploy are no module.
    Load(LoadError),
    /// The module needs something of its host that a chain does not offer.
    Capability(String),
    /// The node is at fault, so the transaction is undecided.
    Fatal(String),
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LedgerError::Load(error) => write!(f, "{error}"),
            LedgerError::Capability(name) => {
                write!(f, "the module needs the capability `{name}`, which no chain offers")
            }
            LedgerError::Fatal(reason) => write!(f, "the ledger failed: {reason}"),
        }
    }
}

impl std::error::Error for LedgerError {}

/// A chain in memory.
#[derive(Debug)]
pub struct Ledger {
    engine: Arc<Engine>,
    chain_id: String,
    interval: u64,
    height: u64,
    time: u64,
    state: State,
    nonces: BTreeMap<Address, u64>,
    receipts: Vec<Execution>,
}

impl Default for Ledger {
    fn default() -> Ledger {
        Ledger::new(Arc::new(Engine::new(Config::default())), Genesis::default())
    }
}

impl Ledger {
    pub fn new(engine: Arc<Engine>, genesis: Genesis) -> Ledger {
        Ledger {
            engine,
            chain_id: genesis.chain_id,
            interval: genesis.interval,
            height: 0,
            time: genesis.time,
            state: State::default(),
            nonces: BTreeMap::new(),
            receipts: Vec::new(),
        }
    }

    /// Makes a contract from a module and runs its `init`. Where that fails, nothing is made.
    ///
    /// # Errors
    /// If the bytes are no module, in which case there is no transaction at all, or the node fails.
    pub fn deploy(&mut self, module: &[u8], tx: &Message<'_>) -> Result<Execution, LedgerError> {
        let start = Instant::now();
        let loaded = self.engine.load(module).map_err(LedgerError::Load)?;
        let compile = start.elapsed();
        let imports = &loaded.module().imports;
        if let Some(name) = imports.iter().find_map(|import| import.capability()) {
            return Err(LedgerError::Capability(name.to_owned()));
        }
        let code = loaded.hash();
        let (nonce, context) =
            self.begin(&tx.from, &[b"deploy", &code.0, tx.args, &tx.gas_limit.to_le_bytes()]);
        let address = contract_address(&tx.from, nonce, &code);
        let call = call(tx, address, "init", Mode::Init);
        let pending = Pending { address, code, module };
        let mut view = View { state: &self.state, context, pending: Some(pending) };
        let start = Instant::now();
        let outcome = self.engine.call(&mut view, &call);
        let elapsed = start.elapsed();
        let tx_hash = view.context.tx_id;
        if matches!(outcome.status, Status::Ok(_)) {
            self.state.deploy(address, code, module);
        }
        let receipt = self.commit(tx, Target::Deploy, address, Some(loaded), tx_hash, outcome)?;
        self.keep(Execution { elapsed, compile, ..receipt })
    }

    /// Calls an entry or a view of a contract.
    ///
    /// # Errors
    /// If the node fails. A call that the contract refuses has a receipt that says so.
    pub fn call(
        &mut self,
        contract: &Address,
        function: &str,
        tx: &Message<'_>,
    ) -> Result<Execution, LedgerError> {
        let (_, context) = self.begin(
            &tx.from,
            &[b"call", &contract.0, function.as_bytes(), tx.args, &tx.gas_limit.to_le_bytes()],
        );
        let mut view = View { state: &self.state, context, pending: None };
        let start = Instant::now();
        let loaded = self.engine.module_of(&mut view, contract).ok();
        let compile = start.elapsed();
        let start = Instant::now();
        let outcome =
            self.engine.call(&mut view, &call(tx, *contract, function, Mode::Transaction));
        let elapsed = start.elapsed();
        let tx_hash = view.context.tx_id;
        let target = Target::Call(function.to_owned());
        let receipt = self.commit(tx, target, *contract, loaded, tx_hash, outcome)?;
        self.keep(Execution { elapsed, compile, ..receipt })
    }

    /// Asks a view, as of the last block.
    pub fn query(&self, query: &Query<'_>) -> Outcome {
        let context = self.context(Hash::default());
        let mut view = View { state: &self.state, context, pending: None };
        let Query { contract, function, args, from, gas_limit } = *query;
        let call =
            Call { contract, function, args, caller: from, value: 0, gas_limit, mode: Mode::View };
        self.engine.call(&mut view, &call)
    }

    /// Sets the clock: forward, or before the first block anywhere. False, and nothing changes, for
    /// a time that has passed already.
    #[must_use]
    pub fn warp_to(&mut self, time: u64) -> bool {
        let possible = self.height == 0 || time >= self.time;
        if possible {
            self.time = time;
        }
        possible
    }

    /// The number of the last block; 0 before the first.
    pub fn height(&self) -> u64 {
        self.height
    }

    /// The time of the last block, in seconds since 1970 UTC.
    pub fn time(&self) -> u64 {
        self.time
    }

    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// The committed state.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// All receipts, oldest first; the one of height `h` is number `h - 1`.
    pub fn receipts(&self) -> &[Execution] {
        &self.receipts
    }

    /// Opens a block for a transaction of `from`; gives its nonce and context.
    fn begin(&mut self, from: &Address, parts: &[&[u8]]) -> (u64, Context) {
        let next = self.nonces.entry(*from).or_default();
        let nonce = *next;
        *next += 1;
        self.height += 1;
        self.time = self.time.saturating_add(self.interval);
        (nonce, self.context(transaction_hash(&self.chain_id, from, nonce, parts)))
    }

    fn context(&self, tx_id: Hash) -> Context {
        let Ledger { chain_id, height, time, .. } = self;
        let parent = self.last_block();
        let (chain_id, height, time) = (chain_id.clone(), *height, *time);
        // Every transaction is a block of its own.
        Context { chain_id, height, time, tx_id, tx_index: 0, parent }
    }

    /// The hash of the last block: of its one transaction and the state after it.
    fn last_block(&self) -> Hash {
        self.receipts.last().map_or(Hash::default(), |receipt| {
            block_hash(receipt.height, receipt.time, &receipt.tx_hash, &receipt.state_root)
        })
    }

    /// Applies an outcome and writes the receipt, as yet without measured times.
    fn commit(
        &mut self,
        tx: &Message<'_>,
        target: Target,
        contract: Address,
        module: Option<Arc<LoadedModule>>,
        tx_hash: Hash,
        outcome: Outcome,
    ) -> Result<Execution, LedgerError> {
        match &outcome.status {
            Status::Fatal(reason) => return Err(LedgerError::Fatal(reason.clone())),
            // This host never speculates.
            Status::Aborted => return Err(LedgerError::Fatal("an execution was aborted".into())),
            _ => self.state.apply(&outcome.writes, &outcome.created),
        }
        Ok(Execution {
            tx_hash,
            height: self.height,
            time: self.time,
            from: tx.from,
            target,
            contract,
            place: self.place(&contract, module.as_deref(), &outcome.status),
            module,
            outcome,
            gas_limit: tx.gas_limit,
            state_root: self.state.root(),
            input_bytes: tx.args.len() as u64,
            state_bytes: self.state.bytes(&contract),
            elapsed: Default::default(),
            compile: Default::default(),
        })
    }

    /// Where in the source a trap happened, in whichever contract it was.
    fn place(
        &self,
        called: &Address,
        module: Option<&LoadedModule>,
        status: &Status,
    ) -> Option<Place> {
        let Status::Trap(trap) = status else { return None };
        if trap.contract == *called {
            return module?.locate(trap.function, trap.pc);
        }
        let mut view =
            View { state: &self.state, context: self.context(Hash::default()), pending: None };
        let module = self.engine.module_of(&mut view, &trap.contract).ok()?;
        module.locate(trap.function, trap.pc)
    }

    /// Keeps a module, so that contracts can be made of it by its hash.
    ///
    /// # Errors
    /// If the bytes are no module.
    pub fn publish(&mut self, module: &[u8]) -> Result<Hash, LedgerError> {
        let loaded = self.engine.load(module).map_err(LedgerError::Load)?;
        self.state.publish(loaded.hash(), module);
        Ok(loaded.hash())
    }

    /// Gives an account coins that nobody had before.
    pub fn mint(&mut self, account: &Address, coins: u128) {
        let held = self.coins(account).saturating_add(coins);
        let write = Write {
            contract: COINS,
            key: account.0.to_vec(),
            value: (held > 0).then(|| held.to_le_bytes().to_vec()),
        };
        self.state.apply(&[write], &[]);
    }

    /// The coins of an account or contract.
    pub fn coins(&self, account: &Address) -> u128 {
        let entry = self.state.get(&COINS, &account.0);
        entry.and_then(|bytes| bytes.try_into().ok()).map_or(0, u128::from_le_bytes)
    }

    fn keep(&mut self, receipt: Execution) -> Result<Execution, LedgerError> {
        self.receipts.push(receipt.clone());
        Ok(receipt)
    }
}

fn call<'a>(tx: &Message<'a>, contract: Address, function: &'a str, mode: Mode) -> Call<'a> {
    let Message { from: caller, args, value, gas_limit } = *tx;
    Call { contract, function, args, caller, value, gas_limit, mode }
}
