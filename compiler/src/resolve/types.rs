//! Names of types.

use deed_base::{Diagnostic, Span, catalogue as codes};
use deed_syntax::ast::{self, GenericArg, GenericArgKind};

use super::body::Cx;
use super::errors::{unknown, wrong_kind};
use super::generics::{mode, param_ty};
use super::scope::Def;
use crate::arena::{EnumId, StructId, TypeParamId};
use crate::hir::{Expr, ExprKind, RecordOf, Type, TypeKind};
use crate::ty::{IntTy, Ty};

/// The names of types without arguments that every module knows.
const PLAIN: [(&str, Ty); 10] = [
    ("bool", Ty::Bool),
    ("string", Ty::String),
    ("bytes", Ty::Bytes),
    ("Address", Ty::Address),
    ("Hash", Ty::Hash),
    ("Time", Ty::Time),
    ("Duration", Ty::Duration),
    ("Date", Ty::Date),
    ("int", Ty::SpecInt),
    ("Failure", Ty::Failure),
];

/// The names of types with arguments, and how many they take.
const WITH_ARGS: [(&str, usize); 6] =
    [("Map", 2), ("Set", 1), ("Vec", 1), ("Option", 1), ("Result", 2), ("Table", 1)];

/// Whether a name is one of the language's own types.
pub(super) fn is_builtin(name: &str) -> bool {
    IntTy::from_name(name).is_some()
        || PLAIN.iter().any(|(word, _)| *word == name)
        || WITH_ARGS.iter().any(|(word, _)| *word == name)
}

impl Cx<'_, '_> {
    pub(super) fn ty(&mut self, ty: &ast::Type) -> Type {
        let kind = match &ty.kind {
            ast::TypeKind::Path(path) => self.type_path(path),
            ast::TypeKind::Tuple(parts) if parts.is_empty() => TypeKind::Known(Ty::Unit),
            ast::TypeKind::Tuple(parts) => {
                TypeKind::Tuple(parts.iter().map(|part| self.ty(part)).collect())
            }
            ast::TypeKind::Array { element, len } => {
                TypeKind::Array(Box::new(self.ty(element)), Box::new(self.expr(len)))
            }
            ast::TypeKind::Fn { params, result } => TypeKind::Fn {
                params: params.iter().map(|p| (mode(p.mode), self.ty(&p.ty))).collect(),
                result: result.as_ref().map(|ty| Box::new(self.ty(ty))),
            },
            ast::TypeKind::Infer => TypeKind::Infer,
            ast::TypeKind::Invalid => TypeKind::Error,
        };
        Type { kind, span: ty.span }
    }

    fn type_path(&mut self, path: &ast::TypePath) -> TypeKind {
        let Some(name) = path.path.as_single() else {
            if let Some(asset) = self.info_of(&path.path.segments) {
                return TypeKind::Info(asset);
            }
            if let Some(kind) = self.record_or_version(path) {
                return kind;
            }
            let def = self.item_of(&path.path.segments);
            let Some(name) = path.path.last() else { return TypeKind::Error };
            return def.map_or(TypeKind::Error, |def| self.type_of(def, name, path));
        };
        let word = name.as_str();
        if let Some(kind) = self.own_type(name) {
            if !path.args.is_empty() {
                self.wrong_count(path, word, 0);
            }
            return kind;
        }
        if let Some((_, count)) = WITH_ARGS.iter().find(|(known, _)| *known == word) {
            return self.with_args(path, word, *count);
        }
        let plain = PLAIN.iter().find(|(known, _)| *known == word).map(|(_, ty)| ty.clone());
        if let Some(ty) = IntTy::from_name(word).map(Ty::Int).or(plain) {
            if !path.args.is_empty() {
                self.wrong_count(path, word, 0);
            }
            return TypeKind::Known(ty);
        }
        match self.find(word).map(|entry| entry.def.clone()) {
            Some(def) => self.type_of(def, name, path),
            None => {
                self.unknown_type(name);
                TypeKind::Error
            }
        }
    }

    /// The type that an item is.
    fn type_of(&mut self, def: Def, name: &ast::Ident, path: &ast::TypePath) -> TypeKind {
        match def {
            Def::Contract(id) => TypeKind::Known(Ty::Contract(id)),
            Def::Interface(id) => TypeKind::Known(Ty::Interface(id)),
            Def::Struct(id) => {
                let Some(args) = self.item_args(path, self.tables.struct_params[id]) else {
                    return TypeKind::Error;
                };
                struct_kind(id, args)
            }
            Def::Enum(id) => {
                let Some(args) = self.item_args(path, self.tables.enum_params[id]) else {
                    return TypeKind::Error;
                };
                enum_kind(id, args)
            }
            Def::Event(id) => self.record(RecordOf::Event(id)),
            Def::NotYet => TypeKind::Error,
            def => {
                self.d.push(wrong_kind(name, def.noun(), "a type"));
                TypeKind::Error
            }
        }
    }

    /// `Self`, or a type parameter.
    fn own_type(&mut self, ident: &ast::Ident) -> Option<TypeKind> {
        if ident.as_str() == "Self" {
            return self.self_ty.as_ref().map(|ty| ty.kind.clone());
        }
        let (id, number) = self.generic(ident.as_str()).map(|it| (it.id, it.number))?;
        if number.is_some() {
            self.d.push(wrong_kind(ident, "a number", "a type"));
            return Some(TypeKind::Error);
        }
        Some(TypeKind::Known(Ty::Param(id)))
    }

    /// The arguments of a struct or enum; nothing where they are too many or too few.
    fn item_args(&mut self, path: &ast::TypePath, count: usize) -> Option<Vec<Type>> {
        if path.args.len() != count {
            self.wrong_count(path, path.path.as_single().map_or("", |name| name.as_str()), count);
            return None;
        }
        Some(path.args.iter().map(|arg| self.item_arg(arg)).collect())
    }

    /// The type that a word before a dot names, as in `Vec.new()`; what is not written of its
    /// arguments is inferred. `None` if it names no type.
    pub(super) fn type_before_dot(
        &mut self,
        ident: &ast::Ident,
        args: &[GenericArg],
        span: Span,
    ) -> Option<Type> {
        let word = ident.as_str();
        if self.local(word).is_some() {
            return None;
        }
        if let Some(kind) = self.own_type(ident) {
            return Some(Type { kind, span });
        }
        let def = self.find(word).map(|entry| entry.def.clone());
        let with_args = WITH_ARGS.iter().find(|(known, _)| *known == word).map(|(_, count)| *count);
        let count = match (&def, with_args) {
            (_, Some(count)) => count,
            (Some(Def::Struct(id)), _) => self.tables.struct_params[*id],
            (Some(Def::Enum(id)), _) => self.tables.enum_params[*id],
            (None, None) if is_builtin(word) => 0,
            _ => return None,
        };
        let path = ast::Path { segments: vec![ident.clone()], span: ident.span };
        let path = ast::TypePath { path, args: args.to_vec(), span };
        let kind = match args.is_empty() {
            false => self.type_path(&path),
            true => {
                let open = || Type { kind: TypeKind::Infer, span };
                let all = || (0..count).map(|_| open()).collect::<Vec<_>>();
                let boxed = || Box::new(open());
                match (&def, word) {
                    (Some(Def::Struct(id)), _) => struct_kind(*id, all()),
                    (Some(Def::Enum(id)), _) => enum_kind(*id, all()),
                    (_, "Map") => TypeKind::Map { key: boxed(), value: boxed(), default: None },
                    (_, "Result") => TypeKind::Result(boxed(), boxed()),
                    (_, "Set") => TypeKind::Set(boxed()),
                    (_, "Vec") => TypeKind::Vec(boxed()),
                    (_, "Option") => TypeKind::Option(boxed()),
                    _ => self.type_path(&path),
                }
            }
        };
        Some(Type { kind, span })
    }

    /// The asset `A` of the type `A.Info`.
    pub(super) fn info_of(&self, path: &[ast::Ident]) -> Option<StructId> {
        let [asset, info] = path else { return None };
        match self.find(asset.as_str()).map(|entry| &entry.def) {
            Some(Def::Struct(id)) if info.as_str() == "Info" && self.tables.assets.contains(id) => {
                Some(*id)
            }
            _ => None,
        }
    }

    fn unknown_type(&mut self, name: &ast::Ident) {
        if name.is_missing() {
            return;
        }
        let builtin = IntTy::ALL.iter().map(|ty| ty.name());
        let builtin = builtin.chain(PLAIN.iter().map(|(word, _)| *word));
        let builtin = builtin.chain(WITH_ARGS.iter().map(|(word, _)| *word));
        self.d.push(unknown(name, "type", builtin));
    }

    fn with_args(&mut self, path: &ast::TypePath, word: &str, count: usize) -> TypeKind {
        if path.args.len() != count {
            self.wrong_count(path, word, count);
            return TypeKind::Error;
        }
        let mut types = Vec::new();
        for arg in &path.args {
            types.push(Box::new(self.type_arg(arg)));
        }
        let default = path.args.last().and_then(|arg| arg.default.as_ref());
        if let Some(default) = default.filter(|_| word != "Map") {
            let message = format!("`default` says what a map reads; `{word}` has no default");
            self.d.push(Diagnostic::new(codes::TYPE_ARGUMENTS, default.span, message));
        }
        let default = default.map(|value| Box::new(self.expr(value)));
        let mut types = types.into_iter();
        match (word, types.next(), types.next()) {
            ("Map", Some(key), Some(value)) => TypeKind::Map { key, value, default },
            ("Result", Some(ok), Some(err)) => TypeKind::Result(ok, err),
            ("Set", Some(of), _) => TypeKind::Set(of),
            ("Vec", Some(of), _) => TypeKind::Vec(of),
            ("Table", Some(of), _) => TypeKind::Table(of),
            ("Option", Some(of), _) => TypeKind::Option(of),
            _ => TypeKind::Error,
        }
    }

    /// An argument of an item of the package: a type, or a number for a `const` parameter.
    pub(super) fn item_arg(&mut self, arg: &GenericArg) -> Type {
        let kind = match &arg.kind {
            GenericArgKind::Type(ty) => match self.number_named(ty) {
                Some(kind) => kind,
                None => return self.ty(ty),
            },
            GenericArgKind::Const(value) => TypeKind::Number(Box::new(self.expr(value))),
        };
        Type { kind, span: arg.span }
    }

    /// The `const` parameter or constant that a bare name means.
    fn number_named(&mut self, ty: &ast::Type) -> Option<TypeKind> {
        let ast::TypeKind::Path(path) = &ty.kind else { return None };
        let ident = path.path.as_single().filter(|_| path.args.is_empty())?;
        if let Some(id) = self.const_param(ident.as_str()) {
            return Some(TypeKind::Known(Ty::Param(id)));
        }
        match self.find(ident.as_str()).map(|entry| &entry.def) {
            Some(Def::Const(id)) => {
                let kind = ExprKind::Const(*id);
                Some(TypeKind::Number(Box::new(Expr { kind, span: ident.span })))
            }
            _ => None,
        }
    }

    /// An argument of a type of the language, which is a type.
    fn type_arg(&mut self, arg: &GenericArg) -> Type {
        match &arg.kind {
            GenericArgKind::Type(ty) => self.ty(ty),
            GenericArgKind::Const(value) => {
                let message = "a type is needed here, not a value";
                self.d.push(Diagnostic::new(codes::TYPE_ARGUMENTS, value.span, message));
                Type { kind: TypeKind::Error, span: arg.span }
            }
        }
    }

    fn wrong_count(&mut self, path: &ast::TypePath, word: &str, count: usize) {
        let takes = match count {
            0 => "no type arguments".to_owned(),
            1 => "1 type argument".to_owned(),
            n => format!("{n} type arguments"),
        };
        let message = format!("`{word}` takes {takes}, and {} are given", path.args.len());
        let example = match word {
            "Map" => "write `Map<Address, u64>`, or `Map<Address, u64 default 0>`",
            "Result" => "write `Result<T, E>`",
            _ if count > 0 && !is_builtin(word) => "write a type for each of its parameters",
            "Set" | "Vec" | "Option" => "write the type of what it holds, as in `Option<u64>`",
            _ => "leave the arguments away",
        };
        let diagnostic = Diagnostic::new(codes::TYPE_ARGUMENTS, path.span, message);
        self.d.push(diagnostic.help(example));
    }
}

/// A struct as a type; one without parameters has the short form.
fn struct_kind(id: StructId, args: Vec<Type>) -> TypeKind {
    match args.is_empty() {
        true => TypeKind::Known(Ty::Struct(id, Vec::new())),
        false => TypeKind::Struct(id, args),
    }
}

fn enum_kind(id: EnumId, args: Vec<Type>) -> TypeKind {
    match args.is_empty() {
        true => TypeKind::Known(Ty::Enum(id, Vec::new())),
        false => TypeKind::Enum(id, args),
    }
}

/// The type with its own parameters for arguments: `Self` in its body.
pub(super) fn self_struct(id: StructId, params: &[TypeParamId], span: Span) -> Type {
    let args = params.iter().map(|param| param_ty(*param, span)).collect();
    Type { kind: struct_kind(id, args), span }
}

pub(super) fn self_enum(id: EnumId, params: &[TypeParamId], span: Span) -> Type {
    let args = params.iter().map(|param| param_ty(*param, span)).collect();
    Type { kind: enum_kind(id, args), span }
}
