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

#[test]
fn constants_that_need_themselves_by_way_of_functions_are_refused() {
    let circle: String = (0..300)
        .map(|at| {
            let next = (at + 1) % 300;
            format!("const A{at}: u64 = f{at}()\nfn f{at}() -> u64 {{ return A{next} + 1 }}\n")
        })
        .collect();
    refused_with("E0603", &[&format!("module a\n\n{circle}")]);
}

#[test]
fn constants_that_compute_for_ever_are_refused() {
    let endless = "fn endless(n: u64) -> u64 {\n    var i = n\n    while i >= n { i = i ^ 1 | n }\n    return i\n}\n";
    let deep = "fn deep(n: u64) -> u64 { return deep(n) + deep(n) }\n";
    let wide = "fn wide(n: u64) -> string {\n    var all = \"ab\"\n    for i in 0..n { all = all.concat(all) }\n    return all\n}\n";
    let text = format!(
        "module a\n\n{endless}{deep}{wide}const A: u64 = endless(3)\nconst B: u64 = deep(3)\nconst C: string = wide(60)\n"
    );
    refused_with("E0602", &[&text]);
}

#[test]
fn types_that_grow_with_every_level_get_an_answer() {
    // Each level doubles what lies in a value: 2^40 numbers.
    let levels: String =
        (1..40).map(|at| format!("struct L{at} {{ a: L{0}, b: L{0} }}\n", at - 1)).collect();
    let whole = format!(
        "module a\n\nstruct L0 {{ n: u64 }}\n{levels}\nfn f(of: L39, other: L39) -> bool {{ return of == other }}\n"
    );
    front(&[&whole]).messages();
    let nested = (0..40).fold("u64".to_owned(), |ty, _| format!("Pair<{ty}>"));
    let pairs = format!(
        "module a\n\nstruct Pair<T> {{ a: T, b: T }}\n\nfn f(of: {nested}) -> {nested} {{ return of }}\n"
    );
    front(&[&pairs]).messages();
}

#[test]
fn a_call_may_have_a_thousand_arguments_and_a_match_a_thousand_arms_of_text() {
    let params: Vec<String> = (0..1_000).map(|at| format!("p{at}: u64")).collect();
    let args: Vec<String> = (0..1_000).map(|at| at.to_string()).collect();
    let arms: String = (0..1_000).map(|at| format!("        \"{at}\" => {at}\n")).collect();
    accepted(&[&format!(
        "module a\n\nfn many({}) -> u64 {{ return p0 + p999 }}\n\nfn call() -> u64 {{ return many({}) }}\n\n\
         fn word(of: string) -> u64 {{\n    return match of {{\n{arms}        _ => 0\n    }}\n}}\n",
        params.join(", "),
        args.join(", ")
    )]);
}
