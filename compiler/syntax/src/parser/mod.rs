//! Tokens to the tree.
//!
//! In: a source. Out: its [`ast::Module`], whatever the source holds.
//! Holds always: what could not be read was reported, stands as an `Invalid` node, and took with it
//! as little as possible; the generated parser is known to this file alone.

pub(crate) mod build;
pub(crate) mod context;
mod messages;
mod shape;

use foldhash::{HashMap, HashSet};

use deed_base::{Diagnostic, Diagnostics, SourceFile, Span, catalogue};
use lalrpop_util::lalrpop_mod;

use crate::ast::{Module, Path};
use crate::layout::{Layout, lay_out};
use crate::lexer::lex;
use crate::reporter::Reporter;
use crate::token::{Token, TokenKind};
use build::Top;
use context::Context;

pub(crate) use context::Mark;

lalrpop_mod!(
    #[allow(clippy::all, clippy::pedantic, unused, unreachable_pub, unused_qualifications)]
    grammar,
    "/grammar.rs"
);

/// Reads a source. There always is a tree; whether it is sound, the diagnostics say.
pub fn parse(source: &SourceFile, diagnostics: &mut Diagnostics) -> Module {
    parse_marked(source, diagnostics).module
}

/// A tree with the tokens it came from.
pub(crate) struct Parsed {
    pub(crate) module: Module,
    /// The lexer's.
    pub(crate) tokens: Vec<Token>,
    pub(crate) layout: Layout,
    /// The signs that are brackets, by their places.
    pub(crate) marks: HashMap<u32, Mark>,
}

pub(crate) fn parse_marked(source: &SourceFile, diagnostics: &mut Diagnostics) -> Parsed {
    let tokens = lex(source, diagnostics);
    let mut reporter = Reporter::new(diagnostics);
    let layout = lay_out(source, &tokens, &mut reporter);
    let cx = Context::new(source, &layout);
    let tops = run(&layout, &cx);
    let module = assemble(&cx, &layout, tops);
    let (mut found, marks) = cx.into_results();
    if !layout.too_deep {
        if found.is_empty() {
            found.extend(layout.docs.unclaimed().map(|doc| misplaced_doc(doc.span)));
        }
        let line = |d: &Diagnostic| source.line_number(d.primary.span.start);
        let broken: HashSet<u32> = found.iter().map(line).collect();
        found.extend(shape::check(&module).into_iter().filter(|d| !broken.contains(&line(d))));
    }
    found.sort_by_key(|d| d.primary.span);
    found.into_iter().for_each(|d| reporter.push(d));
    Parsed { module, tokens, layout, marks }
}

fn run(layout: &Layout, cx: &Context<'_>) -> Vec<Top> {
    let goes_on = |t: &&Token| t.kind != TokenKind::End && !cx.gave_up();
    let tokens = layout.tokens.iter().take_while(goes_on);
    let triples = tokens.map(|t| Ok((t.span.start, t.kind, t.span.end)));
    match grammar::ModuleParser::new().parse(cx, triples) {
        Ok(tops) => tops,
        Err(error) => {
            cx.fatal_error(error);
            Vec::new()
        }
    }
}

/// Header first, then imports, then items; what stands elsewhere is reported and kept.
fn assemble(cx: &Context<'_>, layout: &Layout, tops: Vec<Top>) -> Module {
    let span = cx.source().span();
    let mut module = Module {
        doc: layout.docs.module.clone(),
        path: Path { segments: Vec::new(), span: span.at_start() },
        uses: Vec::new(),
        items: Vec::new(),
        span,
    };
    let mut headers = 0;
    for (at, top) in tops.into_iter().enumerate() {
        match top {
            Top::Header(path, place) => {
                headers += 1;
                if at == 0 {
                    module.path = path;
                } else {
                    cx.report(misplaced_header(place, headers > 1));
                }
            }
            Top::Use(item) => {
                if !module.items.is_empty() {
                    cx.report(misplaced_use(item.span));
                }
                module.uses.push(*item);
            }
            Top::Item(item) => module.items.push(*item),
        }
    }
    if headers == 0 && !layout.too_deep && !cx.has_errors() {
        cx.report(missing_header(span));
    }
    module
}

fn missing_header(span: Span) -> Diagnostic {
    let name = "a source begins with the name of its module";
    Diagnostic::new(catalogue::MODULE_HEADER, span.at_start(), name)
        .help("write `module name` above everything but comments")
}

fn misplaced_header(span: Span, second: bool) -> Diagnostic {
    let message = if second {
        "a source holds one module"
    } else {
        "the name of the module stands above everything else"
    };
    Diagnostic::new(catalogue::MODULE_HEADER, span, message)
        .help("move it to the top, or into a file of its own")
}

fn misplaced_use(span: Span) -> Diagnostic {
    Diagnostic::new(catalogue::MISPLACED_CLAUSE, span, "`use` stands above the items of a module")
        .help("move it up, below the `module` line")
}

fn misplaced_doc(span: Span) -> Diagnostic {
    Diagnostic::new(catalogue::MISPLACED_DOC, span, "nothing that can have a doc follows this one")
        .help("write `//` for a plain comment")
}
