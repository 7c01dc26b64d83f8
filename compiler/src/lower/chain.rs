//! What goes on later: understood, and not executed yet.
//!
//! In: the constructs of `thir::Chain` and their declarations. Out: one message each, at its place.

use deed_base::Span;

use super::Lowering;
use super::errors::not_yet;
use super::function::FnLowering;
use crate::arena::ContractId;
use crate::mir::ValueId;
use crate::thir::{Chain, FnKind, Function};
use crate::ty::Ty;

impl FnLowering<'_, '_> {
    pub(super) fn chain(&mut self, chain: &Chain, span: Span) -> Option<ValueId> {
        // A table was reported where it is declared.
        if !matches!(chain, Chain::Table(_)) {
            self.not_yet(span, noun(chain));
        }
        None
    }
}

fn noun(chain: &Chain) -> &'static str {
    match chain {
        Chain::Await(_) => "`await` calls",
        Chain::Schedule(_) | Chain::Cancel(_) => "scheduled calls",
        Chain::Query(_) => "queries of the index",
        Chain::Table(_) => "tables",
        Chain::Provenance(_) => "queries of recorded changes",
        Chain::Inflight => "expressions of specifications",
        Chain::Slot => "slots of scheduled work",
    }
}

impl Lowering<'_> {
    fn not_yet(&mut self, span: Span, what: &str) {
        self.diagnostics.push(not_yet(span, what));
    }

    /// Reports what in the head of a function only a later chain can run.
    pub(super) fn later_function(&mut self, function: &Function) -> bool {
        let what = match function.kind {
            FnKind::Scheduled => "scheduled functions",
            // Reported where the contract says what it upgrades.
            FnKind::Migrate => return true,
            FnKind::Upgrade => "upgrades",
            _ if function.is_async => "`async` functions",
            _ => return false,
        };
        self.not_yet(function.name.span, what);
        true
    }

    /// Reports what in the head of a contract only a later chain can run.
    pub(super) fn later_contract(&mut self, id: ContractId) {
        let contract = &self.package.contracts[id];
        if let Some(version) = contract.version.as_ref().filter(|v| v.upgrades.is_some()) {
            self.not_yet(version.span, "upgrades");
        }
        for field in contract.state.values() {
            if matches!(field.ty, Ty::Table(_)) {
                self.not_yet(field.name.span, "tables");
            } else if field.counter {
                self.not_yet(field.name.span, "`counter` fields");
            }
        }
    }
}
