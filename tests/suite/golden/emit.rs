//! `tests/emit/FORM/`: each intermediate form as text, compared with a file beside the source.
//!
//! In: a source and the form that its folder names. Out: the difference of the two texts.
//! Holds always: with `BLESS=1` the files are written anew, but never where `CI` is set.

use super::diff::settle;
use crate::repo;
use crate::stages::{Front, LEVELS, Source, each};
use deed_compiler::opt::optimise_watched;
use deed_compiler::{mir, thir};

#[test]
fn forms_are_printed_as_before() {
    let sources = repo::files("tests/emit", "deed");
    each(sources.into_iter().map(|name| (name, ())).collect(), |name, ()| {
        let form = name.split('/').nth(2).unwrap_or_default();
        let actual = emit(form, &Front::of(&[Source::file(name)]))?;
        let snapshot = format!("{}.{form}", name.trim_end_matches(".deed"));
        settle(&snapshot, &actual)
    });
}

/// The text of a form.
fn emit(form: &str, front: &Front) -> Result<String, String> {
    let [none, _, full, _] = LEVELS;
    match form {
        "thir" => Ok(thir::print(&front.package)),
        "mir" => Ok(mir::print(&front.build(none)?.built.before)),
        "opt" => Ok(mir::print(&front.build(full)?.built.after)),
        "passes" => passes(front),
        "bytecode" => Ok(deed_bytecode::disasm::listing(&front.build(full)?.built.module)),
        "abi" => {
            let text = serde_json::to_string_pretty(&front.build(full)?.abi);
            text.map(|text| text + "\n").map_err(|error| error.to_string())
        }
        _ => Err(format!("`{form}` is no form; there are thir, mir, opt, passes, bytecode, abi")),
    }
}

/// The functions before optimisation, and what each pass makes of those that it changes or drops.
fn passes(front: &Front) -> Result<String, String> {
    let [none, .., most] = LEVELS;
    let mut program = front.build(none)?.built.before;
    let mut before = functions(&program);
    let mut text = before.concat();
    optimise_watched(&mut program, most, |pass, program| {
        let after = functions(program);
        let changed: Vec<&str> =
            after.iter().filter(|one| !before.contains(one)).map(String::as_str).collect();
        let is_gone = |one: &&String| !after.iter().any(|other| head(other) == head(one));
        let gone: String =
            before.iter().filter(is_gone).map(|one| format!("\n{} is gone\n", head(one))).collect();
        if !changed.is_empty() || !gone.is_empty() {
            let changed = changed.concat();
            text += &format!("\n== {}: {} ==\n{gone}{changed}", pass.name, pass.about);
        }
        before = after;
    });
    Ok(text)
}

/// What a function is called, with what it is.
fn head(function: &str) -> &str {
    function.split('(').next().unwrap_or_default().trim()
}

/// The text of each function.
fn functions(program: &mir::Program) -> Vec<String> {
    let text = mir::print(program);
    let functions = text.split_inclusive("\n}\n").filter(|one| one.contains(" fn "));
    let start = |one: &str| one.find("\n\n").map_or(0, |at| at + 1);
    functions
        .map(|one| one[start(one)..].to_string())
        .filter(|one| !one.contains("init fn init()"))
        .collect()
}
