//! Limits of a module. They bound the work of decoding and validation and are far above what
//! a contract needs; indexes in instructions bound the tables at 65,536 entries anyway.

/// Bytes of the container.
pub const MODULE_BYTES: usize = 16 << 20;
/// Entries of a table that instructions index.
pub const TABLE: usize = 1 << 16;
/// Bytes of a name.
pub const NAME_BYTES: usize = 255;
/// Parameters or results of a function, fields of an error or event.
pub const PARAMS: usize = 255;
/// Keys of a state field: the depth of nested maps.
pub const KEYS: usize = 16;
/// Targets of a jump table.
pub const TARGETS: usize = 1 << 10;
/// Registers a block may expect. Checking an edge costs as much as its target expects, so
/// this is what keeps validation linear in the size of the module.
pub const LIVE_IN: usize = 1024;

/// Entries of the table of types.
pub const TYPES: usize = 1 << 15;
/// Variants of an enum: their number is a byte in the encoding.
pub const VARIANTS: usize = 256;
/// Vectors, sets and maps that stand in one another in a type, itself included.
pub const COLLECTIONS: usize = 32;
