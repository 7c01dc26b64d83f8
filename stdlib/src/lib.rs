//! The library of Deed, written in Deed.
//!
//! In: nothing. Out: [`MODULES`], the texts that the compiler carries.
//! Holds always: a module's path is the one in its header; what the prelude declares every module
//! knows without a `use`, so it stays small; a `native fn` has its body in the engine.

/// A module of the library.
#[derive(Clone, Copy, Debug)]
pub struct Module {
    /// `std.money`.
    pub path: &'static str,
    pub text: &'static str,
    /// Whether every module knows its public names.
    pub prelude: bool,
}

const fn prelude(path: &'static str, text: &'static str) -> Module {
    Module { path, text, prelude: true }
}

const fn module(path: &'static str, text: &'static str) -> Module {
    Module { path, text, prelude: false }
}

/// Every module, the prelude first.
pub const MODULES: &[Module] = &[
    prelude("std.core", include_str!("core.deed")),
    prelude("std.option", include_str!("option.deed")),
    prelude("std.result", include_str!("result.deed")),
    prelude("std.integers", include_str!("integers.deed")),
    prelude("std.vec", include_str!("vec.deed")),
    prelude("std.map", include_str!("map.deed")),
    prelude("std.set", include_str!("set.deed")),
    prelude("std.text", include_str!("text.deed")),
    prelude("std.instants", include_str!("instants.deed")),
    prelude("std.binary", include_str!("binary.deed")),
    prelude("std.chain", include_str!("chain.deed")),
    module("std.decimal", include_str!("decimal.deed")),
    module("std.money", include_str!("money.deed")),
    module("std.numbers", include_str!("numbers.deed")),
    module("std.interest", include_str!("interest.deed")),
    module("std.time", include_str!("time.deed")),
    module("std.calendar", include_str!("calendar.deed")),
    module("std.workdays", include_str!("workdays.deed")),
    module("std.encodings", include_str!("encodings.deed")),
    module("std.json", include_str!("json.deed")),
    module("std.ethereum.rlp", include_str!("ethereum/rlp.deed")),
    module("std.ethereum.abi", include_str!("ethereum/abi.deed")),
    module("std.crypto.hashes", include_str!("crypto/hashes.deed")),
    module("std.crypto.macs", include_str!("crypto/macs.deed")),
    module("std.crypto.der", include_str!("crypto/der.deed")),
    module("std.crypto.sm2", include_str!("crypto/sm2.deed")),
    module("std.crypto.sm4", include_str!("crypto/sm4.deed")),
    module("std.crypto.ecdsa", include_str!("crypto/ecdsa.deed")),
    module("std.crypto.ed25519", include_str!("crypto/ed25519.deed")),
    module("std.crypto.bls", include_str!("crypto/bls.deed")),
    module("std.crypto.signed", include_str!("crypto/signed.deed")),
    module("std.crypto.merkle", include_str!("crypto/merkle.deed")),
    module("std.access", include_str!("access.deed")),
    module("std.limits", include_str!("limits.deed")),
    module("std.approvals", include_str!("approvals.deed")),
    module("std.tokens", include_str!("tokens.deed")),
];

#[cfg(test)]
mod tests {
    use super::MODULES;

    #[test]
    fn a_text_names_its_own_path() {
        for module in MODULES {
            let header = format!("module {}\n", module.path);
            assert!(module.text.contains(&header), "{} has no header", module.path);
        }
    }
}
