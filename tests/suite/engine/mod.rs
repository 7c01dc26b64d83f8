//! The engine under contracts: hosts that fail, depth, attempts, where gas goes.

mod attempts;
mod faults;
mod hostile;
mod nested;
mod profile;
mod world;
