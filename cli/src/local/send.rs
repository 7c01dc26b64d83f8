//! Signing and sending.
//!
//! In: what is to be done, and who does it. Out: what came of it, committed.
//! Holds always: the clock of this machine gives a block its time, unless the chain is ahead of it.

use std::time::{SystemTime, UNIX_EPOCH};

use deed_ledger::{Action, Execution, Transaction};
use deed_runtime::Address;

use super::Local;
use crate::exit::Failure;

/// What is to be signed.
pub(crate) struct Signed<'a> {
    pub(crate) from: Address,
    pub(crate) action: Action,
    pub(crate) value: u128,
    pub(crate) gas: u64,
    /// The module of a deployment.
    pub(crate) module: Option<&'a [u8]>,
}

impl Local {
    /// Signs a transaction and commits it in a block of its own.
    pub(crate) fn send(&mut self, signed: Signed<'_>) -> Result<Execution, Failure> {
        let Signed { from, action, value, gas, module } = signed;
        let key = self.keys.secret(&from)?;
        let genesis = self.ledger.genesis();
        let (chain_id, interval) = (genesis.chain_id.clone(), genesis.interval);
        let nonce = self.ledger.account(&from)?.nonce;
        let transaction = Transaction { chain_id, from, nonce, action, value, gas_limit: gas };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
        // Where the chain's clock is ahead, it goes on from there.
        let _ = self.ledger.warp_to(now.saturating_sub(interval));
        Ok(self.ledger.submit(&transaction.sign(&key), module)?)
    }
}
