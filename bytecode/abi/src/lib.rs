//! What a contract looks like from outside, and the values that go in and out.
//!
//! Types come in as data ([`AbiType`] and the named types of an [`Abi`]), so a node or a
//! client reads and prints values without a compiler. Bytes and JSON go in and out:
//! - [`encode`] and [`decode`] speak the canonical binary form, of which every value has
//!   exactly one;
//! - [`to_json`] and [`from_json`] speak the JSON form of clients;
//! - [`Abi`] itself has a JSON form (serde) and a binary form that modules carry.
//!
//! Hostile input gives a typed error with the path to what is wrong; nothing here panics,
//! recurses deeper than [`MAX_DEPTH`], or allocates out of proportion to its input.

pub mod abi;
mod binary;
mod calendar;
pub mod calls;
pub mod codec;
mod defs;
pub mod error;
pub mod json;
mod layout;
pub mod link;
mod rows;
pub mod sample;
pub mod ty;
pub mod value;

pub use abi::{Abi, AbiError, AbiEvent, AbiField, AbiFunction, Code, EventParam, Param};
pub use calls::Named;
pub use codec::{decode, decode_all, encode, encode_all};
pub use error::{ValueError, ValueFault};
pub use json::{from_json, hex, to_json};
pub use link::{LinkError, abi_of};
pub use ty::{AbiType, TypeDef, TypeError, TypeShape, Variant};
pub use value::Value;

/// How deep types and values nest at most.
pub const MAX_DEPTH: usize = 64;
