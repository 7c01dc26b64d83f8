//! Where a chain lies: ordered tables of bytes that change by whole batches.
//!
//! In: reads, and batches of changes. Out: entries, or why there are none. A block is one batch.
//!
//! What always holds: a batch is applied wholly or not at all, and once `commit` has come back it
//! stays. A store knows nothing of what it keeps; `docs/ledger.md` says what lies in which table.

#[cfg(feature = "disk")]
mod disk;
mod memory;

use std::collections::BTreeMap;
use std::fmt;

use deed_runtime::Entry;

#[cfg(feature = "disk")]
pub use disk::Disk;
pub use memory::Memory;

/// A table, by what it keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// The chain itself: version of the format, genesis, head.
    Meta,
    /// Headers by height.
    Headers,
    /// Transactions by position.
    Transactions,
    /// Receipts by position.
    Receipts,
    /// Positions by the hash of their transaction.
    Lookup,
    /// Modules by code hash.
    Code,
    /// The state as of the head: values by contract and key.
    Entries,
    /// What entries were before they changed, by contract, key and the height of the change.
    History,
    /// Bytes of all entries, by contract.
    Sizes,
    /// Nodes of the state tree.
    Nodes,
    /// What nothing but heights below this one needs, by height.
    Stale,
    /// Positions of events and transactions, by what they are looked for.
    Index,
}

impl Table {
    pub const ALL: [Table; 12] = [
        Table::Meta,
        Table::Headers,
        Table::Transactions,
        Table::Receipts,
        Table::Lookup,
        Table::Code,
        Table::Entries,
        Table::History,
        Table::Sizes,
        Table::Nodes,
        Table::Stale,
        Table::Index,
    ];
}

/// A stretch of keys of a table, and from which end it is read.
#[derive(Clone, Copy, Debug)]
pub struct Stretch<'a> {
    pub start: &'a [u8],
    /// The first key that is not in it; `None` goes to the end of the table.
    pub end: Option<&'a [u8]>,
    /// From the greatest key down.
    pub backwards: bool,
}

/// Changes to be made together; of two changes of one key the later holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    pub(crate) changes: BTreeMap<Table, BTreeMap<Vec<u8>, Option<Vec<u8>>>>,
}

impl Batch {
    pub fn put(&mut self, table: Table, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.changes.entry(table).or_default().insert(key.into(), Some(value.into()));
    }

    pub fn remove(&mut self, table: Table, key: impl Into<Vec<u8>>) {
        self.changes.entry(table).or_default().insert(key.into(), None);
    }
}

/// Tables that change by whole batches.
pub trait Store: fmt::Debug + Send + Sync {
    /// The value under a key.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// At most `limit` entries of a stretch, in its order.
    ///
    /// # Errors
    /// If the store cannot be read.
    fn range(
        &self,
        table: Table,
        stretch: Stretch<'_>,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError>;

    /// Makes all changes of a batch at once; they last when this comes back.
    ///
    /// # Errors
    /// If it cannot; then none was made.
    fn commit(&mut self, batch: Batch) -> Result<(), StoreError>;
}

impl<'a> Stretch<'a> {
    /// From `start` on and before `end`.
    pub fn new(start: &'a [u8], end: Option<&'a [u8]>) -> Stretch<'a> {
        Stretch { start, end, backwards: false }
    }

    pub fn backwards(self) -> Stretch<'a> {
        Stretch { backwards: true, ..self }
    }

    /// Whether no key can be in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.end.is_some_and(|end| end <= self.start)
    }
}

/// The first key behind all that begin with `prefix`; `None` where there is none.
pub(crate) fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let kept = prefix.iter().rposition(|byte| *byte != 0xff)?;
    let mut end = prefix[..=kept].to_vec();
    end[kept] += 1;
    Some(end)
}

/// Why a store does not do what it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// Another process has it open.
    InUse { path: String },
    /// The file is no ledger, or was damaged: cut off, or written over.
    Damaged { path: String, why: String },
    /// A newer version of this program wrote it.
    Newer { found: u32, known: u32 },
    /// The machine failed: the disk is full, or the file cannot be read or written.
    Io { path: String, why: String },
    /// Something that the chain refers to is not there, or is not what it should be.
    Inconsistent(String),
}

impl StoreError {
    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            StoreError::InUse { .. } => "wait for it to end, or choose another folder",
            StoreError::Damaged { .. } | StoreError::Inconsistent(_) => {
                "restore the file from a copy, or move it away to begin anew"
            }
            StoreError::Newer { .. } => "use the version of deed that wrote it, or a later one",
            StoreError::Io { .. } => "see whether the disk is full and the file may be written",
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::InUse { path } => write!(f, "another process has `{path}` open"),
            StoreError::Damaged { path, why } => {
                write!(f, "`{path}` is no ledger, or was damaged: {why}")
            }
            StoreError::Newer { found, known } => write!(
                f,
                "the ledger has format {found}, and this version of deed knows formats up to {known}"
            ),
            StoreError::Io { path, why } => write!(f, "`{path}` cannot be used: {why}"),
            StoreError::Inconsistent(what) => write!(f, "the ledger contradicts itself: {what}"),
        }
    }
}

impl std::error::Error for StoreError {}
