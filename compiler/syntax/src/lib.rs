//! Tokens, grammar, tree and formatter of Deed.
//!
//! In: source texts. Out: [`Token`]s, [`ast::Module`]s, canonical text.
//! Holds always: any bytes give a tree and diagnostics; nothing panics, hangs or recurses without
//! bound.

pub mod ast;
mod format;
mod layout;
mod lexer;
mod parser;
mod print;
mod read;
mod reporter;
mod token;

pub use format::format;
pub use lexer::lex;
pub use parser::parse;
pub use print::{print_module, print_tokens};
pub use read::read_source;
pub use token::{Token, TokenKind};

/// How deeply brackets, operators and blocks may nest, so that every later pass may recurse.
pub const MAX_DEPTH: usize = 200;
