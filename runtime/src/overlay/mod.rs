//! What a call has read and written so far: a layer over the host's committed state.
//!
//! In: keys with the field they belong to, and values as slots. Out: current values, and at the
//! end the read set and the write set, both in ascending order of keys. A heap value in a cell
//! or in the journal has the overlay as an owner; whoever reads it adds an owner of their own.
//!
//! What always holds: the host is asked for a key at most once, but for large values, of which only
//! a digest is kept; a value written is read back;
//! an entry that equals its field's default is absent; `rollback` undoes every change made since
//! its savepoint and forgets no read. Before the first savepoint nothing can be undone but the whole
//! call, which the cells themselves know how to (`abandon`). Walks in the order of keys are in `walk`.
//!
//! It holds the state of every contract that the call touches, and is turned to one at a time.
//! Between two runs of a contract its entries lie in no heap. What it keeps from call to call is
//! room alone: touching a few entries with short keys and values allocates nothing.

mod index;
mod recent;
mod walk;

use std::collections::BTreeMap;

use deed_bytecode::{Ty, Type};

use crate::bytes::Bytes;
use crate::call::{Found, RangeRead, Read, Write};
use crate::heap::{Arena, Fault, Heap, Layouts, Ref};
use crate::host::Host;
use crate::interp::Stop;
use crate::value::Address;
use index::Index;
pub(crate) use index::Place;
use recent::Recent;
use walk::Walks;
pub(crate) use walk::{Way, behind, behind_all};

/// A value of at most four slots; unused ones are 0.
pub(crate) type Slots = [u64; Ty::MAX_SLOTS];

/// The number of a key in this overlay.
pub(crate) type CellId = usize;

/// Room for how many is kept between calls.
const KEPT_CELLS: usize = 1024;

/// The epoch before the first savepoint.
const FIRST: u64 = 1;

/// A moment to return to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Savepoint(usize);

#[derive(Default)]
pub(crate) struct Overlay {
    /// Whose state is read and written.
    contract: Address,
    index: Index,
    recent: Recent,
    walks: Walks,
    /// Whether there has been a walk, of any contract.
    walked: bool,
    /// What is known of the other contracts.
    others: BTreeMap<Address, (Index, Walks)>,
    cells: Vec<Cell>,
    /// The cells that may hold a value of the running contract's heap.
    loaded: Vec<CellId>,
    journal: Vec<Undo>,
    /// Counts savepoints and rollbacks: what is changed twice within one is recorded once.
    epoch: u64,
}

/// What is kept for a contract that waits for one that it called.
#[derive(Default)]
pub(crate) struct Suspended {
    contract: Address,
    loaded: Vec<CellId>,
}

struct Cell {
    contract: Address,
    key: Bytes,
    ty: Type,
    /// What the host answered, once it has been asked.
    read: Option<Option<Found>>,
    /// Whether the call depends on that, and not on a walk having passed here alone.
    asked: bool,
    current: Current,
    changed: bool,
    /// The epoch of its latest record in the journal; 0 before the first.
    recorded: u64,
    /// Bytes of key and value that have been paid for.
    paid: u64,
}

/// What an entry holds now.
#[derive(Clone)]
enum Current {
    /// To be read, or read and not yet decoded.
    Unknown,
    Is(Option<Slots>),
    /// Changed, and encoded, since no heap holds it.
    Encoded(Bytes),
}

/// How one change is undone.
struct Undo {
    cell: CellId,
    current: Current,
    changed: bool,
}

impl Overlay {
    /// Forgets everything and turns to the state of a contract.
    pub(crate) fn begin(&mut self, contract: Address) {
        if self.cells.capacity() > KEPT_CELLS || self.journal.capacity() > KEPT_CELLS {
            *self = Overlay::default();
        }
        self.index.clear();
        self.recent.forget();
        self.walks.forget();
        self.walked = false;
        if !self.others.is_empty() {
            self.others.clear();
        }
        self.cells.clear();
        self.loaded.clear();
        self.journal.clear();
        (self.contract, self.epoch) = (contract, FIRST);
    }

    /// Turns to the state of another contract; gives the one that it was.
    pub(crate) fn enter(&mut self, contract: Address) -> Address {
        if contract == self.contract {
            return contract;
        }
        let (index, walks) = self.others.remove(&contract).unwrap_or_default();
        let here = std::mem::replace(&mut self.contract, contract);
        let index = std::mem::replace(&mut self.index, index);
        let walks = std::mem::replace(&mut self.walks, walks);
        self.others.insert(here, (index, walks));
        self.recent.forget();
        here
    }

    /// As [`Overlay::enter`], for a contract that runs with a heap of its own.
    pub(crate) fn suspend(&mut self, contract: Address) -> Suspended {
        Suspended { contract: self.enter(contract), loaded: std::mem::take(&mut self.loaded) }
    }

    /// Turns back, after [`Overlay::unload`].
    pub(crate) fn resume(&mut self, suspended: Suspended) {
        self.enter(suspended.contract);
        self.loaded = suspended.loaded;
    }

    /// Frees the running contract's entries, and what the journal holds of them since the
    /// savepoint, from its heap, which is about to go.
    pub(crate) fn unload(&mut self, since: Savepoint, arena: &mut Arena<'_>) -> Result<(), Stop> {
        for id in std::mem::take(&mut self.loaded) {
            let cell = &mut self.cells[id];
            unload(&mut cell.current, cell.changed, cell.ty, arena)?;
        }
        for undo in &mut self.journal[since.0..] {
            unload(&mut undo.current, undo.changed, self.cells[undo.cell].ty, arena)?;
        }
        Ok(())
    }

    /// How many entries have been put into the running contract's heap.
    pub(crate) fn loaded(&self) -> usize {
        self.loaded.len()
    }

    /// Frees entries that were put into the heap since then from what a failed attempt made there,
    /// which is about to go.
    pub(crate) fn unload_born(&mut self, since: usize, arena: &mut Arena<'_>) -> Result<(), Stop> {
        for id in self.loaded.split_off(since.min(self.loaded.len())) {
            let cell = &mut self.cells[id];
            match &cell.current {
                Current::Is(Some(slots)) if arena.heap.is_born(slots[0] as Ref) => {
                    unload(&mut cell.current, cell.changed, cell.ty, arena)?;
                }
                _ => self.loaded.push(id),
            }
        }
        Ok(())
    }

    /// The cell of a key that has been touched before, or where one belongs.
    pub(crate) fn find(&self, key: &[u8]) -> Result<CellId, Place> {
        self.index.find(&self.cells, key)
    }

    /// The cell that was remembered for the scalar keys in `slots`, of a field of the running contract.
    pub(crate) fn recall(&self, field: u16, slots: &[u64]) -> Option<CellId> {
        self.recent.find(field, slots)
    }

    /// Remembers the cell of an entry for the operators to come.
    pub(crate) fn remember(&mut self, field: u16, slots: &[u64], id: CellId) {
        self.recent.put(field, slots, id);
    }

    /// Adds the cell of a key that has not, where [`Overlay::find`] says; its entry holds values of type `ty`.
    pub(crate) fn touch(&mut self, key: Bytes, place: Place, ty: Type) -> CellId {
        let (id, read) = (self.cells.len(), None);
        self.index.add(&self.cells, place, &key, id);
        let (current, changed) = (Current::Unknown, false);
        let (asked, recorded, paid) = (false, 0, 0);
        let contract = self.contract;
        self.cells.push(Cell { contract, key, ty, read, asked, current, changed, recorded, paid });
        id
    }

    /// The entry now, if no one need be asked.
    pub(crate) fn known(&self, id: CellId) -> Option<Option<Slots>> {
        match &self.cells[id].current {
            Current::Is(value) => Some(*value),
            Current::Unknown | Current::Encoded(_) => None,
        }
    }

    /// The entry now, asking the host where it is not known yet.
    pub(crate) fn get(
        &mut self,
        id: CellId,
        host: &mut dyn Host,
        arena: &mut Arena<'_>,
    ) -> Result<Option<Slots>, Stop> {
        let cell = &mut self.cells[id];
        match &cell.current {
            Current::Is(value) => return Ok(*value),
            Current::Encoded(bytes) => {
                let value = decoded(&cell.key, cell.ty, bytes, arena)?;
                cell.current = Current::Is(Some(value));
                self.loaded.push(id);
                return Ok(Some(value));
            }
            Current::Unknown => {}
        }
        cell.asked = true;
        let value = match &cell.read {
            Some(None) => None,
            Some(Some(Found::Bytes(bytes))) => Some(decoded(&cell.key, cell.ty, bytes, arena)?),
            // A large value was not kept: it is asked for again after what was made of it is gone.
            Some(Some(Found::Digest { .. })) | None => match host.get(&self.contract, &cell.key) {
                Ok(Some(value)) => Some(cell.take_in(value, arena)?),
                Ok(None) => {
                    cell.read = Some(None);
                    None
                }
                Err(error) => return Err(error.into()),
            },
        };
        cell.current = Current::Is(value);
        self.loaded.extend(cell.ty.heap().map(|_| id));
        self.refresh(id);
        Ok(value)
    }

    /// Whether the entry has been changed in this call.
    pub(crate) fn is_changed(&self, id: CellId) -> bool {
        self.cells[id].changed
    }

    /// By how many bytes an entry with a value of so many is longer than what has been paid for.
    pub(crate) fn longer_by(&self, id: CellId, value: u64) -> u64 {
        let cell = &self.cells[id];
        (cell.key.len() as u64 + value).saturating_sub(cell.paid)
    }

    /// Notes that so many bytes more have been paid for.
    pub(crate) fn has_paid(&mut self, id: CellId, more: u64) {
        self.cells[id].paid += more;
    }

    /// Puts a value, which is taken, or removes the entry. What was there goes to the journal if
    /// this change is to be recorded, and is let go if not. Of scalars the first epoch needs no record: what
    /// they were is what the host answers.
    pub(crate) fn set(
        &mut self,
        id: CellId,
        value: Option<Slots>,
        heap: &mut Heap,
        layouts: &Layouts,
    ) {
        let cell = &mut self.cells[id];
        let is_known = self.epoch == FIRST && cell.ty.heap().is_none();
        if cell.recorded != self.epoch && !is_known {
            let current = std::mem::replace(&mut cell.current, Current::Unknown);
            self.journal.push(Undo { cell: id, current, changed: cell.changed });
            cell.recorded = self.epoch;
        } else {
            forget(cell, heap, layouts);
        }
        cell.current = Current::Is(value);
        cell.changed = true;
        self.loaded.extend(cell.ty.heap().map(|_| id));
        self.refresh(id);
    }

    pub(crate) fn savepoint(&mut self) -> Savepoint {
        self.epoch += 1;
        Savepoint(self.journal.len())
    }

    /// Undoes every change since the savepoint. What the host answered in the meantime is still
    /// true: it is read again from there.
    pub(crate) fn rollback(&mut self, to: Savepoint, heap: &mut Heap, layouts: &Layouts) {
        self.epoch += 1;
        while self.journal.len() > to.0 {
            let Some(undo) = self.journal.pop() else { return };
            let cell = &mut self.cells[undo.cell];
            forget(cell, heap, layouts);
            (cell.current, cell.changed) = (undo.current, undo.changed);
            self.refresh(undo.cell);
        }
    }

    /// Undoes every change of the call.
    pub(crate) fn abandon(&mut self, heap: &mut Heap, layouts: &Layouts) {
        self.rollback(Savepoint(0), heap, layouts);
        for cell in self.cells.iter_mut().filter(|cell| cell.changed) {
            (cell.current, cell.changed) = (Current::Unknown, false);
        }
    }

    /// The read set and the write set, of all contracts. Every value has been measured when it was
    /// stored, so encoding stays within the limits; its gas has been paid.
    pub(crate) fn finish(&mut self, arena: &mut Arena<'_>) -> Result<Sets, Stop> {
        self.let_go(arena);
        let reads = self.cells.iter().filter(|cell| cell.asked && cell.read.is_some()).count();
        let writes = self.cells.iter().filter(|cell| cell.changed).count();
        let mut sets = Sets {
            reads: Vec::with_capacity(reads),
            ranges: Vec::new(),
            writes: Vec::with_capacity(writes),
        };
        if self.others.is_empty() {
            self.finish_contract(&mut sets, arena)?;
            return Ok(sets);
        }
        for contract in self.contracts() {
            self.enter(contract);
            self.finish_contract(&mut sets, arena)?;
        }
        Ok(sets)
    }

    /// Appends what was read and changed of the contract that it is turned to.
    fn finish_contract(&mut self, sets: &mut Sets, arena: &mut Arena<'_>) -> Result<(), Stop> {
        sets.ranges.extend(self.ranges());
        let contract = self.contract;
        for id in self.index.iter() {
            let cell = &mut self.cells[id];
            if let Some(value) = cell.read.take().filter(|_| cell.asked) {
                sets.reads.push(Read { contract, key: cell.key.clone(), value });
            }
            if !cell.changed {
                continue;
            }
            let value = match std::mem::replace(&mut cell.current, Current::Unknown) {
                Current::Is(Some(slots)) => Some(match cell.ty {
                    Type::Scalar(ty) => scalar(ty, &slots),
                    Type::Heap(_) => Bytes::from(arena.encode_last(&[cell.ty], &slots)?),
                }),
                Current::Encoded(bytes) => Some(bytes),
                _ => None,
            };
            arena.heap.hold_out(value.as_ref().map_or(0, |value| value.len()));
            sets.writes.push(Write { contract, key: cell.key.take(), value });
        }
        Ok(())
    }

    /// Lets go of every value that is not to be written: no one reads one any more.
    fn let_go(&mut self, arena: &mut Arena<'_>) {
        for undo in self.journal.drain(..) {
            if let (Type::Heap(_), Current::Is(Some(slots))) =
                (self.cells[undo.cell].ty, undo.current)
            {
                arena.drop(slots[0] as Ref);
            }
        }
        self.journal.shrink_to(KEPT_CELLS);
        for cell in self.cells.iter_mut().filter(|cell| !cell.changed) {
            forget(cell, arena.heap, arena.layouts);
            cell.current = Current::Unknown;
        }
    }

    /// The contracts whose state is known, in ascending order.
    fn contracts(&self) -> Vec<Address> {
        let mut all: Vec<Address> = self.others.keys().copied().chain([self.contract]).collect();
        all.sort_unstable();
        all
    }
}

/// What a call depended on, and what it changes.
#[derive(Debug, Default)]
pub(crate) struct Sets {
    pub(crate) reads: Vec<Read>,
    pub(crate) ranges: Vec<RangeRead>,
    pub(crate) writes: Vec<Write>,
}

/// The canonical encoding of a scalar.
fn scalar(ty: Ty, slots: &Slots) -> Bytes {
    let mut bytes = Bytes::new();
    bytes.push_first(&ty.bytes_of(slots), ty.bytes());
    bytes
}

/// What an entry is counted for, beside its value: its key, its record here, two values of up to
/// 32 bytes and a record in the journal.
pub(crate) fn entry_bytes(key: &[u8]) -> u64 {
    256 + key.len() as u64
}

impl Cell {
    /// Keeps a value that the host gave, or what it can be compared by, and makes it one of the heap.
    fn take_in(&mut self, value: Bytes, arena: &mut Arena<'_>) -> Result<Slots, Stop> {
        if value.len() > Found::KEPT {
            return self.take_in_large(value, arena);
        }
        self.pay_for(value.len(), arena)?;
        self.read = Some(Some(Found::Bytes(value)));
        let Some(Some(Found::Bytes(bytes))) = &self.read else { return Ok(Slots::default()) };
        decoded(&self.key, self.ty, bytes, arena)
    }

    fn take_in_large(&mut self, value: Bytes, arena: &mut Arena<'_>) -> Result<Slots, Stop> {
        if self.read.is_none() {
            self.pay_for(value.len(), arena)?;
        }
        self.read = Some(Some(Found::digest(&value)));
        let mut slots = Slots::default();
        let made = arena.decode_taken(&[self.ty], value.into_vec(), &mut slots);
        made.map(|()| slots).map_err(|fault| undecoded(&self.key, fault))
    }

    /// Keeps a value that the host gave.
    fn keep(&mut self, value: Bytes, arena: &mut Arena<'_>) -> Result<(), Stop> {
        self.pay_for(value.len(), arena)?;
        self.read = Some(Some(Found::of(value)));
        Ok(())
    }

    /// Pays for what the host gave: a heap value by its bytes, which take memory where they are kept.
    fn pay_for(&self, length: usize, arena: &mut Arena<'_>) -> Result<(), Stop> {
        if self.ty.heap().is_none() {
            return Ok(());
        }
        arena.charge(arena.schedule.state_value_byte.saturating_mul(length as u64))?;
        if length <= Found::KEPT {
            arena.hold(length as u64)?;
        }
        Ok(())
    }
}

/// Lets go of what a cell holds, if it is a heap value.
fn forget(cell: &Cell, heap: &mut Heap, layouts: &Layouts) {
    if let (Type::Heap(_), Current::Is(Some(slots))) = (cell.ty, &cell.current) {
        heap.drop(layouts, slots[0] as Ref);
    }
}

/// Takes an entry out of a heap.
fn unload(
    current: &mut Current,
    changed: bool,
    ty: Type,
    arena: &mut Arena<'_>,
) -> Result<(), Stop> {
    if let (Type::Heap(_), Current::Is(Some(slots))) = (ty, &*current) {
        *current = match changed {
            true => Current::Encoded(Bytes::from(arena.encode(&[ty], slots)?)),
            false => Current::Unknown,
        };
    }
    Ok(())
}

/// What the host answered, as a value.
fn decoded(key: &[u8], ty: Type, bytes: &[u8], arena: &mut Arena<'_>) -> Result<Slots, Stop> {
    if let (Type::Scalar(Ty::U64), Ok(bytes)) = (ty, bytes.try_into()) {
        return Ok([u64::from_le_bytes(bytes), 0, 0, 0]);
    }
    if let Type::Scalar(ty) = ty
        && let Some(slots) = ty.decode(bytes)
    {
        return Ok(slots);
    }
    let mut slots = Slots::default();
    let made = arena.decode(&[ty], bytes, &mut slots);
    made.map(|()| slots).map_err(|fault| undecoded(key, fault))
}

fn undecoded(key: &[u8], fault: Fault) -> Stop {
    match fault {
        Fault::Stop(stop) => stop,
        Fault::Bad(bad) => {
            let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
            let what = format!("no value of its type: at byte {}, {}", bad.offset, bad.what);
            Stop::Fatal(format!("the state entry 0x{key} is {what}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Limits;
    use crate::gas::GasSchedule;
    use crate::host::{Context, Entry, HostError};
    use crate::value::Hash;

    /// A host that has 7 under every key and counts how often it is asked.
    struct Sevens(Context, usize);

    impl Host for Sevens {
        fn get(&mut self, _: &Address, _: &[u8]) -> Result<Option<Bytes>, HostError> {
            self.1 += 1;
            Ok(Some(vec![7].into()))
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
        fn last(&mut self, _: &Address, _: &[u8], _: &[u8]) -> Result<Option<Entry>, HostError> {
            Ok(None)
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
        let context = Context {
            chain_id: String::new(),
            height: 0,
            time: 0,
            tx_id: Hash::default(),
            tx_index: 0,
            parent: Hash::default(),
        };
        Sevens(context, 0)
    }

    fn overlay() -> Overlay {
        let mut overlay = Overlay::default();
        overlay.begin(Address::default());
        overlay
    }

    /// The cell of a key that has not been touched before, of small numbers.
    fn touch(overlay: &mut Overlay, key: &[u8]) -> CellId {
        let place = overlay.find(key).expect_err("a new key");
        overlay.touch(key.into(), place, Ty::U8.into())
    }

    /// What scalars need of a heap: nothing.
    fn arena<'a>(heap: &'a mut Heap, layouts: &'a Layouts) -> Arena<'a> {
        let (schedule, limits) = (&GasSchedule::V1, &Limits::V1);
        Arena { heap, layouts, schedule, limits, held: 0, gas: 0 }
    }

    #[test]
    fn rollback_restores_values_and_keeps_reads() {
        let (mut host, mut overlay) = (sevens(), overlay());
        let (mut heap, layouts) = (Heap::default(), Layouts::new(&[]));
        let blind = touch(&mut overlay, b"blind");
        let read = touch(&mut overlay, b"read");
        overlay.set(blind, Some([1, 0, 0, 0]), &mut heap, &layouts);
        let savepoint = overlay.savepoint();
        assert_eq!(
            overlay.get(read, &mut host, &mut arena(&mut heap, &layouts)),
            Ok(Some([7, 0, 0, 0]))
        );
        overlay.set(read, None, &mut heap, &layouts);
        overlay.set(blind, Some([2, 0, 0, 0]), &mut heap, &layouts);
        overlay.set(blind, Some([3, 0, 0, 0]), &mut heap, &layouts);
        overlay.rollback(savepoint, &mut heap, &layouts);
        assert_eq!(
            overlay.get(blind, &mut host, &mut arena(&mut heap, &layouts)),
            Ok(Some([1, 0, 0, 0]))
        );
        assert_eq!(
            overlay.get(read, &mut host, &mut arena(&mut heap, &layouts)),
            Ok(Some([7, 0, 0, 0]))
        );
        assert!(overlay.is_changed(blind) && !overlay.is_changed(read));
        assert_eq!(host.1, 1);
        let sets = overlay.finish(&mut arena(&mut heap, &layouts)).expect("scalars");
        assert_eq!((sets.reads.len(), sets.writes.len()), (1, 1));
        assert_eq!(sets.writes[0].value, Some(vec![1].into()));
    }

    #[test]
    fn nested_savepoints_undo_what_came_after_them() {
        let (mut host, mut overlay) = (sevens(), overlay());
        let (mut heap, layouts) = (Heap::default(), Layouts::new(&[]));
        let cell = touch(&mut overlay, b"key");
        let mut now = |overlay: &mut Overlay| {
            let mut heap = Heap::default();
            overlay
                .get(cell, &mut host, &mut arena(&mut heap, &layouts))
                .ok()
                .flatten()
                .map(|slots| slots[0])
        };
        let outer = overlay.savepoint();
        overlay.set(cell, Some([1, 0, 0, 0]), &mut heap, &layouts);
        let inner = overlay.savepoint();
        for value in 2..9 {
            overlay.set(cell, Some([value, 0, 0, 0]), &mut heap, &layouts);
        }
        assert_eq!(overlay.journal.len(), 2, "one record a savepoint");
        overlay.rollback(inner, &mut heap, &layouts);
        assert_eq!(now(&mut overlay), Some(1));
        overlay.set(cell, Some([9, 0, 0, 0]), &mut heap, &layouts);
        overlay.rollback(inner, &mut heap, &layouts);
        assert_eq!(now(&mut overlay), Some(1));
        overlay.set(cell, None, &mut heap, &layouts);
        overlay.rollback(outer, &mut heap, &layouts);
        assert_eq!(now(&mut overlay), Some(7));
    }

    #[test]
    fn rollback_of_a_blind_write_asks_the_host_again() {
        let (mut host, mut overlay) = (sevens(), overlay());
        let (mut heap, layouts) = (Heap::default(), Layouts::new(&[]));
        let start = overlay.savepoint();
        let cell = touch(&mut overlay, b"key");
        overlay.set(cell, Some([1, 0, 0, 0]), &mut heap, &layouts);
        overlay.rollback(start, &mut heap, &layouts);
        assert_eq!(
            overlay.get(cell, &mut host, &mut arena(&mut heap, &layouts)),
            Ok(Some([7, 0, 0, 0]))
        );
        assert_eq!(overlay.finish(&mut arena(&mut heap, &layouts)).expect("scalars").writes, []);
    }
}
