//! Hosts for tests and tools: a chain in memory, one that writes down what it is asked, one that
//! answers from such a record, one that fails when it is told to.
//!
//! In: what each is made of. Out: hosts. None of them is a node's: nothing here is kept on disk.

mod failing;
mod memory;
mod record;

pub use failing::Failing;
pub use memory::Memory;
pub use record::{Answer, Question, Record, Recording, Replaying};
