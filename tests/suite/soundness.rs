//! What the engine does, the verifier does not deny.
//!
//! In: the scripts of `tests/run/`, whose steps happen on the engine. Out: a complaint for each step of which the
//! verifier proves that it cannot be: the function is given the clause that it never returns this result for these
//! arguments, and that clause must not be proved. `DEED_SOUND` takes all sources (`cargo xtask sound`).
//! Holds always: a step that ends in a throw or a trap says nothing here.

use std::collections::BTreeSet;

use super::golden::verify::reports;
use super::run::script::{self, Action, Call};
use crate::repo;
use crate::stages::{Front, Source, each};
use deed_base::{Diagnostics, Span};
use deed_syntax::ast::{FnDecl, FnKind, ItemKind, Member, Module};
use deed_verifier::{Limits, Options, Outcome};
use std::time::Duration;

/// Of all sources every so many are tried where nobody asks for all.
const EVERY: usize = 16;

#[test]
fn no_step_of_a_script_is_denied() {
    let all = std::env::var_os("DEED_SOUND").is_some();
    let files = repo::files("tests/run", "deed").into_iter();
    let chosen = files.step_by(if all { 1 } else { EVERY });
    each(chosen.map(|file| (file, ())).collect(), |file, ()| source(file));
}

fn source(file: &str) -> Result<(), String> {
    let text = with_denials(&repo::read(file))?;
    let front = Front::of(&[Source { name: file.to_string(), bytes: text.clone().into_bytes() }]);
    if front.diagnostics.has_errors() {
        return Err(front.messages());
    }
    // A proof that takes long is no false one: those come from contradictions, which are soon found.
    let limits = Limits { rlimit: 1_000_000, ceiling: Duration::from_secs(10), seed: 0 };
    let options = Options { limits, search: false, ..Options::default() };
    let mut open = BTreeSet::new();
    for report in reports(&front, &options)? {
        let unproved = report.findings.iter().filter(|it| it.outcome != Outcome::Proved);
        open.extend(unproved.map(|finding| finding.clause.start));
    }
    let lost = denials(&text).into_iter().filter(|at| !open.contains(&(*at as u32)));
    let lost: Vec<&str> = lost.map(|at| text[at..].lines().next().unwrap_or_default()).collect();
    if lost.is_empty() {
        Ok(())
    } else {
        Err(format!("proved of what happens: {}", lost.join("; ")))
    }
}

/// The word before each clause that was put in, on a line of its own.
const DENIED: &str = "ensures /* denied */ ";

/// The places of the clauses that were put in.
fn denials(text: &str) -> Vec<usize> {
    text.match_indices(DENIED).map(|(at, word)| at + word.len()).collect()
}

/// The source with a clause for each step.
fn with_denials(text: &str) -> Result<String, String> {
    let (map, mut diagnostics) = (&mut deed_base::SourceMap::new(), Diagnostics::new());
    let id = deed_syntax::read_source("case", text.as_bytes(), map, &mut diagnostics);
    let module = deed_syntax::parse(map.get(id.ok_or("is no text")?), &mut diagnostics);
    let mut clauses: BTreeSet<(u32, String)> = BTreeSet::new();
    for step in script::steps(text)? {
        let Action::Call(call) = step.action else { continue };
        let Some(result) = call.expected.strip_prefix("ok") else { continue };
        let Some(function) = called(&module, &call) else { continue };
        let Some(body) = &function.body else { continue };
        clauses.insert((body.span.start, denial(text, function, &call, result.trim())));
    }
    let mut text = text.to_string();
    for (at, clause) in clauses.iter().rev() {
        text.insert_str(*at as usize, &format!("\n{DENIED}{clause}\n"));
    }
    Ok(text)
}

/// The function of this name, if there is one and no other.
fn called<'m>(module: &'m Module, call: &Call) -> Option<&'m FnDecl> {
    let contracts = module.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Contract(contract) => Some(contract),
        _ => None,
    });
    let members = contracts.flat_map(|contract| &contract.members);
    let mut named = members.filter_map(|member| match member {
        Member::Fn(function) if *function.name.name == *call.function => Some(&**function),
        _ => None,
    });
    let function =
        named.next().filter(|function| matches!(function.kind, FnKind::Entry | FnKind::View));
    function.filter(|function| named.next().is_none() && function.params.len() == call.args.len())
}

/// `!(a == 1 && result == 2)`, of the numbers and truth values alone.
fn denial(text: &str, function: &FnDecl, call: &Call, result: &str) -> String {
    let written = |span: Span| &text[span.start as usize..span.end as usize];
    let params = function.params.iter().zip(&call.args);
    let mut facts: Vec<String> = params
        .filter_map(|(param, arg)| {
            let ty = written(param.ty.span);
            Some(format!("{} == {}", param.name.name, plain(ty, arg)?))
        })
        .collect();
    let given = function.result.as_ref().and_then(|ty| plain(written(ty.span), result));
    facts.extend(given.map(|given| format!("result == {given}")));
    if facts.is_empty() { "false".to_string() } else { format!("!({})", facts.join(" && ")) }
}

/// A value as the language writes it, if it is of a plain type.
fn plain<'v>(ty: &str, value: &'v str) -> Option<&'v str> {
    let value = value.trim_matches('"');
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_int = ty.strip_prefix(['u', 'i']).is_some_and(digits);
    let number = digits(value.strip_prefix('-').unwrap_or(value));
    let truth = ty == "bool" && ["true", "false"].contains(&value);
    ((is_int && number) || truth).then_some(value)
}
