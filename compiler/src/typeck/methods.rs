//! Which function a method's name means, on a value of a type.
//!
//! In: the heads of all functions. Out: [`Methods`], and for a type and a name the function.
//! Holds always: the type's own methods go before those of traits; of a type parameter there are
//! those of its bounds alone.

use std::collections::HashMap;

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::cx::Cx;
use super::infer::Infer;
use super::items::Items;
use crate::arena::{EnumId, FnId, ImplId, StructId, TraitId, TypeParamId};
use crate::hir;
use crate::thir::{FnOwner, Name};
use crate::ty::{IntTy, Ty};

/// The outermost part of a type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Head {
    Int(IntTy),
    Bool,
    String,
    Bytes,
    Address,
    Hash,
    Time,
    Duration,
    Date,
    Tuple,
    Array,
    Vec,
    Map,
    Set,
    Option,
    Result,
    Struct(StructId),
    Enum(EnumId),
    /// A parameter of the `impl`: any type that its bounds allow.
    Any,
    Other,
}

impl Head {
    pub(super) fn of(ty: &Ty) -> Head {
        match ty {
            Ty::Int(int) => Head::Int(*int),
            Ty::Bool => Head::Bool,
            Ty::String => Head::String,
            Ty::Bytes => Head::Bytes,
            Ty::Address => Head::Address,
            Ty::Hash => Head::Hash,
            Ty::Time => Head::Time,
            Ty::Duration => Head::Duration,
            Ty::Date => Head::Date,
            Ty::Tuple(_) => Head::Tuple,
            Ty::Array(..) => Head::Array,
            Ty::Vec(_) => Head::Vec,
            Ty::Map(_) => Head::Map,
            Ty::Set(_) => Head::Set,
            Ty::Option(_) => Head::Option,
            Ty::Result(..) => Head::Result,
            Ty::Struct(id, _) => Head::Struct(*id),
            Ty::Enum(id, _) => Head::Enum(*id),
            Ty::Param(_) => Head::Any,
            _ => Head::Other,
        }
    }
}

/// All methods and functions of types, by name.
#[derive(Default)]
pub(super) struct Methods<'a> {
    own: HashMap<&'a str, Vec<(Head, FnId)>>,
    of_traits: HashMap<&'a str, Vec<FnId>>,
    impls: HashMap<TraitId, Vec<ImplId>>,
}

impl<'a> Methods<'a> {
    /// The tables; the types of the `impl`s are known.
    pub(super) fn collect(items: &Items<'a>) -> Self {
        let mut methods = Methods::default();
        for (id, def) in items.impls.iter() {
            if let Some(of_trait) = &def.of_trait {
                methods.impls.entry(of_trait.id).or_default().push(id);
            }
        }
        for (id, function) in items.hir.functions.iter() {
            let name = function.name.text.as_str();
            let head = match function.owner {
                FnOwner::Struct(id) => Head::Struct(id),
                FnOwner::Enum(id) => Head::Enum(id),
                FnOwner::Impl(of) if items.hir.impls[of].of_trait.is_none() => {
                    Head::of(&items.impls[of].target)
                }
                FnOwner::Trait(_) => {
                    methods.of_traits.entry(name).or_default().push(id);
                    continue;
                }
                _ => continue,
            };
            methods.own.entry(name).or_default().push((head, id));
        }
        methods
    }

    pub(super) fn impls_of(&self, id: TraitId) -> &[ImplId] {
        self.impls.get(&id).map_or(&[], Vec::as_slice)
    }

    fn own(&self, head: Head, name: &str) -> impl Iterator<Item = FnId> {
        let all = self.own.get(name).map_or(&[][..], Vec::as_slice).iter();
        all.filter(move |(of, _)| *of == head).map(|(_, id)| *id)
    }

    /// The names of a type's own methods and functions.
    fn words(&self, head: Head) -> impl Iterator<Item = (&'a str, FnId)> {
        let fits = move |of: Head| of == head || (of == Head::Any && matches!(head, Head::Int(_)));
        let first = move |ids: &[(Head, FnId)]| ids.iter().find(|(of, _)| fits(*of)).map(|f| f.1);
        self.own.iter().filter_map(move |(name, ids)| Some((*name, first(ids)?)))
    }
}

impl Cx<'_> {
    /// The function that a name means on a type; reports it if there is none. `is_value` says
    /// whether it is called on a value or on the type itself.
    pub(super) fn find_method(&mut self, ty: &Ty, name: &Name, is_value: bool) -> Option<FnId> {
        let found = self.candidates(ty, name);
        let suits = |id: &&FnId| self.items.hir.functions[**id].has_receiver() == is_value;
        let suited: Vec<FnId> = found.iter().filter(suits).copied().collect();
        match suited.as_slice() {
            [one] => {
                self.check_public(*one, name);
                Some(*one)
            }
            [] => {
                match found.first() {
                    Some(other) => self.wrong_call(*other, ty, name),
                    None => self.no_method(ty, name, is_value),
                }
                None
            }
            [first, ..] if !self.any_of_trait(&suited) => Some(*first),
            [first, second, ..] => {
                let diagnostic = self.ambiguous(*first, *second, name);
                self.d.push(diagnostic);
                None
            }
        }
    }

    /// Whether a type has a method of this name.
    pub(super) fn has_method(&self, ty: &Ty, word: &str) -> bool {
        let name = Name { text: word.into(), span: Span::default() };
        !self.candidates(ty, &name).is_empty()
    }

    fn candidates(&self, ty: &Ty, name: &Name) -> Vec<FnId> {
        let ty = self.infer.shallow(ty);
        let items = self.items;
        let methods = &items.methods;
        let word = name.text.as_str();
        if let Ty::Param(id) = &ty {
            let mut found = self.of_bounds(*id, word);
            if found.is_empty() {
                found = self.own_of(&ty, Head::Any, word);
            }
            return found;
        }
        let head = if self.infer.is_open_int(&ty) { Head::Any } else { Head::of(&ty) };
        let mut own = self.own_of(&ty, head, word);
        if own.is_empty() && matches!(head, Head::Int(_)) {
            own = self.own_of(&ty, Head::Any, word);
        }
        if !own.is_empty() {
            return own;
        }
        let of_traits = methods.of_traits.get(word).map_or(&[][..], Vec::as_slice);
        let has = |id: &&FnId| {
            let FnOwner::Trait(of) = items.hir.functions[**id].owner else { return false };
            methods.impls_of(of).iter().any(|id| fits(&items.impls[*id].target, &ty, &self.infer))
        };
        of_traits.iter().filter(has).copied().collect()
    }

    fn own_of(&self, ty: &Ty, head: Head, word: &str) -> Vec<FnId> {
        let items = self.items;
        let fits = |id: &FnId| match items.hir.functions[*id].owner {
            FnOwner::Impl(of) => {
                let def = &items.impls[of];
                match &def.target {
                    Ty::Param(param) => {
                        let bounds = &items.type_params[*param].bounds;
                        self.infer.is_open_int(ty) || bounds.iter().all(|b| items.has_trait(ty, b))
                    }
                    target => fits(target, ty, &self.infer),
                }
            }
            _ => true,
        };
        items.methods.own(head, word).filter(fits).collect()
    }

    /// The functions of the traits that a parameter is bound to.
    fn of_bounds(&self, id: TypeParamId, word: &str) -> Vec<FnId> {
        let items = self.items;
        let bounds = &items.type_params[id].bounds;
        let functions = bounds.iter().flat_map(|bound| &items.hir.traits[bound.id].functions);
        let named = functions.filter(|f| items.hir.functions[**f].name.text == word);
        named.copied().collect()
    }

    fn any_of_trait(&self, ids: &[FnId]) -> bool {
        let functions = &self.items.hir.functions;
        ids.iter().any(|id| matches!(functions[*id].owner, FnOwner::Trait(_)))
    }

    fn check_public(&mut self, id: FnId, name: &Name) {
        let function = &self.items.hir.functions[id];
        if function.public || Some(function.module) == self.module {
            return;
        }
        let module = &self.items.hir.modules[function.module].path;
        let message = format!("`{}` is private to module `{module}`", name.text);
        let diagnostic = Diagnostic::new(codes::PRIVATE_ITEM, name.span, message);
        let diagnostic = diagnostic.label("not visible from here");
        let diagnostic = diagnostic.also(function.name.span, "declared here without `pub`");
        self.d.push(diagnostic.help("write `pub` before its declaration to let others call it"));
    }

    /// A method called on its type, or a function of a type called on a value.
    fn wrong_call(&mut self, id: FnId, ty: &Ty, name: &Name) {
        let function = &self.items.hir.functions[id];
        let text = self.items.show(&self.infer.settle(ty));
        let (message, help) = match function.has_receiver() {
            true => (
                format!("`{}` is called on a value, not on its type", name.text),
                format!("write `value.{}(..)`", name.text),
            ),
            false => (
                format!("`{}` belongs to the type `{text}`, not to its values", name.text),
                format!("write `{text}.{}(..)`", name.text),
            ),
        };
        let diagnostic = Diagnostic::new(codes::NO_SUCH_MEMBER, name.span, message);
        self.d.push(diagnostic.also(function.name.span, "declared here").help(help));
    }

    fn no_method(&mut self, ty: &Ty, name: &Name, is_value: bool) {
        const FEW: usize = 8;
        let ty = self.infer.shallow(ty);
        if ty.is_error() || name.text.is_empty() {
            return;
        }
        let of = self.show(&ty);
        let what = if is_value { "method" } else { "function" };
        let message = format!("{of} has no {what} `{}`", name.text);
        let diagnostic = Diagnostic::new(codes::NO_SUCH_MEMBER, name.span, message);
        let diagnostic = diagnostic.label("not found");
        let suits = |id: FnId| self.items.hir.functions[id].has_receiver() == is_value;
        let words = self.items.methods.words(Head::of(&ty));
        let words = words.filter(|(_, id)| suits(*id)).map(|(word, _)| word);
        let mut words: Vec<&str> = words.filter(|word| self.has_method(&ty, word)).collect();
        words.sort_unstable();
        let near = crate::resolve::nearest(&name.text, words.iter().copied());
        self.d.push(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
                format!("write `{near}`"),
                name.span,
                near,
            ),
            None if words.is_empty() || words.len() > FEW => diagnostic,
            None => {
                let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                diagnostic.help(format!("there is {}", words.join(", ")))
            }
        });
    }

    fn ambiguous(&self, first: FnId, second: FnId, name: &Name) -> Diagnostic {
        let functions: &crate::arena::Arena<FnId, hir::Function> = &self.items.hir.functions;
        let of = |id: FnId| match functions[id].owner {
            FnOwner::Trait(id) => format!("`{}`", self.items.hir.traits[id].name.text),
            _ => "the type itself".to_owned(),
        };
        let message = format!("`{}` may be of {} or of {}", name.text, of(first), of(second));
        Diagnostic::new(codes::AMBIGUOUS_METHOD, name.span, message)
            .also(functions[first].name.span, "one of them")
            .also(functions[second].name.span, "and the other")
            .help("call it in a function with a bound on the trait that is meant")
    }
}

/// Whether a type could be an instance of another, as far as it is known.
fn fits(general: &Ty, special: &Ty, infer: &Infer) -> bool {
    let all =
        |a: &[Ty], b: &[Ty]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| fits(a, b, infer));
    let special = infer.shallow(special);
    match (general, &special) {
        (Ty::Param(_), _) | (_, Ty::Error) => true,
        (general, Ty::Infer(_)) => !infer.is_open_int(&special) || matches!(general, Ty::Int(_)),
        (Ty::Tuple(a), Ty::Tuple(b)) => all(a, b),
        (Ty::Struct(i, a), Ty::Struct(j, b)) => i == j && all(a, b),
        (Ty::Enum(i, a), Ty::Enum(j, b)) => i == j && all(a, b),
        (Ty::Array(a, m), Ty::Array(b, n)) => fits(a, b, infer) && fits(m, n, infer),
        (Ty::Vec(a), Ty::Vec(b)) | (Ty::Set(a), Ty::Set(b)) | (Ty::Option(a), Ty::Option(b)) => {
            fits(a, b, infer)
        }
        (Ty::Result(a, e), Ty::Result(b, f)) => fits(a, b, infer) && fits(e, f, infer),
        (Ty::Map(a), Ty::Map(b)) => fits(&a.key, &b.key, infer) && fits(&a.value, &b.value, infer),
        (a, b) => a == b,
    }
}
