//! The unknowns of type inference.
//!
//! In: pairs of types that must be one. Out: what each unknown stands for.
//! Holds always: an unknown never contains itself; one that stands for a number is only ever bound
//! to an integer type.

use deed_base::Span;

use crate::arena::{Arena, InferId};
use crate::ty::Ty;

/// What kind of types an unknown may become.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Any,
    Int,
}

#[derive(Debug)]
struct Unknown {
    kind: Kind,
    bound: Option<Ty>,
    /// Where it came from.
    span: Span,
}

/// The unknowns of one item.
#[derive(Default, Debug)]
pub(super) struct Infer {
    unknowns: Arena<InferId, Unknown>,
}

impl Infer {
    pub(super) fn fresh(&mut self, kind: Kind, span: Span) -> Ty {
        Ty::Infer(self.unknowns.push(Unknown { kind, bound: None, span }))
    }

    /// The type as far as its outside is known.
    pub(super) fn shallow(&self, ty: &Ty) -> Ty {
        self.outside(ty).clone()
    }

    /// As [`Self::shallow`], to look at.
    pub(super) fn outside<'t>(&'t self, mut ty: &'t Ty) -> &'t Ty {
        while let Ty::Infer(id) = ty {
            match &self.unknowns[*id].bound {
                Some(bound) => ty = bound,
                None => break,
            }
        }
        ty
    }

    /// Whether it is a number of a type that is not settled.
    pub(super) fn is_open_int(&self, ty: &Ty) -> bool {
        match self.outside(ty) {
            Ty::Infer(id) => self.unknowns[*id].kind == Kind::Int,
            _ => false,
        }
    }

    /// An integer type of programs, settled or not.
    pub(super) fn is_int(&self, ty: &Ty) -> bool {
        matches!(self.outside(ty), Ty::Int(_)) || self.is_open_int(ty)
    }

    /// Makes two types one; `false` if they cannot be.
    pub(super) fn unify(&mut self, a: &Ty, b: &Ty) -> bool {
        if let (Ty::Int(a), Ty::Int(b)) = (self.outside(a), self.outside(b)) {
            return a == b;
        }
        match (self.shallow(a), self.shallow(b)) {
            // One mistake gives one message: what hangs on it stays unknown in silence.
            (Ty::Error, Ty::Infer(id)) | (Ty::Infer(id), Ty::Error) => {
                self.unknowns[id].bound = Some(Ty::Error);
                true
            }
            (Ty::Error, _) | (_, Ty::Error) => true,
            (Ty::Infer(a), Ty::Infer(b)) if a == b => true,
            (Ty::Infer(a), Ty::Infer(b)) if self.unknowns[b].kind == Kind::Any => {
                self.bind(b, Ty::Infer(a))
            }
            (Ty::Infer(id), ty) | (ty, Ty::Infer(id)) => self.bind(id, ty),
            (Ty::Option(a), Ty::Option(b))
            | (Ty::Vec(a), Ty::Vec(b))
            | (Ty::Set(a), Ty::Set(b))
            | (Ty::Range(a), Ty::Range(b))
            | (Ty::Table(a), Ty::Table(b)) => self.unify(&a, &b),
            (Ty::Array(a, m), Ty::Array(b, n)) => self.unify(&a, &b) && self.unify(&m, &n),
            (Ty::Result(a, e), Ty::Result(b, f)) => self.unify(&a, &b) && self.unify(&e, &f),
            (Ty::Tuple(a), Ty::Tuple(b)) => self.unify_all(&a, &b),
            (Ty::Struct(i, a), Ty::Struct(j, b)) => i == j && self.unify_all(&a, &b),
            (Ty::Enum(i, a), Ty::Enum(j, b)) => i == j && self.unify_all(&a, &b),
            // What an absent key reads belongs to the place, not to the values in it.
            (Ty::Map(a), Ty::Map(b)) => {
                self.unify(&a.key, &b.key) && self.unify(&a.value, &b.value)
            }
            (Ty::Fn(a), Ty::Fn(b)) => {
                let pairs = a.params.iter().zip(&b.params);
                a.params.len() == b.params.len()
                    && pairs.into_iter().all(|((m, a), (n, b))| m == n && self.unify(a, b))
                    && self.unify(&a.result, &b.result)
            }
            (a, b) => a == b,
        }
    }

    fn unify_all(&mut self, a: &[Ty], b: &[Ty]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.unify(a, b))
    }

    /// Lets a place's type tell the arguments of a struct or enum, if it is the same one.
    pub(super) fn unify_same_item(&mut self, ty: &Ty, want: &Ty) {
        match (ty, self.shallow(want)) {
            (Ty::Struct(i, a), Ty::Struct(j, b)) if *i == j => _ = self.unify_all(a, &b),
            (Ty::Enum(i, a), Ty::Enum(j, b)) if *i == j => _ = self.unify_all(a, &b),
            _ => {}
        }
    }

    fn bind(&mut self, id: InferId, ty: Ty) -> bool {
        let fits = match self.unknowns[id].kind {
            Kind::Any => !self.occurs(id, &ty),
            Kind::Int => self.is_int(&ty),
        };
        if fits {
            self.unknowns[id].bound = Some(ty);
        }
        fits
    }

    fn occurs(&self, id: InferId, ty: &Ty) -> bool {
        let mut found = false;
        self.settle(ty).each(&mut |part| found |= *part == Ty::Infer(id));
        found
    }

    /// Gives up on what is unknown in a type about which a message has been given.
    pub(super) fn poison(&mut self, ty: &Ty) {
        let mut open = Vec::new();
        self.settle(ty).each(&mut |part| {
            if let Ty::Infer(id) = part {
                open.push(*id);
            }
        });
        for id in open {
            self.unknowns[id].bound = Some(Ty::Error);
        }
    }

    /// Whether a type has more parts, or nests deeper, than any that a person writes.
    pub(super) fn is_huge(&self, ty: &Ty) -> bool {
        const MOST_PARTS: usize = 2_000;
        const MOST_DEPTH: usize = 200;
        let mut left = MOST_PARTS;
        !self.fits_in(ty, &mut left, MOST_DEPTH)
    }

    fn fits_in(&self, ty: &Ty, left: &mut usize, depth: usize) -> bool {
        if *left == 0 || depth == 0 {
            return false;
        }
        *left -= 1;
        let mut ty = ty;
        while let Ty::Infer(id) = ty {
            match &self.unknowns[*id].bound {
                Some(bound) => ty = bound,
                None => return true,
            }
        }
        ty.parts().into_iter().all(|part| self.fits_in(part, left, depth - 1))
    }

    /// The unknowns that nothing settled, with their places; they become errors.
    pub(super) fn close(&mut self) -> Vec<(Kind, Span)> {
        let mut open = Vec::new();
        for unknown in self.unknowns.values_mut().filter(|unknown| unknown.bound.is_none()) {
            open.push((unknown.kind, unknown.span));
            unknown.bound = Some(Ty::Error);
        }
        open
    }

    /// The type with every unknown replaced by what it stands for.
    pub(super) fn settle(&self, ty: &Ty) -> Ty {
        ty.map_parts(&mut |part| match part {
            Ty::Infer(id) => match &self.unknowns[*id].bound {
                Some(bound) => Some(self.settle(bound)),
                None => Some(part.clone()),
            },
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fresh(infer: &mut Infer, kind: Kind) -> Ty {
        infer.fresh(kind, Span::default())
    }

    #[test]
    fn a_number_becomes_an_integer_type_and_nothing_else() {
        let mut infer = Infer::default();
        let number = fresh(&mut infer, Kind::Int);
        assert!(!infer.unify(&number, &Ty::Bool));
        assert!(infer.unify(&number, &Ty::U64));
        assert!(!infer.unify(&number, &Ty::U8));
        assert_eq!(infer.settle(&Ty::option(number)), Ty::option(Ty::U64));
        assert!(infer.close().is_empty());
    }

    #[test]
    fn unknowns_that_met_are_settled_together() {
        let mut infer = Infer::default();
        let (any, number) = (fresh(&mut infer, Kind::Any), fresh(&mut infer, Kind::Int));
        assert!(infer.unify(&any, &number));
        assert!(!infer.unify(&any, &Ty::Address), "it is a number by now");
        assert!(infer.unify(&any, &Ty::U8));
        assert_eq!(infer.shallow(&number), Ty::U8);
    }

    #[test]
    fn an_unknown_never_holds_itself() {
        let mut infer = Infer::default();
        let any = fresh(&mut infer, Kind::Any);
        assert!(!infer.unify(&any, &Ty::option(any.clone())));
        assert_eq!(infer.close().len(), 1);
        assert_eq!(infer.settle(&any), Ty::Error);
    }
}
