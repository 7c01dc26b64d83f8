//! Patterns, and the constructs that hold values against them.
//!
//! Holds always: a pattern is checked against a type that its value has told; the variables of a
//! pattern have their types before anything that may use them is looked at.

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::cx::Cx;
use super::errors;
use super::infer::Kind;
use super::stmts::Last;
use super::types::Site;
use crate::arena::{EnumId, Id, LocalId, StructId};
use crate::hir;
use crate::thir::{
    Arm, Block, Case, Expr, ExprKind, Name, Pattern, PatternKind, StmtKind, Substitution,
    substitution,
};
use crate::ty::Ty;
use crate::value::Value;

/// The parts that a pattern speaks of: how many there are, and the names of those that have one.
struct Parts<'i> {
    what: String,
    names: Vec<&'i Name>,
    types: Vec<Ty>,
}

impl Cx<'_> {
    /// A `match` whose value is used.
    pub(super) fn match_value(
        &mut self,
        subject: &hir::Expr,
        arms: &[hir::Arm],
        want: Option<&Ty>,
        span: Span,
    ) -> Expr {
        let subject = Box::new(self.subject(subject));
        let mut ty: Option<Ty> = None;
        let mut typed = Vec::with_capacity(arms.len());
        for arm in arms {
            let hint = ty.clone().or_else(|| want.cloned());
            let mut arm = self.match_arm(arm, &subject.ty, Last::Value(hint.as_ref()));
            let body = &mut arm.body;
            if self.in_spec() {
                self.lift_value(body);
            }
            if body.value.is_none() && !matches!(body.ty, Ty::Never | Ty::Error) {
                self.require_value(body.span, "this arm");
                body.ty = Ty::Error;
            }
            if body.ty != Ty::Never {
                let want = ty.get_or_insert_with(|| body.ty.clone()).clone();
                body.value = body.value.take().map(|value| Box::new(self.coerce(*value, &want)));
            }
            typed.push(arm);
        }
        let ty = ty.unwrap_or(Ty::Never);
        Expr { kind: ExprKind::Match { subject, arms: typed }, ty, span }
    }

    /// A `match` that is run for its effects, and whether every arm leaves.
    pub(super) fn match_stmt(
        &mut self,
        subject: &hir::Expr,
        arms: &[hir::Arm],
        span: Span,
    ) -> (Option<StmtKind>, bool) {
        let subject = Box::new(self.subject(subject));
        let arms: Vec<Arm> =
            arms.iter().map(|arm| self.match_arm(arm, &subject.ty, Last::Statement)).collect();
        let leaves = !arms.is_empty() && arms.iter().all(|arm| arm.body.ty == Ty::Never);
        let ty = if leaves { Ty::Never } else { Ty::Unit };
        let expr = Expr { kind: ExprKind::Match { subject, arms }, ty, span };
        (Some(StmtKind::Expr(expr)), leaves)
    }

    /// `let P = e` as a condition.
    pub(super) fn let_condition(
        &mut self,
        pattern: &hir::Pattern,
        value: &hir::Expr,
        span: Span,
    ) -> Expr {
        let value = Box::new(self.subject(value));
        let pattern = Box::new(self.pattern(pattern, &value.ty, false));
        Expr { kind: ExprKind::Let { pattern, value }, ty: Ty::Bool, span }
    }

    /// `let P: T = e else leave`. Behind `else`, an `Option` or `Result` is opened first, unless the
    /// pattern names one of its cases.
    pub(super) fn let_pattern(
        &mut self,
        pattern: &hir::Pattern,
        ty: Option<&hir::Type>,
        value: &hir::Expr,
        otherwise: Option<&hir::Expr>,
    ) -> Option<StmtKind> {
        let opens = otherwise.is_some() && !names_case(pattern);
        let mut value = match ty.map(|ty| self.ty(ty, Site::Data)) {
            Some(want) if opens => {
                let hint = Ty::option(want.clone());
                let value = self.expr(value, Some(&hint));
                match self.infer.shallow(&value.ty) {
                    Ty::Option(_) | Ty::Result(..) => value,
                    _ => self.coerce(value, &want),
                }
            }
            Some(want) => self.check(value, &want),
            None => self.subject(value),
        };
        let otherwise = otherwise.map(|otherwise| self.leaving(otherwise));
        if let (true, Ty::Option(of) | Ty::Result(of, _), Some(leaving)) =
            (opens, self.infer.shallow(&value.ty), &otherwise)
        {
            let span = value.span;
            let otherwise = Box::new(leaving.clone());
            let kind = ExprKind::ElseLeave { value: Box::new(value), otherwise };
            value = Expr { kind, ty: *of, span };
        }
        let pattern = Box::new(self.pattern(pattern, &value.ty, false));
        let otherwise = otherwise.map(Box::new);
        Some(StmtKind::LetPattern { pattern, value, otherwise })
    }

    /// The value that patterns are held against.
    fn subject(&mut self, expr: &hir::Expr) -> Expr {
        let subject = self.expr(expr, None);
        match self.infer.shallow(&subject.ty) {
            Ty::Unit | Ty::Never => {
                self.require_value(subject.span, "this");
                Expr { ty: Ty::Error, ..subject }
            }
            _ => subject,
        }
    }

    fn match_arm(&mut self, arm: &hir::Arm, subject: &Ty, last: Last<'_>) -> Arm {
        use hir::ExprKind as Hir;
        let pattern = self.pattern(&arm.pattern, subject, false);
        let guard = arm.guard.as_ref().map(|guard| self.check(guard, &Ty::Bool));
        let body: Block = match &arm.body.kind {
            Hir::Return(_) | Hir::Throw(_) | Hir::Break | Hir::Continue => {
                self.arm(&arm.body, Last::Statement)
            }
            _ => self.arm(&arm.body, last),
        };
        Arm { pattern, guard, body, span: arm.span }
    }

    /// The pattern, held against values of type `ty`. In a further alternative (`again`) the
    /// variables have their types already.
    pub(super) fn pattern(&mut self, pattern: &hir::Pattern, ty: &Ty, again: bool) -> Pattern {
        use hir::PatternKind as Hir;
        let span = pattern.span;
        let known = self.infer.shallow(ty);
        let kind = match &pattern.kind {
            Hir::Wildcard => PatternKind::Wildcard,
            Hir::Bind(local) => self.bind(*local, ty, again, span),
            Hir::Value(value) => self.value_pattern(value, ty),
            Hir::Range { start, end, inclusive } => {
                self.range_pattern(start.as_deref(), end.as_deref(), *inclusive, &known, span)
            }
            Hir::Case(case, args) => self.case_pattern(*case, args, &known, again, span),
            Hir::Variant { of, name, args } => {
                let found = self.enum_meant(*of, name, Some(&known));
                match found.and_then(|id| Some((id, self.variant_named(id, name)?))) {
                    Some((id, variant)) if self.fits_enum(id, &known, span) => {
                        let items = self.items;
                        let with = self.args_of(&known);
                        let (def, of) = (&items.enums[id], &items.enums[id].variants[variant]);
                        let parts = Parts {
                            what: format!("`{}.{}`", def.name.text, of.name.text),
                            names: of.fields.iter().map(|field| &field.name).collect(),
                            types: of.fields.iter().map(|f| f.ty.substitute(&with)).collect(),
                        };
                        let args = args.as_deref().unwrap_or_default();
                        PatternKind::Variant(variant, self.parts(args, parts, again, span))
                    }
                    _ => self.bad_parts(args.iter().flatten().map(|arg| &arg.pattern)),
                }
            }
            Hir::Struct { id, fields, rest } => {
                if self.fits_struct(*id, &known, span) {
                    self.struct_pattern(*id, &known, fields, *rest, again, span)
                } else {
                    self.bad_parts(fields.iter().map(|(_, pattern)| pattern))
                }
            }
            Hir::Tuple(args) => match &known {
                Ty::Tuple(types) => {
                    let what = self.show(&known);
                    let parts = Parts { what, names: Vec::new(), types: types.clone() };
                    PatternKind::Tuple(self.parts(args, parts, again, span))
                }
                _ => {
                    self.unfit("a tuple", &known, span);
                    self.bad_parts(args.iter().map(|arg| &arg.pattern))
                }
            },
            Hir::Or(all) => {
                let typed = all.iter().enumerate();
                let typed = typed.map(|(at, part)| self.pattern(part, ty, again || at > 0));
                PatternKind::Or(typed.collect())
            }
            Hir::Array(parts) => self.array_pattern(parts, &known, again, span),
            Hir::RestBind(local) => {
                self.locals[*local].ty = Ty::Error;
                self.wrong_parts("`..rest` stands among the parts of an array".into(), span);
                PatternKind::Error
            }
            Hir::Rest => {
                self.wrong_parts("`..` stands among the parts of a payload or tuple".into(), span);
                PatternKind::Error
            }
            Hir::Error => PatternKind::Error,
        };
        Pattern { kind, ty: ty.clone(), span }
    }

    /// Whether values of a type are of an enum, whose arguments they tell.
    fn fits_enum(&mut self, id: EnumId, value: &Ty, span: Span) -> bool {
        let params = &self.items.hir.enums[id].type_params;
        let args = params.iter().map(|_| self.infer.fresh(Kind::Any, span)).collect();
        self.fits(&Ty::Enum(id, args), value, span)
    }

    fn fits_struct(&mut self, id: StructId, value: &Ty, span: Span) -> bool {
        let params = &self.items.structs[id].type_params;
        let args = params.iter().map(|_| self.infer.fresh(Kind::Any, span)).collect();
        self.fits(&Ty::Struct(id, args), value, span)
    }

    /// What the parameters of a struct or enum stand for in a type.
    fn args_of(&self, ty: &Ty) -> Substitution {
        match self.infer.shallow(ty) {
            Ty::Struct(id, args) => substitution(&self.items.structs[id].type_params, &args),
            Ty::Enum(id, args) => substitution(&self.items.enums[id].type_params, &args),
            _ => Substitution::new(),
        }
    }

    /// `[first, .., last]`, `[first, ..rest]`
    fn array_pattern(
        &mut self,
        parts: &[hir::Pattern],
        ty: &Ty,
        again: bool,
        span: Span,
    ) -> PatternKind {
        use hir::PatternKind as Hir;
        let is_rest = |part: &hir::Pattern| matches!(part.kind, Hir::Rest | Hir::RestBind(_));
        let rests = parts.iter().filter(|part| is_rest(part)).count();
        let (of, len) = match ty {
            Ty::Vec(of) => ((**of).clone(), None),
            Ty::Array(of, len) => match self.infer.shallow(len).as_number() {
                Some(len) => ((**of).clone(), Some(len)),
                None => {
                    let message = "how many elements the array has is not known here".to_owned();
                    self.wrong_parts(message, span);
                    return self.bad_parts(parts.iter().filter(|part| !is_rest(part)));
                }
            },
            _ => {
                self.unfit("an array or `Vec`", ty, span);
                return self.bad_parts(parts.iter().filter(|part| !is_rest(part)));
            }
        };
        let named = (parts.len() - rests) as u64;
        let fits = len.is_none_or(|len| if rests == 0 { named == len } else { named <= len });
        if rests > 1 || !fits {
            let message = match len {
                _ if rests > 1 => "`..` stands once among the parts of an array".to_owned(),
                Some(len) => format!("an array of {len} elements, and the pattern names {named}"),
                None => String::new(),
            };
            self.wrong_parts(message, span);
            return self.bad_parts(parts.iter().filter(|part| !is_rest(part)));
        }
        let rest_ty = match len {
            Some(len) => Ty::array(of.clone(), len - named),
            None => ty.clone(),
        };
        let mut typed = Vec::with_capacity(parts.len());
        let mut rest = None;
        for part in parts {
            match &part.kind {
                Hir::Rest => rest = Some((typed.len(), Box::new(wildcard(&rest_ty, part.span)))),
                Hir::RestBind(local) => {
                    let kind = self.bind(*local, &rest_ty, again, part.span);
                    let pattern = Pattern { kind, ty: rest_ty.clone(), span: part.span };
                    rest = Some((typed.len(), Box::new(pattern)));
                }
                _ => typed.push(self.pattern(part, &of, again)),
            }
        }
        PatternKind::Array { parts: typed, rest }
    }

    fn bind(&mut self, local: LocalId, ty: &Ty, again: bool, span: Span) -> PatternKind {
        if !again {
            self.locals[local].ty = ty.clone();
            self.no_variant(local, ty);
            return PatternKind::Bind(local);
        }
        let earlier = self.locals[local].ty.clone();
        match self.fits(ty, &earlier, span) {
            true => PatternKind::Bind(local),
            false => PatternKind::Error,
        }
    }

    /// A variable that has the name of a variant would take every value, also those of the others.
    fn no_variant(&mut self, local: LocalId, ty: &Ty) {
        let Ty::Enum(id, _) = self.infer.shallow(ty) else { return };
        let name = &self.locals[local].name;
        if self.items.variants[id].contains_key(name.text.as_str()) {
            let of = &self.items.hir.enums[id].name.text;
            self.d.push(errors::binds_variant(name, of));
        }
    }

    fn value_pattern(&mut self, value: &hir::Expr, ty: &Ty) -> PatternKind {
        match self.pattern_value(value, ty) {
            Some(value) => PatternKind::Value(value),
            None => PatternKind::Error,
        }
    }

    fn pattern_value(&mut self, value: &hir::Expr, ty: &Ty) -> Option<Value> {
        let typed = self.check(value, ty);
        match typed.kind {
            _ if typed.ty.is_error() => None,
            ExprKind::Value(value) => Some(value),
            ExprKind::Const(id) => self.items.constants[id].value.clone(),
            _ => None,
        }
    }

    fn range_pattern(
        &mut self,
        start: Option<&hir::Expr>,
        end: Option<&hir::Expr>,
        inclusive: bool,
        ty: &Ty,
        span: Span,
    ) -> PatternKind {
        if !self.infer.is_int(ty) {
            self.unfit("a range of integers", ty, span);
            return PatternKind::Error;
        }
        let mut ends = Vec::with_capacity(2);
        for end in [start, end] {
            ends.push(match end.map(|end| self.pattern_value(end, ty)) {
                None => None,
                Some(Some(Value::Int(value))) => Some(value),
                Some(_) => return PatternKind::Error,
            });
        }
        let end = ends.pop().flatten();
        PatternKind::Range { start: ends.pop().flatten(), end, inclusive }
    }

    fn case_pattern(
        &mut self,
        case: Case,
        args: &[hir::PatternArg],
        ty: &Ty,
        again: bool,
        span: Span,
    ) -> PatternKind {
        let types = match (case, ty) {
            (Case::Some, Ty::Option(of)) | (Case::Ok, Ty::Result(of, _)) => vec![(**of).clone()],
            (Case::Err, Ty::Result(_, of)) => vec![(**of).clone()],
            (Case::None, Ty::Option(_)) => Vec::new(),
            _ => {
                self.unfit(&format!("`{}`", case.name()), ty, span);
                return self.bad_parts(args.iter().map(|arg| &arg.pattern));
            }
        };
        let parts = Parts { what: format!("`{}`", case.name()), names: Vec::new(), types };
        PatternKind::Case(case, self.parts(args, parts, again, span))
    }

    fn struct_pattern(
        &mut self,
        id: StructId,
        of: &Ty,
        fields: &[(Name, hir::Pattern)],
        rest: bool,
        again: bool,
        span: Span,
    ) -> PatternKind {
        let items = self.items;
        let def = &items.structs[id];
        let mut found: Vec<Option<Pattern>> = vec![None; def.fields.len()];
        for (name, pattern) in fields {
            let Some((_, field, ty)) = self.struct_field(of, name) else {
                self.bad_parts(std::iter::once(pattern));
                continue;
            };
            let typed = self.pattern(pattern, &ty, again);
            if found[field.index()].replace(typed).is_some() {
                self.wrong_parts(format!("`{}` is given twice", name.text), name.span);
            }
        }
        let names = def.fields.values().map(|field| &field.name).collect();
        let with = self.args_of(of);
        let types = def.fields.values().map(|field| field.ty.substitute(&with)).collect();
        let parts = Parts { what: format!("`{}`", def.name.text), names, types };
        // An unknown field has been reported; what it leaves open need not be.
        let rest = rest || fields.len() > found.iter().flatten().count();
        PatternKind::Struct(id, self.fill(found, &parts, rest, span))
    }

    /// One pattern for each part of a payload or tuple.
    fn parts(
        &mut self,
        args: &[hir::PatternArg],
        parts: Parts<'_>,
        again: bool,
        span: Span,
    ) -> Vec<Pattern> {
        let is_rest = |arg: &hir::PatternArg| matches!(arg.pattern.kind, hir::PatternKind::Rest);
        let rest = args.iter().position(is_rest);
        let count = parts.types.len();
        let mut found: Vec<Option<Pattern>> = vec![None; count];
        for (index, arg) in args.iter().enumerate().filter(|(index, _)| Some(*index) != rest) {
            let place = match (&arg.name, rest) {
                (Some(name), _) => parts.names.iter().position(|known| known.text == name.text),
                (None, Some(rest)) if index > rest => (count + index).checked_sub(args.len()),
                (None, _) => Some(index),
            };
            let free = place.filter(|at| found.get(*at).is_some_and(Option::is_none));
            let Some(at) = free else {
                let holds = match count {
                    0 => "nothing".to_owned(),
                    1 => "1 part".to_owned(),
                    n => format!("{n} parts"),
                };
                let message = format!("{} holds {holds}, and this is no other one", parts.what);
                self.wrong_parts(message, arg.pattern.span);
                self.bad_parts(std::iter::once(&arg.pattern));
                return vec![wildcard(&Ty::Error, span); count];
            };
            found[at] = Some(self.pattern(&arg.pattern, &parts.types[at], again));
        }
        self.fill(found, &parts, rest.is_some(), span)
    }

    /// The parts, with `_` for those that `..` stands for.
    fn fill(
        &mut self,
        found: Vec<Option<Pattern>>,
        parts: &Parts<'_>,
        rest: bool,
        span: Span,
    ) -> Vec<Pattern> {
        let missing: Vec<String> = (0..found.len())
            .filter(|at| found[*at].is_none() && !rest)
            .map(|at| match parts.names.get(at) {
                Some(name) => format!("`{}`", name.text),
                None => format!("part {at}"),
            })
            .collect();
        if !missing.is_empty() {
            let message = format!("{} also holds {}", parts.what, missing.join(", "));
            self.wrong_parts(message, span);
        }
        let all = found.into_iter().zip(&parts.types);
        all.map(|(found, ty)| found.unwrap_or_else(|| wildcard(ty, span))).collect()
    }

    fn wrong_parts(&mut self, message: String, span: Span) {
        let diagnostic = Diagnostic::new(codes::WRONG_ARGUMENTS, span, message);
        self.d
            .push(diagnostic.help("write `_` for a part that does not matter, `..` for the rest"));
    }

    /// The patterns under one that does not fit: their variables are known and mean nothing.
    fn bad_parts<'p>(&mut self, parts: impl Iterator<Item = &'p hir::Pattern>) -> PatternKind {
        for part in parts {
            self.muted(|cx| cx.pattern(part, &Ty::Error, false));
        }
        PatternKind::Error
    }

    /// Whether a pattern of a type fits values of another; reports it if not.
    fn fits(&mut self, pattern: &Ty, value: &Ty, span: Span) -> bool {
        if self.infer.unify(pattern, value) {
            return !self.infer.shallow(value).is_error();
        }
        let text = self.show(pattern);
        self.unfit(&text, value, span);
        false
    }

    fn unfit(&mut self, pattern: &str, value: &Ty, span: Span) {
        if !self.infer.shallow(value).is_error() {
            let text = self.show(value);
            let message = format!("this pattern is for {pattern}, and the value is {text}");
            self.d.push(Diagnostic::new(codes::TYPE_MISMATCH, span, message));
        }
    }
}

/// Whether a pattern speaks of an `Option` or `Result` itself, not of its content.
fn names_case(pattern: &hir::Pattern) -> bool {
    match &pattern.kind {
        hir::PatternKind::Case(..) => true,
        hir::PatternKind::Or(all) => all.iter().any(names_case),
        _ => false,
    }
}

fn wildcard(ty: &Ty, span: Span) -> Pattern {
    Pattern { kind: PatternKind::Wildcard, ty: ty.clone(), span }
}
