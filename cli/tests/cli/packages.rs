//! `deed new`, `deed init`, and paths that are no packages.

use crate::support::{deed, deed_in, folder};

#[test]
fn new_makes_a_package_and_changes_nothing_that_exists() {
    let here = folder::<&str>(&[]);
    deed_in(here.path(), &["new", "work/vault"]).exits(0).says(&["work/vault"]);
    let manifest = std::fs::read_to_string(here.path().join("work/vault/deed.toml"));
    assert!(manifest.expect("a manifest").contains("name = \"vault\""));
    deed_in(here.path(), &["new", "work/vault"]).exits(2).says(&["exists already"]);
    deed_in(here.path(), &["new", "1st"]).exits(2).says(&["`1st` is no name"]);
    assert!(!here.path().join("1st").exists(), "a refused name leaves no folder behind");
}

#[test]
fn every_template_is_whole_as_it_stands() {
    let here = folder::<&str>(&[]);
    let help = deed(&["new", "--help"]).exits(0);
    for name in ["counter", "token", "escrow", "registry"] {
        assert!(help.out.contains(&format!("- {name}")), "{name} is not in\n{}", help.out);
        deed_in(here.path(), &["new", name, "--template", name]).exits(0);
        let package = here.path().join(name);
        deed_in(&package, &["fmt", "--check"]).exits(0);
        deed_in(&package, &["build"]).exits(0);
        deed_in(&package, &["test"]).exits(0).prints(&["0 failed"]);
        let lint = deed_in(&package, &["lint"]).exits(0);
        assert!(!lint.err.contains("Warning"), "{name}:\n{}", lint.err);
        deed_in(&package, &["verify"]).exits(0);
        shown(&package);
    }
}

/// Runs the last command that a package's README shows.
fn shown(package: &std::path::Path) {
    let readme = std::fs::read_to_string(package.join("README.md")).expect("a README");
    let command = readme.lines().filter_map(|line| line.strip_prefix("$ deed run ")).next_back();
    let words =
        command.expect("a run").split('\'').enumerate().flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().collect(),
            _ => vec![part],
        });
    let args: Vec<&str> = std::iter::once("run").chain(words).collect();
    deed_in(package, &args).exits(0);
}

#[test]
fn init_fills_a_folder_once() {
    let here = folder(&[("vault/notes.txt", "mine")]);
    deed_in(here.path(), &["init", "vault"]).exits(0);
    assert!(here.path().join("vault/src/main.deed").exists());
    deed_in(here.path(), &["init", "vault"]).exits(2).says(&["exists already"]);
    deed_in(here.path(), &["init", "nowhere"]).exits(1).says(&["E0001", "nowhere"]);
}

#[test]
fn files_that_are_no_modules_are_refused() {
    let here = folder(&[("a.deedc", &b""[..]), ("b.deedc", b"DEED"), ("c.deedc", &[0xff; 64])]);
    for name in ["a.deedc", "b.deedc", "c.deedc"] {
        let run = deed_in(here.path(), &["disasm", name]).exits(1).says(&["E0806", name]);
        assert_eq!(run.out, "", "{name}");
    }
    std::fs::create_dir(here.path().join("d.deedc")).expect("a folder");
    deed_in(here.path(), &["disasm", "d.deedc"]).exits(1).says(&["E0001", "not a regular file"]);
}

#[test]
fn fmt_changes_what_check_names_and_nothing_else() {
    let here = folder(&[("a.deed", "module a\ncontract C{init(){}}\n")]);
    let path = here.path().join("a.deed");
    let before = std::fs::read(&path).expect("a source");
    deed_in(here.path(), &["fmt", "a.deed", "--check"]).exits(1).prints(&["a.deed"]);
    assert_eq!(std::fs::read(&path).expect("a source"), before, "a check changes nothing");
    deed_in(here.path(), &["fmt", "a.deed"]).exits(0).says(&["formatted: 1 of 1"]);
    deed_in(here.path(), &["fmt", "a.deed", "--check"]).exits(0);
    deed_in(here.path(), &["check", "a.deed"]).exits(0);
    std::fs::write(&path, "module a\n\ncontract {").expect("a file");
    deed_in(here.path(), &["fmt", "a.deed"]).exits(1).says(&["a.deed:3"]);
    assert_eq!(std::fs::read(&path).expect("a source"), b"module a\n\ncontract {");
}

#[test]
fn what_is_shown_to_users_is_formatted() {
    for path in ["examples/token", "cli/templates/counter/src/main.deed"] {
        deed(&["fmt", path, "--check"]).exits(0);
    }
}

/// A package `shop` that uses `prices` beside it and `tax` in its `vendor`.
const TOGETHER: &[(&str, &str)] = &[
    (
        "shop/deed.toml",
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\n\n[dependencies]\n\
         prices = { path = \"../prices\" }\ntax = \"1.0.0\"\n",
    ),
    (
        "shop/src/main.deed",
        "module shop\n\nuse prices.base.price\n\ncontract Shop {\n    \
         view fn ask(count: u64) -> u64 {\n        return price(count)\n    }\n}\n",
    ),
    (
        "prices/deed.toml",
        "[package]\nname = \"prices\"\nversion = \"0.3.0\"\n\n[dependencies]\ntax = \"1.0.0\"\n",
    ),
    (
        "prices/src/main.deed",
        "module prices.base\n\nuse tax.add_tax\n\n\
         pub fn price(count: u64) -> u64 { return add_tax(count * 100) }\n\n\
         contract Unused { init() {} }\n",
    ),
    ("shop/vendor/tax/deed.toml", "[package]\nname = \"tax\"\nversion = \"1.0.0\"\n"),
    (
        "shop/vendor/tax/src/main.deed",
        "module tax\n\npub fn add_tax(net: u64) -> u64 { return net + net / 10 }\n",
    ),
];

#[test]
fn a_package_is_built_with_what_it_depends_on() {
    let here = folder(TOGETHER);
    deed_in(here.path(), &["check", "shop"]).exits(0).says(&["3 sources, 1 contract"]);
    let run = ["run", "shop", "--call", "ask(2)"];
    deed_in(here.path(), &run).exits(0).prints(&["220"]);
    let lock = std::fs::read_to_string(here.path().join("shop/deed.lock")).expect("a lock file");
    assert!(lock.contains("path = \"../prices\"") && lock.contains("sha256 = "), "{lock}");
}

#[test]
fn what_was_vendored_and_changed_is_refused() {
    let here = folder(TOGETHER);
    deed_in(here.path(), &["check", "shop"]).exits(0);
    let tax = here.path().join("shop/vendor/tax/src/main.deed");
    std::fs::write(&tax, "module tax\n\npub fn add_tax(net: u64) -> u64 { return net }\n")
        .expect("a file");
    deed_in(here.path(), &["check", "shop"]).exits(1).says(&["E0809", "deed.lock", "vendor/tax"]);
}

#[test]
fn errors_in_a_dependency_name_its_file() {
    let here = folder(TOGETHER);
    let prices = here.path().join("prices/src/main.deed");
    std::fs::write(
        &prices,
        "module prices.base\n\npub fn price(count: u64) -> u64 { return cuont }\n",
    )
    .expect("a file");
    deed_in(here.path(), &["check", "shop"]).exits(1).says(&["prices/src/main.deed:3", "E0201"]);
}

#[test]
fn lint_mends_what_it_can_and_shows_the_rest() {
    let text = "module a\n\npub fn price(ready: bool) -> u64 {\n    var each = 1000000\n    \
                let spare = each\n    return if ready == true { each } else { 0 }\n}\n";
    let here = folder(&[("a.deed", text)]);
    let found = ["E1001", "E1003", "E1008", "E1011", "found: 4"];
    deed_in(here.path(), &["lint", "a.deed"]).exits(1).says(&found);
    deed_in(here.path(), &["lint", "a.deed", "--fix"])
        .exits(0)
        .says(&["fixed: 4", "nothing to mend"]);
    let mended = std::fs::read_to_string(here.path().join("a.deed")).expect("a source");
    let expected = text
        .replace("var each", "let each")
        .replace("1000000", "1_000_000")
        .replace("spare", "_spare")
        .replace("ready == true", "ready");
    assert_eq!(mended, expected);
}

#[test]
fn doc_writes_what_others_may_use() {
    let text = "//! Prices & <b>more</b>.\nmodule a\n\n/// What one costs.\npub const EACH: u64 = 5\n\n\
                error Full(at: u64)\n\nfn hidden() {}\n\n/// Sells.\ncontract Shop {\n    state {\n        \
                sold: u64 = 0\n    }\n\n    /// Sells `count`.\n    entry fn sell(count: u64) throws Full\n        \
                ensures self.sold == old(self.sold) + count\n    {\n        if self.sold > 100 { throw Full(self.sold) }\n        \
                self.sold += count\n    }\n\n    fn helper() {}\n}\n";
    let here = folder(&[("a.deed", text)]);
    deed_in(here.path(), &["doc", "a.deed", "--format", "markdown", "-o", "out"]).exits(0);
    let page = std::fs::read_to_string(here.path().join("out/a.md")).expect("a page");
    for part in [
        "# a\n\nPrices & <b>more</b>.\n",
        "## const `EACH`\n\n```deed\npub const EACH: u64 = 5\n```\n\nWhat one costs.\n",
        "## contract `Shop`\n\nSells.\n",
        "### entry fn `sell`\n\n```deed\nentry fn sell(count: u64) throws Full\n    \
         ensures self.sold == old(self.sold) + count\n```\n\nSells `count`.\n\n\
         - reads: `sold`\n- writes: `sold`\n- may trap: `overflow`\n",
    ] {
        assert!(page.contains(part), "{part}\n--- not in ---\n{page}");
    }
    assert!(!page.contains("hidden") && !page.contains("helper"), "{page}");
    deed_in(here.path(), &["doc", "a.deed"]).exits(0).says(&["build/doc"]);
    let page = std::fs::read_to_string(here.path().join("build/doc/a.html")).expect("a page");
    assert!(
        page.contains("&lt;b&gt;more") && page.contains("<code class=\"language-deed\">"),
        "{page}"
    );
}
