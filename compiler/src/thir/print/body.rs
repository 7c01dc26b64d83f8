//! Clauses, statements and expressions as text.
//!
//! Length: `expr` has one short arm a kind of expression.

use std::fmt::Write;

use super::super::{
    Binder, Block, Domain, Expr, ExprKind, FnOwner, FnSpec, FormatPart, Local, LogicalOp, LoopSpec,
    Package, Param, Place, PlaceBase, PlaceStep, QuantifierKind, Range, Source, Stmt, StmtKind,
    Throw, UnaryOp, context_path,
};
use super::ty;
use crate::arena::{Arena, ContractId, FieldId, FnId, LocalId, StructId};
use crate::ty::Ty;

pub(super) struct Printer<'p> {
    pub(super) package: &'p Package,
    contract: Option<ContractId>,
    pub(super) locals: &'p Arena<LocalId, Local>,
    out: String,
    depth: usize,
}

impl<'p> Printer<'p> {
    pub(super) fn new(
        package: &'p Package,
        contract: Option<ContractId>,
        locals: &'p Arena<LocalId, Local>,
    ) -> Self {
        Printer { package, contract, locals, out: String::new(), depth: 1 }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{:width$}{text}", "", width = 2 * self.depth);
    }

    pub(super) fn spec(&mut self, spec: &FnSpec) {
        for requires in &spec.requires {
            let otherwise = requires.otherwise.as_ref().map(|e| format!(" else {}", self.throw(e)));
            let cond = self.expr(&requires.clause.cond);
            self.line(&format!("requires {cond}{}", otherwise.unwrap_or_default()));
            if let Some(check) = &requires.check {
                self.line(&format!("  checked as {}", self.expr(check)));
            }
        }
        for clause in &spec.ensures {
            self.line(&format!("ensures {}", self.expr(&clause.cond)));
        }
        for throws in &spec.throws_when {
            let error = &self.package.errors[throws.error].name.text;
            let word = if throws.exactly { "exactly when" } else { "when" };
            self.line(&format!("throws {error} {word} {}", self.expr(&throws.clause.cond)));
        }
        for clause in &spec.no_trap {
            self.line(&format!("no_trap when {}", self.expr(&clause.cond)));
        }
        for measure in &spec.decreases {
            self.line(&format!("decreases {}", self.expr(&measure.value)));
        }
    }

    fn loop_spec(&mut self, spec: &LoopSpec) {
        self.depth += 1;
        for clause in &spec.invariants {
            self.line(&format!("invariant {}", self.expr(&clause.cond)));
        }
        for measure in &spec.decreases {
            self.line(&format!("decreases {}", self.expr(&measure.value)));
        }
        self.depth -= 1;
    }

    pub(super) fn block(&mut self, block: &Block) {
        self.line("{");
        self.depth += 1;
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
        if let Some(value) = &block.value {
            self.line(&self.expr(value));
        }
        self.depth -= 1;
        self.line("}");
    }

    fn stmt(&mut self, stmt: &Stmt) {
        let text = match &stmt.kind {
            StmtKind::Let { local, value } => {
                let variable = &self.locals[*local];
                let word = if variable.mutable { "var" } else { "let" };
                let ty = ty(&variable.ty, self.package);
                format!("{word} {}: {ty} = {}", variable.name.text, self.expr(value))
            }
            StmtKind::LetPattern { pattern, value, otherwise } => {
                let otherwise = otherwise.as_ref().map(|o| format!(" else {}", self.inline(o)));
                let (pattern, value) = (self.pattern(pattern), self.expr(value));
                format!("let {pattern} = {value}{}", otherwise.unwrap_or_default())
            }
            StmtKind::Assign { place, value } => {
                format!("{} = {}", self.place(place), self.expr(value))
            }
            StmtKind::OpAssign { place, op, value } => {
                format!("{} {}= {}", self.place(place), op.symbol(), self.expr(value))
            }
            StmtKind::Expr(expr) => self.expr(expr),
            StmtKind::If { cond, then, otherwise } => {
                self.line(&format!("if {}", self.expr(cond)));
                self.block(then);
                if let Some(otherwise) = otherwise {
                    self.line("else");
                    self.block(otherwise);
                }
                return;
            }
            StmtKind::While { spec, cond, body } => {
                self.line(&format!("while {}", self.expr(cond)));
                self.loop_spec(spec);
                return self.block(body);
            }
            StmtKind::For { spec, local, range, body } => {
                let variable = &self.locals[*local];
                let (name, ty) = (&variable.name.text, ty(&variable.ty, self.package));
                self.line(&format!("for {name}: {ty} in {}", self.range(range)));
                self.loop_spec(spec);
                return self.block(body);
            }
            StmtKind::ForEach { spec, pattern, source, body } => {
                self.line(&format!("for {} in {}", self.pattern(pattern), self.source(source)));
                self.loop_spec(spec);
                return self.block(body);
            }
            StmtKind::Block(block) => return self.block(block),
            StmtKind::Break => "break".to_owned(),
            StmtKind::Continue => "continue".to_owned(),
            StmtKind::Return(None) => "return".to_owned(),
            StmtKind::Return(Some(value)) => format!("return {}", self.expr(value)),
            StmtKind::Throw(throw) => format!("throw {}", self.throw(throw)),
            StmtKind::Reject(throw) => format!("reject {}", self.throw(throw)),
            StmtKind::Test(test) => self.test_stmt(test),
            StmtKind::Emit { event, args } => {
                let name = &self.package.events[*event].name.text;
                format!("emit {name}({})", self.list(args))
            }
            StmtKind::Assert { clause, check } => {
                let word = if check.is_some() { "assert" } else { "assert proved" };
                format!("{word} {}", self.expr(&clause.cond))
            }
            StmtKind::Ghost(ghost) => {
                let word = if ghost.declares { "let " } else { "" };
                format!("ghost {word}{} = {}", self.place(&ghost.place), self.expr(&ghost.value))
            }
            StmtKind::Assume(clause) => format!("assume {}", self.expr(&clause.cond)),
        };
        self.line(&text);
    }

    fn throw(&self, throw: &Throw) -> String {
        let name = &self.package.errors[throw.error].name.text;
        format!("{name}({})", self.list(&throw.args))
    }

    pub(super) fn list(&self, exprs: &[Expr]) -> String {
        exprs.iter().map(|expr| self.expr(expr)).collect::<Vec<_>>().join(", ")
    }

    fn range(&self, range: &Range) -> String {
        let dots = if range.inclusive { "..=" } else { ".." };
        format!("{}{dots}{}", self.expr(&range.start), self.expr(&range.end))
    }

    fn source(&self, source: &Source) -> String {
        let pairs = if source.pairs { "pairs of " } else { "" };
        let after =
            source.after.as_ref().map(|after| format!(".range(after: {})", self.expr(after)));
        let limit = source.limit.as_ref().map(|limit| format!(".take({})", self.expr(limit)));
        let (after, limit) = (after.unwrap_or_default(), limit.unwrap_or_default());
        format!("{pairs}{}{after}{limit}", self.expr(&source.collection))
    }

    pub(super) fn place(&self, place: &Place) -> String {
        let mut text = match (place.base, self.contract) {
            (PlaceBase::Local(local), _) => self.locals[local].name.text.to_string(),
            (PlaceBase::State(field), Some(id)) => {
                format!("self.{}", self.package.contracts[id].state[field].name.text)
            }
            (PlaceBase::State(field), None) => format!("self.{field:?}"),
        };
        for step in &place.path {
            let _ = match step {
                PlaceStep::Key(key) | PlaceStep::Index(key) => write!(text, "[{}]", self.expr(key)),
                PlaceStep::Field(id, field) => write!(text, ".{}", self.field(*id, *field)),
                PlaceStep::Part(part) => write!(text, ".{part}"),
            };
        }
        text
    }

    fn field(&self, id: StructId, field: FieldId) -> &'p str {
        &self.package.structs[id].fields[field].name.text
    }

    /// A block inside an expression, on one line.
    pub(super) fn inline(&self, block: &Block) -> String {
        let mut inner = Printer::new(self.package, self.contract, self.locals);
        inner.block(block);
        inner.out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub(super) fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Value(value) => match &expr.ty {
                Ty::Int(int) => format!("{value}{}", int.name()),
                _ => value.to_string(),
            },
            ExprKind::Const(id) => self.package.constants[*id].name.text.to_string(),
            ExprKind::ConstParam(id) => self.package.type_params[*id].name.text.to_string(),
            ExprKind::Read(place) => self.place(place),
            ExprKind::Context(kind) => context_path(*kind).to_owned(),
            ExprKind::Unary(UnaryOp::Neg, operand) => format!("-{}", self.expr(operand)),
            ExprKind::Unary(UnaryOp::Not, operand) => format!("!{}", self.expr(operand)),
            ExprKind::Binary(op, left, right) => {
                format!("({} {} {})", self.expr(left), op.symbol(), self.expr(right))
            }
            ExprKind::Logical(op, left, right) => {
                let symbol = match op {
                    LogicalOp::And => "&&",
                    LogicalOp::Or => "||",
                    LogicalOp::Implies => "==>",
                };
                format!("({} {symbol} {})", self.expr(left), self.expr(right))
            }
            ExprKind::Cast(operand) => {
                format!("{}({})", ty(&expr.ty, self.package), self.expr(operand))
            }
            ExprKind::Call { function, type_args, args } => {
                format!("{}({})", self.callee(*function, type_args), self.list(args))
            }
            ExprKind::CallLocal { function, args } => {
                format!("{}({})", self.locals[*function].name.text, self.list(args))
            }
            ExprKind::Inout(place) => format!("inout {}", self.place(place)),
            ExprKind::Closure { params, body, .. } => {
                let param = |param: &Param| {
                    let local = &self.locals[param.local];
                    let (mode, ty) = (param.mode.word(), ty(&local.ty, self.package));
                    format!("{mode}{}: {ty}", local.name.text)
                };
                let params = params.iter().map(param).collect::<Vec<_>>().join(", ");
                format!("|{params}| {}", self.inline(body))
            }
            ExprKind::Function { function, type_args } => self.callee(*function, type_args),
            ExprKind::MapCall { op, map, args } => {
                format!("{}.{}({})", self.place(map), op.name(), self.list(args))
            }
            ExprKind::If { cond, then, otherwise } => {
                let (then, otherwise) = (self.inline(then), self.inline(otherwise));
                format!("if {} {then} else {otherwise}", self.expr(cond))
            }
            ExprKind::Match { subject, arms } => {
                let arms: Vec<String> = arms.iter().map(|arm| self.arm(arm)).collect();
                format!("match {} {{ {} }}", self.expr(subject), arms.join(", "))
            }
            ExprKind::Let { pattern, value } => {
                format!("let {} = {}", self.pattern(pattern), self.expr(value))
            }
            ExprKind::ElseLeave { value, otherwise } => {
                format!("{} else {}", self.expr(value), self.inline(otherwise))
            }
            ExprKind::Coalesce(left, right) => {
                format!("({} ?? {})", self.expr(left), self.expr(right))
            }
            ExprKind::Some(value) => format!("Some({})", self.expr(value)),
            ExprKind::None => "None".to_owned(),
            ExprKind::Ok(value) => format!("Ok({})", self.expr(value)),
            ExprKind::Err(value) => format!("Err({})", self.expr(value)),
            ExprKind::Variant(variant, args) => {
                let name = match &expr.ty {
                    Ty::Enum(id, _) => &self.package.enums[*id].variants[*variant].name.text,
                    _ => "?",
                };
                let of = ty(&expr.ty, self.package);
                match args.is_empty() {
                    true => format!("{of}.{name}"),
                    false => format!("{of}.{name}({})", self.list(args)),
                }
            }
            ExprKind::Tuple(parts) => format!("({})", self.list(parts)),
            ExprKind::Array(parts) => format!("[{}]", self.list(parts)),
            ExprKind::Repeat(value) => match &expr.ty {
                Ty::Array(_, len) => format!("[{}; {}]", self.expr(value), self.package.show(len)),
                _ => format!("[{}; _]", self.expr(value)),
            },
            ExprKind::ArrayToVec(array) => self.expr(array),
            ExprKind::Format(parts) => {
                let part = |part: &FormatPart| match part {
                    FormatPart::Text(text) => text.escape_debug().to_string(),
                    FormatPart::Value(value) => format!("{{{}}}", self.expr(value)),
                };
                format!("\"{}\"", parts.iter().map(part).collect::<String>())
            }
            ExprKind::Index(base, index) => {
                format!("{}[{}]", self.expr(base), self.expr(index))
            }
            ExprKind::InRange(value, range) => {
                format!("({} in {})", self.expr(value), self.range(range))
            }
            ExprKind::Part(base, part) => format!("{}.{part}", self.expr(base)),
            ExprKind::Propagate(value) => format!("{}?", self.expr(value)),
            ExprKind::View { place, found } => {
                format!("view {}{}", self.place(place), if *found { "?" } else { "" })
            }
            ExprKind::Info(value) => format!("{}.info()", self.expr(value)),
            ExprKind::Struct(fields) => {
                format!("{} {{ {} }}", ty(&expr.ty, self.package), self.list(fields))
            }
            ExprKind::Field(base, field) => match &base.ty {
                Ty::Struct(id, _) => format!("{}.{}", self.expr(base), self.field(*id, *field)),
                _ => format!("{}.{field:?}", self.expr(base)),
            },
            ExprKind::External(external) => self.external(external, &expr.ty),
            ExprKind::Try(attempt) => self.attempt(attempt),
            ExprKind::Failure(value, part) => format!("{}.{}", self.expr(value), part.name()),
            ExprKind::Chain(chain) => self.chain(chain, &expr.ty),
            ExprKind::Test(test) => self.test_expr(test),
            ExprKind::Lift(value) => format!("int({})", self.expr(value)),
            ExprKind::Old(value) => format!("old({})", self.expr(value)),
            ExprKind::Result => "result".to_owned(),
            ExprKind::Quantifier { kind, binders, body } => {
                let word = match kind {
                    QuantifierKind::Forall => "forall",
                    QuantifierKind::Exists => "exists",
                };
                format!("({word} {}: {})", self.binders(binders), self.expr(body))
            }
            ExprKind::Sum { value, binders, filter } => {
                let filter = filter.as_ref().map(|f| format!(" if {}", self.expr(f)));
                let filter = filter.unwrap_or_default();
                format!("sum({} for {}{filter})", self.expr(value), self.binders(binders))
            }
            ExprKind::Error => "?".to_owned(),
        }
    }

    /// A function as a call names it: a method with its type's name.
    fn callee(&self, id: FnId, type_args: &[Ty]) -> String {
        let function = &self.package.functions[id];
        let dot = match function.owner {
            FnOwner::Free => String::new(),
            FnOwner::Contract(_) => "self.".to_owned(),
            FnOwner::Struct(id) => format!("{}.", self.package.structs[id].name.text),
            FnOwner::Enum(id) => format!("{}.", self.package.enums[id].name.text),
            FnOwner::Impl(id) => {
                format!("{}.", self.package.type_word(&self.package.impls[id].target))
            }
            FnOwner::Trait(id) => format!("{}.", self.package.traits[id].name.text),
            FnOwner::Interface(_) | FnOwner::Test(_) => String::new(),
        };
        let types: Vec<String> = type_args.iter().map(|arg| ty(arg, self.package)).collect();
        let types =
            if types.is_empty() { String::new() } else { format!("::<{}>", types.join(", ")) };
        format!("{dot}{}{types}", function.name.text)
    }

    fn binders(&self, binders: &[Binder]) -> String {
        let binder = |binder: &Binder| {
            let names = binder.locals.iter().map(|local| self.locals[*local].name.text.as_str());
            let names = names.collect::<Vec<_>>().join(", ");
            match &binder.domain {
                Domain::Type(domain) => format!("{names}: {}", ty(domain, self.package)),
                Domain::Range(range) => format!("{names} in {}", self.range(range)),
                Domain::Collection(expr) => format!("{names} in {}", self.expr(expr)),
            }
        };
        binders.iter().map(binder).collect::<Vec<_>>().join(", ")
    }
}
