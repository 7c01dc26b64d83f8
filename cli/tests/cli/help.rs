//! Help, usage errors, and the forms of messages.

use crate::support::{deed, deed_in, folder, lines_of_json};

#[test]
fn help_goes_to_standard_output_and_shows_examples() {
    let help = deed(&["--help"]).exits(0).prints(&["Usage: deed", "Examples:", "Exit codes:"]);
    assert_eq!(help.err, "");
    for command in ["new", "init", "check", "build", "run", "fmt", "explain", "disasm", "abi"] {
        let help = deed(&[command, "--help"]).exits(0);
        help.prints(&["Usage: deed", &format!("deed {command}"), "Examples:"]);
    }
    deed(&["--version"]).exits(0).prints(&[env!("CARGO_PKG_VERSION")]);
}

#[test]
fn wrong_usage_leaves_with_2_and_nothing_on_standard_output() {
    for args in [&[][..], &["frobnicate"], &["explain", "--colour"], &["disasm"]] {
        let run = deed(args).exits(2);
        assert_eq!(run.out, "", "{args:?}");
        assert!(!run.err.is_empty(), "{args:?} is refused in silence");
    }
    deed(&["explain", "--color", "sometimes"]).exits(2).says(&["sometimes", "auto"]);
}

#[test]
fn every_form_of_message_names_code_and_cause() {
    let human = deed(&["disasm", "nowhere.deedc"]).exits(1);
    let human = human.says(&["error[E0001]", "`nowhere.deedc`", "help:"]);
    assert!(!human.err.contains('\u{1b}'), "no terminal, no colour");
    let short = deed(&["disasm", "nowhere.deedc", "--message-format", "short"]).exits(1);
    assert_eq!(short.err.lines().count(), 1, "{}", short.err);
    let json = deed(&["disasm", "nowhere.deedc", "--message-format=json"]).exits(1);
    let messages = lines_of_json(&json.err);
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0]["code"], "E0001");
    assert_eq!(messages[0]["severity"], "error");
}

#[test]
fn colour_is_shown_when_asked_for() {
    let run = deed(&["disasm", "nowhere.deedc", "--color", "always"]).exits(1);
    assert!(run.err.contains('\u{1b}'), "{}", run.err);
}

#[test]
fn quiet_says_nothing_but_errors() {
    let here = folder::<&str>(&[]);
    let run = deed_in(here.path(), &["new", "vault", "-q"]).exits(0);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", ""));
    deed_in(here.path(), &["new", "vault", "-q"]).exits(2).says(&["exists already"]);
}
