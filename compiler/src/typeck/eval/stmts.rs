//! Statements.

use num_bigint::BigInt;

use super::{Frame, Leave, Machine, number, said, truth};
use crate::arena::LocalId;
use crate::thir::{Block, Expr, ExprKind, Range, Source, Stmt, StmtKind};
use crate::value::Value;

impl Machine<'_> {
    pub(super) fn stmt(&mut self, stmt: &Stmt, frame: &mut Frame) -> Result<(), Leave> {
        self.spend(1, stmt.span)?;
        match &stmt.kind {
            StmtKind::Let { local, value } => {
                let value = self.expr(value, frame)?;
                frame.set(*local, value);
            }
            StmtKind::LetPattern { pattern, value, otherwise } => {
                let value = self.expr(value, frame)?;
                if !self.fits(pattern, &value, frame)? {
                    let otherwise = otherwise.as_ref().ok_or_else(said)?;
                    self.block(otherwise, frame)?;
                }
            }
            StmtKind::Assign { place, value } => {
                let value = self.expr(value, frame)?;
                *self.slot(place, frame)? = value;
            }
            StmtKind::OpAssign { place, op, value } => {
                let held = self.slot(place, frame)?.clone();
                let added = self.expr(value, frame)?;
                let whole = Expr { kind: ExprKind::Error, ty: place.ty.clone(), span: stmt.span };
                let new = self.binary(*op, held, added, &whole, &whole, frame)?;
                *self.slot(place, frame)? = new;
            }
            StmtKind::Expr(expr) => {
                self.expr(expr, frame)?;
            }
            StmtKind::If { cond, then, otherwise } => {
                if truth(&self.expr(cond, frame)?)? {
                    self.block(then, frame)?;
                } else if let Some(otherwise) = otherwise {
                    self.block(otherwise, frame)?;
                }
            }
            StmtKind::While { cond, body, .. } => {
                while truth(&self.expr(cond, frame)?)? && self.turn(body, frame)? {}
            }
            StmtKind::For { local, range, body, .. } => self.count(*local, range, body, frame)?,
            StmtKind::ForEach { pattern, source, body, .. } => {
                for part in self.parts_of(source, frame)? {
                    self.fits(pattern, &part, frame)?;
                    if !self.turn(body, frame)? {
                        break;
                    }
                }
            }
            StmtKind::Block(block) => {
                self.block(block, frame)?;
            }
            StmtKind::Break => return Err(Leave::Break),
            StmtKind::Continue => return Err(Leave::Continue),
            StmtKind::Return(value) => {
                let value = value.as_ref().map_or(Ok(Value::Unit), |v| self.expr(v, frame))?;
                return Err(Leave::Return(value));
            }
            StmtKind::Assert { check, .. } => {
                if let Some(check) = check
                    && !truth(&self.expr(check, frame)?)?
                {
                    return Err(self.traps(stmt.span, "this assertion does not hold"));
                }
            }
            StmtKind::Assume(_) | StmtKind::Ghost(_) => {}
            StmtKind::Throw(_) | StmtKind::Reject(_) | StmtKind::Emit { .. } => {
                return Err(self.not_constant(stmt.span));
            }
            StmtKind::Test(_) => return Err(self.not_constant(stmt.span)),
        }
        Ok(())
    }

    /// One turn of a loop; whether there may be another.
    fn turn(&mut self, body: &Block, frame: &mut Frame) -> Result<bool, Leave> {
        match self.block(body, frame) {
            Ok(_) | Err(Leave::Continue) => Ok(true),
            Err(Leave::Break) => Ok(false),
            Err(leave) => Err(leave),
        }
    }

    fn count(
        &mut self,
        local: LocalId,
        range: &Range,
        body: &Block,
        frame: &mut Frame,
    ) -> Result<(), Leave> {
        let mut at = number(self.expr(&range.start, frame)?)?;
        let mut end = number(self.expr(&range.end, frame)?)?;
        if range.inclusive {
            end += 1;
        }
        while at < end {
            self.spend(1, range.start.span)?;
            frame.set(local, Value::Int(at.clone()));
            if !self.turn(body, frame)? {
                break;
            }
            at += BigInt::from(1);
        }
        Ok(())
    }

    /// What a `for` over a collection meets.
    fn parts_of(&mut self, source: &Source, frame: &mut Frame) -> Result<Vec<Value>, Leave> {
        let plain = !source.pairs && source.after.is_none() && source.limit.is_none();
        match self.expr(&source.collection, frame)? {
            Value::Sequence(parts) if plain => Ok(parts),
            Value::Bytes(bytes) if plain => {
                Ok(bytes.into_iter().map(|byte| Value::Int(byte.into())).collect())
            }
            _ => Err(self.not_constant(source.collection.span)),
        }
    }
}
