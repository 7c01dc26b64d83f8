//! `deed` as people and scripts meet it: the built binary, its output and its exit codes.

mod build;
mod check;
mod explain;
mod help;
mod ledger;
mod lsp;
mod packages;
mod prover;
mod run;
mod script;
mod sessions;
mod solvers;
mod specs;
mod support;
mod test;
