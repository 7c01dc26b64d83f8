//! A question as bytes, for a solver in another process.
//!
//! In: [`Terms`] and what is asked about them; or bytes. Out: bytes; or the same question over an arena of its
//! own.
//! Holds always: what is read is what was written, node for node in the same order, so that the solver over
//! there does the very steps that it would do here. Bytes that say anything else are refused, and cost no
//! more memory than they are long.

use std::collections::HashMap;

use num_bigint::BigInt;

use super::term::{Node, Quantifier, Sort, TermId, Terms};

/// What a solver is told of a condition.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub facts: Vec<TermId>,
    pub goal: TermId,
    pub watched: Vec<(String, TermId)>,
    pub kind: Kind,
}

/// What is asked about facts and a goal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Whether the facts imply the goal.
    Promise,
    /// The same of what matters only if they do.
    Probe,
    /// The facts are rules about one relation, which holds of the least set that they allow: what is it, or one
    /// that is larger, of the variables in the goal?
    Relation,
}

/// Sorts are not nested deeper than this, nor does anything here recurse deeper.
const MAX_DEPTH: u32 = 64;

/// The question as bytes.
pub(crate) fn written(terms: &Terms, asked: &Asked) -> Vec<u8> {
    let mut writer = Writer { terms, places: HashMap::new(), nodes: Vec::new() };
    let mut tail = Vec::new();
    number(&mut tail, asked.facts.len());
    for fact in &asked.facts {
        number(&mut tail, writer.place(*fact));
    }
    number(&mut tail, writer.place(asked.goal));
    number(&mut tail, asked.watched.len());
    for (name, term) in &asked.watched {
        text(&mut tail, name.as_bytes());
        number(&mut tail, writer.place(*term));
    }
    tail.push(asked.kind as u8);
    let mut bytes = Vec::new();
    number(&mut bytes, writer.places.len());
    bytes.append(&mut writer.nodes);
    bytes.append(&mut tail);
    bytes
}

/// The question that the bytes hold.
pub(crate) fn read(bytes: &[u8]) -> Option<(Terms, Asked)> {
    let mut reader = Reader { bytes, terms: Terms::new(), ids: Vec::new() };
    for _ in 0..reader.number()? {
        let (node, sort) = reader.node()?;
        let id = reader.terms.remade_as(node, sort);
        reader.ids.push(id);
    }
    let (facts, goal) = (reader.counted()?, reader.id()?);
    let mut watched = Vec::new();
    for _ in 0..reader.number()? {
        watched.push((reader.name()?, reader.id()?));
    }
    let kind = match reader.byte()? {
        0 => Kind::Promise,
        1 => Kind::Probe,
        2 => Kind::Relation,
        _ => return None,
    };
    let is_bool = |id: &TermId| *reader.terms.sort(*id) == Sort::Bool;
    let fits = facts.iter().chain([&goal]).all(is_bool) && reader.bytes.is_empty();
    fits.then_some((reader.terms, Asked { facts, goal, watched, kind }))
}

struct Writer<'t> {
    terms: &'t Terms,
    /// The nodes that are written, by their numbers.
    places: HashMap<TermId, usize>,
    nodes: Vec<u8>,
}

impl Writer<'_> {
    /// The number of a node; writes it first, and all that it is made of, where it is new.
    fn place(&mut self, id: TermId) -> usize {
        let mut work = vec![id];
        while let Some(top) = work.last().copied() {
            if self.places.contains_key(&top) {
                work.pop();
                continue;
            }
            let parts = self.terms.parts(top).into_iter();
            let before = work.len();
            work.extend(parts.filter(|part| !self.places.contains_key(part)));
            if work.len() == before {
                self.node(top);
                self.places.insert(top, self.places.len());
                work.pop();
            }
        }
        self.places[&id]
    }

    fn node(&mut self, id: TermId) {
        let node = self.terms.node(id);
        self.nodes.push(tag(node));
        match node {
            Node::Int(value) => text(&mut self.nodes, &value.to_signed_bytes_le()),
            Node::Var(name) => {
                text(&mut self.nodes, name.as_bytes());
                sort(&mut self.nodes, self.terms.sort(id));
            }
            Node::Constant(key, _) => sort(&mut self.nodes, key),
            Node::Apply(name, parts, result) => {
                text(&mut self.nodes, name.as_bytes());
                sort(&mut self.nodes, result);
                number(&mut self.nodes, parts.len());
            }
            Node::And(parts) | Node::Or(parts) => number(&mut self.nodes, parts.len()),
            Node::Quantified(_, bound, _) => number(&mut self.nodes, bound.len()),
            _ => {}
        }
        for part in self.terms.parts(id) {
            number(&mut self.nodes, self.places[&part]);
        }
    }
}

fn tag(node: &Node) -> u8 {
    match node {
        Node::Int(_) => 0,
        Node::Bool(false) => 1,
        Node::Bool(true) => 2,
        Node::Var(_) => 3,
        Node::Add(..) => 4,
        Node::Sub(..) => 5,
        Node::Mul(..) => 6,
        Node::Eq(..) => 7,
        Node::Lt(..) => 8,
        Node::Le(..) => 9,
        Node::Not(_) => 10,
        Node::And(_) => 11,
        Node::Or(_) => 12,
        Node::Ite(..) => 13,
        Node::Select(..) => 14,
        Node::Store(..) => 15,
        Node::Constant(..) => 16,
        Node::Apply(..) => 17,
        Node::Quantified(Quantifier::Forall, ..) => 18,
        Node::Quantified(Quantifier::Exists, ..) => 19,
    }
}

/// Seven bits a byte, the lowest first.
fn number(out: &mut Vec<u8>, value: usize) {
    let mut rest = value;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

fn text(out: &mut Vec<u8>, bytes: &[u8]) {
    number(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn sort(out: &mut Vec<u8>, of: &Sort) {
    match of {
        Sort::Int => out.push(0),
        Sort::Bool => out.push(1),
        Sort::Array(key, value) => {
            out.push(2);
            sort(out, key);
            sort(out, value);
        }
    }
}

struct Reader<'b> {
    bytes: &'b [u8],
    terms: Terms,
    /// The nodes so far, by their numbers.
    ids: Vec<TermId>,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<usize> {
        let mut value = 0;
        for shift in (0..56).step_by(7) {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn text(&mut self) -> Option<&[u8]> {
        let length = self.number()?;
        let (text, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(text)
    }

    fn name(&mut self) -> Option<String> {
        String::from_utf8(self.text()?.to_vec()).ok()
    }

    fn sort(&mut self, depth: u32) -> Option<Sort> {
        match self.byte()? {
            0 => Some(Sort::Int),
            1 => Some(Sort::Bool),
            2 if depth < MAX_DEPTH => {
                Some(Sort::array(self.sort(depth + 1)?, self.sort(depth + 1)?))
            }
            _ => None,
        }
    }

    fn id(&mut self) -> Option<TermId> {
        let at = self.number()?;
        self.ids.get(at).copied()
    }

    fn ids(&mut self, count: usize) -> Option<Vec<TermId>> {
        (0..count).map(|_| self.id()).collect()
    }

    fn counted(&mut self) -> Option<Vec<TermId>> {
        let count = self.number()?;
        self.ids(count)
    }

    /// A node and its sort, which has to be that of its parts.
    fn node(&mut self) -> Option<(Node, Sort)> {
        let node = match self.byte()? {
            0 => Node::Int(BigInt::from_signed_bytes_le(self.text()?)),
            1 => Node::Bool(false),
            2 => Node::Bool(true),
            3 => return Some((Node::Var(self.name()?), self.sort(0)?)),
            4 => Node::Add(self.id()?, self.id()?),
            5 => Node::Sub(self.id()?, self.id()?),
            6 => Node::Mul(self.id()?, self.id()?),
            7 => Node::Eq(self.id()?, self.id()?),
            8 => Node::Lt(self.id()?, self.id()?),
            9 => Node::Le(self.id()?, self.id()?),
            10 => Node::Not(self.id()?),
            11 => Node::And(self.counted()?),
            12 => Node::Or(self.counted()?),
            13 => Node::Ite(self.id()?, self.id()?, self.id()?),
            14 => Node::Select(self.id()?, self.id()?),
            15 => Node::Store(self.id()?, self.id()?, self.id()?),
            16 => Node::Constant(self.sort(0)?, self.id()?),
            17 => {
                let (name, result) = (self.name()?, self.sort(0)?);
                Node::Apply(name, self.counted()?, result)
            }
            18 => Node::Quantified(Quantifier::Forall, self.counted()?, self.id()?),
            19 => Node::Quantified(Quantifier::Exists, self.counted()?, self.id()?),
            _ => return None,
        };
        let sort = sort_of(&self.terms, &node)?;
        Some((node, sort))
    }
}

/// The sort of a node, if its parts fit each other.
fn sort_of(terms: &Terms, node: &Node) -> Option<Sort> {
    let of = |id: &TermId| terms.sort(*id);
    let all = |parts: &[&TermId], sort: Sort| parts.iter().all(|part| *of(part) == sort);
    let is_variable = |id: &TermId| matches!(terms.node(*id), Node::Var(_));
    let (fits, sort) = match node {
        Node::Int(_) => (true, Sort::Int),
        Node::Bool(_) => (true, Sort::Bool),
        Node::Var(_) => (false, Sort::Int),
        Node::Add(a, b) | Node::Sub(a, b) | Node::Mul(a, b) => (all(&[a, b], Sort::Int), Sort::Int),
        Node::Lt(a, b) | Node::Le(a, b) => (all(&[a, b], Sort::Int), Sort::Bool),
        Node::Eq(a, b) => (of(a) == of(b), Sort::Bool),
        Node::Not(a) => (*of(a) == Sort::Bool, Sort::Bool),
        Node::And(parts) | Node::Or(parts) => {
            (parts.iter().all(|part| *of(part) == Sort::Bool), Sort::Bool)
        }
        Node::Ite(c, a, b) => (*of(c) == Sort::Bool && of(a) == of(b), of(a).clone()),
        Node::Select(array, k) => match of(array) {
            Sort::Array(key, value) => (of(k) == &**key, (**value).clone()),
            _ => (false, Sort::Int),
        },
        Node::Store(array, k, v) => {
            (*of(array) == Sort::array(of(k).clone(), of(v).clone()), of(array).clone())
        }
        Node::Constant(key, v) => (true, Sort::array(key.clone(), of(v).clone())),
        Node::Apply(_, _, result) => (true, result.clone()),
        Node::Quantified(_, bound, body) => {
            (*of(body) == Sort::Bool && bound.iter().all(is_variable), Sort::Bool)
        }
    };
    fits.then_some(sort)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vc::hash::Hashes;

    /// One of every sort of node, shared parts and a number beyond 64 bits among them.
    fn sample() -> (Terms, Asked) {
        let mut t = Terms::new();
        let m = t.fresh("m", Sort::array(Sort::Int, Sort::Int));
        let (k, p) = (t.fresh("k", Sort::Int), t.fresh("p", Sort::Bool));
        let (large, zero) = (t.int(-(BigInt::from(1) << 200_u32)), t.int(0));
        let stored = t.store(m, k, large);
        let read = t.select(stored, zero);
        let nothing = t.constant(Sort::Int, zero);
        let chosen = t.ite(p, m, nothing);
        let same = t.eq(chosen, stored);
        let (sum, product) = (t.add(read, k), t.mul(read, k));
        let difference = t.sub(sum, product);
        let (less, most) = (t.lt(difference, zero), t.le(difference, k));
        let known = t.apply("known", vec![k, p], Sort::Bool);
        let either = t.or([less, known]);
        let both = t.and([most, either, same]);
        let all = t.quantified(Quantifier::Forall, vec![k], both);
        let any = t.quantified(Quantifier::Exists, vec![k], either);
        let no = t.not(any);
        let watched = vec![("self.k".to_string(), k)];
        (t, Asked { facts: vec![no, all], goal: p, watched, kind: Kind::Probe })
    }

    #[test]
    fn a_question_comes_back_as_it_was() {
        let (terms, asked) = sample();
        let bytes = written(&terms, &asked);
        let (again, read) = read(&bytes).expect("it was written here");
        assert_eq!(written(&again, &read), bytes);
        let (mut here, mut there) = (Hashes::new(&terms), Hashes::new(&again));
        for (a, b) in asked.facts.iter().zip(&read.facts) {
            assert_eq!(here.term(*a), there.term(*b));
        }
        assert_eq!(read.watched[0].0, "self.k");
    }

    #[test]
    fn damaged_bytes_are_refused_or_say_something_else() {
        let (terms, asked) = sample();
        let bytes = written(&terms, &asked);
        for end in 0..bytes.len() {
            assert!(read(&bytes[..end]).is_none(), "cut at {end}");
        }
        // Whatever they say now, nothing panics and all sorts fit.
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                if let Some((terms, asked)) = read(&damaged) {
                    assert!(asked.facts.iter().all(|fact| fact.index() < terms.len()));
                }
            }
        }
    }
}
