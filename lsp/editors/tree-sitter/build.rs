//! Generates the parser from `grammar.js`, with Node.js, and compiles it with the scanner.
//!
//! In: `grammar.js`, `src/scanner.c`. Out: `src/parser.c`, where editors look for it, and a library.

use std::path::Path;

use tree_sitter_generate::{OptLevel, generate_parser_in_directory};

/// Known to the editors of the last years.
const ABI: usize = 14;

fn main() {
    for file in ["grammar.js", "src/scanner.c"] {
        println!("cargo:rerun-if-changed={file}");
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (src, grammar) = (here.join("src"), here.join("grammar.js"));
    let node = Some("node");
    let options = OptLevel::default();
    if let Err(why) = generate_parser_in_directory(
        here,
        Some(&src),
        Some(&grammar),
        ABI,
        None,
        node,
        true,
        options,
    ) {
        panic!("the parser cannot be generated: {why}");
    }
    let files = ["parser.c", "scanner.c"].map(|file| src.join(file));
    cc::Build::new().std("c11").include(&src).files(files).compile("tree-sitter-deed");
}
