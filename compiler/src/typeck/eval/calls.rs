//! Calls of functions that only compute.

use deed_base::{Diagnostic, catalogue as codes};

use super::{Frame, Leave, Machine, because, said};
use crate::arena::{FnId, Id};
use crate::thir::{
    Expr, ExprKind, FnKind, FnOwner, Place, TraitRef, as_written, find_impl, substitution,
};
use crate::ty::Ty;
use crate::value::Value;

/// The places of arguments that are lent.
type Lent<'e> = Vec<(usize, &'e Place)>;

impl Machine<'_> {
    pub(super) fn call(
        &mut self,
        function: FnId,
        type_args: &[Ty],
        args: &[Expr],
        expr: &Expr,
        frame: &mut Frame,
    ) -> Result<Value, Leave> {
        let types: Vec<Ty> = type_args.iter().map(|ty| ty.substitute(&frame.with)).collect();
        let Some((function, types)) = self.runs(function, types) else { return Err(said()) };
        let (mut values, lent) = self.arguments(args, frame)?;
        let hir = &self.items.hir.functions[function];
        let result = match (hir.kind, hir.owner) {
            (FnKind::Native, _) => {
                let ty = expr.ty.substitute(&frame.with);
                self.native(function, &mut values, &ty, expr.span)?
            }
            (_, FnOwner::Contract(_) | FnOwner::Interface(_) | FnOwner::Test(_)) => {
                return Err(self.not_constant(expr.span));
            }
            _ => {
                let outermost = self.outermost;
                self.outermost = outermost.or(Some(expr.span));
                let result = self.body(function, &types, &mut values, expr)?;
                self.outermost = outermost;
                result
            }
        };
        for (at, place) in lent {
            *self.slot(place, frame)? = std::mem::replace(&mut values[at], Value::Unit);
        }
        Ok(result)
    }

    /// Runs a body; behind it the arguments are what the parameters hold at its end.
    fn body(
        &mut self,
        id: FnId,
        types: &[Ty],
        values: &mut [Value],
        expr: &Expr,
    ) -> Result<Value, Leave> {
        let Some(function) = self.items.bodies.get(id, self.items) else {
            return Err(because(self.unchecked(id, expr)));
        };
        let Some(body) = &function.body else { return Err(self.not_constant(expr.span)) };
        let with = substitution(&function.type_params, types);
        let mut inside = Frame { locals: vec![None; function.locals.len()], with };
        for (param, value) in function.params.iter().zip(values.iter_mut()) {
            inside.set(param.local, std::mem::replace(value, Value::Unit));
        }
        let result = match self.block(body, &mut inside) {
            Ok(value) | Err(Leave::Return(value)) => value,
            Err(leave) => return Err(leave),
        };
        for (param, value) in function.params.iter().zip(values) {
            *value = inside.locals[param.local.index()].take().unwrap_or(Value::Unit);
        }
        Ok(result)
    }

    /// The arguments, and the places of those that are lent.
    fn arguments<'e>(
        &mut self,
        args: &'e [Expr],
        frame: &mut Frame,
    ) -> Result<(Vec<Value>, Lent<'e>), Leave> {
        let mut values = vec![Value::Unit; args.len()];
        let mut lent = Vec::new();
        for (at, arg) in as_written(args) {
            values[at] = match &arg.kind {
                ExprKind::Inout(place) => {
                    lent.push((at, &**place));
                    // The callee owns it meanwhile, so this costs no copy.
                    std::mem::replace(self.slot(place, frame)?, Value::Unit)
                }
                _ => self.expr(arg, frame)?,
            };
        }
        Ok((values, lent))
    }

    /// What runs where a function is called, which may be a trait's.
    fn runs(&self, function: FnId, types: Vec<Ty>) -> Option<(FnId, Vec<Ty>)> {
        let items = self.items;
        let FnOwner::Trait(id) = items.hir.functions[function].owner else {
            return Some((function, types));
        };
        let of_trait = items.traits[id].type_params.len();
        let (this, rest) = types.split_first()?;
        let wanted = TraitRef { id, args: rest.get(..of_trait - 1)?.to_vec() };
        let params = &items.type_params;
        let (found, with) =
            find_impl(&items.impls, &wanted, this, &mut |param| &params[param].bounds, 0)?;
        let def = &items.impls[found];
        match def.bindings.get(&function).copied() {
            Some(runs) if runs != function => {
                let own = def.type_params.iter().map(|param| with.get(param).cloned());
                let mut args: Vec<Ty> = own.collect::<Option<_>>()?;
                args.extend_from_slice(types.get(of_trait..)?);
                Some((runs, args))
            }
            _ => Some((function, types)),
        }
    }

    /// A function that has a mistake, or whose check needs the value that it is to compute.
    fn unchecked(&self, id: FnId, expr: &Expr) -> Diagnostic {
        let name = &self.items.hir.functions[id].name;
        let message = format!("`{}` cannot compute before the value of this is known", name.text);
        let span = self.outermost.unwrap_or(expr.span);
        let diagnostic = Diagnostic::new(codes::NOT_CONST, span, message);
        diagnostic.also(name.span, "this function needs the value itself, or has a mistake")
    }
}
