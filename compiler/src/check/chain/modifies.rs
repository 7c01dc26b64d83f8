//! `modifies`: what a function changes is named there.
//!
//! In: a function with the clause, and its effects. Out: messages.
//! Holds always: only what certainly lies outside is reported; whether two keys are one, where that
//! depends on values, is the verifier's to prove.

use deed_base::{Diagnostic, Diagnostics, catalogue as codes};

use super::super::effects::path_of;
use crate::thir::{Function, Package, PathKey, StatePath};

pub(super) fn check(function: &Function, package: &Package, d: &mut Diagnostics) {
    let (Some(places), Some(contract)) = (&function.spec.modifies, function.contract()) else {
        return;
    };
    let named: Vec<StatePath> =
        places.iter().filter_map(|place| path_of(place, function, package)).collect();
    let mut said = Vec::new();
    for path in &function.effects.writes {
        let known = named.iter().any(|named| may_cover(named, path));
        if known || said.contains(&path.field) {
            continue;
        }
        said.push(path.field);
        let (name, field) = (&function.name, &package.contracts[contract].state[path.field]);
        let message = format!(
            "`{}` changes `self.{}`, which its `modifies` does not name",
            name.text, field.name.text
        );
        let diagnostic = Diagnostic::new(codes::MODIFIES, name.span, message);
        d.push(diagnostic.help(format!("add `self.{}` to the clause", field.name.text)));
    }
}

/// Whether what is changed may lie within what is named.
fn may_cover(named: &StatePath, changed: &StatePath) -> bool {
    let may_be = |(a, b): (&PathKey, &PathKey)| a == b || *a == PathKey::Any || *b == PathKey::Any;
    named.field == changed.field && named.keys.iter().zip(&changed.keys).all(may_be)
}
