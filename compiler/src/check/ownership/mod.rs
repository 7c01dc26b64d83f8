//! Ownership: every linear value is consumed exactly once on every path, and what is lent is whole.
//!
//! In: the typed package, with its effects. Out: messages.
//! Holds always: a body is walked once, in the order of evaluation; where paths meet, they must agree
//! on what is held, so a loop needs no fixed point. One mistake about a variable gives one message.
//!
//! A *linear* value is an asset, or holds one. Three kinds of names reach it: one that *owns* it, an
//! `inout` parameter, whose place must be whole again at the end, and a *view*, which only looks. Of
//! plain data only views are followed: they die at a write to their place. A throw or trap ends a path
//! without obligations, since it undoes everything; `return`, `?` and `break` do not.
//!
//! | file | about |
//! |---|---|
//! | `area` | pieces of storage, and which of them overlap |
//! | `state`, `persistent` | what is held at a point, and where two paths differ |
//! | `roles` | what a variable is: owner, view, lent |
//! | `stmts`, `exprs`, `branches`, `loops`, `patterns` | the walk |
//! | `places` | reading, moving, writing a place |
//! | `calls` | arguments, and what a call may touch |
//! | `sites` | types that may stand nowhere else |

mod area;
mod branches;
mod calls;
mod errors;
mod exprs;
mod loops;
mod patterns;
mod persistent;
mod places;
mod roles;
mod sites;
mod state;
mod stmts;

use std::collections::{BTreeSet, HashMap};

use deed_base::catalogue::Severity;
use deed_base::{Diagnostics, SourceId, Span};

use self::area::{Area, Root};
use self::loops::Loop;
use self::roles::Role;
use self::state::State;
use crate::arena::{Arena, FnId, Id, LocalId};
use crate::thir::{Function, Package, ParamMode};
use crate::ty::Ty;

/// Checks every function, and where assets stand.
pub(super) fn check(package: &Package, d: &mut Diagnostics) {
    let broken = Broken::new(d);
    sites::check(package, d);
    let leaving = calls::leaving(package);
    for function in package.functions.values() {
        if !function.body.as_ref().is_some_and(|body| broken.has_part_in(body.span)) {
            Checker::new(package, function, &leaving, d).function();
        }
    }
}

/// The places where names or types are wrong, so that the tree has gaps: what is consumed in a gap
/// would be missed.
struct Broken {
    starts: Vec<(SourceId, u32)>,
}

impl Broken {
    fn new(d: &Diagnostics) -> Broken {
        let gaps = d.iter().filter(|diagnostic| {
            let kind = &diagnostic.code.id[..3];
            diagnostic.severity() == Severity::Error
                && ["E01", "E02", "E03", "E06", "E09"].contains(&kind)
        });
        let mut starts: Vec<_> = gaps
            .map(|diagnostic| (diagnostic.primary.span.source, diagnostic.primary.span.start))
            .collect();
        starts.sort_unstable();
        Broken { starts }
    }

    fn has_part_in(&self, span: Span) -> bool {
        let next = self.starts.partition_point(|start| *start < (span.source, span.start));
        self.starts
            .get(next)
            .is_some_and(|(source, start)| *source == span.source && *start < span.end)
    }
}

/// How a value is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Use {
    /// It goes to whoever asked for it.
    Take,
    /// It is only looked at.
    Look,
}

/// A collection that is iterated here.
struct Guard {
    area: Area,
    span: Span,
}

/// An open block.
#[derive(Default)]
struct Scope {
    /// What ends with it.
    locals: Vec<LocalId>,
    /// How many views were in scope before it.
    views: usize,
}

/// The walk through one function.
struct Checker<'p, 'd> {
    package: &'p Package,
    function: &'p Function,
    /// The functions that call out of the contract.
    leaving: &'p Arena<FnId, bool>,
    d: &'d mut Diagnostics,
    state: State,
    /// What each variable is, those without a name behind the function's own.
    roles: Vec<Role>,
    /// The variables of each open block that must end with it.
    scopes: Vec<Scope>,
    loops: Vec<Loop>,
    guards: Vec<Guard>,
    /// The views that are in scope.
    views: Vec<LocalId>,
    /// Every use of a view, in the order of the walk.
    uses: Vec<(LocalId, Span)>,
    /// Where each value was moved last.
    moved: HashMap<Root, Span>,
    /// Whether a message says that the value at hand is not to be had.
    failed: bool,
    /// Where each variable that was empty was filled again last.
    filled: HashMap<Root, Span>,
    /// What a message has been given about.
    said: BTreeSet<Root>,
}

impl<'p, 'd> Checker<'p, 'd> {
    fn new(
        package: &'p Package,
        function: &'p Function,
        leaving: &'p Arena<FnId, bool>,
        d: &'d mut Diagnostics,
    ) -> Self {
        Checker {
            package,
            function,
            leaving,
            d,
            state: State::new(),
            roles: vec![Role::Plain; function.locals.len()],
            scopes: Vec::new(),
            loops: Vec::new(),
            guards: Vec::new(),
            views: Vec::new(),
            uses: Vec::new(),
            moved: HashMap::new(),
            filled: HashMap::new(),
            failed: false,
            said: BTreeSet::new(),
        }
    }

    fn function(&mut self) {
        let Some(body) = &self.function.body else { return };
        self.open();
        for param in &self.function.params {
            let made = self.function.locals[param.local].name.span;
            match param.mode {
                ParamMode::View => self.lend(param.local, None, made),
                ParamMode::Inout => self.borrow(param.local),
                ParamMode::Take => self.own(param.local, made),
            }
        }
        for requires in &self.function.spec.requires {
            requires.check.iter().for_each(|check| self.expr(check, Use::Look));
        }
        self.block(body, Use::Take);
        let end = end_of(body.span);
        self.must_be_whole(end);
        self.close(end);
    }

    fn is_linear(&self, ty: &Ty) -> bool {
        self.package.is_linear(ty)
    }

    /// Whether a message may still be given about a value; from then on it counts as consumed.
    fn blame(&mut self, root: Root) -> bool {
        self.state.empty(root);
        self.said.insert(root)
    }

    /// The type of what a root names.
    fn root_ty(&self, root: Root) -> Option<&'p Ty> {
        match root {
            Root::Local(local) if local.index() < self.function.locals.len() => {
                Some(&self.function.locals[local].ty)
            }
            Root::Local(_) => None,
            Root::State(field) => {
                let contract = self.function.contract()?;
                Some(&self.package.contracts[contract].state[field].ty)
            }
        }
    }
}

/// The last character of a block.
fn end_of(span: Span) -> Span {
    Span { start: span.end.saturating_sub(1).max(span.start), ..span }
}
