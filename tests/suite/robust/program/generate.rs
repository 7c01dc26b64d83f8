//! Well-typed programs out of random bytes.
//!
//! In: a tape of bytes, each a decision; past its end every decision is 0, which is always the simplest
//! one, so a shorter tape is a smaller program. Out: a [`Program`].

use super::{Expr, ExprKind, Function, Op, Program, Stmt, Ty, Var};

const MOST_STATEMENTS: u8 = 5;
const MOST_BLOCK_DEPTH: u32 = 3;
const MOST_EXPR_DEPTH: u32 = 4;

/// The program that a tape describes.
pub(crate) fn generate(tape: &[u8]) -> Program {
    let mut tape = Tape { bytes: tape, at: 0 };
    let scalars = tape.types(3);
    let maps = tape.types(2);
    let mut program = Program { scalars, maps, helpers: Vec::new(), entry: empty() };
    for _ in 0..tape.below(3) {
        let helper = Scope::function(&mut tape, &program, false);
        program.helpers.push(helper);
    }
    program.entry = Scope::function(&mut tape, &program, true);
    program
}

fn empty() -> Function {
    Function { params: Vec::new(), result: Ty::Bool, body: Vec::new() }
}

struct Tape<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Tape<'_> {
    fn byte(&mut self) -> u8 {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        byte
    }

    /// A number below `end`, which is above 0.
    fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    fn int(&mut self) -> Ty {
        let bits = self.pick(&[64, 8, 32, 16]);
        Ty::Int { signed: self.below(2) == 1, bits }
    }

    fn ty(&mut self) -> Ty {
        if self.below(5) == 4 { Ty::Bool } else { self.int() }
    }

    fn types(&mut self, most: usize) -> Vec<Ty> {
        (0..self.below(most + 1)).map(|_| self.ty()).collect()
    }

    /// A value of a type: often small, often at an edge.
    fn value(&mut self, ty: Ty) -> i128 {
        let (least, greatest) = ty.range();
        let near = i128::from(self.byte() % 4);
        let value = match self.below(5) {
            0 | 1 => near,
            2 => greatest - near,
            3 => least + near,
            _ => least / 2 + i128::from(self.byte()),
        };
        value.clamp(least, greatest)
    }
}

/// A function in the making.
struct Scope<'a, 't> {
    tape: &'a mut Tape<'t>,
    program: &'a Program,
    /// Type of each variable, and whether it may be assigned.
    vars: Vec<(Ty, bool)>,
    result: Ty,
    /// Whether statements may touch the state and emit.
    effects: bool,
    loops: u32,
    /// Within an assertion, whose proof computes on unbounded numbers: those need a cast before they
    /// can be an argument or a key, so there are none.
    asserting: bool,
}

impl<'a, 't> Scope<'a, 't> {
    fn function(tape: &'a mut Tape<'t>, program: &'a Program, effects: bool) -> Function {
        let params = tape.types(3);
        let result = tape.ty();
        let vars = params.iter().map(|ty| (*ty, false)).collect();
        let mut scope = Scope { tape, program, vars, result, effects, loops: 0, asserting: false };
        let mut body = scope.block(0);
        scope.vars = visible(&params, &body);
        let value = scope.expr(result, 0);
        body.push(Stmt::Return(value));
        Function { params, result, body }
    }

    fn block(&mut self, depth: u32) -> Vec<Stmt> {
        let before = self.vars.len();
        let mut stmts = Vec::new();
        for _ in 0..self.tape.byte() % (MOST_STATEMENTS + 1) {
            let stmt = self.statement(depth);
            let leaves = matches!(stmt, Stmt::Break | Stmt::Continue | Stmt::Return(_));
            stmts.push(stmt);
            if leaves && depth > 0 {
                break;
            }
        }
        self.vars.truncate(before);
        stmts
    }

    fn statement(&mut self, depth: u32) -> Stmt {
        let nested = depth < MOST_BLOCK_DEPTH;
        match self.tape.below(14) {
            1 | 2 => self.assign().unwrap_or_else(|| self.define()),
            3 if nested => {
                Stmt::If(self.expr(Ty::Bool, 1), self.block(depth + 1), self.block(depth + 1))
            }
            4 if nested => self.counted_loop(depth),
            5 if nested => self.while_loop(depth),
            6 if self.loops > 0 && depth > 0 => Stmt::Break,
            7 if self.loops > 0 && depth > 0 => Stmt::Continue,
            8 => self.assertion(),
            9 if self.effects => Stmt::Emit(self.expr(Ty::U64, 1)),
            10 | 11 if self.effects && !self.program.scalars.is_empty() => {
                let at = self.tape.below(self.program.scalars.len());
                Stmt::SetScalar(at, self.expr(self.program.scalars[at], 0))
            }
            12 if self.effects && !self.program.maps.is_empty() => {
                let at = self.tape.below(self.program.maps.len());
                let key = self.expr(Ty::U64, 2);
                Stmt::SetMap(at, key, self.expr(self.program.maps[at], 0))
            }
            13 if depth > 0 => Stmt::Return(self.expr(self.result, 1)),
            _ => self.define(),
        }
    }

    fn assertion(&mut self) -> Stmt {
        self.asserting = true;
        let condition = self.expr(Ty::Bool, 1);
        self.asserting = false;
        Stmt::Assert(condition)
    }

    fn define(&mut self) -> Stmt {
        let mutable = self.tape.below(3) != 0;
        let ty = self.tape.ty();
        let value = self.expr(ty, 0);
        self.vars.push((ty, mutable));
        Stmt::Define { mutable, value }
    }

    fn assign(&mut self) -> Option<Stmt> {
        let mutable: Vec<Var> = (0..self.vars.len()).filter(|var| self.vars[*var].1).collect();
        if mutable.is_empty() {
            return None;
        }
        let var = self.tape.pick(&mutable);
        let ty = self.vars[var].0;
        if ty == Ty::Bool || self.tape.below(2) == 0 {
            return Some(Stmt::Assign(var, self.expr(ty, 0)));
        }
        let op = self.tape.pick(&[Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Rem, Op::BitXor]);
        Some(Stmt::OpAssign(var, op, self.expr(ty, 1)))
    }

    fn counted_loop(&mut self, depth: u32) -> Stmt {
        let ty = self.tape.int();
        let (least, greatest) = ty.range();
        let low = self.tape.value(ty);
        let high = (low + self.tape.below(6) as i128 - 1).clamp(least, greatest);
        let body = self.loop_body(ty, depth);
        Stmt::For(ty, low, high, body)
    }

    /// The counter stays in scope after the loop.
    fn while_loop(&mut self, depth: u32) -> Stmt {
        let rounds = self.tape.byte() % 6;
        let body = self.loop_body(Ty::U64, depth);
        self.vars.push((Ty::U64, false));
        Stmt::While(rounds, body)
    }

    fn loop_body(&mut self, counter: Ty, depth: u32) -> Vec<Stmt> {
        self.vars.push((counter, false));
        self.loops += 1;
        let body = self.block(depth + 1);
        self.loops -= 1;
        self.vars.pop();
        body
    }

    fn expr(&mut self, ty: Ty, depth: u32) -> Expr {
        let kind =
            if depth >= MOST_EXPR_DEPTH { self.leaf(ty) } else { self.branch(ty, depth + 1) };
        Expr { ty, kind }
    }

    fn boxed(&mut self, ty: Ty, depth: u32) -> Box<Expr> {
        Box::new(self.expr(ty, depth))
    }

    fn leaf(&mut self, ty: Ty) -> ExprKind {
        let vars: Vec<Var> = (0..self.vars.len()).filter(|var| self.vars[*var].0 == ty).collect();
        let scalars = &self.program.scalars;
        let scalars: Vec<usize> = (0..scalars.len()).filter(|at| scalars[*at] == ty).collect();
        match self.tape.below(4) {
            1 | 2 if !vars.is_empty() => ExprKind::Var(self.tape.pick(&vars)),
            3 if !scalars.is_empty() => ExprKind::Scalar(self.tape.pick(&scalars)),
            _ => ExprKind::Literal(self.tape.value(ty)),
        }
    }

    fn branch(&mut self, ty: Ty, depth: u32) -> ExprKind {
        match self.tape.below(10) {
            3 => ExprKind::Not(self.boxed(ty, depth)),
            4 => {
                let condition = self.boxed(Ty::Bool, depth);
                ExprKind::If(condition, self.boxed(ty, depth), self.boxed(ty, depth))
            }
            5 if !self.asserting => self.call(ty, depth).unwrap_or_else(|| self.leaf(ty)),
            6 if !self.asserting => self.map_at(ty, depth).unwrap_or_else(|| self.leaf(ty)),
            7 | 8 if ty == Ty::Bool => self.comparison(depth),
            7 if ty.range().0 < 0 => ExprKind::Neg(self.boxed(ty, depth)),
            7 | 8 if ty != Ty::Bool => {
                let from = self.tape.int();
                ExprKind::Cast(self.boxed(from, depth))
            }
            1 | 2 | 9 => self.binary(ty, depth),
            _ => self.leaf(ty),
        }
    }

    fn binary(&mut self, ty: Ty, depth: u32) -> ExprKind {
        use Op::*;
        if ty == Ty::Bool {
            let op = self.tape.pick(&[And, Or]);
            return ExprKind::Binary(op, self.boxed(ty, depth), self.boxed(ty, depth));
        }
        let op = self.tape.pick(&[Add, Sub, Mul, Div, Rem, Shl, Shr, BitAnd, BitOr, BitXor]);
        let left = self.boxed(ty, depth);
        let right = if matches!(op, Shl | Shr) {
            let count = i128::from(self.tape.byte() % 10);
            Box::new(Expr { ty: Ty::U32, kind: ExprKind::Literal(count) })
        } else {
            self.boxed(ty, depth)
        };
        ExprKind::Binary(op, left, right)
    }

    fn comparison(&mut self, depth: u32) -> ExprKind {
        use Op::*;
        let ty = self.tape.int();
        let op = self.tape.pick(&[Eq, Ne, Lt, Le, Gt, Ge]);
        ExprKind::Binary(op, self.boxed(ty, depth), self.boxed(ty, depth))
    }

    fn call(&mut self, ty: Ty, depth: u32) -> Option<ExprKind> {
        let helpers = &self.program.helpers;
        let fitting: Vec<usize> =
            (0..helpers.len()).filter(|at| helpers[*at].result == ty).collect();
        if fitting.is_empty() {
            return None;
        }
        let at = self.tape.pick(&fitting);
        let args = helpers[at].params.iter().map(|ty| self.expr(*ty, depth)).collect();
        Some(ExprKind::Call(at, args))
    }

    fn map_at(&mut self, ty: Ty, depth: u32) -> Option<ExprKind> {
        let maps = &self.program.maps;
        let fitting: Vec<usize> = (0..maps.len()).filter(|at| maps[*at] == ty).collect();
        if fitting.is_empty() {
            return None;
        }
        let at = self.tape.pick(&fitting);
        Some(ExprKind::MapAt(at, self.boxed(Ty::U64, depth)))
    }
}

/// The variables that are in scope at the end of a body.
fn visible(params: &[Ty], body: &[Stmt]) -> Vec<(Ty, bool)> {
    let defined = body.iter().filter_map(|stmt| match stmt {
        Stmt::Define { mutable, value } => Some((value.ty, *mutable)),
        Stmt::While(..) => Some((Ty::U64, false)),
        _ => None,
    });
    params.iter().map(|ty| (*ty, false)).chain(defined).collect()
}
