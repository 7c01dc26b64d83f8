//! The shape of our Rust sources.
//!
//! In: every `.rs` file. Out: complaints about headers, length, `unsafe`, and words left behind.
//! Holds always: functions are measured on formatted text, where a function ends at the first `}` in
//! the column of its first word.

use crate::repo;

const MOST_LINES_OF_FILE: usize = 800;
const MOST_LINES_OF_FUNCTION: usize = 80;

/// Where `unsafe` may stand, block by block, each with its proof: in the engine, in the bindings to the
/// command line's allocator and to tree-sitter's parser, and in those that count for a test.
const UNSAFE_ROOMS: [&str; 7] = [
    "runtime/src/",
    "runtime/jit/",
    "runtime/capi/",
    "cli/allocator/",
    "lsp/editors/tree-sitter/",
    "tests/memory/counting.rs",
    "compiler/tests/growth/counting.rs",
];

/// Words that mean "not finished" or that tie a source to one machine.
const LEFT_BEHIND: [&str; 10] = [
    "todo!(",
    "unimplemented!(",
    "dbg!(",
    "#[ignore",
    "TODO",
    "FIXME",
    "XXX",
    "/home/",
    "/root/",
    "/work/",
];

#[test]
fn every_file_begins_with_its_header() {
    complain(|_, text| {
        let first = text.lines().next().unwrap_or_default();
        let says = first.strip_prefix("//! ").is_some_and(|words| words.len() >= 5);
        (!says).then(|| "begins without a `//!` header that says what the file is".to_string())
    });
}

#[test]
fn long_files_give_a_reason() {
    complain(|_, text| {
        let lines = text.lines().count();
        let excused = lines <= MOST_LINES_OF_FILE || reasons(text).next().is_some();
        (!excused)
            .then(|| format!("has {lines} lines; split it, or say why not on a `//! Length:` line"))
    });
}

#[test]
fn long_functions_give_a_reason() {
    complain(|_, text| {
        let long: Vec<String> = functions(text)
            .filter(|(_, lines)| *lines > MOST_LINES_OF_FUNCTION)
            .filter(|(name, _)| !reasons(text).any(|reason| reason.contains(&format!("`{name}`"))))
            .map(|(name, lines)| format!("`{name}` has {lines} lines"))
            .collect();
        (!long.is_empty()).then(|| {
            format!("{}; split, or name it and say why on a `//! Length:` line", long.join(", "))
        })
    });
}

#[test]
fn unsafe_stays_in_its_rooms() {
    complain(|name, text| {
        let allowed = UNSAFE_ROOMS.iter().any(|room| name.starts_with(room));
        let mut code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let uses = code.any(|line| {
            ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern", "(unsafe_code"]
                .iter()
                .any(|words| line.contains(words))
        });
        (uses && !allowed).then(|| format!("`unsafe` may stand only in {UNSAFE_ROOMS:?}"))
    });
}

#[test]
fn nothing_is_left_behind() {
    complain(|_, text| {
        let found: Vec<&str> = LEFT_BEHIND.into_iter().filter(|word| text.contains(word)).collect();
        (!found.is_empty()).then(|| format!("contains {found:?}"))
    });
}

#[test]
fn functions_are_measured_from_their_first_to_their_last_line() {
    let text = "pub(crate) fn a() {\n    fn b() {\n    }\n}\nfn c(\n    x: u8,\n) -> u8 {\n    x\n}\n\
                trait T {\n    fn d(&self);\n    fn e() {}\n}\n";
    let found: Vec<_> = functions(text).collect();
    assert_eq!(found, [("a", 4), ("b", 2), ("c", 5)]);
}

/// Asks `judge` about every source but this one, which has to spell what it forbids.
#[track_caller]
fn complain(judge: impl Fn(&str, &str) -> Option<String>) {
    let sources = repo::files("", "rs");
    assert!(sources.len() > 20, "the sources were not found");
    let others = sources.iter().filter(|name| !file!().ends_with(name.as_str()));
    let complaints: Vec<String> = others
        .filter_map(|name| judge(name, &repo::read(name)).map(|words| format!("{name}: {words}")))
        .collect();
    repo::report(&complaints);
}

/// The reasons in a file's header for what is long in it.
fn reasons(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .take_while(|line| line.starts_with("//!"))
        .filter_map(|line| line.strip_prefix("//! Length:"))
}

/// The functions with a block of their own, and how many lines each takes.
fn functions(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let starts: Vec<(usize, &str)> = lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| Some((at, function_name(line)?)))
        .collect();
    starts.into_iter().filter_map(move |(at, name)| {
        let line = lines[at];
        let indent = &line[..line.len() - line.trim_start().len()];
        if line.ends_with(';') || line.ends_with('}') {
            return None;
        }
        let rest = lines[at + 1..].iter().position(|l| {
            l.strip_prefix(indent)
                .is_some_and(|l| l == "}" || l.starts_with(')') && l.ends_with(';'))
        })?;
        Some((name, rest + 2))
    })
}

/// The name of the function that a line begins to define.
fn function_name(line: &str) -> Option<&str> {
    let mut words = line.trim_start();
    while !words.starts_with("fn ") {
        let known = ["pub ", "pub(crate) ", "pub(super) ", "const ", "unsafe ", "async "];
        words = known.iter().find_map(|word| words.strip_prefix(word))?;
    }
    let name = words["fn ".len()..].split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    (!name.is_empty()).then_some(name)
}
