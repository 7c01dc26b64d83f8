//! Calls in all their spellings, and what is said about bad ones.

use deed_base::{MessageFormat, SourceMap, render};
use serde_json::json;

use super::*;

fn read(
    text: &str,
    how: fn(&SourceFile, &dyn Names) -> Result<Request, Box<Diagnostic>>,
) -> Result<Request, String> {
    let mut sources = SourceMap::new();
    let id = sources.add("--call", text);
    let request = how(sources.get(id), &account::Everybody);
    request.map_err(|diagnostic| render(&diagnostic, &sources, MessageFormat::Short))
}

fn values(request: &Request) -> Vec<Value> {
    request.args.iter().map(|arg| arg.value.clone()).collect()
}

#[test]
fn a_call_has_a_function_arguments_and_suffixes() {
    let request = read(" pay ( @bob , 7 ) from alice gas 5000 value 3", call).expect("a call");
    let bob = account::address("bob").to_string();
    assert_eq!(request.function, "pay");
    assert_eq!(values(&request), [json!(bob), json!(7)]);
    assert_eq!(request.suffixes.from, Some(account::address("alice")));
    assert_eq!(request.suffixes.gas, Some(5000));
    assert_eq!(request.suffixes.value.map(|(value, _)| value), Some(3));
}

#[test]
fn arguments_are_json_with_accounts_anywhere() {
    let text = r#"f([1, [@bob]], {"a": "x, ) \" @bob", "b": null}, true, -3, "", 名)"#;
    let error = read(text, call).expect_err("the last is no value");
    assert!(error.contains("`名` is no value"), "{error}");
    let request = read(&text.replace(", 名", ""), call).expect("a call");
    let bob = account::address("bob").to_string();
    assert_eq!(
        values(&request),
        [
            json!([1, [bob]]),
            json!({"a": "x, ) \" @bob", "b": null}),
            json!(true),
            json!(-3),
            json!("")
        ]
    );
}

#[test]
fn long_integers_keep_their_digits() {
    let long = "340282366920938463463374607431768211455";
    let request = read(&format!("f({long}, -{long}, [{long}])"), call).expect("a call");
    assert_eq!(values(&request), [json!(long), json!(format!("-{long}")), json!([long])]);
}

#[test]
fn init_may_leave_its_brackets_out() {
    let bracketed = read("(@bank, 100) from bob", init).expect("arguments");
    let bare = read("@bank, 100 from bob", init).expect("arguments");
    assert_eq!(values(&bracketed), values(&bare));
    assert_eq!(bare.suffixes.from, bracketed.suffixes.from);
    assert_eq!(values(&read("", init).expect("nothing")), Vec::<Value>::new());
    assert_eq!(values(&read("()", init).expect("nothing")), Vec::<Value>::new());
    assert_eq!(values(&read("true", init).expect("a value")), [json!(true)]);
    assert_eq!(values(&read("from bob", init).expect("nothing")), Vec::<Value>::new());
}

#[test]
fn errors_mark_the_place() {
    let cases = [
        ("", "1:1", "a function's name should stand here"),
        ("(1)", "1:1", "a function's name should stand here"),
        ("f", "1:2", "`(` should stand after the function's name"),
        ("f(1", "1:4", "`)` should stand after an argument"),
        ("f(1 2)", "1:5", "`)` should stand after an argument"),
        ("f(,)", "1:3", "a value should stand here"),
        ("f([1)", "1:3", "this is no JSON value"),
        ("f(bob)", "1:3", "`bob` is no value"),
        ("f(@)", "1:3", "`@` is no value"),
        ("f(\"a)", "1:3", "this is no JSON value"),
        ("f() form bob", "1:5", "`form` says nothing here"),
        ("f() from", "1:9", "an account, such as `alice`, should stand here"),
        ("f() from bob from bob", "1:14", "`from` stands here twice"),
        ("f() gas much", "1:9", "an amount should stand here"),
        ("f() from 0x12", "1:10", "`0x12` is no address"),
    ];
    for (text, place, message) in cases {
        let error = read(text, call).expect_err(text);
        assert!(error.starts_with(&format!("--call:{place}: error[E0803]: ")), "{text}: {error}");
        assert!(error.contains(message), "{text}: {error}");
    }
}

#[test]
fn deep_nesting_is_refused_without_harm() {
    let deep = format!("f({}", "[".repeat(100_000));
    assert!(read(&deep, call).is_err());
    let closed = format!("f({}{})", "[".repeat(100_000), "]".repeat(100_000));
    assert!(read(&closed, call).is_err());
}

#[test]
fn addresses_are_read_as_they_are_printed() {
    let bob = account::address("bob");
    assert_eq!(account::parse(&bob.to_string()), Some(bob));
    assert_eq!(account::parse("0x00"), None);
    assert_eq!(account::parse(&format!("0x{}", "g".repeat(64))), None);
}
