//! The examples of the standards, and a few more that other implementations gave.

use deed_bytecode::Native;

use super::super::{Answer, run};
use super::bytes;

/// What a hash or code gives for arguments, whatever the type of its digest.
pub(super) fn digest(native: Native, args: &[&[u8]]) -> Vec<u8> {
    match run(native, args) {
        Answer::Hash(hash) => hash.to_vec(),
        Answer::Bytes(bytes) => bytes,
        other => panic!("{native} gives {other:?}"),
    }
}

fn perhaps(native: Native, args: &[&[u8]]) -> Option<Vec<u8>> {
    match run(native, args) {
        Answer::Perhaps(bytes) => bytes,
        other => panic!("{native} gives {other:?}"),
    }
}

fn holds(native: Native, args: &[&[u8]]) -> bool {
    run(native, args) == Answer::Bool(true)
}

/// A native, its arguments, and what it gives.
type Case<'a> = (Native, Vec<&'a [u8]>, &'a [u8]);

/// Of `abc`, and of a thousand `a`.
const HASHES: [(Native, [&str; 2]); 9] = [
    (
        Native::Sha256,
        [
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3",
        ],
    ),
    (
        Native::Sha512,
        [
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
             2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "67ba5535a46e3f86dbfbed8cbbaf0125c76ed549ff8b0b9e03e0c88cf90fa634\
             fa7b12b47d77b694de488ace8d9a65967dc96df599727d3292a8d9d447709c97",
        ],
    ),
    (
        Native::Sha3,
        [
            "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
            "8f3934e6f7a15698fe0f396b95d8c4440929a8fa6eae140171c068b4549fbf81",
        ],
    ),
    (
        Native::Keccak256,
        [
            "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
            "b6a4ac1f51884d71f30fa397a5e155de3099e11fc0edef5d08b646e621e19de9",
        ],
    ),
    (
        Native::Blake2b256,
        [
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319",
            "e00b0ddbf1e2cdaf5c898e1a5e8826ea3a2c339bcf2a478da2e5fca9ff126672",
        ],
    ),
    (
        Native::Blake2b512,
        [
            "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1\
             7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
            "d6a69459fe93fc6b9537ed4336e5099e0dcca3e97290a412500ed7a0daffb03d\
             80cf3650a20e0591f748e10c3c534945ee83d5f2c9722f1a68d98b8c01af23fd",
        ],
    ),
    (
        Native::Blake3,
        [
            "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85",
            "9957a9014733dd6b6e2f6abcbe7b259a6da1aa0b0e184cd7bf1810e5c425f405",
        ],
    ),
    (
        Native::Ripemd160,
        ["8eb208f7e05d987a9b044a8e98c6b087f15a0bfc", "aa69deee9a8922e92f8105e007f76110f381e9cf"],
    ),
    (
        Native::Sm3,
        [
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
            "f4bedca973227d45c5b822551d2e762d4cfb0e9af70b241452545727b5fb046f",
        ],
    ),
];

#[test]
fn hashes_are_those_of_the_standards() {
    for (native, [short, long]) in HASHES {
        assert_eq!(digest(native, &[b"abc"]), bytes(short), "{native}");
        assert_eq!(digest(native, &[&[b'a'; 1000]]), bytes(long), "{native}");
    }
}

/// A digest over the digests of 300 messages, one of each length below 300, as OpenSSL gives it.
const LENGTHS: [(Native, &str); 7] = [
    (Native::Sha256, "21cda2f903ee86a1d4ebd02da10d1e28d273e9590a3ccc23e78f347d062a3e67"),
    (
        Native::Sha512,
        "c3743fce3a7e910c32c1cf19d881db6be3a855a6907da06b3a557f1c494a5877\
         6bd593682ded25cb8e30bdfc5dfd10c92d13301bad028f2de6ac739b70524c6f",
    ),
    (Native::Sha3, "5de21d0a4c58427c4c145416bd129deb105b9e446a94e16eb2ec587dd24b3114"),
    (Native::Blake2b256, "d8fcba1ef36934a78dbdf37f2d4a5d25ddc9a6b38dcdae88b5a0578ef188b457"),
    (
        Native::Blake2b512,
        "56a4fa13cbe646a4e844f22dbe927f9e88c6c12ce9ec28ae19fb7c98e3a2648e\
         f8ebcff0424f54b4f96c32a5d9005d17f6b1e13acb17cd810afd472809187241",
    ),
    (Native::Ripemd160, "47ecc65ea9ab514da16664df2d81b3b5c442e26e"),
    (Native::Sm3, "f96e10ac5f51c4b03a8cf822bb356ab7e62f8bc9db1ca9e740350952fb07890f"),
];

#[test]
fn hashes_of_every_length_are_those_of_openssl() {
    let message = |length: usize| -> Vec<u8> {
        (0..length).map(|at| ((at * length + 7) % 256) as u8).collect()
    };
    for (native, wanted) in LENGTHS {
        let all: Vec<u8> =
            (0..300).flat_map(|length| digest(native, &[&message(length)])).collect();
        assert_eq!(digest(native, &[&all]), bytes(wanted), "{native}");
    }
}

/// GB/T 32907, annex A.
#[test]
fn sm4_encrypts_its_examples() {
    let key = bytes("0123456789abcdeffedcba9876543210");
    let encrypt = |data: &[u8]| perhaps(Native::Sm4Ecb, &[&key, data, &[0]]);
    let mut block = key.clone();
    assert_eq!(encrypt(&block), Some(bytes("681edf34d206965e86b3e94f536e4246")));
    for _ in 0..1_000_000 {
        block = encrypt(&block).expect("a whole block");
    }
    assert_eq!(block, bytes("595298c7c6fd271f0402f804c33d3f66"));
}

/// The modes, as OpenSSL has them; for GCM also RFC 8998, appendix A.1.
#[test]
fn sm4_has_its_modes() {
    let key = bytes("0123456789abcdeffedcba9876543210");
    let start: Vec<u8> = (0..16).collect();
    let data: Vec<u8> = (0..48u8).map(|at| at.wrapping_mul(7).wrapping_add(3)).collect();
    let ecb = "7f83eb6c5a416a93ec81bbbba19482ce1459a84011c85cb4\
               9be3f604574286ed774357640163213daff2ad1caf671c12";
    let cbc = "fdbb91d70627507224eb794707f82aa5b3dd73633d2c1a6b\
               a1bb39ac629209ddbe584c65a29943939841e48c48dc948c";
    let ctr = "6b1bbe66165549d3bdb90c9e0ac4059c550d75e38657bf683ce78ad09c1a77f6adb3aa08c0";
    let gcm = "562b0989ae97842b5fc2cafb8c020339fb83a825cfc7231bed0610ef5723c6a7aaef3ca2db\
               1682c5534568c17e94b5f7e81f57c2fc";
    let (ecb, cbc, ctr, gcm) = (bytes(ecb), bytes(cbc), bytes(ctr), bytes(gcm));
    let beside = b"beside";
    let wheel = [255; 16];
    let cases: [Case<'_>; 8] = [
        (Native::Sm4Ecb, vec![&key, &data, &[0]], &ecb),
        (Native::Sm4Ecb, vec![&key, &ecb, &[1]], &data),
        (Native::Sm4Cbc, vec![&key, &start, &data, &[0]], &cbc),
        (Native::Sm4Cbc, vec![&key, &start, &cbc, &[1]], &data),
        (Native::Sm4Ctr, vec![&key, &wheel, &data[..37]], &ctr),
        (Native::Sm4Ctr, vec![&key, &wheel, &ctr], &data[..37]),
        (Native::Sm4GcmSeal, vec![&key, &start[..12], beside, &data[..37]], &gcm),
        (Native::Sm4GcmOpen, vec![&key, &start[..12], beside, &gcm], &data[..37]),
    ];
    for (native, args, wanted) in cases {
        assert_eq!(perhaps(native, &args).as_deref(), Some(wanted), "{native}");
        for (at, length) in [(0, 15), (0, 17), (0, 0)] {
            let key = vec![7; length];
            let mut args = args.clone();
            args[at] = &key;
            assert_eq!(perhaps(native, &args), None, "{native} with a key of {length} bytes");
        }
    }
    assert_eq!(perhaps(Native::Sm4Ecb, &[&key, &data[1..], &[0]]), None);
    assert_eq!(perhaps(Native::Sm4Cbc, &[&key, &start, &data[1..], &[1]]), None);
    assert_eq!(perhaps(Native::Sm4Cbc, &[&key, &start[1..], &data, &[1]]), None);
    assert_eq!(perhaps(Native::Sm4GcmOpen, &[&key, &start, beside, &gcm]), None);
    for bit in 0..gcm.len() * 8 {
        let mut changed = gcm.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(perhaps(Native::Sm4GcmOpen, &[&key, &start[..12], beside, &changed]), None);
    }
}

/// RFC 8998, appendix A: one text, key and nonce in both modes.
#[test]
fn sm4_seals_as_rfc_8998_does() {
    let text = ["aa", "bb", "cc", "dd", "ee", "ff", "ee", "aa"].map(|byte| byte.repeat(8)).concat();
    let gcm = "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735
               D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D
               83DE3541E4C2B58177E065A9BF7B62EC";
    let ccm = "48AF93501FA62ADBCD414CCE6034D895DDA1BF8F132F042098661572E7483094
               FD12E518CE062C98ACEE28D95DF4416BED31A2F04476C18BB40C84A74B97DC5B
               16842D4FA186F56AB33256971FA110F4";
    let text = bytes(&text);
    let key = bytes("0123456789ABCDEFFEDCBA9876543210");
    let nonce = bytes("00001234567800000000ABCD");
    let beside = bytes("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
    let modes = [
        (Native::Sm4GcmSeal, Native::Sm4GcmOpen, bytes(gcm)),
        (Native::Sm4CcmSeal, Native::Sm4CcmOpen, bytes(ccm)),
    ];
    for (seals, opens, sealed) in modes {
        let open = |sealed: &[u8]| perhaps(opens, &[&key, &nonce, &beside, sealed]);
        assert_eq!(perhaps(seals, &[&key, &nonce, &beside, &text]).as_ref(), Some(&sealed));
        assert_eq!(open(&sealed).as_ref(), Some(&text));
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&changed), None, "{opens}: bit {bit}");
        }
        for length in 0..sealed.len() {
            assert_eq!(open(&sealed[..length]), None, "{opens}: {length} bytes");
        }
    }
}

#[test]
fn sm4_in_ccm_is_of_bounded_length() {
    let (key, nonce, long) = ([7; 16], [7; 12], vec![0; 1 << 24]);
    for native in [Native::Sm4CcmSeal, Native::Sm4CcmOpen] {
        assert_eq!(perhaps(native, &[&key, &nonce, b"", &[&long[..], &[0; 16]].concat()]), None);
    }
}

/// RFC 8032, section 7.1, tests 1 to 3.
#[test]
fn ed25519_is_that_of_rfc_8032() {
    let cases = [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
             5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac\
             18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ];
    for (key, message, signature) in cases {
        let (key, message, signature) = (bytes(key), bytes(message), bytes(signature));
        assert!(holds(Native::Ed25519Verify, &[&key, &message, &signature]));
        assert_eq!(perhaps(Native::Ed25519Key, &[&key]), Some(key.clone()));
        for bit in 0..512 {
            let mut changed = signature.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!holds(Native::Ed25519Verify, &[&key, &message, &changed]));
        }
    }
}

/// Keys and points of small order, and a `y` that is not below the prime.
#[test]
fn ed25519_refuses_weak_points() {
    let mut one = [0; 32];
    one[0] = 1;
    let mut beyond = [255; 32];
    beyond[0] = 0xf0;
    beyond[31] = 0x7f;
    for key in [[0; 32], one, [255; 32], beyond] {
        assert_eq!(perhaps(Native::Ed25519Key, &[&key]), None);
        // A valid equation for the neutral element: `R` neutral, `S` zero.
        let signature = [one, [0; 32]].concat();
        assert!(!holds(Native::Ed25519Verify, &[&key, b"", &signature]));
    }
}

/// Each curve's own point, the other curves', infinity, zeros, and forms that say things twice.
#[test]
fn keys_are_of_their_curve() {
    let curves = [
        (Native::Sm2Key, super::KEY),
        (
            Native::Secp256k1Key,
            "04aeedb6da2332ae1ffc28fd60201ed938788789167a5385bd6345c8c3c2b4cc75\
             1e5652ce0a714c4446d19b9b78e4ba89d071772dda6404417f674ae8e52d1303",
        ),
        (
            Native::P256Key,
            "04f7ed12452fb5c7fb89cc42dec866aed4c289957feaedd409cc28f6bf7a3290bc\
             a73fd28b736d41af1229936c59a8c2e69cbace9dc138b92b8cab081b57314de5",
        ),
    ];
    for (native, own) in curves {
        let own = bytes(own);
        assert_eq!(perhaps(native, &[&own]), Some(own.clone()), "{native}");
        let short = [&[2 + own[64] % 2][..], &own[1..33]].concat();
        assert_eq!(perhaps(native, &[&short]), Some(own.clone()), "{native}");
        for (_, other) in curves.iter().filter(|it| it.0 != native) {
            assert_eq!(perhaps(native, &[&bytes(other)]), None, "{native}");
        }
        let hybrid = [&[6 + own[64] % 2][..], &own[1..]].concat();
        let zeros = [&[4][..], &[0; 64]].concat();
        for none in [&[][..], &[0], &[0; 33], &[0; 65], &zeros, &hybrid, &own[..64]] {
            assert_eq!(perhaps(native, &[none]), None, "{native} takes {none:?}");
        }
    }
}

/// The other one of the two signatures with one `s` names the same key, and is refused all the same.
#[test]
fn a_higher_s_recovers_no_key() {
    let secret = k256::ecdsa::SigningKey::from_slice(&[7; 32]).expect("below the order");
    let digest = digest(Native::Sha256, &[b"message"]);
    let (signature, which) = secret.sign_prehash_recoverable(&digest);
    let (r, s) = signature.split_scalars();
    let high = k256::ecdsa::Signature::from_scalars(r, -s).expect("not zero");
    let whole = [&high.to_bytes()[..], &[which.to_byte() ^ 1]].concat();
    assert_eq!(perhaps(Native::Secp256k1Recover, &[&digest, &whole]), None);
}

#[test]
fn secp256k1_keys_are_recovered() {
    let secret = k256::ecdsa::SigningKey::from_slice(&[7; 32]).expect("below the order");
    let key = secret.verifying_key().to_sec1_point(false).as_bytes().to_vec();
    for round in 0..20 {
        let digest = digest(Native::Sha256, &[&[round]]);
        let (signature, which) = secret.sign_prehash_recoverable(&digest);
        let numbers = signature.to_bytes().to_vec();
        assert!(holds(Native::Secp256k1Verify, &[&key, &digest, &numbers]));
        let whole = [&numbers[..], &[which.to_byte()]].concat();
        assert_eq!(perhaps(Native::Secp256k1Recover, &[&digest, &whole]), Some(key.clone()));
        let other = [&numbers[..], &[which.to_byte() ^ 1]].concat();
        assert_ne!(perhaps(Native::Secp256k1Recover, &[&digest, &other]), Some(key.clone()));
        for wrong in [&numbers[..], &[&numbers[..], &[27]].concat(), &[]] {
            assert_eq!(perhaps(Native::Secp256k1Recover, &[&digest, wrong]), None);
        }
        // The higher `s` is as good an equation, and refused.
        let high = k256::ecdsa::Signature::from_scalars(signature.r(), -signature.s());
        let high = high.expect("not zero").to_bytes();
        assert!(!holds(Native::Secp256k1Verify, &[&key, &digest, &high]));
        let high = [&high[..], &[which.to_byte() ^ 1]].concat();
        assert_eq!(perhaps(Native::Secp256k1Recover, &[&digest, &high]), None);
    }
}

#[test]
fn bls_signatures_add_up() {
    use blst::min_pk::SecretKey;
    let scheme = b"BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
    let secrets: Vec<SecretKey> =
        (1..4).map(|at| SecretKey::key_gen(&[at; 32], &[]).expect("32 bytes")).collect();
    let keys: Vec<Vec<u8>> = secrets.iter().map(|it| it.sk_to_pk().compress().to_vec()).collect();
    let sign = |it: &SecretKey| it.sign(b"message", scheme, &[]).compress().to_vec();
    let signatures: Vec<Vec<u8>> = secrets.iter().map(sign).collect();
    let sum = perhaps(Native::BlsAggregate, &[&signatures.concat()]).expect("they are points");
    let verify = |keys: &[u8], message: &[u8], signature: &[u8]| {
        holds(Native::BlsVerify, &[keys, message, signature])
    };
    assert!(verify(&keys.concat(), b"message", &sum));
    assert!(verify(&keys[0], b"message", &signatures[0]));
    assert!(!verify(&keys[1], b"message", &signatures[0]));
    assert!(!verify(&keys[..2].concat(), b"message", &sum));
    assert!(!verify(&keys.concat(), b"another", &sum));
    assert!(!verify(&[], b"message", &sum));
    assert!(!verify(&keys.concat()[1..], b"message", &sum));
    let mut infinity = vec![0; 96];
    infinity[0] = 0xc0;
    assert!(!verify(&keys.concat(), b"message", &infinity));
    assert!(!verify(&infinity[..48], b"message", &infinity));
    for bit in 0..96 * 8 {
        let mut changed = sum.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(!verify(&keys.concat(), b"message", &changed), "bit {bit}");
    }
    let proof = secrets[0].sign(&keys[0], b"BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_", &[]);
    let proof = proof.compress();
    assert!(holds(Native::BlsPossesses, &[&keys[0], &proof]));
    assert!(!holds(Native::BlsPossesses, &[&keys[1], &proof]));
    assert_eq!(perhaps(Native::BlsAggregate, &[&[]]), None);
}

/// As Ethereum's consensus has it.
#[test]
fn bls_signatures_are_those_of_the_draft() {
    let key = "a491d1b0ecd9bb917989f0e74f0dea0422eac4a873e5e2644f368dffb9a6e20f\
               d6e10c1b77654d067c0618f6e5a7f79a";
    let signature = "882730e5d03f6b42c3abc26d3372625034e1d871b65a8a6b900a56dae22da98a\
                     bbe1b68f85e49fe7652a55ec3d0591c20767677e33e5cbb1207315c41a9ac03b\
                     e39c2e7668edc043d6cb1d9fd93033caa8a1c5b0e84bedaeb6c64972503a43eb";
    let (key, signature) = (bytes(key), bytes(signature));
    assert!(holds(Native::BlsVerify, &[&key, &[0x56; 32], &signature]));
}
