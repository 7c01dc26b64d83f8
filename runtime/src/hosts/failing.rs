//! A host that fails at one question, in the way that it is told.
//!
//! In: a host, a number, an error. Out: a host that answers as the other one does, but for that
//! question. Asking it for every number finds out whether a failure leaves a trace.

use crate::bytes::Bytes;
use crate::host::{Context, Entry, Host, HostError};
use crate::value::{Address, Hash};

#[derive(Debug)]
pub struct Failing<'h, H> {
    host: &'h mut H,
    at: usize,
    error: HostError,
    asked: usize,
}

impl<'h, H: Host> Failing<'h, H> {
    /// Fails at question `at`, counted from 0; one that is never asked never fails.
    pub fn new(host: &'h mut H, at: usize, error: HostError) -> Failing<'h, H> {
        Failing { host, at, error, asked: 0 }
    }

    /// How many questions there were.
    pub fn asked(&self) -> usize {
        self.asked
    }

    fn next(&mut self) -> Result<&mut H, HostError> {
        let number = self.asked;
        self.asked += 1;
        if number == self.at { Err(self.error.clone()) } else { Ok(&mut *self.host) }
    }
}

impl<H: Host> Host for Failing<'_, H> {
    fn get(&mut self, contract: &Address, key: &[u8]) -> Result<Option<Bytes>, HostError> {
        self.next()?.get(contract, key)
    }

    fn range(
        &mut self,
        contract: &Address,
        start: &[u8],
        end: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Entry>, HostError> {
        self.next()?.range(contract, start, end, limit)
    }

    fn last(
        &mut self,
        contract: &Address,
        start: &[u8],
        end: &[u8],
    ) -> Result<Option<Entry>, HostError> {
        self.next()?.last(contract, start, end)
    }

    fn code_hash(&mut self, contract: &Address) -> Result<Option<Hash>, HostError> {
        self.next()?.code_hash(contract)
    }

    fn code(&mut self, hash: &Hash) -> Result<Option<Vec<u8>>, HostError> {
        self.next()?.code(hash)
    }

    fn capability(&mut self, name: &str, args: &[u8]) -> Result<Vec<u8>, HostError> {
        self.next()?.capability(name, args)
    }

    fn context(&self) -> &Context {
        self.host.context()
    }
}
