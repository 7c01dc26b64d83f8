//! The changes that messages offer, made: each mends what its message speaks of, and breaks nothing.
//!
//! In: the sources of `tests/check/`, all hints and the first error of each. Out: the changes after which as many
//! messages are left.

use super::check::{cases, front};
use crate::stages::{Front, Source, each};
use deed_base::{Diagnostic, Fix, Severity};

#[test]
fn offered_changes_mend() {
    each(cases(), |_, files| {
        let sources: Vec<Source> = files.iter().map(|file| Source::file(file)).collect();
        let before = front(&sources);
        let (mut complaints, mut guessed) = (Vec::new(), false);
        let offers = before.diagnostics.sorted().into_iter().filter(|it| !it.fixes.is_empty());
        for diagnostic in offers {
            let guess = diagnostic.severity() == Severity::Error;
            if guess && std::mem::replace(&mut guessed, true) {
                continue;
            }
            for fix in &diagnostic.fixes {
                let after = front(&changed(&before, fix));
                if !mended(&before, &after, &diagnostic) {
                    let place = before.map.locate(fix.span);
                    let left = after.messages();
                    complaints.push(format!("{place}: {} leaves\n{left}", fix.title));
                }
            }
        }
        if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n")) }
    });
}

/// The sources with one change.
fn changed(front: &Front, fix: &Fix) -> Vec<Source> {
    let file = |id| front.map.get(id);
    let sources = front.ids.iter().map(|id| {
        let mut text = file(*id).text.to_string();
        if *id == fix.span.source {
            text.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.replacement);
        }
        Source { name: file(*id).name.to_string(), bytes: text.into_bytes() }
    });
    sources.collect()
}

/// Whether the message is gone: with what is only a hint no error has come instead, while a guess at
/// what a mistake means may meet the next one.
fn mended(before: &Front, after: &Front, of: &Diagnostic) -> bool {
    let alike = |it: &&Diagnostic| it.code == of.code && it.message == of.message;
    let is_error = |it: &&Diagnostic| it.severity() == Severity::Error;
    let count = |front: &Front, chosen: &dyn Fn(&&Diagnostic) -> bool| {
        front.diagnostics.iter().filter(|it| chosen(it)).count()
    };
    count(after, &alike) < count(before, &alike)
        && (is_error(&of) || count(after, &is_error) <= count(before, &is_error))
}
