//! Formulas as data: the language in which verification conditions are written.
//!
//! In: constructors that simplify a little. Out: shared nodes of one arena, [`Terms`].
//! Holds always: equal nodes have equal ids, so a formula is a DAG and its size is the number of
//! its distinct parts; every node is well-sorted; integers are mathematical and unbounded.
//!
//! Architecture invariant: nothing here knows a solver. `solver.rs` translates, `print.rs` shows.

use std::collections::{HashMap, HashSet};

use num_bigint::BigInt;

/// The sort of a term. Addresses and hashes are integers below 2^256: they are only compared.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Sort {
    Int,
    Bool,
    Array(Box<Sort>, Box<Sort>),
}

impl Sort {
    pub(crate) fn array(key: Sort, value: Sort) -> Sort {
        Sort::Array(Box::new(key), Box::new(value))
    }
}

/// Names a node of a [`Terms`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct TermId(u32);

impl TermId {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// One node; its parts are ids of the same arena.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Node {
    Int(BigInt),
    Bool(bool),
    /// A free constant; its name is unique in the arena.
    Var(String),
    Add(TermId, TermId),
    Sub(TermId, TermId),
    Mul(TermId, TermId),
    Eq(TermId, TermId),
    Lt(TermId, TermId),
    Le(TermId, TermId),
    Not(TermId),
    And(Vec<TermId>),
    Or(Vec<TermId>),
    Ite(TermId, TermId, TermId),
    Select(TermId, TermId),
    Store(TermId, TermId, TermId),
    /// The array that holds one value everywhere; the sort is that of the key.
    Constant(Sort, TermId),
    /// An uninterpreted function, with the sort of its result.
    Apply(String, Vec<TermId>, Sort),
    /// The bound variables are [`Node::Var`]s.
    Quantified(Quantifier, Vec<TermId>, TermId),
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Quantifier {
    Forall,
    Exists,
}

/// The arena of all formulas of one function's verification.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    nodes: Vec<(Node, Sort)>,
    known: HashMap<Node, TermId>,
    fresh: HashMap<String, u32>,
}

impl Terms {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// How many terms there are; each has an index below that.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(crate) fn node(&self, id: TermId) -> &Node {
        &self.nodes[id.index()].0
    }

    pub(crate) fn sort(&self, id: TermId) -> &Sort {
        &self.nodes[id.index()].1
    }

    /// The nodes that a node is made of.
    pub(crate) fn parts(&self, id: TermId) -> Vec<TermId> {
        match self.node(id) {
            Node::Int(_) | Node::Bool(_) | Node::Var(_) => Vec::new(),
            Node::Add(a, b) | Node::Sub(a, b) | Node::Mul(a, b) => vec![*a, *b],
            Node::Eq(a, b) | Node::Lt(a, b) | Node::Le(a, b) | Node::Select(a, b) => vec![*a, *b],
            Node::Not(a) | Node::Constant(_, a) => vec![*a],
            Node::And(parts) | Node::Or(parts) | Node::Apply(_, parts, _) => parts.clone(),
            Node::Ite(a, b, c) | Node::Store(a, b, c) => vec![*a, *b, *c],
            Node::Quantified(_, bound, body) => {
                bound.iter().copied().chain(std::iter::once(*body)).collect()
            }
        }
    }

    /// Every node that `id` is made of, itself last, each after its parts; found without recursion.
    pub(crate) fn below(&self, id: TermId) -> Vec<TermId> {
        let mut order = Vec::new();
        let mut seen = HashSet::new();
        let mut work = vec![(id, false)];
        while let Some((id, parts_done)) = work.pop() {
            if parts_done {
                order.push(id);
            } else if seen.insert(id) {
                work.push((id, true));
                work.extend(self.parts(id).into_iter().map(|part| (part, false)));
            }
        }
        order
    }

    /// The term with other terms in the place of some, made anew from its parts.
    pub(crate) fn replaced(&mut self, id: TermId, by: &HashMap<TermId, TermId>) -> TermId {
        let mut made = by.clone();
        for part in self.below(id) {
            if !made.contains_key(&part) {
                let new = self.remade(part, &made);
                made.insert(part, new);
            }
        }
        made[&id]
    }

    /// A node over the replaced parts; all of these are known.
    fn remade(&mut self, id: TermId, made: &HashMap<TermId, TermId>) -> TermId {
        let all =
            |parts: Vec<TermId>| parts.into_iter().map(|part| made[&part]).collect::<Vec<_>>();
        match self.node(id).clone() {
            Node::Int(_) | Node::Bool(_) | Node::Var(_) => id,
            Node::Add(a, b) => self.add(made[&a], made[&b]),
            Node::Sub(a, b) => self.sub(made[&a], made[&b]),
            Node::Mul(a, b) => self.mul(made[&a], made[&b]),
            Node::Eq(a, b) => self.eq(made[&a], made[&b]),
            Node::Lt(a, b) => self.lt(made[&a], made[&b]),
            Node::Le(a, b) => self.le(made[&a], made[&b]),
            Node::Not(a) => self.not(made[&a]),
            Node::And(parts) => self.and(all(parts)),
            Node::Or(parts) => self.or(all(parts)),
            Node::Ite(c, a, b) => self.ite(made[&c], made[&a], made[&b]),
            Node::Select(a, k) => self.select(made[&a], made[&k]),
            Node::Store(a, k, v) => self.store(made[&a], made[&k], made[&v]),
            Node::Constant(key, v) => self.constant(key, made[&v]),
            Node::Apply(function, parts, sort) => self.apply(function, all(parts), sort),
            Node::Quantified(q, bound, body) => self.quantified(q, bound, made[&body]),
        }
    }

    fn intern(&mut self, node: Node, sort: Sort) -> TermId {
        if let Some(id) = self.known.get(&node) {
            return *id;
        }
        let id = TermId(self.nodes.len() as u32);
        self.known.insert(node.clone(), id);
        self.nodes.push((node, sort));
        id
    }

    /// A node as it was in another arena, over parts of this one; nothing of it is simplified.
    pub(crate) fn remade_as(&mut self, node: Node, sort: Sort) -> TermId {
        self.intern(node, sort)
    }

    /// A constant that nothing is known of; `hint` is the start of its name.
    pub(crate) fn fresh(&mut self, hint: &str, sort: Sort) -> TermId {
        let count = self.fresh.entry(hint.to_string()).or_insert(0);
        let name = if *count == 0 { hint.to_string() } else { format!("{hint}!{count}") };
        *count += 1;
        self.intern(Node::Var(name), sort)
    }

    /// The constant of a name, if there is one.
    pub(crate) fn variable(&self, name: &str) -> Option<TermId> {
        self.known.get(&Node::Var(name.to_string())).copied()
    }

    pub(crate) fn int(&mut self, value: impl Into<BigInt>) -> TermId {
        self.intern(Node::Int(value.into()), Sort::Int)
    }

    pub(crate) fn bool(&mut self, value: bool) -> TermId {
        self.intern(Node::Bool(value), Sort::Bool)
    }

    fn as_int(&self, id: TermId) -> Option<&BigInt> {
        match self.node(id) {
            Node::Int(value) => Some(value),
            _ => None,
        }
    }

    fn as_bool(&self, id: TermId) -> Option<bool> {
        match self.node(id) {
            Node::Bool(value) => Some(*value),
            _ => None,
        }
    }

    pub(crate) fn add(&mut self, a: TermId, b: TermId) -> TermId {
        if let (Some(x), Some(y)) = (self.as_int(a), self.as_int(b)) {
            return self.int(x + y);
        }
        self.intern(Node::Add(a, b), Sort::Int)
    }

    pub(crate) fn sub(&mut self, a: TermId, b: TermId) -> TermId {
        if let (Some(x), Some(y)) = (self.as_int(a), self.as_int(b)) {
            return self.int(x - y);
        }
        self.intern(Node::Sub(a, b), Sort::Int)
    }

    pub(crate) fn mul(&mut self, a: TermId, b: TermId) -> TermId {
        if let (Some(x), Some(y)) = (self.as_int(a), self.as_int(b)) {
            return self.int(x * y);
        }
        self.intern(Node::Mul(a, b), Sort::Int)
    }

    pub(crate) fn eq(&mut self, a: TermId, b: TermId) -> TermId {
        debug_assert_eq!(self.sort(a), self.sort(b), "equality stays in one sort");
        if a == b {
            return self.bool(true);
        }
        match (self.as_bool(a), self.as_bool(b)) {
            (Some(true), _) => return b,
            (_, Some(true)) => return a,
            (Some(false), _) => return self.not(b),
            (_, Some(false)) => return self.not(a),
            _ => {}
        }
        if let (Some(x), Some(y)) = (self.as_int(a), self.as_int(b)) {
            let same = x == y;
            return self.bool(same);
        }
        self.intern(Node::Eq(a, b), Sort::Bool)
    }

    pub(crate) fn lt(&mut self, a: TermId, b: TermId) -> TermId {
        if a == b {
            return self.bool(false);
        }
        if let (Some(x), Some(y)) = (self.as_int(a), self.as_int(b)) {
            let less = x < y;
            return self.bool(less);
        }
        self.intern(Node::Lt(a, b), Sort::Bool)
    }

    pub(crate) fn le(&mut self, a: TermId, b: TermId) -> TermId {
        if a == b {
            return self.bool(true);
        }
        if let (Some(x), Some(y)) = (self.as_int(a), self.as_int(b)) {
            let less = x <= y;
            return self.bool(less);
        }
        self.intern(Node::Le(a, b), Sort::Bool)
    }

    pub(crate) fn not(&mut self, a: TermId) -> TermId {
        match self.node(a) {
            Node::Bool(value) => {
                let value = !*value;
                self.bool(value)
            }
            Node::Not(inner) => *inner,
            _ => self.intern(Node::Not(a), Sort::Bool),
        }
    }

    pub(crate) fn and(&mut self, parts: impl IntoIterator<Item = TermId>) -> TermId {
        let mut kept = Vec::new();
        for part in parts {
            match self.as_bool(part) {
                Some(true) => {}
                Some(false) => return part,
                None if kept.contains(&part) => {}
                None if kept.contains(&self.not(part)) => return self.bool(false),
                None => kept.push(part),
            }
        }
        match kept.as_slice() {
            [] => self.bool(true),
            [one] => *one,
            _ => self.intern(Node::And(kept), Sort::Bool),
        }
    }

    pub(crate) fn or(&mut self, parts: impl IntoIterator<Item = TermId>) -> TermId {
        let mut kept = Vec::new();
        for part in parts {
            match self.as_bool(part) {
                Some(false) => {}
                Some(true) => return part,
                None if kept.contains(&part) => {}
                None if kept.contains(&self.not(part)) => return self.bool(true),
                None => kept.push(part),
            }
        }
        match kept.as_slice() {
            [] => self.bool(false),
            [one] => *one,
            _ => self.intern(Node::Or(kept), Sort::Bool),
        }
    }

    /// `a` or `b`, with what both demand outside of the choice.
    pub(crate) fn either(&mut self, a: TermId, b: TermId) -> TermId {
        let (in_a, in_b) = (self.conjuncts(a), self.conjuncts(b));
        let mut parts: Vec<TermId> =
            in_a.iter().copied().filter(|part| in_b.contains(part)).collect();
        let only = |own: Vec<TermId>, other: &[TermId]| -> Vec<TermId> {
            own.into_iter().filter(|part| !other.contains(part)).collect()
        };
        let (only_a, only_b) = (only(in_a.clone(), &in_b), only(in_b, &in_a));
        let (only_a, only_b) = (self.and(only_a), self.and(only_b));
        parts.push(self.or([only_a, only_b]));
        self.and(parts)
    }

    /// All that a conjunction demands, each once, however it is nested.
    fn conjuncts(&self, id: TermId) -> Vec<TermId> {
        let (mut found, mut work) = (Vec::new(), vec![id]);
        let mut seen = HashSet::new();
        while let Some(id) = work.pop() {
            match self.node(id) {
                Node::And(parts) => work.extend(parts.iter().rev()),
                _ if seen.insert(id) => found.push(id),
                _ => {}
            }
        }
        found
    }

    pub(crate) fn implies(&mut self, a: TermId, b: TermId) -> TermId {
        let not_a = self.not(a);
        self.or([not_a, b])
    }

    pub(crate) fn ite(&mut self, c: TermId, a: TermId, b: TermId) -> TermId {
        match self.as_bool(c) {
            Some(true) => a,
            Some(false) => b,
            None if a == b => a,
            None => {
                let sort = self.sort(a).clone();
                self.intern(Node::Ite(c, a, b), sort)
            }
        }
    }

    pub(crate) fn select(&mut self, array: TermId, key: TermId) -> TermId {
        match self.node(array) {
            Node::Store(_, k, v) if *k == key => return *v,
            Node::Constant(_, v) => return *v,
            _ => {}
        }
        let Sort::Array(_, value) = self.sort(array) else {
            unreachable!("select reads an array");
        };
        let sort = (**value).clone();
        self.intern(Node::Select(array, key), sort)
    }

    pub(crate) fn store(&mut self, array: TermId, key: TermId, value: TermId) -> TermId {
        let sort = self.sort(array).clone();
        self.intern(Node::Store(array, key, value), sort)
    }

    pub(crate) fn constant(&mut self, key: Sort, value: TermId) -> TermId {
        let sort = Sort::array(key.clone(), self.sort(value).clone());
        self.intern(Node::Constant(key, value), sort)
    }

    pub(crate) fn apply(
        &mut self,
        function: impl Into<String>,
        arguments: Vec<TermId>,
        result: Sort,
    ) -> TermId {
        self.intern(Node::Apply(function.into(), arguments, result.clone()), result)
    }

    pub(crate) fn quantified(
        &mut self,
        quantifier: Quantifier,
        bound: Vec<TermId>,
        body: TermId,
    ) -> TermId {
        if bound.is_empty() || self.as_bool(body).is_some() {
            return body;
        }
        self.intern(Node::Quantified(quantifier, bound, body), Sort::Bool)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_terms_are_one_node() {
        let mut t = Terms::new();
        let x = t.fresh("x", Sort::Int);
        let one = t.int(1);
        assert_eq!(t.add(x, one), t.add(x, one));
        assert_ne!(t.fresh("x", Sort::Int), x, "fresh constants are never shared");
    }

    #[test]
    fn constants_fold() {
        let mut t = Terms::new();
        let (two, three) = (t.int(2), t.int(3));
        let (sum, five) = (t.add(two, three), t.int(5));
        assert_eq!(sum, five);
        let less = t.lt(two, three);
        assert_eq!(t.node(less), &Node::Bool(true));
        let p = t.fresh("p", Sort::Bool);
        let not = t.not(p);
        assert_eq!(t.not(not), p);
        let all = t.and([less, p]);
        assert_eq!(all, p);
    }

    #[test]
    fn a_read_of_what_was_just_stored_is_the_value() {
        let mut t = Terms::new();
        let m = t.fresh("m", Sort::array(Sort::Int, Sort::Int));
        let (k, v) = (t.fresh("k", Sort::Int), t.fresh("v", Sort::Int));
        let stored = t.store(m, k, v);
        assert_eq!(t.select(stored, k), v);
    }
}
