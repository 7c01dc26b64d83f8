//! Clauses, statements and expressions of the resolved tree as text.
//!
//! Length: `expr` has one short arm a kind of expression.

use std::fmt::Write;

use super::super::{
    Arg, Binder, Block, Closure, ClosureParam, Domain, Expr, ExprKind, Function, Local, LoopSpec,
    Package, Stmt, StmtKind, StrPart, Throw, Type,
};
use crate::arena::{Arena, ContractId, EnumId, FnId, LocalId, StructId};
use crate::thir::{Name, QuantifierKind, context_path};
use crate::value::Value;

pub(super) struct Printer<'p> {
    pub(super) package: &'p Package,
    contract: Option<ContractId>,
    locals: Option<&'p Arena<LocalId, Local>>,
    out: String,
    depth: usize,
}

impl<'p> Printer<'p> {
    pub(super) fn new(
        package: &'p Package,
        contract: Option<ContractId>,
        locals: Option<&'p Arena<LocalId, Local>>,
    ) -> Self {
        Printer { package, contract, locals, out: String::new(), depth: 1 }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{:width$}{text}", "", width = 2 * self.depth);
    }

    pub(super) fn struct_name(&self, id: StructId) -> &'p str {
        &self.package.structs[id].name.text
    }

    pub(super) fn enum_name(&self, id: EnumId) -> &'p str {
        &self.package.enums[id].name.text
    }

    /// `have_3`
    pub(super) fn local(&self, id: LocalId) -> String {
        let name = self.locals.map_or("", |locals| locals[id].name.text.as_str());
        format!("{name}{id:?}")
    }

    pub(super) fn function(&mut self, function: &Function) {
        for requires in &function.spec.requires {
            let otherwise = requires.otherwise.as_ref().map(|e| format!(" else {}", self.throw(e)));
            let cond = self.expr(&requires.cond);
            self.line(&format!("requires {cond}{}", otherwise.unwrap_or_default()));
        }
        for clause in &function.spec.ensures {
            self.line(&format!("ensures {}", self.expr(&clause.cond)));
        }
        for throws in &function.throws {
            let Some(when) = &throws.when else { continue };
            let error = &self.package.errors[throws.error].name.text;
            let word = if when.exactly { "exactly when" } else { "when" };
            self.line(&format!("throws {error} {word} {}", self.expr(&when.cond)));
        }
        for measure in &function.spec.decreases {
            self.line(&format!("decreases {}", self.expr(measure)));
        }
        if let Some(body) = &function.body {
            self.block(body);
        }
    }

    fn loop_spec(&mut self, spec: &LoopSpec) {
        self.depth += 1;
        spec.invariants.iter().for_each(|c| self.line(&format!("invariant {}", self.expr(c))));
        spec.decreases.iter().for_each(|m| self.line(&format!("decreases {}", self.expr(m))));
        self.depth -= 1;
    }

    fn block(&mut self, block: &Block) {
        self.line("{");
        self.depth += 1;
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
        self.depth -= 1;
        self.line("}");
    }

    fn stmt(&mut self, stmt: &Stmt) {
        let or_leave = |otherwise: &Option<Box<Expr>>| match otherwise {
            Some(otherwise) => format!(" else {}", self.expr(otherwise)),
            None => String::new(),
        };
        let text = match &stmt.kind {
            StmtKind::Let { local, ty, value, otherwise } => {
                let mutable = self.locals.is_some_and(|locals| locals[*local].mutable);
                let word = if mutable { "var" } else { "let" };
                let ty = ty.as_ref().map(|ty| format!(": {}", self.ty(ty))).unwrap_or_default();
                let (name, value) = (self.local(*local), self.expr(value));
                format!("{word} {name}{ty} = {value}{}", or_leave(otherwise))
            }
            StmtKind::LetPattern { pattern, ty, value, otherwise } => {
                let ty = ty.as_ref().map(|ty| format!(": {}", self.ty(ty))).unwrap_or_default();
                let (pattern, value) = (self.pattern(pattern), self.expr(value));
                format!("let {pattern}{ty} = {value}{}", or_leave(otherwise))
            }
            StmtKind::Assign { place, op, value, otherwise } => {
                let op = op.map_or("", |op| op.symbol());
                let (place, value) = (self.expr(place), self.expr(value));
                format!("{place} {op}= {value}{}", or_leave(otherwise))
            }
            StmtKind::Expr { expr, otherwise } => {
                format!("{}{}", self.expr(expr), or_leave(otherwise))
            }
            StmtKind::While { cond, spec, body } => {
                self.line(&format!("while {}", self.expr(cond)));
                self.loop_spec(spec);
                return self.block(body);
            }
            StmtKind::For { local, source, spec, body } => {
                self.line(&format!("for {} in {}", self.local(*local), self.expr(source)));
                self.loop_spec(spec);
                return self.block(body);
            }
            StmtKind::ForEach { pattern, source, spec, body } => {
                self.line(&format!("for {} in {}", self.pattern(pattern), self.expr(source)));
                self.loop_spec(spec);
                return self.block(body);
            }
            StmtKind::Emit { event, args, .. } => {
                format!("emit {}({})", self.package.events[*event].name.text, self.args(args))
            }
            StmtKind::Assert(cond) => format!("assert {}", self.expr(cond)),
            StmtKind::Test(test) => self.test_stmt(test),
            StmtKind::Assume(cond) => format!("assume {}", self.expr(cond)),
            StmtKind::Error => "?".to_owned(),
        };
        self.line(&text);
    }

    fn throw(&self, throw: &Throw) -> String {
        let name = &self.package.errors[throw.error].name.text;
        format!("{name}({})", self.args(&throw.args))
    }

    pub(super) fn args(&self, args: &[Arg]) -> String {
        let arg = |arg: &Arg| match &arg.name {
            Some(name) => format!("{}: {}", name.text, self.expr(&arg.value)),
            None => self.expr(&arg.value),
        };
        args.iter().map(arg).collect::<Vec<_>>().join(", ")
    }

    /// A block inside an expression, on one line.
    pub(super) fn inline(&self, block: &Block) -> String {
        let mut inner = Printer::new(self.package, self.contract, self.locals);
        inner.block(block);
        inner.out.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub(super) fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Int(literal) => {
                let suffix = literal.suffix.map_or("", |suffix| suffix.name());
                format!("{}{suffix}", literal.value)
            }
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Str(parts) => self.string(parts),
            ExprKind::Bytes(bytes) => Value::Bytes(bytes.clone()).to_string(),
            ExprKind::Unit => "()".to_owned(),
            ExprKind::Local(local) => self.local(*local),
            ExprKind::Const(id) => self.package.constants[*id].name.text.to_string(),
            ExprKind::ConstParam(id) => self.package.type_params[*id].name.text.to_string(),
            ExprKind::State(field) => match self.contract {
                Some(id) => {
                    format!("self.{}", self.package.contracts[id].state[*field].name.text)
                }
                None => format!("self.{field:?}"),
            },
            ExprKind::Context(context) => context_path(*context).to_owned(),
            ExprKind::Field { base, name } => format!("{}.{}", self.expr(base), name.text),
            ExprKind::Method { base, name, type_args, args } => {
                let of = self.type_args(type_args);
                format!("{}.{}{of}({})", self.expr(base), name.text, self.args(args))
            }
            ExprKind::Index { base, index } => {
                format!("{}[{}]", self.expr(base), self.expr(index))
            }
            ExprKind::Static { of, name, type_args, args } => {
                let (of, types) = (self.ty(of), self.type_args(type_args));
                format!("{of}.{}{types}({})", name.text, self.args(args))
            }
            ExprKind::Call { function, type_args, args } => {
                let (name, of) = (self.function_name(*function), self.type_args(type_args));
                format!("{name}{of}({})", self.args(args))
            }
            ExprKind::CallLocal { function, args } => {
                format!("{}({})", self.local(*function), self.args(args))
            }
            ExprKind::Function { function, type_args } => {
                format!("{}{}", self.function_name(*function), self.type_args(type_args))
            }
            ExprKind::Closure(closure) => self.closure(closure),
            ExprKind::Cast { to, args } => format!("{}({})", to.name(), self.args(args)),
            ExprKind::Some(args) => format!("Some({})", self.args(args)),
            ExprKind::None => "None".to_owned(),
            ExprKind::Ok(args) => format!("Ok({})", self.args(args)),
            ExprKind::Err(args) => format!("Err({})", self.args(args)),
            ExprKind::Variant { of, name, args } => {
                let of = of.map_or("", |id| self.enum_name(id));
                let args = args.as_ref().map(|args| format!("({})", self.args(args)));
                format!("{of}.{}{}", name.text, args.unwrap_or_default())
            }
            ExprKind::Tuple(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.expr(part)).collect();
                format!("({})", parts.join(", "))
            }
            ExprKind::Array(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.expr(part)).collect();
                format!("[{}]", parts.join(", "))
            }
            ExprKind::Repeat { value, len } => {
                format!("[{}; {}]", self.expr(value), self.expr(len))
            }
            ExprKind::View(place) => format!("view {}", self.expr(place)),
            ExprKind::Propagate(value) => format!("{}?", self.expr(value)),
            ExprKind::Struct { id, type_args, fields } => {
                let name = &self.package.structs[*id].name.text;
                let of = self.type_args(type_args);
                let field =
                    |(name, value): &(Name, Expr)| format!("{}: {}", name.text, self.expr(value));
                let fields = fields.iter().map(field).collect::<Vec<_>>().join(", ");
                format!("{name}{of} {{ {fields} }}")
            }
            ExprKind::Unary(op, operand) => format!("{}{}", op.symbol(), self.expr(operand)),
            ExprKind::Binary { op, left, right, .. } => {
                format!("({} {} {})", self.expr(left), op.symbol(), self.expr(right))
            }
            ExprKind::Range { start, end, inclusive } => {
                let end_text = |end: &Option<Box<Expr>>| {
                    end.as_ref().map(|end| self.expr(end)).unwrap_or_default()
                };
                let dots = if *inclusive { "..=" } else { ".." };
                format!("{}{dots}{}", end_text(start), end_text(end))
            }
            ExprKind::If { cond, then, otherwise } => {
                let otherwise = otherwise.as_ref().map(|e| format!(" else {}", self.expr(e)));
                let otherwise = otherwise.unwrap_or_default();
                format!("if {} {}{otherwise}", self.expr(cond), self.inline(then))
            }
            ExprKind::Match { subject, arms } => {
                let arms: Vec<String> = arms.iter().map(|arm| self.arm(arm)).collect();
                format!("match {} {{ {} }}", self.expr(subject), arms.join(", "))
            }
            ExprKind::Let { pattern, value } => {
                format!("let {} = {}", self.pattern(pattern), self.expr(value))
            }
            ExprKind::Block(block) => self.inline(block),
            ExprKind::Reject(throw) => format!("reject {}", self.throw(throw)),
            ExprKind::Chain(chain) => self.chain(chain),
            ExprKind::Test(test) => self.test_expr(test),
            ExprKind::Return(None) => "return".to_owned(),
            ExprKind::Return(Some(value)) => format!("return {}", self.expr(value)),
            ExprKind::Throw(throw) => format!("throw {}", self.throw(throw)),
            ExprKind::Break => "break".to_owned(),
            ExprKind::Continue => "continue".to_owned(),
            ExprKind::Old(args) => format!("old({})", self.args(args)),
            ExprKind::Result => "result".to_owned(),
            ExprKind::Quantifier { kind, binders, body } => {
                let word = match kind {
                    QuantifierKind::Forall => "forall",
                    QuantifierKind::Exists => "exists",
                };
                format!("({word} {}: {})", self.binders(binders), self.expr(body))
            }
            ExprKind::Sum { value, count, binders, filter } => {
                let word = if *count { "count" } else { "sum" };
                let filter = filter.as_ref().map(|f| format!(" if {}", self.expr(f)));
                let (value, filter) = (self.expr(value), filter.unwrap_or_default());
                format!("{word}({value} for {}{filter})", self.binders(binders))
            }
            ExprKind::External(external) => self.external(external),
            ExprKind::Try(attempt) => self.attempt(attempt),
            ExprKind::Error => "?".to_owned(),
        }
    }

    fn function_name(&self, id: FnId) -> String {
        let function = &self.package.functions[id];
        let dot = if function.contract().is_some() { "self." } else { "" };
        format!("{dot}{}", function.name.text)
    }

    fn type_args(&self, args: &[Type]) -> String {
        if args.is_empty() {
            return String::new();
        }
        format!("::<{}>", args.iter().map(|arg| self.ty(arg)).collect::<Vec<_>>().join(", "))
    }

    fn string(&self, parts: &[StrPart]) -> String {
        let part = |part: &StrPart| match part {
            StrPart::Text(text) => text.escape_debug().to_string(),
            StrPart::Expr(expr) => format!("{{{}}}", self.expr(expr)),
        };
        format!("\"{}\"", parts.iter().map(part).collect::<String>())
    }

    fn closure(&self, closure: &Closure) -> String {
        let param = |param: &ClosureParam| {
            let ty = param.ty.as_ref().map(|ty| format!(": {}", self.ty(ty)));
            let (mode, pattern) = (param.mode.word(), self.pattern(&param.pattern));
            format!("{mode}{pattern}{}", ty.unwrap_or_default())
        };
        let params = closure.params.iter().map(param).collect::<Vec<_>>().join(", ");
        format!("|{params}| {}", self.expr(&closure.body))
    }

    fn binders(&self, binders: &[Binder]) -> String {
        let binder = |binder: &Binder| {
            let names: Vec<String> = binder.locals.iter().map(|l| self.local(*l)).collect();
            match &binder.domain {
                Domain::Type(ty) => format!("{}: {}", names.join(", "), self.ty(ty)),
                Domain::In(source) => format!("{} in {}", names.join(", "), self.expr(source)),
            }
        };
        binders.iter().map(binder).collect::<Vec<_>>().join(", ")
    }
}
