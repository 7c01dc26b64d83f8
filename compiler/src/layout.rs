//! What values are made of: the one source of truth for machine code, state and the ABI.
//!
//! In: a type without type parameters. Out: its [`Shape`], one level deep, and its canonical name.
//! Holds always: equal types have equal names, and different types that are told apart by name
//! (records and enums) different ones; recursion is cut by the level, so every type has a shape.

use crate::arena::{EnumId, StructId};
use crate::mir;
use crate::thir::{Package, substitution};
use crate::ty::{IntTy, Ty};

/// A part of a struct, tuple or payload, with the name that clients see.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    pub name: String,
    pub ty: Ty,
}

/// The parts of a variant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    pub name: String,
    pub parts: Vec<Part>,
}

/// What a value of a type is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shape {
    /// One value of fixed size.
    Scalar(mir::Ty),
    String,
    Bytes,
    /// Elements one after the other. An array is one whose length never changes.
    List(Ty),
    /// Keys with their values, in order; without values it is a set.
    Map(Ty, Option<Ty>),
    Record(Vec<Part>),
    Enum(Vec<Case>),
    /// Nothing that a program can hold yet.
    None,
}

impl Shape {
    fn parts(of: impl IntoIterator<Item = Ty>) -> Vec<Part> {
        let parts = of.into_iter().enumerate();
        parts.map(|(at, ty)| Part { name: at.to_string(), ty }).collect()
    }

    fn case(name: &str, of: impl IntoIterator<Item = Ty>) -> Case {
        Case { name: name.to_owned(), parts: Shape::parts(of) }
    }
}

impl Package {
    /// What a value of a type is made of.
    pub fn shape(&self, ty: &Ty) -> Shape {
        if let Some(scalar) = self.scalar(ty) {
            return Shape::Scalar(scalar);
        }
        match ty {
            Ty::String => Shape::String,
            Ty::Bytes => Shape::Bytes,
            Ty::Vec(of) | Ty::Array(of, _) => Shape::List((**of).clone()),
            Ty::Map(map) => Shape::Map(map.key.clone(), Some(map.value.clone())),
            Ty::Set(of) => Shape::Map((**of).clone(), None),
            Ty::Unit => Shape::Record(Vec::new()),
            Ty::Tuple(parts) => Shape::Record(Shape::parts(parts.iter().cloned())),
            Ty::Option(of) => {
                Shape::Enum(vec![Shape::case("None", []), Shape::case("Some", [(**of).clone()])])
            }
            Ty::Result(ok, err) => Shape::Enum(vec![
                Shape::case("Ok", [(**ok).clone()]),
                Shape::case("Err", [(**err).clone()]),
            ]),
            Ty::Struct(id, args) => {
                let fields = self.structs[*id].fields.iter();
                let part = |(field, def): (_, &crate::thir::StructField)| Part {
                    name: def.name.text.to_string(),
                    ty: self.field_ty(*id, args, field),
                };
                Shape::Record(fields.map(part).collect())
            }
            Ty::Enum(id, args) => {
                let variants = self.enums[*id].variants.iter();
                let case = |(variant, def): (_, &crate::thir::Variant)| {
                    let names = def.fields.iter().map(|field| field.name.text.to_string());
                    let types = self.payload_tys(*id, args, variant);
                    let parts = names.zip(types).map(|(name, ty)| Part { name, ty });
                    Case { name: def.name.text.to_string(), parts: parts.collect() }
                };
                Shape::Enum(variants.map(case).collect())
            }
            _ => Shape::None,
        }
    }

    /// The scalar that values of a type are; a quantity is its integer, a contract its address.
    pub fn scalar(&self, ty: &Ty) -> Option<mir::Ty> {
        match ty {
            Ty::Int(int) => Some(mir::Ty::Int(*int)),
            Ty::Bool => Some(mir::Ty::Bool),
            Ty::Address | Ty::Interface(_) | Ty::Contract(_) => Some(mir::Ty::Address),
            Ty::Hash => Some(mir::Ty::Hash),
            // Seconds since 1970, as the context gives them.
            Ty::Time | Ty::Duration => Some(mir::Ty::U64),
            // Days since 1970-01-01.
            Ty::Date => Some(mir::Ty::Int(IntTy::I32)),
            Ty::Struct(id, args) if self.structs[*id].quantity => {
                let (field, _) = self.structs[*id].fields.iter().next()?;
                self.scalar(&self.field_ty(*id, args, field))
            }
            _ => None,
        }
    }

    /// How many digits of a quantity stand behind the point.
    pub fn places(&self, ty: &Ty) -> Option<u64> {
        let Ty::Struct(id, args) = ty else { return None };
        let def = &self.structs[*id];
        let places = def.places.as_ref()?;
        places.substitute(&substitution(&def.type_params, args)).as_number()
    }

    /// The name that stands for a type in modules and ABIs: `scf.Note`, `Option<u64>`, `(u8, bool)`.
    pub fn type_name(&self, ty: &Ty) -> String {
        let list =
            |types: &[Ty]| types.iter().map(|ty| self.type_name(ty)).collect::<Vec<_>>().join(", ");
        let item = |name: String, args: &[Ty]| match args {
            [] => name,
            args => format!("{name}<{}>", list(args)),
        };
        match ty {
            Ty::Tuple(parts) if parts.len() == 1 => format!("({},)", list(parts)),
            Ty::Tuple(parts) => format!("({})", list(parts)),
            Ty::Array(of, len) => format!("[{}; {}]", self.type_name(of), self.type_name(len)),
            Ty::Vec(of) => format!("Vec<{}>", self.type_name(of)),
            Ty::Set(of) => format!("Set<{}>", self.type_name(of)),
            Ty::Option(of) => format!("Option<{}>", self.type_name(of)),
            Ty::Map(map) => {
                format!("Map<{}, {}>", self.type_name(&map.key), self.type_name(&map.value))
            }
            Ty::Result(ok, err) => {
                format!("Result<{}, {}>", self.type_name(ok), self.type_name(err))
            }
            Ty::Struct(id, args) => item(self.struct_name(*id), args),
            Ty::Enum(id, args) => item(self.enum_name(*id), args),
            Ty::Interface(_) | Ty::Contract(_) => Ty::Address.to_string(),
            other => other.to_string(),
        }
    }

    /// The full name of a struct, its type arguments aside.
    pub fn struct_name(&self, id: StructId) -> String {
        let def = &self.structs[id];
        self.full_name(def.module, None, &def.name.text)
    }

    /// The full name of an enum, its type arguments aside.
    pub fn enum_name(&self, id: EnumId) -> String {
        let def = &self.enums[id];
        self.full_name(def.module, None, &def.name.text)
    }
}
