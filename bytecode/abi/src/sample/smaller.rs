//! Smaller values: what a failing value is replaced by, the smallest first.
//!
//! In: a value and its type. Out: candidates of the same type, each smaller than it.

use deed_bytecode::Int;

use crate::{AbiType, Value};

/// Candidates, the boldest first.
pub fn smaller(value: &Value, ty: &AbiType) -> Vec<Value> {
    match (value, ty) {
        (Value::Bool(true), _) => vec![Value::Bool(false)],
        (Value::Int(int), _) => ints(int, ty).into_iter().map(Value::Int).collect(),
        (Value::String(text), _) => texts(text).into_iter().map(Value::String).collect(),
        (Value::Bytes(bytes), AbiType::Bytes) => {
            let half = bytes[..bytes.len() / 2].to_vec();
            if bytes.is_empty() { Vec::new() } else { vec![Value::Bytes(half)] }
        }
        (Value::Option(Some(inner)), AbiType::Option(of)) => {
            let inner = smaller(inner, of).into_iter().map(Value::some);
            [Value::Option(None)].into_iter().chain(inner).collect()
        }
        (Value::Seq(parts), AbiType::Vec(of) | AbiType::Set(of)) => sequences(parts, of),
        (Value::Seq(parts), AbiType::Tuple(of)) => {
            each(parts, |at| of.get(at)).into_iter().map(Value::Seq).collect()
        }
        (Value::Map(pairs), AbiType::Map(..)) => {
            let without = |at: usize| {
                let kept = pairs.iter().enumerate().filter(|(other, _)| *other != at);
                Value::Map(kept.map(|(_, pair)| pair.clone()).collect())
            };
            (0..pairs.len()).map(without).collect()
        }
        _ => Vec::new(),
    }
}

fn sequences(parts: &[Value], of: &AbiType) -> Vec<Value> {
    if parts.is_empty() {
        return Vec::new();
    }
    let mut found = vec![Value::Seq(Vec::new()), Value::Seq(parts[..parts.len() / 2].to_vec())];
    for at in 0..parts.len() {
        let mut kept = parts.to_vec();
        kept.remove(at);
        found.push(Value::Seq(kept));
    }
    found.extend(each(parts, |_| Some(of)).into_iter().map(Value::Seq));
    found.retain(|value| matches!(value, Value::Seq(kept) if kept != parts));
    found
}

/// The parts with one of them made smaller.
fn each<'t>(parts: &[Value], ty: impl Fn(usize) -> Option<&'t AbiType>) -> Vec<Vec<Value>> {
    let mut found = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let Some(ty) = ty(at) else { continue };
        for candidate in smaller(part, ty) {
            let mut tried = parts.to_vec();
            tried[at] = candidate;
            found.push(tried);
        }
    }
    found
}

fn texts(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    match letters.len() {
        0 => Vec::new(),
        1 => vec![String::new()],
        n => vec![
            String::new(),
            letters[..n / 2].iter().collect(),
            letters[..n - 1].iter().collect(),
        ],
    }
}

/// Zero, one and the half, then numbers ever nearer to this one: each step halves what is between.
fn ints(int: &Int, ty: &AbiType) -> Vec<Int> {
    let mut found = vec![Int::ZERO];
    match i128::try_from(*int) {
        Ok(number) => {
            found.extend([number.signum(), number / 2].map(Int::from));
            let mut step = number / 2;
            while step != 0 {
                found.push(Int::from(number - step));
                step /= 2;
            }
            found.extend([2, 1].map(|by| {
                Int::from(number - by.min(number.checked_abs().unwrap_or(by)) * number.signum())
            }));
        }
        // Wider than any number that is worth a search: cut off its upper half.
        Err(_) => found.extend(lower_half(int, ty)),
    }
    found.retain(|other| other != int);
    found
}

fn lower_half(int: &Int, ty: &AbiType) -> Option<Int> {
    let scalar = ty.scalar()?;
    let mut bytes = int.to_le_bytes(scalar.bytes(), scalar.is_signed())?;
    let half = bytes.len() / 2;
    bytes[half..].fill(0);
    Some(Int::from_le_bytes(&bytes, scalar.is_signed()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_shrink_towards_zero_and_end_there() {
        for (start, ty) in [(200u64, "u64"), (1, "u8")] {
            let ty: AbiType = ty.parse().expect("the text is a type");
            let mut value = Value::int(start);
            let mut steps = 0;
            // Always the least bold candidate: one less.
            while let Some(next) = smaller(&value, &ty).pop() {
                assert!(next < value);
                (value, steps) = (next, steps + 1);
            }
            assert_eq!((value, steps), (Value::int(0u64), start));
        }
    }

    #[test]
    fn what_holds_nothing_is_as_small_as_it_gets() {
        let ty: AbiType = "Vec<u64>".parse().expect("the text is a type");
        assert!(smaller(&Value::Seq(Vec::new()), &ty).is_empty());
        let one = Value::Seq(vec![Value::int(0u64)]);
        assert_eq!(smaller(&one, &ty)[0], Value::Seq(Vec::new()));
    }
}
