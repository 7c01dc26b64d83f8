//! The extension of Zed, put together where Zed takes it from.
//!
//! In: `lsp/editors/zed`, and the grammar of `lsp/editors/tree-sitter`. Out: `target/editors/zed`, the folder
//! for *zed: install dev extension*.
//! Holds always: nothing outside `target` changes, but for the parser that the grammar's own build writes.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::run;

/// What Zed compiles of the grammar; it clones a repository for it.
const GRAMMAR: [&str; 3] = ["grammar.js", "src", "queries"];

/// Puts the extension together.
///
/// # Errors
/// The grammar cannot be generated, git is missing, or a file cannot be written.
pub(crate) fn package() -> Result<(), String> {
    build_grammar()?;
    let editors = run::root().join("lsp/editors");
    let target = run::root().join("target/editors");
    let (repository, extension) = (target.join("zed-grammar"), target.join("zed"));
    for folder in [&repository, &extension] {
        make_anew(folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    }
    let parts = GRAMMAR.map(|part| editors.join("tree-sitter").join(part));
    run::succeed(Command::new("cp").arg("-R").args(parts).arg(&repository))?;
    let rev = commit(&repository)?;
    let parts = ["Cargo.toml", "extension.toml", "src", "languages"];
    let parts = parts.map(|part| editors.join("zed").join(part));
    run::succeed(Command::new("cp").arg("-RL").args(parts).arg(&extension))?;
    let manifest = extension.join("extension.toml");
    let place = repository.display();
    let grammar = format!("\n[grammars.deed]\nrepository = \"file://{place}\"\nrev = \"{rev}\"\n");
    let whole = fs::read_to_string(&manifest).map(|text| text + &grammar);
    let written = whole.and_then(|text| fs::write(&manifest, text));
    written.map_err(|why| format!("{}: {why}", manifest.display()))?;
    eprintln!("zed: `zed: install dev extension` takes {}", extension.display());
    Ok(())
}

/// Generates the parser, and compiles it.
///
/// # Errors
/// Node.js or a compiler is missing.
pub(crate) fn build_grammar() -> Result<(), String> {
    let manifest = "lsp/editors/tree-sitter/Cargo.toml";
    run::succeed(run::cargo().args(["build", "--quiet", "--manifest-path", manifest]))
}

fn make_anew(folder: &Path) -> std::io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)
}

/// Makes a repository of what lies in a folder; its only commit.
fn commit(folder: &Path) -> Result<String, String> {
    let git = || {
        let mut git = Command::new("git");
        git.current_dir(folder).args(["-c", "user.name=Deed", "-c", "user.email=deed@localhost"]);
        git
    };
    run::succeed(git().args(["init", "--quiet"]))?;
    run::succeed(git().args(["add", "--all"]))?;
    run::succeed(git().args(["commit", "--quiet", "--message", "Deed for tree-sitter"]))?;
    let head = git().args(["rev-parse", "HEAD"]).output();
    let head = head.map_err(|why| format!("git: {why}"))?;
    Ok(String::from_utf8_lossy(&head.stdout).trim().to_owned())
}
