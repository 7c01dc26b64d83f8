//! A store that ends with its process: for runs, tests and proofs.
//!
//! In: reads and batches. Out: entries; nothing ever fails.

use std::collections::BTreeMap;
use std::ops::Bound;

use deed_runtime::Entry;

use super::{Batch, Store, StoreError, Stretch, Table};

/// Tables in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    tables: [BTreeMap<Vec<u8>, Vec<u8>>; Table::ALL.len()],
}

impl Store for Memory {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.tables[table as usize].get(key).cloned())
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
        let end = stretch.end.map_or(Bound::Unbounded, Bound::Excluded);
        let bounds = (Bound::Included(stretch.start), end);
        let entries = self.tables[table as usize].range::<[u8], _>(bounds);
        let owned = |(key, value): (&Vec<u8>, &Vec<u8>)| (key.clone(), value.clone());
        Ok(if stretch.backwards {
            entries.rev().take(limit).map(owned).collect()
        } else {
            entries.take(limit).map(owned).collect()
        })
    }

    fn commit(&mut self, batch: Batch) -> Result<(), StoreError> {
        for (table, changes) in batch.changes {
            let table = &mut self.tables[table as usize];
            for (key, value) in changes {
                match value {
                    Some(value) => table.insert(key, value),
                    None => table.remove(&key),
                };
            }
        }
        Ok(())
    }
}
