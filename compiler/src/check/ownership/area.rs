//! Areas: pieces of storage, as far as they can be told apart.
//!
//! In: places. Out: areas, and whether two of them may have a piece in common.
//! Holds always: the answer errs towards yes; keys and indexes are told apart only if both are
//! known numbers or words, and differ.

use crate::arena::Id;
use crate::thir::{Expr, ExprKind, Package, PathKey, Place, PlaceBase, PlaceStep, StatePath};

/// What holds a value: a variable, or a field of the state.
pub(super) type Root = PlaceBase;

/// A piece of storage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Area {
    pub(super) root: Root,
    pub(super) steps: Vec<Step>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// A field of a struct, or a part of a tuple.
    Part(u32),
    /// An entry or element: its key, where it is known.
    Element(Option<String>),
}

impl Area {
    pub(super) fn of(place: &Place, package: &Package) -> Area {
        let steps = place.path.iter().map(|step| match step {
            PlaceStep::Field(_, field) => Step::Part(field.index() as u32),
            PlaceStep::Part(part) => Step::Part(*part),
            PlaceStep::Key(key) | PlaceStep::Index(key) => Step::Element(known(key, package)),
        });
        Area { root: place.base, steps: steps.collect() }
    }

    /// What a callee touches, for a caller that gives it these arguments.
    pub(super) fn of_effect(path: &StatePath, args: &[Expr], package: &Package) -> Area {
        let steps = path.keys.iter().map(|key| match key {
            PathKey::Literal(text) => Step::Element(Some(text.clone())),
            PathKey::Param(index) => {
                Step::Element(args.get(*index as usize).and_then(|arg| known(arg, package)))
            }
            PathKey::Any | PathKey::Context(_) | PathKey::Made(_) => Step::Element(None),
        });
        Area { root: Root::State(path.field), steps: steps.collect() }
    }

    /// Whether one may lie in the other, or be the other.
    pub(super) fn overlaps(&self, other: &Area) -> bool {
        let apart = |(a, b): (&Step, &Step)| match (a, b) {
            (Step::Part(a), Step::Part(b)) => a != b,
            (Step::Element(Some(a)), Step::Element(Some(b))) => a != b,
            _ => false,
        };
        self.root == other.root && !self.steps.iter().zip(&other.steps).any(apart)
    }

    /// The way to it through fields and parts alone.
    pub(super) fn fixed(&self) -> Option<Vec<u32>> {
        let part = |step: &Step| match step {
            Step::Part(part) => Some(*part),
            Step::Element(_) => None,
        };
        self.steps.iter().map(part).collect()
    }

    /// Some element of it.
    pub(super) fn element(mut self) -> Area {
        self.steps.push(Step::Element(None));
        self
    }

    /// A part of it.
    pub(super) fn part(mut self, part: usize) -> Area {
        self.steps.push(Step::Part(part as u32));
        self
    }
}

fn known(key: &Expr, package: &Package) -> Option<String> {
    match &key.kind {
        ExprKind::Value(value) => Some(value.to_string()),
        ExprKind::Const(id) => package.constants[*id].value.as_ref().map(|value| value.to_string()),
        _ => None,
    }
}
