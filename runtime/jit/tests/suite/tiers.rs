//! The tier to be compared with the interpreter, which has to take every module it is given.

use std::sync::{Arc, LazyLock};

use deed_jit::{Cache, Jit};
use deed_runtime::tier::{Program, Tier, Unit};
use deed_runtime::{Config, Engine, Native};
use proptest::prelude::ProptestConfig;
use tempfile::TempDir;

pub(crate) fn others(config: &Config) -> Vec<Engine> {
    static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a folder"));
    let jit = Jit::new().expect("this machine is one it knows");
    let tier = Arc::new(Always(jit.with_cache(Cache::new(FOLDER.path(), [7; 32]))));
    vec![Engine::with_tier(config.clone(), Native { tier, after: 0 })]
}

/// Compiling makes a try dear: fewer than the interpreter has, unless `DEED_TIER_CASES` says how
/// many. A long hunt is `DEED_TIER_CASES=1000000 cargo test --release -p deed-jit alike`.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("DEED_TIER_CASES").ok().and_then(|cases| cases.parse().ok());
    let cases = asked.unwrap_or(usual / 32);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Runs code that was kept, and fails where a module is left to the interpreter, since a test would then
/// say nothing.
#[derive(Debug)]
struct Always(Jit);

impl Tier for Always {
    fn compile(&self, unit: &Unit<'_>) -> Option<Box<dyn Program>> {
        self.0.compile(unit);
        let program = self.0.compile(unit);
        let excused = unit.module.name.starts_with("hostile.");
        assert!(program.is_some() || excused, "`{}` was not compiled", unit.module.name);
        program
    }
}
