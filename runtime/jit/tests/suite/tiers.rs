//! The tier to be compared with the interpreter, which has to take every module it is given.

use std::sync::Arc;

use deed_jit::Jit;
use deed_runtime::tier::{Program, Tier, Unit};
use deed_runtime::{Config, Engine, Native};
use proptest::prelude::ProptestConfig;

pub(crate) fn others(config: &Config) -> Vec<Engine> {
    let tier = Arc::new(Always(Jit::new().expect("this machine is one it knows")));
    vec![Engine::with_tier(config.clone(), Native { tier, after: 0 })]
}

/// Compiling makes a try dear: fewer than the interpreter has, unless `DEED_TIER_CASES` says how
/// many. A long hunt is `DEED_TIER_CASES=1000000 cargo test --release -p deed-jit alike`.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("DEED_TIER_CASES").ok().and_then(|cases| cases.parse().ok());
    let cases = asked.unwrap_or(usual / 32);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Fails where a module is left to the interpreter, since a test would then say nothing.
#[derive(Debug)]
struct Always(Jit);

impl Tier for Always {
    fn compile(&self, unit: &Unit<'_>) -> Option<Box<dyn Program>> {
        let program = self.0.compile(unit);
        let excused = unit.module.name.starts_with("hostile.");
        assert!(program.is_some() || excused, "`{}` was not compiled", unit.module.name);
        program
    }
}
