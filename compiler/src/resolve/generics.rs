//! Type parameters, bounds, and what `Self` and `self` mean.
//!
//! Holds always: the parameters of an owner come before a function's own; a bound is a trait with
//! as many arguments as it takes.

use deed_base::{Diagnostic, Span, Word, catalogue as codes};
use deed_syntax::ast::{self, GenericParamKind};

use super::body::Cx;
use super::errors::{bad_const_param, hides, unknown, wrong_kind};
use super::items::name;
use super::scope::Def;
use super::types::is_builtin;
use crate::arena::{Arena, TypeParamId};
use crate::hir::{TraitRef, Type, TypeKind, TypeParam};
use crate::thir::{FnOwner, Name, ParamMode};
use crate::ty::{IntTy, Ty};

type Params = Arena<TypeParamId, TypeParam>;

/// A type parameter that is known by its name.
pub(super) struct Generic {
    word: Word,
    pub(super) id: TypeParamId,
    /// Of what type it is, where it is a `const` parameter.
    pub(super) number: Option<IntTy>,
}

impl Cx<'_, '_> {
    /// Makes the type parameters of an owner known again.
    pub(super) fn enter(&mut self, ids: &[TypeParamId], params: &Params) {
        for id in ids {
            let TypeParam { name, number, .. } = &params[*id];
            self.generics.push(Generic { word: name.text.clone(), id: *id, number: *number });
        }
    }

    /// Declares type parameters with their bounds.
    pub(super) fn generics(
        &mut self,
        generics: &ast::Generics,
        params: &mut Params,
    ) -> Vec<TypeParamId> {
        self.distinct(generics.params.iter().map(|param| &param.name));
        let mut ids = Vec::with_capacity(generics.params.len());
        generics.params.iter().for_each(|param| self.check_type_name(&param.name));
        for param in &generics.params {
            let (linear, number) = match &param.kind {
                GenericParamKind::Type { linear, .. } => (*linear, None),
                GenericParamKind::Const { ty } => (false, Some(self.number_type(ty))),
            };
            let name = name(&param.name);
            let word = name.text.clone();
            let id = params.push(TypeParam { name, linear, number, bounds: Vec::new() });
            self.generics.push(Generic { word, id, number });
            ids.push(id);
        }
        for (param, id) in generics.params.iter().zip(&ids) {
            if let GenericParamKind::Type { bounds, .. } = &param.kind {
                params[*id].bounds = self.bounds(bounds);
            }
        }
        for clause in &generics.where_clause {
            let bounds = self.bounds(&clause.bounds);
            match self.ty(&clause.ty).kind {
                TypeKind::Known(Ty::Param(id)) => params[id].bounds.extend(bounds),
                TypeKind::Error => {}
                _ => {
                    let message = "a `where` speaks of a type parameter, and this is another type";
                    let diagnostic = Diagnostic::new(codes::BAD_BOUND, clause.ty.span, message);
                    self.d
                        .push(diagnostic.help("write the parameter's name, as in `where T: Show`"));
                }
            }
        }
        ids
    }

    /// The type of a `const` parameter.
    fn number_type(&mut self, ty: &ast::Type) -> IntTy {
        let found = self.ty(ty);
        match found.kind {
            TypeKind::Known(Ty::Int(int)) if IntTy::U64.holds_all_of(int) => return int,
            TypeKind::Error => {}
            _ => self.d.push(bad_const_param(ty.span)),
        }
        IntTy::U64
    }

    /// A type parameter may not have a name that means something already.
    fn check_type_name(&mut self, ident: &ast::Ident) {
        let word = ident.as_str();
        if is_builtin(word) {
            self.d.push(hides(ident, "a word of the language", None));
        } else if self.generic(word).is_some() {
            self.d.push(hides(ident, "a type parameter", None));
        } else if let Some(entry) = self.find(word) {
            let (noun, span) = (entry.def.noun(), entry.span);
            self.d.push(hides(ident, noun, Some(span)));
        }
    }

    fn bounds(&mut self, paths: &[ast::TypePath]) -> Vec<TraitRef> {
        paths.iter().filter_map(|path| self.trait_ref(path)).collect()
    }

    /// The trait that a path names; `None` if it names none, which was reported.
    pub(super) fn trait_ref(&mut self, path: &ast::TypePath) -> Option<TraitRef> {
        let args: Vec<Type> = path.args.iter().map(|arg| self.item_arg(arg)).collect();
        let ident = path.path.last()?;
        let found = match path.path.as_single() {
            Some(ident) => self.find(ident.as_str()).map(|entry| entry.def.clone()),
            None => Some(self.item_of(&path.path.segments)?),
        };
        let id = match found {
            Some(Def::Trait(id)) => id,
            Some(Def::NotYet) => return None,
            Some(def) => {
                self.d.push(wrong_kind(ident, def.noun(), "a trait"));
                return None;
            }
            None if is_builtin(ident.as_str()) => {
                self.d.push(wrong_kind(ident, "a type", "a trait"));
                return None;
            }
            None => {
                let words = self.tables.modules[self.module].words();
                let words = words.chain(self.tables.prelude.words());
                self.d.push(unknown(ident, "trait", words));
                return None;
            }
        };
        let takes = self.tables.trait_params[id];
        if takes != args.len() {
            let message =
                format!("trait `{ident}` takes {takes} types, and {} are given", args.len());
            self.d.push(Diagnostic::new(codes::TYPE_ARGUMENTS, path.span, message));
            return None;
        }
        Some(TraitRef { id, args, span: path.span })
    }

    /// The type parameter or `const` parameter of a name.
    pub(super) fn generic(&self, word: &str) -> Option<&Generic> {
        self.generics.iter().rev().find(|generic| generic.word == word)
    }

    /// The `const` parameter of a name.
    pub(super) fn const_param(&self, word: &str) -> Option<TypeParamId> {
        self.generic(word).filter(|generic| generic.number.is_some()).map(|generic| generic.id)
    }

    /// The `self` of a method, as its first parameter.
    pub(super) fn receiver(
        &mut self,
        receiver: &ast::Receiver,
        owner: FnOwner,
    ) -> Option<crate::hir::Param> {
        let Some(ty) = self.self_ty.clone() else {
            if matches!(owner, FnOwner::Free) {
                let message = "`self` is a value of a type, and this function belongs to none";
                let diagnostic = Diagnostic::new(codes::OUTSIDE_CONTRACT, receiver.span, message);
                self.d.push(diagnostic.help("declare it in the body of the type, or in an `impl`"));
            }
            return None;
        };
        let mode = mode(receiver.mode);
        let local = self.declare_self(receiver.span);
        Some(crate::hir::Param { local, mode, ty: Type { kind: ty.kind, span: receiver.span } })
    }
}

pub(super) fn mode(mode: ast::ParamMode) -> ParamMode {
    match mode {
        ast::ParamMode::View => ParamMode::View,
        ast::ParamMode::Inout => ParamMode::Inout,
        ast::ParamMode::Take => ParamMode::Take,
    }
}

/// A type parameter as a type.
pub(super) fn param_ty(id: TypeParamId, span: Span) -> Type {
    Type { kind: TypeKind::Known(Ty::Param(id)), span }
}

/// The `Self` of a trait.
pub(super) fn self_param(params: &mut Params, span: Span) -> TypeParamId {
    let name = Name { text: "Self".into(), span };
    params.push(TypeParam { name, linear: false, number: None, bounds: Vec::new() })
}
