//! The engine: interpreter, gas, host trait.
