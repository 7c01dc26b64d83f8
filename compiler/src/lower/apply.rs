//! Calls of the program's own functions: arguments, `inout` places, functions passed as arguments.
//!
//! Holds always: arguments are evaluated as they were written, from left to right; an `inout` place is evaluated with them,
//! read when all are there, and written when the call has come back, in the order of the
//! parameters. A callee gives its result first and then the new value of each `inout` parameter.

use deed_base::Span;

use super::function::FnLowering;
use super::instance::{ClosureWork, Instance, Passed};
use super::lvalue::Lvalue;
use super::storage::{NodeId, Stored};
use crate::arena::{FnId, LocalId};
use crate::mir::{FuncId, Op, Ty, ValueId};
use crate::thir::{Block, Expr, ExprKind, Param, as_written};
use crate::ty;

/// A function that was passed as an argument, with the values it has copies of.
#[derive(Clone)]
pub(super) struct Callee {
    pub(super) passed: Passed,
    pub(super) captures: Vec<ValueId>,
}

/// One argument, evaluated.
enum Argument {
    Value(ValueId),
    Inout(Lvalue),
    Callee(Callee),
    Stored(Stored),
}

/// The arguments of a call, evaluated.
#[derive(Default)]
pub(super) struct Arguments {
    /// In the order of the parameters; nothing yet for `inout` ones.
    values: Vec<Option<ValueId>>,
    places: Vec<Lvalue>,
    /// Where the `inout` ones stand among the values.
    inouts: Vec<usize>,
    callees: Vec<Callee>,
    /// The places in the state among them, by the number of the parameter.
    stored: Vec<(usize, Stored)>,
}

impl FnLowering<'_, '_> {
    /// Calls a function; gives its result where it has one.
    pub(super) fn call(
        &mut self,
        function: FnId,
        type_args: &[ty::Ty],
        args: &[Expr],
        expr: &Expr,
    ) -> Option<ValueId> {
        let types = type_args.iter().map(|ty| self.concrete(ty)).collect();
        let (function, types) = self.lowering.resolve_call(function, types);
        if let Some(name) = self.lowering.package.native_name(function) {
            if let Some((first, others)) = args.split_first()
                && let Some(part) = self.stored(first)?
            {
                return self.stored_native(&name, &part, others, expr);
            }
            return self.native(&name, args, expr);
        }
        let args = self.arguments(args, true)?;
        let functions = args.callees.iter().map(|callee| callee.passed.clone()).collect();
        let places = args.stored.iter().map(|(at, part)| (*at, part.node)).collect();
        let instance = Instance { function, types, functions, places };
        let number = self.lowering.number(instance, expr.span)?;
        self.apply(number, args, &expr.ty, expr.span)
    }

    /// Calls a function that was passed as an argument.
    pub(super) fn call_local(
        &mut self,
        function: LocalId,
        args: &[Expr],
        expr: &Expr,
    ) -> Option<ValueId> {
        let callee = self.passed.get(&function)?.clone();
        let mut args = self.arguments(args, false)?;
        args.inouts.iter_mut().for_each(|at| *at += callee.captures.len());
        args.values.splice(0..0, callee.captures.into_iter().map(Some));
        self.apply(callee.passed.function, args, &expr.ty, expr.span)
    }

    /// Evaluates arguments. Collections in the state are passed as the places that they are, if the
    /// callee can take them so.
    pub(super) fn arguments(&mut self, args: &[Expr], places: bool) -> Option<Arguments> {
        let mut parts: Vec<(usize, Argument)> = Vec::with_capacity(args.len());
        for (at, arg) in as_written(args) {
            parts.push((at, self.argument(arg, places)?));
        }
        parts.sort_by_key(|(at, _)| *at);
        let mut given = Arguments::default();
        for (at, part) in parts {
            match part {
                Argument::Stored(part) => given.stored.push((at, part)),
                Argument::Callee(callee) => given.callees.push(callee),
                Argument::Value(value) => given.values.push(Some(value)),
                Argument::Inout(place) => {
                    given.places.push(place);
                    given.inouts.push(given.values.len());
                    given.values.push(None);
                }
            }
        }
        Some(given)
    }

    fn argument(&mut self, arg: &Expr, places: bool) -> Option<Argument> {
        let is_place = arg.ty.is_collection() || matches!(arg.kind, ExprKind::Inout(_));
        if places
            && is_place
            && let Some(part) = self.stored(arg)?
        {
            return Some(Argument::Stored(part));
        }
        Some(match &arg.kind {
            ExprKind::Inout(place) => Argument::Inout(self.lvalue(place)?),
            _ if matches!(arg.ty, ty::Ty::Fn(_)) => Argument::Callee(self.callee(arg)?),
            _ => Argument::Value(self.expr(arg)?),
        })
    }

    /// Calls what has a number. What passed functions have copies of comes behind the arguments.
    fn apply(
        &mut self,
        function: FuncId,
        args: Arguments,
        result: &ty::Ty,
        span: Span,
    ) -> Option<ValueId> {
        let captures: Vec<ValueId> =
            args.callees.iter().flat_map(|callee| callee.captures.clone()).collect();
        let keys: Vec<ValueId> =
            args.stored.iter().flat_map(|(_, part)| part.keys.clone()).collect();
        let inouts = args.inouts.clone();
        let (mut values, places) = self.settle(args)?;
        let mut types: Vec<Ty> = self.result_types(result, span);
        let own = types.len();
        types.extend(inouts.iter().map(|at| self.function.ty(values[*at])));
        values.extend(captures);
        values.extend(keys);
        let results = self.values(Op::Call { function, args: values }, &types, span);
        for (place, value) in places.iter().zip(&results[own..]) {
            self.store_place(place, *value, span);
        }
        results.first().copied().filter(|_| own > 0)
    }

    /// Reads the `inout` places, now that every argument is there.
    pub(super) fn settle(&mut self, args: Arguments) -> Option<(Vec<ValueId>, Vec<Lvalue>)> {
        let mut places = args.places.iter();
        let values = args.values.into_iter().map(|value| match value {
            Some(value) => Some(value),
            None => self.load_place(places.next()?),
        });
        Some((values.collect::<Option<_>>()?, args.places))
    }

    /// The machine's types of a function's result: none for unit.
    pub(super) fn result_types(&mut self, ty: &ty::Ty, span: Span) -> Vec<Ty> {
        match self.concrete(ty) {
            ty::Ty::Unit | ty::Ty::Never => Vec::new(),
            ty => vec![self.lowering.machine(&ty, span)],
        }
    }

    /// What a function argument stands for.
    fn callee(&mut self, arg: &Expr) -> Option<Callee> {
        match &arg.kind {
            ExprKind::Read(place) => match place.base {
                crate::thir::PlaceBase::Local(local) => self.passed.get(&local).cloned(),
                crate::thir::PlaceBase::State(_) => None,
            },
            ExprKind::Function { function, type_args } => {
                let types = type_args.iter().map(|ty| self.concrete(ty)).collect();
                let (function, types) = self.lowering.resolve_call(*function, types);
                let instance =
                    Instance { function, types, functions: Vec::new(), places: Vec::new() };
                let function = self.lowering.number(instance, arg.span)?;
                let passed = Passed { function, captures: Vec::new() };
                Some(Callee { passed, captures: Vec::new() })
            }
            ExprKind::Closure { params, captures, body } => {
                let result = match &arg.ty {
                    ty::Ty::Fn(of) => &of.result,
                    _ => &body.ty,
                };
                self.closure(params, captures, body, result, arg.span)
            }
            _ => {
                self.not_yet(arg.span, "functions as values");
                None
            }
        }
    }

    /// Makes a function of a closure. Its first parameters are what it has copies of: variables, what
    /// the functions that it calls have copies of, keys of places; its own parameters follow.
    fn closure(
        &mut self,
        params: &[Param],
        captures: &[LocalId],
        body: &Block,
        result: &ty::Ty,
        span: Span,
    ) -> Option<Callee> {
        let (functions, variables): (Vec<LocalId>, Vec<LocalId>) =
            captures.iter().partition(|local| self.passed.contains_key(local));
        let (aliases, variables): (Vec<LocalId>, Vec<LocalId>) =
            variables.iter().partition(|local| self.aliases.contains_key(local));
        let mut copies = Vec::new();
        for variable in &variables {
            copies.push(self.local(*variable, span)?);
        }
        let functions = functions.into_iter().filter_map(|local| {
            let callee = self.passed.get(&local)?;
            copies.extend(&callee.captures);
            Some((local, callee.passed.clone()))
        });
        let functions = functions.collect();
        let places = self.places(&aliases, &mut copies);
        let work = ClosureWork {
            around: self.source?,
            word: "closure",
            types: self.types.clone(),
            params: params.to_vec(),
            captures: variables,
            inout: Vec::new(),
            functions,
            places,
            body: body.clone(),
            result: result.clone(),
            exits: None,
            span,
        };
        let function = self.lowering.number_closure(work);
        let types = copies.iter().map(|value| self.function.ty(*value)).collect();
        Some(Callee { passed: Passed { function, captures: types }, captures: copies })
    }

    /// The places that variables are, for code in a function of its own; their keys are its arguments.
    pub(super) fn places(
        &self,
        aliases: &[LocalId],
        args: &mut Vec<ValueId>,
    ) -> Vec<(LocalId, NodeId)> {
        let known = aliases.iter().filter_map(|local| Some((*local, self.aliases.get(local)?)));
        let place = |(local, part): (LocalId, &Stored)| {
            args.extend(&part.keys);
            (local, part.node)
        };
        known.map(place).collect()
    }
}
