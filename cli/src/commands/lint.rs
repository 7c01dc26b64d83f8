//! `deed lint`: what is allowed, and most often a mistake or needless.
//!
//! In: a source or a package. Out: warnings; with `--fix`, the sources with the changes that tools may
//! make.
//! Holds always: a source is changed only where it still means the same to the front end: fixes that
//! overlap are made in turns, and each turn is checked anew.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use deed_base::{Diagnostics, Fix, SourceId};

use crate::exit::{Done, Exit, Failure};
use crate::files;
use crate::front::Front;
use crate::terminal::Terminal;

/// Look for what is needless or likely to be wrong.
#[derive(Args)]
#[command(after_help = "\
Examples:
  deed lint                 the package in the current folder
  deed lint one.deed
  deed lint --fix           make the changes that are safe to make, and show the rest")]
pub(crate) struct Lint {
    /// A source, or a package.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Change the sources where a change mends what is found.
    #[arg(long)]
    fix: bool,
}

/// Fixes make room for other fixes; more turns than this they never need.
const MOST_TURNS: usize = 10;

impl Lint {
    pub(crate) fn run(&self, terminal: &Terminal) -> Done {
        let mut fixed = 0;
        for _ in 0..MOST_TURNS {
            let front = Front::open(&self.path, terminal)?;
            let found = front.lint()?;
            let fixes = if self.fix { chosen(&found) } else { BTreeMap::new() };
            if fixes.is_empty() {
                return Ok(report(&front, &found, fixed, terminal));
            }
            fixed += fixes.values().map(Vec::len).sum::<usize>();
            apply(&front, &fixes)?;
        }
        let front = Front::open(&self.path, terminal)?;
        Ok(report(&front, &front.lint()?, fixed, terminal))
    }
}

fn report(front: &Front, found: &Diagnostics, fixed: usize, terminal: &Terminal) -> Exit {
    terminal.diagnostics(found, &front.sources);
    if fixed > 0 {
        terminal.talk(format!("fixed: {fixed}"));
    }
    terminal.talk(match found.len() {
        0 => format!("nothing to mend in {}", front.title()),
        count => format!("found: {count}"),
    });
    if found.is_empty() { Exit::Fine } else { Exit::Failed }
}

/// The first fix of each message that overlaps no other one, by file and in the order of the text.
fn chosen(found: &Diagnostics) -> BTreeMap<SourceId, Vec<Fix>> {
    let mut chosen: BTreeMap<SourceId, Vec<Fix>> = BTreeMap::new();
    for diagnostic in found.sorted() {
        let Some(fix) = diagnostic.fixes.into_iter().next() else { continue };
        let fixes = chosen.entry(fix.span.source).or_default();
        let apart =
            |other: &Fix| other.span.end <= fix.span.start || fix.span.end <= other.span.start;
        if fixes.iter().all(apart) {
            fixes.push(fix);
        }
    }
    for fixes in chosen.values_mut() {
        fixes.sort_by_key(|fix| fix.span.start);
    }
    chosen
}

fn apply(front: &Front, fixes: &BTreeMap<SourceId, Vec<Fix>>) -> Result<(), Failure> {
    for (source, fixes) in fixes {
        let mut text = front.sources.get(*source).text.to_string();
        for fix in fixes.iter().rev() {
            text.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.replacement);
        }
        if let Some(path) = front.path(*source) {
            files::write(path, text.as_bytes())?;
        }
    }
    Ok(())
}
