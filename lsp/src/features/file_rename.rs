//! What changes when a source gets another name: its header, and the imports of it.
//!
//! In: a source, and its name before and after. Out: changes in the whole package; none where the
//! header does not follow the file's name.

use deed_base::{SourceId, Span};
use deed_syntax::ast::{Path, Use, UseName, UseNames};

use super::format::Change;
use crate::analysis::Analysis;

/// Names are the parts of a path below the package's `src`, without the ending.
pub fn file_rename(
    analysis: &Analysis,
    source: SourceId,
    old: &[String],
    new: &[String],
) -> Vec<Change> {
    let Some(module) = analysis.module(source) else { return Vec::new() };
    let before: Vec<&str> = module.path.segments.iter().map(|name| name.as_str()).collect();
    let Some(after) = renamed(&before, old, new) else { return Vec::new() };
    let mut changes = vec![whole(&module.path, &after)];
    for usage in analysis.modules.iter().flat_map(|module| &module.uses) {
        changes.extend(import(usage, &before, &after));
    }
    changes
}

/// The module's new path, if the old one ends like the file's.
fn renamed(module: &[&str], old: &[String], new: &[String]) -> Option<Vec<String>> {
    let pairs = module.iter().rev().zip(old.iter().rev());
    let same = pairs.take_while(|(a, b)| **a == b.as_str()).count();
    if same == 0 || old == new {
        return None;
    }
    // Folders that the header does not name are none of its business.
    let kept = old.len() - same;
    let tail = match new.get(..kept) == Some(&old[..kept]) {
        true => &new[kept..],
        false => new.last().map(std::slice::from_ref)?,
    };
    let same = if new.get(..kept) == Some(&old[..kept]) { same } else { 1 };
    let head = module[..module.len() - same].iter().map(|part| (*part).to_owned());
    let path: Vec<String> = head.chain(tail.iter().cloned()).collect();
    let is_name = |part: &String| {
        let mut letters = part.chars();
        letters.next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && letters.all(|c| c.is_alphanumeric() || c == '_')
    };
    path.iter().all(is_name).then_some(path)
}

fn whole(path: &Path, after: &[String]) -> Change {
    Change { span: path.span, text: after.join(".") }
}

/// The change of `use old.path.Name`, or of `use old.path` that brings the module itself.
fn import(usage: &Use, before: &[&str], after: &[String]) -> Vec<Change> {
    let path: Vec<&str> = usage.module.segments.iter().map(|name| name.as_str()).collect();
    if path == before {
        return vec![whole(&usage.module, after)];
    }
    let (UseNames::Names(names), Some((last, parent))) = (&usage.names, before.split_last()) else {
        return Vec::new();
    };
    let is_it = |name: &&UseName| name.name.as_str() == *last;
    match names.iter().find(is_it) {
        Some(name) if path == parent && names.len() == 1 => {
            let alias = match &name.alias {
                None if after.last().is_some_and(|new| new != last) => format!(" as {last}"),
                _ => String::new(),
            };
            let span = Span { end: name.name.span.end, ..usage.module.span };
            vec![Change { span, text: format!("{}{alias}", after.join(".")) }]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    fn shown(old: &str, new: &str) -> Vec<String> {
        let at = Fixture::package(&[
            ("scf/notes.deed", "module shop.scf.notes\npub const A: u64 = 1\n"),
            ("main.deed", "module main\nuse shop.scf.notes.A\nuse shop.scf.notes.{A as B}\n"),
        ]);
        let parts = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        let changes = file_rename(&at.analysis, SourceId(0), &parts(old), &parts(new));
        changes.iter().map(|c| format!("{} -> {}", at.analysis.slice(c.span), c.text)).collect()
    }

    #[test]
    fn header_and_imports_follow_the_file() {
        let change = "shop.scf.notes -> shop.scf.bills";
        assert_eq!(shown("scf/notes", "scf/bills"), [change; 3]);
        assert_eq!(
            shown("scf/notes", "trade/paper/bills")[0],
            "shop.scf.notes -> shop.trade.paper.bills"
        );
        assert_eq!(shown("scf/other", "scf/bills"), Vec::<String>::new());
        assert_eq!(shown("scf/notes", "scf/no-name"), Vec::<String>::new());
    }
}
