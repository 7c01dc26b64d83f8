//! Arguments that natives take: keys, signatures that are valid, sealed texts.
//!
//! In: a native and a message. Out: its arguments, with the message where any bytes can stand, or as many
//! keys or signatures as are about as long.

use deed_bytecode::{Native, NativeTy};
use deed_runtime::{Answer, run_native};
use sm2::dsa::signature::Signer;

const SECRET: [u8; 32] = [7; 32];
/// The signer's id, which SM2 takes.
pub(crate) const ID: &str = "1234567812345678";
pub(crate) const BLS_SIGNATURES: &[u8] = b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
pub(crate) const BLS_PROOFS: &[u8] = b"BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

pub(crate) fn of(native: Native, data: &[u8]) -> Vec<Vec<u8>> {
    let digest = vec![0x5a; 32];
    match native {
        Native::Sm2Key => vec![sm2_key(true)],
        Native::Sm2Verify => {
            let secret = sm2::dsa::SigningKey::from_slice(ID, &SECRET).expect("below the order");
            let signature: sm2::dsa::Signature = secret.sign(data);
            vec![sm2_key(false), ID.into(), data.to_vec(), signature.to_bytes().to_vec()]
        }
        Native::Secp256k1Key => vec![k256_key(true)],
        Native::Secp256k1Verify => vec![k256_key(false), digest.clone(), k256_signature(&digest)],
        Native::Secp256k1Recover => {
            let which = k256_secret().sign_prehash_recoverable(&digest).1.to_byte();
            vec![digest.clone(), [&k256_signature(&digest)[..], &[which]].concat()]
        }
        Native::P256Key => vec![p256_key(true)],
        Native::P256Verify => {
            use p256::ecdsa::signature::hazmat::PrehashSigner;
            let signature: p256::ecdsa::Signature =
                p256_secret().sign_prehash(&digest).expect("32 bytes");
            vec![p256_key(false), digest, signature.to_bytes().to_vec()]
        }
        Native::Ed25519Key => vec![ed25519_secret().verifying_key().to_bytes().to_vec()],
        Native::Ed25519Verify => {
            let key = ed25519_secret().verifying_key().to_bytes().to_vec();
            vec![key, data.to_vec(), ed25519_secret().sign(data).to_bytes().to_vec()]
        }
        Native::BlsVerify => {
            let count = (data.len() / 48).max(1);
            let signatures = bls_signature(b"message", BLS_SIGNATURES).repeat(count);
            let sum = answered(Native::BlsAggregate, &[signatures]);
            vec![bls_key().repeat(count), b"message".to_vec(), sum]
        }
        Native::BlsPossesses => vec![bls_key(), bls_signature(&bls_key(), BLS_PROOFS)],
        Native::BlsAggregate => {
            vec![bls_signature(b"message", BLS_SIGNATURES).repeat((data.len() / 96).max(1))]
        }
        Native::Sm4GcmOpen => opened(Native::Sm4GcmSeal, data),
        Native::Sm4CcmOpen => opened(Native::Sm4CcmSeal, data),
        _ => plain(native, data),
    }
}

/// A key, a first block or nonce, and the message; of hashes the message alone.
fn plain(native: Native, data: &[u8]) -> Vec<Vec<u8>> {
    let params = native.info().params;
    let last = params.iter().rposition(|ty| *ty == NativeTy::Bytes).unwrap_or(0);
    let seals = matches!(native, Native::Sm4GcmSeal | Native::Sm4CcmSeal);
    let nonce = if seals { 12 } else { 16 };
    let arguments = params.iter().enumerate().map(|(at, ty)| match (ty, at) {
        (NativeTy::Bool, _) => vec![1],
        (_, at) if at == last => data.to_vec(),
        (_, 1) => vec![7; nonce],
        _ => vec![7; 16],
    });
    arguments.collect()
}

/// What opens what was sealed.
fn opened(seals: Native, data: &[u8]) -> Vec<Vec<u8>> {
    let mut arguments = plain(seals, data);
    arguments[3] = answered(seals, &arguments);
    arguments
}

fn answered(native: Native, arguments: &[Vec<u8>]) -> Vec<u8> {
    let arguments: Vec<&[u8]> = arguments.iter().map(Vec::as_slice).collect();
    match run_native(native, &arguments) {
        Answer::Perhaps(Some(bytes)) => bytes,
        other => panic!("{native} gives {other:?}"),
    }
}

fn sm2_key(compress: bool) -> Vec<u8> {
    use sm2::elliptic_curve::sec1::ToSec1Point;
    let secret = sm2::SecretKey::from_slice(&SECRET).expect("below the order");
    secret.public_key().to_sec1_point(compress).as_bytes().to_vec()
}

fn k256_secret() -> k256::ecdsa::SigningKey {
    k256::ecdsa::SigningKey::from_slice(&SECRET).expect("below the order")
}

fn k256_key(compress: bool) -> Vec<u8> {
    k256_secret().verifying_key().to_sec1_point(compress).as_bytes().to_vec()
}

fn k256_signature(digest: &[u8]) -> Vec<u8> {
    k256_secret().sign_prehash_recoverable(digest).0.to_bytes().to_vec()
}

fn p256_secret() -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&SECRET).expect("below the order")
}

fn p256_key(compress: bool) -> Vec<u8> {
    p256_secret().verifying_key().to_sec1_point(compress).as_bytes().to_vec()
}

fn ed25519_secret() -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(&SECRET)
}

fn bls_secret() -> blst::min_pk::SecretKey {
    blst::min_pk::SecretKey::key_gen(&SECRET, &[]).expect("32 bytes")
}

fn bls_key() -> Vec<u8> {
    bls_secret().sk_to_pk().compress().to_vec()
}

fn bls_signature(message: &[u8], scheme: &[u8]) -> Vec<u8> {
    bls_secret().sign(message, scheme, &[]).compress().to_vec()
}
