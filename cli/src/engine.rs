//! Which engine executes contracts.
//!
//! In: a choice on the command line. Out: an engine. The choice decides how fast code runs and
//! never what comes of it.

use std::env;
use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use deed_jit::{Cache, Jit, Unsupported};
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
        let native = |after| compiler().map(|jit| Native { tier: Arc::new(jit), after });
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

/// The compiler to machine code. What it makes is kept for the next process, unless there is no place to.
fn compiler() -> Result<Jit, Unsupported> {
    let jit = Jit::new()?;
    let cache = folder().and_then(|folder| Cache::own(folder, random).ok());
    Ok(match cache {
        Some(cache) => jit.with_cache(cache),
        None => jit,
    })
}

/// What `DEED_CODE_CACHE` says, nothing if that is empty; else `deed/code` in the user's cache folder.
fn folder() -> Option<PathBuf> {
    let path = |name| env::var_os(name).map(PathBuf::from);
    if let Some(folder) = path("DEED_CODE_CACHE") {
        return Some(folder).filter(|folder| !folder.as_os_str().is_empty());
    }
    let caches = path("XDG_CACHE_HOME").filter(|folder| folder.is_absolute());
    Some(caches.or_else(|| Some(path("HOME")?.join(".cache")))?.join("deed/code"))
}

fn random() -> std::io::Result<[u8; 32]> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(std::io::Error::other)?;
    Ok(key)
}
