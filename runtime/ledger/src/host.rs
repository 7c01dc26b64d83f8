//! The ledger as the engine sees it.
//!
//! In: the state as of some moment, and the running transaction. Out: `Host`. A contract that
//! is just being deployed is visible here before it is committed.

use deed_runtime::{Address, Bytes, Context, Entry, Hash, Host, HostError};

use crate::state::Read;
use crate::store::{StoreError, Stretch};

pub(crate) struct View<'a, R> {
    pub(crate) state: R,
    pub(crate) context: Context,
    pub(crate) pending: Option<Pending<'a>>,
}

/// A contract whose `init` is running.
pub(crate) struct Pending<'a> {
    pub(crate) address: Address,
    pub(crate) code: Hash,
    pub(crate) module: &'a [u8],
}

impl<R: Read> Host for View<'_, R> {
    fn get(&mut self, contract: &Address, key: &[u8]) -> Result<Option<Bytes>, HostError> {
        Ok(self.state.get(contract, key).map_err(fatal)?.map(Bytes::from))
    }

    fn range(
        &mut self,
        contract: &Address,
        start: &[u8],
        end: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Entry>, HostError> {
        self.state.range(contract, Stretch::new(start, end), limit).map_err(fatal)
    }

    fn last(
        &mut self,
        contract: &Address,
        start: &[u8],
        end: &[u8],
    ) -> Result<Option<Entry>, HostError> {
        let stretch = Stretch::new(start, Some(end)).backwards();
        Ok(self.state.range(contract, stretch, 1).map_err(fatal)?.pop())
    }

    fn code_hash(&mut self, contract: &Address) -> Result<Option<Hash>, HostError> {
        match self.pending.as_ref().filter(|pending| pending.address == *contract) {
            Some(pending) => Ok(Some(pending.code)),
            None => self.state.code_hash(contract).map_err(fatal),
        }
    }

    fn code(&mut self, hash: &Hash) -> Result<Option<Vec<u8>>, HostError> {
        match self.pending.as_ref().filter(|pending| pending.code == *hash) {
            Some(pending) => Ok(Some(pending.module.to_vec())),
            None => self.state.code(hash).map_err(fatal),
        }
    }

    fn context(&self) -> &Context {
        &self.context
    }
}

fn fatal(error: StoreError) -> HostError {
    HostError::Fatal(error.to_string())
}
