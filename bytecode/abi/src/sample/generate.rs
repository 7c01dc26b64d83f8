//! Values of a type, at random: small ones and the ends of ranges more often than others.
//!
//! In: a seed and a type. Out: a value.
//! Holds always: the same seed gives the same values; sizes and depth are bounded.

use deed_bytecode::{Int, Ty};

use crate::{AbiType, TypeDef, TypeShape, Value};

/// Deeper than this a value ends as soon as it can.
const DEPTH: u32 = 4;

/// Values that are worth trying more often than others.
#[derive(Clone, Default, Debug)]
pub struct Pool {
    pub ints: Vec<Int>,
    /// Of 32 bytes each: addresses.
    pub bytes: Vec<Vec<u8>>,
}

/// A stream of numbers: SplitMix64, as Steele, Lea and Flood describe it.
pub struct Source<'p> {
    state: u64,
    pool: Option<&'p Pool>,
}

impl<'p> Source<'p> {
    /// The stream of this number among those of a seed and a title.
    pub fn new(seed: u64, title: &str, number: u64) -> Source<'p> {
        // FNV-1a over the title keeps two properties of one seed apart.
        let hash = title.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let state = seed ^ hash.rotate_left(17) ^ number.wrapping_mul(0x2545_f491_4f6c_dd1d);
        Source { state, pool: None }
    }

    /// The same stream, from which most values come out of a pool.
    pub fn with(self, pool: &'p Pool) -> Source<'p> {
        Source { pool: Some(pool), ..self }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.state;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// A number below `end`; 0 if that is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// A value at this depth of another one, 0 on its own.
    pub fn value(&mut self, types: &[TypeDef], ty: &AbiType, depth: u32) -> Value {
        let deep = depth >= DEPTH;
        match ty {
            AbiType::Scalar(Ty::Bool) => Value::Bool(self.below(2) == 1),
            AbiType::Scalar(Ty::Address | Ty::Hash) => Value::Bytes(self.word()),
            AbiType::Scalar(ty) | AbiType::Decimal { of: ty, .. } => Value::Int(self.int(*ty)),
            AbiType::Time | AbiType::Duration => Value::Int(self.int(Ty::U64)),
            AbiType::Date => Value::Int(Int::from(self.below(40_000) as u32)),
            AbiType::String => Value::String(self.text()),
            AbiType::Bytes => {
                let length = self.below(20) as usize;
                Value::Bytes(self.bytes(length))
            }
            AbiType::Tuple(parts) => {
                Value::Seq(parts.iter().map(|part| self.value(types, part, depth + 1)).collect())
            }
            AbiType::Array(of, length) => {
                Value::Seq((0..*length).map(|_| self.value(types, of, depth + 1)).collect())
            }
            AbiType::Vec(of) => Value::Seq(self.several(types, of, depth)),
            AbiType::Set(of) => {
                let mut values = self.several(types, of, depth);
                values.sort();
                values.dedup();
                Value::Seq(values)
            }
            AbiType::Map(key, value) => {
                let mut keys = self.several(types, key, depth);
                keys.sort();
                keys.dedup();
                let pair = |key| (key, self.value(types, value, depth + 1));
                Value::Map(keys.into_iter().map(pair).collect())
            }
            AbiType::Option(_) if deep || self.below(4) == 0 => Value::Option(None),
            AbiType::Option(of) => Value::some(self.value(types, of, depth + 1)),
            AbiType::Named(name) => self.named(types, name, depth),
        }
    }

    fn several(&mut self, types: &[TypeDef], of: &AbiType, depth: u32) -> Vec<Value> {
        let count = if depth >= DEPTH { 0 } else { self.below(6) };
        (0..count).map(|_| self.value(types, of, depth + 1)).collect()
    }

    fn named(&mut self, types: &[TypeDef], name: &str, depth: u32) -> Value {
        match types.iter().find(|def| def.name == name).map(|def| &def.shape) {
            Some(TypeShape::Struct(fields)) => {
                let fields = fields.iter();
                Value::Struct(fields.map(|field| self.value(types, &field.ty, depth + 1)).collect())
            }
            Some(TypeShape::Enum(variants)) => {
                // A recursive enum ends by a variant that holds little.
                let least = variants.iter().enumerate().min_by_key(|(_, v)| v.fields.len());
                let any = self.below(variants.len() as u64) as usize;
                let at = if depth >= DEPTH { least.map_or(0, |(at, _)| at) } else { any };
                let fields = variants.get(at).map_or(&[][..], |variant| &variant.fields);
                let fields = fields.iter().map(|field| self.value(types, &field.ty, depth + 1));
                Value::Enum(at as u8, fields.collect())
            }
            None => Value::UNIT,
        }
    }

    /// An address or a hash.
    fn word(&mut self) -> Vec<u8> {
        let pool: &'p [Vec<u8>] = self.pool.map_or(&[], |pool| &pool.bytes);
        match pool.is_empty() || self.below(16) == 0 {
            true => self.bytes(32),
            false => pool[self.below(pool.len() as u64) as usize].clone(),
        }
    }

    /// A number of the pool that fits the type.
    fn pooled(&mut self, ty: Ty) -> Option<Int> {
        let ints = self.pool.map(|pool| &pool.ints).filter(|ints| !ints.is_empty())?;
        if self.below(4) == 0 {
            return None;
        }
        let int = ints[self.below(ints.len() as u64) as usize];
        int.to_le_bytes(ty.bytes(), ty.is_signed()).map(|_| int)
    }

    fn int(&mut self, ty: Ty) -> Int {
        if let Some(int) = self.pooled(ty) {
            return int;
        }
        let width = ty.bytes();
        let signed = ty.is_signed();
        let mut bytes = vec![0; width];
        match self.below(8) {
            0 => {}
            1 => bytes[0] = 1,
            2 => bytes.fill(0xff),
            3 if signed => bytes[width - 1] = 0x80,
            4 => {
                bytes.fill(0xff);
                bytes[width - 1] = 0x7f;
            }
            5 => bytes.iter_mut().for_each(|byte| *byte = self.next() as u8),
            _ => {
                // So many bits that every order of magnitude is as likely.
                let bits = self.below(width as u64 * 8);
                let length = (bits / 8) as usize;
                bytes[..length].iter_mut().for_each(|byte| *byte = self.next() as u8);
                bytes[length] = (self.next() as u8) >> (8 - (bits % 8 + 1).min(8));
            }
        }
        Int::from_le_bytes(&bytes, signed)
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }

    fn text(&mut self) -> String {
        const LETTERS: [char; 12] = ['a', 'b', 'z', 'A', '0', '9', ' ', '"', '\\', 'é', '契', '🀄'];
        let length = self.below(12);
        (0..length).map(|_| LETTERS[self.below(LETTERS.len() as u64) as usize]).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::encode;

    use super::*;

    #[test]
    fn values_fit_their_types_and_repeat() {
        let types =
            ["u8", "i256", "(bool, Address)", "Vec<Option<string>>", "Map<u64, bytes>", "Date"];
        for text in types {
            let ty: AbiType = text.parse().expect("the text is a type");
            for number in 0..200 {
                let value = Source::new(7, "t", number).value(&[], &ty, 0);
                assert!(encode(&[], &ty, &value).is_ok(), "{text}: {value:?}");
                assert_eq!(value, Source::new(7, "t", number).value(&[], &ty, 0));
            }
        }
    }
}
