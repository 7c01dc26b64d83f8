//! Every word and sign of the grammar stands in a case that is accepted.
//!
//! In: the page of the grammar, and the cases that expect no error. Out: what stands in none of them.
//! Holds always: what a later version brings is listed, and is refused wherever it stands.

use super::PAGE;
use crate::repo;
use deed_base::{Diagnostics, SourceMap};
use std::collections::BTreeSet;

/// Words that are read to be refused.
const LATER: [&str; 3] = ["finally", "par", "reentrant"];

#[test]
fn every_word_and_sign_stands_in_an_accepted_case() {
    let (mut words, mut text) = (BTreeSet::new(), String::new());
    for case in accepted() {
        let mut map = SourceMap::new();
        let id = map.add(case.as_str(), case.as_str());
        let tokens = deed_syntax::lex(map.get(id), &mut Diagnostics::new());
        words.extend(tokens.iter().map(|token| map.get(id).slice(token.span).to_string()));
        text += &case;
    }
    let page = repo::read(PAGE);
    let rules = page.split_once("## Lists").map_or("", |(_, rules)| rules);
    let missing = terminals(rules).into_iter().filter(|terminal| {
        let is_word = terminal.chars().all(char::is_alphanumeric);
        !LATER.contains(terminal)
            && !if is_word { words.contains(*terminal) } else { text.contains(terminal) }
    });
    let complaints: Vec<String> = missing
        .map(|terminal| format!("`{terminal}` stands in no case that is accepted"))
        .collect();
    repo::report(&complaints);
}

/// The texts of the cases that expect no error.
fn accepted() -> Vec<String> {
    let folders = ["tests/check", "tests/run", "tests/emit", "tests/syntax"];
    let files = folders.iter().flat_map(|folder| repo::files(folder, "deed"));
    files.map(|file| repo::read(&file)).filter(|text| !text.contains("error[")).collect()
}

/// What stands in quotes.
fn terminals(rules: &str) -> BTreeSet<&str> {
    rules.split('"').skip(1).step_by(2).collect()
}
