//! The engine under contracts: hosts that fail, depth, attempts, where gas goes.

mod attempts;
mod faults;
mod hostile;
mod lies;
mod nested;
mod profile;
mod stack;
mod world;
