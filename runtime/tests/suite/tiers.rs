//! The tiers to be compared with the interpreter: none here. The rooms of tiers run this suite
//! with a file of their own in the place of this one.

use deed_runtime::{Config, Engine};
use proptest::prelude::ProptestConfig;

pub(crate) fn others(_: &Config) -> Vec<Engine> {
    Vec::new()
}

/// How often a property is tried.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    ProptestConfig { cases: usual, failure_persistence: None, ..ProptestConfig::default() }
}
