//! What OpenSSL signs, contracts verify; what is changed afterwards they refuse.
//!
//! In: the `openssl` command of the machine, which must be there, and `tests/run/crypto/sm2.deed`. Out:
//! failures, with the key and the signature in the script's own words.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::scripts;
use crate::repo;

/// Runs `openssl`; what it wrote to its standard output.
fn openssl(folder: &Path, args: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl").args(args).current_dir(folder).output();
    let output = output.expect("`openssl` runs; `apt-get install openssl` brings it");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {}: {message}", args.join(" "));
    output.stdout
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("0x".to_string(), |text, byte| format!("{text}{byte:02x}"))
}

/// A new key in the file `key`, as its uncompressed point.
fn new_key(folder: &Path) -> Vec<u8> {
    openssl(folder, &["ecparam", "-name", "SM2", "-genkey", "-noout", "-out", "key"]);
    let public = openssl(folder, &["pkey", "-in", "key", "-pubout", "-outform", "DER"]);
    public[public.len() - 65..].to_vec()
}

fn sign(folder: &Path, id: &str, message: &[u8]) -> Vec<u8> {
    fs::write(folder.join("message"), message).expect("a folder to write to");
    let id = format!("distid:{id}");
    openssl(folder, &["dgst", "-sm3", "-sign", "key", "-sigopt", &id, "message"])
}

#[test]
fn contracts_verify_what_openssl_signed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut text = repo::read("tests/run/crypto/sm2.deed");
    for (id, message) in [("1234567812345678", "message digest"), ("Alice, 42", "")] {
        let key = new_key(folder.path());
        let good = sign(folder.path(), id, message.as_bytes());
        let mut step = |key: &[u8], id: &str, message: &str, signature: &[u8], valid: bool| {
            let (key, signature) = (hex(key), hex(signature));
            let line = format!(
                "//> der(\"{key}\", \"{id}\", \"{message}\", \"{signature}\") => ok {valid}\n"
            );
            text.push_str(&line);
        };
        step(&key, id, message, &good, true);
        step(&key, "another", message, &good, false);
        step(&key, id, "another", &good, false);
        step(&new_key(folder.path()), id, message, &good, false);
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            step(&key, id, message, &bad, false);
        }
        for length in [0, 1, good.len() / 2, good.len() - 1] {
            step(&key, id, message, &good[..length], false);
        }
    }
    if let Err(complaints) = scripts::run("tests/run/crypto/sm2.deed", &text) {
        panic!("{text}\n{complaints}");
    }
}
