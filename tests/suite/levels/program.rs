//! Programs by chance: contracts that check, and whose runs end, from a number alone.
//!
//! In: a seed. Out: the source of a contract `C` with entries `run` and `again`, a view, private
//! functions and state of several shapes.
//! Holds always: the same seed gives the same text; loops are bounded, and recursion too.

/// A sequence of numbers from a seed (SplitMix64, by Steele, Lea and Flood, 2014).
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    U64,
    I32,
    Bool,
    /// Four slots wide, so that registers of different widths meet.
    U256,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::U64 => "u64",
            Kind::I32 => "i32",
            Kind::Bool => "bool",
            Kind::U256 => "u256",
        }
    }
}

struct Variable {
    name: String,
    kind: Kind,
    mutable: bool,
}

struct Writer {
    chance: Chance,
    out: String,
    indent: usize,
    scope: Vec<Variable>,
    names: u32,
    loops: u32,
    /// Which private functions may be called: those below this number.
    callable: u32,
}

/// The contract of a seed.
pub(super) fn contract(seed: u64) -> String {
    let mut writer = Writer {
        chance: Chance::new(seed),
        out: HEAD.into(),
        indent: 1,
        scope: Vec::new(),
        names: 0,
        loops: 0,
        callable: 0,
    };
    for number in 0..3 {
        let head = format!("fn help{number}(x: u64, y: i32) -> u64 throws Bad");
        writer.function(&head, &["x", "y"], 4);
        writer.callable = number + 1;
    }
    writer.function("entry fn run(x: u64, y: i32, c: bool) -> u64 throws Bad", &["x", "y", "c"], 9);
    writer.function(
        "entry fn again(x: u64, y: i32, c: bool) -> u64 throws Bad",
        &["x", "y", "c"],
        6,
    );
    writer.out += TAIL;
    writer.out
}

const HEAD: &str = "\
module demo

error Bad(x: u64, y: bool)
event Seen(index who: Address, n: u64)

contract C {
    state {
        a: u64 = 3
        w: u256 = 1
        b: i32
        m: Map<u64, u64 default 0>
        p: Map<u64, u64>
        t: Map<u256, Map<Address, u64 default 0>>
        n: Map<u64, Map<u32, bool default false>>
    }

    init() { self.b = 7 }

";

const TAIL: &str = "
    view fn peek(k: u64) -> u64 {
        if self.n[k][1] { return self.m[k] }
        return (self.p.get(k) ?? 5) + self.a
    }

    fn wide(a: u256, n: u64, b: u256) -> u256 {
        if n > 9 { return b }
        return (a & 0xffffffff) + b
    }

    fn depth(n: u64) -> u64 {
        if n == 0 { return self.a % 10 }
        return self.depth(n - 1) + n
    }
}
";

impl Writer {
    fn line(&mut self, text: &str) {
        self.out += &"    ".repeat(self.indent);
        self.out += text;
        self.out.push('\n');
    }

    fn function(&mut self, head: &str, params: &[&str], length: u64) {
        self.line(&format!("{head} {{"));
        self.scope = params
            .iter()
            .zip([Kind::U64, Kind::I32, Kind::Bool])
            .map(|(name, kind)| Variable { name: (*name).into(), kind, mutable: false })
            .collect();
        self.indent += 1;
        self.stmts(length, 3);
        let value = self.expr(Kind::U64, 2);
        self.line(&format!("return {value}"));
        self.indent -= 1;
        self.line("}\n");
    }

    fn stmts(&mut self, most: u64, depth: u32) {
        let outer = self.scope.len();
        for _ in 0..=self.chance.below(most) {
            self.stmt(depth);
        }
        self.scope.truncate(outer);
    }

    fn block(&mut self, head: &str, depth: u32) {
        self.line(&format!("{head} {{"));
        self.indent += 1;
        self.stmts(3, depth - 1);
        self.indent -= 1;
        self.line("}");
    }

    fn stmt(&mut self, depth: u32) {
        match self.chance.below(if depth == 0 { 9 } else { 15 }) {
            0 | 1 => self.declare(),
            2 | 3 => self.assign(),
            4..=6 => self.write_state(),
            7 => {
                let n = self.expr(Kind::U64, 1);
                self.line(&format!("emit Seen(tx.sender, {n})"));
            }
            8 => self.leave(),
            9 | 10 => {
                let cond = self.expr(Kind::Bool, 2);
                self.block(&format!("if {cond}"), depth);
                if self.chance.below(2) == 0 {
                    self.out.truncate(self.out.trim_end().len());
                    self.out += " else {\n";
                    self.indent += 1;
                    self.stmts(3, depth - 1);
                    self.indent -= 1;
                    self.line("}");
                }
            }
            11 | 12 => self.for_loop(depth),
            13 => self.while_loop(depth),
            _ => self.choose(),
        }
    }

    fn fresh(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }

    fn kind(&mut self) -> Kind {
        *self.chance.pick(&[Kind::U64, Kind::U64, Kind::I32, Kind::Bool, Kind::U256])
    }

    fn declare(&mut self) {
        let (name, kind) = (self.fresh(), self.kind());
        let value = self.expr(kind, 2);
        let mutable = self.chance.below(3) > 0;
        let word = if mutable { "var" } else { "let" };
        self.line(&format!("{word} {name}: {} = {value}", kind.name()));
        self.scope.push(Variable { name, kind, mutable });
    }

    /// `let v = if c { a } else { b }`.
    fn choose(&mut self) {
        let (name, kind) = (self.fresh(), self.kind());
        let (cond, a, b) = (self.expr(Kind::Bool, 1), self.expr(kind, 1), self.expr(kind, 1));
        self.line(&format!("let {name}: {} = if {cond} {{ {a} }} else {{ {b} }}", kind.name()));
        self.scope.push(Variable { name, kind, mutable: false });
    }

    fn assign(&mut self) {
        let mutable: Vec<(String, Kind)> = self
            .scope
            .iter()
            .filter(|variable| variable.mutable)
            .map(|variable| (variable.name.clone(), variable.kind))
            .collect();
        if mutable.is_empty() {
            return self.declare();
        }
        let (name, kind) = self.chance.pick(&mutable).clone();
        let value = self.expr(kind, 2);
        let op = match kind {
            Kind::Bool => "=",
            _ => *self.chance.pick(&["=", "=", "+=", "-=", "^=", "|="]),
        };
        self.line(&format!("{name} {op} {value}"));
    }

    fn write_state(&mut self) {
        let key = self.key();
        let (n, b) = (self.expr(Kind::U64, 2), self.expr(Kind::Bool, 1));
        let y = self.expr(Kind::I32, 1);
        let line = match self.chance.below(11) {
            9 => format!("self.w = {}", self.expr(Kind::U256, 2)),
            10 => format!("self.t[{}][tx.sender] ^= {n}", self.expr(Kind::U256, 1)),
            0 => format!("self.a = {n}"),
            1 => format!("self.a += {n}"),
            2 => format!("self.b = {y}"),
            3 => format!("self.m[{key}] = {n}"),
            4 => format!("self.m[{key}] += {n}"),
            5 => format!("self.p[{key}] = {n}"),
            6 => format!("self.n[{key}][{}] = {b}", self.chance.below(3)),
            7 => format!("self.p.insert({key} + 100, {n})"),
            _ => format!("let {} = self.p.take({key}) else throw Bad({n}, {b})", self.fresh()),
        };
        self.line(&line);
    }

    /// Keys that meet each other often.
    fn key(&mut self) -> String {
        match self.chance.below(3) {
            0 => format!("{}", self.chance.below(4)),
            1 => "x".into(),
            _ => format!("{} % 3", self.expr(Kind::U64, 1)),
        }
    }

    /// What leaves the function or the turn of a loop, under a condition.
    fn leave(&mut self) {
        let cond = self.expr(Kind::Bool, 2);
        let how = match self.chance.below(if self.loops > 0 { 6 } else { 3 }) {
            0 => format!("throw Bad({}, {})", self.expr(Kind::U64, 1), self.expr(Kind::Bool, 1)),
            1 => format!("return {}", self.expr(Kind::U64, 1)),
            2 => {
                let name = self.variable(Kind::U64).unwrap_or("x".into());
                let limit = self.chance.below(9000);
                return self.line(&format!("assert {name} < {limit}"));
            }
            3 | 4 => "continue".into(),
            _ => "break".into(),
        };
        self.line(&format!("if {cond} {{ {how} }}"));
    }

    fn for_loop(&mut self, depth: u32) {
        let name = self.fresh();
        let end = match self.chance.below(2) {
            0 => format!("{}", self.chance.below(5)),
            _ => format!("{} % 5", self.expr(Kind::U64, 1)),
        };
        let dots = *self.chance.pick(&["..", "..="]);
        let outer = self.scope.len();
        self.scope.push(Variable { name: name.clone(), kind: Kind::U64, mutable: false });
        self.loops += 1;
        self.block(&format!("for {name} in {}u64{dots}{end}", self.chance.0 % 3), depth);
        self.loops -= 1;
        self.scope.truncate(outer);
    }

    fn while_loop(&mut self, depth: u32) {
        let name = self.fresh();
        self.line(&format!("var {name} = 0u64"));
        let cond = self.expr(Kind::Bool, 1);
        self.line(&format!("while {name} < 4 && ({cond} || {name} < 2) {{"));
        self.indent += 1;
        self.line(&format!("{name} += 1"));
        self.scope.push(Variable { name, kind: Kind::U64, mutable: false });
        self.loops += 1;
        self.stmts(3, depth - 1);
        self.loops -= 1;
        self.indent -= 1;
        self.line("}");
    }

    fn variable(&mut self, kind: Kind) -> Option<String> {
        let fitting = self.scope.iter().filter(|variable| variable.kind == kind);
        let fitting: Vec<String> = fitting.map(|variable| variable.name.clone()).collect();
        (!fitting.is_empty()).then(|| self.chance.pick(&fitting).clone())
    }

    fn expr(&mut self, kind: Kind, depth: u32) -> String {
        if depth == 0 || self.chance.below(4) == 0 {
            return self.leaf(kind);
        }
        match kind {
            Kind::U64 => self.number(depth),
            Kind::I32 => {
                let (a, b) = (self.expr(kind, depth - 1), self.expr(kind, depth - 1));
                match self.chance.below(8) {
                    0 => format!("(-{a})"),
                    1 => "self.b".into(),
                    2 => format!("i32({} % 50)", self.expr(Kind::U64, depth - 1)),
                    3 => format!("({a} / {b})"),
                    4 => format!("({a} % {b})"),
                    5 => format!("({a} >> 1)"),
                    _ => format!("({a} {} {b})", self.chance.pick(&["+", "-", "*", "&", "^", "|"])),
                }
            }
            Kind::Bool => self.truth(depth),
            Kind::U256 => {
                let (a, b) = (self.expr(kind, depth - 1), self.expr(kind, depth - 1));
                match self.chance.below(7) {
                    0 => "self.w".into(),
                    1 => format!("u256({})", self.expr(Kind::U64, depth - 1)),
                    2 => format!("({a} << {})", self.chance.below(90)),
                    3 => format!("self.wide({a}, {}, {b})", self.expr(Kind::U64, depth - 1)),
                    _ => format!("({a} {} {b})", self.chance.pick(&["+", "*", "|", "^"])),
                }
            }
        }
    }

    fn leaf(&mut self, kind: Kind) -> String {
        if self.chance.below(3) > 0
            && let Some(name) = self.variable(kind)
        {
            return name;
        }
        match kind {
            Kind::U64 => format!("{}u64", self.chance.below(12)),
            Kind::I32 => format!("{}i32", self.chance.below(9)),
            Kind::U256 => format!("{}u256", self.next_literal()),
            Kind::Bool => (*self.chance.pick(&["true", "false"])).into(),
        }
    }

    fn next_literal(&mut self) -> u64 {
        self.chance.next() >> self.chance.below(64)
    }

    fn number(&mut self, depth: u32) -> String {
        let (a, b) = (self.expr(Kind::U64, depth - 1), self.expr(Kind::U64, depth - 1));
        match self.chance.below(16) {
            0 => "self.a".into(),
            1 => format!("self.m[{}]", self.key()),
            2 => format!("(self.p.get({}) ?? {a})", self.key()),
            3 => format!("({a} / ({b} + 1))"),
            4 => format!("({a} % ({b} + 1))"),
            5 => format!("({a} << {})", self.chance.below(9)),
            11 => format!("({a} >> {})", self.chance.below(70)),
            6 => format!("({a} - {b})"),
            7 => format!("u64({} & 63)", self.expr(Kind::I32, depth - 1)),
            8 if self.callable > 0 => {
                let which = self.chance.below(u64::from(self.callable));
                format!("self.help{which}({a}, {})", self.expr(Kind::I32, 0))
            }
            9 => format!("self.depth({a} % 4)"),
            10 => format!("self.p[{}]", self.chance.below(3)),
            _ => format!("({a} {} {b})", self.chance.pick(&["+", "+", "*", "&", "|", "^"])),
        }
    }

    fn truth(&mut self, depth: u32) -> String {
        let kind = self.kind();
        let (a, b) = (self.expr(kind, depth - 1), self.expr(kind, depth - 1));
        let (c, d) = (self.expr(Kind::Bool, depth - 1), self.expr(Kind::Bool, depth - 1));
        match self.chance.below(8) {
            0 | 1 => format!("({c} && {d})"),
            2 | 3 => format!("({c} || {d})"),
            4 => format!("(!{c})"),
            5 => format!("self.p.has({})", self.key()),
            _ if kind == Kind::Bool => format!("({a} {} {b})", self.chance.pick(&["==", "!="])),
            _ => format!("({a} {} {b})", self.chance.pick(&["==", "!=", "<", "<=", ">", ">="])),
        }
    }
}
