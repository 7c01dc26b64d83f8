//! What a question is, in 32 bytes.
//!
//! In: [`Terms`] and a [`Condition`]. Out: the SHA-256 of its facts, its goal, and what is watched.
//! Holds always: the hash is one of meaning: a term is hashed with the hashes of its parts, so it does not
//! depend on the order in which an arena was filled, nor on places in the source. Each node is hashed once.

use sha2::{Digest, Sha256};

use super::term::{Node, Quantifier, Sort, TermId, Terms};
use super::{Condition, Kind};

type Hash = [u8; 32];

/// The hashes of the terms of one arena, as they are needed.
pub(crate) struct Hashes<'t> {
    terms: &'t Terms,
    known: Vec<Option<Hash>>,
}

impl<'t> Hashes<'t> {
    pub(crate) fn new(terms: &'t Terms) -> Hashes<'t> {
        Hashes { terms, known: vec![None; terms.len()] }
    }

    /// The hash of a whole question. The order of facts counts, because a solver may heed it.
    pub(crate) fn condition(&mut self, condition: &Condition) -> Hash {
        let mut hash = Sha256::new();
        for fact in &condition.facts {
            hash.update(self.term(*fact));
        }
        hash.update(match condition.kind() {
            Kind::Promise => &b"goal"[..],
            Kind::Probe => b"probe",
            Kind::Relation => b"relation",
        });
        hash.update(self.term(condition.goal));
        for (name, term) in &condition.watched {
            text(&mut hash, name);
            hash.update(self.term(*term));
        }
        hash.finalize().into()
    }

    pub(super) fn term(&mut self, id: TermId) -> Hash {
        if let Some(known) = self.known[id.index()] {
            return known;
        }
        let mut work = vec![id];
        while let Some(id) = work.last().copied() {
            let parts = self.terms.parts(id);
            let unknown = parts.iter().copied().filter(|part| self.known[part.index()].is_none());
            let before = work.len();
            work.extend(unknown);
            if work.len() == before {
                self.known[id.index()] = Some(self.node(id, &parts));
                work.pop();
            }
        }
        self.known[id.index()].unwrap_or_default()
    }

    /// The hash of a node whose parts have theirs.
    fn node(&self, id: TermId, parts: &[TermId]) -> Hash {
        let mut hash = Sha256::new();
        label(&mut hash, self.terms.node(id));
        sort(&mut hash, self.terms.sort(id));
        hash.update((parts.len() as u32).to_be_bytes());
        for part in parts {
            hash.update(self.known[part.index()].unwrap_or_default());
        }
        hash.finalize().into()
    }
}

/// What a node is, beside its parts.
fn label(hash: &mut Sha256, node: &Node) {
    match node {
        Node::Int(value) => text(hash, &format!("int {value}")),
        Node::Bool(value) => text(hash, &format!("bool {value}")),
        Node::Var(name) => text(hash, &format!("var {name}")),
        Node::Apply(name, ..) => text(hash, &format!("apply {name}")),
        Node::Add(..) => text(hash, "+"),
        Node::Sub(..) => text(hash, "-"),
        Node::Mul(..) => text(hash, "*"),
        Node::Eq(..) => text(hash, "="),
        Node::Lt(..) => text(hash, "<"),
        Node::Le(..) => text(hash, "<="),
        Node::Not(_) => text(hash, "not"),
        Node::And(_) => text(hash, "and"),
        Node::Or(_) => text(hash, "or"),
        Node::Ite(..) => text(hash, "ite"),
        Node::Select(..) => text(hash, "select"),
        Node::Store(..) => text(hash, "store"),
        Node::Constant(..) => text(hash, "const"),
        Node::Quantified(Quantifier::Forall, ..) => text(hash, "forall"),
        Node::Quantified(Quantifier::Exists, ..) => text(hash, "exists"),
    }
}

fn sort(hash: &mut Sha256, of: &Sort) {
    match of {
        Sort::Int => hash.update(b"i"),
        Sort::Bool => hash.update(b"b"),
        Sort::Array(key, value) => {
            hash.update(b"a");
            sort(hash, key);
            sort(hash, value);
        }
    }
}

/// With its length before it, so that two texts are never taken for one.
fn text(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `x - y` or `y - x`, after other terms or not.
    fn difference(noise: bool, swapped: bool) -> Hash {
        let mut t = Terms::new();
        if noise {
            t.fresh("noise", Sort::Int);
        }
        let (x, y) = (t.fresh("x", Sort::Int), t.fresh("y", Sort::Int));
        let term = if swapped { t.sub(y, x) } else { t.sub(x, y) };
        Hashes::new(&t).term(term)
    }

    #[test]
    fn a_hash_is_of_the_formula_alone() {
        assert_eq!(difference(false, false), difference(true, false));
        assert_ne!(difference(false, false), difference(false, true));
    }

    #[test]
    fn operators_and_sorts_count() {
        let mut t = Terms::new();
        let (x, y) = (t.fresh("x", Sort::Int), t.fresh("y", Sort::Int));
        let (sum, product) = (t.add(x, y), t.mul(x, y));
        let (int, bool) = (t.apply("f", vec![x], Sort::Int), t.apply("f", vec![x], Sort::Bool));
        let mut hashes = Hashes::new(&t);
        assert_ne!(hashes.term(sum), hashes.term(product));
        assert_ne!(hashes.term(int), hashes.term(bool));
    }
}
