//! What could be written at the cursor.
//!
//! In: a place, usually in code that is not finished. Out: words that fit it.
//! Holds always: what is offered depends on the words before the cursor, so a tree that is broken
//! there does no harm; an editor filters by what was typed already.

use deed_base::{SourceFile, SourceId, Span};
use deed_compiler::arena::FnId;
use deed_compiler::thir::{FnKind, MapOp};
use deed_compiler::ty::{IntTy, Ty};
use deed_syntax::{Token, TokenKind};

use super::imports::{Export, ExportKind, exports};
use crate::analysis::index::Symbol;
use crate::analysis::scope::Scope;
use crate::analysis::{Analysis, describe, tokens};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Variable,
    Field,
    Function,
    Constant,
    Error,
    Event,
    Contract,
    Interface,
    Type,
    Keyword,
}

/// A word to write.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    pub label: String,
    pub kind: Kind,
    /// Its declaration.
    pub detail: String,
    pub docs: String,
    /// The module that it has to be imported from.
    pub import: Option<String>,
}

/// What is offered, and the word that it replaces.
pub struct Completion {
    pub word: Span,
    pub items: Vec<Item>,
}

/// Names of other modules are offered once so many letters were typed.
const IMPORTS_FROM: u32 = 2;

/// Of more items than these the likeliest are offered; an editor asks again when more was typed.
const MOST: usize = 1_000;

/// The types that every module knows, integers aside.
const TYPES: [&str; 8] =
    ["bool", "Address", "Map", "Option", "Time", "Duration", "string", "bytes"];
const IN_CODE: [&str; 18] = [
    "let",
    "var",
    "if",
    "else",
    "while",
    "for",
    "in",
    "break",
    "continue",
    "return",
    "throw",
    "emit",
    "assert",
    "assume",
    "true",
    "false",
    "self",
    "invariant",
];
const IN_CLAUSES: [&str; 7] = ["forall", "exists", "sum", "count", "old", "result", "decreases"];
const IN_CONTRACT: [&str; 13] = [
    "state",
    "init",
    "entry",
    "view",
    "fn",
    "invariant",
    "requires",
    "ensures",
    "throws",
    "no_trap",
    "error",
    "event",
    "const",
];
const IN_MODULE: [&str; 8] =
    ["module", "use", "contract", "const", "error", "errors", "event", "fn"];

pub fn completion(analysis: &Analysis, source: SourceId, offset: u32) -> Completion {
    let file = analysis.source(source);
    let word = tokens::prefix(file, offset);
    let mut items = Vec::new();
    if !tokens::is_in_text(file, offset) {
        let before: Vec<Token> = tokens::significant(file);
        let before: Vec<Token> =
            before.into_iter().filter(|token| token.span.end <= word.start).collect();
        let place = Place { analysis, file, offset, before: &before };
        items = place.items();
        // What is known already comes before what would be imported.
        items.sort_by(|a, b| (&a.label, &a.import).cmp(&(&b.label, &b.import)));
        items.dedup_by(|a, b| a.label == b.label && (a.import == b.import || b.import.is_none()));
        let typed = file.text.get(word.start as usize..offset as usize).unwrap_or_default();
        keep_likely(&mut items, &typed.to_lowercase());
    }
    Completion { word, items }
}

/// Leaves at most [`MOST`] items, each with the letters that were typed, in their order: first those that
/// begin with them, what is known already, and what is near.
fn keep_likely(items: &mut Vec<Item>, typed: &str) {
    if items.len() <= MOST {
        return;
    }
    let has_letters = |label: &str| {
        let mut label = label.chars();
        typed.chars().all(|letter| label.any(|it| it == letter))
    };
    items.retain(|item| has_letters(&item.label.to_lowercase()));
    items.sort_by_cached_key(|item| {
        let begins = item.label.to_lowercase().starts_with(typed);
        (!begins, item.import.is_some(), item.kind as u8)
    });
    items.truncate(MOST);
}

/// A place and the tokens before the word that is being written.
struct Place<'a> {
    analysis: &'a Analysis,
    file: &'a SourceFile,
    offset: u32,
    before: &'a [Token],
}

impl Place<'_> {
    fn items(&self) -> Vec<Item> {
        let scope = Scope::at(self.analysis, self.file.id, self.offset);
        let kind = |back: usize| self.before.iter().nth_back(back).map(|token| token.kind);
        match kind(0) {
            Some(TokenKind::Dot) => self.members(&scope),
            Some(TokenKind::Let | TokenKind::Var | TokenKind::Fn) => Vec::new(),
            Some(TokenKind::Throw | TokenKind::Throws) => {
                let mut items = self.only(&scope, is_error);
                items.extend(self.imports(|kind| kind == ExportKind::Error));
                items
            }
            Some(TokenKind::Emit) => self.only(&scope, |s| matches!(s, Symbol::Event(_))),
            Some(TokenKind::Colon | TokenKind::Arrow) if !self.is_label() => self.types(&scope),
            Some(TokenKind::Lt) if self.is_type_argument() => self.types(&scope),
            _ => self.words(&scope),
        }
    }

    /// Behind a dot.
    fn members(&self, scope: &Scope<'_>) -> Vec<Item> {
        let Some(base) = self.before.iter().nth_back(1) else { return Vec::new() };
        let text = self.file.slice(base.span);
        let follows_dot = self.before.iter().nth_back(2).is_some_and(|t| t.kind == TokenKind::Dot);
        let of = |base: &'static str| {
            let all = describe::CONTEXT.iter();
            all.filter(move |c| c.path.starts_with(base))
                .map(|c| self.item(Symbol::Context(c.path)))
        };
        match text {
            "self" if !follows_dot => {
                let members = scope.members().into_iter().map(|symbol| self.item(symbol));
                members.chain(of("self.")).collect()
            }
            "tx" if !follows_dot => of("tx.").collect(),
            "block" if !follows_dot => of("block.").collect(),
            _ => self.members_of_value(),
        }
    }

    /// The members of a value: of a map, its operations.
    fn members_of_value(&self) -> Vec<Item> {
        let base = &self.before[..self.before.len() - 1];
        match self.type_of(base) {
            Some(Ty::Map(_)) => {
                MapOp::ALL.into_iter().map(|op| self.item(Symbol::Map(op))).collect()
            }
            Some(ty) => {
                let fields = match ty {
                    Ty::Struct(id, _) => self.analysis.thir.structs[id].fields.ids().collect(),
                    _ => Vec::new(),
                };
                let of = |field| match ty {
                    Ty::Struct(id, _) => Some(self.item(Symbol::StructField(id, field))),
                    _ => None,
                };
                fields.into_iter().filter_map(of).chain(self.methods(&ty)).collect()
            }
            None => self.variants(base),
        }
    }

    /// The functions that can be called on a value of a type.
    fn methods(&self, ty: &Ty) -> Vec<Item> {
        let package = &self.analysis.thir;
        let fits = |target: &Ty| same_head(target, ty);
        let own = match ty {
            Ty::Struct(id, _) => package.structs[*id].methods.clone(),
            Ty::Enum(id, _) => package.enums[*id].methods.clone(),
            Ty::Interface(id) => package.interfaces[*id].functions.clone(),
            Ty::Contract(id) => package.contracts[*id].functions.clone(),
            _ => Vec::new(),
        };
        let impls = package.impls.values().filter(|decl| fits(&decl.target));
        let all = own.into_iter().chain(impls.flat_map(|decl| decl.functions.iter().copied()));
        let outside = matches!(ty, Ty::Interface(_) | Ty::Contract(_));
        let callable = |id: &FnId| {
            let function = &package.functions[*id];
            match outside {
                true => matches!(function.kind, FnKind::Entry { .. } | FnKind::View),
                false => self.analysis.hir.functions[*id].has_receiver(),
            }
        };
        all.filter(callable).map(|id| self.item(Symbol::Function(id))).collect()
    }

    /// The variants of an enum whose name stands before the dot.
    fn variants(&self, base: &[Token]) -> Vec<Item> {
        let name = base.last().map(|token| self.file.slice(token.span));
        let scope = Scope::at(self.analysis, self.file.id, self.offset);
        let enums = scope.items().into_iter().filter_map(|symbol| match symbol {
            Symbol::Enum(id) => Some(id),
            _ => None,
        });
        let package = &self.analysis.thir;
        let found = enums.filter(|id| Some(&*package.enums[*id].name.text) == name);
        let variants = found.flat_map(|id| {
            package.enums[id].variants.ids().map(move |variant| Symbol::Variant(id, variant))
        });
        variants.map(|symbol| self.item(symbol)).collect()
    }

    /// The type of the place that tokens end in: a name, and keys in brackets behind it.
    fn type_of(&self, tokens: &[Token]) -> Option<Ty> {
        let (last, rest) = tokens.split_last()?;
        if last.kind != TokenKind::RBracket {
            let symbol = self.analysis.index().exactly(last.span)?;
            return describe::symbol_type(&self.analysis.thir, symbol).cloned();
        }
        let open = tokens::open_bracket(rest)?;
        match self.type_of(&tokens[..open])? {
            Ty::Map(map) => Some(map.value),
            Ty::Array(of, _) | Ty::Vec(of) => Some(*of),
            _ => None,
        }
    }

    fn only(&self, scope: &Scope<'_>, wanted: fn(&Symbol) -> bool) -> Vec<Item> {
        scope.items().into_iter().filter(wanted).map(|symbol| self.item(symbol)).collect()
    }

    fn types(&self, scope: &Scope<'_>) -> Vec<Item> {
        let integers = IntTy::ALL.into_iter().map(IntTy::name);
        let words = TYPES.into_iter().chain(integers).map(|word| plain(word, Kind::Type));
        let is_type = |s: &Symbol| {
            matches!(s, Symbol::Struct(_) | Symbol::Enum(_) | Symbol::Interface(_))
                || matches!(s, Symbol::Contract(_))
        };
        let mut items: Vec<Item> = words.chain(self.only(scope, is_type)).collect();
        items.extend(self.imports(|kind| {
            matches!(kind, ExportKind::Type | ExportKind::Interface | ExportKind::Contract)
        }));
        items
    }

    /// What other modules offer that begins with what was typed, once something was.
    fn imports(&self, wanted: fn(ExportKind) -> bool) -> Vec<Item> {
        let word = tokens::prefix(self.file, self.offset);
        if word.len() < IMPORTS_FROM {
            return Vec::new();
        }
        let all = exports(self.analysis, self.file.id, self.file.slice(word)).into_iter();
        let item = |export: Export| Item {
            kind: export_kind(export.kind),
            detail: format!("use {}.{}", export.module, export.name),
            docs: export.docs,
            import: Some(export.module),
            label: export.name,
        };
        all.filter(|export| wanted(export.kind)).map(item).collect()
    }

    /// Where a statement, an expression or a declaration may begin.
    fn words(&self, scope: &Scope<'_>) -> Vec<Item> {
        let keywords = |words: &[&'static str]| -> Vec<Item> {
            words.iter().map(|word| plain(word, Kind::Keyword)).collect()
        };
        if !scope.is_code() {
            let mut items = match scope.contract {
                Some(_) => keywords(&IN_CONTRACT),
                None => keywords(&IN_MODULE),
            };
            // The value of a constant or a default.
            if self.before.last().is_some_and(|token| token.kind == TokenKind::Eq) {
                items = self.only(scope, |s| matches!(s, Symbol::Const(_)));
            }
            return items;
        }
        let symbols = scope.locals().into_iter().chain(scope.items());
        let mut items: Vec<Item> = symbols.map(|symbol| self.item(symbol)).collect();
        items.extend(keywords(&IN_CODE));
        items.extend(keywords(&IN_CLAUSES));
        items.extend(keywords(&["tx", "block", "requires", "ensures", "throws"]));
        items.extend(IntTy::ALL.into_iter().map(|ty| plain(ty.name(), Kind::Type)));
        items.extend(self.imports(|kind| !matches!(kind, ExportKind::Error | ExportKind::Event)));
        items
    }

    /// Whether the colon before the word ends the label of an argument: within `(`, behind a call.
    fn is_label(&self) -> bool {
        let Some(open) = tokens::open_bracket(self.before) else { return false };
        let is_call = self.before[open].kind == TokenKind::LParen;
        let scope = Scope::at(self.analysis, self.file.id, self.before[open].span.start);
        let behind = open.checked_sub(1).map(|at| self.before[at].span);
        let declares = behind.is_some_and(|name| {
            self.analysis.index().in_source(self.file.id).any(|found| {
                found.span == name && found.role == crate::analysis::index::Role::Definition
            })
        });
        is_call && scope.is_code() && !declares
    }

    /// Whether `<` opens the arguments of a type.
    fn is_type_argument(&self) -> bool {
        let name = self.before.iter().nth_back(1).map(|token| self.file.slice(token.span));
        name.is_some_and(|name| ["Map", "Option", "Vec", "Set", "Result"].contains(&name))
    }

    fn item(&self, symbol: Symbol) -> Item {
        let package = &self.analysis.thir;
        let description = describe::describe(package, symbol);
        let kind = match symbol {
            Symbol::Local(..) => Kind::Variable,
            Symbol::State(..) | Symbol::Context(_) => Kind::Field,
            Symbol::ErrorField(..) | Symbol::EventField(..) => Kind::Field,
            Symbol::Function(_) | Symbol::Map(_) => Kind::Function,
            Symbol::Const(_) => Kind::Constant,
            Symbol::Error(_) => Kind::Error,
            Symbol::Event(_) => Kind::Event,
            Symbol::Contract(_) | Symbol::Module(_) => Kind::Contract,
            Symbol::Struct(_) | Symbol::Enum(_) | Symbol::TypeParam(_) => Kind::Type,
            Symbol::Interface(_) | Symbol::Trait(_) => Kind::Interface,
            Symbol::StructField(..) => Kind::Field,
            Symbol::Variant(..) => Kind::Constant,
        };
        Item {
            label: describe::name(package, symbol).to_owned(),
            kind,
            detail: description.code,
            docs: description.docs,
            import: None,
        }
    }
}

/// Whether two types are made by the same declaration, whatever their arguments.
fn same_head(a: &Ty, b: &Ty) -> bool {
    match (a, b) {
        (Ty::Struct(a, _), Ty::Struct(b, _)) => a == b,
        (Ty::Enum(a, _), Ty::Enum(b, _)) => a == b,
        (Ty::Int(a), Ty::Int(b)) => a == b,
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

fn export_kind(kind: ExportKind) -> Kind {
    match kind {
        ExportKind::Type => Kind::Type,
        ExportKind::Interface => Kind::Interface,
        ExportKind::Contract => Kind::Contract,
        ExportKind::Error => Kind::Error,
        ExportKind::Event => Kind::Event,
        ExportKind::Constant => Kind::Constant,
        ExportKind::Function => Kind::Function,
    }
}

fn is_error(symbol: &Symbol) -> bool {
    matches!(symbol, Symbol::Error(_))
}

fn plain(word: &str, kind: Kind) -> Item {
    let (detail, docs) = (String::new(), String::new());
    Item { label: word.to_owned(), kind, detail, docs, import: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    const HEAD: &str = "
module m
const MAX: u64 = 1
error Poor(have: u64)
event Paid(to: Address)
contract C {
    state {
        /// Who has what.
        balances: Map<Address, u64>
        nested: Map<Address, Map<u64, u64>>
        total: u64 = 0
    }
    fn helper(x: u64) { }
    entry fn pay(to: Address, amount: u64) throws Poor {
        let have = self.total
";

    /// What is offered at the cursor in the body of `pay`.
    fn offered(body: &str) -> Vec<String> {
        offered_in(&format!("{HEAD}        {body}\n    }}\n}}\n"))
    }

    #[test]
    fn of_very_many_the_likeliest_are_offered() {
        let functions: String = (0..3000).map(|at| format!("fn often{at}() {{ }}\n")).collect();
        let body = |body: &str| {
            format!("module m\n{functions}fn f() {{\n let zebra = 1u64\n {body}\n}}\n")
        };
        let all = offered_in(&body("$0"));
        assert_eq!((all.len(), all[0].as_str()), (MOST, "zebra"));
        assert_eq!(offered_in(&body("often2999$0")), ["often2999"]);
        assert!(offered_in(&body("fteN7$0")).contains(&"often1790".to_owned()));
    }

    fn offered_in(text: &str) -> Vec<String> {
        let at = Fixture::new(text);
        let found = completion(&at.analysis, at.source, at.offset);
        found.items.into_iter().map(|item| item.label).collect()
    }

    #[test]
    fn members_are_offered_behind_a_dot() {
        assert_eq!(offered("self.$0"), ["address", "balances", "helper", "nested", "pay", "total"]);
        assert_eq!(offered("let x = self.to$0 + 1"), offered("self.$0"));
        assert_eq!(offered("let a = tx.$0"), ["sender"]);
        assert_eq!(offered("if block.$0"), ["height", "time"]);
        let operations = ["get", "has", "insert", "remove", "replace", "take"];
        assert_eq!(offered("self.balances.$0"), operations);
        assert_eq!(offered("let b = self.nested[to].h$0as(1)"), operations);
        assert_eq!(offered("have.$0"), Vec::<String>::new());
    }

    #[test]
    fn names_are_offered_where_they_are_visible() {
        let names = offered("let y = ha$0");
        for name in ["have", "to", "amount", "MAX", "self", "if", "u64"] {
            assert!(names.contains(&name.to_owned()), "`{name}` is missing in {names:?}");
        }
        assert!(!names.contains(&"balances".to_owned()), "the state needs `self.`");
        let early = offered("if have > 1 { let inner = 1 }\n $0\n let late = 2");
        for hidden in ["inner", "late"] {
            assert!(!early.contains(&hidden.to_owned()), "`{hidden}` is not visible there");
        }
    }

    #[test]
    fn the_word_before_tells_what_is_wanted() {
        assert_eq!(offered("throw $0"), ["Poor"]);
        assert_eq!(offered("emit Pa$0"), ["Paid"]);
        assert_eq!(offered("let $0"), Vec::<String>::new());
        assert!(offered("let x: u$0").contains(&"u64".to_owned()));
        assert!(offered_in("module m\nfn f(a: $0").contains(&"Address".to_owned()));
        assert!(offered_in("module m\n$0").contains(&"contract".to_owned()));
        assert!(offered_in("module m\ncontract C {\n  $0\n}").contains(&"entry".to_owned()));
        assert_eq!(offered("// self.$0"), Vec::<String>::new());
    }

    #[test]
    fn items_carry_their_declarations() {
        let at = Fixture::new(&format!("{HEAD} self.$0 }} }}"));
        let found = completion(&at.analysis, at.source, at.offset);
        let item = found.items.iter().find(|item| item.label == "balances").expect("an item");
        assert_eq!(item.detail, "balances: Map<Address, u64>");
        assert_eq!(item.docs, "Who has what.");
    }

    #[test]
    fn fields_and_variants_are_members() {
        let offered = |body: &str| {
            offered_in(&format!(
                "module m\nstruct Note {{ id: u64, face: u64 }}\nenum Status {{ Live, Held }}\n\
                 fn f(note: Note) {{\n    {body}\n}}\n"
            ))
        };
        assert_eq!(offered("let x = note.$0"), ["face", "id"]);
        assert_eq!(offered("let x = Status.$0"), ["Held", "Live"]);
    }
}
