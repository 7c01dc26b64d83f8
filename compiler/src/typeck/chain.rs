//! What goes on later: `await`, scheduled calls, recorded changes.
//!
//! Holds always: an `await` waits for a call of another contract, and a call that is scheduled is one
//! of this contract; where they may stand is checked with the whole function (`check/chain`).

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::cx::{Cx, Mode, error_expr};
use super::errors;
use super::types::Site;
use crate::arena::{FnId, StructId};
use crate::hir;
use crate::thir::{Await, Chain, Expr, ExprKind, External, FnKind, FnOwner, PlaceBase, Scheduling};
use crate::ty::Ty;

impl Cx<'_> {
    pub(super) fn chain(&mut self, chain: &hir::Chain, span: Span) -> Expr {
        if self.in_spec() && !matches!(chain, hir::Chain::Inflight(_) | hir::Chain::Slot) {
            let message = "a specification speaks of states; it neither waits nor asks the index";
            self.d.push(Diagnostic::new(codes::SPEC_EFFECT, span, message));
            self.muted(|cx| cx.with_mode(Mode::Program, |cx| cx.chain(chain, span)));
            return error_expr(span);
        }
        match chain {
            hir::Chain::Await { call, timeout } => self.await_call(call, timeout.as_ref(), span),
            hir::Chain::Schedule { call, at, gas } => {
                self.schedule_call(call, at.as_ref(), gas.as_ref(), span)
            }
            hir::Chain::Query(query) => self.query(query, span),
            hir::Chain::Provenance(args) => self.provenance(args, span),
            hir::Chain::Inflight(of) => self.inflight(of.as_ref(), span),
            hir::Chain::Slot => chain_expr(Chain::Slot, Ty::Time, span),
        }
    }

    fn await_call(&mut self, call: &hir::Expr, timeout: Option<&hir::Expr>, span: Span) -> Expr {
        let made = self.expr(call, None);
        let timeout = match timeout {
            Some(timeout) => self.check(timeout, &Ty::Duration),
            None => {
                self.d.push(no_timeout(call.span));
                error_expr(span)
            }
        };
        let ty = made.ty.clone();
        match made.kind {
            ExprKind::Error => error_expr(span),
            ExprKind::External(external) => match *external {
                External::Call(call) => chain_expr(Chain::Await(Await { call, timeout }), ty, span),
                _ => self.not_awaited(call.span),
            },
            _ => self.not_awaited(call.span),
        }
    }

    fn not_awaited(&mut self, span: Span) -> Expr {
        let message = "`await` waits for a call of another contract, and this is none";
        let diagnostic = Diagnostic::new(codes::AWAIT_PLACE, span, message);
        self.d.push(diagnostic.help("remove `await`: what is computed here is there at once"));
        error_expr(span)
    }

    fn schedule_call(
        &mut self,
        call: &hir::Expr,
        at: Option<&hir::Expr>,
        gas: Option<&hir::Expr>,
        span: Span,
    ) -> Expr {
        let made = self.expr(call, None);
        let at = self.suffix(at, &Ty::Time, codes::SCHEDULED_CALL, "when: `at t`", call.span);
        let gas = self.suffix(gas, &Ty::U64, codes::SCHEDULE_GAS, "its gas: `gas n`", call.span);
        match made.kind {
            ExprKind::Error => error_expr(span),
            ExprKind::Call { function, args, .. } if self.can_be_scheduled(function, call.span) => {
                let work = Scheduling { function, args, at, gas };
                chain_expr(Chain::Schedule(work), Ty::Scheduled, span)
            }
            ExprKind::Call { .. } => error_expr(span),
            _ => {
                let message = "what is scheduled is a call of this contract, as in `self.f(x)`";
                self.d.push(Diagnostic::new(codes::SCHEDULED_CALL, call.span, message));
                error_expr(span)
            }
        }
    }

    /// A suffix that scheduled work cannot do without.
    fn suffix(
        &mut self,
        value: Option<&hir::Expr>,
        ty: &Ty,
        code: codes::Code,
        what: &str,
        call: Span,
    ) -> Expr {
        if let Some(value) = value {
            return self.check(value, ty);
        }
        let message = format!("scheduled work says {what}");
        self.d.push(Diagnostic::new(code, call.at_end(), message).label("missing here"));
        error_expr(call)
    }

    fn can_be_scheduled(&mut self, function: FnId, span: Span) -> bool {
        let callee = &self.items.hir.functions[function];
        let name = &callee.name;
        let message = match callee.kind {
            _ if !matches!(callee.owner, FnOwner::Contract(_)) => {
                format!("`{}` is no function of this contract", name.text)
            }
            FnKind::Private | FnKind::Entry { .. } if callee.result.is_some() => {
                format!("`{}` gives a value, and nobody would be there to take it", name.text)
            }
            FnKind::Private | FnKind::Entry { .. } if callee.is_async => {
                format!("`{}` is `async`, and scheduled work is one transaction", name.text)
            }
            FnKind::Private | FnKind::Entry { .. } => return true,
            _ => format!("`{}` cannot be scheduled", name.text),
        };
        let diagnostic = Diagnostic::new(codes::SCHEDULED_CALL, span, message);
        let help = "schedule an `entry fn` or a private function that gives nothing";
        self.d.push(diagnostic.also(name.span, "declared here").help(help));
        false
    }

    /// `provenance(self.x)`
    fn provenance(&mut self, args: &[hir::Arg], span: Span) -> Expr {
        let [hir::Arg { name: None, value, .. }] = args else {
            self.ignored(args);
            let message = "`provenance` takes one place of the state: `provenance(self.total)`";
            self.d.push(Diagnostic::new(codes::WRONG_ARGUMENTS, span, message));
            return error_expr(span);
        };
        let Some(place) = self.place(value) else { return error_expr(span) };
        let field = match (place.base, self.contract) {
            (PlaceBase::State(field), Some(contract)) => &self.items.state[contract][field],
            _ => {
                let message = "changes are recorded of `traced` state, and this is none";
                self.d.push(Diagnostic::new(codes::NOT_TRACED, value.span, message));
                return error_expr(span);
            }
        };
        if !field.traced {
            let message = format!("changes of `self.{}` are not recorded", field.name.text);
            let diagnostic = Diagnostic::new(codes::NOT_TRACED, value.span, message)
                .also(field.name.span, "declared without `traced`");
            self.d.push(diagnostic.help(format!("declare it `traced {}`", field.name.text)));
            return error_expr(span);
        }
        if place.ty.is_collection() {
            let message = "changes are recorded value by value; name one entry";
            self.d.push(Diagnostic::new(codes::NOT_TRACED, value.span, message));
            return error_expr(span);
        }
        let change = self.library_struct("std.chain", "Change");
        let ty = change.map_or(Ty::Error, |id| Ty::Struct(id, vec![place.ty.clone()]));
        chain_expr(Chain::Provenance(place), Ty::Vec(Box::new(ty)), span)
    }

    /// A struct of the library by its name.
    fn library_struct(&self, module: &str, name: &str) -> Option<StructId> {
        let hir = self.items.hir;
        let fits =
            |def: &hir::StructDef| def.name.text == name && hir.modules[def.module].path == module;
        hir.structs.iter().find(|(_, def)| fits(def)).map(|(id, _)| id)
    }

    /// `inflight::<T>`
    fn inflight(&mut self, of: Option<&hir::Type>, span: Span) -> Expr {
        if !self.in_spec() {
            self.d.push(errors::spec_only("`inflight`", span));
            return error_expr(span);
        }
        let Some(of) = of else { return error_expr(span) };
        let of = self.ty(of, Site::Spec);
        chain_expr(Chain::Inflight, Ty::Vec(Box::new(of)), span)
    }

    /// `handle.cancel()`
    pub(super) fn cancel(
        &mut self,
        handle: Expr,
        name: &crate::thir::Name,
        args: &[hir::Arg],
        span: Span,
    ) -> Expr {
        self.ignored(args);
        if name.text != "cancel" {
            let diagnostic = errors::no_member("`Scheduled`", name);
            self.d.push(diagnostic.help("it has `cancel()`"));
            return error_expr(span);
        }
        if !args.is_empty() {
            let message = "`cancel` takes no arguments".to_owned();
            self.d.push(errors::arguments(message, span, name.span));
        }
        chain_expr(Chain::Cancel(handle), Ty::Bool, span)
    }
}

pub(super) fn chain_expr(chain: Chain, ty: Ty, span: Span) -> Expr {
    Expr { kind: ExprKind::Chain(Box::new(chain)), ty, span }
}

fn no_timeout(call: Span) -> Diagnostic {
    let message = "an answer may never come, so `await` says how long it waits";
    Diagnostic::new(codes::AWAIT_TIMEOUT, call.at_end(), message)
        .label("`timeout` is missing")
        .help("write it behind the call, as in `timeout days(1)`")
}
