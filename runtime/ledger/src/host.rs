//! The ledger as the engine sees it.
//!
//! In: the committed state, borrowed, and the running transaction. Out: `Host`. A contract that
//! is just being deployed is visible here before it is committed.

use deed_runtime::{Address, Context, Entry, Hash, Host, HostError};

use crate::state::State;

pub(crate) struct View<'a> {
    pub(crate) state: &'a State,
    pub(crate) context: Context,
    pub(crate) pending: Option<Pending<'a>>,
}

/// A contract whose `init` is running.
pub(crate) struct Pending<'a> {
    pub(crate) address: Address,
    pub(crate) code: Hash,
    pub(crate) module: &'a [u8],
}

impl Host for View<'_> {
    fn get(&mut self, contract: &Address, key: &[u8]) -> Result<Option<Vec<u8>>, HostError> {
        Ok(self.state.get(contract, key).map(<[u8]>::to_vec))
    }

    fn range(
        &mut self,
        contract: &Address,
        start: &[u8],
        end: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Entry>, HostError> {
        Ok(self.state.range(contract, start, end, limit))
    }

    fn last(
        &mut self,
        contract: &Address,
        start: &[u8],
        end: &[u8],
    ) -> Result<Option<Entry>, HostError> {
        Ok(self.state.last(contract, start, end))
    }

    fn code_hash(&mut self, contract: &Address) -> Result<Option<Hash>, HostError> {
        let pending = self.pending.as_ref().filter(|pending| pending.address == *contract);
        Ok(pending.map(|pending| pending.code).or_else(|| self.state.code_hash(contract)))
    }

    fn code(&mut self, hash: &Hash) -> Result<Option<Vec<u8>>, HostError> {
        let pending = self.pending.as_ref().filter(|pending| pending.code == *hash);
        let module = pending.map(|pending| pending.module).or_else(|| self.state.code(hash));
        Ok(module.map(<[u8]>::to_vec))
    }

    fn context(&self) -> &Context {
        &self.context
    }
}
