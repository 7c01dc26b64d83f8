//! Walking a typed tree.
//!
//! In: a node. Out: its parts, each once, in the order of evaluation.
//! Holds always: clauses are no parts of a statement; they do not run. [`each_clause`] gives them.
//!
//! Length: `expr_parts` names every kind of expression once.

use super::{
    Block, Domain, Expr, ExprKind, FormatPart, Function, LoopSpec, Place, PlaceStep, Range, Stmt,
    StmtKind, as_written,
};

/// A part of a statement or expression.
#[derive(Clone, Copy)]
pub enum Part<'t> {
    Expr(&'t Expr),
    Block(&'t Block),
}

/// A node of a walk.
#[derive(Clone, Copy)]
pub enum Node<'t> {
    Stmt(&'t Stmt),
    Expr(&'t Expr),
}

/// Everything that runs when a function does: its checked preconditions, then its body.
pub fn walk_function<'t>(function: &'t Function, f: &mut dyn FnMut(Node<'t>)) {
    for requires in &function.spec.requires {
        if let Some(check) = &requires.check {
            walk_expr(check, f);
            let args = requires.otherwise.iter().flat_map(|throw| &throw.args);
            args.for_each(|arg| walk_expr(arg, f));
        }
    }
    function.body.iter().for_each(|body| walk_block(body, f));
}

/// A block and everything in it, outside before inside.
pub fn walk_block<'t>(block: &'t Block, f: &mut dyn FnMut(Node<'t>)) {
    for stmt in &block.stmts {
        f(Node::Stmt(stmt));
        stmt_parts(stmt, &mut |part| walk_part(part, f));
    }
    block.value.iter().for_each(|value| walk_expr(value, f));
}

/// An expression and everything in it, outside before inside.
pub fn walk_expr<'t>(expr: &'t Expr, f: &mut dyn FnMut(Node<'t>)) {
    f(Node::Expr(expr));
    expr_parts(expr, &mut |part| walk_part(part, f));
}

fn walk_part<'t>(part: Part<'t>, f: &mut dyn FnMut(Node<'t>)) {
    match part {
        Part::Expr(expr) => walk_expr(expr, f),
        Part::Block(block) => walk_block(block, f),
    }
}

/// The parts of a statement.
pub fn stmt_parts<'t>(stmt: &'t Stmt, f: &mut dyn FnMut(Part<'t>)) {
    match &stmt.kind {
        StmtKind::Let { value, .. } | StmtKind::Expr(value) => f(Part::Expr(value)),
        StmtKind::LetPattern { value, otherwise, .. } => {
            f(Part::Expr(value));
            otherwise.iter().for_each(|block| f(Part::Block(block)));
        }
        StmtKind::Assign { place, value } | StmtKind::OpAssign { place, value, .. } => {
            place_parts(place, f);
            f(Part::Expr(value));
        }
        StmtKind::If { cond, then, otherwise } => {
            f(Part::Expr(cond));
            f(Part::Block(then));
            otherwise.iter().for_each(|block| f(Part::Block(block)));
        }
        StmtKind::While { cond, body, .. } => {
            f(Part::Expr(cond));
            f(Part::Block(body));
        }
        StmtKind::For { range, body, .. } => {
            range_parts(range, f);
            f(Part::Block(body));
        }
        StmtKind::ForEach { source, body, .. } => {
            f(Part::Expr(&source.collection));
            source.after.iter().chain(&source.limit).for_each(|bound| f(Part::Expr(bound)));
            f(Part::Block(body));
        }
        StmtKind::Block(block) => f(Part::Block(block)),
        StmtKind::Return(value) => value.iter().for_each(|value| f(Part::Expr(value))),
        StmtKind::Test(test) => test.parts().into_iter().for_each(|part| f(Part::Expr(part))),
        StmtKind::Throw(throw) | StmtKind::Reject(throw) => {
            as_written(&throw.args).for_each(|(_, arg)| f(Part::Expr(arg)))
        }
        StmtKind::Emit { args, .. } => as_written(args).for_each(|(_, arg)| f(Part::Expr(arg))),
        StmtKind::Assert { check, .. } => check.iter().for_each(|check| f(Part::Expr(check))),
        StmtKind::Assume(_) | StmtKind::Ghost(_) | StmtKind::Break | StmtKind::Continue => {}
    }
}

/// The parts of an expression.
pub fn expr_parts<'t>(expr: &'t Expr, f: &mut dyn FnMut(Part<'t>)) {
    match &expr.kind {
        ExprKind::Read(place) | ExprKind::View { place, .. } | ExprKind::Inout(place) => {
            place_parts(place, f);
        }
        ExprKind::Closure { body, .. } => f(Part::Block(body)),
        ExprKind::Format(parts) => parts.iter().for_each(|part| match part {
            FormatPart::Text(_) => {}
            FormatPart::Value(value) => f(Part::Expr(value)),
        }),
        ExprKind::InRange(value, range) => {
            f(Part::Expr(value));
            range_parts(range, f);
        }
        ExprKind::Unary(_, inner)
        | ExprKind::Cast(inner)
        | ExprKind::Some(inner)
        | ExprKind::Ok(inner)
        | ExprKind::Err(inner)
        | ExprKind::Part(inner, _)
        | ExprKind::Repeat(inner)
        | ExprKind::ArrayToVec(inner)
        | ExprKind::Propagate(inner)
        | ExprKind::Lift(inner)
        | ExprKind::Old(inner)
        | ExprKind::Field(inner, _)
        | ExprKind::Info(inner)
        | ExprKind::Failure(inner, _) => f(Part::Expr(inner)),
        ExprKind::External(external) => {
            external.parts().into_iter().for_each(|part| f(Part::Expr(part)));
        }
        ExprKind::Chain(chain) => {
            chain.place().into_iter().for_each(|place| place_parts(place, f));
            chain.parts().into_iter().for_each(|part| f(Part::Expr(part)));
        }
        ExprKind::Test(test) => test.parts().into_iter().for_each(|part| f(Part::Expr(part))),
        ExprKind::Try(attempt) => {
            f(Part::Block(&attempt.body));
            attempt.catches.iter().for_each(|catch| f(Part::Block(&catch.body)));
        }
        ExprKind::Struct(parts)
        | ExprKind::Variant(_, parts)
        | ExprKind::Tuple(parts)
        | ExprKind::Array(parts) => {
            as_written(parts).for_each(|(_, part)| f(Part::Expr(part)));
        }
        ExprKind::Binary(_, left, right)
        | ExprKind::Logical(_, left, right)
        | ExprKind::Coalesce(left, right)
        | ExprKind::Index(left, right) => {
            f(Part::Expr(left));
            f(Part::Expr(right));
        }
        ExprKind::Call { args, .. } | ExprKind::CallLocal { args, .. } => {
            as_written(args).for_each(|(_, arg)| f(Part::Expr(arg)))
        }
        ExprKind::MapCall { map, args, .. } => {
            place_parts(map, f);
            args.iter().for_each(|arg| f(Part::Expr(arg)));
        }
        ExprKind::If { cond, then, otherwise } => {
            f(Part::Expr(cond));
            f(Part::Block(then));
            f(Part::Block(otherwise));
        }
        ExprKind::Match { subject, arms } => {
            f(Part::Expr(subject));
            for arm in arms {
                arm.guard.iter().for_each(|guard| f(Part::Expr(guard)));
                f(Part::Block(&arm.body));
            }
        }
        ExprKind::Let { value, .. } => f(Part::Expr(value)),
        ExprKind::ElseLeave { value, otherwise } => {
            f(Part::Expr(value));
            f(Part::Block(otherwise));
        }
        ExprKind::Quantifier { binders, body, .. } => {
            binders.iter().for_each(|binder| domain_parts(&binder.domain, f));
            f(Part::Expr(body));
        }
        ExprKind::Sum { value, binders, filter } => {
            binders.iter().for_each(|binder| domain_parts(&binder.domain, f));
            filter.iter().for_each(|filter| f(Part::Expr(filter)));
            f(Part::Expr(value));
        }
        ExprKind::Value(_)
        | ExprKind::Const(_)
        | ExprKind::ConstParam(_)
        | ExprKind::Context(_)
        | ExprKind::Function { .. }
        | ExprKind::None
        | ExprKind::Result
        | ExprKind::Error => {}
    }
}

/// The keys and indexes of a place.
pub fn place_parts<'t>(place: &'t Place, f: &mut dyn FnMut(Part<'t>)) {
    for step in &place.path {
        if let PlaceStep::Key(key) | PlaceStep::Index(key) = step {
            f(Part::Expr(key));
        }
    }
}

fn range_parts<'t>(range: &'t Range, f: &mut dyn FnMut(Part<'t>)) {
    f(Part::Expr(&range.start));
    f(Part::Expr(&range.end));
}

fn domain_parts<'t>(domain: &'t Domain, f: &mut dyn FnMut(Part<'t>)) {
    match domain {
        Domain::Type(_) => {}
        Domain::Range(range) => range_parts(range, f),
        Domain::Collection(collection) => f(Part::Expr(collection)),
    }
}

/// The expressions of every clause of a function, those of its body included.
pub fn each_clause<'t>(function: &'t Function, f: &mut dyn FnMut(&'t Expr)) {
    let spec = &function.spec;
    spec.requires.iter().for_each(|requires| f(&requires.clause.cond));
    spec.ensures.iter().for_each(|clause| f(&clause.cond));
    spec.throws_when.iter().for_each(|throws| f(&throws.clause.cond));
    spec.no_trap.iter().for_each(|clause| f(&clause.cond));
    spec.decreases.iter().for_each(|measure| f(&measure.value));
    let Some(body) = &function.body else { return };
    walk_block(body, &mut |node| match node {
        Node::Stmt(Stmt { kind: StmtKind::While { spec, .. }, .. })
        | Node::Stmt(Stmt {
            kind: StmtKind::For { spec, .. } | StmtKind::ForEach { spec, .. },
            ..
        }) => loop_clauses(spec, f),
        Node::Stmt(Stmt { kind: StmtKind::Assert { clause, .. }, .. })
        | Node::Stmt(Stmt { kind: StmtKind::Assume(clause), .. }) => f(&clause.cond),
        Node::Stmt(Stmt { kind: StmtKind::Ghost(ghost), .. }) => f(&ghost.value),
        _ => {}
    });
}

fn loop_clauses<'t>(spec: &'t LoopSpec, f: &mut dyn FnMut(&'t Expr)) {
    spec.invariants.iter().for_each(|clause| f(&clause.cond));
    spec.decreases.iter().for_each(|measure| f(&measure.value));
}
