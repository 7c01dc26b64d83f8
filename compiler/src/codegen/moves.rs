//! Moves that happen at once, as a sequence of single moves.
//!
//! In: (from, to) pairs of registers, the targets disjoint. Out: single moves in an order in which
//! no source is overwritten before it is read; a cycle goes through a scratch register.

use deed_bytecode::Type;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Move {
    pub(super) ty: Type,
    pub(super) from: u16,
    pub(super) to: u16,
}

/// Orders `moves`, and tells the first register behind the scratch registers it took; those from
/// `scratch` on are free. Moves to where the value is vanish.
pub(super) fn sequence(moves: &[Move], mut scratch: u16) -> (Vec<Move>, u16) {
    let mut waiting: Vec<Move> = moves.iter().copied().filter(|m| m.from != m.to).collect();
    let mut out = Vec::with_capacity(waiting.len());
    // Sources from here on have been saved.
    let saved = scratch;
    while !waiting.is_empty() {
        if let Some(at) = (0..waiting.len()).find(|at| is_free(&waiting, *at)) {
            out.push(waiting.remove(at));
            continue;
        }
        // What was saved blocks nothing, so where no move is free there is one to save.
        let Some(blocked) = waiting.iter_mut().find(|m| m.from < saved) else { break };
        out.push(Move { to: scratch, ..*blocked });
        blocked.from = scratch;
        scratch = scratch.saturating_add(blocked.ty.slots());
    }
    (out, scratch)
}

/// Whether a move overwrites nothing that another one still has to read.
fn is_free(waiting: &[Move], at: usize) -> bool {
    let Move { to, ty, .. } = waiting[at];
    let mut others = waiting.iter().enumerate().filter(|(other, _)| *other != at);
    others.all(|(_, other)| !overlap(to, ty, *other))
}

/// Whether writing `ty` at `to` touches what `other` still has to read.
fn overlap(to: u16, ty: Type, other: Move) -> bool {
    to < other.from + other.ty.slots() && other.from < to + ty.slots()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use deed_bytecode::Ty as Scalar;

    use super::*;

    /// Runs moves slot by slot; every slot starts as its own number.
    fn run(moves: &[Move]) -> HashMap<u16, u16> {
        let mut slots: HashMap<u16, u16> = HashMap::new();
        for m in moves {
            let read: Vec<u16> = (0..m.ty.slots())
                .map(|at| *slots.get(&(m.from + at)).unwrap_or(&(m.from + at)))
                .collect();
            for (at, value) in (0..).zip(read) {
                slots.insert(m.to + at, value);
            }
        }
        slots
    }

    fn check(moves: &[(Scalar, u16, u16)]) -> usize {
        let moves: Vec<Move> =
            moves.iter().map(|&(ty, from, to)| Move { ty: ty.into(), from, to }).collect();
        let (done, _) = sequence(&moves, 100);
        let slots = run(&done);
        for m in &moves {
            for at in 0..m.ty.slots() {
                assert_eq!(*slots.get(&(m.to + at)).unwrap_or(&(m.to + at)), m.from + at);
            }
        }
        done.len()
    }

    #[test]
    fn moves_happen_at_once() {
        use Scalar::{Address, U64, U128};
        assert_eq!(check(&[(U64, 1, 1)]), 0);
        assert_eq!(check(&[(U64, 1, 2), (U64, 0, 1)]), 2);
        assert_eq!(check(&[(U64, 0, 1), (U64, 1, 0)]), 3);
        assert_eq!(check(&[(U64, 0, 1), (U64, 1, 2), (U64, 2, 0), (U64, 0, 3)]), 5);
        check(&[(Address, 0, 4), (U64, 4, 0), (U64, 5, 1)]);
        check(&[(U64, 4, 0), (U64, 5, 1), (Address, 0, 4)]);
        check(&[(U128, 0, 1), (U64, 2, 0)]);
        check(&[(U128, 0, 2), (U128, 2, 4), (U128, 4, 0), (Address, 8, 12), (Address, 12, 8)]);
    }
}
