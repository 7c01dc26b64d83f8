//! Loops: at the end of a turn everything is held that was held at its beginning.
//!
//! Holds always: since every turn begins alike, what holds after the first holds after all.

use deed_base::Span;

use super::area::{Area, Root};
use super::branches::Outcome;
use super::errors::{self, Leaving};
use super::patterns::Hold;
use super::state::State;
use super::{Checker, Guard, Use, end_of};
use crate::thir::{Block, Expr, ExprKind, Pattern, Source};
use crate::value::Value;

/// A loop around the statement at hand.
pub(super) struct Loop {
    /// What is held when a turn begins.
    head: State,
    /// How many blocks are open around its body.
    depth: usize,
    /// How many uses of views came before it.
    uses: usize,
    /// How many views are in scope around it.
    views: usize,
    /// The paths that `break` out of it.
    breaks: Vec<Outcome>,
}

impl<'p> Checker<'p, '_> {
    pub(super) fn while_loop(&mut self, cond: &'p Expr, body: &'p Block) {
        self.enter_loop();
        self.open();
        let (no, lost) = self.cond(cond);
        self.block(body, Use::Take);
        self.close(end_of(body.span));
        self.turn_ends();
        let mut outcomes = self.loops.pop().map(|around| around.breaks).unwrap_or_default();
        if !matches!(cond.kind, ExprKind::Value(Value::Bool(true))) {
            self.state = no;
            self.open();
            lost.into_iter().for_each(|local| self.in_scope(local));
            self.close(cond.span);
            let held = "still held where this does not hold";
            outcomes.push(Outcome { held, ..Outcome::at(self.state.clone(), cond.span) });
        }
        self.join(outcomes);
    }

    pub(super) fn for_each(&mut self, pattern: &'p Pattern, source: &'p Source, body: &'p Block) {
        self.expr(&source.collection, Use::Look);
        source.after.iter().chain(&source.limit).for_each(|part| self.expr(part, Use::Look));
        let area = match &source.collection.kind {
            ExprKind::Read(place) => Some(self.area(place)),
            _ => None,
        };
        let guards = self.guards.len();
        if let Some(area) = area.clone() {
            self.guards.push(Guard { area, span: source.collection.span });
        }
        self.turns(body, |this| this.bind(pattern, &Hold::View(area.map(Area::element))));
        self.guards.truncate(guards);
    }

    /// A loop that may take no turn.
    pub(super) fn turns(&mut self, body: &'p Block, begin: impl FnOnce(&mut Self)) {
        let held = "still held when the loop is done";
        let before = Outcome { held, ..Outcome::at(self.state.clone(), body.span.at_start()) };
        self.enter_loop();
        self.open();
        begin(self);
        self.block(body, Use::Take);
        self.close(end_of(body.span));
        self.turn_ends();
        let mut outcomes = self.loops.pop().map(|around| around.breaks).unwrap_or_default();
        let mut done = before;
        done.state.absorb_deaths(&self.state);
        outcomes.push(done);
        self.join(outcomes);
    }

    fn enter_loop(&mut self) {
        self.loops.push(Loop {
            head: self.state.clone(),
            depth: self.scopes.len(),
            uses: self.uses.len(),
            views: self.views.len(),
            breaks: Vec::new(),
        });
    }

    /// `break` or `continue`.
    pub(super) fn leave_loop(&mut self, span: Span, breaks: bool) {
        let Some(depth) = self.loops.last().map(|around| around.depth) else { return };
        let inside: Vec<_> = {
            let open = self.scopes.iter().skip(depth);
            open.flat_map(|scope| &scope.locals).copied().collect()
        };
        for local in inside {
            self.must_be_consumed(Root::Local(local), span, Leaving::Loop);
            self.state.empty(Root::Local(local));
        }
        if breaks {
            let outcome = Outcome::at(self.state.clone(), span);
            self.loops.last_mut().into_iter().for_each(|l| l.breaks.push(outcome.clone()));
        } else {
            self.turn_ends();
        }
        self.state.reachable = false;
    }

    /// The next turn would begin here.
    fn turn_ends(&mut self) {
        let Some(around) = self.loops.last().filter(|_| self.state.reachable) else { return };
        let (head, uses, views) = (around.head.clone(), around.uses, around.views);
        for root in self.state.differences(&head) {
            let before = head.holes(root).is_some_and(|holes| self.owes(root, holes));
            let now = self.state.holes(root).is_some_and(|holes| self.owes(root, holes));
            if (before || now || head.holes(root).is_some()) && self.said.insert(root) {
                self.d.push(self.moved_in_loop(root, before));
            }
        }
        for (view, write) in self.state.died_since(&head) {
            if !self.views[..views].contains(&view) {
                continue;
            }
            let again = self.uses[uses..].iter().find(|(used, _)| *used == view);
            if let Some((_, span)) = again.copied()
                && self.said.insert(Root::Local(view))
            {
                let name = &self.function.locals[view].name;
                self.d.push(errors::dead_in_next_turn(name, span, write));
            }
        }
    }
}
