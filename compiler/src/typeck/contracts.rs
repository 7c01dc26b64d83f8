//! Calls of other contracts, coins, and what is handed over with them.
//!
//! Holds always: a call of another contract names an entry or view; coins go only to what takes them.

use deed_base::{Diagnostic, Span, catalogue as codes};
use deed_syntax::ast::CallOptionKind;

use super::args::{Callee, Param};
use super::cx::{Cx, error_expr};
use super::errors;
use crate::arena::FnId;
use crate::hir;
use crate::thir::{CallOptions, ContractCall, Deploy, Expr, ExprKind, External, FnKind, Name};
use crate::ty::Ty;

impl Cx<'_> {
    pub(super) fn external(&mut self, external: &hir::External, span: Span) -> Expr {
        match external {
            hir::External::At { of, args } => {
                let part = self.one_argument("address", &Ty::Address, args, "`at`", span);
                external_expr(External::At(part), of.clone(), span)
            }
            hir::External::Call { call, options } => self.suffixed(call, options),
            hir::External::Deploy { contract, args, options } => {
                let init = self.items.hir.contracts[*contract].init;
                let args = match init {
                    Some(init) => self.outside_args(init, args, span),
                    None => self.no_arguments(args, span),
                };
                let (options, salt) = self.deploy_options(options);
                let deploy = Deploy { contract: *contract, args, salt, options };
                external_expr(External::Deploy(deploy), Ty::Contract(*contract), span)
            }
            hir::External::Pay(args) => {
                let names = [("to", Ty::Address), ("amount", Ty::U128)];
                let mut parts = self.plain_arguments(&names, args, "`pay`", span).into_iter();
                match (parts.next(), parts.next()) {
                    (Some(to), Some(amount)) => {
                        external_expr(External::Pay { to, amount }, Ty::Unit, span)
                    }
                    _ => error_expr(span),
                }
            }
            hir::External::Balance => external_expr(External::Balance, Ty::U128, span),
            hir::External::Unique(args) => {
                self.plain_arguments(&[], args, "`tx.unique`", span);
                external_expr(External::Unique, Ty::Hash, span)
            }
        }
    }

    /// `target.name(args)`, where the target is of the type of an interface or contract.
    pub(super) fn contract_method(
        &mut self,
        target: Expr,
        name: &Name,
        args: &[hir::Arg],
        span: Span,
    ) -> Expr {
        let of = self.infer.shallow(&target.ty);
        let Some(function) = self.offered(&of, name) else {
            self.ignored(args);
            return error_expr(span);
        };
        let result = self.items.signatures[function].result.clone();
        let args = self.outside_args(function, args, span);
        let options = CallOptions::default();
        let call = ContractCall { target, function, args, options };
        external_expr(External::Call(call), result, span)
    }

    /// A member of a contract or failure that is a value.
    pub(super) fn told_field(&mut self, base: &Expr, name: &Name, span: Span) -> Option<Expr> {
        match self.infer.shallow(&base.ty) {
            Ty::Interface(_) | Ty::Contract(_) => {
                Some(self.contract_field(base.clone(), name, span))
            }
            Ty::Failure => Some(self.failure_field(base.clone(), name, span)),
            _ => None,
        }
    }

    /// As [`Cx::told_field`], of a place; nothing is said of any other.
    pub(super) fn told_field_of_place(
        &mut self,
        base: &hir::Expr,
        name: &Name,
        span: Span,
    ) -> Option<Expr> {
        let ty = match &base.kind {
            hir::ExprKind::Local(local) => self.locals[*local].ty.clone(),
            hir::ExprKind::State(field) => self.items.state[self.contract?][*field].ty.clone(),
            hir::ExprKind::Field { .. } | hir::ExprKind::Index { .. } => {
                self.muted(|cx| cx.place(base)).map(|place| place.ty)?
            }
            _ => return None,
        };
        if !matches!(self.infer.shallow(&ty), Ty::Interface(_) | Ty::Contract(_) | Ty::Failure) {
            return None;
        }
        let base = self.expr(base, None);
        self.told_field(&base, name, span)
    }

    /// `contract.address`
    pub(super) fn contract_field(&mut self, target: Expr, name: &Name, span: Span) -> Expr {
        if name.text == "address" {
            return external_expr(External::Address(target), Ty::Address, span);
        }
        if !name.text.is_empty() {
            let of = self.show(&target.ty);
            let diagnostic = errors::no_member(&of, name);
            self.d.push(diagnostic.help("a contract shows its `address`; all else is called"));
        }
        error_expr(span)
    }

    /// The entry or view of this name; reports it if there is none.
    fn offered(&mut self, of: &Ty, name: &Name) -> Option<FnId> {
        let package = self.items.hir;
        let functions = match of {
            Ty::Interface(id) => &package.interfaces[*id].functions,
            Ty::Contract(id) => &package.contracts[*id].functions,
            _ => return None,
        };
        let offers = |id: &&FnId| {
            matches!(package.functions[**id].kind, FnKind::Entry { .. } | FnKind::View)
        };
        let called = |id: &&FnId| package.functions[**id].name.text == name.text;
        match functions.iter().find(called) {
            Some(id) if offers(&id) => return Some(*id),
            Some(id) => {
                let declared = &package.functions[*id];
                let of = self.show(of);
                let message = format!("`{}` of {of} cannot be called from outside", name.text);
                self.d.push(
                    Diagnostic::new(codes::NOT_CALLABLE, name.span, message)
                        .label("neither an `entry` nor a `view`")
                        .also(declared.name.span, "declared here"),
                );
            }
            None if name.text.is_empty() => {}
            None => {
                let of = self.show(of);
                let diagnostic = errors::no_member(&of, name);
                let names = functions.iter().filter(offers);
                let names: Vec<String> =
                    names.map(|id| format!("`{}`", package.functions[*id].name.text)).collect();
                self.d.push(match names.is_empty() || names.len() > 6 {
                    true => diagnostic,
                    false => diagnostic.help(format!("it offers {}", names.join(", "))),
                });
            }
        }
        None
    }

    /// Arguments of a function of another contract.
    fn outside_args(&mut self, function: FnId, args: &[hir::Arg], span: Span) -> Vec<Expr> {
        let callee = &self.items.hir.functions[function];
        let signature = &self.items.signatures[function];
        let names = callee.params.iter().map(|param| &callee.locals[param.local].name);
        let params = names.zip(&signature.params).map(|(name, (_, ty))| Param::plain(name, ty));
        let described = Callee {
            what: format!("`{}`", callee.name.text),
            declared: callee.name.span,
            params: params.collect(),
        };
        self.args(args, &described, span)
    }

    fn no_arguments(&mut self, args: &[hir::Arg], span: Span) -> Vec<Expr> {
        self.plain_arguments(&[], args, "its `init`", span)
    }

    fn plain_arguments(
        &mut self,
        params: &[(&str, Ty)],
        args: &[hir::Arg],
        what: &str,
        span: Span,
    ) -> Vec<Expr> {
        let names: Vec<Name> =
            params.iter().map(|(name, _)| Name { text: (*name).into(), span }).collect();
        let params = names.iter().zip(params).map(|(name, (_, ty))| Param::plain(name, ty));
        let params = params.collect();
        let callee = Callee { what: what.to_owned(), declared: span, params };
        self.args(args, &callee, span)
    }

    fn one_argument(
        &mut self,
        name: &str,
        ty: &Ty,
        args: &[hir::Arg],
        what: &str,
        span: Span,
    ) -> Expr {
        let mut parts = self.plain_arguments(&[(name, ty.clone())], args, what, span);
        parts.pop().unwrap_or_else(|| error_expr(span))
    }

    /// A call with suffixes: of another contract, or of nothing that takes any.
    fn suffixed(&mut self, call: &hir::Expr, options: &[hir::CallOption]) -> Expr {
        let mut typed = self.expr(call, None);
        let mut found = CallOptions::default();
        for option in options {
            let (slot, ty) = match option.kind {
                CallOptionKind::Value => (&mut found.value, Ty::U128),
                CallOptionKind::Gas => (&mut found.gas, Ty::U64),
                kind => {
                    self.d.push(wrong_option(kind, option.span));
                    continue;
                }
            };
            *slot = Some(self.check(&option.value, &ty));
        }
        match &mut typed.kind {
            ExprKind::External(external) => match &mut **external {
                External::Call(call) => {
                    self.takes_coins(call.function, options);
                    call.options = found;
                }
                _ => self.no_options(options),
            },
            ExprKind::Error => {}
            _ => self.no_options(options),
        }
        typed
    }

    /// Reports coins for a function that takes none.
    fn takes_coins(&mut self, function: FnId, options: &[hir::CallOption]) {
        let callee = &self.items.hir.functions[function];
        let value = options.iter().find(|option| option.kind == CallOptionKind::Value);
        if let (Some(value), false) = (value, callee.kind == FnKind::Entry { payable: true }) {
            let name = &callee.name;
            let message = format!("`{}` takes no coins", name.text);
            self.d.push(
                Diagnostic::new(codes::CALL_OPTION, value.span, message)
                    .also(name.span, "not `payable`")
                    .help("leave `value` away, or declare it `payable entry fn`"),
            );
        }
    }

    fn no_options(&mut self, options: &[hir::CallOption]) {
        let Some(first) = options.first() else { return };
        let word = first.kind.word();
        let message = format!("`{word}` belongs to a call of another contract");
        let diagnostic = Diagnostic::new(codes::CALL_OPTION, first.span, message);
        self.d
            .push(diagnostic.help("leave it away: this call has the coins and gas of its caller"));
    }

    fn deploy_options(&mut self, options: &[hir::CallOption]) -> (CallOptions, Option<Expr>) {
        let mut found = CallOptions::default();
        let mut salt = None;
        for option in options {
            match option.kind {
                CallOptionKind::Salt if self.in_test => self.d.push(salt_in_test(option.span)),
                CallOptionKind::Salt => salt = Some(self.check(&option.value, &Ty::Hash)),
                CallOptionKind::Gas => found.gas = Some(self.check(&option.value, &Ty::U64)),
                kind => self.d.push(wrong_option(kind, option.span)),
            }
        }
        (found, salt)
    }

    /// Whether an expression is a call that leaves the contract.
    pub(super) fn leaves_contract(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::External(external) => {
                matches!(**external, External::Call(_) | External::Deploy(_) | External::Pay { .. })
            }
            _ => false,
        }
    }
}

fn wrong_option(kind: CallOptionKind, span: Span) -> Diagnostic {
    let word = kind.word();
    let message = format!("`{word}` says nothing here");
    let diagnostic = Diagnostic::new(codes::CALL_OPTION, span, message);
    match kind {
        CallOptionKind::From => diagnostic.help("a contract calls as itself; `from` is for tests"),
        CallOptionKind::Salt => diagnostic.help("`salt` belongs to `deploy`"),
        CallOptionKind::Value => diagnostic.help("an `init` takes no coins; `pay` them afterwards"),
        CallOptionKind::Timeout => diagnostic.help("`timeout` belongs to `await`"),
        _ => diagnostic,
    }
}

fn salt_in_test(span: Span) -> Diagnostic {
    let message = "what a test deploys has an address of its own: it takes no salt";
    Diagnostic::new(codes::CALL_OPTION, span, message)
        .help("leave it away; to test salts, let a contract `deploy` with them")
}

fn external_expr(external: External, ty: Ty, span: Span) -> Expr {
    Expr { kind: ExprKind::External(Box::new(external)), ty, span }
}
