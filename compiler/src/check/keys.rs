//! Keys of the state as a caller could compute them before the call.
//!
//! In: the expression of a key. Out: a [`PathKey`].
//! Holds always: what is kept depends on parameters, `tx`, `block` and constants alone, and has the same
//! value whenever the function computes it; anything else is `Any`.

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::arena::LocalId;
use crate::thir::visit::{Node, walk_function};
use crate::thir::{
    Expr, ExprKind, Function, KeyPart, Package, ParamMode, PathKey, Place, PlaceBase, PlaceStep,
    Stmt, StmtKind,
};

/// The keys of one function.
pub(super) struct Keys<'p> {
    function: &'p Function,
    package: &'p Package,
    /// What each `let` gives its variable; looked for where a key names one.
    lets: OnceCell<HashMap<LocalId, &'p Expr>>,
}

impl<'p> Keys<'p> {
    pub(super) fn of(function: &'p Function, package: &'p Package) -> Self {
        Keys { function, package, lets: OnceCell::new() }
    }

    pub(super) fn key(&self, expr: &Expr) -> PathKey {
        self.nested(expr, PathKey::DEEPEST)
    }

    fn nested(&self, expr: &Expr, depth: usize) -> PathKey {
        let Some(depth) = depth.checked_sub(1) else { return PathKey::Any };
        let key = |expr: &Expr| KeyPart::Key(self.nested(expr, depth));
        let word = |text: &str| KeyPart::Word(text.to_owned());
        match &expr.kind {
            ExprKind::Context(context) => PathKey::Context(*context),
            ExprKind::Value(value) => PathKey::Literal(value.to_string()),
            ExprKind::Const(id) => match &self.package.constants[*id].value {
                Some(value) => PathKey::Literal(value.to_string()),
                None => PathKey::Any,
            },
            ExprKind::Read(place) => self.place(place, depth),
            ExprKind::Binary(op, left, right) => {
                PathKey::made(vec![key(left), word(&format!(" {} ", op.symbol())), key(right)])
            }
            ExprKind::Cast(of) => match expr.ty.as_int() {
                Some(int) => {
                    PathKey::made(vec![word(&format!("{}(", int.name())), key(of), word(")")])
                }
                None => PathKey::Any,
            },
            ExprKind::Tuple(parts) => {
                let mut all = Vec::with_capacity(parts.len() * 2 + 1);
                for (at, part) in parts.iter().enumerate() {
                    all.extend([word(if at == 0 { "(" } else { ", " }), key(part)]);
                }
                all.push(word(")"));
                PathKey::made(all)
            }
            _ => PathKey::Any,
        }
    }

    fn lets(&self) -> &HashMap<LocalId, &'p Expr> {
        self.lets.get_or_init(|| {
            let mut lets = HashMap::new();
            walk_function(self.function, &mut |node| {
                if let Node::Stmt(Stmt { kind: StmtKind::Let { local, value }, .. }) = node
                    && !self.function.locals[*local].mutable
                {
                    lets.insert(*local, value);
                }
            });
            lets
        })
    }

    /// What a variable holds, or a part of it.
    fn place(&self, place: &Place, depth: usize) -> PathKey {
        let PlaceBase::Local(local) = place.base else { return PathKey::Any };
        let params = &self.function.params;
        let param = params.iter().position(|param| param.local == local);
        let base = match param {
            Some(at) if params[at].mode != ParamMode::Inout => PathKey::Param(at as u32),
            Some(_) => return PathKey::Any,
            None => match self.lets().get(&local) {
                Some(value) => self.nested(value, depth),
                None => return PathKey::Any,
            },
        };
        place.path.iter().fold(base, |base, step| {
            let part = match step {
                PlaceStep::Field(id, field) => {
                    self.package.structs[*id].fields[*field].name.text.as_str()
                }
                PlaceStep::Part(part) => &part.to_string(),
                PlaceStep::Key(_) | PlaceStep::Index(_) => return PathKey::Any,
            };
            PathKey::made(vec![KeyPart::Key(base), KeyPart::Word(format!(".{part}"))])
        })
    }
}
