//! Lints: what is allowed, and most often a mistake or needless.
//!
//! In: a checked package without errors, its syntax trees and sources. Out: warnings, with the change
//! that mends each where a tool may apply it.
//! Holds always: only sources of the package itself are looked at; a name that begins with `_` says
//! that it is not used on purpose.

mod comparisons;
mod expressions;
mod functions;
mod imports;
mod items;
mod numbers;
mod patterns;
mod usage;
mod variables;

use std::borrow::Borrow;

use deed_base::{Diagnostics, SourceMap, Span};
use deed_syntax::ast;

use crate::thir::{Name, Package};
use usage::Usage;

/// Looks for what is needless or likely to be wrong in a package without errors.
pub fn lint(
    package: &Package,
    modules: &[impl Borrow<ast::Module>],
    sources: &SourceMap,
    diagnostics: &mut Diagnostics,
) {
    let usage = Usage::of(package);
    let modules: Vec<&ast::Module> = modules.iter().map(Borrow::borrow).collect();
    let mut cx = Cx { package, modules: &modules, sources, usage, d: diagnostics };
    imports::check(&mut cx);
    items::check(&mut cx);
    numbers::check(&mut cx);
    functions::check(&mut cx);
    for function in package.functions.values() {
        if cx.is_own(function.span) {
            variables::check(&mut cx, function);
            expressions::check(&mut cx, function);
            comparisons::check(&mut cx, function);
        }
    }
}

/// What every lint may look at.
struct Cx<'a> {
    package: &'a Package,
    modules: &'a [&'a ast::Module],
    sources: &'a SourceMap,
    usage: Usage,
    d: &'a mut Diagnostics,
}

impl<'a> Cx<'a> {
    /// Whether a place is in the package itself.
    fn is_own(&self, span: Span) -> bool {
        !self.sources.get(span.source).dependency
    }

    /// The source at a place.
    fn text(&self, span: Span) -> &'a str {
        self.sources.get(span.source).slice(span)
    }

    /// Whether a name is written in the package itself and does not ask to be left alone.
    fn is_judged(&self, name: &Name) -> bool {
        !name.text.is_empty() && !name.text.starts_with('_') && self.is_own(name.span)
    }
}
