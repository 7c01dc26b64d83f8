//! Functions that a clause calls.
//!
//! In: a call in a clause. Out: what the function's body gives for these arguments, at the clause's moment.
//! Holds always: a function means in a clause what its body says on unbounded integers; where the body throws
//! or traps by itself, it is any value. A function that may come to call itself is a function of the
//! solver of which its own equation is known for the arguments at hand, and only if its `decreases` is proved:
//! an equation without a solution would prove everything. A body with loops, or that changes anything but its
//! own variables, has no term.

use std::collections::{HashMap, HashSet};

use deed_compiler::arena::{FnId, LocalId};
use deed_compiler::thir::visit::{Node, walk_block};
use deed_compiler::thir::{
    Block, Expr, ExprKind, FnKind, Function, Package, PlaceBase, Stmt, StmtKind,
};

use super::{Clause, Translated, Unmodelled, unmodelled};
use crate::vc::term::TermId;

/// Calls within calls, and equations of functions that call themselves, that a clause is followed into.
const MAX_DEPTH: u32 = 12;
const MAX_EQUATIONS: u32 = 6;

/// Statements that one clause is followed through.
const MAX_STEPS: u32 = 400;

/// A call that has to be below the function around it.
#[derive(Clone, Debug)]
pub(in crate::exec) struct Falling {
    /// When it is made.
    pub path: TermId,
    /// The measures of what is called; nothing where one has no term.
    pub measures: Option<Vec<TermId>>,
    pub expr: Expr,
}

/// What is left to do behind a block.
struct Behind<'t> {
    stmts: &'t [Stmt],
    next: Option<&'t Behind<'t>>,
}

impl Clause<'_, '_> {
    /// A function's own measures, and the calls in it that may come back; nothing where it has no term.
    pub(in crate::exec) fn falls_in(
        &mut self,
        function: &Function,
        circle: Watched,
    ) -> (Option<Vec<TermId>>, Option<Vec<Falling>>) {
        let Some(body) = &function.body else { return (None, None) };
        let list = function.spec.decreases.iter();
        let own = list.map(|measure| self.expr(&measure.value)).collect::<Result<Vec<_>, _>>();
        self.falling = Some(circle);
        let whole = self.given(&body.stmts, None, function);
        let calls = self.falling.take().map(|watched| watched.calls);
        (own.ok(), calls.filter(|_| whole.is_ok()))
    }

    /// What a function of the package gives.
    pub(super) fn unfold(&mut self, call: &Expr) -> Translated {
        let ExprKind::Call { function: id, type_args, args } = &call.kind else {
            return unmodelled("this expression");
        };
        let package = self.scope.package;
        let function = &package.functions[*id];
        let name = function.name.text.as_str();
        let Some(body) = &function.body else {
            return unmodelled(&format!("`{name}` in a specification"));
        };
        if !type_args.is_empty() || function.params.len() != args.len() {
            return unmodelled(&format!("`{name}` in a specification, which is generic"));
        }
        let args = args.iter().map(|arg| self.expr(arg)).collect::<Result<Vec<_>, _>>()?;
        if calls_itself(package, *id) {
            return self.applied(*id, args, call);
        }
        if self.depth >= MAX_DEPTH {
            return unmodelled(&format!("`{name}` so deep in calls"));
        }
        self.lifted |= function.kind != FnKind::Spec;
        self.inside(function, &args, |clause| clause.given(&body.stmts, None, function))
    }

    /// Does something with a function's parameters as the only variables.
    fn inside<T>(
        &mut self,
        function: &Function,
        args: &[TermId],
        work: impl FnOnce(&mut Self) -> Result<T, Unmodelled>,
    ) -> Result<T, Unmodelled> {
        let params = function.params.iter().map(|param| param.local);
        let locals: HashMap<LocalId, TermId> = params.zip(args.iter().copied()).collect();
        let around = std::mem::replace(&mut self.scope.locals, locals);
        let stored = std::mem::take(&mut self.stored);
        let result = self.scope.result.take();
        self.depth += 1;
        let done = work(self);
        self.depth -= 1;
        self.scope.locals = around;
        self.stored = stored;
        self.scope.result = result;
        done
    }

    /// What statements and those behind them give back.
    fn given(
        &mut self,
        stmts: &[Stmt],
        behind: Option<&Behind<'_>>,
        function: &Function,
    ) -> Translated {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return unmodelled("a function of so many ways in a specification");
        }
        let Some((stmt, stmts)) = stmts.split_first() else {
            return match behind {
                Some(behind) => self.given(behind.stmts, behind.next, function),
                None => unmodelled("a function that gives nothing back"),
            };
        };
        let behind = Behind { stmts, next: behind };
        match &stmt.kind {
            StmtKind::Return(Some(value)) => self.expr(value),
            StmtKind::Throw(_) => self.anything(function),
            StmtKind::Block(block) => self.given(&block.stmts, Some(&behind), function),
            StmtKind::If { cond, then, otherwise } => {
                let (cond, bound) = self.condition(cond)?;
                let other = otherwise.as_ref().map_or(&[][..], |block| &block.stmts);
                self.either(
                    cond,
                    |clause| {
                        clause.scope.locals.extend(bound);
                        clause.given(&then.stmts, Some(&behind), function)
                    },
                    |clause| clause.given(other, Some(&behind), function),
                )
            }
            _ => {
                self.variable_set(stmt)?;
                self.given(behind.stmts, behind.next, function)
            }
        }
    }

    /// A statement that only gives a variable its value.
    fn variable_set(&mut self, stmt: &Stmt) -> Result<(), Unmodelled> {
        match &stmt.kind {
            StmtKind::Let { local, value } => {
                let value = self.expr(value)?;
                self.scope.locals.insert(*local, value);
            }
            StmtKind::LetPattern { pattern, value, otherwise: None } => {
                let term = self.expr(value)?;
                let (_, bound) = self.fits(pattern, term)?;
                self.scope.locals.extend(bound);
            }
            StmtKind::Assign { place, value } if place.path.is_empty() => {
                let PlaceBase::Local(local) = place.base else {
                    return unmodelled("a function that changes something in a specification");
                };
                let value = self.expr(value)?;
                self.scope.locals.insert(local, value);
            }
            _ => return unmodelled("a function with such statements in a specification"),
        }
        Ok(())
    }

    /// The value of a block that stands in an expression.
    pub(super) fn block_value(&mut self, block: &Block) -> Translated {
        let Some(value) = &block.value else { return unmodelled("a block without a value") };
        block.stmts.iter().try_for_each(|stmt| self.variable_set(stmt))?;
        self.expr(value)
    }

    /// A choice, each side with variables of its own.
    pub(super) fn either(
        &mut self,
        cond: TermId,
        then: impl FnOnce(&mut Self) -> Translated,
        otherwise: impl FnOnce(&mut Self) -> Translated,
    ) -> Translated {
        let not = self.terms.not(cond);
        let then = self.where_true(cond, then)?;
        let otherwise = self.where_true(not, otherwise)?;
        if self.terms.sort(then) != self.terms.sort(otherwise) {
            return unmodelled("a choice between values of two kinds");
        }
        Ok(self.terms.ite(cond, then, otherwise))
    }

    /// What is only looked at where a condition holds.
    pub(super) fn where_true(
        &mut self,
        cond: TermId,
        work: impl FnOnce(&mut Self) -> Translated,
    ) -> Translated {
        let locals = self.scope.locals.clone();
        self.path.push(cond);
        let value = work(self);
        self.path.pop();
        self.scope.locals = locals;
        value
    }

    /// Where a function ends without a value.
    fn anything(&mut self, function: &Function) -> Translated {
        if !self.bound.is_empty() {
            return unmodelled("a function that throws under a quantifier");
        }
        let sort = self.sort(&function.result);
        Ok(self.terms.fresh("undefined", sort))
    }

    /// A function that calls itself, as a function of the solver, with its equation for these arguments.
    fn applied(&mut self, id: FnId, args: Vec<TermId>, call: &Expr) -> Translated {
        let package = self.scope.package;
        let function = &package.functions[id];
        let name = function.name.text.as_str();
        if function.kind != FnKind::Spec {
            return unmodelled(&format!("`{name}` in a specification, which calls itself"));
        }
        let mut whole = args.clone();
        if reads_state(package, id) {
            whole.extend(self.scope.now.terms());
        }
        let sort = self.sort(&function.result);
        let value = self.terms.apply(format!("{name} {id:?}"), whole, sort);
        if let Some(watched) = &self.falling
            && watched.circle.contains(&id)
        {
            self.falls(function, &args, call);
            return Ok(value);
        }
        if !self.scope.trusted.contains(&id) {
            return unmodelled(&format!(
                "`{name}`, which calls itself without a proof that this ends"
            ));
        }
        let free = |arg: &TermId| !self.speaks_of_bound(*arg);
        let depth = self.equated.get(&value).copied().unwrap_or(MAX_EQUATIONS);
        if self.equations < depth && args.iter().all(free) {
            self.equated.insert(value, self.equations);
            self.equation(function, &args, value)?;
        }
        Ok(value)
    }

    /// `f(args) == body`, for arguments without variables of quantifiers.
    fn equation(
        &mut self,
        function: &Function,
        args: &[TermId],
        value: TermId,
    ) -> Result<(), Unmodelled> {
        let Some(body) = &function.body else { return Ok(()) };
        let around = std::mem::take(&mut self.bound);
        self.equations += 1;
        let given = self.inside(function, args, |clause| clause.given(&body.stmts, None, function));
        self.equations -= 1;
        self.bound = around;
        let given = given?;
        self.facts.equal(self.terms, value, given);
        Ok(())
    }

    /// Notes down a call that has to be below the function that makes it.
    fn falls(&mut self, function: &Function, args: &[TermId], call: &Expr) {
        let list = &function.spec.decreases;
        let measures = self.inside(function, args, |clause| {
            list.iter().map(|measure| clause.expr(&measure.value)).collect::<Result<Vec<_>, _>>()
        });
        // Of what happens for each value of a variable no single condition speaks.
        let measures = measures.ok().filter(|_| self.bound.is_empty());
        let path = self.terms.and(self.path.clone());
        if let Some(watched) = &mut self.falling {
            watched.calls.push(Falling { path, measures, expr: call.clone() });
        }
    }

    pub(super) fn speaks_of_bound(&self, term: TermId) -> bool {
        let below = self.terms.below(term);
        self.bound.iter().any(|variable| below.contains(variable))
    }
}

/// The functions that calls in a body lead to.
fn called(package: &Package, id: FnId) -> Vec<FnId> {
    let mut found = Vec::new();
    let Some(body) = &package.functions[id].body else { return found };
    walk_block(body, &mut |node| {
        if let Node::Expr(Expr { kind: ExprKind::Call { function, .. }, .. }) = node {
            found.push(*function);
        }
    });
    found
}

/// The functions that calls of some function lead to, however far.
pub(in crate::exec) fn reached(package: &Package, id: FnId) -> HashSet<FnId> {
    let (mut found, mut work) = (HashSet::new(), called(package, id));
    while let Some(id) = work.pop() {
        if found.insert(id) {
            work.extend(called(package, id));
        }
    }
    found
}

/// Whether calls of a function may lead back to it.
pub(in crate::exec) fn calls_itself(package: &Package, id: FnId) -> bool {
    reached(package, id).contains(&id)
}

fn reads_state(package: &Package, id: FnId) -> bool {
    let mut reads = false;
    for function in reached(package, id).into_iter().chain([id]) {
        let Some(body) = &package.functions[function].body else { continue };
        walk_block(body, &mut |node| {
            let Node::Expr(expr) = node else { return };
            let (ExprKind::Read(place)
            | ExprKind::View { place, .. }
            | ExprKind::MapCall { map: place, .. }
            | ExprKind::Inout(place)) = &expr.kind
            else {
                return;
            };
            reads |= matches!(place.base, PlaceBase::State(_));
        });
    }
    reads
}

/// The circle of functions whose calls have to fall, and those calls.
#[derive(Clone, Debug)]
pub(in crate::exec) struct Watched {
    pub circle: HashSet<FnId>,
    pub calls: Vec<Falling>,
}
