//! Types and state fields of the typed tree in the middle form.
//!
//! Holds always: equal types become one type of the machine; what has no form here yet is reported
//! once for each place, and stands as a `bool` in a program that nobody uses.

use deed_base::Span;

use super::Lowering;
use super::errors::not_yet;
use crate::layout::{Part, Shape};
use crate::mir::{Const, HeapType, IntTy, Ty};
use crate::ty;
use crate::value::Value;

impl Lowering<'_> {
    /// The machine's type of the values of a type without type parameters.
    pub(super) fn machine(&mut self, ty: &ty::Ty, span: Span) -> Ty {
        if let Some(known) = self.types.get(ty) {
            return *known;
        }
        match ty {
            ty::Ty::Failure => return self.program.types.failure(),
            // Where specifications run ([`super::checks`]).
            ty::Ty::SpecInt => return Ty::Int(IntTy::I256),
            _ => {}
        }
        let found = match self.package.shape(ty) {
            Shape::Scalar(scalar) => return scalar,
            Shape::None => {
                self.diagnostics.push(not_yet(span, &format!("values of {}", kind_of(ty))));
                return Ty::Bool;
            }
            Shape::String => self.program.types.string(),
            Shape::Bytes => self.program.types.bytes(),
            Shape::List(of) => {
                let of = self.machine(&of, span);
                self.program.types.vec(of)
            }
            Shape::Map(key, value) => {
                let key = self.machine(&key, span);
                let value = value.map(|value| self.machine(&value, span));
                self.program.types.intern(HeapType::Map { key, value })
            }
            Shape::Record(parts) => return self.record(ty, &parts, span),
            Shape::Enum(cases) => return self.enumeration(ty, &cases, span),
        };
        self.types.insert(ty.clone(), found);
        found
    }

    fn record(&mut self, ty: &ty::Ty, parts: &[Part], span: Span) -> Ty {
        let name = self.machine_name(ty, span);
        let (found, is_new) = self.program.types.declare_record(&name);
        self.types.insert(ty.clone(), found);
        if is_new {
            let fields = self.parts(parts, span);
            self.program.types.define(found, HeapType::Record { name, fields });
        }
        found
    }

    fn enumeration(&mut self, ty: &ty::Ty, cases: &[crate::layout::Case], span: Span) -> Ty {
        let name = self.machine_name(ty, span);
        let (found, is_new) = self.program.types.declare_enum(&name);
        self.types.insert(ty.clone(), found);
        if is_new {
            let variants = cases.iter().map(|case| self.parts(&case.parts, span)).collect();
            self.program.types.define(found, HeapType::Enum { name, variants });
        }
        found
    }

    fn parts(&mut self, parts: &[Part], span: Span) -> Vec<Ty> {
        parts.iter().map(|part| self.machine(&part.ty, span)).collect()
    }

    /// The name that tells a record or enum from others: `scf.Note`, `Option<u64>`, `(u8, bool)`.
    fn machine_name(&mut self, ty: &ty::Ty, span: Span) -> String {
        let package = self.package;
        let (name, args): (String, &[ty::Ty]) = match ty {
            ty::Ty::Unit => return "()".into(),
            ty::Ty::Tuple(parts) => return format!("({})", self.machine_names(parts, span)),
            ty::Ty::Option(of) => ("Option".into(), std::slice::from_ref(&**of)),
            ty::Ty::Result(ok, err) => {
                let both = [(**ok).clone(), (**err).clone()];
                return format!("Result<{}>", self.machine_names(&both, span));
            }
            ty::Ty::Struct(id, args) => (package.struct_name(*id), args),
            ty::Ty::Enum(id, args) => (package.enum_name(*id), args),
            other => (other.to_string(), &[]),
        };
        match args {
            [] => name,
            args => format!("{name}<{}>", self.machine_names(args, span)),
        }
    }

    fn machine_names(&mut self, types: &[ty::Ty], span: Span) -> String {
        let names = types.iter().map(|ty| match ty {
            ty::Ty::Number(number) => number.to_string(),
            ty => {
                let ty = self.machine(ty, span);
                self.program.types.text(ty)
            }
        });
        names.collect::<Vec<_>>().join(", ")
    }

    /// A scalar known when compiling.
    pub(super) fn scalar_constant(&self, value: &Value, ty: &ty::Ty) -> Option<Const> {
        if let (Value::Sequence(parts), ty::Ty::Struct(..)) = (value, ty) {
            // A quantity is its one field.
            let (Ty::Int(int), [Value::Int(value)]) = (self.package.scalar(ty)?, &parts[..]) else {
                return None;
            };
            return Const::int(int, value.clone());
        }
        if let (Value::Int(value), ty::Ty::SpecInt) = (value, ty) {
            return Const::int(IntTy::I256, value.clone());
        }
        match (value, self.package.scalar(ty)?) {
            (Value::Bool(value), Ty::Bool) => Some(Const::Bool(*value)),
            (Value::Int(value), Ty::Int(int)) => Const::int(int, value.clone()),
            (Value::Bytes(bytes), Ty::Address) => {
                Some(Const::Address(bytes.as_slice().try_into().ok()?))
            }
            (Value::Bytes(bytes), Ty::Hash) => Some(Const::Hash(bytes.as_slice().try_into().ok()?)),
            _ => None,
        }
    }
}

/// A type in words, for a message.
fn kind_of(ty: &ty::Ty) -> &'static str {
    match ty {
        ty::Ty::Range(_) => "range types",
        ty::Ty::Fn(..) => "function types",
        _ => "this type",
    }
}
