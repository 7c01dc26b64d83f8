//! Running transactions and questions.
//!
//! In: messages and queries. Out: executions and outcomes. A message is taken at its word: who may
//! send it is asked in `admit`.
//!
//! What always holds: a transaction that failed leaves its sender's nonce and its receipt, and nothing
//! else; one that the node failed at leaves nothing at all, and takes the open block with it if the
//! store was at fault.

use std::sync::Arc;
use std::time::{Duration, Instant};

use deed_runtime::{
    Address, Call, Context, Created, Hash, LoadedModule, Mode, Outcome, Place, Status,
};

use super::Ledger;
use super::block::{Open, Recorded};
use crate::address::contract_address;
use crate::errors::{LedgerError, Rejection};
use crate::host::{Pending, View};
use crate::index;
use crate::receipt::{Execution, Target};
use crate::state::{ACCOUNTS, CONTRACTS, Head, Read, Record};
use crate::types::{Action, Transaction, Witness};
use crate::wire::Wire;

/// What a deployment and a call have in common, where nobody signs.
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

/// A module that is to be deployed.
pub(super) struct Code {
    bytes: Vec<u8>,
    pub(super) module: Arc<LoadedModule>,
    compile: Duration,
}

/// The contract that a transaction runs, before it runs.
struct Prepared {
    contract: Address,
    target: Target,
    module: Option<Arc<LoadedModule>>,
    /// The bytes to be deployed.
    deploys: Option<Vec<u8>>,
    compile: Duration,
}

impl Ledger {
    /// Makes a contract from a module and runs its `init`, in a block of its own, unsigned. Where
    /// that fails, nothing is made.
    ///
    /// # Errors
    /// If the bytes are no module, in which case there is no transaction at all, or the node fails.
    pub fn deploy(
        &mut self,
        module: &[u8],
        message: &Message<'_>,
    ) -> Result<Execution, LedgerError> {
        let code = self.load(module)?;
        let action = Action::Deploy { code: code.module.hash(), args: message.args.to_vec() };
        let transaction = self.unsigned(message, action)?;
        let execution = self.run(transaction, None, Some(code))?;
        self.sealed(execution)
    }

    /// Calls an entry or a view of a contract, in a block of its own, unsigned.
    ///
    /// # Errors
    /// If the node fails. A call that the contract refuses has a receipt that says so.
    pub fn call(
        &mut self,
        contract: &Address,
        function: &str,
        message: &Message<'_>,
    ) -> Result<Execution, LedgerError> {
        let (contract, function, args) = (*contract, function.to_owned(), message.args.to_vec());
        let transaction = self.unsigned(message, Action::Call { contract, function, args })?;
        let execution = self.run(transaction, None, None)?;
        self.sealed(execution)
    }

    /// Asks a view, as of now.
    pub fn query(&self, query: &Query<'_>) -> Outcome {
        let context = self.context_of(self.head.height, self.time, self.head_hash);
        self.ask(self.now(), context, query)
    }

    pub(super) fn ask(&self, state: impl Read, context: Context, query: &Query<'_>) -> Outcome {
        let mut view = View { state, context, pending: None };
        let Query { contract, function, args, from, gas_limit } = *query;
        let call =
            Call { contract, function, args, caller: from, value: 0, gas_limit, mode: Mode::View };
        self.engine.call(&mut view, &call)
    }

    /// A context outside of any transaction.
    pub(super) fn context_of(&self, height: u64, time: u64, parent: Hash) -> Context {
        let chain_id = self.genesis.chain_id.clone();
        Context { chain_id, height, time, tx_id: Hash::default(), tx_index: 0, parent }
    }

    /// The state with the open block, as the engine sees it.
    fn view(&self, context: Context) -> View<'_, Head<'_>> {
        View { state: self.now(), context, pending: None }
    }

    /// Closes the block of an execution.
    pub(super) fn sealed(&mut self, execution: Execution) -> Result<Execution, LedgerError> {
        let header = self.seal()?;
        Ok(Execution { state_root: header.state_root, ..execution })
    }

    fn unsigned(&self, message: &Message<'_>, action: Action) -> Result<Transaction, LedgerError> {
        let Message { from, value, gas_limit, .. } = *message;
        let chain_id = self.genesis.chain_id.clone();
        let nonce = self.account(&from)?.nonce;
        Ok(Transaction { chain_id, from, nonce, action, value, gas_limit })
    }

    /// Makes a module ready to be deployed.
    pub(super) fn load(&self, bytes: &[u8]) -> Result<Code, LedgerError> {
        let start = Instant::now();
        let module = self.engine.load(bytes).map_err(LedgerError::Load)?;
        let compile = start.elapsed();
        let imports = &module.module().imports;
        if let Some(name) = imports.iter().find_map(|import| import.capability()) {
            return Err(LedgerError::Capability(name.to_owned()));
        }
        Ok(Code { bytes: bytes.to_vec(), module, compile })
    }

    /// Runs a transaction in the open block. Its nonce is the account's; a deployment has its code.
    pub(super) fn run(
        &mut self,
        transaction: Transaction,
        witness: Option<Witness>,
        code: Option<Code>,
    ) -> Result<Execution, LedgerError> {
        let context = self.context(&transaction);
        let prepared = self.prepare(&transaction, &context, code)?;
        let start = Instant::now();
        let outcome = self.execute(&transaction, &prepared, &context);
        let elapsed = start.elapsed();
        match &outcome.status {
            Status::Fatal(reason) => return Err(LedgerError::Fatal(reason.clone())),
            // This host never speculates.
            Status::Aborted => return Err(LedgerError::Fatal("an execution was aborted".into())),
            _ => {}
        }
        if let Err(error) = self.settle(&transaction, witness.as_ref(), &prepared, &outcome) {
            // The store has failed in the middle of it.
            self.abandon();
            return Err(error);
        }
        let Prepared { contract, target, module, compile, .. } = prepared;
        let execution = Execution {
            tx_hash: context.tx_id,
            height: context.height,
            index: context.tx_index,
            time: context.time,
            from: transaction.from,
            target,
            contract,
            place: self.place(&contract, module.as_deref(), &outcome.status),
            module,
            outcome,
            gas_limit: transaction.gas_limit,
            state_root: Hash::default(),
            input_bytes: transaction.action.args().len() as u64,
            state_bytes: self.draft.size(self.store.as_ref(), &contract)?,
            elapsed,
            compile,
        };
        self.note(Recorded { transaction, witness }, &execution);
        Ok(execution)
    }

    /// The open block as the transaction sees it.
    fn context(&self, transaction: &Transaction) -> Context {
        let (height, time) = self.next();
        let tx_id = transaction.hash(self.hasher());
        let tx_index = self.open.len() as u32;
        Context { tx_id, tx_index, ..self.context_of(height, time, self.parent()) }
    }

    /// Finds the contract that a transaction runs.
    fn prepare(
        &self,
        transaction: &Transaction,
        context: &Context,
        code: Option<Code>,
    ) -> Result<Prepared, LedgerError> {
        match &transaction.action {
            Action::Deploy { code: hash, .. } => {
                let Code { bytes, module, compile } = code.ok_or(Rejection::UnknownCode(*hash))?;
                let contract = contract_address(&transaction.from, transaction.nonce, hash);
                let (module, deploys) = (Some(module), Some(bytes));
                Ok(Prepared { contract, target: Target::Deploy, module, deploys, compile })
            }
            Action::Call { contract, function, .. } => {
                let start = Instant::now();
                let mut view = self.view(context.clone());
                let module = self.engine.module_of(&mut view, contract).ok();
                let (target, compile) = (Target::Call(function.clone()), start.elapsed());
                Ok(Prepared { contract: *contract, target, module, deploys: None, compile })
            }
        }
    }

    fn execute(
        &self,
        transaction: &Transaction,
        prepared: &Prepared,
        context: &Context,
    ) -> Outcome {
        let mut view = self.view(context.clone());
        let Prepared { contract, module, deploys, .. } = prepared;
        if let (Some(bytes), Some(module)) = (deploys, module) {
            let (address, code) = (*contract, module.hash());
            view.pending = Some(Pending { address, code, module: bytes });
        }
        let (function, mode) = match &transaction.action {
            Action::Deploy { .. } => ("init", Mode::Init),
            Action::Call { function, .. } => (function.as_str(), Mode::Transaction),
        };
        let Transaction { from: caller, value, gas_limit, .. } = *transaction;
        let (contract, args) = (*contract, transaction.action.args());
        self.engine
            .call(&mut view, &Call { contract, function, args, caller, value, gas_limit, mode })
    }

    /// Makes the outcome part of the open block's state.
    fn settle(
        &mut self,
        transaction: &Transaction,
        witness: Option<&Witness>,
        prepared: &Prepared,
        outcome: &Outcome,
    ) -> Result<(), LedgerError> {
        let from = &transaction.from;
        let scheme = match witness {
            Some(witness) => Some(witness.key.scheme()),
            None => self.account(from)?.scheme,
        };
        let record = Record { scheme, nonce: transaction.nonce.saturating_add(1) };
        let store = self.store.as_ref();
        self.draft.set(store, ACCOUNTS, &from.0, Some(&record.to_bytes()))?;
        let made = prepared.deploys.as_ref().zip(prepared.module.as_ref());
        if let (Some((bytes, module)), Status::Ok(_)) = (made, &outcome.status) {
            let code = module.hash();
            self.draft.publish(code, bytes);
            self.draft.set(store, CONTRACTS, &prepared.contract.0, Some(&code.0))?;
        }
        for Created { contract, code } in &outcome.created {
            self.draft.set(store, CONTRACTS, &contract.0, Some(&code.0))?;
        }
        Ok(self.apply_writes(&outcome.writes)?)
    }

    /// Notes a transaction for the block, with what it will be looked for by.
    fn note(&mut self, recorded: Recorded, execution: &Execution) {
        let module_of = |contract: &Address| {
            let mut view = self.view(self.context_of(0, 0, Hash::default()));
            self.engine.module_of(&mut view, contract).ok()
        };
        let names = |contract: &Address| {
            module_of(contract).map_or([String::new(), String::new()], |module| {
                let full = &module.module().name;
                [full.clone(), short(full).to_owned()]
            })
        };
        let events =
            execution.outcome.events.iter().map(|event| {
                module_of(&event.contract).map(|module| index::fields(&module, event))
            });
        let fields = events.map(Option::unwrap_or_default).collect();
        let made = execution.target == Target::Deploy && execution.is_ok();
        let own = made.then_some(&execution.contract).into_iter();
        let others = execution.outcome.created.iter().map(|created| &created.contract);
        let deployed = own.chain(others).flat_map(names).collect();
        let receipt = execution.receipt();
        self.open.push(Open { recorded, receipt, fields, deployed });
    }

    /// Where in the source a trap happened, in whichever contract it was.
    pub fn place(
        &self,
        called: &Address,
        module: Option<&LoadedModule>,
        status: &Status,
    ) -> Option<Place> {
        let Status::Trap(trap) = status else { return None };
        if trap.contract == *called {
            return module?.locate(trap.function, trap.pc);
        }
        let mut view = self.view(self.context_of(0, 0, Hash::default()));
        let module = self.engine.module_of(&mut view, &trap.contract).ok()?;
        module.locate(trap.function, trap.pc)
    }
}

/// The name of a contract without that of its module.
pub(super) fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

impl Action {
    /// The arguments of the function that is to run.
    pub fn args(&self) -> &[u8] {
        match self {
            Action::Deploy { args, .. } | Action::Call { args, .. } => args,
        }
    }
}
