//! The Deed source of a generated program.
//!
//! In: a [`Program`]. Out: its text, every operand in brackets and every literal with its type, so that
//! nothing hangs on precedence or inference.

use super::{Expr, ExprKind, Function, Op, Program, Stmt, Ty};
use std::fmt::Write;

/// The program as a contract `Generated` with an entry `run`.
pub(crate) fn print(program: &Program) -> String {
    let mut out = String::from(
        "module generated\n\nevent Seen(value: u64)\n\ncontract Generated {\n    state {\n",
    );
    for (at, ty) in program.scalars.iter().enumerate() {
        writeln!(out, "        s{at}: {} = {}", name(*ty), zero(*ty)).expect("text grows");
    }
    for (at, ty) in program.maps.iter().enumerate() {
        writeln!(out, "        m{at}: Map<u64, {} default {}>", name(*ty), zero(*ty))
            .expect("text grows");
    }
    out.push_str("    }\n");
    for (at, helper) in program.helpers.iter().enumerate() {
        function(&mut out, &format!("fn f{at}"), helper);
    }
    function(&mut out, "entry fn run", &program.entry);
    out.push_str("}\n");
    out
}

pub(crate) fn name(ty: Ty) -> String {
    match ty {
        Ty::Bool => "bool".into(),
        Ty::Int { signed, bits } => format!("{}{bits}", if signed { 'i' } else { 'u' }),
    }
}

fn zero(ty: Ty) -> &'static str {
    if ty == Ty::Bool { "false" } else { "0" }
}

fn function(out: &mut String, head: &str, function: &Function) {
    let params: Vec<String> =
        function.params.iter().enumerate().map(|(v, ty)| format!("v{v}: {}", name(*ty))).collect();
    let result = name(function.result);
    writeln!(out, "\n    {head}({}) -> {result} {{", params.join(", ")).expect("text grows");
    block(out, &function.body, function.params.len(), 2);
    out.push_str("    }\n");
}

fn block(out: &mut String, stmts: &[Stmt], mut scope: usize, depth: usize) {
    for stmt in stmts {
        out.push_str(&"    ".repeat(depth));
        statement(out, stmt, scope, depth);
        out.push('\n');
        scope += usize::from(matches!(stmt, Stmt::Define { .. } | Stmt::While(..)));
    }
}

fn statement(out: &mut String, stmt: &Stmt, scope: usize, depth: usize) {
    let indent = "    ".repeat(depth);
    let inner = |out: &mut String, head: String, stmts: &[Stmt], scope| {
        writeln!(out, "{head} {{").expect("text grows");
        block(out, stmts, scope, depth + 1);
        write!(out, "{indent}}}").expect("text grows");
    };
    match stmt {
        Stmt::Define { mutable, value } => {
            let word = if *mutable { "var" } else { "let" };
            write!(out, "{word} v{scope}: {} = {}", name(value.ty), expr(value))
        }
        Stmt::Assign(var, value) => write!(out, "v{var} = {}", expr(value)),
        Stmt::OpAssign(var, op, value) => write!(out, "v{var} {}= {}", symbol(*op), expr(value)),
        Stmt::SetScalar(at, value) => write!(out, "self.s{at} = {}", expr(value)),
        Stmt::SetMap(at, key, value) => write!(out, "self.m{at}[{}] = {}", expr(key), expr(value)),
        Stmt::If(condition, then, otherwise) => {
            inner(out, format!("if {}", expr(condition)), then, scope);
            if !otherwise.is_empty() {
                inner(out, " else".into(), otherwise, scope);
            }
            Ok(())
        }
        Stmt::For(ty, low, high, body) => {
            let range = format!("{}..{}", literal(*ty, *low), literal(*ty, *high));
            inner(out, format!("for v{scope} in {range}"), body, scope + 1);
            Ok(())
        }
        Stmt::While(rounds, body) => {
            writeln!(out, "var v{scope}: u64 = {rounds}u64").expect("text grows");
            writeln!(out, "{indent}while v{scope} > 0u64 {{").expect("text grows");
            writeln!(out, "{indent}    v{scope} -= 1u64").expect("text grows");
            block(out, body, scope + 1, depth + 1);
            write!(out, "{indent}}}")
        }
        Stmt::Break => write!(out, "break"),
        Stmt::Continue => write!(out, "continue"),
        Stmt::Assert(condition) => write!(out, "assert {}", expr(condition)),
        Stmt::Emit(value) => write!(out, "emit Seen({})", expr(value)),
        Stmt::Return(value) => write!(out, "return {}", expr(value)),
    }
    .expect("text grows");
}

fn expr(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Literal(value) => literal(expr.ty, *value),
        ExprKind::Var(var) => format!("v{var}"),
        ExprKind::Scalar(at) => format!("self.s{at}"),
        ExprKind::MapAt(at, key) => format!("self.m{at}[{}]", self::expr(key)),
        ExprKind::Binary(op, a, b) => format!("({} {} {})", operand(a), symbol(*op), operand(b)),
        ExprKind::Neg(a) => format!("(-{})", operand(a)),
        ExprKind::Not(a) => format!("(!{})", operand(a)),
        ExprKind::Cast(a) => format!("{}({})", name(expr.ty), self::expr(a)),
        ExprKind::If(c, a, b) => {
            format!("(if {} {{ {} }} else {{ {} }})", operand(c), self::expr(a), self::expr(b))
        }
        ExprKind::Call(at, args) => {
            let args: Vec<String> = args.iter().map(self::expr).collect();
            format!("self.f{at}({})", args.join(", "))
        }
    }
}

fn operand(operand: &Expr) -> String {
    match operand.kind {
        ExprKind::Literal(value) if value < 0 => format!("({})", expr(operand)),
        _ => expr(operand),
    }
}

fn literal(ty: Ty, value: i128) -> String {
    match ty {
        Ty::Bool => (value != 0).to_string(),
        Ty::Int { .. } => format!("{value}{}", name(ty)),
    }
}

fn symbol(op: Op) -> &'static str {
    match op {
        Op::Add => "+",
        Op::Sub => "-",
        Op::Mul => "*",
        Op::Div => "/",
        Op::Rem => "%",
        Op::Shl => "<<",
        Op::Shr => ">>",
        Op::BitAnd => "&",
        Op::BitOr => "|",
        Op::BitXor => "^",
        Op::Eq => "==",
        Op::Ne => "!=",
        Op::Lt => "<",
        Op::Le => "<=",
        Op::Gt => ">",
        Op::Ge => ">=",
        Op::And => "&&",
        Op::Or => "||",
    }
}
