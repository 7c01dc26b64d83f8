//! Who names what, and where.
//!
//! In: the resolved package and its syntax trees. Out: an [`Index`] of every [`Occurrence`].
//! Holds always: an occurrence's span is one word of a source; occurrences are in source order; a
//! symbol that the package declares has exactly one [`Role::Definition`].

use deed_base::{SourceId, SourceMap, Span};
use deed_compiler::arena::{
    ConstId, ContractId, EnumId, ErrorId, EventId, FieldId, FnId, InterfaceId, LocalId, ModuleId,
    RuleId, StructId, TraitId, TypeParamId, VariantId,
};
use deed_compiler::thir::MapOp;
use deed_compiler::{hir, thir};
use deed_syntax::ast;
use foldhash::HashMap;

use super::names::Names;
use types::Types;

mod calls;
mod items;
mod patterns;
mod types;
mod walk;

/// What a word can mean.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Symbol {
    Module(ModuleId),
    Contract(ContractId),
    Interface(InterfaceId),
    Trait(TraitId),
    TypeParam(TypeParamId),
    Function(FnId),
    Const(ConstId),
    Error(ErrorId),
    ErrorField(ErrorId, usize),
    Event(EventId),
    EventField(EventId, usize),
    State(ContractId, FieldId),
    Struct(StructId),
    StructField(StructId, FieldId),
    Enum(EnumId),
    Variant(EnumId, VariantId),
    Local(Owner, LocalId),
    /// `tx.sender` and the like, by the text of the whole.
    Context(&'static str),
    Map(MapOp),
}

/// Whose variable a local is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Owner {
    Function(FnId),
    /// A variable bound in a contract's invariants.
    Invariants(ContractId),
    Rule(RuleId),
}

/// What an occurrence does with its symbol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Definition,
    Read,
    Write,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Occurrence {
    pub span: Span,
    pub symbol: Symbol,
    pub role: Role,
}

/// Every occurrence of a package, and of the library modules that it uses.
#[derive(Default)]
pub struct Index {
    occurrences: Vec<Occurrence>,
    definitions: HashMap<Symbol, Span>,
    /// The numbers of each symbol's occurrences.
    uses: HashMap<Symbol, Vec<u32>>,
    /// Words that are a label and a variable at once, as `amount` in `E(x: 1, amount)`; what the
    /// label means.
    short: HashMap<Span, Symbol>,
}

impl Index {
    pub fn build(
        sources: &SourceMap,
        modules: &[ast::Module],
        hir: &hir::Package,
        thir: &thir::Package,
    ) -> Index {
        let names = Names::collect(modules);
        let types = Types::collect(thir);
        let mut builder = Builder { sources, names, types, hir, index: Index::default() };
        items::items(&mut builder);
        items::imports(modules, &mut builder);
        builder.index.settled()
    }

    /// In source order, each once.
    fn settled(mut self) -> Index {
        self.occurrences.sort_by_key(|found| (found.span, found.role != Role::Definition));
        self.occurrences.dedup_by_key(|found| (found.span, found.symbol));
        for (at, found) in self.occurrences.iter().enumerate() {
            self.uses.entry(found.symbol).or_default().push(at as u32);
        }
        self
    }

    /// What the word at an offset means; between two words, the one that begins there.
    pub fn at(&self, source: SourceId, offset: u32) -> Option<&Occurrence> {
        let here = |found: &&Occurrence| found.span.source == source && found.span.contains(offset);
        let begin = Span::new(source, offset, offset);
        let after = self.occurrences.partition_point(|found| found.span <= begin);
        let begins = self.occurrences[after..].iter().take(1).find(here);
        let begins = begins.filter(|found| found.span.start == offset);
        begins.or_else(|| self.occurrences[..after].iter().rev().take(2).find(here))
    }

    /// What the word at exactly this place means.
    pub fn exactly(&self, span: Span) -> Option<Symbol> {
        let at = self.occurrences.partition_point(|found| found.span < span);
        self.occurrences.get(at).filter(|found| found.span == span).map(|found| found.symbol)
    }

    pub fn of(&self, symbol: Symbol) -> impl Iterator<Item = &Occurrence> {
        let numbers = self.uses.get(&symbol).map_or(&[][..], Vec::as_slice);
        numbers.iter().map(|at| &self.occurrences[*at as usize])
    }

    pub fn definition(&self, symbol: Symbol) -> Option<Span> {
        self.definitions.get(&symbol).copied()
    }

    pub fn in_source(&self, source: SourceId) -> impl Iterator<Item = &Occurrence> {
        self.within(Span::new(source, 0, u32::MAX))
    }

    /// The occurrences that begin in a stretch of a source.
    pub fn within(&self, span: Span) -> impl Iterator<Item = &Occurrence> {
        let begin = Span { end: span.start, ..span };
        let start = self.occurrences.partition_point(|found| found.span < begin);
        let rest = &self.occurrences[start..];
        rest.iter().take_while(move |found| {
            found.span.source == span.source && found.span.start < span.end
        })
    }

    /// What a word means as a label, if it is a variable too.
    pub fn short(&self, span: Span) -> Option<Symbol> {
        self.short.get(&span).copied()
    }
}

/// An index in the making.
struct Builder<'a> {
    sources: &'a SourceMap,
    names: Names,
    types: Types<'a>,
    hir: &'a hir::Package,
    index: Index,
}

impl Builder<'_> {
    /// Adds an occurrence; what has no word of its own (`_`, a missing name) has none.
    fn add(&mut self, span: Span, symbol: Symbol, role: Role) {
        let text = self.sources.get(span.source).slice(span);
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        if !text.is_empty() && text != "_" && text.chars().all(is_word) {
            self.index.occurrences.push(Occurrence { span, symbol, role });
        }
    }

    fn define(&mut self, span: Span, symbol: Symbol) {
        let before = self.index.occurrences.len();
        self.add(span, symbol, Role::Definition);
        if self.index.occurrences.len() > before {
            self.index.definitions.insert(symbol, span);
        }
    }

    /// Adds a use by the word that a longer name, `a.b.Name<T>`, begins or ends with.
    fn word_in(&mut self, name: &str, span: Span, symbol: Symbol) {
        let text = self.sources.get(span.source).slice(span);
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let head = text.split(|c: char| !is_part(c) && c != '.').next().unwrap_or_default();
        let end = span.start + head.len() as u32;
        let (first, last) = (span.start, end.saturating_sub(name.len() as u32));
        if text.starts_with(name) && !text[name.len()..].starts_with(is_part) {
            self.add(Span::new(span.source, first, first + name.len() as u32), symbol, Role::Read);
        } else if head.strip_suffix(name).is_some_and(|rest| rest.ends_with('.')) {
            self.add(Span::new(span.source, last, end), symbol, Role::Read);
        }
    }

    /// Adds a use by the expression at `span`.
    fn name(&mut self, span: Span, symbol: Symbol) {
        self.add(self.names.word(span), symbol, Role::Read);
    }
}
