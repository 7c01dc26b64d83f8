//! Giving a name another word, everywhere.
//!
//! In: a place and a new word. Out: the changes in the whole package, or why there are none.
//! Holds always: what is changed are the words that mean the symbol and are spelt as its name; the
//! new word is a name of the language.

use std::fmt;

use deed_base::{SourceId, SourceMap, Span};
use deed_compiler::thir::FnKind;
use deed_syntax::TokenKind;

use super::format::Change;
use crate::analysis::index::Symbol;
use crate::analysis::scope::Scope;
use crate::analysis::{Analysis, describe, tokens};

/// Why a name cannot be changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// There is no name that was declared here.
    NoName,
    /// The language gave it.
    OfTheLanguage(String),
    /// `use m.a as b`: it is another name for something.
    Alias {
        alias: String,
        name: String,
    },
    NotAName(String),
    /// The name means something else already.
    Taken(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NoName => f.write_str("there is no name here that can be changed"),
            Refusal::OfTheLanguage(word) => write!(f, "`{word}` is a word of the language"),
            Refusal::Alias { alias, name } => {
                write!(f, "`{alias}` stands for `{name}` here; change it where it is declared")
            }
            Refusal::NotAName(word) => write!(f, "`{word}` is no name"),
            Refusal::Taken(word) => write!(f, "`{word}` means something else here already"),
        }
    }
}

/// The word that would be changed.
pub fn prepare(analysis: &Analysis, source: SourceId, offset: u32) -> Result<Span, Refusal> {
    let found = analysis.index().at(source, offset).ok_or(Refusal::NoName)?;
    let word = analysis.slice(found.span).to_owned();
    let of_the_language = match found.symbol {
        Symbol::Context(_) | Symbol::Map(_) => true,
        Symbol::Function(id) => matches!(analysis.thir.functions[id].kind, FnKind::Init),
        _ => false,
    };
    if of_the_language {
        return Err(Refusal::OfTheLanguage(word));
    }
    let name = describe::name(&analysis.thir, found.symbol);
    if name != word {
        return Err(Refusal::Alias { alias: word, name: name.to_owned() });
    }
    Ok(found.span)
}

pub fn rename(
    analysis: &Analysis,
    source: SourceId,
    offset: u32,
    new: &str,
) -> Result<Vec<Change>, Refusal> {
    prepare(analysis, source, offset)?;
    let symbol = analysis.index().at(source, offset).ok_or(Refusal::NoName)?.symbol;
    if !is_name(new) {
        return Err(Refusal::NotAName(new.to_owned()));
    }
    let name = describe::name(&analysis.thir, symbol);
    if new != name && is_taken(analysis, symbol, new) {
        return Err(Refusal::Taken(new.to_owned()));
    }
    let change = |span: Span| {
        let text = match analysis.index().short(span) {
            None => new.to_owned(),
            // The word is a label and a variable; only one of the two changes.
            Some(label) if label == symbol => format!("{new}: {name}"),
            Some(_) => format!("{name}: {new}"),
        };
        Change { span, text }
    };
    let all = analysis.index().of(symbol).map(|one| one.span);
    Ok(all.filter(|span| analysis.slice(*span) == name).map(change).collect())
}

/// Whether a text is one word that the language leaves to its users.
fn is_name(text: &str) -> bool {
    let mut sources = SourceMap::new();
    let id = sources.add("name", text);
    let words = tokens::significant(sources.get(id));
    matches!(&words[..], [one] if one.kind == TokenKind::Ident && one.span.len() as usize == text.len())
}

/// Whether the new name would meet another one: among its sisters, or where it is used.
fn is_taken(analysis: &Analysis, symbol: Symbol, new: &str) -> bool {
    let uses = analysis.index().of(symbol);
    let scopes = uses.map(|one| Scope::at(analysis, one.span.source, one.span.start));
    scopes.into_iter().any(|scope| {
        let visible = match symbol {
            Symbol::State(..) => scope.members(),
            Symbol::Function(id) if analysis.thir.functions[id].contract().is_some() => {
                scope.members()
            }
            Symbol::ErrorField(..) | Symbol::EventField(..) | Symbol::Module(_) => Vec::new(),
            Symbol::StructField(..) | Symbol::Variant(..) => Vec::new(),
            _ => scope.locals().into_iter().chain(scope.items()).collect(),
        };
        visible.into_iter().any(|other| describe::name(&analysis.thir, other) == new)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    fn renamed(text: &str, new: &str) -> Result<String, Refusal> {
        let at = Fixture::new(text);
        let mut changes = rename(&at.analysis, at.source, at.offset, new)?;
        changes.sort_by_key(|change| std::cmp::Reverse(change.span));
        let mut text = at.analysis.source(at.source).text.to_string();
        for change in changes {
            let span = change.span;
            text.replace_range(span.start as usize..span.end as usize, &change.text);
        }
        Ok(text)
    }

    const TEXT: &str = "
module m
error Poor(have: u64, need: u64)
contract C {
    state { count: u64 = 0 }
    init() { }
    entry fn f(need: u64) throws Poor {
        let have = self.count
        if have < need { throw Poor(have: have, need) }
        self.count = have
    }
}";

    fn at(cursor: &str, new: &str) -> Result<String, Refusal> {
        let plain = cursor.replace("$0", "");
        assert!(TEXT.contains(&plain), "{plain}");
        renamed(&TEXT.replacen(&plain, cursor, 1), new)
    }

    #[test]
    fn every_word_that_means_it_changes_and_no_other() {
        let state = at("self.$0count = have", "总数").expect("a rename");
        assert_eq!(state, TEXT.replace("count", "总数"));
        let error = at("error P$0oor", "Short").expect("a rename");
        assert_eq!(error, TEXT.replace("Poor", "Short"));
        let local = at("let have$0 =", "got").expect("a rename");
        assert!(local.contains("let got = self.count"), "{local}");
        assert!(local.contains("Poor(have: got, need)"), "{local}");
    }

    #[test]
    fn a_word_that_is_label_and_variable_is_parted() {
        let variable = at("fn f(ne$0ed: u64)", "wanted").expect("a rename");
        assert!(variable.contains("throw Poor(have: have, need: wanted)"), "{variable}");
        let label = at("u64, ne$0ed: u64", "wanted").expect("a rename");
        assert!(label.contains("throw Poor(have: have, wanted: need)"), "{label}");
    }

    #[test]
    fn what_may_not_change_is_refused() {
        let word = |word: &str| word.to_owned();
        assert_eq!(at("in$0it() {", "begin"), Err(Refusal::OfTheLanguage(word("init"))));
        assert_eq!(at("contr$0act C", "x"), Err(Refusal::NoName));
        for bad in ["", "a b", "1x", "while", "a.b", "a//"] {
            assert_eq!(at("let have$0 =", bad), Err(Refusal::NotAName(word(bad))));
        }
        assert_eq!(at("let have$0 =", "need"), Err(Refusal::Taken(word("need"))));
        assert_eq!(at("let have$0 =", "Poor"), Err(Refusal::Taken(word("Poor"))));
    }

    const RECORDS: &str = "
module m
struct Note { id: u64, face: u64 }
enum Status { Live, Held(u64) }
fn grow(note: Note, face: u64) -> Note {
    let old = note.face
    return Note { id: note.id, face }
}
fn status(n: u64) -> Status {
    if n > 0 { return Status.Held(n) }
    return .Live
}
fn held(status: Status, note: Note) -> u64 {
    let Note { id: kept, .. } = note
    return match status {
        .Live => 0
        .Held(n) => n + kept
    }
}
";

    fn in_records(cursor: &str, new: &str) -> String {
        let plain = cursor.replace("$0", "");
        assert!(RECORDS.contains(&plain), "{plain}");
        renamed(&RECORDS.replacen(&plain, cursor, 1), new).expect("a rename")
    }

    #[test]
    fn fields_and_variants_change_with_their_uses() {
        let field = in_records("fa$0ce: u64 }", "amount");
        assert!(field.contains("note.amount"), "{field}");
        assert!(field.contains("Note { id: note.id, amount: face }"), "{field}");
        let record = in_records("struct No$0te", "Bill");
        assert_eq!(record, RECORDS.replace("Note", "Bill"));
        assert_eq!(in_records("enum Sta$0tus", "State"), RECORDS.replace("Status", "State"));
        let kept = in_records("n + ke$0pt", "held_id");
        assert!(kept.contains("let Note { id: held_id, .. } = note"), "{kept}");
        assert_eq!(in_records("return .Li$0ve", "Open"), RECORDS.replace("Live", "Open"));
    }
}
