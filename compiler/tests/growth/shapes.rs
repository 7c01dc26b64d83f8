//! The shapes, each a few lines that are repeated.

use super::Shape;

/// A module `m0` of a head, a line a number below `size`, and an end.
fn module(head: &str, line: impl Fn(usize) -> String, size: usize, end: &str) -> Vec<String> {
    vec![format!("module m0\n\n{head}{}{end}", lines(line, size))]
}

fn lines(line: impl Fn(usize) -> String, size: usize) -> String {
    (0..size).map(|at| line(at) + "\n").collect()
}

fn list(part: impl Fn(usize) -> String, size: usize, between: &str) -> String {
    (0..size).map(part).collect::<Vec<_>>().join(between)
}

macro_rules! shape {
    ($name:literal, $codes:expr, $texts:expr) => {
        Shape { name: $name, codes: &$codes, texts: $texts }
    };
}

/// Those that may be as long as one likes, and what is said of them.
pub(crate) fn all() -> Vec<Shape> {
    [types(), values(), functions(), contracts()].into_iter().flatten().collect()
}

fn types() -> Vec<Shape> {
    vec![
        shape!("variants, and an arm for each", [], |size| {
            let enumeration = format!("enum E {{\n{}}}\n", lines(|at| format!("V{at}(u64)"), size));
            let head = enumeration + "fn f(e: E) -> u64 {\nreturn match e {\n";
            module(&head, |at| format!(".V{at}(n) => n"), size, "}\n}\n")
        }),
        shape!("variants, and an arm for all but one", ["E0319"], |size| {
            let enumeration = format!("enum E {{\n{}}}\n", lines(|at| format!("V{at}(u64)"), size));
            let head = enumeration + "fn f(e: E) -> u64 {\nreturn match e {\n";
            module(&head, |at| format!(".V{at}(n) => n"), size - 1, "}\n}\n")
        }),
        shape!("fields, given and taken apart", [], |size| {
            let fields = lines(|at| format!("f{at}: u64"), size);
            let given = list(|at| format!("f{at}: {at}"), size, ", ");
            let names = list(|at| format!("f{at}"), size, ", ");
            let text = format!(
                "struct S {{\n{fields}}}\nfn make() -> S {{ return S {{ {given} }} }}\n\
                 fn part(s: S) -> u64 {{\nlet S {{ {names} }} = s\nreturn f0\n}}\n"
            );
            module(&text, |_| String::new(), 0, "")
        }),
        shape!("structs in a circle", ["E0315"], |size| {
            module("", |at| format!("struct S{at} {{ next: S{} }}", (at + 1) % size), size, "")
        }),
        shape!("structs that hold each other's lists", [], |size| {
            module("", |at| format!("struct S{at} {{ next: Vec<S{}> }}", (at + 1) % size), size, "")
        }),
        shape!("enums that hold themselves", [], |size| {
            let line = |at| format!("enum E{at} {{ Leaf, Node(E{at}, E{}) }}", (at + 1) % size);
            module("", line, size, "")
        }),
        shape!("type parameters", [], |size| {
            let params = list(|at| format!("T{at}"), size, ", ");
            let fields = lines(|at| format!("f{at}: T{at}"), size);
            let args = list(|_| "u64".to_owned(), size, ", ");
            let text = format!(
                "struct S<{params}> {{\n{fields}}}\nfn f(s: S<{args}>) -> u64 {{ return s.f0 }}\n"
            );
            module(&text, |_| String::new(), 0, "")
        }),
        shape!("generic functions that call each other", [], |size| {
            let line = |at| {
                format!(
                    "fn f{at}<T>(a: T, n: u64) -> T {{ return if n == 0 {{ a }} else {{ f{}(a, n - 1) }} }}",
                    (at + 1) % size
                )
            };
            module("", line, size, "")
        }),
        shape!("impls of a trait", [], |size| {
            let line = |at| {
                format!(
                    "struct S{at} {{ n: u64 }}\nimpl Sized for S{at} {{ fn size(self) -> u64 {{ return self.n }} }}"
                )
            };
            let end = "fn f(s: S0) -> u64 { return size_of(s) }\n";
            module(
                "trait Sized { fn size(self) -> u64 }\nfn size_of<T: Sized>(t: T) -> u64 { return t.size() }\n",
                line,
                size,
                end,
            )
        }),
        shape!("modules that use each other in a circle", [], |size| {
            let text = |at| {
                let next = (at + 1) % size;
                format!(
                    "module m{at}\n\nuse m{next}.f{next}\n\npub fn f{at}(n: u64) -> u64 {{ return if n == 0 {{ 0 }} else {{ f{next}(n - 1) }} }}\n"
                )
            };
            (0..size).map(text).collect()
        }),
    ]
}

fn values() -> Vec<Shape> {
    vec![
        shape!("constants in a circle", ["E0603"], |size| {
            module("", |at| format!("const A{at}: u64 = A{} + 1", (at + 1) % size), size, "")
        }),
        shape!("constants in a chain", [], |size| {
            let line = |at| format!("const A{at}: u64 = A{} + 1", at + 1);
            module("", line, size, &format!("const A{size}: u64 = 0\n"))
        }),
        shape!("a long text", [], |size| {
            module(
                &format!("const A: string = \"{}\"\n", "契ab".repeat(100 * size)),
                |_| String::new(),
                0,
                "",
            )
        }),
        shape!("pieces of a text", [], |size| {
            let text = list(|at| format!("{at}{{n}}"), size, " ");
            module(
                &format!("fn f(n: u64) -> string {{ return \"{text}\" }}\n"),
                |_| String::new(),
                0,
                "",
            )
        }),
        shape!("elements of a list", [], |size| {
            let elements = list(|at| format!("n + {at}"), size, ", ");
            module(
                &format!("fn f(n: u64) -> Vec<u64> {{ return [{elements}] }}\n"),
                |_| String::new(),
                0,
                "",
            )
        }),
        shape!("arms of numbers", [], |size| {
            let head = "fn f(n: u64) -> u64 {\nreturn match n {\n";
            module(head, |at| format!("{at} => {at}"), size, "_ => 0\n}\n}\n")
        }),
        shape!("arms of texts", [], |size| {
            let head = "fn f(s: string) -> u64 {\nreturn match s {\n";
            module(head, |at| format!("\"{at}\" => {at}"), size, "_ => 0\n}\n}\n")
        }),
        shape!("arms of ranges", [], |size| {
            let head = "fn f(n: u64) -> u64 {\nreturn match n {\n";
            module(head, |at| format!("{}..{} => {at}", 3 * at, 3 * at + 2), size, "_ => 0\n}\n}\n")
        }),
        shape!("names that mean nothing", ["E0201"], |size| {
            module("fn f() {\n", |at| format!("let a{at} = b{at}"), size, "}\n")
        }),
        shape!("values of another type", ["E0301"], |size| {
            module("fn f(n: u64) {\n", |at| format!("let a{at}: bool = n"), size, "}\n")
        }),
        shape!("lines that cannot be read", ["E0101"], |size| {
            module("fn f() {\n", |_| "let = 3".to_owned(), size, "}\n")
        }),
    ]
}

fn functions() -> Vec<Shape> {
    vec![
        shape!("statements", [], |size| {
            module(
                "fn f(n: u64) -> u64 {\nvar a = n\n",
                |at| format!("a += {at}"),
                size,
                "return a\n}\n",
            )
        }),
        shape!("variables", [], |size| {
            let line = |at| format!("let a{} = a{at} + 1", at + 1);
            module(
                "fn f(n: u64) -> u64 {\nlet a0 = n\n",
                line,
                size,
                &format!("return a{size}\n}}\n"),
            )
        }),
        shape!("assets, each moved on", [], |size| {
            let head = "asset Note {\nn: u64\nfn burn(take self) { let Note { .. } = self }\n}\n\
                        fn f(take a0: Note, c: bool) {\n";
            let line = |at| format!("let a{} = a{at}\nif c {{ assert a{}.n > 0 }}", at + 1, at + 1);
            module(head, line, size, &format!("a{size}.burn()\n}}\n"))
        }),
        shape!("assets, all held at once", [], |size| {
            let burns =
                lines(|at| format!("if c {{ a{at}.burn() }} else {{ a{at}.burn() }}"), size);
            let head = "asset Note {\nn: u64\nfn burn(take self) { let Note { .. } = self }\n}\n\
                        fn f(c: bool) {\n";
            module(
                head,
                |at| format!("let a{at} = Note {{ n: {at} }}"),
                size,
                &format!("{burns}}}\n"),
            )
        }),
        shape!("parameters and arguments", [], |size| {
            let params = list(|at| format!("p{at}: u64"), size, ", ");
            let args = list(|at| at.to_string(), size, ", ");
            let text = format!(
                "fn f({params}) -> u64 {{ return p0 }}\nfn g() -> u64 {{ return f({args}) }}\n"
            );
            module(&text, |_| String::new(), 0, "")
        }),
        shape!("functions that call in a circle", [], |size| {
            let line = |at| {
                let next = (at + 1) % size;
                format!(
                    "fn f{at}(n: u64) -> u64 {{ return if n == 0 {{ 0 }} else {{ f{next}(n - 1) }} }}"
                )
            };
            module("", line, size, "")
        }),
        shape!("functions that call the one before and the first", [], |size| {
            let line = |at: usize| {
                let before = at.saturating_sub(1);
                format!(
                    "fn f{at}(n: u64) -> u64 {{ return if n == 0 {{ f0(0) }} else {{ f{before}(n - 1) }} }}"
                )
            };
            module("", line, size, "")
        }),
        shape!("loops one behind the other", [], |size| {
            let line = |_| "for i in 0..n { if i > 3 { continue }\na += i }".to_owned();
            module("fn f(n: u64) -> u64 {\nvar a = n\n", line, size, "return a\n}\n")
        }),
        shape!("closures", [], |size| {
            let line = |at| format!("a += v.map(|x| x + {at}).len()");
            module("fn f(v: Vec<u64>) -> u64 {\nvar a: u64 = 0\n", line, size, "return a\n}\n")
        }),
    ]
}

fn contracts() -> Vec<Shape> {
    vec![
        shape!("state, and an entry for each field", [], |size| {
            let state = lines(|at| format!("s{at}: Map<u64, u64 default 0>"), size);
            let head = format!("contract C {{\nstate {{\n{state}}}\n");
            module(
                &head,
                |at| format!("entry fn f{at}(k: u64) {{ self.s{at}[k] += 1 }}"),
                size,
                "}\n",
            )
        }),
        shape!("an entry that writes many fields", [], |size| {
            let state = lines(|at| format!("s{at}: u64 = 0"), size);
            let head = format!("contract C {{\nstate {{\n{state}}}\nentry fn f() {{\n");
            module(&head, |at| format!("self.s{at} += 1"), size, "}\n}\n")
        }),
        shape!("an entry that writes many keys", [], |size| {
            let head = "contract C {\nstate { s: Map<u64, u64 default 0> }\nentry fn f() {\n";
            module(head, |at| format!("self.s[{at}] += 1"), size, "}\n}\n")
        }),
        shape!("errors, all thrown by one entry", [], |size| {
            let names = list(|at| format!("E{at}"), size, ", ");
            let throws = lines(|at| format!("if n == {at} {{ throw E{at}(n) }}"), size);
            let end =
                format!("contract C {{\nentry fn f(n: u64) throws {names} {{\n{throws}}}\n}}\n");
            module("", |at| format!("error E{at}(n: u64)"), size, &end)
        }),
        shape!("events, all emitted by one entry", [], |size| {
            let emits = lines(|at| format!("emit E{at}(n)"), size);
            let end = format!("contract C {{\nentry fn f(n: u64) {{\n{emits}}}\n}}\n");
            module("", |at| format!("event E{at}(n: u64)"), size, &end)
        }),
        shape!("contracts", [], |size| {
            let line = |at| {
                format!(
                    "contract C{at} {{\nstate {{ n: u64 = 0 }}\nentry fn f() {{ self.n += 1 }}\n}}"
                )
            };
            module("", line, size, "")
        }),
        shape!("tests", [], |size| {
            module("", |at| format!("test \"{at}\" {{ assert {at}u64 < {size} }}"), size, "")
        }),
    ]
}

/// What goes deeper than a source may: a name, the code, and the text.
pub(crate) fn refused(size: usize) -> Vec<(&'static str, &'static str, String)> {
    let body = |text: String| format!("module m0\n\nfn f(n: u64, b: bool) -> u64 {{\n{text}\n}}\n");
    let nested = |open: &str, core: &str, close: &str| {
        format!("{}{core}{}", open.repeat(size), close.repeat(size))
    };
    let alternatives = list(|at| at.to_string(), size, " | ");
    let chain = list(|at| format!("if n == {at} {{ return {at} }}"), size, " else ");
    vec![
        ("parentheses", "E0105", body(format!("return {}", nested("(", "n", ")")))),
        ("operators of one operand", "E0105", body(format!("return {}", nested("!", "n", "")))),
        ("blocks", "E0105", body(nested("if b {\n", "return n", "\n}"))),
        ("else if", "E0105", body(chain + "\nreturn n")),
        (
            "types in types",
            "E0105",
            body(format!("let x: {} = []\nreturn n", nested("Vec<", "u8", ">"))),
        ),
        (
            "patterns in patterns",
            "E0105",
            body(format!("let {} = n\nreturn n", nested("Some(", "x", ")"))),
        ),
        (
            "alternatives of a pattern",
            "E0105",
            body(format!("return match n {{\n{alternatives} => 1\n_ => 0\n}}")),
        ),
        ("sums", "E0105", body(format!("return {}", nested("n + ", "n", "")))),
    ]
}
