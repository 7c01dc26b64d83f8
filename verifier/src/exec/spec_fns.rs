//! Functions of specifications that call themselves.
//!
//! In: a package. Out: for each such function the conditions that it ends: its measures fall with every call
//! that may come back to it, whatever the arguments and the state.
//! Holds always: until these are proved nobody believes such a function's equation. No range of a parameter is
//! taken for granted, since clauses compute on unbounded integers.

use std::collections::{HashMap, HashSet};

use deed_base::Span;
use deed_compiler::arena::FnId;
use deed_compiler::mir::Program;
use deed_compiler::thir::{FnKind, Function, Package};

use super::clause::unfold::{Falling, Watched, calls_itself, reached};
use super::clause::{Clause, Scope};
use super::facts::Facts;
use super::flow::below;
use super::state::State;
use super::{Conditions, Locals, context};
use crate::vc::term::{Sort, TermId, Terms};
use crate::vc::{Condition, Promise};

/// The functions, each with the conditions that it ends.
pub(crate) type SpecFns = Vec<(FnId, Conditions)>;

/// The `spec fn`s of a package that call themselves, and those that call each other.
pub(crate) fn spec_fns(package: &Package, program: &Program) -> SpecFns {
    let own = package.functions.iter().filter(|(id, function)| {
        function.kind == FnKind::Spec && function.body.is_some() && calls_itself(package, *id)
    });
    own.map(|(id, _)| (id, ends(package, program, id))).collect()
}

/// The functions that a function comes back to itself through, itself among them.
pub(crate) fn circle(package: &Package, id: FnId) -> HashSet<FnId> {
    let mut circle = reached(package, id);
    circle.retain(|other| reached(package, *other).contains(&id));
    circle
}

fn ends(package: &Package, program: &Program, id: FnId) -> Conditions {
    let function = &package.functions[id];
    let (mut terms, mut facts) = (Terms::new(), Facts::default());
    let context = context(&mut terms, &mut facts);
    let state = State::unknown(&mut terms, &mut facts, program);
    let mut locals = Locals::new();
    let mut args = Vec::new();
    for param in &function.params {
        let local = &function.locals[param.local];
        let is_bool = package.scalar(&local.ty) == Some(deed_compiler::mir::Ty::Bool);
        let arg = terms.fresh(&local.name.text, if is_bool { Sort::Bool } else { Sort::Int });
        locals.insert(param.local, arg);
        args.push((local.name.text.to_string(), arg));
    }
    let (nobody, nothing) = (HashSet::new(), HashMap::new());
    let scope = Scope {
        package,
        program,
        locals,
        result: None,
        now: &state,
        entry: (&state, &nothing),
        context: &context,
        trusted: &nobody,
    };
    let mut clause = Clause::new(&mut terms, &mut facts, &scope);
    let circle = Watched { circle: circle(package, id), calls: Vec::new() };
    let (own, calls) = clause.falls_in(function, circle);
    let list = conditions(function, &mut terms, facts.list(), (own, calls), &args);
    Conditions { terms, list, assumptions: Vec::new(), slices: Vec::new() }
}

/// A condition for each call, or one that nothing proves.
fn conditions(
    function: &Function,
    terms: &mut Terms,
    facts: &[TermId],
    (own, calls): (Option<Vec<TermId>>, Option<Vec<Falling>>),
    args: &[(String, TermId)],
) -> Vec<Condition> {
    let measures = &function.spec.decreases;
    let clause = match (measures.first(), measures.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => function.name.span,
    };
    let mut list = Vec::new();
    let mut push = |place: Span, goal: Option<TermId>, terms: &mut Terms| {
        let unmodelled = match goal {
            Some(_) => Vec::new(),
            None if measures.is_empty() => {
                vec!["a function that calls itself without `decreases`".into()]
            }
            None => vec![format!("all that `{}` calls", function.name.text)],
        };
        let goal = goal.unwrap_or_else(|| terms.bool(false));
        list.push(Condition {
            promise: Promise::CallFalls,
            function: function.name.text.to_string(),
            clause,
            place,
            facts: facts.to_vec(),
            goal,
            watched: args.to_vec(),
            unmodelled,
            candidate: None,
        });
    };
    let (Some(own), Some(calls), false) = (own, calls, measures.is_empty()) else {
        push(clause, None, terms);
        return list;
    };
    for call in calls {
        let measures = call.measures.filter(|measures| measures.len() == own.len());
        let goal = measures.map(|after| {
            let pairs: Vec<_> = own.iter().copied().zip(after).collect();
            let below = below(terms, &pairs);
            terms.implies(call.path, below)
        });
        push(call.expr.span, goal, terms);
    }
    list
}
