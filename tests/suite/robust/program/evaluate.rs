//! A second opinion: what a generated program must do, by the language's own words.
//!
//! In: a [`Program`] and arguments. Out: how the call ends, its events and its state.
//! Holds always: written from the meaning of the language, with no code of the compiler or the engine;
//! values are exact integers that are compared with the range of their type.

use super::{Expr, ExprKind, Function, Op, Program, Stmt, Ty};
use std::collections::BTreeMap;

/// How a call ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Ended {
    Ok(i128),
    /// The kind of the trap, as receipts name it.
    Trap(&'static str),
    /// It was cut short here: the case says nothing.
    TooLong,
}

/// Operations after which a call is cut short.
const PATIENCE: u32 = 20_000;
const TOO_LONG: &str = "too long";

/// A deployed program with its state.
pub(crate) struct Machine<'a> {
    program: &'a Program,
    state: State,
    events: Vec<i128>,
    /// Operations that the running call may still do.
    left: u32,
}

#[derive(Clone, Default)]
struct State {
    scalars: BTreeMap<usize, i128>,
    maps: BTreeMap<(usize, i128), i128>,
}

/// Where a statement leads.
enum Flow {
    Next,
    Break,
    Continue,
    Return(i128),
}

type Eval<T> = Result<T, &'static str>;

impl<'a> Machine<'a> {
    pub(crate) fn new(program: &'a Program) -> Self {
        Machine { program, state: State::default(), events: Vec::new(), left: 0 }
    }

    /// Calls the entry. A trap leaves the state as it was and no events.
    pub(crate) fn run(&mut self, args: &[i128]) -> (Ended, Vec<i128>) {
        let before = self.state.clone();
        self.events.clear();
        self.left = PATIENCE;
        match self.call(&self.program.entry, args.to_vec()) {
            Ok(value) => (Ended::Ok(value), std::mem::take(&mut self.events)),
            Err(kind) => {
                self.state = before;
                let ended = if kind == TOO_LONG { Ended::TooLong } else { Ended::Trap(kind) };
                (ended, Vec::new())
            }
        }
    }

    fn call(&mut self, function: &'a Function, args: Vec<i128>) -> Eval<i128> {
        let mut vars = args;
        match self.block(&function.body, &mut vars)? {
            Flow::Return(value) => Ok(value),
            _ => unreachable!("a generated function returns"),
        }
    }

    fn block(&mut self, stmts: &'a [Stmt], vars: &mut Vec<i128>) -> Eval<Flow> {
        let scope = vars.len();
        let mut flow = Flow::Next;
        for stmt in stmts {
            flow = self.statement(stmt, vars)?;
            if !matches!(flow, Flow::Next) {
                break;
            }
        }
        vars.truncate(scope);
        Ok(flow)
    }

    fn statement(&mut self, stmt: &'a Stmt, vars: &mut Vec<i128>) -> Eval<Flow> {
        match stmt {
            Stmt::Define { value, .. } => {
                let value = self.expr(value, vars)?;
                vars.push(value);
            }
            Stmt::Assign(var, value) => vars[*var] = self.expr(value, vars)?,
            Stmt::OpAssign(var, op, value) => {
                let operand = self.expr(value, vars)?;
                vars[*var] = arithmetic(*op, value_type(*op, value.ty), vars[*var], operand)?;
            }
            Stmt::SetScalar(at, value) => {
                let value = self.expr(value, vars)?;
                self.state.scalars.insert(*at, value);
            }
            Stmt::SetMap(at, key, value) => {
                let key = self.expr(key, vars)?;
                let value = self.expr(value, vars)?;
                self.state.maps.insert((*at, key), value);
            }
            Stmt::If(condition, then, otherwise) => {
                let branch = if self.expr(condition, vars)? != 0 { then } else { otherwise };
                return self.block(branch, vars);
            }
            Stmt::For(_, low, high, body) => return self.rounds(*low..*high, body, vars, false),
            Stmt::While(count, body) => {
                let rounds = i128::from(*count);
                let flow = self.rounds(0..rounds, body, vars, true)?;
                return Ok(flow);
            }
            Stmt::Break => return Ok(Flow::Break),
            Stmt::Continue => return Ok(Flow::Continue),
            Stmt::Assert(condition) => {
                if self.expr(condition, vars)? == 0 {
                    return Err("assert");
                }
            }
            Stmt::Emit(value) => {
                let value = self.expr(value, vars)?;
                self.events.push(value);
            }
            Stmt::Return(value) => return Ok(Flow::Return(self.expr(value, vars)?)),
        }
        Ok(Flow::Next)
    }

    /// Runs a loop. The counter of a `while` (`down`) stays in scope after it.
    fn rounds(
        &mut self,
        range: std::ops::Range<i128>,
        body: &'a [Stmt],
        vars: &mut Vec<i128>,
        down: bool,
    ) -> Eval<Flow> {
        let (scope, end) = (vars.len(), range.end);
        vars.push(end);
        for round in range {
            vars[scope] = if down { end - 1 - round } else { round };
            match self.block(body, vars)? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => break,
                Flow::Return(value) => return Ok(Flow::Return(value)),
            }
        }
        if !down {
            vars.truncate(scope);
        }
        Ok(Flow::Next)
    }

    fn expr(&mut self, expr: &'a Expr, vars: &mut Vec<i128>) -> Eval<i128> {
        self.left = self.left.checked_sub(1).ok_or(TOO_LONG)?;
        match &expr.kind {
            ExprKind::Literal(value) => Ok(*value),
            ExprKind::Var(var) => Ok(vars[*var]),
            ExprKind::Scalar(at) => Ok(self.state.scalars.get(at).copied().unwrap_or(0)),
            ExprKind::MapAt(at, key) => {
                let key = self.expr(key, vars)?;
                Ok(self.state.maps.get(&(*at, key)).copied().unwrap_or(0))
            }
            ExprKind::Binary(op @ (Op::And | Op::Or), a, b) => {
                let a = self.expr(a, vars)?;
                if (a != 0) == (*op == Op::Or) { Ok(a) } else { self.expr(b, vars) }
            }
            ExprKind::Binary(op, a, b) => {
                let (ty, a) = (a.ty, self.expr(a, vars)?);
                let b = self.expr(b, vars)?;
                arithmetic(*op, ty, a, b)
            }
            ExprKind::Neg(a) => fit(expr.ty, -self.expr(a, vars)?, "overflow"),
            ExprKind::Not(a) => {
                let a = self.expr(a, vars)?;
                Ok(if expr.ty.range().0 < 0 { !a } else { expr.ty.range().1 - a })
            }
            ExprKind::Cast(a) => fit(expr.ty, self.expr(a, vars)?, "lossy_cast"),
            ExprKind::If(condition, a, b) => {
                let branch = if self.expr(condition, vars)? != 0 { a } else { b };
                self.expr(branch, vars)
            }
            ExprKind::Call(at, args) => {
                let args = args.iter().map(|arg| self.expr(arg, vars)).collect::<Eval<Vec<_>>>()?;
                self.call(&self.program.helpers[*at], args)
            }
        }
    }
}

/// The type of the left operand of an op-assignment: shift counts have a type of their own, so the
/// generator never makes those.
fn value_type(op: Op, operand: Ty) -> Ty {
    debug_assert!(!matches!(op, Op::Shl | Op::Shr));
    operand
}

fn arithmetic(op: Op, ty: Ty, a: i128, b: i128) -> Eval<i128> {
    let bits = if let Ty::Int { bits, .. } = ty { i128::from(bits) } else { 1 };
    match op {
        Op::Div | Op::Rem if b == 0 => Err("division_by_zero"),
        Op::Shl | Op::Shr if b >= bits => Err("bad_shift"),
        Op::Add => fit(ty, a + b, "overflow"),
        Op::Sub => fit(ty, a - b, "overflow"),
        Op::Mul => a.checked_mul(b).map_or(Err("overflow"), |product| fit(ty, product, "overflow")),
        Op::Div => fit(ty, a / b, "overflow"),
        Op::Rem => Ok(a % b),
        Op::Shl => fit(ty, a << b, "overflow"),
        Op::Shr => Ok(a >> b),
        Op::BitAnd | Op::And => Ok(a & b),
        Op::BitOr | Op::Or => Ok(a | b),
        Op::BitXor => Ok(a ^ b),
        Op::Eq => Ok(i128::from(a == b)),
        Op::Ne => Ok(i128::from(a != b)),
        Op::Lt => Ok(i128::from(a < b)),
        Op::Le => Ok(i128::from(a <= b)),
        Op::Gt => Ok(i128::from(a > b)),
        Op::Ge => Ok(i128::from(a >= b)),
    }
}

fn fit(ty: Ty, value: i128, kind: &'static str) -> Eval<i128> {
    if ty.holds(value) { Ok(value) } else { Err(kind) }
}
