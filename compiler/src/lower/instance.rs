//! Instances: which functions the program has, each with its type arguments and the functions that
//! were passed to it.
//!
//! In: calls, as lowering meets them. Out: numbers, and the instances that wait for their code.
//! Holds always: equal instances have one number; their number is bounded, so that a function that
//! calls itself with ever larger types is reported and never spins.

use std::collections::HashMap;
use std::sync::Arc;

use deed_base::Span;

use super::Lowering;
use super::errors::too_many_instances;
use super::storage::{NodeId, WholeWork};
use crate::arena::{FnId, LocalId};
use crate::mir::FuncId;
use crate::thir::{self, Block, Param, Substitution};
use crate::ty::Ty;

/// More instances of one function than this are taken for a recursion without end.
const MOST_INSTANCES: usize = 512;

/// Types in type arguments nest no deeper than this.
const MOST_NESTING: usize = 24;

/// What a function of the program is made from.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Instance {
    pub(super) function: FnId,
    /// A type for each of its type parameters.
    pub(super) types: Vec<Ty>,
    /// What runs for each of its parameters of function type.
    pub(super) functions: Vec<Passed>,
    /// Its parameters that are places in the state, by number.
    pub(super) places: Vec<(usize, NodeId)>,
}

/// A function or closure that was passed as an argument.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Passed {
    pub(super) function: FuncId,
    /// The types of the values that it has copies of; they are its first parameters.
    pub(super) captures: Vec<crate::mir::Ty>,
}

/// Code that waits to be lowered.
#[derive(Clone)]
pub(super) enum Work {
    Instance(Instance),
    Closure(Arc<ClosureWork>),
    Whole(WholeWork),
    /// The `init` of a contract that has none.
    SilentInit,
    /// Whether the arrays in a value of this type have their lengths.
    Fits(Ty),
}

/// The code of a closure, in the function around it.
pub(super) struct ClosureWork {
    pub(super) around: FnId,
    /// What it is, for its name: `closure` or `try`.
    pub(super) word: &'static str,
    pub(super) types: Substitution,
    pub(super) params: Vec<Param>,
    pub(super) captures: Vec<LocalId>,
    /// Those of them whose last value goes back, behind the result.
    pub(super) inout: Vec<LocalId>,
    /// What runs for the parameters of function type of the function around it, where it calls them.
    pub(super) functions: Vec<(LocalId, Passed)>,
    /// The variables around it that are places in the state, where it names them.
    pub(super) places: Vec<(LocalId, NodeId)>,
    pub(super) body: Block,
    pub(super) result: Ty,
    /// Of the block of a `try` that may be left before its end.
    pub(super) exits: Option<Exits>,
    pub(super) span: Span,
}

/// How a block that has become a function leaves what is around it.
#[derive(Clone)]
pub(super) struct Exits {
    /// The enum that the function gives: how the block ended, see [`crate::mir::Types::ending`].
    pub(super) ending: crate::mir::Ty,
    /// What `return` gives in the function around the block.
    pub(super) result: Ty,
}

/// The numbers of instances, and the work to be done.
#[derive(Default)]
pub(super) struct Instances {
    numbers: HashMap<Instance, FuncId>,
    /// How many there are of each function.
    counts: HashMap<FnId, usize>,
    /// The functions that look at arrays, by the type that they look into.
    fits: HashMap<Ty, FuncId>,
    /// In the order of their numbers.
    work: Vec<Work>,
}

impl Instances {
    /// What the function with this number is made from.
    pub(super) fn work(&self, number: usize) -> Option<Work> {
        self.work.get(number).cloned()
    }

    /// The number of the function that tells whether the arrays in a value have their lengths.
    pub(super) fn push_fits(&mut self, of: &Ty) -> FuncId {
        if let Some(known) = self.fits.get(of) {
            return *known;
        }
        let number = self.push(Work::Fits(of.clone()));
        self.fits.insert(of.clone(), number);
        number
    }

    pub(super) fn push(&mut self, work: Work) -> FuncId {
        self.work.push(work);
        FuncId(self.work.len() as u32 - 1)
    }
}

impl Lowering<'_> {
    /// The number of an instance; it is lowered when its turn comes. Nothing where there are too
    /// many, which is reported at `span`.
    pub(super) fn number(&mut self, instance: Instance, span: Span) -> Option<FuncId> {
        if let Some(known) = self.instances.numbers.get(&instance) {
            return Some(*known);
        }
        let count = self.instances.counts.entry(instance.function).or_insert(0);
        *count += 1;
        let deep = instance.types.iter().any(|ty| nesting(ty) > MOST_NESTING);
        if *count > MOST_INSTANCES || deep {
            let name = &self.package.functions[instance.function].name.text;
            if self.endless.insert(instance.function) {
                self.diagnostics.push(too_many_instances(span, name));
            }
            return None;
        }
        let number = self.instances.push(Work::Instance(instance.clone()));
        self.instances.numbers.insert(instance, number);
        Some(number)
    }

    /// The number of a function without parameters that are types or functions.
    pub(super) fn number_plain(&mut self, function: FnId, span: Span) -> Option<FuncId> {
        self.number(
            Instance { function, types: Vec::new(), functions: Vec::new(), places: Vec::new() },
            span,
        )
    }

    /// A number for the code of a closure.
    pub(super) fn number_closure(&mut self, closure: ClosureWork) -> FuncId {
        self.instances.push(Work::Closure(Arc::new(closure)))
    }

    /// The function that runs for a call with these type arguments, none of which is a parameter.
    pub(super) fn resolve_call(&self, function: FnId, types: Vec<Ty>) -> (FnId, Vec<Ty>) {
        self.package.resolve_trait_fn(function, &types).unwrap_or((function, types))
    }
}

impl Instance {
    pub(super) fn substitution(&self, package: &thir::Package) -> Substitution {
        thir::substitution(&package.functions[self.function].type_params, &self.types)
    }
}

/// How deep the types of a type nest.
fn nesting(ty: &Ty) -> usize {
    let parts = |parts: &[Ty]| parts.iter().map(nesting).max().unwrap_or(0);
    1 + match ty {
        Ty::Tuple(of) | Ty::Struct(_, of) | Ty::Enum(_, of) => parts(of),
        Ty::Array(of, _) | Ty::Vec(of) | Ty::Set(of) | Ty::Option(of) | Ty::Range(of) => {
            nesting(of)
        }
        Ty::Map(map) => nesting(&map.key).max(nesting(&map.value)),
        Ty::Result(ok, err) => nesting(ok).max(nesting(err)),
        _ => 0,
    }
}
