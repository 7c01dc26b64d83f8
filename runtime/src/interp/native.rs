//! Natives: from registers to their bodies and back.
//!
//! In: the operator `native` on the running frame. Out: its results there, its arguments let go. Gas
//! for the size of the arguments is charged before anything is looked at.

use deed_bytecode::{Native, NativeTy, TrapKind, Ty};

use super::machine::{Machine, Stop, hash};
use super::op::Reg;
use crate::crypto::{self, Answer};
use crate::heap::{Arena, Ref};

/// Bytes that are charged at once.
const CHUNK: u64 = 32;

impl Machine<'_> {
    /// Runs a native on the arguments from `base` on; its results come to `d` on.
    pub(super) fn native(
        &mut self,
        frame: &mut [u64],
        d: usize,
        number: u16,
        base: Reg,
        gas: &mut u64,
    ) -> Result<(), Stop> {
        let native = Native::from_number(number).ok_or(TrapKind::Unreachable)?;
        let price = self.schedule.native(native).chunk;
        let mut arena = self.arena(*gas);
        let args = &frame[usize::from(base)..];
        let answer = answer(&mut arena, native, price, args)?;
        for (ty, at) in places(native.info().params) {
            if ty == NativeTy::Bytes {
                arena.drop(args[at] as Ref);
            }
        }
        give(&mut arena, answer, &mut frame[d..])?;
        *gas = arena.gas;
        Ok(())
    }
}

/// The types of values that lie one after the other, each with its first slot.
fn places(types: &[NativeTy]) -> impl Iterator<Item = (NativeTy, usize)> {
    types.iter().scan(0, |next, ty| {
        let at = *next;
        *next += usize::from(ty.scalar().map_or(1, Ty::slots));
        Some((*ty, at))
    })
}

/// What a native gives for the arguments that lie in `slots`.
fn answer(
    arena: &mut Arena<'_>,
    native: Native,
    price: u64,
    slots: &[u64],
) -> Result<Answer, Stop> {
    let params = native.info().params;
    let mut scalars = Vec::new();
    for (ty, at) in places(params) {
        let mut bytes = Vec::new();
        ty.scalar().inspect(|ty| ty.encode(&slots[at..], &mut bytes));
        scalars.push(bytes);
    }
    let args = places(params).zip(&scalars).map(|((ty, at), scalar)| match ty {
        NativeTy::Bytes => arena.heap.text(slots[at] as Ref),
        _ => scalar,
    });
    let args: Vec<&[u8]> = args.collect();
    let size: usize = args.iter().map(|arg| arg.len()).sum();
    let cost = price.saturating_mul((size as u64).div_ceil(CHUNK));
    arena.gas = arena.gas.checked_sub(cost).ok_or(Stop::OutOfGas)?;
    Ok(crypto::run(native, &args))
}

/// Writes the results.
fn give(arena: &mut Arena<'_>, answer: Answer, slots: &mut [u64]) -> Result<(), Stop> {
    let ty = arena.layouts.bytes();
    match answer {
        Answer::Bool(it) => slots[0] = it.into(),
        Answer::Hash(it) => slots[..4].copy_from_slice(&hash(&it)),
        Answer::Bytes(it) => slots[0] = arena.literal(ty, &it)?.into(),
        Answer::Perhaps(it) => {
            slots[1] = it.is_some().into();
            slots[0] = arena.literal(ty, &it.unwrap_or_default())?.into();
        }
    }
    Ok(())
}
