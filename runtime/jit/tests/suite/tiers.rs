//! The tier to be compared with the interpreter, which has to take every module it is given.

use std::sync::Arc;

use deed_jit::Jit;
use deed_runtime::tier::{Program, Tier, Unit};
use deed_runtime::{Config, Engine, Native};

pub(crate) fn others(config: &Config) -> Vec<Engine> {
    let tier = Arc::new(Always(Jit::new().expect("this machine is one it knows")));
    vec![Engine::with_tier(config.clone(), Native { tier, after: 0 })]
}

/// Fails where a module is left to the interpreter, since a test would then say nothing.
#[derive(Debug)]
struct Always(Jit);

impl Tier for Always {
    fn compile(&self, unit: &Unit<'_>) -> Option<Box<dyn Program>> {
        let program = self.0.compile(unit);
        assert!(program.is_some(), "`{}` was not compiled", unit.module.name);
        program
    }
}
