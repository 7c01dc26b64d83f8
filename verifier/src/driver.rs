//! Who asks the solver: what is remembered first, then all cores.
//!
//! In: questions. Out: an [`Answer`] to each, in their order.
//! Holds always: a question is asked once, however often it comes; what one question does to the solver
//! touches no other; a solver that does not even stop when told is left behind, or killed where it has a process of
//! its own, and the answers of the others are kept. Nothing here decides anything: an answer is the solver's, of this run or of an earlier one.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::cache::{self, Key, Store};
use crate::exec::Conditions;
use crate::solver::{Limits, Verdict};
use crate::vc::hash::Hashes;
use crate::worker::{self, Workers};

/// How long a solver may take to stop after it was told to; longer than a process of its own is given.
const GRACE: Duration = Duration::from_secs(20);

/// A condition of a function.
pub(crate) type Question = (Arc<Conditions>, usize);

/// A verdict, and what it took.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub verdict: Verdict,
    pub time: Duration,
    /// Another run gave it, or another question of this one.
    pub remembered: bool,
}

/// How far it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Progress<'a> {
    /// Questions that are answered, of those that are known by now.
    pub answered: usize,
    pub questions: usize,
    /// The function of the last answer.
    pub function: &'a str,
}

/// What a run works with, beside its input.
pub struct Desk<'a> {
    pub store: &'a dyn Store,
    /// Told after every answer.
    pub progress: &'a dyn Fn(Progress<'_>),
    /// Who answers; the solver in this process where there is nobody.
    pub workers: Option<Arc<dyn Workers>>,
}

/// Asks on behalf of one run.
pub(crate) struct Driver<'a> {
    desk: &'a Desk<'a>,
    z3_version: &'a str,
    answered: usize,
    questions: usize,
}

/// What the threads share.
struct Work {
    questions: Vec<Question>,
    limits: Limits,
    workers: Option<Arc<dyn Workers>>,
    next: AtomicUsize,
    /// What is being asked since when.
    running: Mutex<HashMap<usize, Instant>>,
}

impl<'a> Driver<'a> {
    pub(crate) fn new(desk: &'a Desk<'a>, z3_version: &'a str) -> Driver<'a> {
        Driver { desk, z3_version, answered: 0, questions: 0 }
    }

    pub(crate) fn store(&self) -> &'a dyn Store {
        self.desk.store
    }

    /// Answers every question.
    pub(crate) fn answer(&mut self, questions: &[Question], limits: Limits) -> Vec<Answer> {
        let keys = keys(questions, self.z3_version, limits);
        self.questions += questions.len();
        let mut known: HashMap<Key, Answer> = HashMap::new();
        let mut firsts = Vec::new();
        for (at, key) in keys.iter().enumerate() {
            if known.contains_key(key) {
                continue;
            }
            let kept = self.desk.store.get(key).and_then(|text| cache::read(&text));
            if kept.is_none() {
                firsts.push(at);
            }
            known.insert(*key, Answer::remembered(kept.unwrap_or(Verdict::Stopped)));
        }
        self.answered += questions.len() - firsts.len();
        let asked = firsts.iter().map(|at| questions[*at].clone()).collect();
        for (at, answer) in firsts.iter().zip(self.ask(asked, limits)) {
            if let Some(text) = cache::written(&answer.verdict) {
                self.desk.store.put(&keys[*at], &text);
            }
            known.insert(keys[*at], answer);
        }
        // Of equal questions the first has had the work.
        let first = |at: usize| firsts.binary_search(&at).is_ok();
        let answers = keys.iter().enumerate().map(|(at, key)| match &known[key] {
            answer if first(at) => answer.clone(),
            answer => Answer::remembered(answer.verdict.clone()),
        });
        answers.collect()
    }

    /// Asks the solver on as many threads as there are cores.
    fn ask(&mut self, questions: Vec<Question>, limits: Limits) -> Vec<Answer> {
        let mut answers: Vec<Option<Answer>> = vec![None; questions.len()];
        let threads = thread::available_parallelism().map_or(1, usize::from).min(questions.len());
        let (next, running) = (AtomicUsize::new(0), Mutex::default());
        let workers = self.desk.workers.clone();
        let work = Arc::new(Work { questions, limits, workers, next, running });
        let (give, take) = channel();
        (0..threads).for_each(|_| start(&work, &give));
        let mut open = answers.len();
        while open > 0 {
            let (at, answer) = next_answer(&work, &take).unwrap_or_else(|stuck| {
                start(&work, &give);
                (
                    stuck,
                    Answer { verdict: Verdict::Stopped, time: limits.ceiling, remembered: false },
                )
            });
            if answers[at].replace(answer).is_none() {
                open -= 1;
                self.answered += 1;
                let (conditions, condition) = &work.questions[at];
                let function = &conditions.list[*condition].function;
                let (answered, questions) = (self.answered, self.questions);
                (self.desk.progress)(Progress { answered, questions, function });
            }
        }
        answers.into_iter().flatten().collect()
    }
}

impl Answer {
    fn remembered(verdict: Verdict) -> Answer {
        Answer { verdict, time: Duration::ZERO, remembered: true }
    }
}

fn keys(questions: &[Question], z3_version: &str, limits: Limits) -> Vec<Key> {
    let mut keys = Vec::new();
    // The questions of a function stand together, and share most of their parts.
    for together in questions.chunk_by(|(a, _), (b, _)| Arc::ptr_eq(a, b)) {
        let function = &together[0].0;
        let mut hashes = Hashes::new(&function.terms);
        let hash = |(_, at): &Question| hashes.condition(&function.list[*at]);
        let hashed = together.iter().map(hash);
        keys.extend(hashed.map(|hash| cache::key(&hash, z3_version, limits)));
    }
    keys
}

/// A thread that asks until nothing is left. Nobody waits for its end: it may be stuck in the solver.
fn start(work: &Arc<Work>, give: &Sender<(usize, Answer)>) {
    let (work, give) = (work.clone(), give.clone());
    thread::spawn(move || {
        loop {
            let at = work.next.fetch_add(1, Ordering::Relaxed);
            let Some((conditions, condition)) = work.questions.get(at) else { return };
            let begin = Instant::now();
            work.running(|running| running.insert(at, begin));
            let asked = conditions.list[*condition].asked();
            let verdict = match &work.workers {
                Some(workers) => {
                    worker::there(workers.as_ref(), &conditions.terms, &asked, work.limits)
                }
                None => worker::here(&conditions.terms, &asked, work.limits),
            };
            let answer = Answer { verdict, time: begin.elapsed(), remembered: false };
            work.running(|running| running.remove(&at));
            if give.send((at, answer)).is_err() {
                return;
            }
        }
    });
}

/// The next answer, or a question to which none will come.
fn next_answer(work: &Work, answers: &Receiver<(usize, Answer)>) -> Result<(usize, Answer), usize> {
    let patience = work.limits.ceiling.saturating_add(GRACE);
    loop {
        let now = Instant::now();
        let age = |begin: Instant| now.saturating_duration_since(begin);
        let oldest = work.running(|running| running.values().copied().max_by_key(|it| age(*it)));
        let left = oldest.map_or(patience, |begin| patience.saturating_sub(age(begin)));
        // A thread that has just begun may not have said so yet.
        match answers.recv_timeout(left.max(Duration::from_millis(10))) {
            Ok(answer) => return Ok(answer),
            Err(RecvTimeoutError::Disconnected) => unreachable!("one end stays here"),
            Err(RecvTimeoutError::Timeout) => {
                let stuck = work.running(|running| {
                    let stuck = running.iter().find(|(_, begin)| begin.elapsed() >= patience);
                    let at = stuck.map(|(at, _)| *at)?;
                    running.remove(&at).map(|_| at)
                });
                if let Some(stuck) = stuck {
                    return Err(stuck);
                }
            }
        }
    }
}

impl Work {
    fn running<T>(&self, look: impl FnOnce(&mut HashMap<usize, Instant>) -> T) -> T {
        look(&mut self.running.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use deed_base::Span;

    use super::*;
    use crate::cache::Nothing;
    use crate::vc::term::{Sort, TermId, Terms};
    use crate::vc::{Condition, Promise};

    fn asked(facts: Vec<TermId>, goal: TermId) -> Condition {
        Condition {
            promise: Promise::Assert,
            function: "f".to_string(),
            clause: Span::default(),
            place: Span::default(),
            facts,
            goal,
            watched: Vec::new(),
            unmodelled: Vec::new(),
            candidate: None,
        }
    }

    /// `a^5 + b^5 + c^5 = d^5` beyond a thousand, which no solver finds out about.
    fn endless(t: &mut Terms) -> Condition {
        let names = ["a", "b", "c", "d"].map(|name| t.fresh(name, Sort::Int));
        let [a, b, c, d] = names.map(|x| (0..4).fold(x, |power, _| t.mul(power, x)));
        let (ab, thousand) = (t.add(a, b), t.int(1_000));
        let sum = t.add(ab, c);
        let mut facts = vec![t.eq(sum, d)];
        facts.extend(names.map(|x| t.lt(thousand, x)));
        let goal = t.bool(false);
        asked(facts, goal)
    }

    #[test]
    fn a_solver_that_is_stopped_costs_no_other_answer() {
        let mut t = Terms::new();
        let (x, one) = (t.fresh("x", Sort::Int), t.int(1));
        let next = t.add(x, one);
        let (above, below) = (t.lt(x, next), t.lt(next, x));
        let stuck = endless(&mut t);
        let list = vec![asked(Vec::new(), above), stuck, asked(Vec::new(), below)];
        let (assumptions, slices) = (Vec::new(), Vec::new());
        let conditions = Arc::new(Conditions { terms: t, list, assumptions, slices });
        let questions: Vec<Question> = (0..3).map(|at| (conditions.clone(), at)).collect();
        let limits = Limits { rlimit: u32::MAX, seed: 0, ceiling: Duration::from_millis(100) };
        let desk = Desk { store: &Nothing, progress: &|_| {}, workers: None };
        let began = Instant::now();
        let answers = Driver::new(&desk, "test").answer(&questions, limits);
        let verdicts: Vec<Verdict> = answers.into_iter().map(|answer| answer.verdict).collect();
        assert_eq!(verdicts, [Verdict::Holds, Verdict::Stopped, Verdict::Fails(Vec::new())]);
        assert!(
            began.elapsed() < limits.ceiling + GRACE,
            "it ended by being told, not left behind"
        );
    }
}
