//! The table of passes in the documents is the table in the code.

use deed_compiler::opt::{OptLevel, PASSES};

#[test]
fn the_documents_list_every_pass_in_order() {
    let text = include_str!("../../docs/optimisation.md");
    let rows: Vec<&str> =
        text.lines().filter(|line| line.starts_with("| `") && !line.contains("`-O")).collect();
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
