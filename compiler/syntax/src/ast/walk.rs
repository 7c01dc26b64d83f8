//! Walking the tree.
//!
//! In: a node. Out: the expressions and blocks directly under it, in source order.
//! Holds always: nothing is visited twice; types and patterns hold no code but array lengths and
//! map defaults, which are left out.

use super::*;

/// A node under another.
#[derive(Clone, Copy)]
pub enum Child<'a> {
    Expr(&'a Expr),
    Block(&'a Block),
}

/// The bodies, specifications and default values of a module.
pub fn module_bodies<'a>(module: &'a Module, f: &mut dyn FnMut(Child<'a>)) {
    module.items.iter().for_each(|item| item_bodies(item, f));
}

fn item_bodies<'a>(item: &'a Item, f: &mut dyn FnMut(Child<'a>)) {
    match &item.kind {
        ItemKind::Const(d) => f(Child::Expr(&d.value)),
        ItemKind::Fn(d) => fn_bodies(d, f),
        ItemKind::Struct(d) => {
            defaults(&d.fields, f);
            d.methods.iter().for_each(|m| fn_bodies(m, f));
        }
        ItemKind::Enum(d) => d.methods.iter().for_each(|m| fn_bodies(m, f)),
        ItemKind::Interface(d) => d.items.iter().for_each(|i| item_bodies(i, f)),
        ItemKind::Trait(d) => d.functions.iter().for_each(|m| fn_bodies(m, f)),
        ItemKind::Impl(d) => d.functions.iter().for_each(|m| fn_bodies(m, f)),
        ItemKind::Contract(d) => d.members.iter().for_each(|m| member_bodies(m, f)),
        ItemKind::Test(d) => f(Child::Block(&d.body)),
        ItemKind::Rule(d) => d.clauses.iter().for_each(|c| clause_exprs(c, f)),
        ItemKind::Error(_) | ItemKind::Errors(_) | ItemKind::Event(_) | ItemKind::Invalid => {}
    }
}

fn member_bodies<'a>(member: &'a Member, f: &mut dyn FnMut(Child<'a>)) {
    match member {
        Member::State(block) => defaults(&block.fields, f),
        Member::Invariant(i) => f(Child::Expr(&i.condition)),
        Member::Fn(d) => fn_bodies(d, f),
        Member::Item(item) => item_bodies(item, f),
        Member::Policy(p) => p.by.iter().for_each(|e| f(Child::Expr(e))),
    }
}

fn defaults<'a>(fields: &'a [Field], f: &mut dyn FnMut(Child<'a>)) {
    fields.iter().filter_map(|field| field.default.as_ref()).for_each(|e| f(Child::Expr(e)));
}

fn clause_exprs<'a>(clause: &'a RuleClause, f: &mut dyn FnMut(Child<'a>)) {
    match &*clause.kind {
        RuleClauseKind::Assume(e) | RuleClauseKind::Never(e) => f(Child::Expr(e)),
        RuleClauseKind::Sequence { steps, without } => {
            steps.iter().chain(without).for_each(|e| f(Child::Expr(e)));
        }
        RuleClauseKind::Only { target, .. } => f(Child::Expr(target)),
        RuleClauseKind::Flow { source, sink, without } => {
            [source, sink].into_iter().chain(without).for_each(|e| f(Child::Expr(e)));
        }
    }
}

fn fn_bodies<'a>(d: &'a FnDecl, f: &mut dyn FnMut(Child<'a>)) {
    let conditions = d.throws.iter().filter_map(|t| t.when.as_ref()).map(|w| &w.condition);
    let requires = d.spec.requires.iter().flat_map(|r| [&r.condition].into_iter().chain(&r.error));
    let modifies = d.spec.modifies.iter().flatten();
    conditions
        .chain(requires)
        .chain(&d.spec.ensures)
        .chain(modifies)
        .chain(&d.spec.decreases)
        .chain(&d.spec.no_trap)
        .for_each(|e| f(Child::Expr(e)));
    d.body.iter().for_each(|b| f(Child::Block(b)));
}

/// What stands directly under a statement.
pub fn stmt_children<'a>(stmt: &'a Stmt, f: &mut dyn FnMut(Child<'a>)) {
    match &stmt.kind {
        StmtKind::Local(l) => {
            f(Child::Expr(&l.value));
            l.otherwise.iter().for_each(|e| f(Child::Expr(e)));
        }
        StmtKind::Assign(a) => {
            f(Child::Expr(&a.place));
            f(Child::Expr(&a.value));
            a.otherwise.iter().for_each(|e| f(Child::Expr(e)));
        }
        StmtKind::Expr { expr, otherwise } => {
            f(Child::Expr(expr));
            otherwise.iter().for_each(|e| f(Child::Expr(e)));
        }
        StmtKind::While(w) => {
            condition(&w.condition, f);
            loop_parts(&w.spec, &w.body, f);
        }
        StmtKind::For(l) => {
            f(Child::Expr(&l.source));
            loop_parts(&l.spec, &l.body, f);
        }
        StmtKind::Emit(e) | StmtKind::Assert(e) | StmtKind::Assume(e) => f(Child::Expr(e)),
        StmtKind::Expect(e) => {
            f(Child::Expr(&e.what));
            f(Child::Expr(&e.call));
        }
        StmtKind::Warp { amount, .. } => f(Child::Expr(amount)),
        StmtKind::Invalid => {}
    }
}

fn loop_parts<'a>(spec: &'a LoopSpec, body: &'a Block, f: &mut dyn FnMut(Child<'a>)) {
    spec.invariants.iter().chain(&spec.decreases).for_each(|e| f(Child::Expr(e)));
    f(Child::Block(body));
}

fn condition<'a>(condition: &'a Condition, f: &mut dyn FnMut(Child<'a>)) {
    match condition {
        Condition::Expr(e) | Condition::Let { value: e, .. } => f(Child::Expr(e)),
    }
}

/// What stands directly under an expression.
pub fn children<'a>(expr: &'a Expr, f: &mut dyn FnMut(Child<'a>)) {
    use ExprKind::*;
    match &expr.kind {
        Int(_) | Bool(_) | Bytes(_) | Name { .. } | SelfValue | Implicit(_) => {}
        Break | Continue | Rest | Invalid => {}
        Str(parts) => parts.iter().for_each(|part| match part {
            StrPart::Text(_) => {}
            StrPart::Expr(e) => f(Child::Expr(e)),
        }),
        Field(field) => f(Child::Expr(&field.base)),
        Unary { operand: e, .. } => f(Child::Expr(e)),
        Propagate(e) | View(e) | Await(e) | Schedule(e) | Throw(e) | Reject(e) => f(Child::Expr(e)),
        Return(e) => e.iter().for_each(|e| f(Child::Expr(e))),
        Index(index) => both(&index.base, &index.index, f),
        Repeat { value: a, len: b } => both(a, b, f),
        Binary(binary) => both(&binary.left, &binary.right, f),
        Range { start, end, .. } => start.iter().chain(end).for_each(|e| f(Child::Expr(e))),
        Call(call) | Deploy(call) => call_parts(call, f),
        Struct(s) => s.fields.iter().for_each(|field| f(Child::Expr(&field.value))),
        Tuple(list) | Array(list) => list.iter().for_each(|e| f(Child::Expr(e))),
        Closure(c) => f(Child::Expr(&c.body)),
        Block(block) => f(Child::Block(block)),
        Quantifier(q) => {
            q.binders.iter().for_each(|b| binder(b, f));
            f(Child::Expr(&q.body));
        }
        Comprehension(c) => comprehension(c, f),
        If(_) | Match(_) | Try(_) => control(expr, f),
    }
}

fn both<'a>(a: &'a Expr, b: &'a Expr, f: &mut dyn FnMut(Child<'a>)) {
    f(Child::Expr(a));
    f(Child::Expr(b));
}

fn call_parts<'a>(call: &'a Call, f: &mut dyn FnMut(Child<'a>)) {
    f(Child::Expr(&call.callee));
    call.args.iter().for_each(|a| f(Child::Expr(&a.value)));
    call.options.iter().for_each(|o| f(Child::Expr(&o.value)));
}

fn binder<'a>(binder: &'a Binder, f: &mut dyn FnMut(Child<'a>)) {
    if let BinderDomain::In(e) = &binder.domain {
        f(Child::Expr(e));
    }
}

fn comprehension<'a>(c: &'a ComprehensionExpr, f: &mut dyn FnMut(Child<'a>)) {
    f(Child::Expr(&c.value));
    c.loops.iter().for_each(|l| f(Child::Expr(&l.source)));
    c.filter.iter().for_each(|e| f(Child::Expr(e)));
}

fn control<'a>(expr: &'a Expr, f: &mut dyn FnMut(Child<'a>)) {
    match &expr.kind {
        ExprKind::If(i) => {
            condition(&i.condition, f);
            f(Child::Block(&i.then));
            i.otherwise.iter().for_each(|e| f(Child::Expr(e)));
        }
        ExprKind::Match(m) => {
            f(Child::Expr(&m.subject));
            for arm in &m.arms {
                arm.guard.iter().for_each(|e| f(Child::Expr(e)));
                f(Child::Expr(&arm.body));
            }
        }
        ExprKind::Try(t) => {
            f(Child::Block(&t.body));
            t.catches.iter().for_each(|c| f(Child::Block(&c.body)));
        }
        _ => {}
    }
}
