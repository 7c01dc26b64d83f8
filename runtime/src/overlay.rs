//! What a call has read and written so far: a layer over the host's committed state.
//!
//! In: keys with the field they belong to, and values as slots. Out: current values, and at the
//! end the read set and the write set, both in ascending order of keys.
//!
//! What always holds: the host is asked for a key at most once; a value written is read back;
//! an entry that equals its field's default is absent; `rollback` undoes every change made since
//! its savepoint and forgets no read.

use std::collections::BTreeMap;

use deed_bytecode::Ty;

use crate::call::{Read, Write};
use crate::host::{Host, HostError};
use crate::value::Address;

/// A value of at most four slots; unused ones are 0.
pub(crate) type Slots = [u64; Ty::MAX_SLOTS];

/// The number of a key in this overlay.
pub(crate) type CellId = usize;

/// A moment to return to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Savepoint(usize);

pub(crate) struct Overlay {
    contract: Address,
    index: BTreeMap<Vec<u8>, CellId>,
    cells: Vec<Cell>,
    journal: Vec<Undo>,
    /// Counts savepoints and rollbacks: what is changed twice within one is recorded once.
    epoch: u64,
}

struct Cell {
    ty: Ty,
    /// What the host answered, once it has been asked.
    read: Option<Option<Vec<u8>>>,
    current: Current,
    changed: bool,
    /// The epoch of its latest record in the journal; 0 before the first.
    recorded: u64,
}

/// What an entry holds now.
#[derive(Clone, Copy)]
enum Current {
    /// Neither read nor written yet.
    Unknown,
    Is(Option<Slots>),
}

/// How one change is undone.
struct Undo {
    cell: CellId,
    current: Current,
    changed: bool,
}

impl Overlay {
    pub(crate) fn new(contract: Address) -> Overlay {
        let (index, cells, journal) = (BTreeMap::new(), Vec::new(), Vec::new());
        Overlay { contract, index, cells, journal, epoch: 1 }
    }

    /// The cell of a key that has been touched before.
    pub(crate) fn find(&self, key: &[u8]) -> Option<CellId> {
        self.index.get(key).copied()
    }

    /// Adds the cell of a key that has not; its entry holds values of type `ty`.
    pub(crate) fn touch(&mut self, key: &[u8], ty: Ty) -> CellId {
        let id = self.cells.len();
        self.index.insert(key.to_vec(), id);
        let (current, changed) = (Current::Unknown, false);
        self.cells.push(Cell { ty, read: None, current, changed, recorded: 0 });
        id
    }

    /// The entry now, asking the host where it is not known yet.
    pub(crate) fn get(
        &mut self,
        id: CellId,
        key: &[u8],
        host: &mut dyn Host,
    ) -> Result<Option<Slots>, HostError> {
        let cell = &mut self.cells[id];
        if let Current::Is(value) = cell.current {
            return Ok(value);
        }
        let bytes = host.get(&self.contract, key)?;
        let value = match &bytes {
            None => None,
            Some(bytes) => Some(cell.ty.decode(bytes).ok_or_else(|| corrupt(key, cell.ty))?),
        };
        cell.read = Some(bytes);
        cell.current = Current::Is(value);
        Ok(value)
    }

    /// Whether the entry has been changed in this call.
    pub(crate) fn is_changed(&self, id: CellId) -> bool {
        self.cells[id].changed
    }

    /// Puts a value, or removes the entry.
    pub(crate) fn set(&mut self, id: CellId, value: Option<Slots>) {
        let cell = &mut self.cells[id];
        if cell.recorded != self.epoch {
            self.journal.push(Undo { cell: id, current: cell.current, changed: cell.changed });
            cell.recorded = self.epoch;
        }
        cell.current = Current::Is(value);
        cell.changed = true;
    }

    pub(crate) fn savepoint(&mut self) -> Savepoint {
        self.epoch += 1;
        Savepoint(self.journal.len())
    }

    /// Undoes every change since the savepoint.
    pub(crate) fn rollback(&mut self, to: Savepoint) {
        self.epoch += 1;
        while self.journal.len() > to.0 {
            let Some(undo) = self.journal.pop() else { return };
            let cell = &mut self.cells[undo.cell];
            // What the host answered in the meantime is still true.
            cell.current = match (undo.current, &cell.read) {
                (Current::Unknown, Some(bytes)) => {
                    Current::Is(bytes.as_ref().and_then(|bytes| cell.ty.decode(bytes)))
                }
                (current, _) => current,
            };
            cell.changed = undo.changed;
        }
    }

    /// The read set and the write set.
    pub(crate) fn finish(self) -> (Vec<Read>, Vec<Write>) {
        let Overlay { contract, index, mut cells, .. } = self;
        let (mut reads, mut writes) = (Vec::new(), Vec::new());
        for (key, id) in index {
            let cell = &mut cells[id];
            if let Some(value) = cell.read.take() {
                reads.push(Read { contract, key: key.clone(), value });
            }
            if let (true, Current::Is(value)) = (cell.changed, cell.current) {
                let value = value.map(|slots| {
                    let mut bytes = Vec::with_capacity(cell.ty.bytes());
                    cell.ty.encode(&slots, &mut bytes);
                    bytes
                });
                writes.push(Write { contract, key, value });
            }
        }
        (reads, writes)
    }
}

fn corrupt(key: &[u8], ty: Ty) -> HostError {
    let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    HostError::Fatal(format!("the state entry 0x{key} is no encoding of a `{ty}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::{Context, Entry};
    use crate::value::Hash;

    /// A host that has 7 under every key and counts how often it is asked.
    struct Sevens(Context, usize);

    impl Host for Sevens {
        fn get(&mut self, _: &Address, _: &[u8]) -> Result<Option<Vec<u8>>, HostError> {
            self.1 += 1;
            Ok(Some(vec![7]))
        }
        fn range(
            &mut self,
            _: &Address,
            _: &[u8],
            _: Option<&[u8]>,
            _: usize,
        ) -> Result<Vec<Entry>, HostError> {
            Ok(Vec::new())
        }
        fn code_hash(&mut self, _: &Address) -> Result<Option<Hash>, HostError> {
            Ok(None)
        }
        fn code(&mut self, _: &Hash) -> Result<Option<Vec<u8>>, HostError> {
            Ok(None)
        }
        fn context(&self) -> &Context {
            &self.0
        }
    }

    fn sevens() -> Sevens {
        let context =
            Context { chain_id: String::new(), height: 0, time: 0, tx_id: Hash::default() };
        Sevens(context, 0)
    }

    #[test]
    fn rollback_restores_values_and_keeps_reads() {
        let (mut host, mut overlay) = (sevens(), Overlay::new(Address::default()));
        let blind = overlay.touch(b"blind", Ty::U8);
        let read = overlay.touch(b"read", Ty::U8);
        overlay.set(blind, Some([1, 0, 0, 0]));
        let savepoint = overlay.savepoint();
        assert_eq!(overlay.get(read, b"read", &mut host), Ok(Some([7, 0, 0, 0])));
        overlay.set(read, None);
        overlay.set(blind, Some([2, 0, 0, 0]));
        overlay.set(blind, Some([3, 0, 0, 0]));
        overlay.rollback(savepoint);
        assert_eq!(overlay.get(blind, b"blind", &mut host), Ok(Some([1, 0, 0, 0])));
        assert_eq!(overlay.get(read, b"read", &mut host), Ok(Some([7, 0, 0, 0])));
        assert!(overlay.is_changed(blind) && !overlay.is_changed(read));
        assert_eq!(host.1, 1);
        let (reads, writes) = overlay.finish();
        assert_eq!((reads.len(), writes.len()), (1, 1));
        assert_eq!(writes[0].value, Some(vec![1]));
    }

    #[test]
    fn nested_savepoints_undo_what_came_after_them() {
        let (mut host, mut overlay) = (sevens(), Overlay::new(Address::default()));
        let cell = overlay.touch(b"key", Ty::U8);
        let mut now = |overlay: &mut Overlay| {
            overlay.get(cell, b"key", &mut host).ok().flatten().map(|slots| slots[0])
        };
        let outer = overlay.savepoint();
        overlay.set(cell, Some([1, 0, 0, 0]));
        let inner = overlay.savepoint();
        for value in 2..9 {
            overlay.set(cell, Some([value, 0, 0, 0]));
        }
        assert_eq!(overlay.journal.len(), 2, "one record a savepoint");
        overlay.rollback(inner);
        assert_eq!(now(&mut overlay), Some(1));
        overlay.set(cell, Some([9, 0, 0, 0]));
        overlay.rollback(inner);
        assert_eq!(now(&mut overlay), Some(1));
        overlay.set(cell, None);
        overlay.rollback(outer);
        assert_eq!(now(&mut overlay), Some(7));
    }

    #[test]
    fn rollback_of_a_blind_write_asks_the_host_again() {
        let (mut host, mut overlay) = (sevens(), Overlay::new(Address::default()));
        let start = overlay.savepoint();
        let cell = overlay.touch(b"key", Ty::U8);
        overlay.set(cell, Some([1, 0, 0, 0]));
        overlay.rollback(start);
        assert_eq!(overlay.get(cell, b"key", &mut host), Ok(Some([7, 0, 0, 0])));
        assert_eq!(overlay.finish().1, []);
    }
}
