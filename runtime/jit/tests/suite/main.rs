//! The engine's own tests with every call made on both tiers, and tests of this tier alone.

#![cfg(all(target_arch = "x86_64", unix))]

mod cache;
#[path = "../../../tests/suite/calls.rs"]
mod calls;
#[path = "../../../tests/suite/gas.rs"]
mod gas;
#[path = "../../../tests/suite/heap.rs"]
mod heap;
#[path = "../../../tests/suite/heap_codec.rs"]
mod heap_codec;
#[path = "../../../tests/suite/heap_state.rs"]
mod heap_state;
mod hostile;
#[path = "../../../tests/suite/hosts.rs"]
mod hosts;
#[path = "../../../tests/suite/limits.rs"]
mod limits;
#[path = "../../../tests/suite/loops.rs"]
mod loops;
#[path = "../../../tests/suite/maps.rs"]
mod maps;
#[path = "../../../tests/suite/model.rs"]
mod model;
#[path = "../../../tests/suite/operators.rs"]
mod operators;
#[path = "../../../tests/suite/programs.rs"]
mod programs;
#[path = "../../../tests/suite/rows.rs"]
mod rows;
#[path = "../../../tests/suite/state.rs"]
mod state;
#[path = "../../../tests/suite/state_walk.rs"]
mod state_walk;
#[path = "../../../tests/suite/support.rs"]
mod support;
mod tiers;
