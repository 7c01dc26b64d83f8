//! Sequences of calls at random.
//!
//! In: a number. Out: a deployment and what follows it; the last call is of the function in doubt or,
//! where it is not called from outside, of any.
//! Holds always: the same number gives the same sequence; numbers of the source and of the solver,
//! and their neighbours, are tried more often than others.

use deed_abi::AbiFunction;
use deed_abi::sample::{Pool, Source};
use deed_bytecode::{FunctionKind, Int};
use deed_compiler::thir::visit::{Node, walk_function};
use deed_compiler::thir::{Expr, ExprKind, Package};
use deed_compiler::value::Value as Known;
use deed_ledger::account;

use super::step::{ACTORS, Sent, Step};
use super::trial::Trial;

/// The most calls between the deployment and the last one.
const LONGEST: u64 = 6;

/// Seconds that may pass between two calls: a minute, a day, a month, a year.
const WAITS: [u64; 4] = [60, 86_400, 30 * 86_400, 366 * 86_400];

pub(super) struct Sequences<'t> {
    trial: &'t Trial,
    pool: Pool,
    /// The functions that change something.
    callable: Vec<usize>,
    seed: u64,
}

impl<'t> Sequences<'t> {
    pub(super) fn new(
        package: &Package,
        trial: &'t Trial,
        numbers: &[Int],
        seed: u32,
    ) -> Sequences<'t> {
        let mut ints: Vec<Int> = [0_u8, 1, 2, 3, 10, 100].map(Int::from).to_vec();
        ints.extend(numbers);
        ints.extend(written(package, &trial.abi.contract));
        ints.sort();
        ints.dedup();
        let bytes = ACTORS.iter().map(|name| account(name).0.to_vec()).collect();
        let functions = trial.abi.functions.iter().enumerate();
        let callable = functions.filter(|(_, function)| changes(function)).map(|(at, _)| at);
        let callable = callable.collect();
        let seed = u64::from(seed);
        Sequences { trial, pool: Pool { ints, bytes }, callable, seed }
    }

    pub(super) fn get(&self, number: u64, last: &str) -> Vec<Step> {
        let mut source = Source::new(self.seed, last, number).with(&self.pool);
        let init = self.trial.init();
        let mut steps = vec![Step::Deploy(self.sent(&mut source, init))];
        if last == "init" {
            return steps;
        }
        for _ in 0..source.below(LONGEST + 1) {
            if source.below(6) == 0 {
                steps.push(Step::Wait(WAITS[source.below(WAITS.len() as u64) as usize]));
            }
            let any = source.below(self.callable.len().max(1) as u64) as usize;
            steps.extend(self.callable.get(any).map(|at| self.call(&mut source, *at)));
        }
        let functions = &self.trial.abi.functions;
        let wanted = functions.iter().position(|function| function.name == last);
        let last = wanted.unwrap_or_else(|| source.below(functions.len() as u64) as usize);
        if functions.get(last).is_some_and(|function| function.kind != FunctionKind::Init) {
            steps.push(self.call(&mut source, last));
        }
        steps
    }

    fn call(&self, source: &mut Source<'_>, function: usize) -> Step {
        let sent = self.sent(source, Some(&self.trial.abi.functions[function]));
        Step::Call { function, sent }
    }

    fn sent(&self, source: &mut Source<'_>, function: Option<&AbiFunction>) -> Sent {
        let params = function.map_or(&[][..], |function| &function.params);
        let args = params.iter().map(|param| source.value(&self.trial.abi.types, &param.ty, 0));
        let args = args.collect();
        let payable = function.is_some_and(|function| function.kind == FunctionKind::Payable);
        let value = if payable { u128::from(source.below(1_000)) } else { 0 };
        Sent { from: source.below(ACTORS.len() as u64) as usize, value, args }
    }
}

/// Whether calling a function can lead anywhere.
fn changes(function: &AbiFunction) -> bool {
    matches!(function.kind, FunctionKind::Entry | FunctionKind::Payable)
}

/// The numbers that stand in a contract's functions, each with its neighbours.
fn written(package: &Package, contract: &str) -> Vec<Int> {
    let mut found = Vec::new();
    let full =
        |at: &deed_compiler::thir::Contract| package.full_name(at.module, None, &at.name.text);
    let Some((_, contract)) = package.contracts.iter().find(|(_, def)| full(def) == contract)
    else {
        return found;
    };
    for function in &contract.functions {
        walk_function(&package.functions[*function], &mut |node| {
            let Node::Expr(Expr { kind: ExprKind::Value(Known::Int(number)), .. }) = node else {
                return;
            };
            let around = [-1_i32, 0, 1].map(|by| (number + by).to_string().parse::<Int>());
            found.extend(around.into_iter().flatten());
        });
    }
    found
}
