//! The engine: runs validated bytecode against a host, deterministically and within limits.
//!
//! In: a [`Call`], the [`Host`]'s committed state and code. Out: an [`Outcome`] that says how the
//! call ended, what it cost, what it read, and — only where it succeeded — what it writes and
//! emits. The engine never writes anything itself, keeps nothing between calls but a bounded
//! cache of loaded modules, and does no IO.
//!
//! What always holds: the same module, arguments and state give the same outcome on every
//! machine; nothing a module or its caller does can panic, hang or overflow the host's stack.

mod bytes;
mod call;
mod config;
mod crypto;
mod engine;
mod gas;
mod heap;
mod host;
pub mod hosts;
mod int;
mod interp;
mod module;
mod nested;
mod overlay;
mod pool;
mod profile;
pub mod tier;
mod value;

pub use bytes::Bytes;
pub use call::{
    Call, Created, Event, Found, Mode, Outcome, RangeRead, Read, Refusal, Status, Thrown, Trap,
    Write,
};
pub use config::{Config, Limits};
pub use crypto::{Answer, run as run_native};
pub use deed_bytecode::TrapKind;
pub use engine::{Engine, Native};
pub use gas::GasSchedule;
pub use host::{Context, Entry, Host, HostError};
pub use interp::COINS;
pub use module::{LoadError, LoadedModule, Place};
pub use profile::{GasKind, LineGas, Profile, SourceLine};
pub use value::{Address, Hash};
