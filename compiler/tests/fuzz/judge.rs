//! What the front end promises of any input.
//!
//! In: the sources of a package. Out: `Ok`, or the promise that was broken.
//!
//! - There is an answer: no panic, and none that takes for ever (see [`super::watch`]).
//! - A message speaks of a place in its source and can be shown.
//! - What can be read can be formatted: to the same tree, with all its comments, and once is enough.
//! - What has no error is built, or refused by a message.

use std::panic::{AssertUnwindSafe, catch_unwind};

use deed_base::{Diagnostics, MessageFormat, SourceFile, SourceId, SourceMap, Span, render_all};
use deed_compiler::opt::OptLevel;
use deed_compiler::{BuildOptions, build_checked, check_and_lint, own_contracts};
use deed_syntax::{TokenKind, format, lex, parse, print_module};

use super::inputs::Input;

pub(crate) fn judge(input: &Input) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| answers(input))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no text");
        Err(format!("panic: {text}"))
    })
}

/// The promises of the formatter alone.
pub(crate) fn can_be_formatted(text: &str) -> Result<(), String> {
    let mut sources = SourceMap::new();
    let id = sources.add("0.deed", text);
    formats(sources.get(id))
}

fn answers(input: &Input) -> Result<(), String> {
    let mut sources = SourceMap::new();
    let ids: Vec<SourceId> = input
        .iter()
        .enumerate()
        .map(|(at, text)| sources.add(format!("{at}.deed"), text.as_str()))
        .collect();
    for id in &ids {
        formats(sources.get(*id))?;
    }
    let mut d = Diagnostics::new();
    let package = check_and_lint(&sources, &ids, &mut d);
    shows(&d, &sources)?;
    if d.has_errors() {
        return Ok(());
    }
    for contract in own_contracts(&package, &sources) {
        let contract = Some(package.full_name(
            package.contracts[contract].module,
            None,
            &package.contracts[contract].name.text,
        ));
        let mut d = d.clone();
        let options = BuildOptions { opt: OptLevel::Most, contract, ..BuildOptions::default() };
        let built = build_checked(&package, &sources, &options, &mut d);
        shows(&d, &sources)?;
        if built.is_none() && !d.has_errors() {
            return Err("refused without a message".into());
        }
    }
    Ok(())
}

fn shows(d: &Diagnostics, sources: &SourceMap) -> Result<(), String> {
    for message in d.iter() {
        let labels = [&message.primary].into_iter().chain(&message.secondary);
        let fixes = message.fixes.iter().map(|fix| fix.span);
        for span in labels.map(|label| label.span).chain(fixes) {
            inside(span, sources.get(span.source))
                .map_err(|why| format!("{}: {why}", message.code.id))?;
        }
    }
    let sorted: Vec<_> = d.sorted().into_iter().take(20).collect();
    for form in [MessageFormat::Human { color: false }, MessageFormat::Short, MessageFormat::Json] {
        render_all(&sorted, sources, form);
    }
    Ok(())
}

fn inside(span: Span, file: &SourceFile) -> Result<(), String> {
    let (start, end) = (span.start as usize, span.end as usize);
    match file.text.is_char_boundary(start) && file.text.is_char_boundary(end) && start <= end {
        true => Ok(()),
        false => Err(format!("{span:?} is no place of a text of {} bytes", file.text.len())),
    }
}

fn formats(file: &SourceFile) -> Result<(), String> {
    let mut d = Diagnostics::new();
    let tree = print_module(&parse(file, &mut d));
    let once = match (format(file), d.has_errors()) {
        (Ok(once), false) => once,
        (Err(_), true) => return Ok(()),
        (Ok(_), true) => return Err("what cannot be read was formatted".into()),
        (Err(_), false) => return Err("what can be read was not formatted".into()),
    };
    let mut sources = SourceMap::new();
    let id = sources.add("once.deed", once.as_str());
    let again = format(sources.get(id)).map_err(|_| "formatted, it cannot be read".to_owned())?;
    if again != once {
        return Err(format!("formatted twice it differs:\n{}", difference(&once, &again)));
    }
    let kept = print_module(&parse(sources.get(id), &mut Diagnostics::new()));
    if kept != tree {
        return Err(format!("formatted it has another tree:\n{}", difference(&tree, &kept)));
    }
    match comments(file) == comments(sources.get(id)) {
        true => Ok(()),
        false => Err("formatted it has other comments".into()),
    }
}

fn difference(left: &str, right: &str) -> String {
    let lines = left.lines().zip(right.lines()).find(|(l, r)| l != r);
    lines.map_or("(the end)".into(), |(l, r)| format!("- {l}\n+ {r}"))
}

/// The words of the comments, in order; their lines may be indented anew.
fn comments(file: &SourceFile) -> Vec<String> {
    let is_comment =
        |kind| matches!(kind, TokenKind::Comment | TokenKind::DocComment | TokenKind::ModuleDoc);
    let tokens = lex(file, &mut Diagnostics::new());
    let comments = tokens.into_iter().filter(|token| is_comment(token.kind));
    comments.map(|token| file.slice(token.span).split_whitespace().collect()).collect()
}
