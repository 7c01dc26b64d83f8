//! `docs/grammar.md`: the grammar of the language, made from the one that the parser is made from.
//!
//! In: `compiler/syntax/src/grammar.lalrpop`. Out: a complaint where the page says something else;
//! with `BLESS=1` the page is written anew.
//! Holds always: what is there for recovery and for places alone is left out.

mod exercised;
mod read;
mod write;

use super::diff::settle;
use crate::repo;

const GRAMMAR: &str = "compiler/syntax/src/grammar.lalrpop";
const PAGE: &str = "docs/grammar.md";

/// What stands above the rules.
const HEAD: &str = include_str!("head.md");

#[test]
fn the_page_is_the_grammar() {
    let sections = read::sections(&repo::read(GRAMMAR)).expect("the grammar can be read");
    let page = write::page(HEAD, &sections);
    settle(PAGE, &page).unwrap_or_else(|why| panic!("{why}"));
}

/// A part of the grammar under one heading.
struct Section {
    title: String,
    rules: Vec<Rule>,
}

/// `Name ::= a | b`; a rule with parameters is a pattern for lists.
struct Rule {
    name: String,
    generic: bool,
    alternatives: Vec<Vec<Symbol>>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Symbol {
    /// A word or sign, or a class of tokens.
    Token(String),
    Rule(String),
    /// A rule with parameters, given symbols or, for the two kinds of expression, a word.
    Apply(String, Vec<Symbol>),
    Optional(Box<Symbol>),
    Repeat(Box<Symbol>),
    RepeatOnce(Box<Symbol>),
    /// Where the parser takes up again after an error.
    Recovery,
}
