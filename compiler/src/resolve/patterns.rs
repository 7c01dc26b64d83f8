//! Patterns: which names bind, and what the others mean.
//!
//! Holds always: a bare name binds unless it is a constant or one of `Some None Ok Err`; every
//! alternative of an `A | B` binds what the first one does, or that is reported.

use deed_base::{Diagnostic, Span, catalogue as codes};
use deed_syntax::ast::{self, Ident, LiteralPattern, PatternKind as Ast};

use super::body::Cx;
use super::errors::{duplicate, unknown, wrong_kind};
use super::expr::int_literal;
use super::items::name;
use super::scope::Def;
use crate::arena::{EnumId, LocalId, StructId};
use crate::hir::{Arm, Expr, ExprKind, Pattern, PatternArg, PatternKind, StrPart};
use crate::thir::Case;

/// What a pattern has bound so far.
struct Binds {
    mutable: bool,
    bound: Vec<LocalId>,
    /// What the first of the alternatives around bound.
    first: Option<Vec<LocalId>>,
}

impl Cx<'_, '_> {
    /// A pattern, whose variables are visible from here to the end of the block.
    pub(super) fn pattern(&mut self, pattern: &ast::Pattern, mutable: bool) -> Pattern {
        let mut binds = Binds { mutable, bound: Vec::new(), first: None };
        self.pattern_in(pattern, &mut binds)
    }

    pub(super) fn arm(&mut self, arm: &ast::Arm) -> Arm {
        self.scoped(|cx| {
            let pattern = cx.pattern(&arm.pattern, false);
            let guard = arm.guard.as_ref().map(|guard| cx.expr(guard));
            Arm { pattern, guard, body: cx.expr(&arm.body), span: arm.span }
        })
    }

    fn pattern_in(&mut self, pattern: &ast::Pattern, binds: &mut Binds) -> Pattern {
        let span = pattern.span;
        let kind = match &pattern.kind {
            Ast::Wildcard => PatternKind::Wildcard,
            Ast::Name(ident) => self.name_pattern(ident, span, binds),
            Ast::Path(path) => self.path_pattern(path, None),
            Ast::Implicit(ident) => {
                PatternKind::Variant { of: None, name: name(ident), args: None }
            }
            Ast::Call { path, args } => {
                let args = self.pattern_args(args, binds);
                self.path_pattern(path, Some(args))
            }
            Ast::ImplicitCall { name: ident, args } => {
                let args = Some(self.pattern_args(args, binds));
                PatternKind::Variant { of: None, name: name(ident), args }
            }
            Ast::Struct { path, fields, rest } => {
                self.struct_pattern(path, fields, *rest, span, binds)
            }
            Ast::Tuple(parts) => PatternKind::Tuple(
                parts.iter().map(|part| unnamed(self.pattern_in(part, binds))).collect(),
            ),
            Ast::Rest(None) => PatternKind::Rest,
            Ast::Rest(Some(ident)) => PatternKind::RestBind(self.bind(ident, binds)),
            Ast::Array(parts) => {
                PatternKind::Array(parts.iter().map(|part| self.pattern_in(part, binds)).collect())
            }
            Ast::Literal(literal) => match self.literal(literal, span) {
                Some(value) => PatternKind::Value(Box::new(value)),
                None => PatternKind::Error,
            },
            Ast::Range { start, end, inclusive } => PatternKind::Range {
                start: start.as_ref().and_then(|s| self.literal(s, span)).map(Box::new),
                end: end.as_ref().and_then(|e| self.literal(e, span)).map(Box::new),
                inclusive: *inclusive,
            },
            Ast::Or(alternatives) => self.alternatives(alternatives, binds),
        };
        Pattern { kind, span }
    }

    fn name_pattern(&mut self, ident: &Ident, span: Span, binds: &mut Binds) -> PatternKind {
        if let Some(case) = Case::from_name(ident.as_str()) {
            return PatternKind::Case(case, Vec::new());
        }
        if self.local(ident.as_str()).is_none()
            && let Some(Def::Const(id)) = self.find(ident.as_str()).map(|entry| &entry.def)
        {
            return PatternKind::Value(Box::new(Expr { kind: ExprKind::Const(*id), span }));
        }
        PatternKind::Bind(self.bind(ident, binds))
    }

    fn bind(&mut self, ident: &Ident, binds: &mut Binds) -> LocalId {
        let named = |cx: &Self, ids: &[LocalId]| {
            ids.iter().copied().find(|id| cx.named(*id) == ident.as_str())
        };
        let again = binds.first.as_ref().and_then(|first| named(self, first));
        let id = match (again, &binds.first) {
            (Some(id), _) => {
                if let Some(earlier) = named(self, &binds.bound) {
                    let earlier = self.declared_at(earlier);
                    self.d.push(duplicate(ident, earlier));
                }
                id
            }
            (None, Some(_)) => {
                self.d.push(unequal(ident.as_str(), ident.span));
                self.declare(ident, binds.mutable, false)
            }
            (None, None) => self.declare(ident, binds.mutable, false),
        };
        binds.bound.push(id);
        id
    }

    /// `A | B`
    fn alternatives(&mut self, all: &[ast::Pattern], binds: &mut Binds) -> PatternKind {
        let mut patterns = Vec::with_capacity(all.len());
        let mut first: Option<Vec<LocalId>> = None;
        for alternative in all {
            let expected = first.clone().or_else(|| binds.first.clone());
            let mut own = Binds { mutable: binds.mutable, bound: Vec::new(), first: expected };
            patterns.push(self.pattern_in(alternative, &mut own));
            let Some(first) = &first else {
                first = Some(own.bound);
                continue;
            };
            for missing in first.iter().filter(|id| !own.bound.contains(id)) {
                let word = self.named(*missing).to_owned();
                self.d.push(unequal(&word, alternative.span));
            }
        }
        binds.bound.extend(first.unwrap_or_default());
        PatternKind::Or(patterns)
    }

    /// `Status.Live`, `Some(p)`, `Status.Pledged(p)`
    fn path_pattern(&mut self, path: &ast::Path, args: Option<Vec<PatternArg>>) -> PatternKind {
        match path.segments.as_slice() {
            [one] => match Case::from_name(one.as_str()) {
                Some(case) => PatternKind::Case(case, args.unwrap_or_default()),
                None => {
                    let found = self.find(one.as_str()).map(|entry| entry.def.clone());
                    self.no_pattern(one, found, "a variant, as in `Status.Live`,");
                    PatternKind::Error
                }
            },
            [of, variant] => match self.enum_named(of) {
                Some(id) => PatternKind::Variant { of: Some(id), name: name(variant), args },
                None => PatternKind::Error,
            },
            [of @ .., variant] => match self.item_of(of) {
                Some(Def::Enum(id)) => {
                    PatternKind::Variant { of: Some(id), name: name(variant), args }
                }
                found => {
                    let ident = of.last().unwrap_or(variant);
                    self.no_pattern(ident, found.or(Some(Def::NotYet)), "an enum");
                    PatternKind::Error
                }
            },
            [] => PatternKind::Error,
        }
    }

    fn enum_named(&mut self, ident: &Ident) -> Option<EnumId> {
        match self.find(ident.as_str()).map(|entry| entry.def.clone()) {
            Some(Def::Enum(id)) => Some(id),
            found => {
                self.no_pattern(ident, found, "an enum");
                None
            }
        }
    }

    /// Reports a name that opens no pattern.
    fn no_pattern(&mut self, ident: &Ident, found: Option<Def>, wanted: &str) {
        match found {
            Some(Def::NotYet) => {}
            Some(def) => self.d.push(wrong_kind(ident, def.noun(), wanted)),
            None if ident.is_missing() => {}
            None => {
                let words = self.tables.modules[self.module].words();
                self.d.push(unknown(ident, "type", words));
            }
        }
    }

    fn pattern_args(&mut self, args: &[ast::PatternArg], binds: &mut Binds) -> Vec<PatternArg> {
        let arg = |arg: &ast::PatternArg| PatternArg {
            name: arg.name.as_ref().map(name),
            pattern: self.pattern_in(&arg.pattern, binds),
        };
        args.iter().map(arg).collect()
    }

    /// `Point { x, .. }`, or `Status.Pledged { to, .. }` for a payload with names.
    fn struct_pattern(
        &mut self,
        path: &ast::Path,
        fields: &[ast::FieldPattern],
        rest: bool,
        span: Span,
        binds: &mut Binds,
    ) -> PatternKind {
        let mut parts = Vec::with_capacity(fields.len());
        for field in fields {
            parts.push((name(&field.name), self.pattern_in(&field.pattern, binds)));
        }
        let Some(ident) = path.as_single() else {
            if let Some(id) = self.struct_of(path) {
                return PatternKind::Struct { id, fields: parts, rest };
            }
            let named = parts.into_iter();
            let named = named.map(|(name, pattern)| PatternArg { name: Some(name), pattern });
            let rest = rest.then(|| unnamed(Pattern { kind: PatternKind::Rest, span }));
            return self.path_pattern(path, Some(rest.into_iter().chain(named).collect()));
        };
        match self.find(ident.as_str()).map(|entry| entry.def.clone()) {
            Some(Def::Struct(id)) => PatternKind::Struct { id, fields: parts, rest },
            found => {
                self.no_pattern(ident, found, "a struct");
                PatternKind::Error
            }
        }
    }

    /// The struct of another module that a path names.
    fn struct_of(&self, path: &ast::Path) -> Option<StructId> {
        let (item, module) = path.segments.split_last()?;
        let module = module.iter().map(Ident::as_str).collect::<Vec<_>>().join(".");
        let id = self.tables.paths.get(&module)?;
        match self.tables.modules[*id].get(item.as_str())?.def {
            Def::Struct(found) if self.tables.modules[*id].get(item.as_str())?.public => {
                Some(found)
            }
            _ => None,
        }
    }

    /// A literal or the name of a constant; `None` where a message was given.
    fn literal(&mut self, literal: &LiteralPattern, span: Span) -> Option<Expr> {
        let kind = match literal {
            LiteralPattern::Int { negative, value } => {
                let mut value = int_literal(value);
                if *negative {
                    value.value = -value.value;
                }
                ExprKind::Int(value)
            }
            LiteralPattern::Bool(value) => ExprKind::Bool(*value),
            LiteralPattern::Str(text) => ExprKind::Str(vec![StrPart::Text(text.clone())]),
            LiteralPattern::Bytes(bytes) => ExprKind::Bytes(bytes.clone()),
            LiteralPattern::Path(path) => {
                let ident = path.as_single()?;
                let found = self.find(ident.as_str()).map(|entry| entry.def.clone());
                match found {
                    Some(Def::Const(id)) => ExprKind::Const(id),
                    found => {
                        self.no_pattern(ident, found, "a constant");
                        return None;
                    }
                }
            }
        };
        Some(Expr { kind, span })
    }
}

fn unnamed(pattern: Pattern) -> PatternArg {
    PatternArg { name: None, pattern }
}

fn unequal(word: &str, span: Span) -> Diagnostic {
    let message = format!("`{word}` is not bound by every alternative of this pattern");
    Diagnostic::new(codes::UNEQUAL_ALTERNATIVES, span, message)
        .help("bind the same names on both sides of `|`, or none")
}
