//! Colours that need more than the text: what each word means.
//!
//! In: a source and the index. Out: its coloured words, in order.
//! Holds always: no two overlap, and none goes over the end of its line.

use std::collections::HashMap;

use deed_base::{Diagnostics, SourceId, Span};
use deed_compiler::thir::{FnKind, FnOwner};
use deed_compiler::ty::IntTy;
use deed_syntax::{Token, TokenKind, lex};

use crate::analysis::Analysis;
use crate::analysis::index::{Occurrence, Owner, Role, Symbol};

/// What a word is shown as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Comment,
    Keyword,
    String,
    Number,
    Type,
    Module,
    Contract,
    Interface,
    Function,
    Method,
    Constant,
    Error,
    Event,
    Field,
    Parameter,
    Variable,
}

impl Kind {
    /// Every kind, in the order of its number.
    pub const ALL: [Kind; 16] = [
        Kind::Comment,
        Kind::Keyword,
        Kind::String,
        Kind::Number,
        Kind::Type,
        Kind::Module,
        Kind::Contract,
        Kind::Interface,
        Kind::Function,
        Kind::Method,
        Kind::Constant,
        Kind::Error,
        Kind::Event,
        Kind::Field,
        Kind::Parameter,
        Kind::Variable,
    ];
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Word {
    pub span: Span,
    pub kind: Kind,
    pub is_declaration: bool,
}

const TYPES: [&str; 14] = [
    "bool", "string", "bytes", "Address", "Hash", "Time", "Duration", "Date", "int", "Map", "Set",
    "Vec", "Option", "Result",
];
/// Words by their places: names elsewhere, where they are resolved or followed by `:`.
const WORDS: [&str; 34] = [
    "module",
    "asset",
    "error",
    "errors",
    "event",
    "interface",
    "contract",
    "rule",
    "implements",
    "version",
    "upgrades",
    "state",
    "step",
    "init",
    "migrate",
    "upgrade",
    "policy",
    "by",
    "every",
    "cron",
    "missed",
    "payable",
    "spec",
    "native",
    "traced",
    "counter",
    "index",
    "inout",
    "take",
    "linear",
    "default",
    "as",
    "when",
    "exactly",
];
/// Names that the language gives.
const BUILTIN: [&str; 10] =
    ["tx", "block", "result", "old", "sum", "count", "Some", "None", "Ok", "Err"];

pub fn highlighting(analysis: &Analysis, source: SourceId) -> Vec<Word> {
    let file = analysis.source(source);
    let tokens = lex(file, &mut Diagnostics::new());
    let known: HashMap<Span, &Occurrence> =
        analysis.index().in_source(source).map(|found| (found.span, found)).collect();
    let mut words = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let around = Around { text: file.slice(token.span), tokens: &tokens, at };
        let found = known.get(&token.span);
        let kind = match found {
            Some(found) => Some(symbol_kind(analysis, found.symbol)),
            None => token_kind(token.kind, &around),
        };
        let is_declaration = found.is_some_and(|found| found.role == Role::Definition);
        if let Some(kind) = kind {
            let word = Word { span: token.span, kind, is_declaration };
            words.extend(lines(word, around.text));
        }
    }
    words
}

/// A token among its neighbours.
struct Around<'a> {
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
}

impl Around<'_> {
    fn previous(&self) -> Option<TokenKind> {
        self.at.checked_sub(1).map(|at| self.tokens[at].kind)
    }

    fn next(&self) -> Option<TokenKind> {
        self.tokens.get(self.at + 1).map(|token| token.kind)
    }
}

fn token_kind(kind: TokenKind, around: &Around<'_>) -> Option<Kind> {
    use TokenKind::*;
    match kind {
        Comment | DocComment | ModuleDoc => Some(Kind::Comment),
        Str | StrHead | StrMid | StrTail | Bytes => Some(Kind::String),
        Int => Some(Kind::Number),
        _ if around.previous() == Some(Dot) => None,
        Ident => word_kind(around),
        _ if kind.is_hard_word() => Some(Kind::Keyword),
        _ => None,
    }
}

/// A word that was not resolved: one of the language's own, where it stands as such.
fn word_kind(around: &Around<'_>) -> Option<Kind> {
    let text = around.text;
    if TYPES.contains(&text) || IntTy::from_name(text).is_some() {
        return Some(Kind::Type);
    }
    if BUILTIN.contains(&text) {
        return Some(Kind::Keyword);
    }
    let is_name = around.next() == Some(TokenKind::Colon);
    (WORDS.contains(&text) && !is_name).then_some(Kind::Keyword)
}

fn symbol_kind(analysis: &Analysis, symbol: Symbol) -> Kind {
    match symbol {
        Symbol::Module(_) => Kind::Module,
        Symbol::Contract(_) => Kind::Contract,
        Symbol::Interface(_) | Symbol::Trait(_) => Kind::Interface,
        Symbol::Function(id) => match &analysis.thir.functions[id] {
            function if matches!(function.kind, FnKind::Init) => Kind::Keyword,
            function if !matches!(function.owner, FnOwner::Free) => Kind::Method,
            _ => Kind::Function,
        },
        Symbol::Map(_) => Kind::Method,
        Symbol::Const(_) => Kind::Constant,
        Symbol::Error(_) => Kind::Error,
        Symbol::Event(_) => Kind::Event,
        Symbol::State(..) | Symbol::ErrorField(..) | Symbol::EventField(..) => Kind::Field,
        Symbol::Context(_) | Symbol::StructField(..) => Kind::Field,
        Symbol::Struct(_) | Symbol::Enum(_) | Symbol::TypeParam(_) => Kind::Type,
        Symbol::Variant(..) => Kind::Constant,
        Symbol::Local(Owner::Function(id), local) => {
            let params = &analysis.thir.functions[id].params;
            let is_param = params.iter().any(|param| param.local == local);
            if is_param { Kind::Parameter } else { Kind::Variable }
        }
        Symbol::Local(Owner::Invariants(_) | Owner::Rule(_), _) => Kind::Variable,
    }
}

/// A word line by line; a string may go over several.
fn lines(word: Word, text: &str) -> Vec<Word> {
    let mut start = word.span.start;
    let mut parts = Vec::new();
    for line in text.split_inclusive('\n') {
        let shown = line.trim_end_matches(['\n', '\r']).len() as u32;
        let span = Span { start, end: start + shown, ..word.span };
        if !span.is_empty() {
            parts.push(Word { span, ..word });
        }
        start += line.len() as u32;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[test]
    fn words_are_shown_as_what_they_mean() {
        let at = Fixture::new(
            "
module m
contract C {
    state { value: u64 = 0 }
    entry fn f(from: Address) {
        let to = 1u64
        self.value = to // done
        self.later = tx.sender
    }
}",
        );
        let words = highlighting(&at.analysis, at.source);
        let shown: Vec<(&str, Kind)> =
            words.iter().map(|word| (at.analysis.slice(word.span), word.kind)).collect();
        for expected in [
            ("module", Kind::Keyword),
            ("m", Kind::Module),
            ("C", Kind::Contract),
            ("value", Kind::Field),
            ("u64", Kind::Type),
            ("f", Kind::Method),
            ("from", Kind::Parameter),
            ("to", Kind::Variable),
            ("1u64", Kind::Number),
            ("// done", Kind::Comment),
            ("tx", Kind::Keyword),
            ("sender", Kind::Field),
        ] {
            assert!(shown.contains(&expected), "{expected:?} is missing in {shown:?}");
        }
        assert!(!shown.iter().any(|(text, _)| *text == "later"), "it means nothing");
        let declared = words.iter().filter(|word| word.is_declaration);
        let declared: Vec<&str> = declared.map(|word| at.analysis.slice(word.span)).collect();
        assert_eq!(declared, ["m", "C", "value", "f", "from", "to"]);
    }

    #[test]
    fn the_kinds_are_numbered_in_their_order() {
        let numbers: Vec<usize> = Kind::ALL.into_iter().map(|kind| kind as usize).collect();
        assert_eq!(numbers, (0..Kind::ALL.len()).collect::<Vec<_>>());
    }
}
