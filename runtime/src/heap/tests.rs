//! Maps against the standard library's: random operations on maps that share their nodes, the
//! tree looked over after each, and no byte live when all of them are let go.

use std::collections::BTreeMap;

use deed_bytecode::{HeapType, Ty, Type};
use proptest::prelude::*;

use super::{Arena, Heap, Layouts, Ref};
use crate::config::Limits;
use crate::gas::GasSchedule;

/// `string`, then `Map<u16, u64>`, then `Map<string, string>` and `Set<string>`.
const TEXT: u16 = 0;
const NUMBERS: u16 = 1;
const TEXTS: u16 = 2;
const NAMES: u16 = 3;

fn layouts() -> Layouts {
    let map = |key, value| HeapType::Map { key, value };
    let text = Type::Heap(TEXT);
    Layouts::new(&[
        HeapType::String,
        map(Ty::U16.into(), Some(Ty::U64.into())),
        map(text, Some(text)),
        map(text, None),
    ])
}

fn with_arena(test: impl FnOnce(&mut Arena<'_>)) {
    let (mut heap, layouts) = (Heap::default(), layouts());
    let limits = Limits { memory_bytes: 1 << 30, value_bytes: 1 << 28, ..Limits::V1 };
    heap.reset(&layouts);
    let schedule = &GasSchedule::V1;
    let gas = u64::MAX;
    let mut arena =
        Arena { heap: &mut heap, layouts: &layouts, schedule, limits: &limits, held: 0, gas };
    test(&mut arena);
    assert_eq!(heap.live(), 0, "something was lost");
}

/// A map beside what it should hold; keys and values are numbers, or texts of these.
#[derive(Clone)]
struct Pair {
    map: Ref,
    model: BTreeMap<String, String>,
}

struct World<'w, 'a> {
    arena: &'w mut Arena<'a>,
    ty: u16,
}

impl World<'_, '_> {
    /// Something of this number, as slots, and as the model has it.
    fn part(&mut self, ty: Type, number: u16) -> ([u64; 4], String) {
        match ty {
            Type::Heap(_) => {
                // Long ones and short ones, so that blocks are of several sizes.
                let text = format!("{number:0width$}", width = usize::from(number % 40));
                let value = self.arena.literal(TEXT, text.as_bytes()).expect("memory");
                ([u64::from(value), 0, 0, 0], text)
            }
            Type::Scalar(_) => ([u64::from(number), 0, 0, 0], format!("{number:05}")),
        }
    }

    fn drop_part(&mut self, ty: Option<Type>, slots: &[u64]) {
        if ty.is_some_and(|ty| ty.heap().is_some()) {
            self.arena.drop(slots[0] as Ref);
        }
    }

    fn text_of(&mut self, ty: Type, slots: &[u64]) -> String {
        match ty {
            Type::Heap(_) => String::from_utf8_lossy(self.arena.heap.text(slots[0] as Ref)).into(),
            Type::Scalar(_) => format!("{:05}", slots[0]),
        }
    }

    fn step(&mut self, pair: &mut Pair, (what, key, value): (u8, u16, u16)) {
        let entries = *self.arena.entries(pair.map);
        let (slots, name) = self.part(entries.key, key);
        let (found, position) = self.arena.map_find(pair.map, &slots).expect("gas");
        let place = pair.model.range(..name.clone()).count() as u64;
        assert_eq!((found, position), (pair.model.contains_key(&name), place));
        match (what % 4, found) {
            (0 | 1, _) => {
                let (item, text) = match entries.value {
                    Some(ty) => self.part(ty, value),
                    None => Default::default(),
                };
                pair.map = self.arena.map_put(pair.map, &slots, &item).expect("memory");
                pair.model.insert(name, text);
                return;
            }
            (2, true) => {
                let mut item = [0; 4];
                pair.map = self.arena.map_take(pair.map, position, &mut item).expect("memory");
                let text = entries.value.map(|ty| self.text_of(ty, &item)).unwrap_or_default();
                self.drop_part(entries.value, &item);
                assert_eq!(pair.model.remove(&name), Some(text));
            }
            (_, true) => {
                let Some(ty) = entries.value else {
                    return self.drop_part(Some(entries.key), &slots);
                };
                let (mut item, text) = self.part(ty, value);
                pair.map = self.arena.map_swap(pair.map, position, &mut item).expect("memory");
                let old = self.text_of(ty, &item);
                self.drop_part(Some(ty), &item);
                assert_eq!(pair.model.insert(name, text), Some(old));
            }
            _ => {}
        }
        self.drop_part(Some(entries.key), &slots);
    }

    /// The entries in order, each looked up by its position.
    fn content(&mut self, map: Ref) -> Vec<(String, String)> {
        let entries = *self.arena.entries(map);
        let mut content = Vec::new();
        for position in 0..u64::from(self.arena.heap.length(map)) {
            let (mut key, mut item) = ([0; 4], [0; 4]);
            self.arena.map_key(map, position, &mut key).expect("gas");
            self.arena.map_get(map, position, &mut item).expect("gas");
            let text = entries.value.map(|ty| self.text_of(ty, &item)).unwrap_or_default();
            content.push((self.text_of(entries.key, &key), text));
            self.drop_part(Some(entries.key), &key);
            self.drop_part(entries.value, &item);
        }
        content
    }

    /// Counts, heights and least keys of all nodes are right.
    fn look_over(&mut self, map: Ref) {
        let entries = *self.arena.entries(map);
        let mut open = vec![map];
        while let Some(at) = open.pop() {
            let node = self.arena.heap.node(&entries, at);
            assert!(node.rows <= super::node::ROWS && (at == map || node.rows > 0));
            if node.is_leaf() {
                assert_eq!(self.arena.heap.length(at) as usize, node.rows);
                continue;
            }
            assert!(at != map || node.rows > 1, "a root of one row");
            let mut count = 0;
            for row in 0..node.rows {
                let child = self.arena.heap.node(&entries, self.arena.heap.child(&node, row));
                assert_eq!(child.height + 1, node.height);
                count += self.arena.heap.length(child.at);
                let (mut least, mut own) = ([0; 4], [0; 4]);
                self.arena.heap.load(node.key, node.key_at(row), &mut least);
                self.arena.heap.load(node.key, child.key_at(0), &mut own);
                assert_eq!(self.text_of(node.key, &least), self.text_of(node.key, &own));
                open.push(child.at);
            }
            assert_eq!(self.arena.heap.length(at), count);
        }
    }

    /// What leaves the call comes back as the same value.
    fn round_trip(&mut self, map: Ref) {
        let types = [Type::Heap(self.ty)];
        let bytes = self.arena.encode(&types, &[u64::from(map)]).expect("small");
        let mut slots = [0];
        self.arena.decode(&types, &bytes, &mut slots).expect("canonical");
        let again = slots[0] as Ref;
        self.look_over(again);
        assert!(self.arena.compare(map, again).expect("gas").is_eq());
        self.arena.drop(again);
    }
}

/// Which of the maps, what to do, to which key, and with which value.
type Step = (u8, u8, u16, u16);

fn run(ty: u16, steps: &[Step]) {
    with_arena(|arena| {
        let map = arena.map_new(ty).expect("memory");
        let mut world = World { arena, ty };
        let mut pairs = vec![Pair { map, model: BTreeMap::new() }];
        for (which, what, key, value) in steps {
            let which = usize::from(*which) % pairs.len();
            match what {
                0 if pairs.len() < 5 => {
                    let pair = pairs[which].clone();
                    world.arena.heap.dup(pair.map);
                    pairs.push(pair);
                }
                1 if pairs.len() > 1 => {
                    let pair = pairs.swap_remove(which);
                    world.arena.drop(pair.map);
                }
                _ => world.step(&mut pairs[which], (*what, *key, *value)),
            }
        }
        for pair in &pairs {
            world.look_over(pair.map);
            let model: Vec<(String, String)> = pair.model.clone().into_iter().collect();
            assert_eq!(world.content(pair.map), model);
            world.round_trip(pair.map);
            for other in &pairs {
                let order = world.arena.compare(pair.map, other.map).expect("gas");
                assert_eq!(order, pair.model.cmp(&other.model));
            }
        }
        pairs.into_iter().for_each(|pair| world.arena.drop(pair.map));
    });
}

fn steps(keys: u16) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec((any::<u8>(), any::<u8>(), 0..keys, 0..500u16), 0..900)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(20) })]

    #[test]
    fn a_map_of_numbers_is_a_map(steps in steps(600)) {
        run(NUMBERS, &steps);
    }

    #[test]
    fn a_map_of_texts_is_a_map(steps in steps(300)) {
        run(TEXTS, &steps);
    }

    #[test]
    fn a_set_is_a_set(steps in steps(120)) {
        run(NAMES, &steps);
    }
}

#[test]
fn entries_in_order_fill_their_nodes_and_leave_in_any() {
    with_arena(|arena| {
        let mut world = World { arena, ty: NUMBERS };
        let mut map = world.arena.map_new(NUMBERS).expect("memory");
        for number in 0..5000u64 {
            map = world.arena.map_put(map, &[number], &[number]).expect("memory");
        }
        world.look_over(map);
        let live = world.arena.heap.live();
        assert!(live < 5000 * 10 * 2, "{live} bytes for 5,000 entries of 10");
        for number in 0..5000u64 {
            let turn = number * 1877 % 5000;
            let (found, position) = world.arena.map_find(map, &[turn]).expect("gas");
            assert!(found);
            map = world.arena.map_take(map, position, &mut [0]).expect("memory");
        }
        world.look_over(map);
        assert_eq!(world.arena.heap.live(), 256, "an empty map is one leaf");
        world.arena.drop(map);
    });
}

#[test]
fn entries_out_of_order_are_no_map() {
    with_arena(|arena| {
        let map = |keys: &[u16]| {
            let mut bytes = (keys.len() as u32).to_le_bytes().to_vec();
            for key in keys {
                bytes.extend_from_slice(&key.to_le_bytes());
                bytes.extend_from_slice(&[7; 8]);
            }
            bytes
        };
        let mut slots = [0];
        let types = [Type::Heap(NUMBERS)];
        let many: Vec<u16> = (0..100).collect();
        arena.decode(&types, &map(&many), &mut slots).expect("ascending");
        arena.drop(slots[0] as Ref);
        arena.decode(&types, &map(&[]), &mut slots).expect("empty");
        arena.drop(slots[0] as Ref);
        let swapped: Vec<u16> = (0..15).chain([16, 15]).chain(17..40).collect();
        for keys in [&[1, 1][..], &[2, 1], &[1, 3, 2], &swapped] {
            assert!(arena.decode(&types, &map(keys), &mut slots).is_err(), "{keys:?}");
        }
        // What a refused value has left behind goes with its call.
        arena.heap.reset(arena.layouts);
    });
}

/// Bytes that are often almost a `Map<string, string>`: cut, changed, or made up.
fn almost_texts() -> impl Strategy<Value = Vec<u8>> {
    let text = |text: String| {
        let mut bytes = (text.len() as u32).to_le_bytes().to_vec();
        bytes.extend(text.bytes());
        bytes
    };
    let entries = prop::collection::btree_map("[a-c]{1,3}", "[a-z]{0,40}", 0..80);
    let map = entries.prop_map(move |entries| {
        let mut bytes = (entries.len() as u32).to_le_bytes().to_vec();
        entries.into_iter().for_each(|(key, item)| bytes.extend([text(key), text(item)].concat()));
        bytes
    });
    (map, any::<prop::sample::Index>(), any::<u8>(), 0..3u8).prop_map(
        |(mut bytes, at, byte, how)| {
            let at = at.index(bytes.len());
            match how {
                0 => bytes.truncate(at),
                1 => bytes[at] = byte,
                _ => {}
            }
            bytes
        },
    )
}

proptest! {
    #[test]
    fn what_is_decoded_in_vain_is_let_go(bytes in almost_texts()) {
        with_arena(|arena| {
            for ty in [TEXTS, NAMES, NUMBERS] {
                let types = [Type::Heap(ty), Ty::U8.into()];
                for types in [&types[..1], &types] {
                    let mut slots = [0; 2];
                    if arena.decode(types, &bytes, &mut slots).is_ok() {
                        let back = arena.encode(types, &slots).expect("it is small");
                        assert_eq!(back, bytes);
                        arena.drop_all(types, &slots);
                    }
                    assert_eq!(arena.heap.live(), 0);
                }
            }
        });
    }
}

#[test]
fn owners_beyond_what_a_header_counts() {
    with_arena(|arena| {
        let text = arena.literal(TEXT, b"shared").unwrap();
        let many = u32::from(super::MANY) + 5;
        (1..many).for_each(|_| arena.heap.dup(text));
        assert_eq!(arena.heap.owners(text), many);
        (1..many).for_each(|_| arena.drop(text));
        assert!(arena.heap.is_unique(text), "one is left");
        (0..many).for_each(|_| arena.heap.dup(text));
        (0..=many).for_each(|_| arena.drop(text));
        assert_eq!(arena.heap.live(), 0);
    });
}
