//! The indexes over events and transactions.
//!
//! In: receipts and the modules that ran. Out: [`IndexKey`]s, the rows of [`Table::Index`]. A row is a key
//! and a position, and nothing else; the position leads to the receipt.
//!
//! What always holds: rows of one key lie next to each other, in the order of the chain; no key begins
//! with another. Rows are written with the block whose events they lead to.

use deed_bytecode::push_ordered;
use deed_runtime::{Address, Event, LoadedModule, Status};
use sha2::{Digest, Sha256};

use crate::receipt::{Receipt, Target};
use crate::store::{Batch, Table};
use crate::types::Position;

/// What events and transactions are looked for by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IndexKey<'a> {
    /// All events of a contract.
    Emitter(Address),
    /// The events of a contract with this code.
    Event { contract: Address, code: [u8; 4] },
    /// The events of a contract whose `index` field has this value, in its ordered form.
    Field { contract: Address, code: [u8; 4], field: u16, value: &'a [u8] },
    /// Transactions by who sent them.
    Sender(Address),
    /// Transactions by the contract that they called or made.
    Contract(Address),
    /// Transactions by contract and function; deployments have the function `init`.
    Function { contract: Address, name: &'a str },
    /// Transactions by how they ended.
    Outcome(Ending),
    /// Transactions that ended with the error that has this code.
    Thrown([u8; 4]),
    /// Deployments of contracts that have this name, with that of their module or without; those that
    /// other contracts made are included.
    Deployed(&'a str),
}

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Ok,
    Error,
    Trap,
    OutOfGas,
}

/// The values of the `index` fields of an event, by the number of the field.
pub(crate) type Fields = Vec<(u16, Vec<u8>)>;

/// Values whose ordered forms are longer are looked for by digest.
const LONGEST: usize = 256;

impl Ending {
    pub const ALL: [Ending; 4] = [Ending::Ok, Ending::Error, Ending::Trap, Ending::OutOfGas];

    /// The word for it, as in receipts.
    pub fn name(self) -> &'static str {
        match self {
            Ending::Ok => "ok",
            Ending::Error => "error",
            Ending::Trap => "trap",
            Ending::OutOfGas => "out_of_gas",
        }
    }

    pub(crate) fn of(status: &Status) -> Ending {
        match status {
            Status::Ok(_) => Ending::Ok,
            Status::Error(_) => Ending::Error,
            Status::OutOfGas => Ending::OutOfGas,
            Status::Trap(_) | Status::Refused(_) | Status::Aborted | Status::Fatal(_) => {
                Ending::Trap
            }
        }
    }
}

impl IndexKey<'_> {
    /// What all rows of this key begin with.
    pub(crate) fn prefix(&self) -> Vec<u8> {
        let sized = |bytes: &[u8]| [&(bytes.len() as u32).to_be_bytes(), bytes].concat();
        match self {
            IndexKey::Emitter(contract) => [&[0][..], &contract.0].concat(),
            IndexKey::Event { contract, code } => [&[1][..], &contract.0, code].concat(),
            IndexKey::Field { contract, code, field, value } => {
                let (field, value) = (field.to_be_bytes(), sized(&shortened(value)));
                [&[2][..], &contract.0, code, &field, &value].concat()
            }
            IndexKey::Sender(sender) => [&[3][..], &sender.0].concat(),
            IndexKey::Contract(contract) => [&[4][..], &contract.0].concat(),
            IndexKey::Function { contract, name } => {
                [&[5][..], &contract.0, &sized(name.as_bytes())].concat()
            }
            IndexKey::Outcome(ending) => vec![6, *ending as u8],
            IndexKey::Thrown(code) => [&[7][..], code].concat(),
            IndexKey::Deployed(name) => [&[8][..], &sized(name.as_bytes())].concat(),
        }
    }

    fn put(&self, position: Position, batch: &mut Batch) {
        batch.put(Table::Index, [&self.prefix()[..], &position.to_key()].concat(), []);
    }
}

/// A value as it stands in a row: itself, or behind `ff` its SHA-256 digest. No ordered form of such
/// a length is 33 bytes long and equal to one of these but by a collision.
fn shortened(value: &[u8]) -> Vec<u8> {
    match value.len() {
        0..=LONGEST => value.to_vec(),
        _ => [&[0xff][..], &Sha256::digest(value)].concat(),
    }
}

/// The values of the `index` fields of an event; empty if it is none of this module.
pub(crate) fn fields(module: &LoadedModule, event: &Event) -> Fields {
    let module = module.module();
    let Some(def) = module.events.get(usize::from(event.index)) else { return Vec::new() };
    let mut fields = Fields::new();
    let mut rest = event.data.as_slice();
    for (number, field) in (0..).zip(&def.fields) {
        let mut value = Vec::new();
        let Some(behind) = push_ordered(&module.types, field.ty, rest, &mut value) else { break };
        rest = behind;
        if field.index {
            fields.push((number, value));
        }
    }
    fields
}

/// Writes the rows of a receipt. `fields` are those of its events, `deployed` the names of the
/// contracts it made.
pub(crate) fn rows(receipt: &Receipt, fields: &[Fields], deployed: &[String], batch: &mut Batch) {
    let here = receipt.position();
    let contract = receipt.contract;
    let name = match &receipt.target {
        Target::Deploy => "init",
        Target::Call(function) => function,
    };
    IndexKey::Sender(receipt.from).put(here, batch);
    IndexKey::Contract(contract).put(here, batch);
    IndexKey::Function { contract, name }.put(here, batch);
    IndexKey::Outcome(Ending::of(&receipt.status)).put(here, batch);
    if let Status::Error(thrown) = &receipt.status {
        IndexKey::Thrown(thrown.code).put(here, batch);
    }
    for name in deployed {
        IndexKey::Deployed(name).put(here, batch);
    }
    for ((log, event), fields) in (0..).zip(&receipt.events).zip(fields) {
        let (here, contract, code) = (Position { log, ..here }, event.contract, event.code);
        IndexKey::Emitter(contract).put(here, batch);
        IndexKey::Event { contract, code }.put(here, batch);
        for (field, value) in fields {
            IndexKey::Field { contract, code, field: *field, value }.put(here, batch);
        }
    }
}
