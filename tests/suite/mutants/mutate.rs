//! Small mistakes made by rule.
//!
//! In: a module's tree. Out: [`Mutant`]s, each one change of the text that the tree came from.
//! Holds always: only code that runs is changed, never a clause of a specification; what is emitted is
//! left alone, since no clause speaks of events; the order is that of the source.

use deed_base::Span;
use deed_syntax::ast::walk::{Child, children, stmt_children};
use deed_syntax::ast::{
    BinaryOp, Block, Call, Expr, ExprKind, FnDecl, FnKind, IfExpr, IntLit, Item, ItemKind, Member,
    Module, Stmt, StmtKind,
};

/// What a rule changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Kind {
    Operator,
    Comparison,
    Constant,
    Statement,
    Guard,
    Arguments,
}

impl Kind {
    pub(super) const ALL: [Kind; 6] = [
        Kind::Operator,
        Kind::Comparison,
        Kind::Constant,
        Kind::Statement,
        Kind::Guard,
        Kind::Arguments,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Operator => "another operator",
            Kind::Comparison => "another comparison",
            Kind::Constant => "a constant off by one",
            Kind::Statement => "a statement dropped",
            Kind::Guard => "a guard dropped",
            Kind::Arguments => "arguments swapped",
        }
    }
}

/// One change of a source.
#[derive(Clone, Debug)]
pub(super) struct Mutant {
    pub(super) kind: Kind,
    pub(super) span: Span,
    /// What stands there instead.
    pub(super) text: String,
}

impl Mutant {
    pub(super) fn applied(&self, text: &str) -> String {
        let (start, end) = (self.span.start as usize, self.span.end as usize);
        format!("{}{}{}", &text[..start], self.text, &text[end..])
    }
}

/// Every mutant of a module.
pub(super) fn mutants(module: &Module, text: &str) -> Vec<Mutant> {
    let mut mutator = Mutator { text, found: Vec::new() };
    module.items.iter().for_each(|item| mutator.item(item));
    mutator.found
}

struct Mutator<'t> {
    text: &'t str,
    found: Vec<Mutant>,
}

impl Mutator<'_> {
    fn add(&mut self, kind: Kind, span: Span, text: impl Into<String>) {
        self.found.push(Mutant { kind, span, text: text.into() });
    }

    fn item(&mut self, item: &Item) {
        match &item.kind {
            ItemKind::Fn(function) => self.function(function),
            ItemKind::Struct(def) => def.methods.iter().for_each(|method| self.function(method)),
            ItemKind::Enum(def) => def.methods.iter().for_each(|method| self.function(method)),
            ItemKind::Impl(def) => def.functions.iter().for_each(|method| self.function(method)),
            ItemKind::Contract(contract) => {
                contract.members.iter().for_each(|member| match member {
                    Member::Fn(function) => self.function(function),
                    Member::Item(item) => self.item(item),
                    _ => {}
                })
            }
            _ => {}
        }
    }

    fn function(&mut self, function: &FnDecl) {
        if matches!(function.kind, FnKind::Spec | FnKind::Test | FnKind::Native) {
            return;
        }
        for requires in function.spec.requires.iter().filter(|requires| requires.error.is_some()) {
            self.add(Kind::Guard, requires.span, "");
        }
        function.body.iter().for_each(|body| self.block(body));
    }

    fn block(&mut self, block: &Block) {
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Emit(_) | StmtKind::Assert(_) | StmtKind::Assume(_) => return,
            StmtKind::While(turns) => {
                if let deed_syntax::ast::Condition::Expr(condition) = &turns.condition {
                    self.expr(condition);
                }
                return self.block(&turns.body);
            }
            StmtKind::For(turns) => {
                self.expr(&turns.source);
                return self.block(&turns.body);
            }
            StmtKind::Assign(assign) => {
                self.add(Kind::Statement, stmt.span, "");
                if let Some(other) = assign.op.and_then(other_operator) {
                    self.add(Kind::Operator, assign.op_span, format!("{}=", other.symbol()));
                }
            }
            StmtKind::Expr { expr, .. } => match &expr.kind {
                ExprKind::If(choice) if is_guard(choice) => self.add(Kind::Guard, stmt.span, ""),
                ExprKind::Call(_) => self.add(Kind::Statement, stmt.span, ""),
                _ => {}
            },
            _ => {}
        }
        stmt_children(stmt, &mut |child| self.child(child));
    }

    fn child(&mut self, child: Child<'_>) {
        match child {
            Child::Expr(expr) => self.expr(expr),
            Child::Block(block) => self.block(block),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Binary(binary) => {
                if let Some(other) = other_operator(binary.op) {
                    let kind = match binary.op.is_comparison() {
                        true => Kind::Comparison,
                        false => Kind::Operator,
                    };
                    self.add(kind, binary.op_span, other.symbol());
                }
            }
            ExprKind::Int(literal) => self.constant(literal),
            ExprKind::Bool(value) => self.add(Kind::Constant, expr.span, (!value).to_string()),
            ExprKind::Call(call) => self.arguments(call),
            // What an error says is for people, as an event is.
            ExprKind::Throw(_) | ExprKind::Reject(_) => return,
            _ => {}
        }
        children(expr, &mut |child| self.child(child));
    }

    fn constant(&mut self, literal: &IntLit) {
        let Some(value) = literal.value.to_u64() else { return };
        let written = &self.text[literal.span.start as usize..literal.span.end as usize];
        if !written.chars().all(|c| c.is_ascii_digit() || c == '_') {
            return;
        }
        self.add(Kind::Constant, literal.span, value.saturating_add(1).to_string());
        if value > 0 {
            self.add(Kind::Constant, literal.span, (value - 1).to_string());
        }
    }

    fn arguments(&mut self, call: &Call) {
        let [first, second, ..] = &call.args[..] else { return };
        let part = |span: Span| &self.text[span.start as usize..span.end as usize];
        let between = &self.text[first.span.end as usize..second.span.start as usize];
        let swapped = format!("{}{between}{}", part(second.span), part(first.span));
        let span = Span { end: second.span.end, ..first.span };
        if part(first.span) != part(second.span) {
            self.add(Kind::Arguments, span, swapped);
        }
    }
}

/// `if c { throw E }` and the like, without `else`.
fn is_guard(choice: &IfExpr) -> bool {
    let leaves = choice.then.stmts.last().is_some_and(|last| match &last.kind {
        StmtKind::Expr { expr, .. } => expr.leaves(),
        _ => false,
    });
    choice.otherwise.is_none() && leaves
}

fn other_operator(op: BinaryOp) -> Option<BinaryOp> {
    use BinaryOp::{Add, And, Div, Eq, Ge, Gt, Le, Lt, Mul, Ne, Or, Rem, Shl, Shr, Sub};
    Some(match op {
        Add => Sub,
        Sub => Add,
        Mul => Div,
        Div => Mul,
        Rem => Div,
        Shl => Shr,
        Shr => Shl,
        Lt => Le,
        Le => Lt,
        Gt => Ge,
        Ge => Gt,
        Eq => Ne,
        Ne => Eq,
        And => Or,
        Or => And,
        _ => return None,
    })
}
