//! In which order questions are asked.
//!
//! In: functions. Out: their conditions with as much of what is guessed about loops as holds, and what comes of
//! them.
//! Holds always: a guess that does not hold is dropped, and all that rested on it is asked again; what is left
//! holds together (Flanagan and Leino, "Houdini, an annotation assistant for ESC/Java", 2001).

use std::collections::HashSet;
use std::sync::Arc;

use deed_compiler::mir::{Function, Op, Outside, Program};

use crate::driver::{Driver, Question};
use crate::exec::{self, Conditions, Given};
use crate::report::{Cost, Finding, Remark};
use crate::solver::{Limits, Verdict};
use crate::vc::Candidate;

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
        templates: bool,
        driver: &mut Driver<'_>,
        costs: &mut [Cost],
    ) -> Vec<Arc<Conditions>> {
        let mut dropped = vec![HashSet::new(); functions.len()];
        let mut made: Vec<Option<Arc<Conditions>>> = vec![None; functions.len()];
        loop {
            let open: Vec<usize> = (0..made.len()).filter(|at| made[*at].is_none()).collect();
            if open.is_empty() {
                return made.into_iter().flatten().collect();
            }
            for at in &open {
                let (function, dropped) = (functions[*at], Some(&dropped[*at]));
                let conditions = exec::conditions(self.given, function, dropped, templates);
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
        // A guess is worth less than a promise that somebody made.
        let limits = Limits { rlimit: self.limits.rlimit / 4, ..self.limits };
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

    /// Where a function with loops does not keep all that it promises, more is guessed about its loops.
    pub(crate) fn guess_more(
        &self,
        functions: &[&Function],
        conditions: &mut [Arc<Conditions>],
        findings: &mut [Vec<Finding>],
        driver: &mut Driver<'_>,
        costs: &mut [Cost],
    ) {
        let open = |list: &[Finding]| list.len() - proved(list);
        let tried: Vec<usize> = (0..functions.len())
            .filter(|at| open(&findings[*at]) > 0 && has_loops(self.given.program, functions[*at]))
            .collect();
        if tried.is_empty() {
            return;
        }
        let chosen: Vec<&Function> = tried.iter().map(|at| functions[*at]).collect();
        let mut spent: Vec<Cost> = chosen.iter().map(|function| Cost::of(&function.name)).collect();
        let better = self.with_kept_invariants(&chosen, true, driver, &mut spent);
        let found = self.findings(&better, driver, &mut spent);
        for ((at, (better, found)), spent) in
            tried.into_iter().zip(better.into_iter().zip(found)).zip(spent)
        {
            costs[at].join(&spent);
            if open(&found) < open(&findings[at]) {
                (conditions[at], findings[at]) = (better, found);
            }
        }
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

fn proved(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| finding.is_proved()).count()
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
