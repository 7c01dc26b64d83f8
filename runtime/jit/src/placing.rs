//! Where a function begins, so that its hot jumps lie well.
//!
//! In: the machine code of a function, marked with the loops around it. Out: how far behind a boundary of 32 bytes it should begin.
//!
//! Processors of the Skylake family do not keep a stretch of 32 bytes decoded if a jump in it crosses its end or ends
//! there (Intel, "Mitigations for Jump Conditional Code Erratum", 2019), and decode it anew each time: a short
//! loop then takes up to twice as long. So each place is weighed by the jumps that would lie badly
//! there, those in loops above all, and the best one is taken. Elsewhere no place is worse than another.

use iced_x86::{Decoder, DecoderOptions, FlowControl, Instruction};

use crate::lower::RARE;

/// What a processor decodes and keeps together.
const STRETCH: usize = 32;

/// Where code begins that has so many loops around it, or is rarely reached ([`RARE`]).
pub(crate) struct Mark {
    pub(crate) start: usize,
    pub(crate) depth: u32,
}

/// A jump with the comparison that it is fused with, and how often it is likely taken.
struct Jump {
    start: usize,
    end: usize,
    weight: u64,
}

/// How many bytes behind a boundary the code lies best; its marks are in order.
pub(crate) fn place(code: &[u8], marks: &[Mark]) -> usize {
    let jumps = jumps(code, marks);
    let cost = |place: usize| -> u64 {
        let badly = |jump: &&Jump| (jump.start + place) / STRETCH != (jump.end + place) / STRETCH;
        jumps.iter().filter(badly).map(|jump| jump.weight).sum()
    };
    (0..STRETCH).min_by_key(|place| cost(*place)).unwrap_or(0)
}

/// The jumps that weigh something. What lies between marks goes on from the one before.
fn jumps(code: &[u8], marks: &[Mark]) -> Vec<Jump> {
    let (mut found, mut before) = (Vec::new(), Instruction::default());
    let (mut marks, mut depth) = (marks.iter().peekable(), RARE);
    for inst in &mut Decoder::with_ip(64, code, 0, DecoderOptions::NONE) {
        let (at, end) = (inst.ip() as usize, inst.next_ip() as usize);
        while let Some(mark) = marks.next_if(|mark| mark.start <= at) {
            depth = mark.depth;
        }
        let weight = weight(depth);
        if weight > 0 && inst.flow_control() != FlowControl::Next {
            let fused = inst.is_jcc_short_or_near() && fuses(before);
            let start = if fused { before.ip() as usize } else { at };
            found.push(Jump { start, end, weight });
        }
        before = inst;
    }
    found
}

/// Whether a comparison or a sum is one operation with the conditional jump behind it.
fn fuses(inst: Instruction) -> bool {
    use iced_x86::Mnemonic::*;
    matches!(inst.mnemonic(), Cmp | Test | Add | Sub | And | Inc | Dec)
}

/// What a loop does, it does eight times; as a guess.
fn weight(depth: u32) -> u64 {
    const DEEPEST: u32 = 8;
    if depth < RARE { 8u64.pow(depth.min(DEEPEST)) } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `dec rax`, `jnz` to it, `ret`: five bytes that are one operation, and one.
    const LOOP: [u8; 6] = [0x48, 0xff, 0xc8, 0x75, 0xfb, 0xc3];

    #[test]
    fn a_jump_lies_within_a_stretch_with_what_it_tests() {
        let jumps = jumps(&LOOP, &[Mark { start: 0, depth: 1 }, Mark { start: 5, depth: 0 }]);
        let seen: Vec<_> = jumps.iter().map(|it| (it.start, it.end, it.weight)).collect();
        assert_eq!(seen, [(0, 5, 8), (5, 6, 1)]);
    }

    #[test]
    fn the_place_spares_what_is_often_reached() {
        // So many bytes that do nothing before: without a place of its own the loop would cross the end.
        let code = [&[0x90; 29][..], &LOOP].concat();
        let marks = [Mark { start: 0, depth: 0 }, Mark { start: 29, depth: 1 }];
        let place = place(&code, &marks);
        assert_eq!((29 + place) / STRETCH, (29 + place + 5) / STRETCH);
        assert_eq!(super::place(&LOOP, &[Mark { start: 0, depth: RARE }]), 0);
    }
}
