//! The tiers to be compared with the interpreter: none here. The rooms of tiers run this suite
//! with one of their own in the place of this file.

use deed_runtime::{Config, Engine};

pub(crate) fn others(_: &Config) -> Vec<Engine> {
    Vec::new()
}
