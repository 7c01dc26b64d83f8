//! Generated programs over structs, enums, options, tuples and vectors mean the same at every level.
//!
//! In: tapes of random bytes. Out: programs whose levels differ in result, events or state, or whose
//! code breaks a rule of the machine, shrunk to small ones.
//! Holds always: every generated program passes the checks and ends; loops are short, and what a
//! pattern binds has a name of its own.

use crate::run::chain::{Chain, Ended};
use crate::run::script::{Action, Call, Step};
use crate::stages::{Front, LEVELS, Source};
use proptest::prelude::*;

/// What every program begins with.
const HEAD: &str = "module generated

enum K {
    A
    B(u64)
    C(s: S, n: u64)
}

struct S {
    n: u64
    p: (u64, bool)
    inner: Vec<u64>
}

struct P {
    x: u64
    y: u16
}

event Seen(n: u64, s: S)

fn bump(inout s: S, by: u64) -> u64 {
    let before = s.n
    s.n += by
    s.inner.push(by)
    return before
}

fn halved(inout v: Vec<u64>) -> Option<u64> {
    let last = v.pop()?
    v.push(last / 2)
    return Some(last)
}

fn larger(s: S, n: u64) -> Result<S, u64> {
    if s.n > n { return Err(s.n) }
    return Ok(S { n: n + 1, p: s.p, inner: s.inner })
}

contract Generated {
    state {
        held: S
        map: Map<u64, S>
    }

    init() {
        self.held = S { n: 1, p: (2, true), inner: [3] }
    }

    entry fn run(x: u64, y: u64) -> (u64, S, Vec<u64>, K, Vec<S>, Option<S>, Vec<P>) {
        var a = x
        var b = y
        var s = self.held
        var v: Vec<u64> = [x, y]
        var w: Vec<S> = []
        var o: Option<S> = None
        var k = K.B(y)
        var t = (x, v)
        var p = P { x: y, y: 3 }
        var u: Vec<P> = [p]
";

const TAIL: &str = "        self.held = s
        return (a + b % 7 + t.0 % 5 + t.1.len(), s, v, k, w, o, u)
    }
}
";

/// Numbers; `@` stands for another one.
const NUMBERS: [&str; 22] = [
    "0u64",
    "1u64",
    "2u64",
    "3u64",
    "a",
    "b",
    "s.n",
    "s.p.0",
    "t.0",
    "v.len()",
    "s.inner.len()",
    "w.len()",
    "v[@ % 4]",
    "(@ % 9 + @ % 9)",
    "(@ * @ % 11)",
    "(@ - @)",
    "(o ?? s).n",
    "v.fold(0u64, |q, r| q % 9 + r)",
    "(v.last() ?? @)",
    "t.1[@ % 2]",
    "u[@ % 3].x",
    "(p.x % 7 + u64(p.y))",
];

/// Statements; `@` stands for a number, `$` for one of the first six (what is beside an `inout` place
/// may not look at it), `#` for a name of its own, `{}` for a block.
const STATEMENTS: [&str; 46] = [
    "a = @",
    "b += @ % 5",
    "s.n = @",
    "s.p.0 += @",
    "s.p = (@, @ > @)",
    "s.inner.push($)",
    "s.inner[@ % 3] = @",
    "v.push($)",
    "v[@ % 3] += @",
    "v.insert($ % 3, $)",
    "if let Some(x#) = v.pop() { a = x# }",
    "if let Some(x#) = halved(inout v) { b = x# }",
    "w.push(s)",
    "if let Some(x#) = w.pop() { s = x# }",
    "w[@ % 2].n += @",
    "w[$ % 2].inner.push($)",
    "o = Some(s)",
    "o = None",
    "if let Some(x#) = o {}",
    "if let Some(S { n: n#, inner: [f#, ..], .. }) = o { a = n# + f# }",
    "k = .A",
    "k = .B(@)",
    "k = .C(s, @)",
    "match k {\n.A => {}\n.B(n#) if n# > @ => {}\n.B(m#) => { a = m# }\n.C(c#, d#) => {}\n}",
    "match k {\n.C(c#, d#) => {\ns = c#\na = d#\n}\n.B(_) | .A => { b = 1 }\n}",
    "t = (@, v)",
    "t.0 += @ % 3",
    "v = t.1",
    "v = s.inner",
    "s.inner = v.slice(0, @ % 3)",
    "b = bump(inout s, $)",
    "match larger(s, @) {\nOk(s#) => { s = s# }\nErr(e#) => { a = e# }\n}",
    "let c# = v\n        for x# in c# {}",
    "for x# in 0..@ % 4 {}",
    "if @ < @ {} else {}",
    "if v < s.inner && Some(s) != o {}",
    "u.push(P { x: $, y: 7 })",
    "u.push(p)",
    "u[@ % 3] = p",
    "u[@ % 3].x += @",
    "p = u[@ % 2]",
    "p.x = @ % 9",
    "for p# in u.slice(0, @ % 3) { p = p# }",
    "for x# in 0..@ % 3 {\nu.push(p)\np = u[x#]\n}",
    "self.map[@ % 3] = s",
    "if let Some(x#) = self.map.take(@ % 3) { s = x# }",
];

struct Writer<'t> {
    tape: std::slice::Iter<'t, u8>,
    names: usize,
    text: String,
}

impl Writer<'_> {
    fn byte(&mut self) -> usize {
        self.tape.next().copied().unwrap_or(0).into()
    }

    fn simple(&mut self) -> String {
        NUMBERS[self.byte() % 6].to_string()
    }

    fn number(&mut self, depth: usize) -> String {
        let among = if depth > 2 { 12 } else { NUMBERS.len() };
        let form = NUMBERS[self.byte() % among];
        self.fill(form, depth + 1)
    }

    /// A template with numbers for its `@`.
    fn fill(&mut self, form: &str, depth: usize) -> String {
        let mut parts = form.split('@');
        let mut text = parts.next().unwrap_or_default().to_string();
        for part in parts {
            text += &self.number(depth);
            text += part;
        }
        text
    }

    fn statement(&mut self, depth: usize) {
        let form = STATEMENTS[self.byte() % STATEMENTS.len()];
        self.names += 1;
        let named = form.replace('#', &self.names.to_string());
        let simple = named.replace('$', &self.simple());
        let filled = self.fill(&simple, 0);
        let mut parts = filled.split("{}");
        self.text += "        ";
        self.text += parts.next().unwrap_or_default();
        for part in parts {
            self.text += "{\n";
            if depth < 2 {
                self.block(depth + 1);
            }
            self.text += "        }";
            self.text += part;
        }
        self.text += "\n";
    }

    fn block(&mut self, depth: usize) {
        for _ in 0..self.byte() % 4 {
            self.statement(depth);
        }
    }
}

fn generate(tape: &[u8]) -> String {
    let mut writer = Writer { tape: tape.iter(), names: 0, text: HEAD.to_string() };
    while !writer.tape.as_slice().is_empty() {
        writer.statement(0);
    }
    writer.text + TAIL
}

/// As many programs as `PROPTEST_CASES` asks for, else what a run can afford.
fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(64)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn generated_structures_mean_one_thing(
        tape in prop::collection::vec(any::<u8>(), 0..120),
        args in prop::collection::vec(0u64..6, 4),
    ) {
        let text = generate(&tape);
        if let Err(why) = compare(&text, &args) {
            prop_assert!(false, "{why}\n\n{text}");
        }
    }
}

fn compare(text: &str, args: &[u64]) -> Result<(), String> {
    let front = Front::of(&[Source { name: "generated.deed".into(), bytes: text.into() }]);
    let built: Vec<_> = LEVELS.iter().map(|level| front.build(*level)).collect::<Result<_, _>>()?;
    let mut chains: Vec<_> =
        built.iter().map(|built| Chain::new(std::slice::from_ref(built))).collect();
    for args in args.chunks(2) {
        let args = args.iter().map(u64::to_string).collect();
        let action = Action::Call(Call { args, ..Call::to("run") });
        let step = Step { line: 0, action, events: Vec::new() };
        let mut before: Option<Ended> = None;
        for (chain, level) in chains.iter_mut().zip(LEVELS) {
            let came = chain.step(&step)?.ok_or("no call was made")?;
            if let Some(before) = before.filter(|before| !came.improves(before)) {
                return Err(format!("{level:?}: {came:?}\n  but below: {before:?}"));
            }
            before = Some(came);
        }
    }
    Ok(())
}
