//! The only door to Z3: asks whether a condition holds.
//!
//! In: what is [`Asked`] and [`Limits`]. Out: a [`Verdict`].
//! Holds always: each question has a fresh context, a fixed seed and a limit counted in the
//! solver's own steps, so that an answer repeats on every machine. Models are read by evaluating our
//! own terms; the kind of a solver's declaration is never looked at.
//! The files of this folder are the only ones that import `z3`.

mod version;
mod watch;

use std::collections::HashMap;
use std::str::FromStr;
use std::time::Duration;

use z3::ast::{Array, Ast, Bool, Dynamic, Int, exists_const, forall_const};
use z3::{Config, Context, FuncDecl, Model, Params, SatResult, Solver, with_z3_config};

use crate::vc::term::{Node, Quantifier, Sort, TermId, Terms};
use crate::vc::{Asked, Kind};

pub use version::{SolverError, z3_version};

/// What a question may cost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Steps of the solver (Z3's `rlimit`), not time.
    pub rlimit: u32,
    pub seed: u32,
    /// When the solver is stopped whatever it does. Answers repeat as long as it lies far above what
    /// the steps take.
    pub ceiling: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { rlimit: 12_000_000, seed: 0, ceiling: Duration::from_secs(300) }
    }
}

/// The solver's answer to a condition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// The facts imply the goal.
    Holds,
    /// Values for which the facts hold and the goal fails, by the names that were watched.
    Fails(Vec<(String, String)>),
    /// A relation, as a formula in the notation of SMT-LIB.
    Kept(String),
    /// No answer, and why.
    Unknown(String),
    /// No answer in the time there was.
    Stopped,
    /// The solver's process ended without an answer, and how.
    Lost(String),
}

const OUT_OF_STEPS: &str = "the solver's step limit was reached; raise it with `--rlimit`";

/// Asks whether the facts imply the goal.
pub(crate) fn check(terms: &Terms, asked: &Asked, limits: Limits) -> Verdict {
    let mut config = Config::new();
    config.set_model_generation(true);
    with_z3_config(&config, || {
        let context = Context::thread_local();
        let handle = context.handle();
        let stop = || handle.interrupt();
        match watch::within(limits.ceiling, stop, || ask(terms, asked, limits)) {
            (Verdict::Unknown(_), true) => Verdict::Stopped,
            (verdict, _) => verdict,
        }
    })
}

/// Quantified facts are first used by their patterns alone, which is where proofs are found; only then
/// does the solver look for a model of them, which can take for ever.
fn ask(terms: &Terms, asked: &Asked, limits: Limits) -> Verdict {
    let mut translation = Translation { terms, known: HashMap::new() };
    if asked.kind == Kind::Relation {
        return relation(&mut translation, asked, limits);
    }
    match ask_once(&mut translation, asked, limits, false) {
        Verdict::Unknown(reason) if reason != OUT_OF_STEPS && asked.kind != Kind::Probe => {
            ask_once(&mut translation, asked, limits, true)
        }
        known => known,
    }
}

fn ask_once(
    translation: &mut Translation<'_>,
    asked: &Asked,
    limits: Limits,
    models: bool,
) -> Verdict {
    let solver = Solver::new();
    let mut params = Params::new();
    params.set_u32("rlimit", limits.rlimit);
    params.set_u32("random_seed", limits.seed);
    params.set_bool("mbqi", models);
    solver.set_params(&params);
    for fact in &asked.facts {
        solver.assert(translation.bool(*fact));
    }
    solver.assert(translation.bool(asked.goal).not());
    match solver.check() {
        SatResult::Unsat => Verdict::Holds,
        SatResult::Sat => match solver.get_model() {
            Some(model) => Verdict::Fails(translation.values(&model, &asked.watched)),
            None => Verdict::Unknown("the solver gave no model".to_string()),
        },
        SatResult::Unknown => {
            let reason = solver.get_reason_unknown().unwrap_or_default();
            Verdict::Unknown(in_words(&reason))
        }
    }
}

/// Each fact is a rule for all values of its variables. The goal, read in a model of the relation, says what the
/// relation is.
fn relation(translation: &mut Translation<'_>, asked: &Asked, limits: Limits) -> Verdict {
    let Some(solver) = Solver::new_for_logic("HORN") else {
        return Verdict::Unknown("the solver knows nothing of relations".to_string());
    };
    let mut params = Params::new();
    params.set_u32("rlimit", limits.rlimit);
    solver.set_params(&params);
    for rule in &asked.facts {
        let below = translation.terms.below(*rule).into_iter();
        let variables = below.filter(|id| matches!(translation.terms.node(*id), Node::Var(_)));
        let bound: Vec<TermId> = variables.collect();
        let rule = match bound[..] {
            [] => translation.bool(*rule),
            _ => translation.quantified(Quantifier::Forall, &bound, *rule),
        };
        solver.assert(rule);
    }
    match solver.check() {
        SatResult::Unsat => Verdict::Fails(Vec::new()),
        SatResult::Sat => {
            let goal = translation.bool(asked.goal);
            let kept = solver.get_model().and_then(|model| model.eval(&goal, false));
            match kept {
                Some(kept) => Verdict::Kept(kept.to_string()),
                None => Verdict::Unknown("the solver gave no model".to_string()),
            }
        }
        SatResult::Unknown => {
            Verdict::Unknown(in_words(&solver.get_reason_unknown().unwrap_or_default()))
        }
    }
}

fn in_words(reason: &str) -> String {
    if reason.contains("resource") || reason.contains("canceled") {
        OUT_OF_STEPS.to_string()
    } else {
        format!("the solver gave up: {reason}")
    }
}

/// Our terms in the solver's current context.
struct Translation<'a> {
    terms: &'a Terms,
    known: HashMap<TermId, Dynamic>,
}

impl Translation<'_> {
    fn bool(&mut self, id: TermId) -> Bool {
        self.term(id).as_bool().expect("terms are well-sorted")
    }

    fn int(&mut self, id: TermId) -> Int {
        self.term(id).as_int().expect("terms are well-sorted")
    }

    fn array(&mut self, id: TermId) -> Array {
        self.term(id).as_array().expect("terms are well-sorted")
    }

    fn bools(&mut self, ids: &[TermId]) -> Vec<Bool> {
        ids.iter().map(|id| self.bool(*id)).collect()
    }

    /// Parts have smaller ids than what they are part of, so going up never recurses deeply.
    fn term(&mut self, id: TermId) -> Dynamic {
        if let Some(term) = self.known.get(&id) {
            return term.clone();
        }
        for part in self.terms.below(id) {
            if !self.known.contains_key(&part) {
                let made = self.make(part);
                self.known.insert(part, made);
            }
        }
        self.known[&id].clone()
    }

    /// Translates one node whose parts are known.
    fn make(&mut self, id: TermId) -> Dynamic {
        match self.terms.node(id).clone() {
            Node::Int(value) => {
                Int::from_str(&value.to_string()).expect("digits are a numeral").into()
            }
            Node::Bool(value) => Bool::from_bool(value).into(),
            Node::Var(name) => variable(&name, self.terms.sort(id)),
            Node::Add(a, b) => (self.int(a) + self.int(b)).into(),
            Node::Sub(a, b) => (self.int(a) - self.int(b)).into(),
            Node::Mul(a, b) => (self.int(a) * self.int(b)).into(),
            Node::Eq(a, b) => self.term(a).eq(self.term(b)).into(),
            Node::Lt(a, b) => self.int(a).lt(self.int(b)).into(),
            Node::Le(a, b) => self.int(a).le(self.int(b)).into(),
            Node::Not(a) => self.bool(a).not().into(),
            Node::And(ids) => Bool::and(&self.bools(&ids)).into(),
            Node::Or(ids) => Bool::or(&self.bools(&ids)).into(),
            Node::Ite(c, a, b) => self.bool(c).ite(&self.term(a), &self.term(b)),
            Node::Select(a, k) => self.array(a).select(&self.term(k)),
            Node::Store(a, k, v) => self.array(a).store(&self.term(k), &self.term(v)).into(),
            Node::Constant(key, v) => Array::const_array(&sort(&key), &self.term(v)).into(),
            Node::Apply(function, parts, result) => self.apply(function, &parts, &result),
            Node::Quantified(quantifier, bound, body) => {
                self.quantified(quantifier, &bound, body).into()
            }
        }
    }

    fn apply(&mut self, function: String, parts: &[TermId], result: &Sort) -> Dynamic {
        let domain: Vec<z3::Sort> = parts.iter().map(|part| sort(self.terms.sort(*part))).collect();
        let domain: Vec<&z3::Sort> = domain.iter().collect();
        let parts: Vec<Dynamic> = parts.iter().map(|part| self.term(*part)).collect();
        let parts: Vec<&dyn Ast> = parts.iter().map(|part| part as &dyn Ast).collect();
        FuncDecl::new(function, &domain, &sort(result)).apply(&parts)
    }

    fn quantified(&mut self, quantifier: Quantifier, bound: &[TermId], body: TermId) -> Bool {
        let variables: Vec<Dynamic> = bound.iter().map(|v| self.term(*v)).collect();
        let variables: Vec<&dyn Ast> = variables.iter().map(|v| v as &dyn Ast).collect();
        let body = self.bool(body);
        match quantifier {
            Quantifier::Forall => forall_const(&variables, &[], &body),
            Quantifier::Exists => exists_const(&variables, &[], &body),
        }
    }

    fn values(&mut self, model: &Model, watched: &[(String, TermId)]) -> Vec<(String, String)> {
        let mut values = Vec::new();
        for (name, id) in watched {
            let term = self.term(*id);
            if let Some(value) = model.eval(&term, true) {
                values.push((name.clone(), plain(&value.to_string())));
            }
        }
        values
    }
}

fn variable(name: &str, of: &Sort) -> Dynamic {
    match of {
        Sort::Int => Int::new_const(name).into(),
        Sort::Bool => Bool::new_const(name).into(),
        Sort::Array(key, value) => Array::new_const(name, &sort(key), &sort(value)).into(),
    }
}

fn sort(of: &Sort) -> z3::Sort {
    match of {
        Sort::Int => z3::Sort::int(),
        Sort::Bool => z3::Sort::bool(),
        Sort::Array(key, value) => z3::Sort::array(&sort(key), &sort(value)),
    }
}

/// `(- 5)` as people write it.
fn plain(value: &str) -> String {
    match value.strip_prefix("(- ").and_then(|rest| rest.strip_suffix(')')) {
        Some(digits) => format!("-{digits}"),
        None => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(facts: Vec<TermId>, goal: TermId, watched: Vec<(String, TermId)>) -> Asked {
        Asked { facts, goal, watched, kind: Kind::Promise }
    }

    #[test]
    fn a_valid_goal_holds() {
        let mut t = Terms::new();
        let (x, one) = (t.fresh("x", Sort::Int), t.int(1));
        let next = t.add(x, one);
        let goal = t.lt(x, next);
        let answer = check(&t, &asked(Vec::new(), goal, Vec::new()), Limits::default());
        assert_eq!(answer, Verdict::Holds);
    }

    #[test]
    fn a_failing_goal_shows_values() {
        let mut t = Terms::new();
        let (x, minus, zero) = (t.fresh("x", Sort::Int), t.int(-3), t.int(0));
        let fact = t.le(x, minus);
        let at_least = t.le(minus, x);
        let goal = t.le(zero, x);
        let c = asked(vec![fact, at_least], goal, vec![("x".to_string(), x)]);
        let answer = check(&t, &c, Limits::default());
        assert_eq!(answer, Verdict::Fails(vec![("x".to_string(), "-3".to_string())]));
    }

    #[test]
    fn a_quantified_fact_is_used() {
        let mut t = Terms::new();
        let m = t.fresh("m", Sort::array(Sort::Int, Sort::Int));
        let (k, zero) = (t.fresh("k", Sort::Int), t.int(0));
        let value = t.select(m, k);
        let body = t.le(zero, value);
        let fact = t.quantified(Quantifier::Forall, vec![k], body);
        let seven = t.int(7);
        let at_seven = t.select(m, seven);
        let goal = t.le(zero, at_seven);
        let answer = check(&t, &asked(vec![fact], goal, Vec::new()), Limits::default());
        assert_eq!(answer, Verdict::Holds);
    }

    #[test]
    fn a_relation_is_found_that_the_rules_allow() {
        let mut t = Terms::new();
        let [x, y, a, b] = ["x", "y", "a", "b"].map(|name| t.fresh(name, Sort::Int));
        let (zero, one, two) = (t.int(0), t.int(1), t.int(2));
        let kept = |t: &mut Terms, x, y| t.apply("kept", vec![x, y], Sort::Bool);
        let start = kept(&mut t, zero, zero);
        let (here, x1, y2) = (kept(&mut t, x, y), t.add(x, one), t.add(y, two));
        let next = kept(&mut t, x1, y2);
        let turn = t.implies(here, next);
        let (double, no) = (t.mul(two, x), t.bool(false));
        let same = t.eq(y, double);
        let differs = t.not(same);
        let bad = t.and([here, differs]);
        let never = t.implies(bad, no);
        let goal = kept(&mut t, a, b);
        let facts = vec![start, turn, never];
        let asked = Asked { facts, goal, watched: Vec::new(), kind: Kind::Relation };
        let Verdict::Kept(text) = check(&t, &asked, Limits::default()) else {
            panic!("there is one");
        };
        let names = HashMap::from([("a".to_string(), a), ("b".to_string(), b)]);
        let kept = crate::vc::parse::formula(&mut t, &text, &names).expect("it is linear");
        let twice = t.mul(two, a);
        let goal = t.eq(b, twice);
        let asked = asked_of(vec![kept], goal);
        assert_eq!(check(&t, &asked, Limits::default()), Verdict::Holds, "{text}");
        let limits = Limits { rlimit: 100, ..Limits::default() };
        let facts = vec![start, turn, never];
        let asked = Asked { facts, goal: here, watched: Vec::new(), kind: Kind::Relation };
        assert!(matches!(check(&t, &asked, limits), Verdict::Unknown(_)), "it costs steps");
    }

    fn asked_of(facts: Vec<TermId>, goal: TermId) -> Asked {
        asked(facts, goal, Vec::new())
    }

    #[test]
    fn a_tiny_limit_is_no_answer() {
        let mut t = Terms::new();
        let (x, y, z) = (t.fresh("x", Sort::Int), t.fresh("y", Sort::Int), t.fresh("z", Sort::Int));
        let cube = |t: &mut Terms, v| {
            let square = t.mul(v, v);
            t.mul(square, v)
        };
        let (a, b, c) = (cube(&mut t, x), cube(&mut t, y), cube(&mut t, z));
        let sum = t.add(a, b);
        let sum = t.add(sum, c);
        let (target, one) = (t.int(114), t.int(1));
        let facts = vec![t.eq(sum, target), t.lt(one, x)];
        let goal = t.bool(false);
        let limits = Limits { rlimit: 1000, ..Limits::default() };
        let answer = check(&t, &asked(facts, goal, Vec::new()), limits);
        assert!(matches!(answer, Verdict::Unknown(reason) if reason.contains("rlimit")));
    }

    #[test]
    fn what_takes_too_long_is_stopped() {
        let mut t = Terms::new();
        let names = ["a", "b", "c", "d"].map(|name| t.fresh(name, Sort::Int));
        // a^5 + b^5 + c^5 = d^5 has solutions from 27 on, and none that a solver finds.
        let [a, b, c, d] = names.map(|x| (0..4).fold(x, |power, _| t.mul(power, x)));
        let (ab, hundred) = (t.add(a, b), t.int(1_000));
        let sum = t.add(ab, c);
        let mut facts = vec![t.eq(sum, d)];
        facts.extend(names.map(|x| t.lt(hundred, x)));
        let goal = t.bool(false);
        let limits = Limits { rlimit: u32::MAX, seed: 0, ceiling: Duration::from_millis(50) };
        let answer = check(&t, &asked(facts, goal, Vec::new()), limits);
        assert_eq!(answer, Verdict::Stopped);
    }
}
