//! What stands beside the code, in the protocol's words: proofs, hints, lenses, actions, calls.
//!
//! In: results of features. Out: the protocol's types.

use deed_base::SourceId;
use deed_compiler::arena::FnId;
use serde_json::json;
use tower_lsp::lsp_types::{
    CallHierarchyItem, CodeAction, CodeActionKind, CodeLens, Command, Diagnostic,
    DiagnosticRelatedInformation, DiagnosticSeverity, InlayHint, InlayHintKind, InlayHintLabel,
    NumberOrString, SymbolInformation, SymbolKind, Url,
};

use super::{Convert, symbol_kind};
use crate::analysis::describe;
use crate::features::assists::{self, Assist};
use crate::features::call_hierarchy::{container, extent};
use crate::features::code_lenses::{Action, Lens};
use crate::features::diagnostics::diagnostics;
use crate::features::format::Change;
use crate::features::gas::Gas;
use crate::features::inlay_hints::{self, Hint};
use crate::features::proofs::{Finding, Proofs, Status};
use crate::features::workspace_symbols::Found;
use crate::server::commands;

impl Convert<'_> {
    /// The compiler's messages about a file, and the verifier's where they are about this text.
    pub(in crate::server) fn diagnostics(
        &self,
        source: SourceId,
        proofs: Option<&Proofs>,
    ) -> Vec<Diagnostic> {
        let messages = diagnostics(self.analysis, source);
        let mut list: Vec<Diagnostic> = messages.iter().map(|m| self.diagnostic(m)).collect();
        let proofs = proofs.filter(|proofs| proofs.hold_for(self.analysis));
        let findings = proofs.into_iter().flat_map(|proofs| &proofs.findings);
        let own = findings.filter(|finding| finding.clause.source == source);
        list.extend(own.filter_map(|finding| self.finding(finding)));
        list
    }

    /// The message about a promise that is not proved.
    fn finding(&self, finding: &Finding) -> Option<Diagnostic> {
        let Finding { function, promise, .. } = finding;
        let (severity, code, mut message) = match finding.status {
            Status::Proved => return None,
            Status::Refuted => (
                DiagnosticSeverity::ERROR,
                "E0706",
                format!("`{function}` breaks this promise ({promise})"),
            ),
            Status::NotProved => (
                DiagnosticSeverity::WARNING,
                "E0701",
                format!("`{function}` may break this promise ({promise})"),
            ),
            Status::Undecided => (
                DiagnosticSeverity::INFORMATION,
                "E0702",
                format!("whether `{function}` keeps this promise ({promise}) is not known"),
            ),
        };
        finding.reason.iter().for_each(|reason| message.push_str(&format!("\n{reason}")));
        for (name, value) in &finding.values {
            message.push_str(&format!("\n{name} = {value}"));
        }
        finding.test.iter().for_each(|test| message.push_str(&format!("\n{test}")));
        let way_out = self.location(finding.place).map(|location| {
            vec![DiagnosticRelatedInformation { location, message: "on this way out".to_owned() }]
        });
        Some(Diagnostic {
            range: self.range(finding.clause),
            severity: Some(severity),
            code: Some(NumberOrString::String(code.to_owned())),
            source: Some("deed verify".to_owned()),
            message,
            related_information: way_out.filter(|_| finding.place != finding.clause),
            ..Diagnostic::default()
        })
    }

    pub(in crate::server) fn hint(&self, hint: Hint) -> InlayHint {
        use inlay_hints::Kind;
        let (kind, left, right) = match hint.kind {
            Kind::Type => (Some(InlayHintKind::TYPE), false, false),
            Kind::Parameter => (Some(InlayHintKind::PARAMETER), false, true),
            Kind::Effects | Kind::Proof | Kind::Gas => (None, true, true),
        };
        InlayHint {
            position: self.position(hint.source, hint.offset),
            label: InlayHintLabel::String(hint.text),
            kind,
            text_edits: None,
            tooltip: None,
            padding_left: Some(left),
            padding_right: Some(right),
            data: None,
        }
    }

    /// A lens with what is known of its promise.
    pub(in crate::server) fn lens(
        &self,
        lens: Lens,
        uri: &Url,
        proofs: Option<&Proofs>,
    ) -> CodeLens {
        let mut title = lens.action.title().to_owned();
        let (command, argument) = match &lens.action {
            Action::Verify { contract, function } => {
                let score = proofs.and_then(|p| p.score(contract, function.as_deref()));
                if let Some((proved, all)) = score {
                    let sign = if proved == all { '✓' } else { '✗' };
                    title = format!("{sign} {proved} of {all} proved");
                }
                let about = json!({ "uri": uri, "contract": contract, "function": function });
                (commands::VERIFY, about)
            }
            Action::Test { title } => (commands::TEST, json!({ "uri": uri, "title": title })),
            Action::Run { contract } => {
                (commands::RUN, json!({ "uri": uri, "contract": contract }))
            }
            Action::Gas { contract } => {
                (commands::GAS, json!({ "uri": uri, "contract": contract }))
            }
        };
        let command =
            Command { title, command: command.to_owned(), arguments: Some(vec![argument]) };
        CodeLens { range: self.range(lens.span), command: Some(command), data: None }
    }

    /// What the functions of a file used of gas when the tests ran last.
    pub(in crate::server) fn gas_lenses(&self, source: SourceId, gas: &Gas) -> Vec<CodeLens> {
        let functions = self.analysis.thir.functions.iter();
        let own = functions.filter(|(_, function)| function.name.span.source == source);
        let lens = |(id, function): (FnId, &deed_compiler::thir::Function)| {
            let command = Command {
                title: gas.of(self.analysis, id)?,
                command: String::new(),
                arguments: None,
            };
            let range = self.range(function.name.span);
            Some(CodeLens { range, command: Some(command), data: None })
        };
        own.filter_map(lens).collect()
    }

    pub(in crate::server) fn assist(&self, assist: &Assist) -> CodeAction {
        let kind = match assist.kind {
            assists::Kind::Fix => CodeActionKind::QUICKFIX,
            assists::Kind::Extract => CodeActionKind::REFACTOR_EXTRACT,
            assists::Kind::Write => CodeActionKind::REFACTOR_REWRITE,
        };
        CodeAction {
            title: assist.title.clone(),
            kind: Some(kind),
            edit: Some(self.workspace_edit(&assist.changes)),
            ..CodeAction::default()
        }
    }

    pub(in crate::server) fn pasted_test(&self, title: String, change: &Change) -> CodeAction {
        let edit = Some(self.workspace_edit(std::slice::from_ref(change)));
        CodeAction { title, kind: Some(CodeActionKind::QUICKFIX), edit, ..CodeAction::default() }
    }

    pub(in crate::server) fn call_item(&self, function: FnId) -> Option<CallHierarchyItem> {
        let own = &self.analysis.thir.functions[function];
        let word = own.name.span;
        let whole = extent(self.analysis, function);
        let is_inside = whole.start <= word.start && word.end <= whole.end;
        Some(CallHierarchyItem {
            name: own.name.text.to_string(),
            kind: if own.contract().is_some() { SymbolKind::METHOD } else { SymbolKind::FUNCTION },
            tags: None,
            detail: Some(format!(
                "{} in {}",
                describe::signature(&self.analysis.thir, own),
                container(self.analysis, function)
            )),
            uri: self.url(word.source)?,
            range: self.range(if is_inside { whole } else { word }),
            selection_range: self.range(word),
            data: None,
        })
    }

    #[allow(deprecated, reason = "the field must be written, whatever it is")]
    pub(in crate::server) fn found(&self, found: Found) -> Option<SymbolInformation> {
        Some(SymbolInformation {
            name: found.name,
            kind: symbol_kind(found.kind),
            tags: None,
            deprecated: None,
            location: self.location(found.name_span)?,
            container_name: Some(found.container),
        })
    }
}
