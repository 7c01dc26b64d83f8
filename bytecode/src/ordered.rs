//! The ordered form of values: bytes that order as the values do, for the keys of state entries.
//!
//! In: canonical encodings. Out: ordered forms, and back. One value has one ordered form; no
//! ordered form begins another of the same type, so that forms one after the other order as
//! lists of values do.
//!
//! | type | ordered form |
//! |---|---|
//! | integers | big-endian, the sign bit of signed ones flipped |
//! | `bool`, `Address`, `Hash` | as in the canonical encoding |
//! | `string`, `bytes` | the bytes, `00` as `00 ff`; then `00 00` |
//! | records | their fields in order |
//! | enums | number of the variant, then its payload |
//! | `Vec<T>`, `Set<T>` | each element behind `01`; then `00` |
//! | `Map<K, V>` | each key, with its value, behind `01`; then `00` |
//!
//! Both directions keep what is still to come in a list: no recursion. Types may be recursive, and
//! values may have no bytes, so the steps are counted against the bytes that there are.

use crate::ty::Ty;
use crate::types::{HeapType, Type};

/// Appends the ordered form of one canonical encoding; gives the bytes behind that.
///
/// `None` if `canonical` does not begin with a value of this type. What is UTF-8 and what a
/// `bool` may be is not looked at.
pub fn push_ordered<'b>(
    types: &[HeapType],
    ty: Type,
    canonical: &'b [u8],
    out: &mut Vec<u8>,
) -> Option<&'b [u8]> {
    let mut work = Work::new(ty, canonical);
    while let Some(step) = work.next()? {
        match step {
            Step::Value(Type::Scalar(ty)) => push_scalar(ty, work.take(ty.bytes())?, out),
            Step::Value(Type::Heap(index)) => match types.get(usize::from(index))? {
                HeapType::String | HeapType::Bytes => {
                    let length = work.count()?;
                    escape(work.take(length as usize)?, out);
                }
                HeapType::Record { fields, .. } => work.later(fields),
                HeapType::Enum { variants, .. } => {
                    let variant = work.take(1)?[0];
                    out.push(variant);
                    work.later(variants.get(usize::from(variant))?);
                }
                HeapType::Vec(_) | HeapType::Map { .. } => {
                    let mut parts = types[usize::from(index)].parts();
                    let of = (parts.next()?, parts.next());
                    let left = work.count()?;
                    work.steps.push(Step::Elements { of, left, count_at: 0 });
                }
            },
            Step::Elements { left: 0, .. } => out.push(0),
            Step::Elements { of, left, count_at } => {
                out.push(1);
                work.element(of, left - 1, count_at);
            }
        }
    }
    Some(work.bytes)
}

/// Appends the canonical encoding of one ordered form; gives the bytes behind that.
///
/// `None` if `ordered` does not begin with the ordered form of a value of this type. Whether keys
/// of maps ascend is not looked at.
pub fn read_ordered<'b>(
    types: &[HeapType],
    ty: Type,
    ordered: &'b [u8],
    out: &mut Vec<u8>,
) -> Option<&'b [u8]> {
    let mut work = Work::new(ty, ordered);
    while let Some(step) = work.next()? {
        match step {
            Step::Value(Type::Scalar(ty)) => {
                let canonical = read_scalar(ty, work.take(ty.bytes())?);
                ty.decode(&canonical)?;
                out.extend_from_slice(&canonical);
            }
            Step::Value(Type::Heap(index)) => match types.get(usize::from(index))? {
                heap @ (HeapType::String | HeapType::Bytes) => {
                    let text = work.unescape()?;
                    if matches!(heap, HeapType::String) {
                        std::str::from_utf8(&text).ok()?;
                    }
                    out.extend_from_slice(&u32::try_from(text.len()).ok()?.to_le_bytes());
                    out.extend_from_slice(&text);
                }
                HeapType::Record { fields, .. } => work.later(fields),
                HeapType::Enum { variants, .. } => {
                    let variant = work.take(1)?[0];
                    out.push(variant);
                    work.later(variants.get(usize::from(variant))?);
                }
                HeapType::Vec(_) | HeapType::Map { .. } => {
                    let mut parts = types[usize::from(index)].parts();
                    let of = (parts.next()?, parts.next());
                    let count_at = out.len();
                    out.extend_from_slice(&[0; 4]);
                    work.steps.push(Step::Elements { of, left: 0, count_at });
                }
            },
            Step::Elements { of, left, count_at } => match work.take(1)?[0] {
                0 => out[count_at..count_at + 4].copy_from_slice(&left.to_le_bytes()),
                1 => {
                    work.element(of, left.checked_add(1)?, count_at);
                }
                _ => return None,
            },
        }
    }
    Some(work.bytes)
}

/// Appends the ordered form of a scalar, given by its canonical encoding.
fn push_scalar(ty: Ty, canonical: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(canonical);
    order_scalar(ty, &mut out[start..]);
}

/// Turns the canonical encoding of a scalar into its ordered form.
#[inline]
pub(crate) fn order_scalar(ty: Ty, bytes: &mut [u8]) {
    if ty.is_int() {
        bytes.reverse();
        if ty.is_signed() {
            bytes[0] ^= 0x80;
        }
    }
}

fn read_scalar(ty: Ty, ordered: &[u8]) -> Vec<u8> {
    let mut canonical = ordered.to_vec();
    if ty.is_signed() {
        canonical[0] ^= 0x80;
    }
    if ty.is_int() {
        canonical.reverse();
    }
    canonical
}

fn escape(text: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        out.push(*byte);
        if *byte == 0 {
            out.push(0xff);
        }
    }
    out.extend_from_slice(&[0, 0]);
}

/// What is still to be done, the next on top.
enum Step {
    Value(Type),
    /// Elements of a collection, or keys with their values. To the ordered form `left` are still
    /// to come; from it as many have been read, and their count belongs at `count_at`.
    Elements {
        of: (Type, Option<Type>),
        left: u32,
        count_at: usize,
    },
}

struct Work<'b> {
    bytes: &'b [u8],
    steps: Vec<Step>,
    /// How many steps there may still be.
    budget: usize,
}

/// Steps for each byte: as deep as values nest where they leave a call.
const STEPS_PER_BYTE: usize = 64;

impl<'b> Work<'b> {
    fn new(ty: Type, bytes: &'b [u8]) -> Work<'b> {
        let budget = bytes.len().saturating_add(8).saturating_mul(STEPS_PER_BYTE);
        Work { bytes, steps: vec![Step::Value(ty)], budget }
    }

    /// The next step; `Some(None)` at the end, `None` where there are more than bytes explain.
    fn next(&mut self) -> Option<Option<Step>> {
        self.budget = self.budget.checked_sub(1)?;
        Some(self.steps.pop())
    }

    fn later(&mut self, parts: &[Type]) {
        self.steps.extend(parts.iter().rev().map(|ty| Step::Value(*ty)));
    }

    /// An element, and then the other ones.
    fn element(&mut self, of: (Type, Option<Type>), left: u32, count_at: usize) {
        self.steps.push(Step::Elements { of, left, count_at });
        self.steps.extend(of.1.map(Step::Value));
        self.steps.push(Step::Value(of.0));
    }

    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(count)?;
        self.bytes = rest;
        Some(taken)
    }

    fn count(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    /// Text up to its end mark.
    fn unescape(&mut self) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        loop {
            match self.take(1)?[0] {
                0 => match self.take(1)?[0] {
                    0 => return Some(text),
                    0xff => text.push(0),
                    _ => return None,
                },
                byte => text.push(byte),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRING: Type = Type::Heap(0);
    const PAIR: Type = Type::Heap(1);
    const LIST: Type = Type::Heap(2);
    const LOOP: Type = Type::Heap(3);
    const WORDS: Type = Type::Heap(4);
    const MAP: Type = Type::Heap(5);

    fn types() -> Vec<HeapType> {
        let variants = vec![vec![], vec![Ty::I8.into(), LIST]];
        vec![
            HeapType::String,
            HeapType::Record { name: "Pair".into(), fields: vec![STRING, Ty::U16.into()] },
            HeapType::Enum { name: "List".into(), variants },
            HeapType::Record { name: "Loop".into(), fields: vec![Type::Heap(3)] },
            HeapType::Vec(STRING),
            HeapType::Map { key: Ty::U8.into(), value: Some(STRING) },
        ]
    }

    fn ordered(ty: Type, canonical: &[u8]) -> Vec<u8> {
        let (types, mut out, mut back) = (types(), Vec::new(), Vec::new());
        assert_eq!(push_ordered(&types, ty, canonical, &mut out), Some(&[][..]));
        assert_eq!(read_ordered(&types, ty, &out, &mut back), Some(&[][..]));
        assert_eq!(back, canonical);
        out
    }

    fn text(text: &str) -> Vec<u8> {
        let mut bytes = (text.len() as u32).to_le_bytes().to_vec();
        bytes.extend_from_slice(text.as_bytes());
        bytes
    }

    /// Values in their order, each as its canonical encoding.
    #[track_caller]
    fn ascending(ty: Type, values: &[Vec<u8>]) {
        let forms: Vec<Vec<u8>> = values.iter().map(|value| ordered(ty, value)).collect();
        assert!(forms.windows(2).all(|pair| pair[0] < pair[1]), "{forms:x?}");
        let begins = |a: &[u8], b: &[u8]| a != b && b.starts_with(a);
        assert!(!forms.iter().any(|a| forms.iter().any(|b| begins(a, b))), "{forms:x?}");
    }

    #[test]
    fn text_orders_byte_by_byte_and_ends() {
        let texts = ["", "\0", "\0\0", "\0\u{1}", "\u{1}", "a", "a\0", "a\0b", "aa", "b"];
        ascending(STRING, &texts.map(text));
    }

    #[test]
    fn records_order_field_by_field() {
        let pair = |name: &str, rank: u16| [text(name), rank.to_le_bytes().to_vec()].concat();
        ascending(
            PAIR,
            &[pair("", 500), pair("a", 1), pair("a", 256), pair("a", 257), pair("ab", 0)],
        );
    }

    #[test]
    fn variants_order_by_number_and_then_by_payload() {
        let list = |items: &[i8]| {
            let mut bytes: Vec<u8> = items.iter().flat_map(|item| [1, *item as u8]).collect();
            bytes.push(0);
            bytes
        };
        ascending(LIST, &[list(&[]), list(&[-128]), list(&[-1, 5]), list(&[0]), list(&[0, -3])]);
    }

    #[test]
    fn vectors_order_by_elements_and_then_by_length() {
        let words = |words: &[&str]| {
            let mut bytes = (words.len() as u32).to_le_bytes().to_vec();
            words.iter().for_each(|word| bytes.extend(text(word)));
            bytes
        };
        let lists = [vec![], vec![""], vec!["", ""], vec!["a"], vec!["a", "b"], vec!["b"]];
        ascending(WORDS, &lists.map(|list| words(&list)));
    }

    #[test]
    fn maps_order_by_entries_and_then_by_length() {
        let map = |entries: &[(u8, &str)]| {
            let mut bytes = (entries.len() as u32).to_le_bytes().to_vec();
            entries
                .iter()
                .for_each(|(key, value)| bytes.extend([vec![*key], text(value)].concat()));
            bytes
        };
        let maps: [&[_]; 6] =
            [&[], &[(1, "")], &[(1, ""), (2, "")], &[(1, "a")], &[(1, "a"), (9, "")], &[(2, "")]];
        ascending(MAP, &maps.map(map));
    }

    #[test]
    fn what_is_no_ordered_form_is_refused() {
        let read = |ty, bytes: &[u8]| read_ordered(&types(), ty, bytes, &mut Vec::new()).is_some();
        assert!(read(STRING, b"a\0\0") && !read(STRING, b"a\0") && !read(STRING, b"a\0\x01"));
        assert!(!read(STRING, b"\xff\0\0"), "not UTF-8");
        assert!(!read(LIST, &[2]) && !read(WORDS, &[2]) && !read(WORDS, &[1, 0, 0]));
        assert!(!read(Ty::Bool.into(), &[2]) && !read(Type::Heap(9), &[0]));
        assert!(!read(LOOP, &[0; 16]), "a record of itself has no values");
        assert_eq!(push_ordered(&types(), LOOP, &[], &mut Vec::new()), None);
        assert_eq!(push_ordered(&types(), LIST, &[7], &mut Vec::new()), None);
    }
}
