//! What a reader would like to see beside the code: types, names of parameters, effects.
//!
//! In: a stretch of a source. Out: short texts at places in it, in order.

use deed_base::{SourceFile, SourceId, Span};
use deed_compiler::thir::{FnKind, Function};
use deed_compiler::ty::Ty;
use deed_syntax::ast::{Arg, Call, Expr, ExprKind, Pattern, StmtKind};

use super::signature::{parameter_names, receiver};
use crate::analysis::index::Symbol;
use crate::analysis::syntax::{self, Node};
use crate::analysis::{Analysis, describe};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `: u64` behind a name.
    Type,
    /// `amount:` before an argument.
    Parameter,
    /// `writes total` behind a function's head.
    Effects,
    /// What a proof said.
    Proof,
    /// `gas 40` behind a line.
    Gas,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hint {
    pub source: SourceId,
    pub offset: u32,
    pub text: String,
    pub kind: Kind,
}

pub fn inlay_hints(analysis: &Analysis, range: Span) -> Vec<Hint> {
    let mut hints = Hints { analysis, range, found: Vec::new() };
    if let Some(module) = analysis.module(range.source) {
        syntax::each_node(module, &mut |node| hints.node(node));
    }
    hints.effects();
    hints.found.sort_by_key(|hint| hint.offset);
    hints.found
}

struct Hints<'a> {
    analysis: &'a Analysis,
    range: Span,
    found: Vec<Hint>,
}

impl Hints<'_> {
    fn add(&mut self, offset: u32, text: String, kind: Kind) {
        if self.range.start <= offset && offset <= self.range.end {
            self.found.push(Hint { source: self.range.source, offset, text, kind });
        }
    }

    fn node(&mut self, node: Node<'_>) {
        match node {
            Node::Stmt(stmt) => match &stmt.kind {
                StmtKind::Local(local) if local.ty.is_none() => self.types(&local.pattern),
                StmtKind::For(it) => self.types(&it.pattern),
                _ => {}
            },
            Node::Expr(Expr { kind: ExprKind::Call(call) | ExprKind::Deploy(call), .. }) => {
                self.parameters(call);
            }
            Node::Expr(Expr { kind: ExprKind::Closure(closure), .. }) => {
                let untyped = closure.params.iter().filter(|param| param.ty.is_none());
                untyped.for_each(|param| self.types(&param.pattern));
            }
            _ => {}
        }
    }

    fn types(&mut self, pattern: &Pattern) {
        let mut names = Vec::new();
        syntax::bound(pattern, &mut names);
        for name in names {
            let symbol = self.analysis.index().exactly(name.span);
            let Some(symbol @ Symbol::Local(..)) = symbol else { continue };
            match describe::symbol_type(&self.analysis.thir, symbol) {
                None | Some(Ty::Error | Ty::Infer(_)) => {}
                Some(ty) => {
                    let text = format!(": {}", describe::ty(&self.analysis.thir, ty));
                    self.add(name.span.end, text, Kind::Type);
                }
            }
        }
    }

    fn parameters(&mut self, call: &Call) {
        let Some(symbol) = self.callee(call) else { return };
        let names = parameter_names(self.analysis, symbol);
        let is_method = matches!(call.callee.kind, ExprKind::Field(_));
        let skipped = usize::from(is_method && receiver(self.analysis, symbol));
        let names = names.get(skipped..).unwrap_or_default();
        for (name, arg) in names.iter().zip(&call.args) {
            if arg.name.is_none() && !arg.inout && !says(name, arg) {
                self.add(arg.span.start, format!("{name}:"), Kind::Parameter);
            }
        }
    }

    fn callee(&self, call: &Call) -> Option<Symbol> {
        let word = match &call.callee.kind {
            ExprKind::Name { name, .. } => name.span,
            ExprKind::Field(field) => field.name.span,
            _ => return None,
        };
        match self.analysis.index().exactly(word)? {
            Symbol::Contract(id) => self.analysis.thir.contracts[id].init.map(Symbol::Function),
            symbol => Some(symbol),
        }
    }

    /// What entry functions and inner ones do to the state, which their heads do not say.
    fn effects(&mut self) {
        for function in self.analysis.thir.functions.values() {
            let end = head_end(self.analysis.source(function.span.source), function.span.end);
            let inside = self.range.start <= end && end <= self.range.end;
            if function.span.source == self.range.source && inside && function.body.is_some() {
                let text = self.effects_of(function);
                if !text.is_empty() {
                    self.add(end, text, Kind::Effects);
                }
            }
        }
    }

    fn effects_of(&self, function: &Function) -> String {
        let package = &self.analysis.thir;
        let effects = &function.effects;
        let Some(contract) = function.contract() else { return String::new() };
        let mut parts = Vec::new();
        let mut fields: Vec<&str> = Vec::new();
        for path in &effects.writes {
            let name = package.contracts[contract].state[path.field].name.text.as_str();
            if !fields.contains(&name) {
                fields.push(name);
            }
        }
        if !fields.is_empty() && !matches!(function.kind, FnKind::Init) {
            parts.push(format!("writes {}", fields.join(", ")));
        }
        let emitted = effects.emits.iter().map(|id| package.events[*id].name.text.as_str());
        let emitted: Vec<&str> = emitted.collect();
        if !emitted.is_empty() {
            parts.push(format!("emits {}", emitted.join(", ")));
        }
        // What is declared stands in the head already.
        let hir = &self.analysis.hir;
        let inferred =
            hir.functions.values().any(|f| f.span == function.span && f.throws.is_empty());
        let thrown = effects.throws.iter().map(|id| package.errors[*id].name.text.as_str());
        let thrown: Vec<&str> = thrown.filter(|_| inferred).collect();
        if !thrown.is_empty() {
            parts.push(format!("throws {}", thrown.join(", ")));
        }
        parts.join("; ")
    }
}

/// The end of a head whose result, or last parameter, ends at a place.
fn head_end(source: &SourceFile, end: u32) -> u32 {
    let rest = source.text.get(end as usize..).unwrap_or_default();
    let behind = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    match behind.starts_with(')') {
        true => end + (rest.len() - behind.len()) as u32 + 1,
        false => end,
    }
}

/// Whether an argument says itself what it is for: `amount`, `self.amount`, `note.amount`.
fn says(name: &str, arg: &Arg) -> bool {
    match &arg.value.kind {
        ExprKind::Name { name: word, .. } => word.as_str() == name,
        ExprKind::Field(field) => field.name.as_str() == name,
        ExprKind::Closure(_) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    /// The text with its hints in `‹›`.
    fn hinted(text: &str) -> String {
        let at = Fixture::new(text);
        let hints = inlay_hints(&at.analysis, at.analysis.source(at.source).span());
        let mut text = text.to_owned();
        for hint in hints.iter().rev() {
            text.insert_str(hint.offset as usize, &format!("‹{}›", hint.text));
        }
        text
    }

    #[test]
    fn types_parameters_and_effects_are_hinted() {
        let shown = hinted(
            "module m
event Paid(to: Address, amount: u64)
struct Note { face: u64
    fn worth(self, rate: u64) -> u64 { return self.face * rate }
}
contract C {
    state { total: u64 = 0, all: Vec<u64> }
    fn add(amount: u64, times: u64) { self.total += amount * times }
    entry fn f(amount: u64, note: Note) {
        let twice = amount * 2
        let one: u64 = 1
        self.add(amount, 3)
        self.add(amount: 1, times: 2)
        let worth = note.worth(7)
        for each in self.all { emit Paid(tx.sender, each + worth) }
    }
}
",
        );
        for expected in [
            "let twice‹: u64› = ",
            "let one: u64 = 1",
            "self.add(amount, ‹times:›3)",
            "self.add(amount: 1, times: 2)",
            "note.worth(‹rate:›7)",
            "for each‹: u64› in",
            "emit Paid(‹to:›tx.sender, ‹amount:›each + worth)",
            "times: u64)‹writes total› {",
            "note: Note)‹writes total; emits Paid› {",
        ] {
            assert!(shown.contains(expected), "`{expected}` is missing in\n{shown}");
        }
    }

    #[test]
    fn only_the_wanted_stretch_is_hinted() {
        let at = Fixture::new("module m\nfn f() {\n    let a = 1u64\n    let b = 2u64\n}\n");
        let hints = inlay_hints(&at.analysis, Span::new(at.source, 20, 38));
        assert_eq!(hints.len(), 1);
        assert_eq!(hints[0].text, ": u64");
    }
}
