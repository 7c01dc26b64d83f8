//! Calls: what becomes of the arguments, and what the callee may touch meanwhile.
//!
//! Holds always: while a call runs, an `inout` place belongs to the callee alone.

use deed_base::Span;

use super::area::{Area, Root};
use super::{Checker, Use, errors};
use crate::arena::{Arena, FnId, Id, LocalId};
use crate::thir::visit::{Node, walk_function};
use crate::thir::{
    Chain, Expr, ExprKind, External, FnOwner, MapOp, Package, ParamMode, Place, as_written,
};
use crate::ty::Ty;

/// The functions that call out of their contract, themselves or through others.
pub(super) fn leaving(package: &Package) -> Arena<FnId, bool> {
    let mut leaves: Arena<FnId, bool> = package.functions.values().map(|_| false).collect();
    let mut callers: Vec<Vec<FnId>> = vec![Vec::new(); package.functions.len()];
    let mut found = Vec::new();
    for (id, function) in package.functions.iter() {
        function.effects.calls.iter().for_each(|callee| callers[callee.index()].push(id));
        if !function.effects.reaches_out() {
            continue;
        }
        let mut direct = false;
        walk_function(function, &mut |node| {
            direct |= match node {
                Node::Expr(Expr { kind: ExprKind::External(external), .. }) => calls_out(external),
                Node::Expr(Expr { kind: ExprKind::Chain(chain), .. }) => {
                    matches!(**chain, Chain::Await(_))
                }
                _ => false,
            };
        });
        if direct {
            found.push(id);
        }
    }
    while let Some(id) = found.pop() {
        if !std::mem::replace(&mut leaves[id], true) {
            found.append(&mut callers[id.index()]);
        }
    }
    leaves
}

pub(super) fn calls_out(external: &External) -> bool {
    matches!(external, External::Call(_) | External::Deploy(_) | External::Pay { .. })
}

/// What a call is given to change.
struct Lent<'p> {
    place: &'p Place,
    area: Area,
}

impl<'p> Checker<'p, '_> {
    pub(super) fn call(
        &mut self,
        function: FnId,
        type_args: &'p [Ty],
        args: &'p [Expr],
        span: Span,
    ) {
        let callee = &self.package.functions[function];
        // What a trait asks for has no body that could copy: each `impl` is checked for its own type.
        let asked = matches!(callee.owner, FnOwner::Trait(_)) && callee.body.is_none();
        for (param, ty) in callee.type_params.iter().zip(type_args).skip(usize::from(asked)) {
            if self.is_linear(ty) && !self.package.type_params[*param].linear {
                self.d.push(self.plain_param(function, *param, ty, span));
                self.spare(args);
            }
        }
        let modes = callee.params.iter().map(|param| param.mode);
        let lent = self.args(args, modes);
        if self.leaving[function] {
            self.call_out(span);
        }
        let effects = &callee.effects;
        if callee.contract().is_some() {
            for lent in &lent {
                let touched = effects.reads.iter().chain(&effects.writes);
                let mut areas = touched.map(|path| Area::of_effect(path, args, self.package));
                if areas.any(|area| area.overlaps(&lent.area)) {
                    self.d.push(self.touched_by_callee(lent.place, function));
                }
            }
            for path in &effects.writes {
                self.write(&Area::of_effect(path, args, self.package), span);
            }
        }
    }

    /// `f(args)`, where `f` is a parameter.
    pub(super) fn call_local(&mut self, function: LocalId, args: &'p [Expr], _: Span) {
        let modes: Vec<ParamMode> = match &self.function.locals[function].ty {
            Ty::Fn(of) => of.params.iter().map(|(mode, _)| *mode).collect(),
            _ => Vec::new(),
        };
        self.args(args, modes.into_iter());
    }

    pub(super) fn map_call(&mut self, op: MapOp, map: &'p Place, args: &'p [Expr], span: Span) {
        self.keys(map);
        let mut area = self.area(map);
        for (index, arg) in args.iter().enumerate() {
            self.expr(arg, if index == 0 { Use::Look } else { Use::Take });
        }
        self.must_be_there(map);
        if let Ty::Map(of) = &map.ty
            && self.is_linear(&of.value)
        {
            let wrong = match op {
                MapOp::Get => Some(self.got_copy(map, span)),
                MapOp::Remove => Some(self.removed(&of.value, map, span)),
                _ => None,
            };
            self.failed |= wrong.is_some();
            wrong.into_iter().for_each(|wrong| self.d.push(wrong));
        }
        if op.writes() {
            self.must_be_ours(map);
            area = area.element();
            self.write(&area, span);
        }
    }

    /// Evaluates arguments, then sees to it that what is lent to be changed is lent once.
    fn args(&mut self, args: &'p [Expr], modes: impl Iterator<Item = ParamMode>) -> Vec<Lent<'p>> {
        let modes: Vec<ParamMode> = modes.collect();
        let mut lent: Vec<Lent<'p>> = Vec::new();
        let mut seen: Vec<(Area, Span)> = Vec::new();
        for (at, arg) in as_written(args) {
            let mode = modes.get(at).copied().unwrap_or(ParamMode::View);
            match (&arg.kind, mode) {
                (ExprKind::Inout(place), _) => {
                    self.keys(place);
                    lent.push(Lent { place, area: self.area(place) });
                }
                (ExprKind::Read(place), ParamMode::View) => {
                    self.expr(arg, Use::Look);
                    seen.push((self.area(place), arg.span));
                }
                (_, ParamMode::Take) => self.expr(arg, Use::Take),
                _ => self.expr(arg, Use::Look),
            }
        }
        for (index, one) in lent.iter().enumerate() {
            let lenders = lent[..index].iter().map(|other| (&other.area, other.place.span));
            let mut others = lenders.chain(seen.iter().map(|(area, span)| (area, *span)));
            if let Some((_, other)) = others.find(|(area, _)| area.overlaps(&one.area)) {
                self.d.push(errors::overlapping(one.place.span, other));
            }
        }
        for one in &lent {
            self.must_be_there(one.place);
            self.must_be_ours(one.place);
            self.write(&one.area, one.place.span);
        }
        lent
    }

    /// What is given to a call that is wrong as a whole needs no message of its own.
    fn spare(&mut self, args: &[Expr]) {
        for arg in args {
            if let ExprKind::Read(place) | ExprKind::Inout(place) = &arg.kind {
                self.blame(place.base);
            }
        }
    }

    /// Others run here, so nothing may be lent to this function.
    pub(super) fn call_out(&mut self, span: Span) {
        let params = &self.function.params;
        let lent = params.iter().find(|param| param.mode == ParamMode::Inout);
        if let Some(param) = lent
            && self.said.insert(Root::Local(param.local))
        {
            let name = &self.function.locals[param.local].name;
            self.d.push(errors::lent_across_call(name, span));
        }
    }
}
