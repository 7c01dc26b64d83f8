//! What patterns name.
//!
//! In: a pattern and the type of what it is held against. Out: the occurrences in it.

use deed_compiler::arena::{EnumId, LocalId, StructId};
use deed_compiler::hir::{Pattern, PatternArg, PatternKind};
use deed_compiler::thir::{Case, Name};
use deed_compiler::ty::Ty;

use super::walk::Walk;
use super::{Role, Symbol};

impl Walk<'_, '_> {
    pub(super) fn pattern(&mut self, pattern: &Pattern, ty: Option<&Ty>) {
        match &pattern.kind {
            PatternKind::Bind(local) => self.binding(*local, pattern),
            PatternKind::Value(value) => self.expr(value),
            PatternKind::Range { start, end, .. } => {
                start.iter().chain(end).for_each(|end| self.expr(end));
            }
            PatternKind::Case(case, args) => {
                let inner = match (case, ty) {
                    (Case::Some, Some(Ty::Option(of))) => Some(&**of),
                    (Case::Ok, Some(Ty::Result(ok, _))) => Some(&**ok),
                    (Case::Err, Some(Ty::Result(_, err))) => Some(&**err),
                    _ => None,
                };
                args.iter().for_each(|arg| self.pattern(&arg.pattern, inner));
            }
            PatternKind::Variant { of, name, args } => {
                let id = of.or(match ty {
                    Some(Ty::Enum(id, _)) => Some(*id),
                    _ => None,
                });
                self.variant_name(*of, id, name, pattern.span);
                self.payload(id, name, args.as_deref().unwrap_or_default());
            }
            PatternKind::Struct { id, fields, .. } => self.record(*id, fields, pattern),
            PatternKind::Tuple(parts) => {
                let types: &[Ty] = match ty {
                    Some(Ty::Tuple(types)) => types,
                    _ => &[],
                };
                // `..` may stand for any number of parts; behind it none is known by its place.
                let rest = |arg: &PatternArg| matches!(arg.pattern.kind, PatternKind::Rest);
                let known = parts.iter().position(rest).unwrap_or(parts.len());
                for (at, part) in parts.iter().enumerate() {
                    self.pattern(&part.pattern, types.get(at).filter(|_| at < known));
                }
            }
            PatternKind::Or(alternatives) => {
                alternatives.iter().for_each(|one| self.pattern(one, ty));
            }
            PatternKind::Array(parts) => {
                let of = match ty {
                    Some(Ty::Array(of, _) | Ty::Vec(of)) => Some(&**of),
                    _ => None,
                };
                parts.iter().for_each(|part| self.pattern(part, of));
            }
            PatternKind::Wildcard
            | PatternKind::Rest
            | PatternKind::RestBind(_)
            | PatternKind::Error => {}
        }
    }

    /// A variable is declared by the first alternative; the others name it again.
    fn binding(&mut self, local: LocalId, pattern: &Pattern) {
        let Some(owner) = self.owner else { return };
        let symbol = Symbol::Local(owner, local);
        if !self.builder.declares(owner, local, pattern.span) {
            self.builder.add(pattern.span, symbol, Role::Read);
        }
    }

    /// The parts of a variant's payload.
    fn payload(&mut self, id: Option<EnumId>, name: &Name, args: &[PatternArg]) {
        let variant = id.and_then(|id| {
            let mut variants = self.builder.types.thir.enums[id].variants.values();
            variants.find(|variant| variant.name.text == name.text)
        });
        for (at, arg) in args.iter().enumerate() {
            let field = variant.and_then(|variant| match &arg.name {
                Some(name) => variant.fields.iter().find(|f| f.name.text == name.text),
                None => variant.fields.get(at),
            });
            self.pattern(&arg.pattern, field.map(|field| &field.ty));
        }
    }

    /// `Point { x, y: 0, .. }`
    fn record(&mut self, id: StructId, fields: &[(Name, Pattern)], pattern: &Pattern) {
        self.struct_name(id, pattern.span);
        for (name, part) in fields {
            if let Some(field) = self.field(id, &name.text) {
                self.label(name.span, part.span, field);
            }
            let mut known = self.builder.types.thir.structs[id].fields.values();
            let ty = known.find(|field| field.name.text == name.text).map(|field| &field.ty);
            self.pattern(part, ty);
        }
    }
}
