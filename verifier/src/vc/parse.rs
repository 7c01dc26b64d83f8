//! A formula that the solver wrote, as a term.
//!
//! In: text in the notation of SMT-LIB, and what its names mean. Out: a term of ours.
//! Holds always: only linear arithmetic and its connectives are read, every part has the sort that its place asks
//! for, and whatever else stands there gives nothing. Nobody believes what it says: it is a guess like any other.

use std::collections::HashMap;
use std::str::FromStr;

use num_bigint::BigInt;

use super::term::{Sort, TermId, Terms};

/// Formulas are not read that are nested deeper.
const MAX_DEPTH: u32 = 100;

/// The formula that a text says, if all of it is understood.
pub(crate) fn formula(
    terms: &mut Terms,
    text: &str,
    names: &HashMap<String, TermId>,
) -> Option<TermId> {
    let mut reader = Reader { terms, rest: text, names: names.clone() };
    let found = reader.term(0)?;
    let whole = reader.rest.trim().is_empty();
    (whole && *terms.sort(found) == Sort::Bool).then_some(found)
}

struct Reader<'t> {
    terms: &'t mut Terms,
    rest: &'t str,
    names: HashMap<String, TermId>,
}

impl<'t> Reader<'t> {
    /// The next parenthesis or name.
    fn word(&mut self) -> Option<&'t str> {
        let text = self.rest.trim_start();
        let end = match text.chars().next()? {
            '(' | ')' => 1,
            '|' => text[1..].find('|')? + 2,
            _ => {
                text.find(|c: char| c.is_whitespace() || c == '(' || c == ')').unwrap_or(text.len())
            }
        };
        let (word, rest) = text.split_at(end);
        self.rest = rest;
        Some(word)
    }

    fn expect(&mut self, word: &str) -> Option<()> {
        (self.word()? == word).then_some(())
    }

    fn term(&mut self, depth: u32) -> Option<TermId> {
        match self.word()? {
            "(" if depth < MAX_DEPTH => self.call(depth + 1),
            "true" => Some(self.terms.bool(true)),
            "false" => Some(self.terms.bool(false)),
            word if word.starts_with(|c: char| c.is_ascii_digit()) => {
                let value = BigInt::from_str(word).ok()?;
                Some(self.terms.int(value))
            }
            word => self.names.get(word.trim_matches('|')).copied(),
        }
    }

    /// Behind an opening parenthesis.
    fn call(&mut self, depth: u32) -> Option<TermId> {
        let operator = self.word()?;
        if operator == "let" {
            return self.bindings(depth);
        }
        let mut parts = Vec::new();
        while !self.rest.trim_start().starts_with(')') {
            parts.push(self.term(depth)?);
        }
        self.expect(")")?;
        self.applied(operator, &parts)
    }

    fn bindings(&mut self, depth: u32) -> Option<TermId> {
        let mut bound = Vec::new();
        self.expect("(")?;
        while self.word()? == "(" {
            let name = self.word()?.to_string();
            bound.push((name, self.term(depth)?));
            self.expect(")")?;
        }
        // All at once: none of them sees another.
        let outer = self.names.clone();
        self.names.extend(bound);
        let body = self.term(depth)?;
        self.names = outer;
        self.expect(")")?;
        Some(body)
    }

    fn applied(&mut self, operator: &str, parts: &[TermId]) -> Option<TermId> {
        let t = &mut *self.terms;
        let of = |t: &Terms, sort: Sort| parts.iter().all(|part| *t.sort(*part) == sort);
        let (ints, bools) = (of(t, Sort::Int), of(t, Sort::Bool));
        Some(match (operator, parts) {
            ("+", [first, rest @ ..]) if ints => {
                rest.iter().fold(*first, |sum, it| t.add(sum, *it))
            }
            ("*", [a, b]) if ints => t.mul(*a, *b),
            ("-", [a]) if ints => {
                let zero = t.int(0);
                t.sub(zero, *a)
            }
            ("-", [a, b]) if ints => t.sub(*a, *b),
            ("<=", [a, b]) if ints => t.le(*a, *b),
            ("<", [a, b]) if ints => t.lt(*a, *b),
            (">=", [a, b]) if ints => t.le(*b, *a),
            (">", [a, b]) if ints => t.lt(*b, *a),
            ("=", [a, b]) if ints || bools => t.eq(*a, *b),
            ("not", [a]) if bools => t.not(*a),
            ("=>", [a, b]) if bools => t.implies(*a, *b),
            ("and", _) if bools => t.and(parts.iter().copied()),
            ("or", _) if bools => t.or(parts.iter().copied()),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<TermId> {
        let mut t = Terms::new();
        let names = ["x", "y"].map(|name| (name.to_string(), t.fresh(name, Sort::Int)));
        formula(&mut t, text, &HashMap::from(names))
    }

    #[test]
    fn what_solvers_write_is_read() {
        assert!(read("(<= x 5)").is_some());
        assert!(
            read("(let ((a!1 (not (<= (+ x (* (- 1) y)) (- 1))))) (and a!1 (>= |x| 0)))").is_some()
        );
        let mut t = Terms::new();
        let x = t.fresh("x", Sort::Int);
        let names = HashMap::from([("x".to_string(), x)]);
        let five = t.int(5);
        let expected = t.le(five, x);
        assert_eq!(formula(&mut t, " (>= x 5) ", &names), Some(expected));
    }

    #[test]
    fn anything_else_is_nothing() {
        for text in ["", "x", "(<= x", "(<= x 5) y", "(<= x z)", "(and x y)", "(select x y)", "5"] {
            assert_eq!(read(text), None, "{text}");
        }
        let deep = format!("{}true{}", "(not ".repeat(10_000), ")".repeat(10_000));
        assert_eq!(read(&deep), None);
    }
}
