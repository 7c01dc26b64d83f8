//! What the documents name exists.
//!
//! In: `README.md` and the pages under `docs/`. Out: a complaint for each path that leads nowhere.
//!
//! A word in backticks is a path if its first part is a folder of the root, or if it has a `/` and
//! ends in something like `.rs`. Paths inside a user's package (`src/main.deed`) are not ours.

use crate::repo;

/// First parts of paths in a package that somebody else writes.
const IN_A_PACKAGE: [&str; 3] = ["src", ".deed", "target"];

#[test]
fn every_path_in_the_documents_exists() {
    let mut pages = repo::files("docs", "md");
    pages.extend(repo::files("tests", "md"));
    if repo::root().join("README.md").exists() {
        pages.push("README.md".into());
    }
    let mut complaints = Vec::new();
    for page in pages {
        for path in paths(&repo::read(&page)) {
            if !exists(&page, &path) {
                complaints.push(format!("{page}: `{path}` does not exist"));
            }
        }
    }
    repo::report(&complaints);
}

#[test]
fn paths_are_told_from_other_words() {
    let text = "See `docs/architecture.md`, `and/or`, `tests/**/*.deed`, `src/main.deed`,\n\
                `https://a.b/c.d`, `compiler/src`.\n```\n`docs/none.md`\n```\n`tests/gone`\n";
    assert_eq!(paths(text), ["docs/architecture.md", "compiler/src", "tests/gone"]);
}

fn exists(page: &str, path: &str) -> bool {
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    repo::root().join(path).exists() || repo::root().join(folder).join(path).exists()
}

/// The paths that a page names in backticks, fences aside.
fn paths(text: &str) -> Vec<String> {
    let mut fenced = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let words = line.split('`').skip(1).step_by(2);
            found.extend(words.filter(|word| is_path(word)).map(str::to_string));
        }
    }
    found
}

fn is_path(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let Some((first, rest)) = word.split_once('/') else { return false };
    if !word.chars().all(plain) || rest.starts_with('/') || IN_A_PACKAGE.contains(&first) {
        return false;
    }
    let last = rest.rsplit('/').next().unwrap_or_default();
    let has_extension = last.rsplit_once('.').is_some_and(|(stem, end)| {
        !stem.is_empty() && end.starts_with(|c: char| c.is_ascii_alphabetic())
    });
    has_extension || (!first.is_empty() && repo::root().join(first).is_dir())
}
