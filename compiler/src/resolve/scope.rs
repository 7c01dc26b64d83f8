//! What names mean: the tables of modules and contracts, and the search in them.
//!
//! Holds always: a name of a table means one thing; the first declaration wins over later ones,
//! which have been reported.

use std::cell::RefCell;
use std::collections::BTreeSet;

use deed_base::{Span, Word};
use foldhash::{HashMap, HashSet};

use crate::arena::{
    Arena, ConstId, ContractId, EnumId, ErrorId, ErrorSetId, EventId, FieldId, FnId, InterfaceId,
    ModuleId, StructId, TraitId,
};
use crate::hir::RecordOf;

/// What a name of a module or contract stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Def {
    Const(ConstId),
    Fn(FnId),
    Error(ErrorId),
    ErrorSet(ErrorSetId),
    Event(EventId),
    Contract(ContractId),
    Interface(InterfaceId),
    Struct(StructId),
    Enum(EnumId),
    Trait(TraitId),
    /// A rule, which nothing names.
    Rule,
    /// Something that is not executed yet, which was said at its declaration.
    NotYet,
}

impl Def {
    /// What it is, with its article.
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Def::Const(_) => "a constant",
            Def::Fn(_) => "a function",
            Def::Error(_) => "an error",
            Def::ErrorSet(_) => "a set of errors",
            Def::Event(_) => "an event",
            Def::Contract(_) => "a contract",
            Def::Interface(_) => "an interface",
            Def::Struct(_) => "a struct",
            Def::Enum(_) => "an enum",
            Def::Trait(_) => "a trait",
            Def::Rule => "a rule",
            Def::NotYet => "something that is not executed yet",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) def: Def,
    pub(super) span: Span,
    pub(super) public: bool,
}

/// Names declared in one module or contract, or imported into it.
#[derive(Default, Debug)]
pub(super) struct Scope {
    names: HashMap<Word, Entry>,
}

impl Scope {
    pub(super) fn get(&self, name: &str) -> Option<&Entry> {
        self.names.get(name)
    }

    /// Adds a name; gives back the earlier entry, which stays, if there is one.
    pub(super) fn insert(&mut self, name: Word, entry: Entry) -> Option<&Entry> {
        use std::collections::hash_map::Entry::{Occupied, Vacant};
        match self.names.entry(name) {
            Occupied(earlier) => Some(earlier.into_mut()),
            Vacant(place) => {
                place.insert(entry);
                None
            }
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Word, &Entry)> {
        self.names.iter()
    }

    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(|name| &**name)
    }
}

/// What `self.` reaches in a contract, and the names declared in it.
#[derive(Default, Debug)]
pub(super) struct ContractScope {
    pub(super) items: Scope,
    /// `None` for a function that is not executed yet.
    pub(super) functions: HashMap<Word, (Option<FnId>, Span)>,
    pub(super) state: HashMap<Word, (FieldId, Span)>,
    /// The interfaces that it says it implements, whose errors and events it knows by their names.
    pub(super) implements: Vec<(InterfaceId, Span)>,
}

/// The names declared in an interface.
#[derive(Default, Debug)]
pub(super) struct InterfaceScope {
    pub(super) items: Scope,
    pub(super) functions: HashMap<Word, Span>,
}

/// All tables of a package.
#[derive(Default, Debug)]
pub(super) struct Tables {
    pub(super) modules: Arena<ModuleId, Scope>,
    pub(super) contracts: Arena<ContractId, ContractScope>,
    pub(super) interfaces: Arena<InterfaceId, InterfaceScope>,
    /// The errors of each set; nothing until they have been found.
    pub(super) sets: Arena<ErrorSetId, Option<Vec<ErrorId>>>,
    /// The structs that are assets.
    pub(super) assets: HashSet<StructId>,
    /// What every module knows without a `use`.
    pub(super) prelude: Scope,
    /// The events and contracts whose records are used as types or asked for.
    pub(super) records: RefCell<BTreeSet<RecordOf>>,
    /// The modules by their paths, and back.
    pub(super) paths: HashMap<String, ModuleId>,
    pub(super) path_of: HashMap<ModuleId, String>,
    /// How many type parameters there are, without `Self`.
    pub(super) struct_params: Arena<StructId, usize>,
    pub(super) enum_params: Arena<EnumId, usize>,
    pub(super) trait_params: Arena<TraitId, usize>,
}

impl Tables {
    /// Lets every module know the public names of one.
    pub(super) fn add_to_prelude(&mut self, id: ModuleId) {
        for (name, entry) in self.modules[id].iter().filter(|(_, entry)| entry.public) {
            self.prelude.insert(name.clone(), entry.clone());
        }
    }
}

/// Among more names than this none is looked for: a thousand mistakes would take for ever.
const MOST_CANDIDATES: usize = 500;

/// The candidate that `written` most likely meant, if one is near.
pub(crate) fn nearest<'a>(
    written: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let candidates: Vec<&str> = candidates.take(MOST_CANDIDATES + 1).collect();
    if candidates.len() > MOST_CANDIDATES {
        return None;
    }
    let written: Vec<char> = written.chars().take(64).collect();
    let limit = (written.len() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(&written, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit && *distance < written.len())
        .min()
        .map(|(_, candidate)| candidate)
}

/// The number of letters to insert, delete, change or swap with a neighbour; letter case is free.
fn distance(a: &[char], b: &str) -> usize {
    let fold = |c: &char| c.to_lowercase().next().unwrap_or(*c);
    let a: Vec<char> = a.iter().map(fold).collect();
    let b: Vec<char> = b.chars().take(64).map(|c| fold(&c)).collect();
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = change.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let names = ["balance", "supply", "owner"];
        let find = |word| nearest(word, names.into_iter());
        assert_eq!(find("balnace"), Some("balance"));
        assert_eq!(find("Owner"), Some("owner"));
        assert_eq!(find("suply"), Some("supply"));
        assert_eq!(find("x"), None);
        assert_eq!(find("receipt"), None);
    }
}
