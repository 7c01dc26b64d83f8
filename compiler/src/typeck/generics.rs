//! Type arguments: fresh unknowns for type parameters, and the traits that are asked of them.
//!
//! Holds always: what a bound asks is looked at when every unknown of the item is settled.

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};

use super::cx::{Cx, Mode};
use super::infer::Kind;
use super::items::{Items, no_locals};
use super::types::Site;
use crate::arena::TypeParamId;
use crate::hir;
use crate::thir::{ImplDef, Substitution, TraitRef, is_linear, matches};
use crate::ty::{IntTy, Ty};

/// What is asked of a type, or of the number that stands for a `const` parameter.
pub(super) struct Obligation {
    wanted: Wanted,
    ty: Ty,
    span: Span,
}

enum Wanted {
    Trait(TraitRef),
    /// A number of the parameter's type.
    Number(TypeParamId, IntTy),
}

/// More obligations than this are not followed from one to the next.
const MOST_STEPS: usize = 10_000;

impl Cx<'_> {
    /// Unknowns for type parameters; each must have what its bounds ask.
    pub(super) fn instantiate(&mut self, params: &[TypeParamId], span: Span) -> Substitution {
        let mut with = Substitution::with_capacity(params.len());
        for param in params {
            with.insert(*param, self.infer.fresh(Kind::Any, span));
        }
        self.oblige(params, &with, span);
        with
    }

    /// Notes what the bounds of parameters ask of the types that stand for them.
    pub(super) fn oblige(&mut self, params: &[TypeParamId], with: &Substitution, span: Span) {
        let items = self.items;
        for param in params {
            for bound in &items.type_params[*param].bounds {
                let (ty, wanted) = (with[param].clone(), Wanted::Trait(bound.substitute(with)));
                self.obligations.push(Obligation { wanted, ty, span });
            }
            if let Some(int) = items.type_params[*param].number {
                let (ty, wanted) = (with[param].clone(), Wanted::Number(*param, int));
                self.obligations.push(Obligation { wanted, ty, span });
            }
        }
    }

    /// The types for parameters, one for each.
    pub(super) fn type_args(params: &[TypeParamId], with: &Substitution) -> Vec<Ty> {
        params.iter().map(|param| with.get(param).cloned().unwrap_or(Ty::Error)).collect()
    }

    /// Takes the types that are written as `::<A, B>` for parameters.
    pub(super) fn write_type_args(
        &mut self,
        written: &[hir::Type],
        params: &[TypeParamId],
        with: &Substitution,
        span: Span,
    ) {
        if written.is_empty() {
            return;
        }
        if written.len() != params.len() {
            let takes = match params.len() {
                0 => "no type arguments".to_owned(),
                1 => "1 type argument".to_owned(),
                n => format!("{n} type arguments"),
            };
            let message = format!("this takes {takes}, and {} are given", written.len());
            let diagnostic = Diagnostic::new(codes::TYPE_ARGUMENTS, span, message);
            self.d.push(diagnostic.help("leave them away where the arguments tell them"));
            with.values().for_each(|ty| self.infer.poison(ty));
            return;
        }
        for (ty, param) in written.iter().zip(params) {
            let ty = self.item_arg(*param, ty, Site::Data);
            self.infer.unify(&with[param], &ty);
        }
    }

    /// Looks at what the bounds asked, now that types are settled.
    pub(super) fn close_obligations(&mut self) {
        let open = std::mem::take(&mut self.obligations);
        if !self.items.ready {
            let settled =
                open.into_iter().map(|o| Obligation { ty: self.infer.settle(&o.ty), ..o });
            return self.items.deferred.borrow_mut().extend(settled);
        }
        for Obligation { wanted, ty, span } in open {
            let ty = self.infer.settle(&ty);
            let wanted = match wanted {
                Wanted::Trait(wanted) => wanted,
                Wanted::Number(param, int) => {
                    self.number_fits(&ty, param, int, span);
                    continue;
                }
            };
            let args = wanted.args.iter().map(|arg| self.infer.settle(arg)).collect();
            let wanted = TraitRef { id: wanted.id, args };
            let mut known = true;
            ty.each(&mut |part| known &= !part.is_error());
            wanted.args.iter().for_each(|arg| known &= !arg.is_error());
            if known && !self.items.has_trait(&ty, &wanted) {
                let diagnostic = self.items.missing_trait(&ty, &wanted, span);
                self.d.push(diagnostic);
            }
        }
    }

    /// Whether a type is a parameter with a bound on one of the language's own traits.
    pub(super) fn is_param_with(&self, ty: &Ty, word: &str) -> bool {
        let Ty::Param(id) = ty else { return false };
        let bounds = &self.items.type_params[*id].bounds;
        bounds.iter().any(|bound| self.items.is_core_trait(bound.id, word))
    }
}

/// Looks at what heads asked of types, now that all `impl`s are known.
pub(super) fn deferred(items: &Items<'_>, d: &mut Diagnostics) {
    let locals = no_locals();
    let mut cx = Cx::new(items, None, &locals, Mode::Constant, d);
    cx.obligations = items.deferred.take();
    cx.close_obligations();
}

impl Items<'_> {
    /// Whether a type has a trait: by an `impl`, by the bounds of a parameter, or of itself.
    pub(super) fn has_trait(&self, ty: &Ty, wanted: &TraitRef) -> bool {
        self.has_trait_in(ty, wanted, &mut 0)
    }

    fn has_trait_in(&self, ty: &Ty, wanted: &TraitRef, steps: &mut usize) -> bool {
        *steps += 1;
        if *steps > MOST_STEPS {
            return false;
        }
        match ty {
            Ty::Error => return true,
            Ty::Int(_) if self.is_core_trait(wanted.id, "Integer") => return true,
            Ty::Param(id) if self.type_params[*id].bounds.contains(wanted) => return true,
            _ if self.is_core_trait(wanted.id, "Additive") => return self.adds(ty),
            _ => {}
        }
        self.methods.impls_of(wanted.id).iter().any(|id| {
            let def = &self.impls[*id];
            let Some(with) = fitting(def, ty, wanted) else { return false };
            def.type_params.iter().all(|param| {
                let Some(ty) = with.get(param) else { return false };
                let bounds = &self.type_params[*param].bounds;
                self.stands_for(*param, ty)
                    && bounds
                        .iter()
                        .all(|bound| self.has_trait_in(ty, &bound.substitute(&with), steps))
            })
        })
    }

    /// Whether a parameter may stand for a type: for an asset, and what holds one, only if it is
    /// declared `linear`, since the functions of the `impl` may copy and drop what is plain.
    fn stands_for(&self, param: TypeParamId, ty: &Ty) -> bool {
        let linear = |id: TypeParamId| self.type_params[id].linear;
        linear(param) || !is_linear(ty, &self.structs, &self.enums, &linear)
    }

    /// The parameter that keeps an asset from the `impl` that would fit it otherwise.
    fn plain_param(&self, ty: &Ty, wanted: &TraitRef) -> Option<TypeParamId> {
        self.methods.impls_of(wanted.id).iter().find_map(|id| {
            let def = &self.impls[*id];
            let with = fitting(def, ty, wanted)?;
            let mut params = def.type_params.iter().copied();
            params.find(|param| with.get(param).is_some_and(|ty| !self.stands_for(*param, ty)))
        })
    }

    fn missing_trait(&self, ty: &Ty, wanted: &TraitRef, span: Span) -> Diagnostic {
        let (text, name) = (self.show(ty), self.show_trait(wanted));
        let message = format!("`{text}` does not have the trait `{name}`, which is asked for here");
        let diagnostic = Diagnostic::new(codes::MISSING_TRAIT, span, message);
        if let Some(param) = self.plain_param(ty, wanted) {
            let param = &self.type_params[param].name;
            return diagnostic
                .also(param.span, "this stands for plain data, and an asset is none")
                .help(format!("declare it `linear {}` if the `impl` keeps assets", param.text));
        }
        diagnostic.help(match name.as_str() {
            "Integer" => "only the integer types have it, `u8` to `i256`".to_owned(),
            "Additive" => "the integer types have it, durations and quantities".to_owned(),
            _ => format!("write `impl {name} for {text} {{ .. }}`"),
        })
    }

    /// Whether values of a type are added to each other, as `Additive` says.
    fn adds(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Int(_) | Ty::Duration => true,
            Ty::Struct(id, _) => self.structs[*id].quantity,
            Ty::Param(id) => self.type_params[*id].bounds.iter().any(|bound| {
                ["Integer", "Quantity"].iter().any(|word| self.is_core_trait(bound.id, word))
            }),
            _ => false,
        }
    }

    /// Whether a trait is the library's of that name, which the language itself knows.
    pub(super) fn is_core_trait(&self, id: crate::arena::TraitId, word: &str) -> bool {
        let def = &self.hir.traits[id];
        def.name.text == word && self.hir.modules[def.module].path == "std.core"
    }

    /// A trait with its arguments, as in source.
    pub(super) fn show_trait(&self, of: &TraitRef) -> String {
        let name = &self.hir.traits[of.id].name.text;
        match of.args.is_empty() {
            true => name.to_string(),
            false => format!("{name}<{}>", self.show_all(&of.args)),
        }
    }
}

/// What the parameters of an `impl` stand for where it gives a trait to a type.
fn fitting(def: &ImplDef, ty: &Ty, wanted: &TraitRef) -> Option<Substitution> {
    let of_trait = def.of_trait.as_ref()?;
    let mut with = Substitution::new();
    let mut args = of_trait.args.iter().zip(&wanted.args);
    let fits = matches(&def.target, ty, &mut with) && args.all(|(a, b)| matches(a, b, &mut with));
    fits.then_some(with)
}
