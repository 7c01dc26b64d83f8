//! Who names what, and where.
//!
//! In: an analysis. Out: an [`Index`] of every [`Occurrence`] in its files.
//! Holds always: an occurrence's span is one word of a source; those of a file are in source order; a
//! symbol that the package declares has exactly one [`Role::Definition`].

use std::sync::LazyLock;

use deed_base::{SourceId, SourceMap, Span};
use deed_compiler::arena::{
    Arena, ConstId, ContractId, EnumId, ErrorId, EventId, FieldId, FnId, Id, InterfaceId, LocalId,
    ModuleId, RuleId, StructId, TraitId, TypeParamId, VariantId,
};
use deed_compiler::hir;
use deed_compiler::thir::MapOp;
use foldhash::HashMap;

use super::Analysis;
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

/// The occurrences of one file.
#[derive(Default)]
pub struct Occurrences {
    /// In source order, each once.
    all: Vec<Occurrence>,
    /// Words that are a label and a variable at once, as `amount` in `E(x: 1, amount)`; what the
    /// label means.
    short: HashMap<Span, Symbol>,
}

impl Occurrences {
    fn of(analysis: &Analysis, source: SourceId) -> Occurrences {
        let Some(module) = analysis.modules.iter().position(|m| m.span.source == source) else {
            return Occurrences::default();
        };
        let Analysis { sources, modules, hir, thir, .. } = analysis;
        let names = Names::collect(&modules[module]);
        let types = Types::collect(thir, source);
        let found = Occurrences::default();
        let mut builder = Builder { source, sources, names, types, hir, found };
        items::items(&mut builder);
        items::imports(ModuleId::from_index(module), &modules[module], &mut builder);
        let mut found = builder.found;
        found.all.sort_by_key(|one| (one.span, one.role != Role::Definition));
        found.all.dedup_by_key(|one| (one.span, one.symbol));
        found
    }
}

/// The occurrences of a package, each file's found when they are first asked for.
#[derive(Clone, Copy)]
pub struct Index<'a> {
    analysis: &'a Analysis,
}

impl<'a> Index<'a> {
    pub(super) fn new(analysis: &'a Analysis) -> Self {
        Index { analysis }
    }

    /// Of a file of the library, none.
    fn file(self, source: SourceId) -> &'a Occurrences {
        static NONE: LazyLock<Occurrences> = LazyLock::new(Occurrences::default);
        match self.analysis.occurrences.get(source.0 as usize) {
            Some(cell) => cell.get_or_init(|| Occurrences::of(self.analysis, source)),
            None => &NONE,
        }
    }

    /// What the word at an offset means; between two words, the one that begins there.
    pub fn at(self, source: SourceId, offset: u32) -> Option<&'a Occurrence> {
        let all = &self.file(source).all;
        let here = |found: &&Occurrence| found.span.contains(offset);
        let begin = Span::new(source, offset, offset);
        let after = all.partition_point(|found| found.span <= begin);
        let begins = all[after..].iter().take(1).find(here);
        let begins = begins.filter(|found| found.span.start == offset);
        begins.or_else(|| all[..after].iter().rev().take(2).find(here))
    }

    /// What the word at exactly this place means.
    pub fn exactly(self, span: Span) -> Option<Symbol> {
        let all = &self.file(span.source).all;
        let at = all.partition_point(|found| found.span < span);
        all.get(at).filter(|found| found.span == span).map(|found| found.symbol)
    }

    /// All occurrences of a symbol; one that the library declares is declared outside the package.
    pub fn of(self, symbol: Symbol) -> impl Iterator<Item = Occurrence> {
        let role = Role::Definition;
        let outside = self.definition(symbol).filter(|span| span.source.is_library());
        let outside = outside.map(|span| Occurrence { span, symbol, role });
        let files = (0..self.analysis.occurrences.len()).map(|at| SourceId(at as u32));
        let inside = files.flat_map(move |file| self.in_source(file)).copied();
        inside.filter(move |found| found.symbol == symbol).chain(outside)
    }

    /// The word by which a symbol is declared, if it was given one.
    pub fn definition(self, symbol: Symbol) -> Option<Span> {
        let span = declared(self.analysis, symbol)?;
        is_word(self.analysis.slice(span)).then_some(span)
    }

    pub fn in_source(self, source: SourceId) -> impl Iterator<Item = &'a Occurrence> {
        self.within(Span::new(source, 0, u32::MAX))
    }

    /// The occurrences that begin in a stretch of a source.
    pub fn within(self, span: Span) -> impl Iterator<Item = &'a Occurrence> {
        let all = &self.file(span.source).all;
        let begin = Span { end: span.start, ..span };
        let start = all.partition_point(|found| found.span < begin);
        all[start..].iter().take_while(move |found| found.span.start < span.end)
    }

    /// What a word means as a label, if it is a variable too.
    pub fn short(self, span: Span) -> Option<Symbol> {
        self.file(span.source).short.get(&span).copied()
    }
}

/// Where a symbol's declaration has its name.
fn declared(analysis: &Analysis, symbol: Symbol) -> Option<Span> {
    let hir = &analysis.hir;
    Some(match symbol {
        Symbol::Module(id) => analysis.modules.get(id.index())?.path.last()?.span,
        Symbol::Contract(id) => hir.contracts[id].name.span,
        Symbol::Interface(id) => hir.interfaces[id].name.span,
        Symbol::Trait(id) => hir.traits[id].name.span,
        Symbol::TypeParam(id) => {
            let name = &hir.type_params[id].name;
            // `Self` of a trait has the place of the trait's name.
            return (analysis.slice(name.span) == name.text).then_some(name.span);
        }
        Symbol::Function(id) => hir.functions[id].name.span,
        Symbol::Const(id) => hir.constants[id].name.span,
        Symbol::Error(id) => hir.errors[id].name.span,
        Symbol::ErrorField(id, at) => hir.errors[id].fields.get(at)?.name.span,
        Symbol::Event(id) => hir.events[id].name.span,
        Symbol::EventField(id, at) => hir.events[id].fields.get(at)?.name.span,
        Symbol::State(contract, id) => hir.contracts[contract].state[id].name.span,
        Symbol::Struct(id) => hir.structs[id].name.span,
        Symbol::StructField(id, field) => hir.structs[id].fields[field].name.span,
        Symbol::Enum(id) => hir.enums[id].name.span,
        Symbol::Variant(id, variant) => hir.enums[id].variants[variant].name.span,
        Symbol::Local(owner, id) => locals(hir, owner)[id].name.span,
        Symbol::Context(_) | Symbol::Map(_) => return None,
    })
}

fn locals(hir: &hir::Package, owner: Owner) -> &Arena<LocalId, hir::Local> {
    match owner {
        Owner::Function(id) => &hir.functions[id].locals,
        Owner::Invariants(id) => &hir.contracts[id].locals,
        Owner::Rule(id) => &hir.rules[id].locals,
    }
}

/// Whether a text is a word that can be spoken of: `_` and a missing name are none.
fn is_word(text: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    !text.is_empty() && text != "_" && text.chars().all(is_part)
}

/// The occurrences of a file in the making.
struct Builder<'a> {
    source: SourceId,
    sources: &'a SourceMap,
    names: Names,
    types: Types<'a>,
    hir: &'a hir::Package,
    found: Occurrences,
}

impl Builder<'_> {
    /// Adds an occurrence; what has no word of its own (`_`, a missing name) has none.
    fn add(&mut self, span: Span, symbol: Symbol, role: Role) {
        if is_word(self.sources.get(span.source).slice(span)) {
            self.found.all.push(Occurrence { span, symbol, role });
        }
    }

    fn define(&mut self, span: Span, symbol: Symbol) {
        self.add(span, symbol, Role::Definition);
    }

    /// Whether the declaration of a variable has its name here.
    fn declares(&self, owner: Owner, local: LocalId, span: Span) -> bool {
        locals(self.hir, owner)[local].name.span == span
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
