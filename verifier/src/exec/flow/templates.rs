//! Invariants of loops that nobody wrote, of a few shapes.
//!
//! In: a loop's variables and the plain numbers of the state that it writes. Out: guesses about them: that one
//! only rises or falls, stays within a bound, or keeps its sum or its distance with another.
//! Holds always: they are guesses: each is asked before the loop and after each turn like those of the contract,
//! and believed only where all that are left hold. The same loop has the same guesses under the same numbers.

use std::collections::HashMap;

use deed_base::Span;
use deed_compiler::mir::{BinaryOp, BlockId, FieldId, Inst, Op, Ty, ValueId};

use super::{Body, Flow, Run};
use crate::exec::relations::{Slice, argument};
use crate::vc::term::TermId;
use crate::vc::{Candidate, Promise, parse};

/// So many numbers of a loop are looked at, and so many guesses made about them.
const MAX_SLOTS: usize = 6;
const MAX_GUESSES: usize = 64;

/// A number that a loop may change.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Slot {
    /// A parameter of the loop's head.
    Variable(usize),
    /// A field of the state.
    Field(FieldId),
}

/// The shape of a guess.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Guess {
    /// Never below what it was before the loop.
    Rises(Slot),
    /// Never above that.
    Falls(Slot),
    /// At most a value that the loop does not change.
    UpTo(Slot, ValueId),
    AtMost(Slot, Slot),
    SameSum(Slot, Slot),
    SameDistance(Slot, Slot),
}

/// What the numbers of a loop were before it.
pub(super) type Starts = Vec<(Slot, TermId)>;

impl<'a> Run<'a> {
    /// The numbers of a loop as they are now.
    pub(super) fn numbers(&self, body: &Body<'a>, head: BlockId, flow: &Flow) -> Starts {
        if !self.templates {
            return Starts::new();
        }
        let is_int = |ty: Ty| matches!(ty, Ty::Int(_));
        let params = body.function.block(head).params.iter().enumerate();
        let variables = params.filter(|(_, param)| is_int(body.function.ty(**param)));
        let variables = variables.map(|(at, param)| (Slot::Variable(at), body.values[param]));
        let written = self.written_in(body.function, &body.cfg.loop_blocks(head)).into_iter();
        let plain = written.filter(|id| {
            let field = self.program.field(*id);
            field.keys.is_empty() && is_int(field.value) && !field.ghost
        });
        let fields = plain.map(|id| (Slot::Field(id), flow.state.scalar(id)));
        variables.chain(fields).take(MAX_SLOTS).collect()
    }

    /// The guesses about a loop as they read now; each is asked if `promise` is given.
    pub(super) fn try_templates(
        &mut self,
        body: &Body<'a>,
        head: BlockId,
        flow: &Flow,
        promise: Option<Promise>,
    ) -> Vec<TermId> {
        let now = self.numbers(body, head, flow);
        let Some(starts) = body.starts.get(&head).filter(|_| !now.is_empty()) else {
            return Vec::new();
        };
        let span =
            body.function.block(head).loop_head.as_ref().map_or(Span::default(), |it| it.span);
        let mut found = Vec::new();
        for (number, guess) in guesses(body, head, &now).into_iter().enumerate() {
            let candidate = Candidate { head: span, clause: span, template: Some(number as u32) };
            if self.dropped.is_some_and(|dropped| dropped.contains(&candidate)) {
                continue;
            }
            let Some(term) = self.guessed(guess, body, &now, starts) else { continue };
            let goal = self.terms.implies(flow.pc, term);
            let known = goal == self.terms.bool(true);
            if let Some(promise) = promise.filter(|_| !known) {
                self.add(promise, (span, span), goal, Some(candidate));
            }
            found.push(term);
        }
        found.extend(self.try_relations(&now, span, flow, promise));
        found
    }

    /// The relations that were found for a loop.
    fn try_relations(
        &mut self,
        now: &Starts,
        head: Span,
        flow: &Flow,
        promise: Option<Promise>,
    ) -> Vec<TermId> {
        let mut tried = Vec::new();
        let own = self.found.iter().enumerate().filter(|(_, found)| found.head == head);
        for (at, found) in own {
            let number = MAX_GUESSES as u32 + at as u32;
            let candidate = Candidate { head, clause: head, template: Some(number) };
            if self.dropped.is_some_and(|dropped| dropped.contains(&candidate)) {
                continue;
            }
            let numbers = now.iter().map(|(_, term)| Some(*term));
            let frozen = found.frozen.iter().map(|name| self.terms.variable(name));
            let arguments: Option<Vec<TermId>> = numbers.chain(frozen).collect();
            let named = arguments.into_iter().flatten().enumerate();
            let names: HashMap<_, _> = named.map(|(at, term)| (argument(at), term)).collect();
            // What cannot be read is no guess.
            let Some(term) = parse::formula(&mut self.terms, &found.text, &names) else { continue };
            if let Some(promise) = promise {
                let goal = self.terms.implies(flow.pc, term);
                self.add(promise, (head, head), goal, Some(candidate));
            }
            tried.push(term);
        }
        tried
    }

    /// Writes down the numbers of a loop before it and after any number of turns.
    pub(super) fn see_slice(
        &mut self,
        body: &mut Body<'a>,
        head: BlockId,
        before: TermId,
        flow: &Flow,
    ) {
        let here: Vec<TermId> = terms(&self.numbers(body, head, flow));
        let Some(starts) = body.starts.get(&head).filter(|_| !here.is_empty()) else { return };
        let Some(site) = &body.function.block(head).loop_head else { return };
        body.slices.insert(head, self.slices.len());
        let before = (before, terms(starts));
        self.slices.push(Slice { head: site.span, before, here, turns: Vec::new() });
    }

    /// And one turn later.
    pub(super) fn see_turn(&mut self, body: &Body<'a>, head: BlockId, flow: &Flow) {
        let Some(at) = body.slices.get(&head) else { return };
        let now = terms(&self.numbers(body, head, flow));
        self.slices[*at].turns.push((flow.pc, now));
    }

    fn guessed(
        &mut self,
        guess: Guess,
        body: &Body<'a>,
        now: &Starts,
        starts: &Starts,
    ) -> Option<TermId> {
        let of = |list: &Starts, slot: Slot| {
            list.iter().find(|(known, _)| *known == slot).map(|(_, term)| *term)
        };
        let t = &mut self.terms;
        Some(match guess {
            Guess::Rises(slot) => t.le(of(starts, slot)?, of(now, slot)?),
            Guess::Falls(slot) => t.le(of(now, slot)?, of(starts, slot)?),
            Guess::UpTo(slot, bound) => t.le(of(now, slot)?, *body.values.get(&bound)?),
            Guess::AtMost(a, b) => t.le(of(now, a)?, of(now, b)?),
            Guess::SameSum(a, b) => {
                let now = t.add(of(now, a)?, of(now, b)?);
                let before = t.add(of(starts, a)?, of(starts, b)?);
                t.eq(now, before)
            }
            Guess::SameDistance(a, b) => {
                let now = t.sub(of(now, a)?, of(now, b)?);
                let before = t.sub(of(starts, a)?, of(starts, b)?);
                t.eq(now, before)
            }
        })
    }
}

fn terms(numbers: &Starts) -> Vec<TermId> {
    numbers.iter().map(|(_, term)| *term).collect()
}

/// All that is guessed about a loop, always in the same order.
fn guesses(body: &Body<'_>, head: BlockId, numbers: &Starts) -> Vec<Guess> {
    let slots: Vec<Slot> = numbers.iter().map(|(slot, _)| *slot).collect();
    let bounds = bounds(body, head);
    let mut found: Vec<Guess> = Vec::new();
    for slot in &slots {
        found.extend([Guess::Rises(*slot), Guess::Falls(*slot)]);
        found.extend(bounds.iter().map(|bound| Guess::UpTo(*slot, *bound)));
    }
    for (at, a) in slots.iter().enumerate() {
        for b in &slots[at + 1..] {
            found.extend([Guess::SameSum(*a, *b), Guess::SameDistance(*a, *b)]);
            found.extend([Guess::AtMost(*a, *b), Guess::AtMost(*b, *a)]);
        }
    }
    found.truncate(MAX_GUESSES);
    found
}

/// Integers that the loop does not change: those its head compares with, and the function's parameters.
fn bounds(body: &Body<'_>, head: BlockId) -> Vec<ValueId> {
    let function = body.function;
    let blocks = body.cfg.loop_blocks(head);
    let inside = |value: &ValueId| {
        blocks.iter().any(|block| {
            let block = function.block(*block);
            let made = |inst: &Inst| inst.results.contains(value);
            block.params.contains(value) || block.insts.iter().any(made)
        })
    };
    let compared = function.block(head).insts.iter().filter_map(|inst| match inst.op {
        Op::Binary {
            op: BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge,
            left,
            right,
        } => Some([left, right]),
        _ => None,
    });
    let all = compared.flatten().chain(function.params().iter().copied());
    let mut found: Vec<ValueId> = Vec::new();
    for value in all {
        let int = matches!(function.ty(value), Ty::Int(_));
        if int && !inside(&value) && !found.contains(&value) {
            found.push(value);
        }
    }
    found
}
