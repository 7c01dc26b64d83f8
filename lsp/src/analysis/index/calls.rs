//! What calls name: methods, other contracts, catches, queries, tests and rules.
//!
//! In: resolved expressions, and what `typeck` found each call to be. Out: the occurrences in them.

use deed_base::Span;
use deed_compiler::arena::FnId;
use deed_compiler::hir::{
    Arg, CallOption, Catch, CatchKind, Chain, Expected, External, QuerySource, RuleAccess,
    RuleCall, RuleClause, RuleClauseKind, TestStmt,
};
use deed_compiler::thir::{MapOp, Name};
use deed_compiler::ty::Ty;

use super::walk::Walk;
use super::{Role, Symbol};

impl Walk<'_, '_> {
    /// A call by the name of a member; the first `given` parameters have no argument here.
    pub(super) fn method(&mut self, call: Span, name: &Name, args: &[Arg], given: usize) {
        let known = self.builder.types.callee(call);
        let map = MapOp::ALL.into_iter().find(|op| op.name() == name.text).map(Symbol::Map);
        let symbol = known.map(Symbol::Function).or(map.filter(|_| given == 1));
        if let Some(symbol) = symbol {
            self.builder.add(name.span, symbol, Role::Read);
        }
        match known {
            Some(function) => self.call_args(function, args),
            None => self.values(args),
        }
    }

    pub(super) fn external(&mut self, external: &External, span: Span) {
        match external {
            External::At { of, args } => {
                let hir = self.builder.hir;
                match of {
                    Ty::Interface(id) => {
                        let name = &hir.interfaces[*id].name.text;
                        self.first_word(name, span, Symbol::Interface(*id));
                    }
                    Ty::Contract(id) => {
                        let name = &hir.contracts[*id].name.text;
                        self.first_word(name, span, Symbol::Contract(*id));
                    }
                    _ => {}
                }
                self.values(args);
            }
            External::Call { call, options } => {
                self.expr(call);
                self.options(options);
            }
            External::Deploy { contract, args, options } => {
                self.builder.name(span, Symbol::Contract(*contract));
                match self.builder.hir.contracts[*contract].init {
                    Some(init) => self.call_args(init, args),
                    None => self.values(args),
                }
                self.options(options);
            }
            External::Pay(args) | External::Unique(args) => self.values(args),
            External::Balance => {}
        }
    }

    fn options(&mut self, options: &[CallOption]) {
        options.iter().for_each(|option| self.expr(&option.value));
    }

    pub(super) fn catch(&mut self, catch: &Catch) {
        if let CatchKind::Error { error, fields, .. } = &catch.kind {
            let declared = &self.builder.hir.errors[*error];
            self.first_word(&declared.name.text, catch.span, Symbol::Error(*error));
            for name in fields.iter().filter_map(|field| field.name.as_ref()) {
                let at = declared.fields.iter().position(|field| field.name.text == name.text);
                if let Some(at) = at {
                    self.builder.add(name.span, Symbol::ErrorField(*error, at), Role::Read);
                }
            }
        }
        self.block(&catch.body);
    }

    pub(super) fn chain(&mut self, chain: &Chain, span: Span) {
        if let Chain::Query(query) = chain {
            let hir = self.builder.hir;
            match query.source {
                QuerySource::Event(id) => {
                    self.first_word(&hir.events[id].name.text, span, Symbol::Event(id));
                }
                QuerySource::Events(id) => {
                    self.first_word(&hir.contracts[id].name.text, span, Symbol::Contract(id));
                }
                QuerySource::Value(_) => {}
            }
        }
        if let Chain::Inflight(Some(ty)) = chain {
            self.ty(ty);
        }
        chain.exprs().into_iter().for_each(|part| self.expr(part));
    }

    pub(super) fn test(&mut self, test: &TestStmt) {
        if let TestStmt::Expect { what, call } = test {
            let hir = self.builder.hir;
            match what {
                Expected::Throw(wanted) => {
                    let declared = &hir.errors[wanted.of];
                    self.first_word(&declared.name.text, wanted.span, Symbol::Error(wanted.of));
                    let field = |at| Symbol::ErrorField(wanted.of, at);
                    self.data_args(&wanted.args, &declared.fields, field);
                }
                Expected::Emit(wanted) => {
                    let declared = &hir.events[wanted.of];
                    self.first_word(&declared.name.text, wanted.span, Symbol::Event(wanted.of));
                    let field = |at| Symbol::EventField(wanted.of, at);
                    self.data_args(&wanted.args, &declared.fields, field);
                }
                Expected::Trap(_) | Expected::Error => {}
            }
            return self.expr(call);
        }
        test.exprs().into_iter().for_each(|part| self.expr(part));
    }

    pub(super) fn rule_clause(&mut self, clause: &RuleClause) {
        match &clause.kind {
            RuleClauseKind::Assume(cond) | RuleClauseKind::Never(cond) => self.expr(cond),
            RuleClauseKind::Sequence { steps, without } => {
                steps.iter().chain(without).for_each(|call| self.rule_call(call));
            }
            RuleClauseKind::Only { functions, access } => {
                functions.iter().for_each(|function| self.named_in(clause.span, *function));
                if let RuleAccess::Place { place, .. } = access {
                    self.expr(place);
                }
            }
            RuleClauseKind::Flow { source, sink, without } => {
                self.expr(source);
                self.expr(sink);
                without.iter().for_each(|call| self.rule_call(call));
            }
            RuleClauseKind::Error => {}
        }
    }

    fn rule_call(&mut self, call: &RuleCall) {
        self.builder.name(call.span, Symbol::Function(call.function));
        self.call_args(call.function, &call.args);
    }

    /// A function that a clause names as a bare word.
    fn named_in(&mut self, clause: Span, function: FnId) {
        let name = &*self.builder.hir.functions[function].name.text;
        let text = self.builder.sources.get(clause.source).slice(clause);
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let alone = |at: &usize| {
            !text[..*at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part)
        };
        let Some((at, _)) = text.match_indices(name).find(|(at, _)| alone(at)) else { return };
        let start = clause.start + at as u32;
        let word = Span::new(clause.source, start, start + name.len() as u32);
        self.builder.add(word, Symbol::Function(function), Role::Read);
    }
}
