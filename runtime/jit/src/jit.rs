//! The tier itself: which code generator, with which settings.
//!
//! In: a module. Out: its program, or its code as text.

use std::fmt;

use blake3::Hasher;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};
use deed_runtime::tier::{Program, Tier, Unit};

use crate::assemble::{self, Assembled};
use crate::cache::{self, Cache};
use crate::{Unsupported, native};

/// The tier. Cheap to share, made once.
pub struct Jit {
    /// Takes its time for good code.
    pub(crate) thorough: OwnedTargetIsa,
    /// For functions so large that time would be too long.
    pub(crate) quick: OwnedTargetIsa,
    /// Where code is kept from process to process, and what its names begin with.
    cache: Option<(Cache, Hasher)>,
}

impl fmt::Debug for Jit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jit").field("target", &self.thorough.triple()).finish_non_exhaustive()
    }
}

impl Jit {
    /// # Errors
    /// If the code generator does not know this machine.
    pub fn new() -> Result<Jit, Unsupported> {
        let (thorough, quick) = (isa("backtracking", "speed")?, isa("single_pass", "none")?);
        Ok(Jit { thorough, quick, cache: None })
    }

    /// The same tier, with code kept in a cache.
    #[must_use]
    pub fn with_cache(self, cache: Cache) -> Jit {
        let compiler = cache::compiler([&self.thorough, &self.quick]);
        Jit { cache: Some((cache, compiler)), ..self }
    }

    /// A module's code, as it was kept or made anew.
    fn assembled(&self, unit: &Unit<'_>) -> Option<Assembled> {
        let Some((cache, compiler)) = &self.cache else {
            return assemble::assemble(self, unit, None);
        };
        let identity = cache::identity(compiler, unit);
        cache.load(&identity, unit).or_else(|| {
            let made = assemble::assemble(self, unit, None)?;
            cache.keep(&identity, &made);
            Some(made)
        })
    }

    /// What a module compiles to: for each function its Cranelift form and its disassembly.
    /// `None` where the module is not taken.
    pub fn listing(&self, unit: &Unit<'_>) -> Option<Vec<Listing>> {
        let mut listings = Vec::new();
        assemble::assemble(self, unit, Some(&mut listings))?;
        Some(listings)
    }
}

/// The code of one function as text.
#[derive(Clone, Debug)]
pub struct Listing {
    pub function: String,
    pub clif: String,
    pub assembly: String,
}

impl Tier for Jit {
    fn compile(&self, unit: &Unit<'_>) -> Option<Box<dyn Program>> {
        Some(Box::new(native::Native::new(self.assembled(unit)?)?))
    }
}

fn isa(allocator: &str, level: &str) -> Result<OwnedTargetIsa, Unsupported> {
    let mut flags = settings::builder();
    for (name, value) in [
        ("opt_level", level),
        ("regalloc_algorithm", allocator),
        ("enable_verifier", "false"),
        ("enable_pinned_reg", "true"),
        ("enable_multi_ret_implicit_sret", "true"),
        ("enable_probestack", "false"),
        ("unwind_info", "false"),
    ] {
        flags.set(name, value).map_err(|error| Unsupported(error.to_string()))?;
    }
    let builder = cranelift_native::builder().map_err(|why| Unsupported(why.into()))?;
    let isa = builder.finish(settings::Flags::new(flags));
    isa.map_err(|error| Unsupported(error.to_string()))
}
