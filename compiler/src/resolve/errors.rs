//! The messages of name resolution.

use deed_base::{Diagnostic, Span, catalogue as codes};
use deed_syntax::ast::{self, Ident};

use super::habits::remedy;
use super::scope::nearest;

/// As many names as a message can list without burying what it says.
const FEW: usize = 6;

/// A name that nothing declares; `kind` says what was looked for, `words` what there is.
pub(super) fn unknown<'a>(
    name: &Ident,
    kind: &str,
    words: impl Iterator<Item = &'a str>,
) -> Diagnostic {
    let text = name.as_str();
    let message = format!("there is no {kind} `{text}` here");
    let diagnostic = Diagnostic::new(codes::UNKNOWN_NAME, name.span, message).label("not found");
    match remedy(text) {
        Some(remedy) => diagnostic.help(remedy),
        None => suggest(diagnostic, name, words),
    }
}

/// A member that the thing before the dot does not have.
pub(super) fn unknown_member<'a>(
    of: &str,
    kind: &str,
    name: &Ident,
    words: impl Iterator<Item = &'a str>,
) -> Diagnostic {
    let message = format!("{of} has no {kind} `{name}`");
    let diagnostic = Diagnostic::new(codes::UNKNOWN_MEMBER, name.span, message).label("not found");
    let mut words: Vec<&str> = words.collect();
    words.sort_unstable();
    let found = suggest(diagnostic, name, words.iter().copied());
    if found.help.is_some() || words.is_empty() || words.len() > FEW {
        return found;
    }
    let list: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    found.help(format!("there is {}", list.join(", ")))
}

fn suggest<'a>(
    diagnostic: Diagnostic,
    name: &Ident,
    words: impl Iterator<Item = &'a str>,
) -> Diagnostic {
    match nearest(name.as_str(), words) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            name.span,
            near,
        ),
        None => diagnostic,
    }
}

pub(super) fn duplicate(name: &Ident, earlier: Span) -> Diagnostic {
    let message = format!("`{name}` is declared twice");
    let diagnostic = Diagnostic::new(codes::DUPLICATE_NAME, name.span, message)
        .label("declared again here")
        .help("give one of them another name");
    if earlier.source == name.span.source && earlier.is_empty() {
        return diagnostic;
    }
    diagnostic.also(earlier, "first declared here")
}

/// A local variable with the name of something that is visible where it is declared.
pub(super) fn hides(name: &Ident, what: &str, earlier: Option<Span>) -> Diagnostic {
    let message = format!("`{name}` would hide {what} of the same name");
    let diagnostic = Diagnostic::new(codes::HIDDEN_NAME, name.span, message)
        .label("choose another name")
        .note("one name means one thing wherever it can be seen");
    match earlier {
        Some(span) => diagnostic.also(span, "this one"),
        None => diagnostic,
    }
}

/// A function without a body that is neither of an interface nor of a trait.
pub(super) fn bodyless_function(name: &Ident) -> Diagnostic {
    let message = format!("`{name}` has no body");
    Diagnostic::new(codes::BAD_DECLARATION, name.span, message)
        .help("write `{ .. }` behind it; functions of interfaces and traits alone have none")
}

pub(super) fn foreign_native(name: &Ident) -> Diagnostic {
    let message = format!("`{name}` cannot be `native`: the engine knows those of the library");
    Diagnostic::new(codes::BAD_MODIFIER, name.span, message).help("write it in Deed")
}

pub(super) fn public_in_contract(name: &Ident) -> Diagnostic {
    let message = format!("`{name}` belongs to a contract, and `pub` is for items of modules");
    Diagnostic::new(codes::BAD_MODIFIER, name.span, message)
        .help("`entry` and `view` let others call it; without a word it is the contract's own")
}

/// A state field or contract function without its `self.`.
pub(super) fn missing_self(name: &Ident, what: &str) -> Diagnostic {
    let message = format!("`{name}` is {what} of the contract, which is written `self.{name}`");
    Diagnostic::new(codes::MISSING_SELF, name.span, message)
        .label("`self.` is missing")
        .help(format!("write `self.{name}`"))
        .fix("add `self.`", name.span.at_start(), "self.")
}

/// A name that means something else than its place asks for.
pub(super) fn wrong_kind(name: &Ident, is: &str, wanted: &str) -> Diagnostic {
    let message = format!("`{name}` is {is}, and {wanted} is needed here");
    Diagnostic::new(codes::WRONG_KIND, name.span, message).label(format!("this is {is}"))
}

/// A pattern where only a name can stand.
pub(super) fn plain_binder(span: Span) -> Diagnostic {
    let message = "nothing is taken apart here: a name or `_` stands before `in`";
    Diagnostic::new(codes::PLAIN_BINDER, span, message)
        .label("a pattern")
        .help("bind a name, and use its fields; of a map `(key, value)` binds both")
}

/// A `const` parameter of a type that no number of the language's counting has.
pub(super) fn bad_const_param(span: Span) -> Diagnostic {
    let message = "a `const` parameter is a number of type `u8`, `u16`, `u32` or `u64`";
    Diagnostic::new(codes::BAD_CONST_PARAM, span, message)
        .help("write for instance `const N: u32`; other values are ordinary parameters")
}

pub(super) fn outside_contract(span: Span) -> Diagnostic {
    Diagnostic::new(codes::OUTSIDE_CONTRACT, span, "`self` exists inside a contract only")
        .label("no contract around this")
        .help("move the function into the contract, or pass the value as a parameter")
}

/// Something that stands in no interface.
pub(super) fn not_in_interface(span: Span, what: &str) -> Diagnostic {
    let message = format!("{what} does not belong in an interface");
    Diagnostic::new(codes::NOT_IN_INTERFACE, span, message)
        .label("not what a caller can use")
        .help("an interface holds `entry fn` and `view fn` without bodies, errors and events")
}

/// A function of an interface that says what it does.
pub(super) fn body_in_interface(span: Span) -> Diagnostic {
    let message = "a function of an interface has no body: each contract has its own";
    Diagnostic::new(codes::NOT_IN_INTERFACE, span, message)
        .label("belongs in a contract")
        .help("end the declaration before the `{`")
}

/// A set of errors that is a member of itself, perhaps by way of others.
pub(super) fn error_set_cycle(name: &Ident, at: Span) -> Diagnostic {
    let message = format!("the errors `{name}` would hold themselves");
    Diagnostic::new(codes::ERROR_SET_CYCLE, at, message)
        .label("leads back to the set")
        .also(name.span, "this set")
        .help("name the errors that are meant")
}

/// `entry`, `view` or `init` beside the contracts of a module.
pub(super) fn not_in_contract(name: &Ident) -> Diagnostic {
    let message = format!("`{name}` can be called from outside, so it belongs in a contract");
    Diagnostic::new(codes::OUTSIDE_CONTRACT, name.span, message)
        .label("no contract around this")
        .help("move it into a contract, or declare a plain `fn`")
}

/// What stands where a value is needed and is none.
pub(super) fn no_value(kind: &ast::ExprKind, span: Span) -> Diagnostic {
    let (message, help) = match kind {
        ast::ExprKind::SelfValue => {
            ("a contract is no value", "name what is meant of it: `self.balance`, `self.address`")
        }
        ast::ExprKind::Rest => ("`..` is no value", "it stands in patterns, for what is left out"),
        _ => ("this is no value", "write an expression that gives one"),
    };
    Diagnostic::new(codes::WRONG_KIND, span, message).label("not a value").help(help)
}
