//! In which order questions are asked.
//!
//! In: functions. Out: their conditions with as much of what is guessed about loops as holds, and what comes of
//! them.
//! Holds always: a guess that does not hold is dropped, and all that rested on it is asked again; what is left
//! holds together (Flanagan and Leino, "Houdini, an annotation assistant for ESC/Java", 2001).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use deed_compiler::mir::{Function, Op, Outside, Program};

use crate::driver::{Driver, Question};
use crate::exec::{self, Conditions, Effort, Found, Given, Guesses};
use crate::report::{Cost, Finding, Remark};
use crate::solver::{Limits, Verdict};
use crate::vc::term::{Node, TermId};
use crate::vc::{Candidate, Condition};

/// What is verified, and what a question may cost.
#[derive(Clone, Copy)]
pub(crate) struct Rounds<'a> {
    pub given: Given<'a>,
    pub limits: Limits,
}

impl Rounds<'_> {
    /// The conditions of functions, their loops with as much of what is guessed as they keep.
    pub(crate) fn with_kept_invariants(
        &self,
        functions: &[&Function],
        guessed: &mut Guessed,
        driver: &mut Driver<'_>,
        costs: &mut [Cost],
    ) -> Vec<Arc<Conditions>> {
        let Guessed { effort, found, dropped } = guessed;
        let mut made: Vec<Option<Arc<Conditions>>> = vec![None; functions.len()];
        loop {
            let open: Vec<usize> = (0..made.len()).filter(|at| made[*at].is_none()).collect();
            if open.is_empty() {
                return made.into_iter().flatten().collect();
            }
            for at in &open {
                let (dropped, found) = (Some(&dropped[*at]), &found[*at][..]);
                let guesses = Guesses { dropped, found, effort: *effort };
                let conditions = exec::conditions(self.given, functions[*at], guesses);
                made[*at] = Some(Arc::new(conditions));
            }
            for (at, candidate) in self.not_kept(&open, &made, driver, costs) {
                dropped[at].insert(candidate);
                made[at] = None;
            }
        }
    }

    /// The tried invariants that a loop does not keep, by the number of the function.
    fn not_kept(
        &self,
        open: &[usize],
        made: &[Option<Arc<Conditions>>],
        driver: &mut Driver<'_>,
        costs: &mut [Cost],
    ) -> Vec<(usize, Candidate)> {
        let limits = self.for_guesses();
        let conditions: Vec<(usize, Arc<Conditions>)> =
            open.iter().filter_map(|at| Some((*at, made[*at].clone()?))).collect();
        let (mut tried, mut candidates) = (Vec::new(), Vec::new());
        for (number, function) in &conditions {
            for (at, condition) in function.list.iter().enumerate() {
                if let Some(candidate) = condition.candidate {
                    tried.push((function.clone(), at));
                    candidates.push((*number, candidate));
                }
            }
        }
        let answers = driver.answer(&tried, limits);
        let failed = candidates.into_iter().zip(answers).filter(|((number, _), answer)| {
            costs[*number].add(answer);
            answer.verdict != Verdict::Holds
        });
        failed.map(|(failed, _)| failed).collect()
    }

    /// What comes of every promise that somebody made.
    pub(crate) fn findings(
        &self,
        conditions: &[Arc<Conditions>],
        driver: &mut Driver<'_>,
        costs: &mut [Cost],
    ) -> Vec<Vec<Finding>> {
        let (mut questions, mut numbers): (Vec<Question>, Vec<usize>) = (Vec::new(), Vec::new());
        for (number, function) in conditions.iter().enumerate() {
            let asked = (0..function.list.len()).filter(|at| {
                let condition = &function.list[*at];
                condition.candidate.is_none() && !condition.promise.is_probe()
            });
            for at in asked {
                questions.push((function.clone(), at));
                numbers.push(number);
            }
        }
        let answers = driver.answer(&questions, self.limits);
        let mut findings = vec![Vec::new(); conditions.len()];
        for (((function, at), number), answer) in questions.iter().zip(numbers).zip(answers) {
            costs[number].add(&answer);
            findings[number].extend(Finding::of(&function.list[*at], answer.verdict));
        }
        findings
    }

    /// Where a function with loops does not keep all that it promises, more is guessed about its loops, shown over
    /// several turns, and looked for.
    pub(crate) fn guess_more(
        &self,
        functions: &[&Function],
        conditions: &mut [Arc<Conditions>],
        findings: &mut [Vec<Finding>],
        driver: &mut Driver<'_>,
        costs: &mut [Cost],
    ) {
        let mut tries = Tries { functions, conditions, findings, costs };
        let open = tries.open(self.given.program);
        let mut guessed = Guessed::new(TEMPLATES, open.len());
        // What was given up once costs a part of that each further time: a wrong contract is told soon.
        let limits = Limits { rlimit: self.limits.rlimit / 3, ..self.limits };
        let tried = Rounds { limits, ..*self }.try_harder(&open, &mut guessed, &mut tries, driver);
        let known: HashMap<usize, (Tried, HashSet<Candidate>)> =
            open.into_iter().zip(tried.into_iter().zip(guessed.dropped)).collect();
        // What fails over several turns was not wrong before: it costs less to find that out.
        let limits = Limits { rlimit: self.limits.rlimit / 8, ..self.limits };
        let less = Rounds { limits, ..*self };
        for turns in [2, 3] {
            let mut open = tries.open(self.given.program);
            open.retain(|at| !speaks_of_all(&known[at].0));
            let dropped = open.iter().map(|at| known[at].1.clone()).collect();
            let mut guessed = Guessed::new(Effort { turns, ..TEMPLATES }, open.len());
            guessed.dropped = dropped;
            less.try_harder(&open, &mut guessed, &mut tries, driver);
        }
        let mut open = tries.open(self.given.program);
        let mut guessed = Guessed::new(TEMPLATES, 0);
        open.retain(|at| {
            let ((conditions, findings), dropped) = &known[at];
            let found = self.relations(conditions, findings, driver, &mut tries.costs[*at]);
            let any = !found.is_empty();
            if any {
                guessed.found.push(found);
                guessed.dropped.push(dropped.clone());
            }
            any
        });
        less.try_harder(&open, &mut guessed, &mut tries, driver);
    }

    /// A guess is worth less than a promise that somebody made.
    fn for_guesses(&self) -> Limits {
        Limits { rlimit: self.limits.rlimit / 6, ..self.limits }
    }

    /// Asks about functions once more, and keeps what is better.
    fn try_harder(
        &self,
        chosen: &[usize],
        guessed: &mut Guessed,
        tries: &mut Tries<'_>,
        driver: &mut Driver<'_>,
    ) -> Vec<Tried> {
        let functions: Vec<&Function> = chosen.iter().map(|at| tries.functions[*at]).collect();
        let mut spent: Vec<Cost> = functions.iter().map(|it| Cost::of(&it.name)).collect();
        let made = self.with_kept_invariants(&functions, guessed, driver, &mut spent);
        let results = self.findings(&made, driver, &mut spent);
        let tried: Vec<Tried> = made.into_iter().zip(results).collect();
        for ((at, (made, found)), spent) in chosen.iter().zip(&tried).zip(spent) {
            tries.costs[*at].join(&spent);
            tries.keep_better(*at, guessed.effort, made, found);
        }
        tried
    }

    /// What the numbers of loops keep, so that the promises hold that are not proved.
    fn relations(
        &self,
        conditions: &Arc<Conditions>,
        findings: &[Finding],
        driver: &mut Driver<'_>,
        cost: &mut Cost,
    ) -> Vec<Found> {
        let (asked, sought) = exec::relations(conditions, &not_proved(conditions, findings));
        let asked = Arc::new(asked);
        let count = asked.list.len().min(MAX_RELATIONS);
        let questions: Vec<Question> = (0..count).map(|at| (asked.clone(), at)).collect();
        // Where there is one it is found soon.
        let limits = Limits { rlimit: self.limits.rlimit / 10, ..self.limits };
        let mut found: Vec<Found> = Vec::new();
        for (answer, sought) in driver.answer(&questions, limits).into_iter().zip(sought) {
            cost.add(&answer);
            if let Verdict::Kept(text) = answer.verdict {
                let relation = Found { head: sought.head, text, frozen: sought.frozen };
                if !found.contains(&relation) {
                    found.push(relation);
                }
            }
        }
        found
    }

    /// What is proved of anything, where there is a proof at all.
    pub(crate) fn remarks(
        &self,
        functions: &[&Function],
        conditions: &[Arc<Conditions>],
        findings: &[Finding],
        driver: &mut Driver<'_>,
        costs: &mut [Cost],
    ) -> Vec<Remark> {
        // Where there is a contradiction it is found soon.
        let limits = Limits { rlimit: self.limits.rlimit / 40, ..self.limits };
        let (mut questions, mut numbers): (Vec<Question>, Vec<usize>) = (Vec::new(), Vec::new());
        for (number, function) in functions.iter().enumerate() {
            let empty = Arc::new(exec::empty_promises(self.given, function));
            for from in [&conditions[number], &empty] {
                let probes = (0..from.list.len()).filter(|at| from.list[*at].promise.is_probe());
                questions.extend(probes.map(|at| (from.clone(), at)));
                numbers.resize(questions.len(), number);
            }
        }
        let answers = driver.answer(&questions, limits);
        let mut remarks = Vec::new();
        for (((from, at), number), answer) in questions.iter().zip(numbers).zip(answers) {
            costs[number].add(&answer);
            remarks.extend(Remark::of(&from.list[*at], &answer.verdict));
        }
        remarks.retain(|remark| !findings.iter().any(|it| it.never_starts(&remark.function)));
        remarks.sort_by_key(|remark| remark.span);
        remarks.dedup();
        remarks
    }
}

/// What is guessed about the loops of some functions, each by its place.
pub(crate) struct Guessed {
    effort: Effort,
    found: Vec<Vec<Found>>,
    /// The guesses that a loop does not keep.
    dropped: Vec<HashSet<Candidate>>,
}

impl Guessed {
    pub(crate) fn new(effort: Effort, functions: usize) -> Guessed {
        let (found, dropped) = (vec![Vec::new(); functions], vec![HashSet::new(); functions]);
        Guessed { effort, found, dropped }
    }
}

/// Guesses of a few shapes, from turn to turn.
const TEMPLATES: Effort = Effort { templates: true, turns: 1 };

/// So many relations are looked for in a function.
const MAX_RELATIONS: usize = 8;

/// What another effort came to.
type Tried = (Arc<Conditions>, Vec<Finding>);

/// The functions, and the best that is known of each.
struct Tries<'t> {
    functions: &'t [&'t Function],
    conditions: &'t mut [Arc<Conditions>],
    findings: &'t mut [Vec<Finding>],
    costs: &'t mut [Cost],
}

impl Tries<'_> {
    /// The functions with loops that do not keep all that they promise.
    fn open(&self, program: &Program) -> Vec<usize> {
        let all = 0..self.functions.len();
        let with_loops = |at: &usize| has_loops(program, self.functions[*at]);
        all.filter(|at| open(&self.findings[*at]) > 0).filter(with_loops).collect()
    }

    fn keep_better(
        &mut self,
        at: usize,
        effort: Effort,
        made: &Arc<Conditions>,
        found: &[Finding],
    ) {
        let once = each_once(found.to_vec());
        if open(&once) >= open(&each_once(self.findings[at].clone())) {
            return;
        }
        // Turn by turn nothing is asked about proofs, and what is promised once is asked of many turns.
        if effort.turns == 1 {
            self.conditions[at] = made.clone();
            self.findings[at] = found.to_vec();
        } else {
            self.findings[at] = once;
        }
    }
}

/// The conditions of a function that are not proved.
fn not_proved(conditions: &Conditions, findings: &[Finding]) -> Vec<usize> {
    let is_open = |condition: &Condition| {
        let mut about = findings.iter().filter(|it| !it.is_proved());
        condition.candidate.is_none() && about.any(|finding| finding.is_of(condition))
    };
    let list = conditions.list.iter().enumerate();
    list.filter(|(_, it)| is_open(it)).map(|(at, _)| at).collect()
}

/// Whether a quantifier stands in what is not proved: over several turns such take a solver very long.
fn speaks_of_all((conditions, findings): &Tried) -> bool {
    let terms = &conditions.terms;
    let quantified = |id: &TermId| matches!(terms.node(*id), Node::Quantified(..));
    let mut open = not_proved(conditions, findings).into_iter();
    open.any(|at| terms.below(conditions.list[at].goal).iter().any(quantified))
}

/// How many promises are not proved.
fn open(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| !finding.is_proved()).count()
}

/// Each promise once, the same of several turns as one, which is proved if it is in each of them.
fn each_once(findings: Vec<Finding>) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings {
        match kept.iter_mut().find(|other| other.is_about_the_same(&finding)) {
            Some(other) if other.is_proved() => *other = finding,
            Some(_) => {}
            None => kept.push(finding),
        }
    }
    kept
}

/// Whether a function has a loop, or calls one that has.
fn has_loops(program: &Program, function: &Function) -> bool {
    let (mut seen, mut work) = (HashSet::new(), vec![function]);
    while let Some(function) = work.pop() {
        if function.blocks.iter().any(|block| block.loop_head.is_some()) {
            return true;
        }
        for inst in function.blocks.iter().flat_map(|block| &block.insts) {
            if let Op::Call { function, .. } | Op::Outside { what: Outside::Try(function), .. } =
                inst.op
                && seen.insert(function)
            {
                work.push(program.function(function));
            }
        }
    }
    false
}
