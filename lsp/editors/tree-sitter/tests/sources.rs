//! The grammar on the sources of this tree, on broken ones, and its queries.

use std::fs;
use std::path::{Path, PathBuf};

use tree_sitter::{Node, Parser, Query, QueryCursor, StreamingIterator, Tree};

/// Folders whose sources have no mistakes of syntax.
const SOUND: [&str; 8] = [
    "benches/src",
    "cli/templates",
    "examples",
    "lsp/editors",
    "stdlib/src",
    "tests/engine",
    "tests/run",
    "tests/verify",
];

/// Folders of sources with mistakes, each said in a comment beside it.
const JUDGED: [&str; 1] = ["tests/check"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn parse(text: &str) -> Tree {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_deed::LANGUAGE.into()).expect("an ABI that is known");
    parser.parse(text, None).expect("no limit was set")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "deed") {
            found.push(path);
        }
    }
}

fn all(folders: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    folders.iter().for_each(|folder| sources(&root().join(folder), &mut found));
    found
}

/// The first place that was not understood.
fn mistake(node: Node<'_>) -> Option<String> {
    if node.is_error() || node.is_missing() {
        let at = node.start_position();
        return Some(format!("{}:{}", at.row + 1, at.column + 1));
    }
    let children: Vec<_> = node.children(&mut node.walk()).collect();
    children.into_iter().filter(Node::has_error).find_map(mistake)
}

fn is_sound(path: &Path) -> Option<String> {
    let tree = parse(&fs::read_to_string(path).expect("a source"));
    mistake(tree.root_node()).map(|place| format!("{}:{place}", path.display()))
}

#[test]
fn every_source_is_understood() {
    // Codes of the lexer and the parser begin so.
    let is_syntax = |said: &str| said.contains("E00") || said.contains("E01");
    let says_syntax = |text: &str| {
        text.lines().any(|line| line.split_once("//~").is_some_and(|(_, said)| is_syntax(said)))
    };
    let judged = all(&JUDGED).into_iter();
    let judged = judged.filter(|path| !says_syntax(&fs::read_to_string(path).expect("a source")));
    let all: Vec<_> = all(&SOUND).into_iter().chain(judged).collect();
    assert!(all.len() > 700, "only {} sources were found", all.len());
    let complaints: Vec<String> = all.iter().filter_map(|path| is_sound(path)).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn what_is_broken_is_noticed_and_the_rest_is_kept() {
    let text = "module m\n\ncontract C {\n    entry fn a() {\n        let x = (1 +\n    }\n\n    view fn b() -> u64 {\n        return 1\n    }\n}\n\nstruct S { x: u64 }\n";
    let tree = parse(text);
    assert!(tree.root_node().has_error());
    let shape = tree.root_node().to_sexp();
    assert!(shape.contains("(struct name: (identifier)"), "{shape}");
    assert!(parse("module m\nconst A u64 = 1\n").root_node().has_error());
    assert!(parse("module m\nfn f() { a b }\n").root_node().has_error(), "a line is one statement");
}

#[test]
fn ends_of_lines_separate_as_they_do_in_the_compiler() {
    let cases = [
        ("a\n        - b", 2, "a sign may begin a value"),
        ("a\n        + b", 1, "an operator goes on"),
        ("a\n        // why\n        .b()", 1, "so does a dot, behind a comment"),
        ("f(a,\n        b)", 1, "within brackets they mean nothing"),
        ("let x = a\n        let y = b", 2, "a word begins a statement"),
        ("if a { b }\n        else { c }", 1, "`else` goes on"),
        ("match a {\n        .B => c\n        .D => e\n    }", 1, "an arm may begin with a dot"),
    ];
    for (body, statements, why) in cases {
        let tree = parse(&format!("module m\n\nfn f() {{\n        {body}\n}}\n"));
        assert_eq!(mistake(tree.root_node()), None, "{why}: {body}");
        let function = tree.root_node().named_child(1).expect("a function");
        let block = function.child_by_field_name("body").expect("a body");
        assert_eq!(block.named_child_count(), statements, "{why}: {body}\n{}", block.to_sexp());
    }
}

#[test]
fn a_brace_opens_a_body_where_one_can_begin() {
    let shape = parse(
        "module m\n\nfn f() {\n    if a { b }\n    let c = D { e }\n    if (F { g }).h { i }\n}\n",
    );
    let shape = shape.root_node().to_sexp();
    assert_eq!(shape.matches("struct_literal").count(), 2, "{shape}");
    assert_eq!(mistake(parse("module m\n").root_node()), None);
}

#[test]
fn queries_fit_the_grammar_and_colour_every_word() {
    let language = tree_sitter_deed::LANGUAGE.into();
    let zed = fs::read_dir(root().join("lsp/editors/zed/languages/deed")).expect("a folder");
    let zed = zed.map(|entry| entry.expect("an entry").path());
    let zed = zed.filter(|path| path.extension().is_some_and(|it| it == "scm"));
    let zed =
        zed.map(|path| (path.display().to_string(), fs::read_to_string(&path).expect("a query")));
    let own = tree_sitter_deed::QUERIES.map(|(name, text)| (name.to_owned(), text.to_owned()));
    for (name, text) in own.into_iter().chain(zed) {
        if let Err(why) = Query::new(&language, &text) {
            panic!("{name}: {why}");
        }
    }
    let path = root().join("lsp/editors/vscode/test/picture/pot.deed");
    let text = fs::read_to_string(path).expect("a source");
    let tree = parse(&text);
    let query = Query::new(&language, tree_sitter_deed::HIGHLIGHTS).expect("a query");
    let mut cursor = QueryCursor::new();
    let mut matches = cursor.matches(&query, tree.root_node(), text.as_bytes());
    let mut captures = Vec::new();
    while let Some(found) = matches.next() {
        for one in found.captures {
            let name = query.capture_names()[one.index as usize];
            captures.push((name, &text[one.node.byte_range()]));
        }
    }
    for expected in [
        ("keyword", "contract"),
        ("type", "Pot"),
        ("type.builtin", "u64"),
        ("function", "put"),
        ("variable.other.member", "total"),
        ("variable.parameter", "amount"),
        ("keyword.control.exception", "throws"),
        ("constant.numeric", "1_000"),
        ("string", "in and out"),
        ("comment.documentation", "/// Puts something in."),
    ] {
        assert!(captures.contains(&expected), "{expected:?} is not among {captures:?}");
    }
}
