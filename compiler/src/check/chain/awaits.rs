//! `await` and `reject`: where they stand, and what may follow them.
//!
//! In: a function. Out: messages.
//! Holds always: what came before an `await` is committed, so no throw may leave after it; a `try`
//! with an `await` has one, as its first effect, since its savepoint is the resumption.

use std::collections::{BTreeMap, BTreeSet};

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};

use crate::arena::{ErrorId, LocalId};
use crate::thir::visit::{Node, Part, expr_parts, stmt_parts, walk_block, walk_expr};
use crate::thir::{
    Arm, Block, CatchKind, Chain, Expr, ExprKind, FnKind, Function, Package, Place, PlaceBase,
    Stmt, StmtKind, Try,
};
use crate::ty::Ty;

pub(super) fn check(function: &Function, package: &Package, d: &mut Diagnostics) {
    let Some(body) = &function.body else { return };
    if function.is_async && !matches!(function.kind, FnKind::Entry { .. }) {
        let message = format!("`{}` may wait, so it is an `async entry fn`", function.name.text);
        let diagnostic = Diagnostic::new(codes::AWAIT_PLACE, function.name.span, message);
        d.push(diagnostic.help("only a transaction of its own can go on in a later block"));
    }
    let mut flow = Flow {
        function,
        package,
        d,
        now: Point::default(),
        caught: Vec::new(),
        warned: BTreeSet::new(),
    };
    flow.block(body);
}

/// What is known at a point of the way through a function.
#[derive(Clone, Default)]
struct Point {
    /// Where it may have waited last.
    awaited: Option<Span>,
    /// Variables that hold what the state was, with the place where it was read.
    read: BTreeMap<LocalId, Span>,
    /// Those among them that were read before the last `await`.
    stale: BTreeMap<LocalId, Span>,
}

impl Point {
    /// What may be so where two ways meet.
    fn meet(&mut self, other: Point) {
        self.awaited = self.awaited.or(other.awaited);
        self.read.extend(other.read);
        self.stale.extend(other.stale);
    }
}

struct Flow<'p, 'd> {
    function: &'p Function,
    package: &'p Package,
    d: &'d mut Diagnostics,
    now: Point,
    /// The handlers around this point.
    caught: Vec<&'p Try>,
    warned: BTreeSet<LocalId>,
}

impl<'p> Flow<'p, '_> {
    fn block(&mut self, block: &'p Block) {
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
        block.value.iter().for_each(|value| self.expr(value));
    }

    /// Goes several ways from here; those that come to an end go on together.
    fn branches(&mut self, blocks: impl Iterator<Item = &'p Block>) {
        let start = self.now.clone();
        let mut met: Option<Point> = None;
        for block in blocks {
            self.now = start.clone();
            self.block(block);
            if block.ty != Ty::Never {
                let now = self.now.clone();
                match &mut met {
                    Some(met) => met.meet(now),
                    None => met = Some(now),
                }
            }
        }
        self.now = met.unwrap_or(start);
    }

    fn stmt(&mut self, stmt: &'p Stmt) {
        match &stmt.kind {
            StmtKind::If { cond, then, otherwise } => {
                self.expr(cond);
                let start = self.now.clone();
                self.branches([&**then].into_iter().chain(otherwise.as_deref()));
                if otherwise.is_none() {
                    self.now.meet(start);
                }
                return;
            }
            StmtKind::While { body, .. }
            | StmtKind::For { body, .. }
            | StmtKind::ForEach { body, .. } => {
                // A later turn comes after whatever an earlier one waited for.
                if let Some(span) = first_await(body) {
                    self.now.awaited = self.now.awaited.or(Some(span));
                }
            }
            StmtKind::LetPattern { value, otherwise, .. } => {
                self.expr(value);
                otherwise.iter().for_each(|block| self.aside(block));
                return;
            }
            _ => {}
        }
        self.parts(|f| stmt_parts(stmt, f));
        match &stmt.kind {
            StmtKind::Let { local, value } if reads_state(value) => {
                self.now.read.insert(*local, value.span);
            }
            StmtKind::Throw(throw) => self.throws(throw.error, stmt.span),
            StmtKind::Reject(_) => self.reject(stmt.span),
            _ => {}
        }
    }

    /// A block that leaves, so that nothing of it is true behind it.
    fn aside(&mut self, block: &'p Block) {
        let before = self.now.clone();
        self.block(block);
        self.now = before;
    }

    fn parts(&mut self, each: impl FnOnce(&mut dyn FnMut(Part<'p>))) {
        each(&mut |part| match part {
            Part::Expr(expr) => self.expr(expr),
            Part::Block(block) => self.block(block),
        });
    }

    fn expr(&mut self, expr: &'p Expr) {
        match &expr.kind {
            ExprKind::If { cond, then, otherwise } => {
                self.expr(cond);
                return self.branches([&**then, &**otherwise].into_iter());
            }
            ExprKind::Match { subject, arms } => {
                self.expr(subject);
                let guards = arms.iter().filter_map(|arm: &Arm| arm.guard.as_ref());
                guards.for_each(|guard| self.expr(guard));
                return self.branches(arms.iter().map(|arm| &arm.body));
            }
            ExprKind::ElseLeave { value, otherwise } => {
                self.expr(value);
                return self.aside(otherwise);
            }
            ExprKind::Try(attempt) => return self.attempt(attempt),
            _ => {}
        }
        self.parts(|f| expr_parts(expr, f));
        match &expr.kind {
            ExprKind::Read(place) => self.read(place),
            ExprKind::Call { function, .. } => {
                let callee = &self.package.functions[*function];
                callee.throws.iter().for_each(|error| self.throws(*error, expr.span));
            }
            ExprKind::Chain(chain) => self.chain(chain, expr.span),
            _ => {}
        }
    }

    fn chain(&mut self, chain: &'p Chain, span: Span) {
        match chain {
            Chain::Await(wait) => {
                if !self.function.is_async {
                    self.d.push(not_async(self.function, span));
                    return;
                }
                self.now.awaited = Some(span);
                let read = std::mem::take(&mut self.now.read);
                self.now.stale.extend(read);
                let callee = &self.package.functions[wait.call.function];
                callee.throws.iter().for_each(|error| self.throws(*error, span));
            }
            Chain::Slot if !matches!(self.function.kind, FnKind::Scheduled | FnKind::Private) => {
                let message = "`tx.slot` is the nominal time of scheduled work, and this is none";
                let diagnostic = Diagnostic::new(codes::SCHEDULED_FN, span, message);
                self.d.push(diagnostic.help("use `block.time`"));
            }
            _ => {}
        }
    }

    fn attempt(&mut self, attempt: &'p Try) {
        self.one_await(attempt);
        let start = self.now.clone();
        self.caught.push(attempt);
        self.block(&attempt.body);
        self.caught.pop();
        let end = (attempt.body.ty != Ty::Never).then(|| self.now.clone());
        // A handler begins where the block was resumed.
        let mut resumed = start;
        if let Some(span) = first_await(&attempt.body) {
            resumed.awaited = Some(span);
            let read = std::mem::take(&mut resumed.read);
            resumed.stale.extend(read);
        }
        self.now = resumed;
        self.branches(attempt.catches.iter().map(|catch| &catch.body));
        if let Some(end) = end {
            self.now.meet(end);
        }
    }

    /// Reports a `try` whose `await` is not its only one, or not its first effect.
    fn one_await(&mut self, attempt: &'p Try) {
        let awaits = awaits_in(&attempt.body);
        let Some(first) = awaits.first() else { return };
        if let Some(second) = awaits.get(1) {
            let message = "this `try` waits twice, and its savepoint can be at one place only";
            let diagnostic = Diagnostic::new(codes::TRY_AWAIT, *second, message);
            self.d.push(
                diagnostic
                    .also(*first, "waits here already")
                    .help("give each `await` a `try` of its own"),
            );
            return;
        }
        if let Some(before) = effect_before_await(&attempt.body, self.package) {
            let message = "what a `try` does before its `await` could not be undone";
            let diagnostic = Diagnostic::new(codes::TRY_AWAIT, before, message);
            self.d.push(
                diagnostic
                    .also(*first, "waits here")
                    .help("move it before the `try`, or behind the `await`"),
            );
        }
    }

    /// Reports an error that would leave the function after it waited.
    fn throws(&mut self, error: ErrorId, span: Span) {
        let Some(awaited) = self.now.awaited else { return };
        let fits = |attempt: &&Try| {
            attempt.catches.iter().any(|catch| match &catch.kind {
                CatchKind::Any(_) => true,
                CatchKind::Errors(caught) => caught.contains(&error),
                CatchKind::Error { error: caught, .. } => *caught == error,
            })
        };
        if self.caught.iter().any(fits) {
            return;
        }
        let name = &self.package.errors[error].name.text;
        let message =
            format!("`{name}` would leave after an `await`, and what was done is committed");
        let diagnostic = Diagnostic::new(codes::THROW_AFTER_AWAIT, span, message);
        self.d.push(diagnostic.also(awaited, "waits here").help(format!(
            "catch it, or end with `reject {name}(..)`, which keeps what was done and reports it"
        )));
    }

    fn reject(&mut self, span: Span) {
        let message = match (self.function.is_async, self.now.awaited) {
            (true, Some(_)) => return,
            (true, None) => "nothing is committed yet, so `throw` ends this and undoes it",
            (false, _) => "`reject` ends an `async` function after an `await`",
        };
        let diagnostic = Diagnostic::new(codes::REJECT_PLACE, span, message);
        self.d.push(diagnostic.help("write `throw`"));
    }

    /// Warns of a variable that holds what the state was before an `await`.
    fn read(&mut self, place: &Place) {
        let PlaceBase::Local(local) = place.base else { return };
        let Some(read) = self.now.stale.get(&local).copied() else { return };
        if !self.warned.insert(local) {
            return;
        }
        let name = &self.function.locals[local].name.text;
        let message = format!("`{name}` holds what the state was before the `await`");
        let diagnostic = Diagnostic::new(codes::STALE_STATE, place.span, message);
        self.d.push(
            diagnostic
                .also(read, "read here")
                .help("read the state again: others may have changed it meanwhile"),
        );
    }
}

fn not_async(function: &Function, span: Span) -> Diagnostic {
    let name = &function.name;
    let message = match function.kind {
        FnKind::Entry { .. } => format!("`{}` waits, so it is declared `async`", name.text),
        _ => "only an `async entry fn` can wait for an answer".to_owned(),
    };
    let diagnostic = Diagnostic::new(codes::AWAIT_PLACE, span, message).also(name.span, "in here");
    match function.kind {
        FnKind::Entry { .. } => diagnostic.help("write `async entry fn`"),
        _ => diagnostic.help("move the `await` into an entry, or call without it"),
    }
}

/// Whether a value was copied out of the state.
fn reads_state(value: &Expr) -> bool {
    let mut found = false;
    walk_expr(value, &mut |node| {
        if let Node::Expr(Expr { kind: ExprKind::Read(place), .. }) = node {
            found |= matches!(place.base, PlaceBase::State(_));
        }
    });
    found
}

fn awaits_in(block: &Block) -> Vec<Span> {
    let mut found = Vec::new();
    walk_block(block, &mut |node| {
        if let Node::Expr(expr) = node
            && is_await(expr)
        {
            found.push(expr.span);
        }
    });
    found
}

fn first_await(block: &Block) -> Option<Span> {
    awaits_in(block).first().copied()
}

fn is_await(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Chain(chain) if matches!(**chain, Chain::Await(_)))
}

/// What a block with an `await` does before it, or does not do for certain.
fn effect_before_await(block: &Block, package: &Package) -> Option<Span> {
    for stmt in &block.stmts {
        let mut waits = false;
        let mut before = None;
        stmt_parts(stmt, &mut |part| {
            if let (Part::Expr(expr), false) = (part, waits) {
                waits = before_await(expr, package, &mut before);
            } else if let (Part::Block(inner), false) = (part, waits) {
                // Under a condition, or in a loop.
                before = before.or(first_await(inner)).or(acts_in(inner, package));
            }
        });
        if waits || before.is_some() {
            return before;
        }
        if stmt_acts(stmt) {
            return Some(stmt.span);
        }
    }
    let mut before = None;
    if let Some(value) = &block.value {
        before_await(value, package, &mut before);
    }
    before
}

/// Whether an expression waits; what it does before goes into `before`.
fn before_await(expr: &Expr, package: &Package, before: &mut Option<Span>) -> bool {
    let mut waits = false;
    expr_parts(expr, &mut |part| match part {
        Part::Expr(inner) if !waits => waits = before_await(inner, package, before),
        Part::Block(inner) if !waits => {
            *before = before.or(first_await(inner)).or(acts_in(inner, package));
        }
        _ => {}
    });
    if waits || is_await(expr) {
        return true;
    }
    if expr_acts(expr, package) {
        *before = before.or(Some(expr.span));
    }
    false
}

fn acts_in(block: &Block, package: &Package) -> Option<Span> {
    let mut found = None;
    walk_block(block, &mut |node| {
        let acts = match node {
            Node::Stmt(stmt) => stmt_acts(stmt).then_some(stmt.span),
            Node::Expr(expr) => expr_acts(expr, package).then_some(expr.span),
        };
        found = found.or(acts);
    });
    found
}

fn stmt_acts(stmt: &Stmt) -> bool {
    match &stmt.kind {
        StmtKind::Assign { place, .. } | StmtKind::OpAssign { place, .. } => {
            matches!(place.base, PlaceBase::State(_))
        }
        StmtKind::Emit { .. } => true,
        _ => false,
    }
}

fn expr_acts(expr: &Expr, package: &Package) -> bool {
    match &expr.kind {
        ExprKind::MapCall { op, .. } => op.writes(),
        ExprKind::Call { function, .. } => {
            let effects = &package.functions[*function].effects;
            !effects.writes.is_empty() || !effects.emits.is_empty()
        }
        ExprKind::External(external) => {
            !matches!(**external, crate::thir::External::At(_) | crate::thir::External::Address(_))
        }
        ExprKind::Chain(chain) => match &**chain {
            Chain::Table(call) => call.op.writes(),
            Chain::Schedule(_) | Chain::Cancel(_) => true,
            _ => false,
        },
        _ => false,
    }
}
