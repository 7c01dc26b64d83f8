//! `tests/emit/FORM/`: each intermediate form as text, compared with a file beside the source.
//!
//! In: a source and the form that its folder names. Out: the difference of the two texts.
//! Holds always: with `BLESS=1` the files are written anew, but never where `CI` is set.

use super::diff::settle;
use crate::repo;
use crate::stages::{Front, LEVELS, Source, each};
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
    let [none, _, full] = LEVELS;
    match form {
        "thir" => Ok(thir::print(&front.package)),
        "mir" => Ok(mir::print(&front.build(none)?.built.before)),
        "opt" => Ok(mir::print(&front.build(full)?.built.after)),
        "bytecode" => Ok(deed_bytecode::disasm::listing(&front.build(full)?.built.module)),
        "abi" => {
            let text = serde_json::to_string_pretty(&front.build(full)?.abi);
            text.map(|text| text + "\n").map_err(|error| error.to_string())
        }
        _ => Err(format!("`{form}` is no form; there are thir, mir, opt, bytecode, abi")),
    }
}
