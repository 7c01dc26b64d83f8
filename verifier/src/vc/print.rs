//! Verification conditions as text, in the notation of SMT-LIB 2.6.
//!
//! In: [`Terms`] and a [`Condition`]. Out: declarations, facts and the negated goal.
//! Holds always: the text depends on the condition alone, so it serves as a key for caches and as
//! a golden file; shared parts are written once, as `define-fun`.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use super::Condition;
use super::term::{Node, Quantifier, Sort, TermId, Terms};

/// The whole query: satisfiable where the goal can fail.
pub(crate) fn query(terms: &Terms, condition: &Condition) -> String {
    let mut printer = Printer {
        terms,
        out: String::new(),
        names: HashMap::new(),
        functions: HashSet::new(),
        definitions: 0,
        bound: Vec::new(),
    };
    for fact in &condition.facts {
        let text = printer.define_all(*fact);
        let _ = writeln!(printer.out, "(assert {text})");
    }
    let goal = printer.define_all(condition.goal);
    let _ = writeln!(printer.out, "(assert (not {goal}))\n(check-sat)");
    printer.out
}

struct Printer<'a> {
    terms: &'a Terms,
    out: String,
    names: HashMap<TermId, String>,
    /// Uninterpreted functions that are declared.
    functions: HashSet<String>,
    definitions: u32,
    /// The variables of the quantifiers around the current place.
    bound: Vec<TermId>,
}

impl Printer<'_> {
    /// Names a term after its parts, so that the text of each is short and nothing nests deeply.
    fn define_all(&mut self, id: TermId) -> String {
        let below = self.terms.below(id);
        let mut bound = HashSet::new();
        for id in &below {
            if let Node::Quantified(_, variables, _) = self.terms.node(*id) {
                bound.extend(variables);
            }
        }
        // What depends on a bound variable has no name outside its quantifier.
        for id in below {
            if self.terms.parts(id).iter().any(|part| bound.contains(part)) {
                bound.insert(id);
            }
            let closes = matches!(self.terms.node(id), Node::Quantified(..));
            if closes || !bound.contains(&id) {
                bound.remove(&id);
                self.name(id);
            }
        }
        self.name(id)
    }

    /// The text by which `id` is referred to; defines it first where it is new.
    fn name(&mut self, id: TermId) -> String {
        if let Some(name) = self.names.get(&id) {
            return name.clone();
        }
        let text = self.text(id);
        if self.bound.contains(&id) {
            return text;
        }
        let name = match self.terms.node(id) {
            Node::Var(_) => {
                self.declare(&text, id);
                text
            }
            Node::Int(_) | Node::Bool(_) => text,
            _ if !self.bound.is_empty() => return text,
            _ => self.define(&text, id),
        };
        self.names.insert(id, name.clone());
        name
    }

    fn declare(&mut self, name: &str, id: TermId) {
        let sort = sort(self.terms.sort(id));
        let _ = writeln!(self.out, "(declare-const {name} {sort})");
    }

    fn declare_function(&mut self, name: &str, parts: &[TermId], result: &Sort) {
        if self.functions.insert(name.to_string()) {
            let domain: Vec<String> = parts.iter().map(|p| sort(self.terms.sort(*p))).collect();
            let (domain, result) = (domain.join(" "), sort(result));
            let _ = writeln!(self.out, "(declare-fun |{name}| ({domain}) {result})");
        }
    }

    fn define(&mut self, text: &str, id: TermId) -> String {
        self.definitions += 1;
        let name = format!("t{}", self.definitions);
        let sort = sort(self.terms.sort(id));
        let _ = writeln!(self.out, "(define-fun {name} () {sort} {text})");
        name
    }

    fn text(&mut self, id: TermId) -> String {
        match self.terms.node(id).clone() {
            Node::Int(value) => match value.to_string().strip_prefix('-') {
                Some(digits) => format!("(- {digits})"),
                None => value.to_string(),
            },
            Node::Bool(value) => value.to_string(),
            Node::Var(name) => format!("|{name}|"),
            Node::Add(a, b) => self.call("+", &[a, b]),
            Node::Sub(a, b) => self.call("-", &[a, b]),
            Node::Mul(a, b) => self.call("*", &[a, b]),
            Node::Eq(a, b) => self.call("=", &[a, b]),
            Node::Lt(a, b) => self.call("<", &[a, b]),
            Node::Le(a, b) => self.call("<=", &[a, b]),
            Node::Not(a) => self.call("not", &[a]),
            Node::And(parts) => self.call("and", &parts),
            Node::Or(parts) => self.call("or", &parts),
            Node::Ite(c, a, b) => self.call("ite", &[c, a, b]),
            Node::Select(a, k) => self.call("select", &[a, k]),
            Node::Store(a, k, v) => self.call("store", &[a, k, v]),
            Node::Constant(_, v) => {
                let sort = sort(self.terms.sort(id));
                self.call(&format!("(as const {sort})"), &[v])
            }
            Node::Apply(function, parts, result) => {
                self.declare_function(&function, &parts, &result);
                self.call(&format!("|{function}|"), &parts)
            }
            Node::Quantified(quantifier, bound, body) => self.quantified(quantifier, &bound, body),
        }
    }

    fn call(&mut self, operator: &str, parts: &[TermId]) -> String {
        let parts: Vec<String> = parts.iter().map(|part| self.name(*part)).collect();
        format!("({operator} {})", parts.join(" "))
    }

    /// A body mentions bound variables, so its parts cannot be named outside: they stand inline.
    fn quantified(&mut self, quantifier: Quantifier, bound: &[TermId], body: TermId) -> String {
        let word = match quantifier {
            Quantifier::Forall => "forall",
            Quantifier::Exists => "exists",
        };
        let outer = self.bound.len();
        self.bound.extend(bound);
        let variables: Vec<String> = bound
            .iter()
            .map(|v| format!("({} {})", self.text(*v), sort(self.terms.sort(*v))))
            .collect();
        let body = self.name(body);
        self.bound.truncate(outer);
        format!("({word} ({}) {body})", variables.join(" "))
    }
}

fn sort(sort: &Sort) -> String {
    match sort {
        Sort::Int => "Int".to_string(),
        Sort::Bool => "Bool".to_string(),
        Sort::Array(key, value) => {
            format!("(Array {} {})", self::sort(key), self::sort(value))
        }
    }
}

#[cfg(test)]
mod tests {
    use deed_base::Span;

    use super::*;
    use crate::vc::Promise;

    #[test]
    fn a_query_declares_what_it_uses() {
        let mut t = Terms::new();
        let m = t.fresh("m", Sort::array(Sort::Int, Sort::Int));
        let (k, zero) = (t.fresh("k", Sort::Int), t.int(0));
        let value = t.select(m, k);
        let body = t.le(zero, value);
        let fact = t.quantified(Quantifier::Forall, vec![k], body);
        let goal = t.lt(zero, zero);
        let condition = Condition {
            promise: Promise::Assert,
            function: "f".to_string(),
            clause: Span::default(),
            place: Span::default(),
            facts: vec![fact],
            goal,
            watched: Vec::new(),
            unmodelled: Vec::new(),
            candidate: None,
        };
        let expected = "\
(declare-const |m| (Array Int Int))
(define-fun t1 () Bool (forall ((|k| Int)) (<= 0 (select |m| |k|))))
(assert t1)
(assert (not false))
(check-sat)
";
        assert_eq!(query(&t, &condition), expected);
    }
}
