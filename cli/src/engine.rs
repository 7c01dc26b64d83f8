//! Which engine executes contracts.
//!
//! In: a choice on the command line. Out: an engine. The choice decides how fast code runs and
//! never what comes of it.

use std::sync::Arc;

use clap::ValueEnum;
use deed_jit::Jit;
use deed_runtime::{Config, Engine, Native};

use crate::exit::Trouble;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(crate) enum Choice {
    /// The interpreter for code that runs a little, machine code for what runs much.
    #[default]
    Auto,
    /// The interpreter.
    Interp,
    /// Machine code from the first call on.
    Jit,
    /// WebAssembly; not built yet.
    Wasm,
}

/// The gas after which compiling pays: as much as is interpreted in the milliseconds it takes.
const HOT: u64 = 2_000_000;

impl Choice {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Choice::Auto => "auto",
            Choice::Interp => "interp",
            Choice::Jit => "jit",
            Choice::Wasm => "wasm",
        }
    }

    /// An engine that tells where gas goes. It interprets, whatever the choice: the gas is the same.
    pub(crate) fn profiling() -> Arc<Engine> {
        Arc::new(Engine::profiling(Config::default()))
    }

    /// # Errors
    /// If this build or this machine does not have the engine.
    pub(crate) fn engine(self) -> Result<Arc<Engine>, Trouble> {
        let config = Config::default();
        let native = |after| Jit::new().map(|jit| Native { tier: Arc::new(jit), after });
        let help = "use `--engine interp`, which gives the same results";
        Ok(Arc::new(match self {
            Choice::Interp => Engine::new(config),
            Choice::Auto => match native(HOT) {
                Ok(native) => Engine::with_tier(config, native),
                Err(_) => Engine::new(config),
            },
            Choice::Jit => match native(0) {
                Ok(native) => Engine::with_tier(config, native),
                Err(why) => return Err(Trouble::usage(why.to_string()).help(help)),
            },
            Choice::Wasm => return Err(Trouble::usage("this engine is not built yet").help(help)),
        }))
    }
}
