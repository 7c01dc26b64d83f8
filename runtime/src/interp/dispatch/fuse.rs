//! Ops that are run together with the one behind them: half as many jumps between handlers.
//!
//! In: code whose ops are all in place. Out: for each op the handler that runs it, alone or with the
//! op that is certain to follow. Every cell keeps its own op and a handler that begins there, so it does
//! not matter where a run goes on, and traps are told at the op that they happen at.

use std::marker::PhantomData;

use super::steps::*;
use super::{Cell, Flow, Handler, Pace, Running, Step, Threaded, handle};
use crate::interp::op::Op;

/// A step and the one that follows it.
struct Then<A, B>(PhantomData<(A, B)>);

impl<A: Step, B: Step> Step for Then<A, B> {
    #[allow(unsafe_code)]
    #[inline(always)]
    unsafe fn step<P: Pace>(state: &mut Running<'_, '_, '_>) -> Flow {
        // SAFETY: `link` has seen that the second op follows the first.
        unsafe {
            A::step::<P>(state)?;
            B::step::<P>(state)
        }
    }
}

/// Two calculations, the second of which takes what the first gives as its left operand: it stays in a
/// machine register.
struct Chain<A, B>(PhantomData<(A, B)>);

impl<A: Calculation, B: Calculation> Step for Chain<A, B> {
    #[allow(unsafe_code)]
    #[inline(always)]
    unsafe fn step<P: Pace>(state: &mut Running<'_, '_, '_>) -> Flow {
        // SAFETY: as for `Then`.
        unsafe {
            let (d, left, right) = A::operands(state);
            let value = A::calculate(left, right)?;
            state.set(d, value);
            state.next();
            let (d, _, right) = B::operands(state);
            let value = B::calculate(value, right)?;
            state.set(d, value);
            state.next();
            Ok(())
        }
    }
}

/// As [`Chain`], where the second takes it as its right operand.
struct ChainRight<A, B>(PhantomData<(A, B)>);

impl<A: Calculation, B: Calculation> Step for ChainRight<A, B> {
    #[allow(unsafe_code)]
    #[inline(always)]
    unsafe fn step<P: Pace>(state: &mut Running<'_, '_, '_>) -> Flow {
        // SAFETY: as for `Then`.
        unsafe {
            let (d, left, right) = A::operands(state);
            let value = A::calculate(left, right)?;
            state.set(d, value);
            state.next();
            let (d, left, _) = B::operands(state);
            let value = B::calculate(left, value)?;
            state.set(d, value);
            state.next();
            Ok(())
        }
    }
}

/// Gives every op its handler.
pub(in crate::interp) fn link(cells: &mut [Cell]) {
    for at in 0..cells.len() {
        let op = cells[at].op;
        let follows = match op {
            // It runs the `Enter` at its target on the way.
            Op::Jump { to } => {
                let distance = to as isize / size_of::<Cell>() as isize + 1;
                at.checked_add_signed(distance).and_then(|next| cells.get(next))
            }
            _ => cells.get(at + 1),
        };
        let both = follows.and_then(|next| both(&op, &next.op));
        cells[at].handler = both.unwrap_or_else(|| handler::<Threaded>(&op));
    }
}

/// What runs an op and the one that follows it, where that is worth a handler.
fn both(first: &Op, second: &Op) -> Option<Handler> {
    macro_rules! chains {
        ($($name:ident)*) => {
            match first {
                $(Op::$name { .. } => chain::<$name>(first, second),)*
                _ => None,
            }
        };
    }
    let chain = chains! { AddU SubU MulU MulUI WrapAdd And Xor ShrUI };
    if chain.is_some() {
        return chain;
    }
    macro_rules! firsts {
        ($($name:ident)*) => {
            match first {
                $(Op::$name { .. } => then::<$name>(second),)*
                Op::Jump { .. } => branch::<Jump>(second),
                _ => None,
            }
        };
    }
    firsts! {
        AddU SubU MulU AddUI SubUI MulUI WrapAdd WrapSub WrapAddI And AndI Xor ShrUI Mov Const
        Get8 Get64 Set8 Set64
    }
}

/// Two calculations, the second of which uses what the first gives.
fn chain<A: Calculation>(first: &Op, second: &Op) -> Option<Handler> {
    let given = first.calculates()?[0];
    let [_, left, right] = second.calculates()?;
    macro_rules! seconds {
        ($($name:ident)*) => {
            match second {
                $(Op::$name { .. } if left == given => Some(handle::<Threaded, Chain<A, $name>>),)*
                $(Op::$name { .. } if right == given => {
                    Some(handle::<Threaded, ChainRight<A, $name>>)
                })*
                _ => None,
            }
        };
    }
    seconds! { AddU SubU MulU WrapAdd And Xor AddUI RemUI AndI ShrUI }
}

fn then<A: Step>(second: &Op) -> Option<Handler> {
    macro_rules! seconds {
        ($($name:ident)*) => {
            match second {
                $(Op::$name { .. } => Some(handle::<Threaded, Then<A, $name>>),)*
                _ => branch::<A>(second),
            }
        };
    }
    seconds! { AddU SubU MulU AddUI WrapAdd WrapAddI And AndI Xor Mov Get8 Get64 Set8 Set64 Call Ret }
}

/// Ops that leave their block.
fn branch<A: Step>(second: &Op) -> Option<Handler> {
    macro_rules! branches {
        ($($name:ident)*) => {
            match second {
                $(Op::$name { .. } => Some(handle::<Threaded, Then<A, $name>>),)*
                _ => None,
            }
        };
    }
    branches! { Jump BrEq BrLtU BrLeU BrEqI BrLtUI BrLeUI }
}
