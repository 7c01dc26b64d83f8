//! What can be done with a declaration: run it, prove it.
//!
//! In: the syntax tree of a file. Out: commands above its declarations.

use deed_base::{SourceId, Span};
use deed_syntax::ast::{ContractDecl, FnDecl, FnKind, Item, ItemKind, Member};

use crate::analysis::{Analysis, syntax};

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// Proves what a contract promises, or one function of it.
    Verify { contract: String, function: Option<String> },
    /// Runs a test.
    Test { title: String },
    /// Deploys a contract on a fresh ledger.
    Run { contract: String },
    /// Runs the tests and tells what the contract's functions used of gas.
    Gas { contract: String },
}

/// An action above a declaration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lens {
    /// Of the declaration's name.
    pub span: Span,
    pub action: Action,
}

impl Action {
    pub fn title(&self) -> &'static str {
        match self {
            Action::Verify { .. } => "Verify",
            Action::Test { .. } => "Run test",
            Action::Run { .. } => "Run",
            Action::Gas { .. } => "Gas",
        }
    }
}

pub fn code_lenses(analysis: &Analysis, source: SourceId) -> Vec<Lens> {
    let Some(module) = analysis.module(source) else { return Vec::new() };
    let mut lenses = Vec::new();
    module.items.iter().for_each(|item| test(item, &mut lenses));
    let has_tests = !lenses.is_empty();
    for (_, contract) in syntax::contracts(module) {
        of_contract(contract, has_tests, &mut lenses);
    }
    lenses.sort_by_key(|lens| lens.span.start);
    lenses
}

fn test(item: &Item, lenses: &mut Vec<Lens>) {
    if let ItemKind::Test(test) = &item.kind {
        let action = Action::Test { title: test.title.value.to_string() };
        lenses.push(Lens { span: test.title.span, action });
    }
}

fn of_contract(decl: &ContractDecl, has_tests: bool, lenses: &mut Vec<Lens>) {
    let contract = decl.name.as_str().to_owned();
    let own = || contract.clone();
    let mut add = |span, action| lenses.push(Lens { span, action });
    let takes_nothing = |f: &FnDecl| !matches!(f.kind, FnKind::Init) || f.params.is_empty();
    if decl.functions().all(takes_nothing) {
        add(decl.name.span, Action::Run { contract: own() });
    }
    if decl.functions().any(promises) || decl.invariants().next().is_some() {
        add(decl.name.span, Action::Verify { contract: own(), function: None });
    }
    if has_tests || decl.items().any(|item| matches!(item.kind, ItemKind::Test(_))) {
        add(decl.name.span, Action::Gas { contract: own() });
    }
    for function in decl.functions().filter(|function| promises(function)) {
        let name = Some(function.name.as_str().to_owned());
        add(function.name.span, Action::Verify { contract: own(), function: name });
    }
    for member in &decl.members {
        if let Member::Item(item) = member {
            test(item, lenses);
        }
    }
}

/// Whether a function promises something in its head.
fn promises(function: &FnDecl) -> bool {
    let spec = &function.spec;
    let throws = function.throws.iter().any(|throws| throws.when.is_some());
    throws || !spec.ensures.is_empty() || !spec.requires.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[test]
    fn declarations_offer_what_can_be_done_with_them() {
        let at = Fixture::new(
            "module m
contract C {
    state { n: u64 = 0 }
    entry fn add() ensures self.n == old(self.n) + 1 { self.n += 1 }
    entry fn other() { }
}
contract D {
    state { n: u64 }
    init(n: u64) { self.n = n }
}
test \"adds\" { let c = deploy C() }
",
        );
        let shown: Vec<String> = code_lenses(&at.analysis, at.source)
            .iter()
            .map(|lens| format!("{} {}", at.analysis.slice(lens.span), lens.action.title()))
            .collect();
        let expected = ["C Run", "C Verify", "C Gas", "add Verify", "D Gas", "\"adds\" Run test"];
        assert_eq!(shown, expected);
    }
}
