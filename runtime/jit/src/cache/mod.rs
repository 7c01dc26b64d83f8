//! Compiled code that is kept, so that the next process need not compile it again.
//!
//! In: code under its [`identity`]. Out: the same code, or nothing, and then it is compiled. A file is
//! run only if its code, for exactly this module, these prices and limits, this build of the engine and
//! this processor, was sealed by who has the key: HMAC-SHA-256 (RFC 2104) over all of that. What is cut off,
//! changed, renamed or of another's making is as good as missing, and is written anew.

mod disk;
mod form;

use cranelift_codegen::isa::OwnedTargetIsa;
use deed_runtime::tier::Unit;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::assemble::Assembled;

pub use disk::Cache;

/// What code was compiled of, by what and for what.
pub(crate) type Identity = [u8; 32];

/// Bytes of a seal.
const SEAL: usize = 32;

/// The part of every identity that says who compiles: this build, for this processor.
pub(crate) fn compiler(targets: [&OwnedTargetIsa; 2]) -> Sha256 {
    let mut hash = Sha256::new();
    hash.update(env!("DEED_JIT_BUILD"));
    for isa in targets {
        let own: Vec<String> = isa.isa_flags().iter().map(ToString::to_string).collect();
        hash.update(format!("{} {} {own:?}", isa.triple(), isa.flags()));
    }
    hash
}

/// The identity of what a compiler makes of a module.
pub(crate) fn identity(compiler: &Sha256, unit: &Unit<'_>) -> Identity {
    let mut hash = compiler.clone();
    hash.update(format!("{:?} {:?}", unit.schedule, unit.limits));
    hash.update(unit.hash.0);
    hash.finalize().into()
}

impl Cache {
    /// The code that was kept under an identity, if it is there and nobody else made or changed it.
    pub(crate) fn load(&self, identity: &Identity, unit: &Unit<'_>) -> Option<Assembled> {
        let bytes = self.read(identity)?;
        let (seal, code) = bytes.split_at_checked(SEAL)?;
        self.mac(identity, code)?.verify_slice(seal).ok()?;
        form::read(code, unit.limits)
    }

    /// Keeps code under an identity. Where it cannot be written, it will be compiled again.
    pub(crate) fn keep(&self, identity: &Identity, assembled: &Assembled) {
        let code = form::write(assembled);
        let Some(mac) = self.mac(identity, &code) else { return };
        let sealed = [&mac.finalize().into_bytes()[..], &code].concat();
        self.write(identity, &sealed);
    }

    fn mac(&self, identity: &Identity, code: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).ok()?;
        mac.update(identity);
        mac.update(code);
        Some(mac)
    }
}
