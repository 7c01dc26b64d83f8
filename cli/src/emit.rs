//! The forms between a source and its module, as text.
//!
//! In: sources and the form that is asked for. Out: its text.

use clap::ValueEnum;
use deed_base::Diagnostics;
use deed_bytecode::disassemble;
use deed_compiler::{hir, mir, thir};
use deed_syntax::{lex, print_module, print_tokens};

use crate::compile::{self, Selection};
use crate::exit::Failure;
use crate::front::Front;
use crate::terminal::Terminal;

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Form {
    /// What the lexer makes.
    Tokens,
    /// What the parser makes.
    Ast,
    /// With names bound.
    Hir,
    /// With types.
    Thir,
    /// The optimised middle form.
    Mir,
    /// The listing of the module.
    Bytecode,
    /// The interface, as JSON.
    Abi,
}

/// The text of a form.
pub(crate) fn emit(
    front: &Front,
    form: Form,
    selection: Selection<'_>,
    terminal: &Terminal,
) -> Result<String, Failure> {
    Ok(match form {
        Form::Tokens => tokens(front, terminal)?,
        Form::Ast => front.parse(terminal)?.iter().map(print_module).collect(),
        Form::Hir => hir::print(&front.resolve(terminal)?),
        Form::Thir => thir::print(&front.check(terminal)?),
        Form::Mir | Form::Bytecode | Form::Abi => {
            let artifacts = compile::all(front, selection, terminal)?;
            let texts = artifacts.iter().map(|artifact| match form {
                Form::Abi => artifact.interface(),
                Form::Mir => {
                    let origin = artifact.origin.as_ref();
                    origin.map(|it| mir::print(&it.after)).unwrap_or_default()
                }
                _ => disassemble(&artifact.module, &|name| artifact.source(name)),
            });
            texts.collect::<Vec<_>>().join("\n")
        }
    })
}

fn tokens(front: &Front, terminal: &Terminal) -> Result<String, Failure> {
    let mut diagnostics = Diagnostics::new();
    let files = front.files.iter().map(|id| front.sources.get(*id));
    let texts = files.map(|file| print_tokens(file, &lex(file, &mut diagnostics))).collect();
    front.settle(diagnostics, terminal)?;
    Ok(texts)
}
