//! The engine from outside: modules are built, calls are made, outcomes are looked at.

mod calls;
mod gas;
mod heap;
mod heap_codec;
mod heap_scale;
mod heap_state;
mod hosts;
mod limits;
mod loops;
mod maps;
mod model;
mod operators;
mod programs;
mod rows;
mod state;
mod state_walk;
mod support;
mod tiers;
