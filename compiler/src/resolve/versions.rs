//! Types by more than one word: `C.Event`, `C.v1`, `Receivable.v1`.
//!
//! The schema of an earlier version is a module: of contract `C` in module `m`, version 1, it is
//! `m.C.v1`, made by `deed build` and committed. Its struct `State` is what `C.v1` means; the types
//! that the state held then stand beside it under their own names.

use deed_base::{Diagnostic, Span, catalogue as codes};
use deed_syntax::ast;

use super::body::Cx;
use super::scope::Def;
use crate::arena::ModuleId;
use crate::hir::{RecordOf, TypeKind};
use crate::ty::Ty;

impl Cx<'_, '_> {
    /// A type that the index gives.
    pub(super) fn record(&mut self, of: RecordOf) -> TypeKind {
        self.tables.records.borrow_mut().insert(of);
        TypeKind::Record(of)
    }

    /// `C.Event`, or a type as an earlier version declared it; `None` if the path is neither.
    pub(super) fn record_or_version(&mut self, path: &ast::TypePath) -> Option<TypeKind> {
        let [item, word] = path.path.segments.as_slice() else { return None };
        let def = self.find(item.as_str()).map(|entry| entry.def.clone())?;
        if let (Def::Contract(id), "Event") = (&def, word.as_str()) {
            return Some(self.record(RecordOf::Contract(*id)));
        }
        let digits = word.as_str().strip_prefix('v')?;
        let version: u64 = digits.parse().ok()?;
        Some(match def {
            Def::Contract(_) => {
                let found = self.schema(item.as_str(), version);
                self.earlier(found, "State", item.as_str(), version, path.span)
            }
            Def::Struct(_) | Def::Enum(_) => {
                let found = self.schema_with(item.as_str(), version);
                self.earlier(found, item.as_str(), item.as_str(), version, path.span)
            }
            _ => return None,
        })
    }

    /// The schema of a version of a contract of this module.
    fn schema(&self, contract: &str, version: u64) -> Option<ModuleId> {
        let here = self.tables.path_of.get(&self.module)?;
        self.tables.paths.get(&format!("{here}.{contract}.v{version}")).copied()
    }

    /// The schema of a version of some contract of this module that has a type.
    fn schema_with(&self, name: &str, version: u64) -> Option<ModuleId> {
        let here = self.tables.path_of.get(&self.module)?;
        let (start, end) = (format!("{here}."), format!(".v{version}"));
        let schemas = self.tables.paths.iter().filter(|(path, _)| {
            path.strip_prefix(&start).and_then(|path| path.strip_suffix(&end)).is_some()
        });
        let having = schemas.filter(|(_, id)| self.tables.modules[**id].get(name).is_some());
        having.min_by_key(|(path, _)| path.as_str()).map(|(_, id)| *id)
    }

    fn earlier(
        &mut self,
        schema: Option<ModuleId>,
        name: &str,
        of: &str,
        version: u64,
        span: Span,
    ) -> TypeKind {
        let def = schema.and_then(|id| self.tables.modules[id].get(name));
        match def.map(|entry| &entry.def) {
            Some(Def::Struct(id)) => TypeKind::Known(Ty::Struct(*id, Vec::new())),
            Some(Def::Enum(id)) => TypeKind::Known(Ty::Enum(*id, Vec::new())),
            _ => {
                let message = format!("there is no schema of version {version} of `{of}` here");
                let diagnostic = Diagnostic::new(codes::MIGRATION, span, message);
                self.d.push(diagnostic.help(
                    "add a module named like `m.C.v1` with that state as `pub struct State`",
                ));
                TypeKind::Error
            }
        }
    }
}
