//! What the book says for editors, tried in the editors themselves.
//!
//! In: `docs/editors.md`, `lsp/editors`, and the `deed` of this tree. Out: an error where an editor does
//! not show what the server says.
//! Holds always: what is installed for it lies below `target/editors`, but for Debian's packages.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::{extension, run, setup, zed};

/// One editor, by its name on the command line.
struct Editor {
    name: &'static str,
    check: fn(&Tools) -> Result<(), String>,
}

const EDITORS: [Editor; 6] = [
    Editor { name: "tree-sitter", check: tree_sitter },
    Editor { name: "emacs", check: emacs },
    Editor { name: "neovim", check: neovim },
    Editor { name: "helix", check: helix },
    Editor { name: "zed", check: for_zed },
    Editor { name: "code", check: code },
];

/// The editors of Debian's testing release: the recipes are for newer ones than many machines have.
const TODAY: &str = "hx,neovim,emacs-nox,tmux,libstdc++6";

/// The compiled grammar, below the folder for what is installed.
const GRAMMAR: &str = "deed.so";

/// What every check needs.
struct Tools {
    /// Where `deed` lies.
    bin: PathBuf,
    /// For what is installed.
    folder: PathBuf,
}

/// Tries the editors that are named, or all.
///
/// # Errors
/// An editor is missing and cannot be installed, or what the book says for it does not work.
pub(crate) fn check(names: &[&str]) -> Result<(), String> {
    if let Some(unknown) = names.iter().find(|name| !EDITORS.iter().any(|e| e.name == **name)) {
        let known = EDITORS.map(|editor| editor.name).join(", ");
        return Err(format!("there is no `{unknown}` among the editors: {known}"));
    }
    run::succeed(run::cargo().args(["build", "--quiet", "--package", "deed"]))?;
    let target = env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    let target = run::root().join(target);
    let tools = Tools { bin: target.join("debug"), folder: target.join("editors") };
    for editor in EDITORS.iter().filter(|e| names.is_empty() || names.contains(&e.name)) {
        eprintln!("editors: {}", editor.name);
        (editor.check)(&tools)?;
    }
    Ok(())
}

/// The grammar, on the sources of this tree.
fn tree_sitter(_: &Tools) -> Result<(), String> {
    own_workspace("test", "lsp/editors/tree-sitter")
}

/// As much as can be tried without Zed, which compiles the extension to WebAssembly.
fn for_zed(_: &Tools) -> Result<(), String> {
    zed::package()?;
    own_workspace("clippy", "lsp/editors/zed")?;
    own_workspace("test", "lsp/editors/zed")
}

/// Runs cargo in a workspace of its own.
fn own_workspace(verb: &str, folder: &str) -> Result<(), String> {
    let manifest = format!("{folder}/Cargo.toml");
    run::succeed(run::cargo().args([verb, "--quiet", "--manifest-path", &manifest]))
}

/// The machine's own, which may be older than the first that brought eglot along, and today's.
fn emacs(tools: &Tools) -> Result<(), String> {
    let arguments = ["emacs", "--batch", "-Q", "-l", "emacs/check.el"];
    if !is_there("emacs") {
        setup::install(&["emacs-nox", "elpa-eglot"], "Emacs with eglot is missing")?;
    }
    here_and_today(tools, &arguments)
}

/// The machine's own, for which the book may have a recipe of its own, and today's.
fn neovim(tools: &Tools) -> Result<(), String> {
    if !is_there("nvim") {
        setup::install(&["neovim"], "Neovim is missing")?;
    }
    tools.grammar()?;
    let script = "luafile neovim/check.lua";
    here_and_today(tools, &["nvim", "--headless", "-u", "NONE", "-c", script])
}

fn helix(tools: &Tools) -> Result<(), String> {
    tools.grammar()?;
    if is_there("hx") && is_there("tmux") {
        return run::succeed(&mut tools.command("helix/check.sh"));
    }
    run::succeed(&mut tools.today(&["helix/check.sh"])?)
}

/// Visual Studio Code as a server, with the packaged extension, in a browser without a screen.
fn code(tools: &Tools) -> Result<(), String> {
    extension::package()?;
    if !is_there("chromium") {
        setup::install(&["chromium"], "Chromium is missing")?;
    }
    let window = extension::folder().join("test/window");
    let installed = tools.folder.join("code");
    run::succeed(Command::new("node").arg(window.join("install.mjs")).arg(&installed))?;
    let mut test = Command::new("node");
    test.arg("--test").arg(window.join("window.test.mjs"));
    test.env("DEED", tools.bin.join("deed")).env("DEED_CODE", installed);
    run::succeed(&mut test)
}

fn here_and_today(tools: &Tools, command: &[&str]) -> Result<(), String> {
    run::succeed(tools.command(command[0]).args(&command[1..]))?;
    run::succeed(&mut tools.today(command)?)
}

impl Tools {
    /// A program of this machine, beside the recipes' checks and with `deed` on its path.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(checks()).env("PATH", self.path());
        command.env("DEED_GRAMMAR", self.folder.join(GRAMMAR));
        command
    }

    /// The grammar as editors load it.
    fn grammar(&self) -> Result<(), String> {
        zed::build_grammar()?;
        fs::create_dir_all(&self.folder)
            .map_err(|why| format!("{}: {why}", self.folder.display()))?;
        let source = checks().join("tree-sitter/src");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-I"]).arg(&source);
        compiler.args(["parser.c", "scanner.c"].map(|file| source.join(file)));
        run::succeed(compiler.arg("-o").arg(self.folder.join(GRAMMAR)))
    }

    fn path(&self) -> std::ffi::OsString {
        let path = env::var_os("PATH").unwrap_or_default();
        let all = [self.bin.clone()].into_iter().chain(env::split_paths(&path));
        // A folder whose name cannot stand in a path could not be built in either.
        env::join_paths(all).unwrap_or(path)
    }

    /// As [`Self::command`], of a Debian of today in a folder, which sees this tree where it lies.
    fn today(&self, words: &[&str]) -> Result<Command, String> {
        let root = self.folder.join("debian");
        provide_debian(&root)?;
        let library = deed_z3::provide().map_err(|error| error.to_string())?.folder;
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh"]).arg(checks().join("debian.sh")).arg(&root);
        command.args([run::root(), &library, &self.bin, &self.folder]).arg("--").args(words);
        command.env("PATH", self.path()).current_dir(checks());
        command.env("DEED_GRAMMAR", self.folder.join(GRAMMAR));
        Ok(command)
    }
}

/// Debian's testing release in a folder, with the editors.
fn provide_debian(root: &Path) -> Result<(), String> {
    let done = root.join("usr/bin/hx");
    if done.is_file() {
        return Ok(());
    }
    if !is_there("debootstrap") {
        setup::install(&["debootstrap"], "debootstrap, which brings today's editors, is missing")?;
    }
    eprintln!("editors: Debian's testing release goes into {}", root.display());
    let mut bootstrap = Command::new("debootstrap");
    bootstrap.args(["--variant=minbase", "--include", TODAY, "testing"]).arg(root);
    run::succeed(bootstrap.arg("http://deb.debian.org/debian"))
}

fn checks() -> PathBuf {
    run::root().join("lsp/editors")
}

fn is_there(program: &str) -> bool {
    Command::new("which").arg(program).output().is_ok_and(|output| output.status.success())
}
