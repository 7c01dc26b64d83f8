//! What a chain chooses once: the limits and the gas schedule.
//!
//! In: nothing. Out: `Config` and `Limits`, plain data. Both are consensus: two nodes of a chain
//! that differ here disagree on outcomes, so they carry a version.

use crate::gas::GasSchedule;

/// Everything an engine is told when it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    pub gas: GasSchedule,
    pub limits: Limits,
    /// How many loaded modules are kept, beside those that ran last; the least recently used goes first. Not consensus.
    pub cached_modules: usize,
}

impl Default for Config {
    fn default() -> Config {
        Config { gas: GasSchedule::V1, limits: Limits::V1, cached_modules: 256 }
    }
}

/// The most of everything that one call may hold, the same on every tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    pub version: u32,
    /// Functions that have been called and have not returned; one more traps `depth`.
    pub call_depth: u32,
    /// Register slots (8 bytes each) of all of them together; one more traps `depth`.
    pub frame_slots: u32,
    /// Calls of other contracts and attempts inside one another; one more traps `depth`. Each has
    /// `call_depth` and `frame_slots` of its own.
    pub nesting: u32,
    /// Bytes of heap values that live, of state entries touched and of events, counted as `memory` traps count them: by what
    /// they hold and a fixed share of bookkeeping, never by what an allocator makes of them.
    pub memory_bytes: u64,
    /// Bytes of a module's container; a longer one does not load.
    pub module_bytes: u32,
    /// Bytes of the arguments of a call; a longer call is refused.
    pub argument_bytes: u32,
    /// How deep a value that enters or leaves a call may nest, a scalar being one level. A
    /// deeper one traps `depth` on its way out and does not decode on its way in.
    pub value_depth: u32,
    /// Bytes of the encoding of results, of the data of an event or error, of a state entry.
    pub value_bytes: u32,
    /// Bytes of the key of a state entry; a longer one traps `memory`.
    pub key_bytes: u32,
}

impl Limits {
    /// The first version. Depth 1,024 lets every sensible recursion through; 128 Ki slots are
    /// 1 MiB of registers, so the depth is what stops a recursion of small frames. Free blocks
    /// are reused by size, of which there are some twenty, so a call that wants to can
    /// make the process hold that many times its memory, at a price.
    pub const V1: Limits = Limits {
        version: 1,
        call_depth: 1024,
        frame_slots: 128 * 1024,
        nesting: 64,
        memory_bytes: 64 << 20,
        module_bytes: 4 << 20,
        argument_bytes: 1 << 20,
        value_depth: 64,
        value_bytes: 1 << 20,
        key_bytes: 1024,
    };
}
