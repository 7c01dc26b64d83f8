//! Full paths: `scf.receivable.Receivable`, a name of another module without a `use`.
//!
//! In: the segments of a path. Out: what the last one means, or nothing after a message.
//! Holds always: a single name is looked up where it stands; of other modules only public items are
//! seen.

use deed_base::{Diagnostic, Span, catalogue as codes};
use deed_syntax::ast::{self, Ident};

use super::body::{Cx, RESERVED};
use super::errors::{unknown_member, wrong_kind};
use super::imports::private;
use super::items::name;
use super::scope::{Def, nearest};
use super::types::is_builtin;
use crate::arena::EnumId;
use crate::hir::{Arg, Expr, ExprKind};
use crate::thir::Name;

/// A chain of more names than this is no path of an item.
const MOST_NAMES: usize = 32;

impl Cx<'_, '_> {
    /// What a path of two names or more means.
    pub(super) fn item_of(&mut self, path: &[Ident]) -> Option<Def> {
        let (item, module) = path.split_last()?;
        let names: Vec<&str> = module.iter().map(Ident::as_str).collect();
        let words = names.join(".");
        let span = module.first()?.span.to(module.last()?.span);
        let Some(id) = self.tables.paths.get(&words).copied() else {
            let message = format!("there is no module `{words}` here");
            let diagnostic =
                Diagnostic::new(codes::UNKNOWN_MODULE, span, message).label("not found");
            let near = nearest(&words, self.tables.paths.keys().map(String::as_str));
            self.d.push(match near {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help("write the whole path of the module before its item"),
            });
            return None;
        };
        let scope = &self.tables.modules[id];
        let Some(entry) = scope.get(item.as_str()) else {
            if !item.is_missing() {
                let public = scope.iter().filter(|(_, entry)| entry.public);
                let public = public.map(|(word, _)| &**word);
                let of = format!("module `{words}`");
                self.d.push(unknown_member(&of, "item", item, public));
            }
            return None;
        };
        if !entry.public && id != self.module {
            let module = ast::Path { segments: module.to_vec(), span };
            self.d.push(private(item, &module, entry.span));
            return None;
        }
        Some(entry.def.clone())
    }

    /// `scf.receivable.Receivable { .. }`, or `Status.Pledged { to: a }` of a payload with names.
    pub(super) fn literal_by_path(
        &mut self,
        literal: &ast::StructExpr,
        fields: Vec<(Name, Expr)>,
    ) -> ExprKind {
        let ast::ExprKind::Field(last) = &literal.path.kind else { return ExprKind::Error };
        let Some(path) = segments(&literal.path) else { return ExprKind::Error };
        if let Some(of) = self.enum_before(&path) {
            let arg = |(name, value): (Name, Expr)| {
                let span = name.span.to(value.span);
                Arg { name: Some(name), inout: false, value, span }
            };
            let args = Some(fields.into_iter().map(arg).collect());
            return ExprKind::Variant { of: Some(of), name: name(&last.name), args };
        }
        let type_args = self.type_args(&last.type_args);
        if self.info_of(&path).is_some() {
            self.d.push(wrong_kind(&last.name, "what `.info()` of an asset gives", "a struct"));
            return ExprKind::Error;
        }
        match self.item_of(&path) {
            Some(Def::Struct(id)) => return ExprKind::Struct { id, type_args, fields },
            Some(Def::NotYet) | None => {}
            Some(def) => self.d.push(wrong_kind(&last.name, def.noun(), "a struct")),
        }
        ExprKind::Error
    }

    /// The enum that all of a path but its last name means.
    fn enum_before(&mut self, path: &[Ident]) -> Option<EnumId> {
        let def = match path {
            [of, _] => self.find(of.as_str())?.def.clone(),
            [module @ .., of, _] => {
                let module: Vec<&str> = module.iter().map(Ident::as_str).collect();
                let module = self.tables.paths.get(&module.join("."))?;
                self.tables.modules[*module].get(of.as_str()).filter(|it| it.public)?.def.clone()
            }
            _ => return None,
        };
        match def {
            Def::Enum(id) => Some(id),
            _ => None,
        }
    }
}

impl Cx<'_, '_> {
    /// An expression that begins with the full path of an item, `a.b.item.rest`, as `item.rest` with
    /// the path for the item's name; nothing for any other.
    pub(super) fn by_path(&mut self, expr: &ast::Expr) -> Option<ast::Expr> {
        let (root, fields) = chain(expr)?;
        if self.knows(root) {
            return None;
        }
        let names: Vec<Ident> = [root]
            .into_iter()
            .chain(fields.iter().map(|(field, _)| &field.name))
            .cloned()
            .collect();
        let words: Vec<&str> = names.iter().map(Ident::as_str).collect();
        let is_module = |len: &usize| self.tables.paths.contains_key(&words[..*len].join("."));
        let len = (1..names.len()).rev().find(is_module)?;
        let path = words[..=len].join(".");
        let (item, whole) = fields[len - 1];
        let kind = match self.item_of(&names[..=len]) {
            Some(_) => ast::ExprKind::Name {
                name: Ident::new(path, whole),
                type_args: item.type_args.clone(),
            },
            None => ast::ExprKind::Invalid,
        };
        let short = ast::Expr { kind, span: whole };
        Some(fields[len..].iter().fold(short, |base, (field, span)| {
            let field = ast::FieldExpr { base, ..(*field).clone() };
            ast::Expr { kind: ast::ExprKind::Field(Box::new(field)), span: *span }
        }))
    }

    /// Whether a bare name means something where it stands.
    fn knows(&self, name: &Ident) -> bool {
        let word = name.as_str();
        self.local(word).is_some()
            || self.find(word).is_some()
            || is_builtin(word)
            || RESERVED.contains(&word)
            || self.generic(word).is_some()
    }
}

/// The name at the root of `a.b.c`, and the fields behind it, the first one first, with where the
/// expression so far stands.
fn chain(expr: &ast::Expr) -> Option<(&Ident, Vec<(&ast::FieldExpr, Span)>)> {
    let mut fields = Vec::new();
    let mut at = expr;
    loop {
        match &at.kind {
            ast::ExprKind::Name { name, type_args } if type_args.is_empty() => {
                fields.reverse();
                return Some((name, fields));
            }
            ast::ExprKind::Field(field) if fields.len() < MOST_NAMES => {
                fields.push((&**field, at.span));
                at = &field.base;
            }
            _ => return None,
        }
    }
}

/// The names of `a.b.c`, if an expression is nothing else.
fn segments(expr: &ast::Expr) -> Option<Vec<Ident>> {
    let mut names = Vec::new();
    let mut at = expr;
    loop {
        match &at.kind {
            ast::ExprKind::Name { name, .. } => {
                names.push(name.clone());
                names.reverse();
                return Some(names);
            }
            ast::ExprKind::Field(field) => {
                names.push(field.name.clone());
                at = &field.base;
            }
            _ => return None,
        }
    }
}
