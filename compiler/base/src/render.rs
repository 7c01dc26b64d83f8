//! Diagnostics as text: for people, for scripts, for tools.
//!
//! In: a [`Diagnostic`] and the [`SourceMap`] it speaks of. Out: a string that ends in a newline.
//! Holds always: positions are counted from 1, columns in characters.

use std::collections::HashMap;
use std::sync::Arc;

use ariadne::{Cache, CharSet, Color, Config, FnCache, IndexType, Report, ReportKind};
use serde_json::{Value, json};

use crate::catalogue::Severity;
use crate::diagnostic::{Diagnostic, Fix, Label};
use crate::source::{SourceMap, Span};

/// The form of a rendered message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MessageFormat {
    /// An excerpt of the source with the places marked.
    Human { color: bool },
    /// `path:line:column: error[E0301]: message`.
    Short,
    /// One JSON object on a line.
    Json,
}

/// Renders messages in source order, one after the other.
pub fn render_all(
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    format: MessageFormat,
) -> String {
    // One cache for all: splitting a large source into lines for each message would take for ever.
    let mut cache = excerpts(sources);
    diagnostics.iter().map(|d| render_one(d, sources, format, &mut cache)).collect()
}

/// Renders one message.
pub fn render(diagnostic: &Diagnostic, sources: &SourceMap, format: MessageFormat) -> String {
    render_one(diagnostic, sources, format, &mut excerpts(sources))
}

fn render_one(
    diagnostic: &Diagnostic,
    sources: &SourceMap,
    format: MessageFormat,
    cache: &mut impl Cache<String>,
) -> String {
    match format {
        MessageFormat::Human { .. } if has_long_line(diagnostic, sources) => {
            plain(diagnostic, sources)
        }
        MessageFormat::Human { color } => human(diagnostic, sources, color, cache),
        MessageFormat::Short => short(diagnostic, sources),
        MessageFormat::Json => format!("{}\n", json(diagnostic, sources)),
    }
}

fn short(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    format!(
        "{}: {}[{}]: {}\n",
        sources.locate(diagnostic.primary.span),
        diagnostic.severity().name(),
        diagnostic.code.id,
        diagnostic.message
    )
}

fn json(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let mut spans = vec![json_label(&diagnostic.primary, true, sources)];
    spans.extend(diagnostic.secondary.iter().map(|label| json_label(label, false, sources)));
    json!({
        "code": diagnostic.code.id,
        "severity": diagnostic.severity().name(),
        "title": diagnostic.code.title,
        "message": diagnostic.message,
        "spans": spans,
        "notes": diagnostic.notes,
        "help": diagnostic.help,
        "fixes": diagnostic.fixes.iter().map(|fix| json_fix(fix, sources)).collect::<Vec<_>>(),
    })
}

fn json_label(label: &Label, primary: bool, sources: &SourceMap) -> Value {
    let mut value = json_span(label.span, sources);
    value["label"] = json!(label.text);
    value["primary"] = json!(primary);
    value
}

fn json_fix(fix: &Fix, sources: &SourceMap) -> Value {
    let mut value = json_span(fix.span, sources);
    value["title"] = json!(fix.title);
    value["replacement"] = json!(fix.replacement);
    value
}

fn json_span(span: Span, sources: &SourceMap) -> Value {
    let file = sources.get(span.source);
    let (start, end) = (file.position(span.start), file.position(span.end));
    json!({
        "file": file.name,
        "start": {"line": start.line, "column": start.column, "offset": span.start},
        "end": {"line": end.line, "column": end.column, "offset": span.end},
    })
}

/// A span as ariadne wants it: the source's name and a byte range.
type Place = (String, std::ops::Range<usize>);

/// The texts that excerpts are taken from; a source is split into lines when it is first needed.
fn excerpts(sources: &SourceMap) -> impl Cache<String> {
    let texts: HashMap<String, Arc<str>> = sources
        .files()
        .chain(sources.library())
        .map(|file| (file.name.clone(), file.text.clone()))
        .collect();
    FnCache::new(move |name: &String| {
        texts.get(name).map(ToString::to_string).ok_or_else(|| format!("no source `{name}`"))
    })
}

/// The longest line that is shown, in bytes; nobody finds a place in a longer one.
const LONGEST_LINE: usize = 1000;

fn has_long_line(diagnostic: &Diagnostic, sources: &SourceMap) -> bool {
    let labels = std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary);
    labels.map(|label| label.span).any(|span| {
        let file = sources.get(span.source);
        let line = file.line(file.position(span.start).line);
        line.is_some_and(|line| line.len() > LONGEST_LINE)
    })
}

/// The message without an excerpt.
fn plain(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let (severity, code) = (diagnostic.severity().name(), diagnostic.code.id);
    let mut out = format!("{severity}[{code}]: {}\n", diagnostic.message);
    out.push_str(&format!("  at {}\n", sources.locate(diagnostic.primary.span)));
    for note in &diagnostic.notes {
        out.push_str(&format!("note: {note}\n"));
    }
    for help in remedies(diagnostic) {
        out.push_str(&format!("help: {help}\n"));
    }
    out
}

fn human(
    diagnostic: &Diagnostic,
    sources: &SourceMap,
    color: bool,
    cache: &mut impl Cache<String>,
) -> String {
    let (kind, tint) = match diagnostic.severity() {
        Severity::Error => (ReportKind::Error, Color::Red),
        Severity::Warning => (ReportKind::Warning, Color::Yellow),
    };
    let config = Config::default()
        .with_color(color)
        .with_index_type(IndexType::Byte)
        .with_char_set(CharSet::Unicode);
    let mut report = Report::build(kind, place(diagnostic.primary.span, sources))
        .with_config(config)
        .with_code(diagnostic.code.id)
        .with_message(&diagnostic.message)
        .with_label(mark(&diagnostic.primary, diagnostic.code.title, sources, tint));
    for label in &diagnostic.secondary {
        report = report.with_label(mark(label, "see here", sources, Color::Blue));
    }
    for note in &diagnostic.notes {
        report = report.with_note(note);
    }
    for help in remedies(diagnostic) {
        report = report.with_help(help);
    }
    write(report.finish(), diagnostic, sources, cache)
}

/// What to do about it: in the words of the message, else in those of its fixes.
fn remedies(diagnostic: &Diagnostic) -> Vec<String> {
    match &diagnostic.help {
        Some(help) => vec![help.clone()],
        None => diagnostic.fixes.iter().map(in_words).collect(),
    }
}

fn in_words(fix: &Fix) -> String {
    match fix.replacement.as_str() {
        "" => fix.title.clone(),
        new => format!("{}: `{new}`", fix.title),
    }
}

/// A place with its words; without any it would not be underlined, so there are words for that.
fn mark(
    label: &Label,
    otherwise: &str,
    sources: &SourceMap,
    color: Color,
) -> ariadne::Label<Place> {
    let text = if label.text.is_empty() { otherwise } else { &label.text };
    ariadne::Label::new(place(label.span, sources)).with_color(color).with_message(text)
}

fn place(span: Span, sources: &SourceMap) -> Place {
    (sources.get(span.source).name.clone(), span.start as usize..span.end as usize)
}

fn write(
    report: Report<'_, Place>,
    diagnostic: &Diagnostic,
    sources: &SourceMap,
    cache: &mut impl Cache<String>,
) -> String {
    let mut out = Vec::new();
    match report.write(cache, &mut out) {
        Ok(()) => {
            let text = String::from_utf8_lossy(&out);
            // The excerpt is padded to a common width; nobody wants the blanks in a log.
            text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
        }
        Err(_) => short(diagnostic, sources),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue;

    fn example() -> (Diagnostic, SourceMap) {
        let mut sources = SourceMap::new();
        let id = sources.add("a.deed", "let 数 = 1\n");
        let diagnostic = Diagnostic::new(catalogue::NOT_YET, Span::new(id, 4, 7), "not `数`")
            .label("here")
            .help("wait");
        (diagnostic, sources)
    }

    #[test]
    fn short_form_is_one_line() {
        let (d, s) = example();
        let text = render(&d, &s, MessageFormat::Short);
        assert_eq!(text, "a.deed:1:5: error[E0901]: not `数`\n");
    }

    #[test]
    fn human_form_shows_the_source_and_the_remedy() {
        let (d, s) = example();
        let text = render(&d, &s, MessageFormat::Human { color: false });
        for part in ["E0901", "a.deed:1:5", "let 数 = 1", "here", "wait"] {
            assert!(text.contains(part), "{part} is missing in\n{text}");
        }
    }

    #[test]
    fn a_very_long_line_is_not_shown() {
        let mut sources = SourceMap::new();
        let id = sources.add("a.deed", "x".repeat(100_000));
        let diagnostic =
            Diagnostic::new(catalogue::NOT_YET, Span::new(id, 70_000, 70_001), "too much")
                .help("less");
        let text = render(&diagnostic, &sources, MessageFormat::Human { color: false });
        assert_eq!(text, "error[E0901]: too much\n  at a.deed:1:70001\nhelp: less\n");
    }

    #[test]
    fn json_form_names_places() {
        let (d, s) = example();
        let text = render(&d, &s, MessageFormat::Json);
        let value: Value = serde_json::from_str(&text).expect("one JSON object");
        assert_eq!(value["spans"][0]["end"]["column"], 6);
        assert_eq!(value["help"], "wait");
    }
}
