//! Uses in heads, clauses and bodies.
//!
//! In: resolved functions, types and expressions. Out: the occurrences in them.
//! Holds always: the walk goes as deep as the source nests, which the parser bounds.
//!
//! Length: `expr` names every kind of expression once.

use deed_base::Span;
use deed_compiler::arena::{ContractId, EnumId, FnId, LocalId, StructId};
use deed_compiler::hir::{
    Arg, Binder, Block, DataField, Domain, Expr, ExprKind, Function, LoopSpec, Pattern, RecordOf,
    Stmt, StmtKind, StrPart, Throw, Type, TypeKind, When,
};
use deed_compiler::thir::Name;
use deed_compiler::ty::Ty;

use super::{Builder, Owner, Role, Symbol};
use crate::analysis::describe;

/// A walk through what belongs to one owner.
pub(super) struct Walk<'b, 'a> {
    pub(super) builder: &'b mut Builder<'a>,
    pub(super) owner: Option<Owner>,
    contract: Option<ContractId>,
}

impl<'b, 'a> Walk<'b, 'a> {
    pub(super) fn new(
        builder: &'b mut Builder<'a>,
        owner: Option<Owner>,
        contract: Option<ContractId>,
    ) -> Self {
        Walk { builder, owner, contract }
    }

    pub(super) fn function(&mut self, function: &Function) {
        function.params.iter().for_each(|param| self.ty(&param.ty));
        function.result.iter().for_each(|ty| self.ty(ty));
        for throws in &function.throws {
            // A set of errors stands for each of its members, and is none of them.
            let name = &self.builder.hir.errors[throws.error].name.text;
            if self.builder.sources.get(throws.span.source).slice(throws.span) == name.as_str() {
                self.builder.name(throws.span, Symbol::Error(throws.error));
            }
            throws.when.iter().for_each(|when| self.expr(&when.cond));
        }
        for requires in &function.spec.requires {
            self.expr(&requires.cond);
            requires.otherwise.iter().for_each(|throw| self.throw(throw));
        }
        function.spec.ensures.iter().for_each(|clause| self.expr(&clause.cond));
        function.spec.no_trap.iter().for_each(|clause| self.expr(&clause.cond));
        function.spec.decreases.iter().for_each(|measure| self.expr(measure));
        function.spec.modifies.iter().flatten().for_each(|place| self.expr(place));
        if let Some(schedule) = &function.schedule {
            schedule.gas.iter().for_each(|gas| self.expr(gas));
            if let When::Every(every) = &schedule.when {
                self.expr(every);
            }
        }
        function.body.iter().for_each(|body| self.block(body));
    }

    pub(super) fn ty(&mut self, ty: &Type) {
        match &ty.kind {
            TypeKind::Known(Ty::Contract(id)) => self.builder.name(ty.span, Symbol::Contract(*id)),
            TypeKind::Known(Ty::Struct(id, _)) => self.builder.name(ty.span, Symbol::Struct(*id)),
            TypeKind::Known(Ty::Enum(id, _)) => self.builder.name(ty.span, Symbol::Enum(*id)),
            TypeKind::Known(Ty::Interface(id)) => {
                let name = &self.builder.hir.interfaces[*id].name.text;
                self.first_word(name, ty.span, Symbol::Interface(*id));
            }
            TypeKind::Known(Ty::Param(id)) => self.builder.name(ty.span, Symbol::TypeParam(*id)),
            TypeKind::Info(id) => self.struct_name(*id, ty.span),
            TypeKind::Map { key, value, default } => {
                self.ty(key);
                self.ty(value);
                default.iter().for_each(|default| self.expr(default));
            }
            TypeKind::Set(of) | TypeKind::Vec(of) | TypeKind::Option(of) | TypeKind::Table(of) => {
                self.ty(of);
            }
            TypeKind::Result(ok, err) => {
                self.ty(ok);
                self.ty(err);
            }
            TypeKind::Tuple(parts) => parts.iter().for_each(|part| self.ty(part)),
            TypeKind::Number(value) => self.expr(value),
            TypeKind::Array(of, len) => {
                self.ty(of);
                self.expr(len);
            }
            TypeKind::Struct(id, args) => {
                self.first_word(
                    &self.builder.hir.structs[*id].name.text,
                    ty.span,
                    Symbol::Struct(*id),
                );
                args.iter().for_each(|arg| self.ty(arg));
            }
            TypeKind::Enum(id, args) => {
                self.first_word(&self.builder.hir.enums[*id].name.text, ty.span, Symbol::Enum(*id));
                args.iter().for_each(|arg| self.ty(arg));
            }
            TypeKind::Fn { params, result } => {
                params.iter().for_each(|(_, param)| self.ty(param));
                result.iter().for_each(|result| self.ty(result));
            }
            TypeKind::Record(RecordOf::Event(id)) => {
                self.builder.name(ty.span, Symbol::Event(*id));
            }
            TypeKind::Record(RecordOf::Contract(id)) => {
                let name = &self.builder.hir.contracts[*id].name.text;
                self.first_word(name, ty.span, Symbol::Contract(*id));
            }
            TypeKind::Known(_) | TypeKind::Infer | TypeKind::Error => {}
        }
    }

    pub(super) fn block(&mut self, block: &Block) {
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let { ty, value, otherwise, .. } => {
                ty.iter().for_each(|ty| self.ty(ty));
                self.expr(value);
                otherwise.iter().for_each(|other| self.expr(other));
            }
            StmtKind::LetPattern { pattern, ty, value, otherwise } => {
                ty.iter().for_each(|ty| self.ty(ty));
                self.expr(value);
                self.taken_apart(pattern, value);
                otherwise.iter().for_each(|other| self.expr(other));
            }
            StmtKind::Assign { place, value, otherwise, .. } => {
                self.place(place);
                self.expr(value);
                otherwise.iter().for_each(|other| self.expr(other));
            }
            StmtKind::Expr { expr, otherwise } => {
                self.expr(expr);
                otherwise.iter().for_each(|other| self.expr(other));
            }
            StmtKind::While { cond, spec, body } => {
                self.expr(cond);
                self.loop_parts(spec, body);
            }
            StmtKind::For { source, spec, body, .. } => {
                self.expr(source);
                self.loop_parts(spec, body);
            }
            StmtKind::ForEach { pattern, source, spec, body } => {
                self.expr(source);
                self.pattern(pattern, None);
                self.loop_parts(spec, body);
            }
            StmtKind::Emit { event, args, span } => {
                self.builder.name(*span, Symbol::Event(*event));
                let fields = &self.builder.hir.events[*event].fields;
                self.data_args(args, fields, |at| Symbol::EventField(*event, at));
            }
            StmtKind::Test(test) => self.test(test),
            StmtKind::Assert(cond) | StmtKind::Assume(cond) => self.expr(cond),
            StmtKind::Error => {}
        }
    }

    fn loop_parts(&mut self, spec: &LoopSpec, body: &Block) {
        spec.invariants.iter().chain(&spec.decreases).for_each(|clause| self.expr(clause));
        self.block(body);
    }

    /// What is assigned: the root of the place is written, the keys in it are read.
    fn place(&mut self, place: &Expr) {
        match &place.kind {
            ExprKind::Index { base, index } => {
                self.place(base);
                self.expr(index);
            }
            ExprKind::Field { base, .. } => {
                self.member(place, Role::Write);
                self.place(base);
            }
            ExprKind::State(_) | ExprKind::Local(_) => {
                if let Some(symbol) = self.symbol(place) {
                    let word = self.builder.names.word(place.span);
                    self.builder.add(word, symbol, Role::Write);
                }
            }
            _ => self.expr(place),
        }
    }

    /// What an expression names itself, its parts aside.
    fn symbol(&self, expr: &Expr) -> Option<Symbol> {
        Some(match &expr.kind {
            ExprKind::Local(id) => Symbol::Local(self.owner?, *id),
            ExprKind::Const(id) => Symbol::Const(*id),
            ExprKind::State(field) => Symbol::State(self.contract?, *field),
            ExprKind::Context(_) => {
                let text = self.builder.sources.get(expr.span.source).slice(expr.span);
                Symbol::Context(describe::context(text)?.path)
            }
            ExprKind::Call { function, .. } | ExprKind::Function { function, .. } => {
                Symbol::Function(*function)
            }
            ExprKind::ConstParam(id) => Symbol::TypeParam(*id),
            ExprKind::CallLocal { function, .. } => Symbol::Local(self.owner?, *function),
            _ => return None,
        })
    }

    pub(super) fn expr(&mut self, expr: &Expr) {
        if let Some(symbol) = self.symbol(expr) {
            self.builder.name(expr.span, symbol);
        }
        match &expr.kind {
            ExprKind::Field { base, .. } => {
                self.member(expr, Role::Read);
                self.expr(base);
            }
            ExprKind::Unary(_, operand)
            | ExprKind::View(operand)
            | ExprKind::Propagate(operand) => self.expr(operand),
            ExprKind::Tuple(parts) | ExprKind::Array(parts) => {
                parts.iter().for_each(|part| self.expr(part))
            }
            ExprKind::Repeat { value, len } => {
                self.expr(value);
                self.expr(len);
            }
            ExprKind::Str(parts) => parts.iter().for_each(|part| match part {
                StrPart::Text(_) => {}
                StrPart::Expr(value) => self.expr(value),
            }),
            ExprKind::Closure(closure) => {
                for param in &closure.params {
                    param.ty.iter().for_each(|ty| self.ty(ty));
                    self.pattern(&param.pattern, None);
                }
                self.expr(&closure.body);
            }
            ExprKind::Static { of, name, type_args, args } => {
                self.ty(of);
                type_args.iter().for_each(|ty| self.ty(ty));
                self.method(expr.span, name, args, 0);
            }
            ExprKind::CallLocal { args, .. } => self.values(args),
            ExprKind::Struct { id, fields, .. } => self.literal(*id, fields, expr.span),
            ExprKind::Variant { of, name, args } => {
                self.variant(*of, name, expr);
                args.iter().for_each(|args| self.values(args));
            }
            ExprKind::Method { base, name, type_args, args } => {
                self.expr(base);
                type_args.iter().for_each(|ty| self.ty(ty));
                self.method(expr.span, name, args, 1);
            }
            ExprKind::External(external) => self.external(external, expr.span),
            ExprKind::Try(attempt) => {
                self.block(&attempt.body);
                attempt.catches.iter().for_each(|catch| self.catch(catch));
            }
            ExprKind::Function { type_args, .. } => type_args.iter().for_each(|ty| self.ty(ty)),
            ExprKind::Index { base: left, index: right } | ExprKind::Binary { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Call { function, type_args, args } => {
                type_args.iter().for_each(|ty| self.ty(ty));
                self.call_args(*function, args);
            }
            ExprKind::Cast { args, .. }
            | ExprKind::Some(args)
            | ExprKind::Ok(args)
            | ExprKind::Err(args)
            | ExprKind::Old(args) => self.values(args),
            ExprKind::Range { start, end, .. } => {
                start.iter().chain(end).for_each(|end| self.expr(end));
            }
            ExprKind::If { cond, then, otherwise } => {
                self.expr(cond);
                self.block(then);
                otherwise.iter().for_each(|other| self.expr(other));
            }
            ExprKind::Match { subject, arms } => {
                self.expr(subject);
                for arm in arms {
                    self.taken_apart(&arm.pattern, subject);
                    arm.guard.iter().for_each(|guard| self.expr(guard));
                    self.expr(&arm.body);
                }
            }
            ExprKind::Let { pattern, value } => {
                self.expr(value);
                self.taken_apart(pattern, value);
            }
            ExprKind::Block(block) => self.block(block),
            ExprKind::Return(value) => value.iter().for_each(|value| self.expr(value)),
            ExprKind::Throw(throw) | ExprKind::Reject(throw) => self.throw(throw),
            ExprKind::Chain(chain) => self.chain(chain, expr.span),
            ExprKind::Test(test) => test.exprs().into_iter().for_each(|part| self.expr(part)),
            ExprKind::Quantifier { binders, body, .. } => {
                self.binders(binders);
                self.expr(body);
            }
            ExprKind::Sum { value, binders, filter, .. } => {
                self.binders(binders);
                filter.iter().for_each(|filter| self.expr(filter));
                self.expr(value);
            }
            _ => {}
        }
    }

    /// `base.field` of a struct.
    fn member(&mut self, expr: &Expr, role: Role) {
        let ExprKind::Field { base, name } = &expr.kind else { return };
        let ty = self.builder.types.of(base, self.owner, self.contract);
        if let Some(Ty::Struct(id, _)) = ty
            && let Some(field) = self.field(id, &name.text)
        {
            self.builder.add(name.span, field, role);
        }
    }

    pub(super) fn field(&self, id: StructId, name: &str) -> Option<Symbol> {
        let mut fields = self.builder.hir.structs[id].fields.iter();
        let found = fields.find(|(_, field)| field.name.text == name);
        found.map(|(field, _)| Symbol::StructField(id, field))
    }

    /// `S { field: e, short }`; the name of the struct comes first.
    fn literal(&mut self, id: StructId, fields: &[(Name, Expr)], span: Span) {
        self.struct_name(id, span);
        for (name, value) in fields {
            if let Some(field) = self.field(id, &name.text) {
                self.label(name.span, value.span, field);
            }
            self.expr(value);
        }
    }

    /// `E.Variant`, or `.Variant` of a type that is known.
    fn variant(&mut self, of: Option<EnumId>, name: &Name, expr: &Expr) {
        let known = match self.builder.types.of(expr, self.owner, self.contract) {
            Some(Ty::Enum(id, _)) => Some(id),
            _ => None,
        };
        self.variant_name(of, of.or(known), name, expr.span);
    }

    /// The name of a variant, and that of its enum where it is written at the start of `span`.
    pub(super) fn variant_name(
        &mut self,
        written: Option<EnumId>,
        id: Option<EnumId>,
        name: &Name,
        span: Span,
    ) {
        if let Some(of) = written {
            self.first_word(&self.builder.hir.enums[of].name.text, span, Symbol::Enum(of));
        }
        let Some(id) = id else { return };
        let mut variants = self.builder.hir.enums[id].variants.iter();
        if let Some((variant, _)) = variants.find(|(_, variant)| variant.name.text == name.text) {
            self.builder.add(name.span, Symbol::Variant(id, variant), Role::Read);
        }
    }

    /// The name of a struct at the start of `span`.
    pub(super) fn struct_name(&mut self, id: StructId, span: Span) {
        self.first_word(&self.builder.hir.structs[id].name.text, span, Symbol::Struct(id));
    }

    /// Adds the start of `span` if it is this word: under another name it was imported.
    pub(super) fn first_word(&mut self, name: &str, span: Span, symbol: Symbol) {
        self.builder.word_in(name, span, symbol);
    }

    /// A pattern that a value is held against.
    fn taken_apart(&mut self, pattern: &Pattern, value: &Expr) {
        let ty = self.builder.types.of(value, self.owner, self.contract);
        self.pattern(pattern, ty.as_ref());
    }

    fn binders(&mut self, binders: &[Binder]) {
        for binder in binders {
            match &binder.domain {
                Domain::Type(ty) => self.ty(ty),
                Domain::In(source) => self.expr(source),
            }
        }
    }

    fn throw(&mut self, throw: &Throw) {
        self.builder.name(throw.span, Symbol::Error(throw.error));
        let fields = &self.builder.hir.errors[throw.error].fields;
        self.data_args(&throw.args, fields, |at| Symbol::ErrorField(throw.error, at));
    }

    pub(super) fn values(&mut self, args: &[Arg]) {
        args.iter().for_each(|arg| self.expr(&arg.value));
    }

    pub(super) fn data_args(
        &mut self,
        args: &[Arg],
        fields: &[DataField],
        symbol: impl Fn(usize) -> Symbol,
    ) {
        self.args(args, |name| fields.iter().position(|f| f.name.text == name).map(&symbol));
    }

    pub(super) fn call_args(&mut self, function: FnId, args: &[Arg]) {
        let callee = &self.builder.hir.functions[function];
        let named = |id: LocalId, name: &str| callee.locals[id].name.text == name;
        self.args(args, |name| {
            let param = callee.params.iter().find(|param| named(param.local, name))?;
            Some(Symbol::Local(Owner::Function(function), param.local))
        });
    }

    fn args(&mut self, args: &[Arg], symbol: impl Fn(&str) -> Option<Symbol>) {
        for arg in args {
            if let Some(name) = &arg.name
                && let Some(symbol) = symbol(&name.text)
            {
                self.label(name.span, arg.value.span, symbol);
            }
            self.expr(&arg.value);
        }
    }

    /// The label of a value; in the short form, one word is both.
    pub(super) fn label(&mut self, name: Span, value: Span, symbol: Symbol) {
        self.builder.add(name, symbol, Role::Read);
        if name == value {
            self.builder.found.short.insert(name, symbol);
        }
    }
}
