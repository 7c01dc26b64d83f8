//! Type arguments: putting types for type parameters, and finding the `impl` of a trait for a type.
//!
//! In: types with parameters, and types for these. Out: types without them; the function that runs
//! where a trait's function is called.
//! Holds always: at most one `impl` of a trait fits a type (`typeck` refuses overlaps), so the
//! search has one answer.

use std::collections::HashMap;

use super::{FnKind, FnOwner, Function, ImplDef, Package, TraitRef};
use crate::arena::{ContractId, FieldId, FnId, ImplId, StructId, TypeParamId, VariantId};
use crate::ty::{FnTy, MapTy, Ty};

/// Types for type parameters.
pub type Substitution = HashMap<TypeParamId, Ty>;

/// Deeper than this no chain of bounds is followed.
const MOST_BOUNDS: usize = 64;

impl Ty {
    /// The type with every parameter replaced that the substitution knows.
    pub fn substitute(&self, with: &Substitution) -> Ty {
        if with.is_empty() {
            return self.clone();
        }
        self.map_parts(&mut |ty| match ty {
            Ty::Param(id) => with.get(id).cloned(),
            _ => None,
        })
    }

    /// The type, rebuilt with `f`'s answer wherever it has one; it is asked outside before inside.
    pub fn map_parts(&self, f: &mut dyn FnMut(&Ty) -> Option<Ty>) -> Ty {
        if let Some(answer) = f(self) {
            return answer;
        }
        let all = |types: &[Ty], f: &mut dyn FnMut(&Ty) -> Option<Ty>| {
            types.iter().map(|ty| ty.map_parts(f)).collect::<Vec<_>>()
        };
        match self {
            Ty::Tuple(parts) => Ty::Tuple(all(parts, f)),
            Ty::Struct(id, args) if !args.is_empty() => Ty::Struct(*id, all(args, f)),
            Ty::Enum(id, args) if !args.is_empty() => Ty::Enum(*id, all(args, f)),
            Ty::Array(of, len) => Ty::Array(Box::new(of.map_parts(f)), Box::new(len.map_parts(f))),
            Ty::Vec(of) => Ty::Vec(Box::new(of.map_parts(f))),
            Ty::Set(of) => Ty::Set(Box::new(of.map_parts(f))),
            Ty::Option(of) => Ty::Option(Box::new(of.map_parts(f))),
            Ty::Range(of) => Ty::Range(Box::new(of.map_parts(f))),
            Ty::Table(of) => Ty::Table(Box::new(of.map_parts(f))),
            Ty::Result(ok, err) => {
                Ty::Result(Box::new(ok.map_parts(f)), Box::new(err.map_parts(f)))
            }
            Ty::Map(map) => Ty::Map(Box::new(MapTy {
                key: map.key.map_parts(f),
                value: map.value.map_parts(f),
                default: map.default.clone(),
            })),
            Ty::Fn(of) => {
                let params = of.params.iter().map(|(mode, ty)| (*mode, ty.map_parts(f)));
                let params = params.collect();
                Ty::Fn(Box::new(FnTy { params, result: of.result.map_parts(f) }))
            }
            other => other.clone(),
        }
    }
}

/// Pairs parameters with the types given for them.
pub fn substitution(params: &[TypeParamId], args: &[Ty]) -> Substitution {
    params.iter().copied().zip(args.iter().cloned()).collect()
}

/// Whether a type is an instance of another; what its parameters stand for goes into `found`.
pub fn matches(general: &Ty, special: &Ty, found: &mut Substitution) -> bool {
    let all = |a: &[Ty], b: &[Ty], found: &mut Substitution| {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| matches(a, b, found))
    };
    match (general, special) {
        (Ty::Param(id), _) if !found.contains_key(id) => {
            found.insert(*id, special.clone());
            true
        }
        (Ty::Param(id), _) => found[id] == *special,
        (Ty::Tuple(a), Ty::Tuple(b)) => all(a, b, found),
        (Ty::Struct(i, a), Ty::Struct(j, b)) => i == j && all(a, b, found),
        (Ty::Enum(i, a), Ty::Enum(j, b)) => i == j && all(a, b, found),
        (Ty::Array(a, m), Ty::Array(b, n)) => matches(a, b, found) && matches(m, n, found),
        (Ty::Vec(a), Ty::Vec(b))
        | (Ty::Set(a), Ty::Set(b))
        | (Ty::Option(a), Ty::Option(b))
        | (Ty::Range(a), Ty::Range(b))
        | (Ty::Table(a), Ty::Table(b)) => matches(a, b, found),
        (Ty::Result(a, e), Ty::Result(b, g)) => matches(a, b, found) && matches(e, g, found),
        (Ty::Map(a), Ty::Map(b)) => {
            matches(&a.key, &b.key, found) && matches(&a.value, &b.value, found)
        }
        (a, b) => a == b,
    }
}

impl Function {
    /// The contract whose state it may touch.
    pub fn contract(&self) -> Option<ContractId> {
        match self.owner {
            FnOwner::Contract(id) => Some(id),
            _ => None,
        }
    }
}

impl Package {
    /// A type as in source, with the names of its items.
    pub fn show(&self, ty: &Ty) -> String {
        ty.show(&|item| {
            Some(match item {
                Ty::Struct(id, _) => self.structs[*id].name.text.to_string(),
                Ty::Enum(id, _) => self.enums[*id].name.text.to_string(),
                Ty::Contract(id) => self.contracts[*id].name.text.to_string(),
                Ty::Interface(id) => self.interfaces[*id].name.text.to_string(),
                Ty::Param(id) => self.type_params[*id].name.text.to_string(),
                _ => return None,
            })
        })
    }

    /// The type of a struct's field, for a struct with these type arguments.
    pub fn field_ty(&self, id: StructId, args: &[Ty], field: FieldId) -> Ty {
        let def = &self.structs[id];
        def.fields[field].ty.substitute(&substitution(&def.type_params, args))
    }

    /// The types of a variant's payload, for an enum with these type arguments.
    pub fn payload_tys(
        &self,
        id: crate::arena::EnumId,
        args: &[Ty],
        variant: VariantId,
    ) -> Vec<Ty> {
        let def = &self.enums[id];
        let with = substitution(&def.type_params, args);
        def.variants[variant].fields.iter().map(|field| field.ty.substitute(&with)).collect()
    }

    /// The name by which a native is known: `Vec.push` of a type's methods, `sm3` of a free one.
    pub fn native_name(&self, id: FnId) -> Option<String> {
        let function = &self.functions[id];
        if function.kind != FnKind::Native {
            return None;
        }
        let name = &function.name.text;
        Some(match function.owner {
            FnOwner::Impl(id) => format!("{}.{name}", self.type_word(&self.impls[id].target)),
            FnOwner::Struct(id) => format!("{}.{name}", self.structs[id].name.text),
            FnOwner::Enum(id) => format!("{}.{name}", self.enums[id].name.text),
            _ => name.to_string(),
        })
    }

    /// The outermost word of a type: `Vec` of `Vec<u64>`.
    pub(crate) fn type_word(&self, ty: &Ty) -> String {
        match ty {
            Ty::Vec(_) => "Vec".to_owned(),
            Ty::Map(_) => "Map".to_owned(),
            Ty::Set(_) => "Set".to_owned(),
            Ty::Option(_) => "Option".to_owned(),
            Ty::Result(..) => "Result".to_owned(),
            Ty::Array(..) => "array".to_owned(),
            Ty::Struct(id, _) => self.structs[*id].name.text.to_string(),
            Ty::Enum(id, _) => self.enums[*id].name.text.to_string(),
            other => other.to_string(),
        }
    }

    /// What runs where a trait's function is called with these type arguments (`Self` first, then
    /// the trait's, then its own): a function and the types for its parameters. `None` while `Self`
    /// is a type parameter.
    pub fn resolve_trait_fn(&self, function: FnId, type_args: &[Ty]) -> Option<(FnId, Vec<Ty>)> {
        let FnOwner::Trait(id) = self.functions[function].owner else {
            return Some((function, type_args.to_vec()));
        };
        let of_trait = self.traits[id].type_params.len();
        let (this, rest) = type_args.split_first()?;
        let wanted = TraitRef { id, args: rest.get(..of_trait - 1)?.to_vec() };
        let (found, with) = self.find_impl(&wanted, this)?;
        let def = &self.impls[found];
        let runs = def.bindings.get(&function).copied().unwrap_or(function);
        if runs == function {
            return Some((function, type_args.to_vec()));
        }
        let own = def.type_params.iter().map(|param| with.get(param).cloned());
        let mut args: Vec<Ty> = own.collect::<Option<_>>()?;
        args.extend_from_slice(type_args.get(of_trait..)?);
        Some((runs, args))
    }

    /// The `impl` of a trait for a type, and what its parameters stand for.
    pub fn find_impl(&self, wanted: &TraitRef, this: &Ty) -> Option<(ImplId, Substitution)> {
        find_impl(&self.impls, wanted, this, &mut |param| &self.type_params[param].bounds, 0)
    }
}

/// As [`Package::find_impl`], over parts of a package.
pub(crate) fn find_impl<'p>(
    impls: &crate::arena::Arena<ImplId, ImplDef>,
    wanted: &TraitRef,
    this: &Ty,
    bounds: &mut dyn FnMut(TypeParamId) -> &'p [TraitRef],
    depth: usize,
) -> Option<(ImplId, Substitution)> {
    if depth > MOST_BOUNDS {
        return None;
    }
    for (id, def) in impls.iter() {
        let Some(of_trait) = def.of_trait.as_ref().filter(|t| t.id == wanted.id) else { continue };
        let mut found = Substitution::new();
        let args = of_trait.args.iter().zip(&wanted.args);
        let fits = matches(&def.target, this, &mut found)
            && args.into_iter().all(|(general, special)| matches(general, special, &mut found));
        if !fits {
            continue;
        }
        let holds = def.type_params.iter().all(|param| {
            let Some(ty) = found.get(param).cloned() else { return false };
            let needed: Vec<TraitRef> =
                bounds(*param).iter().map(|bound| bound.substitute(&found)).collect();
            needed.iter().all(|bound| find_impl(impls, bound, &ty, bounds, depth + 1).is_some())
        });
        if holds {
            return Some((id, found));
        }
    }
    None
}

impl TraitRef {
    /// With types for the parameters in its arguments.
    pub fn substitute(&self, with: &Substitution) -> TraitRef {
        TraitRef { id: self.id, args: self.args.iter().map(|arg| arg.substitute(with)).collect() }
    }
}
