//! Says how the interpreter passes from one instruction to the next.
//!
//! In: the target and the level of optimisation. Out: `deed_threaded`, where each instruction's code
//! jumps to the next one's. That is fast as LLVM turns a call at the end of a function into a jump, which
//! it does on these targets from level 2 on; elsewhere a loop calls one after the other.

use std::env::var;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(deed_threaded)");
    let is =
        |name: &str, values: &[&str]| var(name).is_ok_and(|value| values.contains(&value.as_str()));
    if is("CARGO_CFG_TARGET_ARCH", &["x86_64", "aarch64"]) && is("OPT_LEVEL", &["2", "3"]) {
        println!("cargo::rustc-cfg=deed_threaded");
    }
}
