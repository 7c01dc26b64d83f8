//! The pages of the lexer's and the parser's codes: their examples show what they say.

use deed_base::{Diagnostics, SourceMap, catalogue};
use deed_syntax::parse;

/// The fenced examples of a page that begin with `fence`.
fn examples<'p>(page: &'p str, fence: &str) -> Vec<&'p str> {
    let opening = format!("```{fence}\n");
    let parts = page.split(opening.as_str()).skip(1);
    parts.filter_map(|part| part.split_once("```").map(|(example, _)| example)).collect()
}

fn codes(text: &str) -> Vec<&'static str> {
    let mut sources = SourceMap::new();
    let id = sources.add("page.deed", text);
    let mut diagnostics = Diagnostics::new();
    parse(sources.get(id), &mut diagnostics);
    diagnostics.iter().map(|d| d.code.id).collect()
}

#[test]
fn failing_examples_fail_and_mended_ones_parse() {
    let mut shown = 0;
    for code in catalogue::all().filter(|c| c.id.starts_with("E00") || c.id.starts_with("E01")) {
        // `text` marks those that later stages would speak about too.
        let failing = ["deed fail", "text"].into_iter().flat_map(|f| examples(code.page, f));
        for example in failing {
            assert_eq!(codes(example), [code.id], "in\n{example}");
            shown += 1;
        }
        // Those marked `later` use what later stages do not run yet.
        let mended = ["deed ok", "deed later"].into_iter().flat_map(|f| examples(code.page, f));
        for example in mended {
            assert_eq!(codes(example), Vec::<&str>::new(), "on the page of {}\n{example}", code.id);
        }
        assert!(code.page.starts_with(&format!("# {}: {}\n", code.id, code.title)));
    }
    assert!(shown >= 20, "{shown} failing examples");
}
