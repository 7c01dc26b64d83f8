//! The grammar of Deed for tree-sitter.
//!
//! In: nothing. Out: [`LANGUAGE`], and the queries that editors colour, fold and select by.

use tree_sitter_language::LanguageFn;

unsafe extern "C" {
    fn tree_sitter_deed() -> *const ();
}

/// The language, for `tree_sitter::Parser::set_language`.
// SAFETY: the generated parser defines this function so.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_deed) };

/// What words mean.
pub const HIGHLIGHTS: &str = include_str!("queries/highlights.scm");
/// All queries, with their names.
pub const QUERIES: [(&str, &str); 6] = [
    ("folds", include_str!("queries/folds.scm")),
    ("highlights", HIGHLIGHTS),
    ("indents", include_str!("queries/indents.scm")),
    ("injections", include_str!("queries/injections.scm")),
    ("locals", include_str!("queries/locals.scm")),
    ("textobjects", include_str!("queries/textobjects.scm")),
];
