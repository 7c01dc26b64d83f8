//! Who may send what.
//!
//! In: signed transactions. Out: executions, or why the chain does not take one.
//!
//! What always holds: a transaction runs at most once on one chain, after all those that its account
//! signed before it, and only if the account's key signed it. What is refused here leaves nothing
//! behind: neither a receipt nor a used nonce.

use super::Ledger;
use super::run::Code;
use crate::errors::{LedgerError, Rejection};
use crate::receipt::Execution;
use crate::types::{Action, SignedTransaction, Transaction};

impl Ledger {
    /// Runs a signed transaction in a block of its own. A deployment's module comes along, unless the
    /// chain has it.
    ///
    /// # Errors
    /// If the chain does not take it, or the node fails.
    pub fn submit(
        &mut self,
        signed: &SignedTransaction,
        module: Option<&[u8]>,
    ) -> Result<Execution, LedgerError> {
        let execution = self.apply(signed, module)?;
        self.sealed(execution)
    }

    /// Runs a signed transaction in the open block.
    ///
    /// # Errors
    /// As [`Ledger::submit`]; the open block is then as before.
    pub fn apply(
        &mut self,
        signed: &SignedTransaction,
        module: Option<&[u8]>,
    ) -> Result<Execution, LedgerError> {
        self.admit(signed)?;
        let code = self.code_for(&signed.transaction, module)?;
        self.run(signed.transaction.clone(), Some(signed.witness), code)
    }

    /// Whether the chain would take a signed transaction now. The cheap questions come first, the
    /// signature last.
    ///
    /// # Errors
    /// Why it would not, or that the store cannot be read.
    pub fn admit(&self, signed: &SignedTransaction) -> Result<(), LedgerError> {
        let SignedTransaction { transaction, witness } = signed;
        let Transaction { chain_id, from, nonce: given, .. } = transaction;
        let given = *given;
        if *chain_id != self.genesis.chain_id {
            let (expected, given) = (self.genesis.chain_id.clone(), chain_id.clone());
            return Err(Rejection::WrongChain { expected, given }.into());
        }
        let expected = self.account(from)?.nonce;
        if given < expected {
            return Err(Rejection::Replayed { expected, given }.into());
        }
        if given > expected {
            return Err(Rejection::TooEarly { expected, given }.into());
        }
        let key = witness.key.address();
        if key != *from {
            return Err(Rejection::WrongKey { from: *from, key }.into());
        }
        match witness.key.verifies(&transaction.signed_bytes(), &witness.signature) {
            true => Ok(()),
            false => Err(Rejection::BadSignature.into()),
        }
    }

    /// The code of a deployment: what came along, or what the chain has.
    fn code_for(
        &self,
        transaction: &Transaction,
        module: Option<&[u8]>,
    ) -> Result<Option<Code>, LedgerError> {
        let Action::Deploy { code: expected, .. } = &transaction.action else { return Ok(None) };
        let code = match (module, self.code(expected)?) {
            (Some(module), _) => self.load(module)?,
            (None, Some(module)) => self.load(&module)?,
            (None, None) => return Err(Rejection::UnknownCode(*expected).into()),
        };
        match code.module.hash() {
            given if given != *expected => {
                Err(Rejection::WrongCode { expected: *expected, given }.into())
            }
            _ => Ok(Some(code)),
        }
    }
}
