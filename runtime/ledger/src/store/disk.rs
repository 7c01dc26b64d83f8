//! A store in one file, by redb.
//!
//! In: a folder, reads and batches. Out: entries; or what is wrong with the file.
//!
//! What always holds: a batch is one transaction of redb, committed in two phases with the allocator's
//! state beside it (quick repair), so that a process may be killed at any moment and the file opens at
//! once with the last batch that `commit` came back from, or the one that was on its way, wholly.
//! One process has a file open at a time: redb holds a lock on it, which ends with the process.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use deed_runtime::Entry;
use redb::{
    Builder, Database, DatabaseError, ReadOnlyTable, ReadableDatabase, StorageError,
    TableDefinition,
};

use super::{Batch, Store, StoreError, Stretch, Table};

/// The name of the file in the ledger's folder.
const FILE: &str = "ledger.redb";

/// Up to this size every page of a file is checked against its checksum when it is opened; beyond,
/// it would take too long. 256 MiB are read in a fraction of a second.
const CHECKED: u64 = 256 << 20;

/// How much of the file redb keeps in memory.
const CACHE: usize = 64 << 20;

type Definition = TableDefinition<'static, &'static [u8], &'static [u8]>;

type ReadTable = ReadOnlyTable<&'static [u8], &'static [u8]>;

/// Tables in a file.
pub struct Disk {
    path: PathBuf,
    database: Database,
    /// As of the last batch, in the order of [`Table::ALL`].
    tables: Vec<ReadTable>,
}

impl Disk {
    /// Opens the ledger in a folder; makes both where there are none.
    ///
    /// # Errors
    /// If another process has it open, if the file is damaged or no ledger, or if the machine fails.
    pub fn open(folder: &Path) -> Result<Disk, StoreError> {
        let path = folder.join(FILE);
        std::fs::create_dir_all(folder).map_err(|error| io(&path, &error))?;
        let size = std::fs::metadata(&path).map_or(0, |file| file.len());
        let mut builder = Builder::new();
        builder.set_cache_size(CACHE).set_check_integrity_on_open(size <= CHECKED);
        // A file that redb did not write is refused by its checks; where they leave a gap, it asserts.
        let opened = catch_unwind(AssertUnwindSafe(|| builder.create(&path)));
        let Ok(opened) = opened else {
            let (path, why) =
                (path.display().to_string(), "its pages contradict each other".into());
            return Err(StoreError::Damaged { path, why });
        };
        let database = opened.map_err(|error| opening(&path, error))?;
        let mut disk = Disk { path, database, tables: Vec::new() };
        disk.make_tables()?;
        disk.refresh()?;
        Ok(disk)
    }

    /// Whether there is a ledger in a folder.
    pub fn exists(folder: &Path) -> bool {
        folder.join(FILE).is_file()
    }

    fn make_tables(&self) -> Result<(), StoreError> {
        let read = self.database.begin_read().map_err(|error| self.error(error))?;
        let there = read.list_tables().map_err(|error| self.error(error))?.count();
        if there == Table::ALL.len() {
            return Ok(());
        }
        self.write(|transaction| {
            Table::ALL.iter().try_for_each(|table| {
                transaction.open_table(definition(*table)).map(|_| ())?;
                Ok(())
            })
        })
    }

    /// Makes the last batch what is read.
    fn refresh(&mut self) -> Result<(), StoreError> {
        let read = self.database.begin_read().map_err(|error| self.error(error))?;
        let open = |table: &Table| read.open_table(definition(*table));
        let tables: Result<Vec<_>, _> = Table::ALL.iter().map(open).collect();
        self.tables = tables.map_err(|error| self.error(error))?;
        Ok(())
    }

    fn write(
        &self,
        change: impl FnOnce(&redb::WriteTransaction) -> Result<(), redb::Error>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin_write().map_err(|error| self.error(error))?;
        transaction.set_quick_repair(true);
        change(&transaction).map_err(|error| self.error(error))?;
        transaction.commit().map_err(|error| self.error(error))
    }

    fn table(&self, table: Table) -> Result<&ReadTable, StoreError> {
        let path = || self.path.display().to_string();
        self.tables.get(table as usize).ok_or_else(|| StoreError::Io {
            path: path(),
            why: "it could not be read again after a failure".into(),
        })
    }

    fn error(&self, error: impl Into<redb::Error>) -> StoreError {
        let path = self.path.display().to_string();
        match error.into() {
            redb::Error::Io(error) => io(&self.path, &error),
            redb::Error::Corrupted(why) => StoreError::Damaged { path, why },
            error => StoreError::Damaged { path, why: error.to_string() },
        }
    }
}

impl Store for Disk {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self.table(table)?.get(key).map_err(|error| self.error(error))?;
        Ok(found.map(|value| value.value().to_vec()))
    }

    fn range(
        &self,
        table: Table,
        stretch: Stretch<'_>,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        if stretch.is_empty() {
            return Ok(Vec::new());
        }
        let table = self.table(table)?;
        let range = match stretch.end {
            Some(end) => table.range::<&[u8]>(stretch.start..end),
            None => table.range::<&[u8]>(stretch.start..),
        };
        let mut range = range.map_err(|error| self.error(error))?;
        let mut next = || if stretch.backwards { range.next_back() } else { range.next() };
        let mut entries = Vec::new();
        while entries.len() < limit {
            let Some(entry) = next() else { break };
            let (key, value) = entry.map_err(|error| self.error(error))?;
            entries.push((key.value().to_vec(), value.value().to_vec()));
        }
        Ok(entries)
    }

    fn commit(&mut self, batch: Batch) -> Result<(), StoreError> {
        // What is read pins old pages, so it is let go first.
        self.tables.clear();
        let written = self.write(|transaction| {
            for (table, changes) in &batch.changes {
                let mut table = transaction.open_table(definition(*table))?;
                for (key, value) in changes {
                    match value {
                        Some(value) => table.insert(key.as_slice(), value.as_slice())?,
                        None => table.remove(key.as_slice())?,
                    };
                }
            }
            Ok(())
        });
        self.refresh()?;
        written
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Disk({})", self.path.display())
    }
}

fn definition(table: Table) -> Definition {
    TableDefinition::new(match table {
        Table::Meta => "meta",
        Table::Headers => "headers",
        Table::Transactions => "transactions",
        Table::Receipts => "receipts",
        Table::Lookup => "lookup",
        Table::Code => "code",
        Table::Entries => "entries",
        Table::History => "history",
        Table::Sizes => "sizes",
        Table::Nodes => "nodes",
        Table::Stale => "stale",
        Table::Index => "index",
    })
}

fn opening(path: &Path, error: DatabaseError) -> StoreError {
    let name = path.display().to_string();
    match error {
        DatabaseError::DatabaseAlreadyOpen => StoreError::InUse { path: name },
        DatabaseError::Storage(StorageError::Io(error))
            if error.kind() != std::io::ErrorKind::InvalidData
                && error.kind() != std::io::ErrorKind::UnexpectedEof =>
        {
            io(path, &error)
        }
        error => StoreError::Damaged { path: name, why: error.to_string() },
    }
}

fn io(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Io { path: path.display().to_string(), why: error.to_string() }
}
