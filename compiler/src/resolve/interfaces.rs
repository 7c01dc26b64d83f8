//! Interfaces, the contracts that implement them, and sets of errors.
//!
//! In: the plan with its imports. Out: the plan in which every contract knows its interfaces and every
//! set of errors its members.
//! Holds always: a set holds no error twice; a set that would hold itself was reported, and the rest
//! of its members are known all the same.

use deed_base::Diagnostics;
use deed_syntax::ast::{self, Ident};

use super::collect::Plan;
use super::errors::{error_set_cycle, unknown, unknown_member, wrong_kind};
use super::scope::{Def, Entry, Tables};
use crate::arena::{ContractId, ErrorId, ErrorSetId, InterfaceId, ModuleId};

/// From where a name is looked up.
#[derive(Clone, Copy, Debug)]
pub(super) struct From {
    pub(super) module: ModuleId,
    pub(super) contract: Option<ContractId>,
    pub(super) interface: Option<InterfaceId>,
}

impl Tables {
    /// What a bare name means, from the inside out.
    pub(super) fn find(&self, from: From, word: &str) -> Option<&Entry> {
        let contract = from.contract.map(|id| &self.contracts[id]);
        let own = contract.and_then(|scope| scope.items.get(word));
        let interface = || self.interfaces[from.interface?].items.get(word);
        let implemented = || {
            let mut all = contract?.implements.iter();
            all.find_map(|(id, _)| self.interfaces[*id].items.get(word))
        };
        own.or_else(interface)
            .or_else(|| self.modules[from.module].get(word))
            .or_else(implemented)
            .or_else(|| self.prelude.get(word))
            .or_else(|| self.at_path(from, word))
    }

    /// What a name with its module's path before it means; see [`Self::by_path`].
    fn at_path(&self, from: From, word: &str) -> Option<&Entry> {
        let (module, item) = word.rsplit_once('.')?;
        let id = *self.paths.get(module)?;
        self.modules[id].get(item).filter(|entry| entry.public || id == from.module)
    }

    /// A path whose module, if it begins with one, and the item's name are one name.
    fn by_path(&self, from: From, path: &[Ident]) -> Vec<Ident> {
        let words: Vec<&str> = path.iter().map(Ident::as_str).collect();
        let is_module = |len: &usize| self.paths.contains_key(&words[..*len].join("."));
        let known = words.first().is_none_or(|word| self.find(from, word).is_some());
        match (1..path.len()).rev().find(is_module).filter(|_| !known) {
            Some(len) => {
                let name = Ident::new(words[..=len].join("."), path[0].span.to(path[len].span));
                [name].into_iter().chain(path[len + 1..].iter().cloned()).collect()
            }
            None => path.to_vec(),
        }
    }

    /// What `of.word` means, where `of` is an interface or a contract.
    pub(super) fn member(&self, of: &Def, word: &str) -> Option<&Entry> {
        match of {
            Def::Interface(id) => self.interfaces[*id].items.get(word),
            Def::Contract(id) => {
                let scope = &self.contracts[*id];
                let mut all = scope.implements.iter();
                scope
                    .items
                    .get(word)
                    .or_else(|| all.find_map(|(id, _)| self.interfaces[*id].items.get(word)))
            }
            _ => None,
        }
    }

    /// The names that `of.` reaches.
    pub(super) fn members(&self, of: &Def) -> Vec<&str> {
        match of {
            Def::Interface(id) => self.interfaces[*id].items.words().collect(),
            Def::Contract(id) => self.contracts[*id].items.words().collect(),
            _ => Vec::new(),
        }
    }

    /// All errors of an interface or a contract, in the order of their ids.
    pub(super) fn errors_of(&self, of: &Def) -> Vec<ErrorId> {
        let scope = match of {
            Def::Interface(id) => &self.interfaces[*id].items,
            Def::Contract(id) => &self.contracts[*id].items,
            _ => return Vec::new(),
        };
        let mut errors: Vec<ErrorId> = scope
            .iter()
            .filter_map(|(_, entry)| match entry.def {
                Def::Error(id) => Some(id),
                _ => None,
            })
            .collect();
        errors.sort_unstable();
        errors
    }
}

/// Tells every contract its interfaces and every set of errors its members.
pub(super) fn link(plan: &mut Plan<'_>, d: &mut Diagnostics) {
    for id in plan.contracts.ids() {
        let pending = &plan.contracts[id];
        let (decl, module) = (pending.decl, pending.module);
        for path in &decl.implements {
            let from = From { module, contract: None, interface: None };
            if let Some(interface) = interface(&plan.tables, from, path, d) {
                plan.tables.contracts[id].implements.push((interface, path.span));
            }
        }
    }
    for id in plan.sets.ids() {
        members(plan, id, &mut Vec::new(), d);
    }
}

/// The interface that `implements` names.
fn interface(
    tables: &Tables,
    from: From,
    path: &ast::Path,
    d: &mut Diagnostics,
) -> Option<InterfaceId> {
    let segments = tables.by_path(from, &path.segments);
    let name = segments.first()?;
    let found = tables.find(from, name.as_str()).filter(|_| segments.len() == 1);
    match found.map(|entry| &entry.def) {
        Some(Def::Interface(id)) => return Some(*id),
        Some(Def::NotYet) => {}
        Some(def) => d.push(wrong_kind(name, def.noun(), "an interface")),
        None if name.is_missing() => {}
        None => {
            let words = tables.modules[from.module].words();
            d.push(unknown(name, "interface", words));
        }
    }
    None
}

/// The errors of a set, which are found the first time they are asked for.
fn members(
    plan: &mut Plan<'_>,
    id: ErrorSetId,
    open: &mut Vec<ErrorSetId>,
    d: &mut Diagnostics,
) -> Vec<ErrorId> {
    if let Some(known) = &plan.tables.sets[id] {
        return known.clone();
    }
    let pending = &plan.sets[id];
    let from = From { module: pending.module, contract: pending.contract, interface: None };
    let decl = pending.decl;
    open.push(id);
    let mut errors = Vec::new();
    for member in &decl.members {
        match errors_of(&plan.tables, from, member, d) {
            Errors::Known(found) => errors.extend(found),
            Errors::Set(set) if open.contains(&set) => {
                d.push(error_set_cycle(&decl.name, member.path.span));
            }
            Errors::Set(set) => errors.extend(members(plan, set, open, d)),
        }
    }
    open.pop();
    errors.sort_unstable();
    errors.dedup();
    plan.tables.sets[id] = Some(errors.clone());
    errors
}

/// What an element of `throws`, or a member of a set, means.
pub(super) enum Errors {
    Known(Vec<ErrorId>),
    Set(ErrorSetId),
}

/// The errors that a path means; none after a message.
pub(super) fn errors_of(
    tables: &Tables,
    from: From,
    path: &ast::ErrorPath,
    d: &mut Diagnostics,
) -> Errors {
    let segments = tables.by_path(from, &path.path.segments);
    let [of @ .., name] = segments.as_slice() else { return Errors::Known(Vec::new()) };
    let all = path.all;
    let entry = match of {
        [] => tables.find(from, name.as_str()),
        [of] => match tables.find(from, of.as_str()).map(|entry| &entry.def) {
            Some(def @ (Def::Interface(_) | Def::Contract(_))) => {
                let found = tables.member(def, name.as_str());
                if found.is_none() && !name.is_missing() {
                    let words = tables.members(def).into_iter();
                    d.push(unknown_member(&format!("`{of}`"), "error", name, words));
                    return Errors::Known(Vec::new());
                }
                found
            }
            Some(Def::NotYet) => return Errors::Known(Vec::new()),
            Some(def) => {
                d.push(wrong_kind(of, def.noun(), "an interface or contract"));
                return Errors::Known(Vec::new());
            }
            None => {
                d.push(unknown(of, "interface", tables.modules[from.module].words()));
                return Errors::Known(Vec::new());
            }
        },
        _ => None,
    };
    match entry.map(|entry| &entry.def) {
        Some(def @ (Def::Interface(_) | Def::Contract(_))) if all => {
            Errors::Known(tables.errors_of(def))
        }
        Some(Def::Error(id)) if !all => Errors::Known(vec![*id]),
        Some(Def::ErrorSet(id)) if !all => Errors::Set(*id),
        Some(Def::NotYet) => Errors::Known(Vec::new()),
        Some(def) => {
            let wanted = if all { "an interface or contract" } else { "an error" };
            d.push(wrong_kind(name, def.noun(), wanted));
            Errors::Known(Vec::new())
        }
        None if name.is_missing() => Errors::Known(Vec::new()),
        None => {
            d.push(unknown(name, "error", tables.modules[from.module].words()));
            Errors::Known(Vec::new())
        }
    }
}
