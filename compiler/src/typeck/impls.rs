//! Traits and `impl`s as wholes: their heads, where they may stand, and that each fits its trait.
//!
//! In: the resolved package. Out: type parameters with bounds, traits and `impl`s with what runs for
//! each function of the trait.
//! Holds always: no two `impl`s of a trait fit one type, so a search for one has one answer.

use std::collections::HashMap;

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};

use super::cx::{Cx, Mode};
use super::items::{Items, no_locals};
use super::methods::Head;
use super::types::Site;
use crate::arena::{FnId, ImplId, ModuleId, TraitId, TypeParamId};
use crate::hir;
use crate::thir::{
    FnOwner, ImplDef, ParamMode, Substitution, TraitDef, TraitRef, TypeParam, substitution,
};
use crate::ty::Ty;

/// The type parameters of the package, which every type may name.
pub(super) fn declare_params(items: &mut Items<'_>, d: &mut Diagnostics) {
    let hir = items.hir;
    items.type_params = hir
        .type_params
        .values()
        .map(|param| TypeParam {
            name: param.name.clone(),
            linear: param.linear,
            number: param.number,
            bounds: Vec::new(),
        })
        .collect();
    let bounds: Vec<Vec<TraitRef>> = hir
        .type_params
        .values()
        .map(|param| param.bounds.iter().map(|bound| trait_ref(bound, items, d)).collect())
        .collect();
    for (param, bounds) in items.type_params.values_mut().zip(bounds) {
        param.bounds = bounds;
    }
}

/// The heads of traits and `impl`s.
pub(super) fn declare(items: &mut Items<'_>, d: &mut Diagnostics) {
    let hir = items.hir;
    let def = |def: &hir::TraitDef| TraitDef {
        name: def.name.clone(),
        module: def.module,
        docs: def.docs.clone(),
        type_params: def.type_params.clone(),
        functions: def.functions.clone(),
    };
    items.traits = hir.traits.values().map(def).collect();
    items.impls = hir.impls.values().map(|def| impl_head(def, items, d)).collect();
}

fn trait_ref(of: &hir::TraitRef, items: &Items<'_>, d: &mut Diagnostics) -> TraitRef {
    let locals = no_locals();
    let mut cx = Cx::new(items, None, &locals, Mode::Constant, d);
    let params = &items.hir.traits[of.id].type_params[1..];
    let args = params.iter().zip(&of.args);
    let args = args.map(|(param, arg)| cx.item_arg(*param, arg, Site::Data)).collect();
    TraitRef { id: of.id, args }
}

fn impl_head(def: &hir::ImplDef, items: &Items<'_>, d: &mut Diagnostics) -> ImplDef {
    let locals = no_locals();
    let mut cx = Cx::new(items, None, &locals, Mode::Constant, d);
    let target = cx.ty(&def.target, Site::Receiver);
    cx.close();
    ImplDef {
        module: def.module,
        type_params: def.type_params.clone(),
        of_trait: def.of_trait.as_ref().map(|of| trait_ref(of, items, d)),
        target,
        functions: def.functions.clone(),
        bindings: Default::default(),
        span: def.span,
    }
}

/// Looks at every `impl`, and binds the functions of its trait; signatures are known.
pub(super) fn check(items: &mut Items<'_>, d: &mut Diagnostics) {
    let mut bindings = Vec::with_capacity(items.impls.len());
    for id in items.impls.ids() {
        place(id, items, d);
        unused_params(id, items, d);
        bindings.push(match &items.impls[id].of_trait {
            Some(of) => bind(id, of, items, d),
            None => Default::default(),
        });
    }
    overlaps(items, d);
    super::amounts::mark(items, d);
    for (def, bindings) in items.impls.values_mut().zip(bindings) {
        def.bindings = bindings;
    }
}

/// The module of a type that is declared somewhere.
fn module_of(ty: &Ty, items: &Items<'_>) -> Option<ModuleId> {
    match ty {
        Ty::Struct(id, _) => Some(items.structs[*id].module),
        Ty::Enum(id, _) => Some(items.enums[*id].module),
        _ => None,
    }
}

/// An `impl` stands in the module of its type, or of its trait.
fn place(id: ImplId, items: &Items<'_>, d: &mut Diagnostics) {
    let (hir, def) = (&items.hir.impls[id], &items.impls[id]);
    let library = items.hir.modules[def.module].library;
    let own = module_of(&def.target, items) == Some(def.module);
    if own || library || def.target.is_error() || hir.unknown_trait {
        return;
    }
    let text = items.show(&def.target);
    match &def.of_trait {
        Some(of) if items.hir.traits[of.id].module == def.module => {
            if let Ty::Param(_) = def.target {
                let message = "an `impl` for every type would fit the types of all other modules";
                let diagnostic = Diagnostic::new(codes::FOREIGN_IMPL, hir.target.span, message);
                d.push(diagnostic.help("name the types, each in an `impl` of its own"));
            }
        }
        Some(of) => {
            let name = &items.hir.traits[of.id].name.text;
            let message = format!("neither `{name}` nor `{text}` is declared in this module");
            let diagnostic = Diagnostic::new(codes::FOREIGN_IMPL, hir.span, message);
            d.push(diagnostic.help("move the `impl` to the trait, or wrap the type in a `struct`"));
        }
        None => {
            let message = format!("`{text}` is not declared in this module");
            let diagnostic = Diagnostic::new(codes::FOREIGN_IMPL, hir.span, message);
            d.push(
                diagnostic
                    .help("declare a trait here and give it to the type, or write a function"),
            );
        }
    }
}

/// Each parameter of an `impl` occurs in its type or in the trait's arguments.
fn unused_params(id: ImplId, items: &Items<'_>, d: &mut Diagnostics) {
    let def = &items.impls[id];
    let mut used = Vec::new();
    let mut note = |ty: &Ty| {
        if let Ty::Param(param) = ty {
            used.push(*param);
        }
    };
    def.target.each(&mut note);
    def.of_trait.iter().flat_map(|of| &of.args).for_each(|arg| arg.each(&mut note));
    for param in def.type_params.iter().filter(|param| !used.contains(param)) {
        let name = &items.type_params[*param].name;
        if !def.target.is_error() {
            let message =
                format!("nothing says which type `{}` is, for a value of this type", name.text);
            d.push(Diagnostic::new(codes::BAD_IMPL, name.span, message).help("leave it away"));
        }
    }
}

/// What runs for each function of the trait.
fn bind(
    id: ImplId,
    of: &TraitRef,
    items: &Items<'_>,
    d: &mut Diagnostics,
) -> std::collections::BTreeMap<FnId, FnId> {
    let (hir, def) = (items.hir, &items.impls[id]);
    let of_trait = &hir.traits[of.id];
    let mut own: HashMap<&str, FnId> = HashMap::new();
    for function in &def.functions {
        own.entry(hir.functions[*function].name.text.as_str()).or_insert(*function);
    }
    let mut bindings = std::collections::BTreeMap::new();
    let mut missing = Vec::new();
    for required in &of_trait.functions {
        let function = &hir.functions[*required];
        match own.remove(function.name.text.as_str()) {
            Some(found) => {
                same_signature(id, of, *required, found, items, d);
                bindings.insert(*required, found);
            }
            None if function.body.is_some() => _ = bindings.insert(*required, *required),
            None => missing.push(format!("`{}`", function.name.text)),
        }
    }
    let name = &of_trait.name.text;
    if !missing.is_empty() {
        let message = format!("`{name}` also asks for {}", missing.join(", "));
        let diagnostic = Diagnostic::new(codes::BAD_IMPL, hir.impls[id].span, message);
        d.push(diagnostic.also(of_trait.name.span, "declared here"));
    }
    let mut extra: Vec<FnId> = own.into_values().collect();
    extra.sort_unstable();
    for function in extra {
        let function = &hir.functions[function];
        let message = format!("`{name}` has no function `{}`", function.name.text);
        let diagnostic = Diagnostic::new(codes::BAD_IMPL, function.name.span, message);
        let diagnostic = diagnostic.also(of_trait.name.span, "declared here");
        d.push(diagnostic.help("move it to an `impl` of the type alone, or into the trait"));
    }
    bindings
}

/// A function of an `impl` takes, gives and throws what the trait's does.
fn same_signature(
    id: ImplId,
    of: &TraitRef,
    required: FnId,
    found: FnId,
    items: &Items<'_>,
    d: &mut Diagnostics,
) {
    let hir = items.hir;
    let (asked, given) = (&hir.functions[required], &hir.functions[found]);
    let of_trait = &hir.traits[of.id].type_params;
    let of_impl = &hir.impls[id].type_params;
    let (asked_own, given_own) =
        (&asked.type_params[of_trait.len()..], &given.type_params[of_impl.len()..]);
    let mut differs = |what: String, span: Span| {
        let diagnostic = Diagnostic::new(codes::BAD_IMPL, span, what);
        d.push(diagnostic.also(asked.name.span, "as the trait asks for it"));
    };
    let name = &given.name;
    if asked.has_receiver() != given.has_receiver() {
        let without = if asked.has_receiver() { "a" } else { "no" };
        return differs(format!("`{}` has {without} `self` in the trait", name.text), name.span);
    }
    if asked.params.len() != given.params.len() || asked_own.len() != given_own.len() {
        let what =
            format!("`{}` takes {} in the trait", name.text, parameters(asked, asked_own.len()));
        return differs(what, name.span);
    }
    let mut with: Substitution = substitution(of_trait, &[]);
    with.extend(
        of_trait
            .iter()
            .copied()
            .zip(std::iter::once(items.impls[id].target.clone()).chain(of.args.iter().cloned())),
    );
    with.extend(asked_own.iter().zip(given_own).map(|(a, b)| (*a, Ty::Param(*b))));
    for (asked, given) in asked_own.iter().zip(given_own) {
        if let Some(what) = stricter(*asked, *given, &with, items) {
            differs(what, items.type_params[*given].name.span);
        }
    }
    let (asked_sig, given_sig) = (&items.signatures[required], &items.signatures[found]);
    let pairs = asked_sig.params.iter().zip(&given_sig.params);
    for (at, ((mode, ty), (own_mode, own_ty))) in pairs.enumerate() {
        let wanted = ty.substitute(&with);
        let known = !wanted.is_error() && !own_ty.is_error();
        if known && (wanted != *own_ty || mode != own_mode) {
            let param = &given.params[at];
            let word = if at == 0 && given.has_receiver() { "self" } else { "this parameter" };
            let wanted = mode_word(*mode).to_owned() + &items.show(&wanted);
            differs(
                format!("{word} is `{wanted}` in the trait"),
                given.locals[param.local].name.span,
            );
        }
    }
    let wanted = asked_sig.result.substitute(&with);
    if !wanted.is_error() && !given_sig.result.is_error() && wanted != given_sig.result {
        let span = given.result.as_ref().map_or(name.span, |ty| ty.span);
        let text = items.show(&wanted);
        let what = match wanted {
            Ty::Unit => "the result is nothing in the trait".to_owned(),
            _ => format!("the result is `{text}` in the trait"),
        };
        differs(what, span);
    }
    for throws in &given.throws {
        if !asked.throws_open && !asked.throws.iter().any(|known| known.error == throws.error) {
            let error = &hir.errors[throws.error].name.text;
            differs(format!("`{error}` is not thrown by this function of the trait"), throws.span);
        }
    }
}

/// What a type parameter of a function asks for beyond what the trait's asks for.
fn stricter(
    asked: TypeParamId,
    given: TypeParamId,
    with: &Substitution,
    items: &Items<'_>,
) -> Option<String> {
    let (asked, given) = (&items.type_params[asked], &items.type_params[given]);
    let name = &given.name.text;
    if asked.number != given.number {
        return Some(format!("`{name}` is another kind of parameter in the trait"));
    }
    if asked.linear && !given.linear {
        return Some(format!("`{name}` may stand for assets in the trait, as `linear {name}`"));
    }
    let promised: Vec<TraitRef> = asked.bounds.iter().map(|b| b.substitute(with)).collect();
    let surplus = given.bounds.iter().find(|bound| !promised.contains(bound))?;
    let bound = items.show_trait(surplus);
    Some(format!("`{name}` needs `{bound}` here, which the trait does not ask for"))
}

fn mode_word(mode: ParamMode) -> &'static str {
    mode.word()
}

fn parameters(function: &hir::Function, types: usize) -> String {
    let own = function.params.len() - usize::from(function.has_receiver());
    let count = match own {
        0 => "no parameters".to_owned(),
        1 => "1 parameter".to_owned(),
        n => format!("{n} parameters"),
    };
    match types {
        0 => count,
        1 => format!("{count} and 1 type parameter"),
        n => format!("{count} and {n} type parameters"),
    }
}

/// No type fits two `impl`s of one trait, or two functions of one name.
fn overlaps(items: &Items<'_>, d: &mut Diagnostics) {
    let mut by_trait: HashMap<(TraitId, Head), Vec<ImplId>> = HashMap::new();
    for (id, def) in items.impls.iter() {
        let Some(of) = &def.of_trait else { continue };
        let earlier = by_trait.entry((of.id, Head::of(&def.target))).or_default();
        let overlap = earlier.iter().find(|other| {
            let other = &items.impls[**other];
            let args = other.of_trait.iter().flat_map(|other| &other.args).zip(&of.args);
            could_be_one(&other.target, &def.target)
                && args.into_iter().all(|(a, b)| could_be_one(a, b))
        });
        if let Some(other) = overlap {
            let text = items.show(&def.target);
            let name = &items.hir.traits[of.id].name.text;
            let message = format!("`{name}` for `{text}` is there already");
            let diagnostic =
                Diagnostic::new(codes::OVERLAPPING_IMPLS, items.impls[id].span, message);
            d.push(diagnostic.also(items.impls[*other].span, "some types fit this one too"));
        }
        earlier.push(id);
    }
    own_names(items, d);
}

/// A type has one method of a name, wherever it is declared.
fn own_names(items: &Items<'_>, d: &mut Diagnostics) {
    let mut seen: HashMap<(Head, &str), Vec<(Ty, FnId)>> = HashMap::new();
    for (id, function) in items.hir.functions.iter() {
        let target = match function.owner {
            FnOwner::Struct(of) => Ty::Struct(of, params(&items.hir.structs[of].type_params)),
            FnOwner::Enum(of) => Ty::Enum(of, params(&items.hir.enums[of].type_params)),
            FnOwner::Impl(of) if items.impls[of].of_trait.is_none() => {
                if items.hir.impls[of].unknown_trait {
                    continue;
                }
                items.impls[of].target.clone()
            }
            _ => continue,
        };
        if target.is_error() {
            continue;
        }
        let key = (Head::of(&target), function.name.text.as_str());
        let same = seen.entry(key).or_default();
        let twin = same.iter().find(|(other, twin)| {
            let twin = &items.hir.functions[*twin];
            // Two in one body were reported where they stand.
            twin.owner != function.owner && could_be_one(other, &target)
        });
        if let Some((_, twin)) = twin {
            let text = items.show(&target);
            let message = format!("`{text}` has a function `{}` already", function.name.text);
            let diagnostic = Diagnostic::new(codes::DUPLICATE_NAME, function.name.span, message);
            let at = items.hir.functions[*twin].name.span;
            d.push(diagnostic.also(at, "declared here").help("give one of them another name"));
        }
        same.push((target, id));
    }
}

fn params(params: &[TypeParamId]) -> Vec<Ty> {
    params.iter().map(|param| Ty::Param(*param)).collect()
}

/// Whether some type is an instance of both, whatever their parameters stand for.
fn could_be_one(a: &Ty, b: &Ty) -> bool {
    let all =
        |a: &[Ty], b: &[Ty]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| could_be_one(a, b));
    match (a, b) {
        (Ty::Param(_) | Ty::Error, _) | (_, Ty::Param(_) | Ty::Error) => true,
        (Ty::Tuple(a), Ty::Tuple(b)) => all(a, b),
        (Ty::Struct(i, a), Ty::Struct(j, b)) => i == j && all(a, b),
        (Ty::Enum(i, a), Ty::Enum(j, b)) => i == j && all(a, b),
        (Ty::Array(a, m), Ty::Array(b, n)) => could_be_one(a, b) && could_be_one(m, n),
        (Ty::Vec(a), Ty::Vec(b)) | (Ty::Set(a), Ty::Set(b)) | (Ty::Option(a), Ty::Option(b)) => {
            could_be_one(a, b)
        }
        (Ty::Result(a, e), Ty::Result(b, f)) => could_be_one(a, b) && could_be_one(e, f),
        (Ty::Map(a), Ty::Map(b)) => {
            could_be_one(&a.key, &b.key) && could_be_one(&a.value, &b.value)
        }
        (a, b) => a == b,
    }
}
