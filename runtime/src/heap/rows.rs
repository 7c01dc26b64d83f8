//! Elements that are records or enums, taken out of their vector and put into it.
//!
//! In: places in a vector's payload, and values of its element type or their fields. Out: values of
//! their own, fields in registers, or elements. The fields of a value and of an element that lies in
//! its vector have the same order and the same distances, so either way is one copy; references among
//! them move with it, or get an owner more.

use super::layout::Rows;
use super::{Arena, Part, Ref, Word, payload};
use crate::interp::Stop;

/// Records as elements, by their fields. Where they do not lie in the vector, they are made and opened.
impl Arena<'_> {
    /// Copies the fields of an element into `slots`.
    pub(crate) fn row_get(
        &mut self,
        value: Ref,
        index: u64,
        slots: &mut [u64],
    ) -> Result<(), Stop> {
        let (_, at) = self.element(value, index)?;
        let Some(rows) = self.rows(value) else {
            return self.fields(self.heap.reference(at), 0, slots);
        };
        for Part { ty, offset, slot } in rows.parts(0) {
            self.heap.load(*ty, at + offset, &mut slots[*slot..]);
        }
        self.share(rows, at, 1);
        Ok(())
    }

    /// Puts a record of the fields in `slots`, which are taken, in the place of an element.
    pub(crate) fn row_set(&mut self, value: Ref, index: u64, slots: &[u64]) -> Result<Ref, Stop> {
        self.element(value, index)?;
        let Some(rows) = self.rows(value) else {
            let record = self.row(value, slots)?;
            return self.set(value, index, &[record.into()]);
        };
        let value = self.prepare(value, 0)?;
        let (_, at) = self.element(value, index)?;
        self.clear(rows, at);
        self.write(rows, at, slots);
        Ok(value)
    }

    /// Puts a record of the fields in `slots`, which are taken, behind the elements.
    pub(crate) fn row_push(&mut self, value: Ref, slots: &[u64]) -> Result<Ref, Stop> {
        let Some(rows) = self.rows(value) else {
            let record = self.row(value, slots)?;
            return self.push(value, &[record.into()]);
        };
        let length = self.heap.length(value);
        let used = length as usize * rows.width;
        let value = self.prepare(value, (used + rows.width) as u64)?;
        self.write(rows, payload(value) + used, slots);
        self.heap.set_word(value, Word::Length, length + 1);
        Ok(value)
    }

    /// An element of a vector of references.
    fn row(&mut self, vec: Ref, slots: &[u64]) -> Result<Ref, Stop> {
        let element = self.layouts.of(self.heap.ty(vec)).element().heap();
        self.make(element.unwrap_or_default(), 0, slots)
    }

    fn write(&mut self, rows: &Rows, at: usize, slots: &[u64]) {
        for Part { ty, offset, slot } in rows.parts(0) {
            self.heap.store(*ty, at + offset, &slots[*slot..]);
        }
    }
}

impl Arena<'_> {
    /// A value of its own with what the element at a place holds, references and all.
    pub(super) fn lift(&mut self, rows: &Rows, at: usize) -> Result<Ref, Stop> {
        let variant = rows.variant(self.heap, at);
        let bytes = rows.bytes(variant);
        let value = self.allocate(rows.element, variant, bytes as u64)?;
        let from = at + rows.tag;
        let to = self.heap.payload(value);
        self.heap.blocks.memory.copy_within(from..from + bytes, to);
        Ok(value)
    }

    /// As [`Arena::lift`], while the element stays.
    pub(super) fn copy_out(&mut self, rows: &Rows, at: usize) -> Result<Ref, Stop> {
        let value = self.lift(rows, at)?;
        self.share(rows, at, 1);
        Ok(value)
    }

    /// Writes a value, which is taken, to the place of an element, without looking at what was there.
    pub(super) fn lower(&mut self, rows: &Rows, value: Ref, at: usize) {
        let variant = self.heap.length(value);
        let (from, to) = (self.heap.payload(value), at + rows.tag);
        self.heap.blocks.memory.copy_within(from..from + rows.bytes(variant), to);
        if rows.tag > 0 {
            self.heap.blocks.memory[at] = variant as u8;
        }
        if self.heap.is_unique(value) {
            self.heap.free_block(value);
        } else {
            self.share(rows, at, 1);
            self.drop(value);
        }
    }

    /// Gives what the element at a place refers to so many more owners.
    pub(super) fn share(&mut self, rows: &Rows, at: usize, more: u32) {
        let mut references = rows.references(self.heap, at);
        while let Some(place) = references.next(self.heap) {
            self.heap.add_owners(self.heap.reference(place), more);
        }
    }

    /// Lets go of what the element at a place refers to.
    pub(super) fn clear(&mut self, rows: &Rows, at: usize) {
        let mut references = rows.references(self.heap, at);
        while let Some(place) = references.next(self.heap) {
            self.drop(self.heap.reference(place));
        }
    }
}

#[cfg(test)]
mod tests {
    use deed_bytecode::{HeapType, Ty, Type};
    use proptest::prelude::*;

    use super::super::{Arena, Heap, Layouts, Ref};
    use crate::config::Limits;
    use crate::gas::GasSchedule;

    /// `string`, `Option<string>`, vectors of these and of pairs of a number and a string.
    const TEXT: u16 = 0;
    const OPTION: u16 = 1;
    const OPTIONS: u16 = 2;
    const PAIR: u16 = 3;
    const PAIRS: u16 = 4;

    fn with_arena(test: impl FnOnce(&mut Arena<'_>)) {
        let text = Type::Heap(TEXT);
        let variants = vec![vec![], vec![text]];
        let layouts = Layouts::new(&[
            HeapType::String,
            HeapType::Enum { name: "Option".into(), variants },
            HeapType::Vec(Type::Heap(OPTION)),
            HeapType::Record { name: "Pair".into(), fields: vec![Ty::U16.into(), text] },
            HeapType::Vec(Type::Heap(PAIR)),
        ]);
        let (mut heap, limits) = (Heap::default(), Limits::V1);
        heap.reset(&layouts);
        let (schedule, gas) = (&GasSchedule::V1, u64::MAX);
        let mut arena =
            Arena { heap: &mut heap, layouts: &layouts, schedule, limits: &limits, held: 0, gas };
        test(&mut arena);
        assert_eq!(heap.live(), 0, "something was lost");
    }

    /// A value by a number: an option of a text, or a pair of both.
    fn made(arena: &mut Arena<'_>, ty: u16, number: u16) -> u64 {
        let mut text = || {
            let text = "x".repeat(usize::from(number % 40));
            u64::from(arena.literal(TEXT, text.as_bytes()).expect("memory"))
        };
        let made = match (ty, number % 3) {
            (OPTION, 0) => arena.make(OPTION, 0, &[]),
            (OPTION, _) => {
                let text = text();
                arena.make(OPTION, 1, &[text])
            }
            _ => {
                let text = text();
                arena.make(PAIR, 0, &[number.into(), text])
            }
        };
        made.expect("memory").into()
    }

    /// The canonical bytes of such a vector.
    fn written(ty: u16, numbers: &[u16]) -> Vec<u8> {
        let mut bytes = (numbers.len() as u32).to_le_bytes().to_vec();
        for number in numbers {
            let text = "x".repeat(usize::from(number % 40));
            let text = [&(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat();
            match (ty, number % 3) {
                (OPTION, 0) => bytes.push(0),
                (OPTION, _) => bytes.extend([&[1], &text[..]].concat()),
                _ => bytes.extend([&number.to_le_bytes()[..], &text].concat()),
            }
        }
        bytes
    }

    struct Pair {
        vec: Ref,
        model: Vec<u16>,
    }

    /// Does something to one of the vectors, and the same to its model.
    fn step(arena: &mut Arena<'_>, ty: u16, pairs: &mut Vec<Pair>, [what, at, number]: [u16; 3]) {
        let which = usize::from(at) % pairs.len();
        let twin = pairs[(which + 1) % pairs.len()].vec;
        let more = pairs[(which + 1) % pairs.len()].model.clone();
        let Pair { vec, model } = &mut pairs[which];
        let place = usize::from(number) % model.len().max(1);
        let value = |arena: &mut Arena<'_>| [made(arena, ty, number)];
        match (what % 9, model.is_empty()) {
            (0, _) => {
                let vec = *vec;
                arena.heap.dup(vec);
                let model = model.clone();
                pairs.push(Pair { vec, model });
            }
            (1, false) => {
                let value = value(arena);
                *vec = arena.set(*vec, place as u64, &value).expect("memory");
                model[place] = number;
            }
            (2, false) => {
                let mut value = value(arena);
                *vec = arena.swap(*vec, place as u64, &mut value).expect("memory");
                model[place] = number;
                arena.drop(value[0] as Ref);
            }
            (3, false) => {
                let mut value = [0];
                arena.get(*vec, place as u64, &mut value).expect("memory");
                *vec = arena.push(*vec, &value).expect("memory");
                model.push(model[place]);
            }
            (4, false) => {
                let mut value = [0];
                *vec = arena.pop(*vec, &mut value).expect("memory");
                model.pop();
                arena.drop(value[0] as Ref);
            }
            (5, false) => {
                let part = arena.slice(*vec, 0, place as u64).expect("memory");
                arena.drop(*vec);
                *vec = part;
                model.truncate(place);
            }
            (6, _) if more.len() + model.len() < 200 => {
                *vec = arena.concat(*vec, twin).expect("memory");
                model.extend(more);
            }
            _ => {
                let value = value(arena);
                *vec = arena.push(*vec, &value).expect("memory");
                model.push(number);
            }
        }
    }

    fn run(ty: u16, steps: &[[u16; 3]]) {
        with_arena(|arena| {
            let types = [Type::Heap(ty + 1)];
            let value = made(arena, ty, 7);
            let vec = arena.fill(ty + 1, 3, &[value]).expect("memory");
            let mut pairs = vec![Pair { vec, model: vec![7; 3] }];
            for it in steps {
                step(arena, ty, &mut pairs, *it);
            }
            for Pair { vec, model } in &pairs {
                let bytes = arena.encode(&types, &[(*vec).into()]).expect("small");
                assert_eq!(bytes, written(ty, model));
                let mut again = [0];
                arena.decode(&types, &bytes, &mut again).expect("canonical");
                assert!(arena.compare(*vec, again[0] as Ref).expect("gas").is_eq());
                assert_eq!(arena.encode_last(&types, &again).expect("small"), bytes);
            }
            for Pair { vec, .. } in pairs {
                arena.encode_last(&types, &[vec.into()]).expect("small");
            }
        });
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(40) })]

        #[test]
        fn a_vector_of_options_is_a_vector(steps in prop::collection::vec(any::<[u16; 3]>(), 0..200)) {
            run(OPTION, &steps);
        }

        #[test]
        fn a_vector_of_records_is_a_vector(steps in prop::collection::vec(any::<[u16; 3]>(), 0..200)) {
            run(PAIR, &steps);
        }

        #[test]
        fn elements_that_are_cut_or_changed_leave_nothing(
            numbers in prop::collection::vec(0..500u16, 1..60),
            at in any::<prop::sample::Index>(),
            byte in any::<u8>(),
            cut in any::<bool>(),
        ) {
            for ty in [OPTION, PAIR] {
                let mut bytes = written(ty, &numbers);
                let at = at.index(bytes.len());
                if cut { bytes.truncate(at) } else { bytes[at] = byte }
                with_arena(|arena| {
                    let (types, mut slots) = ([Type::Heap(ty + 1)], [0]);
                    if arena.decode(&types, &bytes, &mut slots).is_ok() {
                        assert_eq!(arena.encode_last(&types, &slots).expect("small"), bytes);
                    }
                });
            }
        }
    }

    #[test]
    fn a_vector_of_options_takes_what_they_take() {
        with_arena(|arena| {
            let value = made(arena, OPTION, 0);
            let vec = arena.fill(OPTIONS, 1000, &[value]).expect("memory");
            assert_eq!(arena.heap.live(), 8 << 10, "five bytes each, in whole pages");
            arena.drop(vec);
            let value = made(arena, PAIR, 0);
            let vec = arena.fill(PAIRS, 100, &[value]).expect("memory");
            assert_eq!(
                arena.heap.live(),
                640 + 16,
                "six bytes each and a header, and an empty text"
            );
            arena.drop(vec);
        });
    }
}
