//! A ledger of which there are two: one interprets, the other runs machine code from the first
//! call on.
//!
//! In: transactions. Out: receipts of the first.
//! Holds always: the second ends every transaction alike, to the last byte of its outcome and its
//! state root; where it does not, both are in the error.

use deed_jit::Jit;
use deed_ledger::{Execution, Genesis, Ledger, LedgerError, Message, Query};
use deed_runtime::{Address, Config, Engine, Native, Outcome};
use std::sync::{Arc, LazyLock};

/// One for all tests, since a code generator is made once.
static COMPILED: LazyLock<Arc<Engine>> = LazyLock::new(|| {
    let tier = Arc::new(Jit::new().expect("tests run where machine code is made"));
    Arc::new(Engine::with_tier(Config::default(), Native { tier, after: 0 }))
});

pub(crate) struct Twin {
    interpreted: Ledger,
    compiled: Option<Ledger>,
}

impl Default for Twin {
    fn default() -> Twin {
        let compiled = Ledger::new(COMPILED.clone(), Genesis::default());
        Twin { interpreted: Ledger::default(), compiled: Some(compiled) }
    }
}

impl Twin {
    /// One that has no second: making machine code is dear where there are thousands of modules.
    pub(crate) fn single() -> Twin {
        Twin { interpreted: Ledger::default(), compiled: None }
    }

    /// # Errors
    /// As the ledger's, in words, or that the two differ.
    pub(crate) fn deploy(
        &mut self,
        module: &[u8],
        tx: &Message<'_>,
    ) -> Result<Execution, LedgerError> {
        let first = self.interpreted.deploy(module, tx);
        let second = self.compiled.as_mut().map(|ledger| ledger.deploy(module, tx));
        alike(first, second)
    }

    /// # Errors
    /// As [`Twin::deploy`].
    pub(crate) fn call(
        &mut self,
        contract: &Address,
        function: &str,
        tx: &Message<'_>,
    ) -> Result<Execution, LedgerError> {
        let first = self.interpreted.call(contract, function, tx);
        let second = self.compiled.as_mut().map(|ledger| ledger.call(contract, function, tx));
        alike(first, second)
    }

    /// # Errors
    /// If the bytes are no module.
    pub(crate) fn publish(&mut self, module: &[u8]) -> Result<(), LedgerError> {
        self.interpreted.publish(module)?;
        self.compiled.iter_mut().try_for_each(|ledger| ledger.publish(module).map(drop))
    }

    pub(crate) fn query(&self, query: &Query<'_>) -> Outcome {
        self.interpreted.query(query)
    }

    pub(crate) fn mint(&mut self, account: &Address, coins: u128) {
        self.interpreted.mint(account, coins).expect("memory does not fail");
        self.compiled.iter_mut().for_each(|ledger| {
            ledger.mint(account, coins).expect("memory does not fail");
        });
    }

    /// Whether the clocks could be set.
    pub(crate) fn warp_to(&mut self, time: u64) -> bool {
        let all = std::iter::once(&mut self.interpreted).chain(&mut self.compiled);
        let failed = all.filter_map(|ledger| (!ledger.warp_to(time)).then_some(()));
        failed.count() == 0
    }
}

fn alike(
    first: Result<Execution, LedgerError>,
    second: Option<Result<Execution, LedgerError>>,
) -> Result<Execution, LedgerError> {
    let Some(second) = second else { return first };
    let all = |receipt: &Execution| {
        // How much memory a tier takes is its own affair.
        let outcome = Outcome { peak_bytes: 0, ..receipt.outcome.clone() };
        (outcome, receipt.state_root, receipt.place.clone())
    };
    let (wanted, came) = (first.as_ref().map(all), second.as_ref().map(all));
    if wanted != came {
        let words = format!("interpreted: {wanted:?}\n  compiled: {came:?}");
        return Err(LedgerError::Fatal(words));
    }
    first
}
