//! The schemes against published vectors, and against what is no signature.
//!
//! Sources: RFC 8032, section 7.1; GB/T 32918.5-2017, annex A.2; the vectors of RFC 6979 for secp256k1 that
//! Bitcoin's implementations share.

use deed_ledger::keys::{PemError, PublicKey, Scheme, SecretKey, Signature};

fn bytes<const N: usize>(hex: &str) -> [u8; N] {
    assert_eq!(hex.len(), 2 * N);
    std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hex"))
}

fn signature(hex: &str) -> Signature {
    Signature { bytes: bytes(hex) }
}

/// Secret, public key, message, signature.
const ED25519: [[&str; 4]; 3] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "\u{72}",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
];

#[test]
fn ed25519_is_that_of_rfc_8032() {
    for [secret, public, message, expected] in ED25519 {
        let message = match message {
            "af82" => vec![0xaf, 0x82],
            text => text.as_bytes().to_vec(),
        };
        let key = SecretKey::from_bytes(Scheme::Ed25519, bytes(secret)).expect("a key");
        assert_eq!(key.public(), PublicKey::Ed25519(bytes(public)));
        assert_eq!(key.sign(&message), signature(expected));
        assert!(key.public().verifies(&message, &signature(expected)));
    }
}

#[test]
fn secp256k1_has_the_nonces_of_rfc_6979() {
    let one = bytes("0000000000000000000000000000000000000000000000000000000000000001");
    let key = SecretKey::from_bytes(Scheme::Secp256k1, one).expect("a key");
    let generator = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    assert_eq!(key.public(), PublicKey::Secp256k1(bytes(generator)));
    let cases = [
        (
            "Satoshi Nakamoto",
            "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d82442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5",
        ),
        (
            "All those moments will be lost in time, like tears in rain. Time to die...",
            "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21",
        ),
    ];
    for (message, expected) in cases {
        assert_eq!(key.sign(message.as_bytes()), signature(expected));
        assert!(key.public().verifies(message.as_bytes(), &signature(expected)));
    }
}

#[test]
fn sm2_is_that_of_the_standard() {
    let secret = bytes("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8");
    let key = SecretKey::from_bytes(Scheme::Sm2, secret).expect("a key");
    let public = "0309f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020";
    assert_eq!(key.public(), PublicKey::Sm2(bytes(public)));
    let expected = signature(
        "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa",
    );
    assert!(key.public().verifies(b"message digest", &expected));
    let own = key.sign(b"message digest");
    assert_eq!(own, key.sign(b"message digest"), "signing has no randomness");
    assert!(key.public().verifies(b"message digest", &own));
}

#[test]
fn what_is_no_signature_is_refused() {
    for scheme in Scheme::ALL {
        let key = SecretKey::development(scheme, "alice");
        let (public, good) = (key.public(), key.sign(b"message"));
        assert!(public.verifies(b"message", &good));
        assert!(!public.verifies(b"massage", &good), "{scheme}: another message");
        let other = SecretKey::development(scheme, "bob").public();
        assert!(!other.verifies(b"message", &good), "{scheme}: another key");
        for at in 0..64 {
            let mut bad = good;
            bad.bytes[at] ^= 1;
            assert!(!public.verifies(b"message", &bad), "{scheme}: byte {at} changed");
        }
        let (mut no_r, mut no_s) = (good, good);
        no_r.bytes[..32].fill(0);
        no_s.bytes[32..].fill(0);
        for bad in [no_r, no_s, Signature { bytes: [0; 64] }, Signature { bytes: [0xff; 64] }] {
            assert!(!public.verifies(b"message", &bad), "{scheme}: {bad:?}");
        }
    }
}

#[test]
fn a_signature_of_secp256k1_has_one_form() {
    let key = SecretKey::development(Scheme::Secp256k1, "alice");
    let good = key.sign(b"message");
    let order = bytes::<32>("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    let mut high = good;
    let mut borrow = 0;
    for at in (0..32).rev() {
        let digit = i32::from(order[at]) - i32::from(good.bytes[32 + at]) - borrow;
        borrow = i32::from(digit < 0);
        high.bytes[32 + at] = (digit & 0xff) as u8;
    }
    assert_ne!(high, good);
    assert!(!key.public().verifies(b"message", &high), "n - s signs too, and is refused");
}

#[test]
fn ed25519_keys_of_small_order_sign_nothing() {
    // The neutral element: with R of the same kind and s = 0, plain checks accept it for any message.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut forged = Signature { bytes: [0; 64] };
    forged.bytes[0] = 1;
    assert!(!PublicKey::Ed25519(neutral).verifies(b"message", &forged));
}

#[test]
fn what_is_no_key_is_refused() {
    let good = SecretKey::development(Scheme::Sm2, "alice").sign(b"message");
    for x in [[0; 32], [0xff; 32]] {
        for prefix in 0..=4 {
            let mut point = [prefix; 33];
            point[1..].copy_from_slice(&x);
            assert!(!PublicKey::Sm2(point).verifies(b"message", &good));
            assert!(!PublicKey::Secp256k1(point).verifies(b"message", &good));
        }
        assert!(!PublicKey::Ed25519(x).verifies(b"message", &good));
    }
    // x = 5 is on no point of secp256k1.
    let mut off = [0; 33];
    (off[0], off[32]) = (2, 5);
    assert!(!PublicKey::Secp256k1(off).verifies(b"message", &good));
    for scheme in [Scheme::Sm2, Scheme::Secp256k1] {
        assert!(SecretKey::from_bytes(scheme, [0; 32]).is_none());
        assert!(SecretKey::from_bytes(scheme, [0xff; 32]).is_none());
    }
}

#[test]
fn addresses_differ_by_scheme_and_key() {
    let address = |scheme, name| SecretKey::development(scheme, name).public().address();
    let mut all: Vec<_> = Scheme::ALL
        .into_iter()
        .flat_map(|scheme| ["alice", "bob"].map(|name| address(scheme, name)))
        .collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 6);
}

#[test]
fn keys_survive_as_text() {
    for scheme in Scheme::ALL {
        let key = SecretKey::development(scheme, "alice");
        let text = key.to_pem(None).expect("a text");
        assert!(text.starts_with("-----BEGIN PRIVATE KEY-----\n"));
        let read = SecretKey::from_pem(&text, None).expect("a key");
        assert_eq!((read.scheme(), read.bytes()), (scheme, key.bytes()));
        let read = SecretKey::from_pem(&text, Some("not needed")).expect("a key");
        assert_eq!(read.public(), key.public());
    }
    for bad in ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
        assert!(SecretKey::from_pem(bad, None).is_err());
    }
}

#[test]
fn a_passphrase_locks_a_key() {
    let key = SecretKey::development(Scheme::Sm2, "alice");
    let text = key.to_pem(Some("open sesame")).expect("a text");
    assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
    let read = SecretKey::from_pem(&text, Some("open sesame")).expect("a key");
    assert_eq!(read.bytes(), key.bytes());
    let refused = |passphrase| SecretKey::from_pem(&text, passphrase).map(|_| ()).expect_err("no");
    assert_eq!(refused(None), PemError::Locked);
    assert_eq!(refused(Some("open barley")), PemError::WrongPassphrase);
}

/// Made by OpenSSL 3.0: `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2`, the public key
/// by `openssl pkey -pubout -ec_conv_form compressed`, the signature by `openssl pkeyutl -sign -rawin
/// -digest sm3 -pkeyopt distid:1234567812345678`, of which `r` and `s` stand here.
#[test]
fn sm2_agrees_with_openssl() {
    let key = SecretKey::from_pem(OPENSSL_KEY, None).expect("a key");
    assert_eq!(key.scheme(), Scheme::Sm2);
    assert_eq!(key.public(), PublicKey::Sm2(bytes(OPENSSL_PUBLIC)));
    assert!(key.public().verifies(b"deed\n", &signature(OPENSSL_SIGNATURE)));
}

const OPENSSL_KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQg+mfbXW9EerYydVdI
eS7XAjaPGFCzr81vLew7jMRqurGhRANCAATuflWaj9XfWgz5t2haWXWO/W467Gy1
klYtiC8DtTKcnfypTyWZdBSL+SlbkhPhumISJl1YLnm1USTQhj7Saodc
-----END PRIVATE KEY-----
";

const OPENSSL_PUBLIC: &str = "02ee7e559a8fd5df5a0cf9b7685a59758efd6e3aec6cb592562d882f03b5329c9d";

const OPENSSL_SIGNATURE: &str = "8779a72acd5e8cee336d534ecd43fab915e22973e3d26e13574f4e9108c2c3bd85e5608cae216a2f883cdde4669303bf18697a241a26bcfef93e6542d1072b7e";
