//! What natives do, asked of their crates directly, as their documentation has it.
//!
//! In: a native and arguments that it takes. Out: nothing but time.

use std::hint::black_box;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use blst::min_pk::{AggregateSignature, PublicKey, Signature};
use deed_bytecode::Native;
use hmac::{Hmac, Mac};
use sha2::Digest;
use sm2::elliptic_curve::sec1::ToSec1Point;
use sm4::cipher::consts::{U12, U16};
use sm4::cipher::{BlockCipherDecrypt, BlockCipherEncrypt};

use crate::arguments::{BLS_PROOFS, BLS_SIGNATURES, ID};

pub(crate) fn run(native: Native, args: &[&[u8]]) {
    match native {
        Native::Sha256 => digest::<sha2::Sha256>(args),
        Native::Sha512 => digest::<sha2::Sha512>(args),
        Native::Sha3 => digest::<sha3::Sha3_256>(args),
        Native::Keccak256 => digest::<sha3::Keccak256>(args),
        Native::Blake2b256 => digest::<blake2::Blake2b256>(args),
        Native::Blake2b512 => digest::<blake2::Blake2b512>(args),
        Native::Blake3 => drop(black_box(blake3::hash(args[0]))),
        Native::Ripemd160 => digest::<ripemd::Ripemd160>(args),
        Native::Sm3 => digest::<sm3::Sm3>(args),
        Native::HmacSha256 => {
            code(Hmac::<sha2::Sha256>::new_from_slice(args[0]).expect("any key"), args[1]);
        }
        Native::HmacSm3 => {
            code(Hmac::<sm3::Sm3>::new_from_slice(args[0]).expect("any key"), args[1])
        }
        Native::Sm4Ecb | Native::Sm4Cbc | Native::Sm4Ctr => blocks(native, args),
        Native::Sm4GcmSeal => sealed::<aes_gcm::AesGcm<sm4::Sm4, U12>>(args),
        Native::Sm4GcmOpen => opened::<aes_gcm::AesGcm<sm4::Sm4, U12>>(args),
        Native::Sm4CcmSeal => sealed::<ccm::Ccm<sm4::Sm4, U16, U12>>(args),
        Native::Sm4CcmOpen => opened::<ccm::Ccm<sm4::Sm4, U16, U12>>(args),
        _ => assert!(curves(native, args).is_some_and(black_box), "{native} refuses"),
    }
}

fn digest<D: Digest>(args: &[&[u8]]) {
    black_box(D::digest(args[0]));
}

fn code<M: Mac>(mac: M, data: &[u8]) {
    black_box(mac.chain_update(data).finalize());
}

/// As many blocks as the mode takes, without its chain.
fn blocks(native: Native, args: &[&[u8]]) {
    let cipher = sm4::Sm4::new_from_slice(args[0]).expect("16 bytes");
    let data = if native == Native::Sm4Ecb { args[1] } else { args[2] };
    let mut data = data.to_vec();
    let (blocks, _) = data.as_chunks_mut::<16>();
    for block in blocks {
        match native {
            Native::Sm4Ctr => cipher.encrypt_block(block.into()),
            _ => cipher.decrypt_block(block.into()),
        }
    }
    black_box(data);
}

fn sealed<M: Aead<NonceSize = U12> + KeyInit>(args: &[&[u8]]) {
    let nonce: [u8; 12] = args[1].try_into().expect("12 bytes");
    let cipher = M::new_from_slice(args[0]).expect("16 bytes");
    let text = cipher.encrypt(&nonce.into(), Payload { msg: args[3], aad: args[2] });
    black_box(text.expect("a text that is not too long"));
}

fn opened<M: Aead<NonceSize = U12> + KeyInit>(args: &[&[u8]]) {
    let nonce: [u8; 12] = args[1].try_into().expect("12 bytes");
    let cipher = M::new_from_slice(args[0]).expect("16 bytes");
    let text = cipher.decrypt(&nonce.into(), Payload { msg: args[3], aad: args[2] });
    black_box(text.expect("the tag is right"));
}

fn curves(native: Native, args: &[&[u8]]) -> Option<bool> {
    use sm2::dsa::signature::{Verifier, hazmat::PrehashVerifier};
    let (first, last) = (args[0], args[args.len() - 1]);
    match native {
        Native::Sm2Key => {
            let key = sm2::PublicKey::from_sec1_bytes(first).ok()?;
            Some(key.to_sec1_point(false).as_bytes().len() == 65)
        }
        Native::Sm2Verify => {
            let key = sm2::dsa::VerifyingKey::from_sec1_bytes(ID, first).ok()?;
            Some(key.verify(args[2], &sm2::dsa::Signature::from_slice(last).ok()?).is_ok())
        }
        Native::Secp256k1Key => {
            let key = k256::PublicKey::from_sec1_bytes(first).ok()?;
            Some(key.to_sec1_point(false).as_bytes().len() == 65)
        }
        Native::Secp256k1Verify => {
            let key = k256::ecdsa::VerifyingKey::from_sec1_bytes(first).ok()?;
            let signature = k256::ecdsa::Signature::from_slice(last).ok()?;
            Some(key.verify_prehash(args[1], &signature).is_ok())
        }
        Native::Secp256k1Recover => {
            use k256::ecdsa::{RecoveryId, VerifyingKey};
            let signature = k256::ecdsa::Signature::from_slice(&last[..64]).ok()?;
            let which = RecoveryId::from_byte(last[64])?;
            let key = VerifyingKey::recover_from_prehash(first, &signature, which).ok()?;
            Some(key.to_sec1_point(false).as_bytes().len() == 65)
        }
        Native::P256Key => {
            let key = p256::PublicKey::from_sec1_bytes(first).ok()?;
            Some(key.to_sec1_point(false).as_bytes().len() == 65)
        }
        Native::P256Verify => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(first).ok()?;
            let signature = p256::ecdsa::Signature::from_slice(last).ok()?;
            Some(key.verify_prehash(args[1], &signature).is_ok())
        }
        Native::Ed25519Key => {
            let key = ed25519_dalek::VerifyingKey::from_bytes(first.try_into().ok()?).ok()?;
            Some(!key.is_weak())
        }
        Native::Ed25519Verify => {
            let key = ed25519_dalek::VerifyingKey::from_bytes(first.try_into().ok()?).ok()?;
            let signature = ed25519_dalek::Signature::from_slice(last).ok()?;
            Some(key.verify_strict(args[1], &signature).is_ok())
        }
        _ => pairings(native, args),
    }
}

fn pairings(native: Native, args: &[&[u8]]) -> Option<bool> {
    use blst::BLST_ERROR::BLST_SUCCESS;
    if native == Native::BlsAggregate {
        let signatures: Vec<&[u8]> = args[0].chunks(96).collect();
        return Some(AggregateSignature::aggregate_serialized(&signatures, true).is_ok());
    }
    let keys = args[0].chunks(48).map(PublicKey::key_validate);
    let keys: Vec<PublicKey> = keys.collect::<Result<_, _>>().ok()?;
    let signature = Signature::from_bytes(args[args.len() - 1]).ok()?;
    let outcome = if native == Native::BlsPossesses {
        signature.verify(true, args[0], BLS_PROOFS, &[], keys.first()?, false)
    } else {
        let keys: Vec<&PublicKey> = keys.iter().collect();
        signature.fast_aggregate_verify(true, args[1], BLS_SIGNATURES, &keys)
    };
    Some(outcome == BLST_SUCCESS)
}
