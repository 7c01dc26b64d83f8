//! What the numbers of a loop keep, as a question for a solver that finds relations.
//!
//! In: the conditions of a function, which of them are open, and the turns of its loops. Out: for each pair of a
//! condition and a loop that it hangs on, rules about one relation: it holds of the loop's numbers at its start, a turn
//! carries it on, and where it holds the condition does.
//! Holds always: what is found is a guess, which the conditions of the loop decide about; so it is no matter that
//! the rules speak of linear arithmetic alone, with anything in the place of the rest.

use std::collections::{HashMap, HashSet};

use deed_base::Span;

use super::Conditions;
use crate::vc::term::{Node, Sort, TermId, Terms};
use crate::vc::{Condition, Promise};

/// So many numbers that a loop does not change are looked at, and facts about no more than so many at once.
const MAX_FROZEN: usize = 6;
const MAX_WIDTH: usize = 8;

/// The numbers of a loop, seen once around.
#[derive(Clone, Debug)]
pub(crate) struct Slice {
    pub head: Span,
    /// Before the loop, and the condition to come to it.
    pub before: (TermId, Vec<TermId>),
    /// At the head after any number of turns.
    pub here: Vec<TermId>,
    /// One turn later, each with the condition to come there.
    pub turns: Vec<(TermId, Vec<TermId>)>,
}

/// A relation that was found: its variables are the numbers of the loop, and then those that it does not change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Found {
    pub head: Span,
    pub text: String,
    pub frozen: Vec<String>,
}

/// A relation that is looked for.
pub(crate) struct Sought {
    pub head: Span,
    pub frozen: Vec<String>,
}

/// The name of a variable of a relation.
pub(crate) fn argument(at: usize) -> String {
    format!("kept.{at}")
}

/// What to ask, and what each answer is about.
pub(crate) fn relations(made: &Conditions, open: &[usize]) -> (Conditions, Vec<Sought>) {
    let mut rules = Rules { terms: made.terms.clone(), known: HashMap::new() };
    let (mut list, mut about) = (Vec::new(), Vec::new());
    for at in open {
        let condition = &made.list[*at];
        let below: HashSet<TermId> = made.terms.below(condition.goal).into_iter().collect();
        for slice in &made.slices {
            if slice.here.iter().any(|number| below.contains(number)) {
                let (asked, sought) = rules.of(condition, slice);
                list.push(asked);
                about.push(sought);
            }
        }
    }
    let conditions =
        Conditions { terms: rules.terms, list, assumptions: Vec::new(), slices: Vec::new() };
    (conditions, about)
}

struct Rules {
    terms: Terms,
    /// Terms as linear arithmetic.
    known: HashMap<TermId, TermId>,
}

impl Rules {
    fn of(&mut self, condition: &Condition, slice: &Slice) -> (Condition, Sought) {
        let facts: Vec<TermId> = condition.facts.iter().map(|fact| self.linear(*fact)).collect();
        let goal = self.linear(condition.goal);
        let bad = self.terms.not(goal);
        let before = (self.linear(slice.before.0), self.all_linear(&slice.before.1));
        let turns: Vec<(TermId, Vec<TermId>)> =
            slice.turns.iter().map(|(pc, to)| (self.linear(*pc), self.all_linear(to))).collect();
        let later = turns.iter().flat_map(|(pc, to)| to.iter().chain([pc])).chain([&bad]);
        let frozen = self.frozen(later.copied().collect(), slice);
        let relation = |t: &mut Terms, numbers: &[TermId]| {
            let arguments = numbers.iter().chain(&frozen).copied().collect();
            t.apply("kept", arguments, Sort::Bool)
        };
        let here = relation(&mut self.terms, &slice.here);
        let start = relation(&mut self.terms, &before.1);
        let mut rules = vec![self.rule(&facts, vec![before.0], start)];
        for (pc, to) in turns {
            let next = relation(&mut self.terms, &to);
            rules.push(self.rule(&facts, vec![here, pc], next));
        }
        let never = self.terms.bool(false);
        rules.push(self.rule(&facts, vec![here, bad], never));
        let count = slice.here.len() + frozen.len();
        let arguments = (0..count).map(|at| self.argument(at)).collect();
        let goal = self.terms.apply("kept", arguments, Sort::Bool);
        let names = frozen.iter().filter_map(|id| match self.terms.node(*id) {
            Node::Var(name) => Some(name.clone()),
            _ => None,
        });
        let sought = Sought { head: slice.head, frozen: names.collect() };
        let asked = Condition {
            promise: Promise::Kept,
            facts: rules,
            goal,
            watched: Vec::new(),
            candidate: None,
            ..condition.clone()
        };
        (asked, sought)
    }

    /// A variable of the answer, the same in all questions.
    fn argument(&mut self, at: usize) -> TermId {
        let name = argument(at);
        self.terms.variable(&name).unwrap_or_else(|| self.terms.fresh(&name, Sort::Int))
    }

    /// `parts` and the facts about what they speak of imply `head`.
    fn rule(&mut self, facts: &[TermId], parts: Vec<TermId>, head: TermId) -> TermId {
        let mut spoken_of = self.variables(parts.iter().copied().chain([head]).collect());
        let mut body = parts;
        // A fact about what a fact speaks of counts too, and there it ends.
        for _ in 0..2 {
            let mut more = HashSet::new();
            for fact in facts {
                let variables = self.variables(vec![*fact]);
                let near = variables.iter().any(|id| spoken_of.contains(id));
                if near && variables.len() <= MAX_WIDTH && !body.contains(fact) {
                    body.push(*fact);
                    more.extend(variables);
                }
            }
            spoken_of.extend(more);
        }
        let body = self.terms.and(body);
        self.terms.implies(body, head)
    }

    /// Of the numbers that were there before the loop, those that a turn or the condition speaks of.
    fn frozen(&self, parts: Vec<TermId>, slice: &Slice) -> Vec<TermId> {
        let first = slice.here.iter().min().copied();
        let mut frozen: Vec<TermId> = self.variables(parts).into_iter().collect();
        frozen.retain(|id| Some(*id) < first && *self.terms.sort(*id) == Sort::Int);
        frozen.sort();
        frozen.truncate(MAX_FROZEN);
        frozen
    }

    fn variables(&self, parts: Vec<TermId>) -> HashSet<TermId> {
        let below = parts.into_iter().flat_map(|part| self.terms.below(part));
        below.filter(|id| matches!(self.terms.node(*id), Node::Var(_))).collect()
    }

    fn all_linear(&mut self, terms: &[TermId]) -> Vec<TermId> {
        terms.iter().map(|term| self.linear(*term)).collect()
    }

    /// A term with a variable in the place of each part that is not linear.
    fn linear(&mut self, id: TermId) -> TermId {
        for part in self.terms.below(id) {
            let sort = self.terms.sort(part).clone();
            if !self.known.contains_key(&part) && matches!(sort, Sort::Int | Sort::Bool) {
                let made =
                    self.made(part).unwrap_or_else(|| self.terms.fresh("anything", sort.clone()));
                self.known.insert(part, made);
            }
        }
        self.known[&id]
    }

    /// A linear node over its linear parts, all of which are known.
    fn made(&mut self, id: TermId) -> Option<TermId> {
        let is_number = |t: &Terms, id: TermId| matches!(t.node(id), Node::Int(_));
        let known = &self.known;
        let of = |id: &TermId| known.get(id).copied();
        let all = |ids: &[TermId]| ids.iter().map(of).collect::<Option<Vec<TermId>>>();
        let t = &mut self.terms;
        Some(match t.node(id).clone() {
            Node::Int(_) | Node::Bool(_) | Node::Var(_) => id,
            Node::Add(a, b) => t.add(of(&a)?, of(&b)?),
            Node::Sub(a, b) => t.sub(of(&a)?, of(&b)?),
            Node::Mul(a, b) => {
                let (a, b) = (of(&a)?, of(&b)?);
                if !is_number(t, a) && !is_number(t, b) {
                    return None;
                }
                t.mul(a, b)
            }
            Node::Eq(a, b) => t.eq(of(&a)?, of(&b)?),
            Node::Lt(a, b) => t.lt(of(&a)?, of(&b)?),
            Node::Le(a, b) => t.le(of(&a)?, of(&b)?),
            Node::Not(a) => t.not(of(&a)?),
            Node::And(parts) => t.and(all(&parts)?),
            Node::Or(parts) => t.or(all(&parts)?),
            Node::Ite(c, a, b) => t.ite(of(&c)?, of(&a)?, of(&b)?),
            _ => return None,
        })
    }
}
