//! The table of passes in the documents is the table in the code.

use deed_compiler::opt::{OptLevel, PASSES};

#[test]
fn the_documents_list_every_pass_in_order() {
    let text = include_str!("../../docs/optimisation.md");
    // The first table that names passes; other tables of the page are about contracts.
    let rows: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.starts_with(&format!("| `{}`", PASSES[0].name)))
        .take_while(|line| line.starts_with("| `"))
        .collect();
    let number = |level: OptLevel| (0..4).find(|n| OptLevel::from_number(*n) == Some(level));
    let wanted: Vec<String> = PASSES
        .iter()
        .map(|pass| {
            let level = number(pass.level).expect("every level has a number");
            format!("| `{}` | {level} | {} |", pass.name, pass.about)
        })
        .collect();
    assert_eq!(rows, wanted, "docs/optimisation.md");
}
