//! Compiled code that is kept, so that the next process need not compile it again.
//!
//! In: code under its [`identity`]. Out: the same code, or nothing, and then it is compiled. A file is
//! run only if its code, for exactly this module, these prices and limits, this build of the engine and
//! this processor, was sealed by who has the key: keyed BLAKE3 (BLAKE3, 2020) over all of that. What is cut off,
//! changed, renamed or of another's making is as good as missing, and is written anew.

mod disk;
mod form;

use blake3::{Hash, Hasher};
use cranelift_codegen::isa::OwnedTargetIsa;
use deed_runtime::tier::Unit;

use crate::assemble::Assembled;

pub use disk::Cache;

/// What code was compiled of, by what and for what.
pub(crate) type Identity = [u8; 32];

/// The part of every identity that says who compiles: this build, for this processor.
pub(crate) fn compiler(targets: [&OwnedTargetIsa; 2]) -> Hasher {
    let mut hash = Hasher::new();
    hash.update(env!("DEED_JIT_BUILD").as_bytes());
    for isa in targets {
        let own: Vec<String> = isa.isa_flags().iter().map(ToString::to_string).collect();
        hash.update(format!("{} {} {own:?}", isa.triple(), isa.flags()).as_bytes());
    }
    hash
}

/// The identity of what a compiler makes of a module.
pub(crate) fn identity(compiler: &Hasher, unit: &Unit<'_>) -> Identity {
    let mut hash = compiler.clone();
    hash.update(format!("{:?} {:?}", unit.schedule, unit.limits).as_bytes());
    hash.update(&unit.hash.0);
    hash.finalize().into()
}

impl Cache {
    /// The code that was kept under an identity, if it is there and nobody else made or changed it.
    pub(crate) fn load(&self, identity: &Identity, unit: &Unit<'_>) -> Option<Assembled> {
        let bytes = self.read(identity)?;
        let (seal, code) = bytes.split_first_chunk()?;
        // Compared in a time that says nothing of where they differ.
        let sealed = self.seal(identity, code) == Hash::from_bytes(*seal);
        if sealed { form::read(code, unit.limits) } else { None }
    }

    /// Keeps code under an identity. Where it cannot be written, it will be compiled again.
    pub(crate) fn keep(&self, identity: &Identity, assembled: &Assembled) {
        let code = form::write(assembled);
        let sealed = [self.seal(identity, &code).as_bytes(), &code[..]].concat();
        self.write(identity, &sealed);
    }

    fn seal(&self, identity: &Identity, code: &[u8]) -> Hash {
        Hasher::new_keyed(&self.key).update(identity).update(code).finalize()
    }
}
