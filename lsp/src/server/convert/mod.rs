//! Our data in the protocol's words.
//!
//! In: places and results of features. Out: the protocol's types.
//! Holds always: every range is in the encoding that was negotiated.

mod beside;
mod words;

pub(super) use words::{completion_item, docs, fold, signature, token_edits, token_type};

use std::cell::Cell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use deed_base::{Severity, SourceId, Span};
use tower_lsp::lsp_types::{
    CodeAction, CodeActionKind, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity,
    DocumentHighlight, DocumentHighlightKind, DocumentSymbol, Hover, HoverContents, Location,
    MarkupContent, MarkupKind, NumberOrString, Position, Range, SymbolKind, TextEdit, Url,
    WorkspaceEdit,
};

use super::library;
use crate::analysis::index::{Occurrence, Role};
use crate::analysis::position::{self, Encoding};
use crate::analysis::{Analysis, document};
use crate::features::diagnostics::Message;
use crate::features::format::Change;
use crate::features::hover;
use crate::features::symbols::{Declaration, Kind};

/// The path of a document; of one that is no file, its whole address.
pub(super) fn path(url: &Url) -> PathBuf {
    url.to_file_path().unwrap_or_else(|()| PathBuf::from(url.as_str()))
}

/// The address of a path that [`path`] gave.
pub(super) fn url(path: &Path) -> Option<Url> {
    Url::from_file_path(path).ok().or_else(|| Url::parse(path.to_str()?).ok())
}

pub(super) fn position(at: Position) -> position::Position {
    position::Position { line: at.line, column: at.character }
}

pub(super) fn edit(change: tower_lsp::lsp_types::TextDocumentContentChangeEvent) -> document::Edit {
    let range = change.range.map(|range| (position(range.start), position(range.end)));
    document::Edit { range, text: change.text }
}

/// Turns the results about one analysis around.
pub(super) struct Convert<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) encoding: Encoding,
    /// The place that was asked for last: the next mostly lies behind it, perhaps on the same long line.
    last: Cell<Option<(SourceId, u32, position::Position)>>,
}

impl<'a> Convert<'a> {
    pub(super) fn new(analysis: &'a Analysis, encoding: Encoding) -> Self {
        Convert { analysis, encoding, last: Cell::default() }
    }

    pub(super) fn position(&self, source: SourceId, offset: u32) -> Position {
        let text = &self.analysis.source(source).text;
        let last = self.last.get().filter(|(of, ..)| *of == source);
        let known = last.map(|(_, offset, at)| (offset, at));
        let at = match self.analysis.file(source) {
            Some(file) => file.lines.position_from(text, known, offset, self.encoding),
            None => position::Lines::new(text).position(text, offset, self.encoding),
        };
        self.last.set(Some((source, offset.min(text.len() as u32), at)));
        Position { line: at.line, character: at.column }
    }

    pub(super) fn range(&self, span: Span) -> Range {
        Range {
            start: self.position(span.source, span.start),
            end: self.position(span.source, span.end),
        }
    }

    pub(super) fn url(&self, source: SourceId) -> Option<Url> {
        match self.analysis.file(source) {
            Some(file) => url(&file.path),
            None => url(&library::on_disk(self.analysis.source(source))?),
        }
    }

    pub(super) fn location(&self, span: Span) -> Option<Location> {
        Some(Location { uri: self.url(span.source)?, range: self.range(span) })
    }

    pub(super) fn diagnostic(&self, message: &Message<'_>) -> Diagnostic {
        let related = message.related.iter().filter_map(|label| {
            let location = self.location(label.span)?;
            Some(DiagnosticRelatedInformation { location, message: label.text.clone() })
        });
        let related: Vec<_> = related.collect();
        Diagnostic {
            range: self.range(message.span),
            severity: Some(match message.severity {
                Severity::Error => DiagnosticSeverity::ERROR,
                Severity::Warning => DiagnosticSeverity::WARNING,
            }),
            code: Some(NumberOrString::String(message.code.to_owned())),
            source: Some("deed".to_owned()),
            message: message.text.clone(),
            related_information: (!related.is_empty()).then_some(related),
            ..Diagnostic::default()
        }
    }

    /// The actions that a message offers.
    pub(super) fn fixes(&self, message: &Message<'_>) -> Vec<CodeAction> {
        let action = |fix: &deed_base::Fix| {
            let edit = TextEdit { range: self.range(fix.span), new_text: fix.replacement.clone() };
            Some(CodeAction {
                title: fix.title.clone(),
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![self.diagnostic(message)]),
                edit: Some(WorkspaceEdit::new([(self.url(fix.span.source)?, vec![edit])].into())),
                is_preferred: Some(message.fixes.len() == 1),
                ..CodeAction::default()
            })
        };
        message.fixes.iter().filter_map(action).collect()
    }

    pub(super) fn text_edit(&self, change: &Change) -> TextEdit {
        TextEdit { range: self.range(change.span), new_text: change.text.clone() }
    }

    pub(super) fn hover(&self, hover: hover::Hover) -> Hover {
        let contents = MarkupContent { kind: MarkupKind::Markdown, value: hover.markdown };
        Hover { contents: HoverContents::Markup(contents), range: Some(self.range(hover.span)) }
    }

    /// Changes of several files.
    pub(super) fn workspace_edit(&self, changes: &[Change]) -> WorkspaceEdit {
        let mut files: HashMap<Url, Vec<TextEdit>> = HashMap::new();
        for change in changes {
            if let Some(url) = self.url(change.span.source) {
                files.entry(url).or_default().push(self.text_edit(change));
            }
        }
        WorkspaceEdit::new(files)
    }

    pub(super) fn highlight(&self, found: &Occurrence) -> DocumentHighlight {
        let kind = match found.role {
            Role::Definition | Role::Write => DocumentHighlightKind::WRITE,
            Role::Read => DocumentHighlightKind::READ,
        };
        DocumentHighlight { range: self.range(found.span), kind: Some(kind) }
    }

    #[allow(deprecated, reason = "the field must be written, whatever it is")]
    pub(super) fn symbol(&self, declaration: &Declaration) -> DocumentSymbol {
        let detail = declaration.detail;
        let children = declaration.children.iter().map(|child| self.symbol(child));
        DocumentSymbol {
            name: declaration.name.clone(),
            detail: (!detail.is_empty()).then(|| detail.to_owned()),
            kind: symbol_kind(declaration.kind),
            tags: None,
            deprecated: None,
            range: self.range(declaration.span),
            selection_range: self.range(declaration.name_span),
            children: Some(children.collect()),
        }
    }
}

pub(super) fn symbol_kind(kind: Kind) -> SymbolKind {
    match kind {
        Kind::Contract => SymbolKind::CLASS,
        Kind::Init => SymbolKind::CONSTRUCTOR,
        Kind::Function | Kind::Test => SymbolKind::FUNCTION,
        Kind::Method => SymbolKind::METHOD,
        Kind::Field => SymbolKind::FIELD,
        Kind::Constant => SymbolKind::CONSTANT,
        Kind::Error | Kind::Struct => SymbolKind::STRUCT,
        Kind::Event => SymbolKind::EVENT,
        Kind::Enum => SymbolKind::ENUM,
        Kind::Variant => SymbolKind::ENUM_MEMBER,
        Kind::Interface | Kind::Trait => SymbolKind::INTERFACE,
        Kind::Rule => SymbolKind::PROPERTY,
    }
}
