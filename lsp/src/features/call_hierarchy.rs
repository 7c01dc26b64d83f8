//! Who calls a function, and whom it calls.
//!
//! In: a function. Out: functions of the package, each with the places of the calls.

use std::collections::BTreeMap;

use deed_base::{SourceId, Span};
use deed_compiler::arena::FnId;
use deed_compiler::thir::FnOwner;

use crate::analysis::Analysis;
use crate::analysis::index::{Role, Symbol};

/// Calls between one function and another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Calls {
    pub function: FnId,
    /// Of the words that call; in the text of the caller.
    pub places: Vec<Span>,
}

/// The function that the word at a place names, or that the place stands in.
pub fn prepare(analysis: &Analysis, source: SourceId, offset: u32) -> Option<FnId> {
    match analysis.index().at(source, offset).map(|found| found.symbol) {
        Some(Symbol::Function(id)) => Some(id),
        _ => Bodies::of(analysis).at(Span::new(source, offset, offset)),
    }
}

pub fn incoming(analysis: &Analysis, function: FnId) -> Vec<Calls> {
    let bodies = Bodies::of(analysis);
    let uses = analysis.index().of(Symbol::Function(function));
    let places = uses.filter(|one| one.role != Role::Definition).map(|one| one.span);
    by_function(places.filter_map(|place| Some((bodies.at(place)?, place))))
}

pub fn outgoing(analysis: &Analysis, function: FnId) -> Vec<Calls> {
    let uses = analysis.index().within(extent(analysis, function));
    by_function(uses.filter(|one| one.role != Role::Definition).filter_map(
        |one| match one.symbol {
            Symbol::Function(callee) => Some((callee, one.span)),
            _ => None,
        },
    ))
}

fn by_function(calls: impl Iterator<Item = (FnId, Span)>) -> Vec<Calls> {
    let mut found: BTreeMap<FnId, Vec<Span>> = BTreeMap::new();
    calls.for_each(|(function, place)| found.entry(function).or_default().push(place));
    found.into_iter().map(|(function, places)| Calls { function, places }).collect()
}

/// The text of a function: its head, its clauses and its body.
pub fn extent(analysis: &Analysis, function: FnId) -> Span {
    let function = &analysis.hir.functions[function];
    let head = function.span;
    match &function.body {
        Some(body) if body.span.source == head.source && head.start <= body.span.end => {
            head.to(body.span)
        }
        _ => head,
    }
}

/// What contract or type a function stands in.
pub fn container(analysis: &Analysis, function: FnId) -> String {
    let package = &analysis.thir;
    let function = &package.functions[function];
    match function.owner {
        FnOwner::Contract(id) => package.contracts[id].name.text.to_string(),
        FnOwner::Struct(id) => package.structs[id].name.text.to_string(),
        FnOwner::Enum(id) => package.enums[id].name.text.to_string(),
        FnOwner::Trait(id) => package.traits[id].name.text.to_string(),
        FnOwner::Interface(id) => package.interfaces[id].name.text.to_string(),
        FnOwner::Impl(_) | FnOwner::Free | FnOwner::Test(_) => {
            package.modules[function.module].path.clone()
        }
    }
}

/// The functions of a package by their places.
struct Bodies(Vec<(Span, FnId)>);

impl Bodies {
    fn of(analysis: &Analysis) -> Bodies {
        let all = analysis.hir.functions.ids().map(|id| (extent(analysis, id), id));
        let mut all: Vec<(Span, FnId)> = all.collect();
        all.sort();
        Bodies(all)
    }

    /// Functions do not nest, so the last one that begins before a place is the only one around it.
    fn at(&self, place: Span) -> Option<FnId> {
        let after = self
            .0
            .partition_point(|(span, _)| (span.source, span.start) <= (place.source, place.start));
        let (span, id) = self.0[..after].last()?;
        (span.source == place.source && place.end <= span.end).then_some(*id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    const TEXT: &str = "
module m
fn twice(n: u64) -> u64 { return n + n }
contract C {
    state { n: u64 = 0 }
    fn add(n: u64) { self.n += twice(n) + twice(1) }
    entry fn run() { self.add(2)$0 }
}
test \"adds\" { let c = deploy C() c.run() }
";

    fn names(analysis: &Analysis, calls: &[Calls]) -> Vec<(String, usize)> {
        let name = |id: FnId| analysis.thir.functions[id].name.text.to_string();
        calls.iter().map(|call| (name(call.function), call.places.len())).collect()
    }

    #[test]
    fn calls_are_told_in_both_directions() {
        let at = Fixture::new(TEXT);
        let run = prepare(&at.analysis, at.source, at.offset).expect("a function");
        assert_eq!(names(&at.analysis, &outgoing(&at.analysis, run)), [("add".to_owned(), 1)]);
        let add = outgoing(&at.analysis, run)[0].function;
        assert_eq!(names(&at.analysis, &outgoing(&at.analysis, add)), [("twice".to_owned(), 2)]);
        assert_eq!(names(&at.analysis, &incoming(&at.analysis, add)), [("run".to_owned(), 1)]);
        let twice = outgoing(&at.analysis, add)[0].function;
        assert_eq!(names(&at.analysis, &incoming(&at.analysis, twice)), [("add".to_owned(), 2)]);
        assert_eq!(container(&at.analysis, add), "C");
        assert_eq!(container(&at.analysis, twice), "m");
    }
}
