//! The rules as EBNF, in the notation of the W3C (XML 1.0, section 6).
//!
//! Holds always: what begins with itself is written as a repetition; an alternative that an error
//! alone leads to is left out.

use super::{Rule, Section, Symbol};

pub(super) fn page(head: &str, sections: &[Section]) -> String {
    let mut page = head.to_owned();
    for section in sections.iter().filter(|section| section.title != "Recovery") {
        let rules: Vec<String> = section.rules.iter().filter_map(rule).collect();
        if !rules.is_empty() {
            page.push_str(&format!("\n## {}\n\n```text\n{}```\n", section.title, rules.concat()));
        }
    }
    page
}

/// Patterns for lists stand where they are used, and have no rule of their own.
const LISTS: [&str; 9] =
    ["List", "List1", "Comma", "Comma1", "Skipping", "Skipping1", "Lines", "Entries", "Many"];

fn rule(rule: &Rule) -> Option<String> {
    if (rule.generic && LISTS.contains(&rule.name.as_str())) || rule.name == "CloseAngle" {
        return None;
    }
    let usable = rule.alternatives.iter().filter(|symbols| !leads_from_error(symbols));
    let (mut first, mut rest, mut empty) = (Vec::new(), Vec::new(), false);
    for symbols in usable {
        match symbols.split_first() {
            None => empty = true,
            Some((Symbol::Rule(name) | Symbol::Apply(name, _), behind)) if *name == rule.name => {
                rest.push(sequence(behind));
            }
            Some(_) => first.push(sequence(symbols)),
        }
    }
    first.dedup();
    let mut body = first.join(" | ");
    if !rest.is_empty() {
        let many = first.len() > 1;
        let start = if many { format!("( {body} )") } else { body };
        body = format!("{start} ( {} )*", rest.join(" | "));
    }
    if empty {
        body = format!("( {body} )?");
    }
    Some(lines(&rule.name, &body))
}

/// A rule, broken between its alternatives where it is long.
fn lines(name: &str, body: &str) -> String {
    let one = format!("{name} ::= {body}\n");
    if one.chars().count() <= 110 {
        return one;
    }
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    let mut quoted = false;
    for (at, c) in body.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            '|' if !quoted && depth == 0 => {
                parts.push(body[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(body[start..].trim());
    format!("{name} ::=\n      {}\n", parts.join("\n    | "))
}

fn leads_from_error(symbols: &[Symbol]) -> bool {
    symbols.iter().any(|symbol| match symbol {
        Symbol::Recovery => true,
        Symbol::Rule(name) => name == "Wreck",
        _ => false,
    })
}

fn sequence(symbols: &[Symbol]) -> String {
    let words: Vec<String> = symbols.iter().map(write).collect();
    // The two halves of `>>` and `>>=` are tokens of their own for the parser alone.
    words.join(" ").replace("JOINT_GT \">", "\">>")
}

fn write(symbol: &Symbol) -> String {
    match symbol {
        Symbol::Token(token) => class(token).to_owned(),
        Symbol::Rule(name) if name == "CloseAngle" => "\">\"".to_owned(),
        Symbol::Rule(name) => name.clone(),
        Symbol::Apply(name, args) => apply(name, args),
        Symbol::Optional(of) => format!("{}?", write(of)),
        Symbol::Repeat(of) => format!("{}*", write(of)),
        Symbol::RepeatOnce(of) => format!("{}+", write(of)),
        Symbol::Recovery => String::new(),
    }
}

fn apply(name: &str, args: &[Symbol]) -> String {
    let of: Vec<String> = args.iter().map(write).collect();
    let one = || of.first().cloned().unwrap_or_default();
    let separated = |by: &str| format!("{0} ( {by} {0} )*", one());
    match name {
        "List1" => separated(of.get(1).map_or("", String::as_str)),
        "Comma1" => separated("\",\""),
        "Comma" => format!("( {} \",\"? )?", separated("\",\"")),
        "Lines" => format!("( {} newline? )?", separated("newline")),
        "Entries" => format!("( {} Sep? )?", separated("Sep")),
        "Many" => format!("{}*", one()),
        // The kind of an expression is told in words.
        _ => name.to_owned(),
    }
}

/// The name of a class of tokens; words and signs are themselves.
fn class(token: &str) -> &str {
    match token {
        "IDENT" => "identifier",
        "INT" => "integer",
        "STR" => "text",
        "STR_HEAD" => "text_head",
        "STR_MID" => "text_middle",
        "STR_TAIL" => "text_tail",
        "BYTES" => "bytes",
        "NL" => "newline",
        other => other,
    }
}
