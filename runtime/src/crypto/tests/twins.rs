//! SM2, SM3 and SM4 beside another implementation that shares no line with ours: `libsm`.
//!
//! Holds always: what one signs the other verifies, what was changed both refuse; digests and blocks are
//! the same.

use deed_bytecode::Native;
use libsm::sm2::signature::{SigCtx, Signature as Other};
use libsm::sm3::hash::Sm3Hash;
use libsm::sm4::cipher::Sm4Cipher;
use sm2::dsa::SigningKey;
use sm2::dsa::signature::Signer;
use sm2::elliptic_curve::sec1::ToSec1Point;

use super::super::{Answer, run};
use super::sm2 as verifies;

/// The id that the other implementation has built in.
const ID: &str = "1234567812345678";

fn secret(round: u8) -> [u8; 32] {
    let Answer::Hash(digest) = run(Native::Sm3, &[&[round]]) else { panic!("SM3 gives a hash") };
    digest
}

/// Messages of all lengths around a block of SM3.
fn message(round: u8) -> Vec<u8> {
    (0..round).map(|at| at.wrapping_mul(round)).collect()
}

#[test]
fn sm2_signatures_of_the_other_are_verified() {
    let other = SigCtx::new();
    for round in 0..8 {
        let secret = other.load_seckey(&secret(round)).expect("below the order");
        let key = other.pk_from_sk(&secret).expect("a point");
        let message = message(round * 7);
        let signed = other.sign(&message, &secret, &key).expect("signed");
        let number = |number: Vec<u8>| [vec![0; 32 - number.len()], number].concat();
        let parts = [number(signed.get_r().to_bytes_be()), number(signed.get_s().to_bytes_be())];
        let mut parts = parts.concat();
        for compress in [true, false] {
            let key = other.serialize_pubkey(&key, compress).expect("a form");
            assert!(verifies(&key, ID.as_bytes(), &message, &parts));
            assert!(!verifies(&key, b"another", &message, &parts));
        }
        let key = other.serialize_pubkey(&key, true).expect("a form");
        parts[usize::from(round)] ^= 1;
        assert!(!verifies(&key, ID.as_bytes(), &message, &parts));
    }
}

#[test]
fn sm2_signatures_of_ours_are_verified_by_the_other() {
    let other = SigCtx::new();
    for round in 0..8 {
        let ours = SigningKey::from_slice(ID, &secret(round)).expect("below the order");
        let key = ours.verifying_key().to_sec1_point(false);
        let key = other.load_pubkey(key.as_bytes()).expect("a point");
        let message = message(round * 7);
        let signature: sm2::dsa::Signature = ours.try_sign(&message).expect("signed");
        let mut parts = signature.to_bytes().to_vec();
        let valid = |parts: &[u8]| {
            other.verify(&message, &key, &Other::new(&parts[..32], &parts[32..])).unwrap_or(false)
        };
        assert!(valid(&parts));
        parts[usize::from(round)] ^= 1;
        assert!(!valid(&parts));
    }
}

#[test]
fn sm3_and_sm4_are_the_others() {
    for round in 0..=255u8 {
        let message = message(round);
        assert_eq!(run(Native::Sm3, &[&message]), Answer::Hash(Sm3Hash::new(&message).get_hash()));
        let (key, block) = (&secret(round)[..16], &secret(!round)[16..]);
        let other = Sm4Cipher::new(key).expect("16 bytes").encrypt(block).expect("a block");
        let ours = run(Native::Sm4Ecb, &[key, block, &[0]]);
        assert_eq!(ours, Answer::Perhaps(Some(other.to_vec())));
    }
}
