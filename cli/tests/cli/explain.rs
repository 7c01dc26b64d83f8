//! `deed explain`.

use crate::support::deed;

#[test]
fn every_listed_code_has_a_page() {
    let list = deed(&["explain"]).exits(0);
    assert!(list.out.lines().count() >= 5, "{}", list.out);
    for line in list.out.lines() {
        let (id, title) = line.split_once("  ").expect("a code and its title");
        let page = deed(&["explain", id]).exits(0);
        assert!(page.out.starts_with(&format!("# {id}: {title}\n")), "{}", page.out);
    }
}

#[test]
fn letter_case_does_not_matter_and_unknown_codes_are_refused() {
    deed(&["explain", "e0901"]).exits(0).prints(&["# E0901"]);
    deed(&["explain", "E9999"]).exits(2).says(&["E9999", "lists all codes"]);
}
