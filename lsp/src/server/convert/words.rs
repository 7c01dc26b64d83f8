//! Completions, signatures, folds and colours in the protocol's words.
//!
//! In: results of features. Out: the protocol's types.

use tower_lsp::lsp_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, FoldingRange,
    FoldingRangeKind, MarkupContent, MarkupKind, ParameterInformation, ParameterLabel, Range,
    SemanticToken, SemanticTokenType, SemanticTokensEdit, SignatureHelp, SignatureInformation,
    TextEdit,
};

use super::Convert;
use crate::features::completion::{self, Item};
use crate::features::folding::{self, Fold};
use crate::features::highlighting::{self, Word};
use crate::features::signature::Signature;

/// Markdown, if there is any.
pub(in crate::server) fn docs(text: String) -> Option<Documentation> {
    let content = MarkupContent { kind: MarkupKind::Markdown, value: text };
    (!content.value.is_empty()).then_some(Documentation::MarkupContent(content))
}

/// A word that takes the place of what was typed of it.
pub(in crate::server) fn completion_item(item: &Item, range: Range) -> CompletionItem {
    let edit = TextEdit { range, new_text: item.label.clone() };
    CompletionItem {
        label: item.label.clone(),
        kind: Some(item_kind(item.kind)),
        detail: (!item.detail.is_empty()).then(|| item.detail.clone()),
        // What is imported comes behind what is here.
        sort_text: item.import.as_ref().map(|_| format!("~{}", item.label)),
        text_edit: Some(CompletionTextEdit::Edit(edit)),
        ..CompletionItem::default()
    }
}

fn item_kind(kind: completion::Kind) -> CompletionItemKind {
    match kind {
        completion::Kind::Variable => CompletionItemKind::VARIABLE,
        completion::Kind::Field => CompletionItemKind::FIELD,
        completion::Kind::Function => CompletionItemKind::METHOD,
        completion::Kind::Constant => CompletionItemKind::CONSTANT,
        completion::Kind::Error => CompletionItemKind::STRUCT,
        completion::Kind::Event => CompletionItemKind::EVENT,
        completion::Kind::Contract => CompletionItemKind::CLASS,
        completion::Kind::Interface => CompletionItemKind::INTERFACE,
        completion::Kind::Type => CompletionItemKind::TYPE_PARAMETER,
        completion::Kind::Keyword => CompletionItemKind::KEYWORD,
    }
}

pub(in crate::server) fn signature(signature: Signature) -> SignatureHelp {
    let parameter = |text: String| ParameterInformation {
        label: ParameterLabel::Simple(text),
        documentation: None,
    };
    // A number beyond the last parameter says that none is active.
    let count = signature.parameters.len();
    let active = Some(signature.active.unwrap_or(count) as u32);
    let information = SignatureInformation {
        label: signature.label,
        documentation: docs(signature.docs),
        parameters: Some(signature.parameters.into_iter().map(parameter).collect()),
        active_parameter: active,
    };
    SignatureHelp {
        signatures: vec![information],
        active_signature: Some(0),
        active_parameter: active,
    }
}

pub(in crate::server) fn fold(fold: Fold) -> FoldingRange {
    FoldingRange {
        start_line: fold.first,
        end_line: fold.last,
        kind: match fold.kind {
            folding::Kind::Code => None,
            folding::Kind::Comment => Some(FoldingRangeKind::Comment),
            folding::Kind::Imports => Some(FoldingRangeKind::Imports),
        },
        ..FoldingRange::default()
    }
}

pub(in crate::server) fn token_type(kind: highlighting::Kind) -> SemanticTokenType {
    use highlighting::Kind;
    match kind {
        Kind::Comment => SemanticTokenType::COMMENT,
        Kind::Keyword => SemanticTokenType::KEYWORD,
        Kind::String => SemanticTokenType::STRING,
        Kind::Number => SemanticTokenType::NUMBER,
        Kind::Type => SemanticTokenType::TYPE,
        Kind::Module => SemanticTokenType::NAMESPACE,
        Kind::Contract => SemanticTokenType::CLASS,
        Kind::Interface => SemanticTokenType::INTERFACE,
        Kind::Function => SemanticTokenType::FUNCTION,
        Kind::Method => SemanticTokenType::METHOD,
        Kind::Constant => SemanticTokenType::ENUM_MEMBER,
        Kind::Error => SemanticTokenType::STRUCT,
        Kind::Event => SemanticTokenType::EVENT,
        Kind::Field => SemanticTokenType::PROPERTY,
        Kind::Parameter => SemanticTokenType::PARAMETER,
        Kind::Variable => SemanticTokenType::VARIABLE,
    }
}

/// The change from one list of colours to another: what is between their common ends.
pub(in crate::server) fn token_edits(
    before: &[SemanticToken],
    after: &[SemanticToken],
) -> Vec<SemanticTokensEdit> {
    /// A token is told by so many numbers.
    const NUMBERS: u32 = 5;
    let start = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let (old, new) = (&before[start..], &after[start..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
    if old.is_empty() && new.is_empty() {
        return Vec::new();
    }
    vec![SemanticTokensEdit {
        start: start as u32 * NUMBERS,
        delete_count: old.len() as u32 * NUMBERS,
        data: Some(new.to_vec()),
    }]
}

impl Convert<'_> {
    /// Words in order, each told by its distance from the one before it.
    pub(in crate::server) fn semantic_tokens(&self, words: &[Word]) -> Vec<SemanticToken> {
        let (mut line, mut column) = (0, 0);
        let mut tokens = Vec::with_capacity(words.len());
        for word in words {
            let Range { start, end } = self.range(word.span);
            let delta_line = start.line - line;
            let delta_start =
                if delta_line == 0 { start.character - column } else { start.character };
            (line, column) = (start.line, start.character);
            tokens.push(SemanticToken {
                delta_line,
                delta_start,
                length: end.character - start.character,
                token_type: word.kind as u32,
                token_modifiers_bitset: u32::from(word.is_declaration),
            });
        }
        tokens
    }
}
