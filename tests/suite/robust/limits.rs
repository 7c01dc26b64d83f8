//! Sources that are well formed and go to the end of what a front end can bear.
//!
//! In: huge enums, types in circles, long texts, modules that use each other in a circle. Out: nothing;
//! a panic, an overflow of the stack or a hang fails the test, and so does the wrong answer.

use crate::stages::{Front, Source};

fn front(texts: &[&str]) -> Front {
    let source = |(at, text): (usize, &&str)| Source {
        name: format!("m{at}.deed"),
        bytes: text.as_bytes().to_vec(),
    };
    Front::of(&texts.iter().enumerate().map(source).collect::<Vec<_>>())
}

#[track_caller]
fn accepted(texts: &[&str]) {
    let front = front(texts);
    assert!(!front.diagnostics.has_errors(), "{}", front.messages());
}

/// Every message there is has this code, and there is one.
#[track_caller]
fn refused_with(code: &str, texts: &[&str]) {
    let front = front(texts);
    let came: Vec<&str> = front.diagnostics.iter().map(|d| d.code.id).collect();
    assert!(!came.is_empty() && came.iter().all(|id| *id == code), "{}", front.messages());
}

#[test]
fn an_enum_may_have_ten_thousand_variants() {
    let variants: String = (0..10_000).map(|at| format!("    V{at}(u64)\n")).collect();
    let arms: String = (0..10_000).map(|at| format!("        .V{at}(n) => n + {at}\n")).collect();
    let text = |arms: &str| {
        format!(
            "module huge\n\nenum Huge {{\n{variants}}}\n\n\
             fn number(of: Huge) -> u64 {{\n    return match of {{\n{arms}    }}\n}}\n"
        )
    };
    accepted(&[&text(&arms)]);
    let last = arms.rfind("        .V").expect("an arm");
    let messages = front(&[&text(&arms[..last])]).messages();
    assert!(messages.contains("E0319") && messages.contains("V9999"), "{messages}");
}

#[test]
fn constants_that_need_themselves_are_refused() {
    refused_with("E0603", &["module a\n\nconst A: u64 = A + 1\n"]);
    let circle: String =
        (0..5_000).map(|at| format!("const A{at}: u64 = A{}\n", (at + 1) % 5_000)).collect();
    refused_with("E0603", &[&format!("module a\n\n{circle}")]);
}

#[test]
fn a_long_chain_of_constants_is_computed() {
    let chain: String =
        (0..5_000).map(|at| format!("const A{at}: u64 = A{} + 1\n", at + 1)).collect();
    accepted(&[&format!("module a\n\n{chain}const A5000: u64 = 0\n")]);
}

#[test]
fn modules_may_use_each_other_in_a_circle() {
    accepted(&[
        "module a\n\nuse b.twice\n\npub fn once(n: u64) -> u64 { return if n == 0 { 0 } else { twice(n - 1) } }\n",
        "module b\n\nuse a.once\n\npub fn twice(n: u64) -> u64 { return once(n) * 2 }\n",
    ]);
}

#[test]
fn structs_that_hold_themselves_are_refused() {
    let circle: String =
        (0..1_000).map(|at| format!("struct S{at} {{ next: S{} }}\n", (at + 1) % 1_000)).collect();
    let front = front(&[&format!("module a\n\n{circle}")]);
    assert!(front.diagnostics.has_errors());
}

#[test]
fn functions_may_be_many_and_call_in_circles() {
    let functions: String = (0..5_000)
        .map(|at| {
            format!(
                "fn f{at}(n: u64) -> u64 {{ return if n == 0 {{ 0 }} else {{ f{}(n - 1) }} }}\n",
                (at + 1) % 5_000
            )
        })
        .collect();
    accepted(&[&format!("module a\n\n{functions}")]);
}

#[test]
fn a_text_of_a_megabyte_is_read() {
    let text = "契".repeat(350_000);
    let front = front(&[&format!("module a\n\nconst A: string = \"{text}\"\n")]);
    assert!(front.messages().len() < 10_000, "a message repeats the whole text");
}

#[test]
fn many_errors_are_told_in_bounded_time() {
    let lines = "        let a = b + c\n".repeat(20_000);
    let front = front(&[&format!("module a\n\nfn f() {{\n{lines}}}\n")]);
    assert!(front.diagnostics.has_errors());
    front.messages();
}
