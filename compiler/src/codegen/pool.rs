//! Constants and the data of literals: each once, in the order of its first use.

use std::collections::HashMap;

use deed_bytecode::Const as MachineConst;
use num_bigint::{BigInt, Sign};

use super::index;
use crate::mir::Const;

#[derive(Default)]
pub(super) struct Pool {
    pub(super) consts: Vec<MachineConst>,
    pub(super) data: Vec<Vec<u8>>,
    /// Only asked, never walked: its order is nobody's.
    numbers: HashMap<MachineConst, u16>,
    literals: HashMap<Vec<u8>, u16>,
}

impl Pool {
    /// The number of a constant.
    pub(super) fn number(&mut self, value: &Const) -> Result<u16, &'static str> {
        let value = constant(value);
        if let Some(known) = self.numbers.get(&value) {
            return Ok(*known);
        }
        let number = index(self.consts.len(), "constants")?;
        self.consts.push(value);
        self.numbers.insert(value, number);
        Ok(number)
    }

    /// The number of a literal's data.
    pub(super) fn literal(&mut self, data: &[u8]) -> Result<u16, &'static str> {
        if let Some(known) = self.literals.get(data) {
            return Ok(*known);
        }
        let number = index(self.data.len(), "literals")?;
        self.data.push(data.to_vec());
        self.literals.insert(data.to_vec(), number);
        Ok(number)
    }
}

/// A constant as the machine holds it.
///
/// # Panics
/// If an integer is out of the range of its type, which no constant of the middle form is.
pub(super) fn constant(value: &Const) -> MachineConst {
    let ty = value.scalar();
    let bytes = match value {
        Const::Bool(value) => vec![u8::from(*value)],
        Const::Int(_, value) => int_bytes(value, ty.bytes()),
        Const::Address(bytes) | Const::Hash(bytes) => bytes.to_vec(),
    };
    MachineConst::from_bytes(ty, &bytes).expect("a constant fits its type")
}

/// Two's complement, little-endian, extended to `width` bytes.
fn int_bytes(value: &BigInt, width: usize) -> Vec<u8> {
    let mut bytes = value.to_signed_bytes_le();
    let fill = if value.sign() == Sign::Minus { 0xff } else { 0 };
    bytes.resize(width.max(bytes.len()), fill);
    bytes.truncate(width);
    bytes
}
