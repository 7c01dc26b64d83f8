//! Names in expressions.
//!
//! Length: `kind` has one short arm a kind of expression.

use deed_base::{Diagnostic, Span, catalogue as codes};
use deed_bytecode::ContextKind;
use deed_syntax::ast::{self, Ident};
use num_bigint::BigInt;

use super::body::Cx;
use super::errors::{
    missing_self, no_value, outside_contract, unknown, unknown_member, wrong_kind,
};
use super::interfaces::{Errors, errors_of};
use super::items::name;
use super::scope::Def;
use super::tries::external;
use super::types::is_builtin;
use crate::arena::{ContractId, EnumId, ErrorId, EventId, FnId};
use crate::hir::{
    Arg, Binder, Chain, Domain, Expr, ExprKind, External, IntLit, StrPart, TestExpr, Throw, Type,
    TypeKind,
};
use crate::thir::{QuantifierKind, context_of};
use crate::ty::{IntTy, Ty};

/// What `tx.` and `block.` offer.
const CONTEXT: [(&str, &str); 11] = [
    ("tx", "sender"),
    ("tx", "value"),
    ("tx", "hash"),
    ("tx", "index"),
    ("tx", "slot"),
    ("tx", "unique"),
    ("block", "height"),
    ("block", "time"),
    ("block", "hash"),
    ("block", "chain_id"),
    ("self", "address"),
];

impl Cx<'_, '_> {
    pub(super) fn expr(&mut self, expr: &ast::Expr) -> Expr {
        Expr { kind: self.kind(expr), span: expr.span }
    }

    fn boxed(&mut self, expr: &ast::Expr) -> Box<Expr> {
        Box::new(self.expr(expr))
    }

    fn kind(&mut self, expr: &ast::Expr) -> ExprKind {
        use ast::ExprKind as Ast;
        match &expr.kind {
            Ast::Int(literal) => ExprKind::Int(int_literal(literal)),
            Ast::Bool(value) => ExprKind::Bool(*value),
            Ast::Str(parts) => {
                ExprKind::Str(parts.iter().map(|part| self.str_part(part)).collect())
            }
            Ast::Bytes(bytes) => ExprKind::Bytes(bytes.clone()),
            Ast::Name { name, type_args } if name.as_str() == "inflight" => {
                self.inflight(name, type_args)
            }
            Ast::Name { name, type_args } => self.name(name, type_args),
            Ast::Field(field) => match self.by_path(expr) {
                Some(short) => self.kind(&short),
                None => self.field(&field.base, &field.name),
            },
            Ast::Index(index) => {
                let (base, index) = (self.boxed(&index.base), self.boxed(&index.index));
                ExprKind::Index { base, index }
            }
            Ast::Call(call) => {
                let made = self.query(call).unwrap_or_else(|| self.call(call, expr.span));
                self.with_from(call, made, expr.span)
            }
            Ast::Await(inner) => self.await_call(inner),
            Ast::Schedule(inner) => self.schedule(inner),
            Ast::Reject(error) => self.throw(error).map_or(ExprKind::Error, ExprKind::Reject),
            Ast::Tuple(parts) if parts.is_empty() => ExprKind::Unit,
            Ast::Tuple(parts) => {
                ExprKind::Tuple(parts.iter().map(|part| self.expr(part)).collect())
            }
            Ast::Array(parts) => {
                ExprKind::Array(parts.iter().map(|part| self.expr(part)).collect())
            }
            Ast::Repeat { value, len } => {
                ExprKind::Repeat { value: self.boxed(value), len: self.boxed(len) }
            }
            Ast::Closure(closure) => self.closure(closure),
            Ast::Implicit(ident) => ExprKind::Variant { of: None, name: name(ident), args: None },
            Ast::View(place) => ExprKind::View(self.boxed(place)),
            Ast::Propagate(value) => ExprKind::Propagate(self.boxed(value)),
            Ast::Unary { op, operand } => ExprKind::Unary(*op, self.boxed(operand)),
            Ast::Binary(binary) => {
                let (left, right) = (self.boxed(&binary.left), self.boxed(&binary.right));
                ExprKind::Binary { op: binary.op, op_span: binary.op_span, left, right }
            }
            Ast::Range { start, end, inclusive } => ExprKind::Range {
                start: start.as_ref().map(|start| self.boxed(start)),
                end: end.as_ref().map(|end| self.boxed(end)),
                inclusive: *inclusive,
            },
            Ast::Struct(literal) => self.struct_literal(literal),
            Ast::Match(cases) => {
                let subject = self.boxed(&cases.subject);
                let arms = cases.arms.iter().map(|arm| self.arm(arm)).collect();
                ExprKind::Match { subject, arms }
            }
            Ast::Try(attempt) => self.attempt(attempt),
            Ast::Deploy(call) => {
                let made = self.deploy(call);
                self.with_from(call, made, expr.span)
            }
            Ast::If(branch) => self.if_expr(branch),
            Ast::Block(block) => ExprKind::Block(self.block(block)),
            Ast::Quantifier(quantifier) => self.quantifier(quantifier),
            Ast::Comprehension(sum) => self.comprehension(sum),
            Ast::Return(value) => ExprKind::Return(value.as_ref().map(|value| self.boxed(value))),
            Ast::Throw(error) => self.throw(error).map_or(ExprKind::Error, ExprKind::Throw),
            Ast::Break => ExprKind::Break,
            Ast::Continue => ExprKind::Continue,
            Ast::SelfValue if self.self_local.is_some() => match self.self_local {
                Some(local) => {
                    self.capture(local);
                    ExprKind::Local(local)
                }
                None => ExprKind::Error,
            },
            Ast::SelfValue if self.own_contract().is_none() => {
                self.d.push(outside_contract(expr.span));
                ExprKind::Error
            }
            Ast::Invalid => ExprKind::Error,
            other => {
                self.d.push(no_value(other, expr.span));
                ExprKind::Error
            }
        }
    }

    /// A bare name as a value.
    fn name(&mut self, ident: &Ident, type_args: &[ast::GenericArg]) -> ExprKind {
        let word = ident.as_str();
        if let Some(local) = self.local(word) {
            self.capture(local);
            return ExprKind::Local(local);
        }
        if let Some(id) = self.const_param(word) {
            return ExprKind::ConstParam(id);
        }
        match self.find(word).map(|entry| entry.def.clone()) {
            Some(Def::Const(id)) => return ExprKind::Const(id),
            Some(Def::Fn(function)) => {
                let type_args = self.type_args(type_args);
                return ExprKind::Function { function, type_args };
            }
            Some(Def::NotYet) => return ExprKind::Error,
            Some(def) => {
                self.d.push(wrong_kind(ident, def.noun(), "a value"));
                return ExprKind::Error;
            }
            None => {}
        }
        match word {
            "" => return ExprKind::Error,
            "result" => return ExprKind::Result,
            "None" => return ExprKind::None,
            _ if self.account(word).is_some() => {
                return self.account(word).unwrap_or(ExprKind::Error);
            }
            "tx" | "block" => {
                let wanted = "one of its fields, such as `tx.sender` or `block.height`,";
                self.d.push(wrong_kind(ident, "a part of the language", wanted));
                return ExprKind::Error;
            }
            _ => {}
        }
        if is_builtin(word) {
            self.d.push(wrong_kind(ident, "a type", "a value"));
        } else {
            self.unknown_value(ident, "name");
        }
        ExprKind::Error
    }

    /// Reports a bare name that means nothing; perhaps `self.` was forgotten.
    pub(super) fn unknown_value(&mut self, ident: &Ident, kind: &str) {
        let word = ident.as_str();
        if let Some(id) = self.contract {
            let scope = &self.tables.contracts[id];
            if scope.state.contains_key(word) {
                return self.d.push(missing_self(ident, "state"));
            }
            if scope.functions.contains_key(word) {
                return self.d.push(missing_self(ident, "a function"));
            }
        }
        if self.may_be_lost() {
            return;
        }
        let contract = self.contract.map(|id| &self.tables.contracts[id].items);
        let items = contract.into_iter().flat_map(|scope| scope.words());
        let items = items.chain(self.tables.modules[self.module].words());
        let diagnostic = unknown(ident, kind, self.visible_words().chain(items));
        self.d.push(diagnostic);
    }

    fn field(&mut self, base: &ast::Expr, ident: &Ident) -> ExprKind {
        match &base.kind {
            ast::ExprKind::SelfValue if self.self_local.is_none() => {
                self.self_field(ident, base.span)
            }
            ast::ExprKind::Name { name, .. } if self.is_context(name) => self.context(name, ident),
            _ => match self.enum_of(base) {
                Some(of) => ExprKind::Variant { of: Some(of), name: name(ident), args: None },
                None => match self.end_of_range(base, ident) {
                    Some(literal) => ExprKind::Int(literal),
                    None => ExprKind::Field { base: self.boxed(base), name: name(ident) },
                },
            },
        }
    }

    /// `u64.MAX`, `i8.MIN`
    fn end_of_range(&self, base: &ast::Expr, ident: &Ident) -> Option<IntLit> {
        let ast::ExprKind::Name { name, .. } = &base.kind else { return None };
        let int =
            IntTy::from_name(name.as_str()).filter(|_| self.local(name.as_str()).is_none())?;
        let value = match ident.as_str() {
            "MAX" => int.max(),
            "MIN" => int.min(),
            _ => return None,
        };
        Some(IntLit { value, suffix: Some(int) })
    }

    fn str_part(&mut self, part: &ast::StrPart) -> StrPart {
        match part {
            ast::StrPart::Text(text) => StrPart::Text(text.clone()),
            ast::StrPart::Expr(value) => StrPart::Expr(self.expr(value)),
        }
    }

    pub(super) fn type_args(&mut self, args: &[ast::GenericArg]) -> Vec<Type> {
        args.iter().map(|arg| self.item_arg(arg)).collect()
    }

    /// The enum that an expression before a dot names.
    fn enum_of(&self, base: &ast::Expr) -> Option<EnumId> {
        let ast::ExprKind::Name { name: ident, .. } = &base.kind else { return None };
        if self.local(ident.as_str()).is_some() {
            return None;
        }
        match self.find(ident.as_str()).map(|entry| &entry.def) {
            Some(Def::Enum(id)) => Some(*id),
            _ => None,
        }
    }

    fn is_context(&self, ident: &Ident) -> bool {
        matches!(ident.as_str(), "tx" | "block") && self.local(ident.as_str()).is_none()
    }

    fn context(&mut self, of: &Ident, ident: &Ident) -> ExprKind {
        if let Some(context) = context_of(of.as_str(), ident.as_str()) {
            return ExprKind::Context(context);
        }
        let words = CONTEXT.iter().filter(|(group, _)| *group == of.as_str());
        let words = words.map(|(_, word)| *word);
        match ident.as_str() {
            _ if ident.is_missing() => {}
            "unique" if of.as_str() == "tx" => {
                let wanted = "a value (it is called: `tx.unique()`)";
                self.d.push(wrong_kind(ident, "a function", wanted));
            }
            "slot" if of.as_str() == "tx" => return ExprKind::Chain(Box::new(Chain::Slot)),
            _ => self.d.push(unknown_member(&format!("`{of}`"), "field", ident, words)),
        }
        ExprKind::Error
    }

    /// `self.x`
    fn self_field(&mut self, ident: &Ident, at: Span) -> ExprKind {
        let Some(id) = self.own_contract() else {
            self.d.push(outside_contract(at));
            return ExprKind::Error;
        };
        let scope = &self.tables.contracts[id];
        let word = ident.as_str();
        if let Some((field, _)) = scope.state.get(word) {
            return ExprKind::State(*field);
        }
        match word {
            "" => return ExprKind::Error,
            "address" => return ExprKind::Context(ContextKind::SelfAddress),
            "balance" => return external(External::Balance),
            _ => {}
        }
        if scope.functions.contains_key(word) {
            self.d.push(wrong_kind(ident, "a function", "a state field"));
        } else {
            let words = scope.state.keys().map(|name| &**name);
            self.d.push(unknown_member("this contract", "state field", ident, words));
        }
        ExprKind::Error
    }

    fn call(&mut self, call: &ast::Call, span: Span) -> ExprKind {
        let kind = self.plain_call(call, span);
        self.with_options(call, kind, span)
    }

    fn plain_call(&mut self, call: &ast::Call, span: Span) -> ExprKind {
        match &call.callee.kind {
            ast::ExprKind::Name { name, type_args } => {
                self.call_name(name, type_args, &call.args, span)
            }
            ast::ExprKind::Field(field) => match self.by_path(&call.callee) {
                Some(callee) => self.plain_call(&ast::Call { callee, ..call.clone() }, span),
                None => self.call_member(field, call),
            },
            ast::ExprKind::Implicit(ident) => {
                let args = Some(self.args(&call.args));
                ExprKind::Variant { of: None, name: name(ident), args }
            }
            ast::ExprKind::Invalid => {
                self.args(&call.args);
                ExprKind::Error
            }
            _ => {
                self.args(&call.args);
                let message = "what is called is the name of a function";
                let diagnostic =
                    Diagnostic::new(codes::STRAY_FUNCTION_VALUE, call.callee.span, message);
                self.d.push(diagnostic.help("a function is no value: call it by its name"));
                ExprKind::Error
            }
        }
    }

    /// `base.name(args)`
    fn call_member(&mut self, field: &ast::FieldExpr, call: &ast::Call) -> ExprKind {
        let ast::FieldExpr { base, name: ident, type_args } = field;
        match &base.kind {
            ast::ExprKind::SelfValue if self.self_local.is_none() => {
                self.call_self(ident, &call.args, base.span)
            }
            ast::ExprKind::Name { name, .. } if self.is_context(name) => {
                let args = self.args(&call.args);
                if name.as_str() == "tx" && ident.as_str() == "unique" {
                    return external(External::Unique(args));
                }
                self.context(name, ident)
            }
            _ => match self.enum_of(base) {
                Some(of) => {
                    let args = Some(self.args(&call.args));
                    ExprKind::Variant { of: Some(of), name: name(ident), args }
                }
                None => {
                    if let Some(of) = self.contract_type(base) {
                        return self.contract_member(of, base, ident, &call.args);
                    }
                    let of = self.static_of(base);
                    let type_args = self.type_args(type_args);
                    if let Some(of) = of {
                        let (of, args) = (Box::new(of), self.args(&call.args));
                        return ExprKind::Static { of, name: name(ident), type_args, args };
                    }
                    let base = self.boxed(base);
                    let args = self.args(&call.args);
                    ExprKind::Method { base, name: name(ident), type_args, args }
                }
            },
        }
    }

    /// The type before a dot, whose function is called on no value.
    fn static_of(&mut self, base: &ast::Expr) -> Option<Type> {
        let ast::ExprKind::Name { name, type_args } = &base.kind else { return None };
        self.type_before_dot(name, type_args, base.span)
    }

    fn call_name(
        &mut self,
        ident: &Ident,
        type_args: &[ast::GenericArg],
        args: &[ast::Arg],
        span: Span,
    ) -> ExprKind {
        let args = self.args(args);
        let type_args = self.type_args(type_args);
        let word = ident.as_str();
        if let Some(function) = self.local(word) {
            self.capture(function);
            return ExprKind::CallLocal { function, args };
        }
        match self.find(word).map(|entry| entry.def.clone()) {
            Some(Def::Fn(function)) => return ExprKind::Call { function, type_args, args },
            Some(Def::NotYet) => return ExprKind::Error,
            Some(def) => {
                let wanted = match def {
                    Def::Error(_) => "a function (an error is thrown: `throw E(..)`)",
                    Def::Event(_) => "a function (an event is emitted: `emit E(..)`)",
                    _ => "a function",
                };
                self.d.push(wrong_kind(ident, def.noun(), wanted));
                return ExprKind::Error;
            }
            None => {}
        }
        if let Some(to) = IntTy::from_name(word) {
            return ExprKind::Cast { to, args };
        }
        let own = self.contract.map(|id| &self.tables.contracts[id].functions);
        if own.is_some_and(|functions| functions.contains_key(word)) {
            self.d.push(missing_self(ident, "a function"));
            return ExprKind::Error;
        }
        match word {
            "" => ExprKind::Error,
            "old" => ExprKind::Old(args),
            "Some" => ExprKind::Some(args),
            "Ok" => ExprKind::Ok(args),
            "Err" => ExprKind::Err(args),
            "provenance" => self.provenance(args),
            "account" => self.of_account("`account`", TestExpr::Account, args, span),
            "public_key" => self.of_account("`public_key`", TestExpr::PublicKey, args, span),
            "sign" => self.of_account("`sign`", TestExpr::Sign, args, span),
            "pay" => external(External::Pay(args)),
            _ if is_builtin(word) => {
                self.d.push(wrong_kind(ident, "a type", "a function"));
                ExprKind::Error
            }
            _ => {
                self.unknown_value(ident, "function");
                ExprKind::Error
            }
        }
    }

    /// `self.f(args)`
    fn call_self(&mut self, ident: &Ident, args: &[ast::Arg], at: Span) -> ExprKind {
        let args = self.args(args);
        if self.own_contract().is_none() {
            self.d.push(outside_contract(at));
            return ExprKind::Error;
        }
        match self.own_function(ident) {
            Some(function) => ExprKind::Call { function, type_args: Vec::new(), args },
            None => ExprKind::Error,
        }
    }

    /// The function of this contract that a name means; reports it if there is none.
    pub(super) fn own_function(&mut self, ident: &Ident) -> Option<FnId> {
        let scope = &self.tables.contracts[self.own_contract()?];
        if let Some((function, _)) = scope.functions.get(ident.as_str()) {
            return *function;
        }
        if !ident.is_missing() {
            let words = scope.functions.keys().map(|name| &**name);
            self.d.push(unknown_member("this contract", "function", ident, words));
        }
        None
    }

    /// The contract that `self` means; a test stands in a contract and has no `self`.
    fn own_contract(&self) -> Option<ContractId> {
        self.contract.filter(|_| !self.in_test)
    }

    pub(super) fn args(&mut self, args: &[ast::Arg]) -> Vec<Arg> {
        let mut resolved = Vec::with_capacity(args.len());
        for arg in args {
            let name = arg.name.as_ref().map(name);
            resolved.push(Arg {
                name,
                inout: arg.inout,
                value: self.expr(&arg.value),
                span: arg.span,
            });
        }
        resolved
    }

    fn struct_literal(&mut self, literal: &ast::StructExpr) -> ExprKind {
        let fields = literal.fields.iter();
        let fields = fields.map(|field| (name(&field.name), self.expr(&field.value))).collect();
        let ast::ExprKind::Name { name: ident, type_args } = &literal.path.kind else {
            return self.literal_by_path(literal, fields);
        };
        let type_args = self.type_args(type_args);
        if ident.as_str() == "Self"
            && let Some(kind) = self.self_ty.as_ref().map(|ty| ty.kind.clone())
        {
            match kind {
                TypeKind::Known(Ty::Struct(id, _)) => {
                    return ExprKind::Struct { id, type_args, fields };
                }
                TypeKind::Struct(id, type_args) => {
                    return ExprKind::Struct { id, type_args, fields };
                }
                _ => {}
            }
        }
        match self.find(ident.as_str()).map(|entry| entry.def.clone()) {
            Some(Def::Struct(id)) => return ExprKind::Struct { id, type_args, fields },
            Some(Def::NotYet) => {}
            Some(def) => self.d.push(wrong_kind(ident, def.noun(), "a struct")),
            None if ident.is_missing() => {}
            None => self.unknown_value(ident, "struct"),
        }
        ExprKind::Error
    }

    fn if_expr(&mut self, branch: &ast::IfExpr) -> ExprKind {
        let (cond, then) = self.scoped(|cx| {
            let cond = Box::new(cx.condition(&branch.condition));
            (cond, cx.block(&branch.then))
        });
        let otherwise = branch.otherwise.as_ref().map(|other| self.boxed(other));
        ExprKind::If { cond, then, otherwise }
    }

    fn quantifier(&mut self, quantifier: &ast::QuantifierExpr) -> ExprKind {
        let kind = match quantifier.kind {
            ast::QuantifierKind::Forall => QuantifierKind::Forall,
            ast::QuantifierKind::Exists => QuantifierKind::Exists,
        };
        self.scoped(|cx| {
            let mut binders = Vec::new();
            for binder in &quantifier.binders {
                let domain = match &binder.domain {
                    ast::BinderDomain::In(source) => Domain::In(cx.expr(source)),
                    ast::BinderDomain::Type(ty) => Domain::Type(cx.ty(ty)),
                };
                let names = binder.names.iter();
                let locals = names.map(|ident| cx.declare(ident, false, false)).collect();
                binders.push(Binder { locals, domain, span: binder.span });
            }
            ExprKind::Quantifier { kind, binders, body: cx.boxed(&quantifier.body) }
        })
    }

    fn comprehension(&mut self, sum: &ast::ComprehensionExpr) -> ExprKind {
        self.scoped(|cx| {
            let mut binders = Vec::new();
            for source in &sum.loops {
                let domain = Domain::In(cx.expr(&source.source));
                let locals = match &source.pattern.kind {
                    ast::PatternKind::Tuple(parts) => {
                        parts.iter().map(|part| cx.binding(part, false)).collect()
                    }
                    _ => vec![cx.binding(&source.pattern, false)],
                };
                binders.push(Binder { locals, domain, span: source.source.span });
            }
            let count = sum.kind == ast::ComprehensionKind::Count;
            let filter = sum.filter.as_ref().map(|filter| cx.boxed(filter));
            ExprKind::Sum { value: cx.boxed(&sum.value), count, binders, filter }
        })
    }

    /// `E(args)` after `throw` or `else`; `None` if it names no error, which was reported.
    pub(super) fn throw(&mut self, expr: &ast::Expr) -> Option<Throw> {
        if let ast::ExprKind::Throw(inner) | ast::ExprKind::Reject(inner) = &expr.kind {
            return self.throw(inner);
        }
        let (path, args) = self.made(expr, "an error, as in `throw NotFound(id)`,")?;
        match self.error_path(&ast::ErrorPath { path, all: false })[..] {
            [error] => Some(Throw { error, args, span: expr.span }),
            _ => None,
        }
    }

    /// The errors that an element of `throws` means.
    pub(super) fn error_path(&mut self, path: &ast::ErrorPath) -> Vec<ErrorId> {
        if let Some(ident) = path.path.as_single().filter(|_| !path.all)
            && self.find(ident.as_str()).is_none()
        {
            self.unknown_value(ident, "error");
            return Vec::new();
        }
        match errors_of(self.tables, self.from(), path, self.d) {
            Errors::Known(errors) => errors,
            Errors::Set(set) => self.tables.sets[set].clone().unwrap_or_default(),
        }
    }

    /// The event and arguments after `emit`.
    pub(super) fn emit(&mut self, expr: &ast::Expr) -> Option<(EventId, Vec<Arg>)> {
        let (path, args) = self.made(expr, "an event, as in `emit Paid(to, amount)`,")?;
        let (ident, entry) = match path.segments.as_slice() {
            [ident] => (ident, self.find(ident.as_str())),
            [of, ident] => {
                let of = &self.find(of.as_str())?.def;
                (ident, self.tables.member(of, ident.as_str()))
            }
            _ => return None,
        };
        match entry.map(|entry| entry.def.clone()) {
            Some(Def::Event(id)) => return Some((id, args)),
            Some(Def::NotYet) => {}
            Some(def) => self.d.push(wrong_kind(ident, def.noun(), "an event")),
            None => self.unknown_value(ident, "event"),
        }
        None
    }

    /// The path and arguments of `E(args)` or `I.E(args)`, or of `E` alone.
    fn made(&mut self, expr: &ast::Expr, wanted: &str) -> Option<(ast::Path, Vec<Arg>)> {
        let (callee, args) = match &expr.kind {
            ast::ExprKind::Call(call) => (&call.callee, self.args(&call.args)),
            ast::ExprKind::Invalid => return None,
            _ => (expr, Vec::new()),
        };
        let short = self.by_path(callee);
        let callee = short.as_ref().unwrap_or(callee);
        let segments = match &callee.kind {
            ast::ExprKind::Invalid => return None,
            ast::ExprKind::Name { name, .. } => Some(vec![name.clone()]),
            ast::ExprKind::Field(field) => match &field.base.kind {
                ast::ExprKind::Name { name: of, .. } => Some(vec![of.clone(), field.name.clone()]),
                _ => None,
            },
            _ => None,
        };
        let Some(segments) = segments else {
            let ident = Ident::new("this", callee.span);
            self.d.push(wrong_kind(&ident, "an expression", wanted));
            return None;
        };
        Some((ast::Path { segments, span: callee.span }, args))
    }
}

pub(super) fn int_literal(literal: &ast::IntLit) -> IntLit {
    let limbs = literal.value.limbs.iter().rev();
    let value = limbs.fold(BigInt::from(0), |value, limb| (value << 64u32) + BigInt::from(*limb));
    let suffix = literal.suffix.as_ref().and_then(|s| IntTy::from_name(&s.to_string()));
    IntLit { value, suffix }
}
