//! The examples in the documents do what the text around them says.
//!
//! In: the fences of `docs/` and of the `README`s that begin with `deed`. Out: those that do otherwise.
//!
//! | fence | must |
//! |---|---|
//! | `deed`, `deed ok` | compile without an error |
//! | `deed fail` | give an error, on a page of a code that code and no other |
//! | `deed later` | give E0901 or E0902, and no other error |
//! | `deed file=NAME` | do what `cli/tests/cli/sessions.rs` sees to |
//!
//! On the page of a code E0901 may stand beside it, for a page may show what is not executed yet.
//!
//! A fence may end in ` file=NAME`, the name under which a session of the README uses it.
//! Holds always: an example is a whole source; what is no source stands in a `text` fence.

use crate::repo;
use crate::stages::{Front, Source, each};
use deed_base::{Severity, catalogue};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Ok,
    Fail,
    Later,
}

/// An example and the line on which its fence stands.
#[derive(PartialEq, Eq, Debug)]
struct Example {
    line: usize,
    kind: Kind,
    text: String,
}

#[test]
fn examples_do_what_they_show() {
    let mut pages = repo::files("docs", "md");
    pages.extend(["README.md", "README.zh-CN.md"].map(str::to_string));
    let cases = pages.into_iter().map(|page| (page, ())).collect();
    each(cases, |page, ()| {
        let path = repo::root().join(page);
        let text = if path.exists() { repo::read(page) } else { String::new() };
        let mut complaints = Vec::new();
        for example in examples(&text)? {
            if let Err(why) = judge(page, &example) {
                complaints.push(format!("line {}: {why}", example.line));
            }
        }
        if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n")) }
    });
}

fn judge(page: &str, example: &Example) -> Result<(), String> {
    let source = Source { name: page.to_string(), bytes: example.text.clone().into_bytes() };
    let lints = page.starts_with("docs/errors/E10");
    let mut front = if lints { Front::linted(&[source]) } else { Front::of(&[source]) };
    front.lower();
    let came = front.diagnostics.sorted();
    let mut errors: Vec<&str> =
        came.iter().filter(|d| d.severity() == Severity::Error).map(|d| d.code.id).collect();
    errors.dedup();
    if page.starts_with("docs/errors/") && example.kind != Kind::Later {
        // What a page shows is often a part of the language that is read and not executed yet.
        errors.retain(|id| *id != catalogue::NOT_YET.id);
    }
    let name = page.rsplit('/').next().unwrap_or_default().trim_end_matches(".md");
    let code = catalogue::find(name).map(|code| code.id);
    let shown = came.iter().map(|d| d.code.id).any(|id| Some(id) == code);
    let right = match (example.kind, code) {
        (Kind::Ok, _) => errors.is_empty() && !shown,
        (Kind::Later, _) => {
            !errors.is_empty() && errors.iter().all(|id| ["E0901", "E0902"].contains(id))
        }
        (Kind::Fail, Some(code)) => shown && errors.iter().all(|id| *id == code),
        (Kind::Fail, None) => !errors.is_empty(),
    };
    let kind = example.kind;
    if right { Ok(()) } else { Err(format!("the {kind:?} example gives:\n{}", front.messages())) }
}

/// The examples of a page.
fn examples(text: &str) -> Result<Vec<Example>, String> {
    let mut found = Vec::new();
    let mut lines = (1..).zip(text.lines());
    while let Some((line, fence)) = lines.next() {
        let Some(info) = fence.strip_prefix("```").filter(|info| !info.is_empty()) else {
            continue;
        };
        let body = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```");
        let text: String = body.flat_map(|line| [line, "\n"]).collect();
        let kind = match info.split(" file=").next().unwrap_or(info) {
            "deed" | "deed ok" => Kind::Ok,
            "deed fail" => Kind::Fail,
            "deed later" => Kind::Later,
            _ if info.starts_with("deed file=") => continue,
            _ if info.starts_with("deed") => return Err(format!("{line}: unknown fence `{info}`")),
            _ => continue,
        };
        found.push(Example { line, kind, text });
    }
    Ok(found)
}

#[test]
fn fences_are_told_apart() {
    let text =
        "a\n```text\nx\n```\n```deed fail file=y.deed\ny\nz\n```\n```\nno\n```\n```deed\nw\n```\n";
    let fail = Example { line: 5, kind: Kind::Fail, text: "y\nz\n".into() };
    let fine = Example { line: 12, kind: Kind::Ok, text: "w\n".into() };
    assert_eq!(examples(text).unwrap(), [fail, fine]);
    assert!(examples("```deed maybe\n```\n").is_err());
}
