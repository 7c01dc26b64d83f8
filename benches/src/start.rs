//! What it takes before a contract runs: loading it, compiling it, its first call.
//!
//! In: a module. Out: rows. Each round begins anew; nothing is kept from one to the next.

use std::cell::RefCell;

use deed_bytecode::{Module, ValidModule, encode, validate};
use deed_jit::{Cache, Jit};
use deed_runtime::tier::layout::Shapes;
use deed_runtime::tier::{Tier, Unit};
use deed_runtime::{Config, Engine, Hash, Mode};

use crate::deed::Deed;
use crate::measure::{Entrant, measure};
use crate::{Of, Row};

pub(crate) fn rows(module: &Module, rounds: usize) -> Vec<Row> {
    let mut module = module.clone();
    module.debug = None;
    let code = encode(&module);
    let kilobytes = code.len() as f64 / 1024.0;
    let engine = Engine::new(Config::default());
    let load = || u64::from(engine.load(&code).is_ok());
    let times = measure(&mut [Entrant { name: "deed interp", run: Box::new(load) }], 1, rounds);
    let loaded = Row { kernel: "load and validate", of: Of::Kilobytes(kilobytes), times };
    let (valid, config) =
        (validate(module.clone()).expect("the module is valid"), Config::default());
    let jit = Jit::new().expect("machine code can be made here");
    let compile =
        || u64::from(jit.compile(&unit(&valid, &Shapes::new(&valid.types), &config)).is_some());
    let times = measure(&mut [Entrant { name: "deed jit", run: Box::new(compile) }], 1, rounds);
    let compiled = Row { kernel: "compile", of: Of::Kilobytes(kilobytes), times };
    vec![loaded, compiled, kept(&valid, rounds), cold(&module, rounds)]
}

/// Code that a process before has kept.
fn kept(valid: &ValidModule, rounds: usize) -> Row {
    let folder = std::env::temp_dir().join(format!("deed-benches-{}", std::process::id()));
    let cache = Cache::own(&folder, || Ok([1; 32])).expect("a folder for code");
    let jit = Jit::new().expect("machine code can be made here").with_cache(cache);
    let config = Config::default();
    let load =
        || u64::from(jit.compile(&unit(valid, &Shapes::new(&valid.types), &config)).is_some());
    let times = measure(&mut [Entrant { name: "deed jit", run: Box::new(load) }], 1, rounds);
    std::fs::remove_dir_all(&folder).expect("it was made here");
    Row { kernel: "kept code", of: Of::Once, times }
}

fn unit<'a>(module: &'a ValidModule, shapes: &'a Shapes, config: &'a Config) -> Unit<'a> {
    let (schedule, limits) = (&config.gas, &config.limits);
    Unit { module, shapes, hash: Hash::default(), schedule, limits }
}

/// A first call of a module that the engine has not seen, its code from the host.
fn cold(module: &Module, rounds: usize) -> Row {
    let deed = RefCell::new(Deed::new(module, false));
    let call = || {
        let mut deed = deed.borrow_mut();
        deed.forget();
        deed.result("orders", &0u64.to_le_bytes(), Mode::View)
    };
    let times = measure(&mut [Entrant { name: "deed interp", run: Box::new(call) }], 0, rounds);
    Row { kernel: "first call", of: Of::Once, times }
}
