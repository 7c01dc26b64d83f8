//! What is encrypted for an SM2 key: the example of the standard, OpenSSL in both directions, and what was
//! changed on the way; and whether OpenSSL verifies what is signed here.

use std::fs;
use std::path::Path;
use std::process::Command;

use deed_ledger::keys::{SM2_ID, Scheme, SealError, SecretKey};

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect()
}

/// GB/T 32918.5-2017, annex C.
#[test]
fn the_example_of_the_standard_is_opened() {
    let secret = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8";
    let secret: [u8; 32] = bytes(secret).try_into().expect("32 bytes");
    let key = SecretKey::from_bytes(Scheme::Sm2, secret).expect("a key");
    let sealed = "04
        04EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73
        E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0
        59983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766
        21886CA989CA9C7D58087307CA93092D651EFA";
    assert_eq!(key.unseal(&bytes(sealed)), Ok(b"encryption standard".to_vec()));
}

#[test]
fn what_is_sealed_is_opened_and_nothing_else() {
    let key = SecretKey::development(Scheme::Sm2, "alice");
    let other = SecretKey::development(Scheme::Sm2, "bob");
    for length in [1, 31, 32, 33, 1000] {
        let text = vec![7; length];
        let sealed = key.public().seal(&text).expect("a form");
        assert_eq!(sealed.len(), 65 + 32 + length);
        assert_ne!(key.public().seal(&text).expect("a form"), sealed);
        assert_eq!(key.unseal(&sealed), Ok(text));
        assert_eq!(other.unseal(&sealed), Err(SealError::NotOpened));
    }
    let sealed = key.public().seal(b"secret").expect("a form");
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(key.unseal(&changed), Err(SealError::NotOpened), "bit {bit}");
    }
    for length in 0..sealed.len() {
        assert_eq!(key.unseal(&sealed[..length]), Err(SealError::NotOpened));
    }
    for bad in [vec![0; 200], vec![4; 200], vec![0x30; 200], [&sealed[..], &[0]].concat()] {
        assert_eq!(key.unseal(&bad), Err(SealError::NotOpened));
    }
}

#[test]
fn only_sm2_encrypts_and_only_texts() {
    let key = SecretKey::development(Scheme::Sm2, "alice");
    assert_eq!(key.public().seal(b""), Err(SealError::Empty));
    for scheme in [Scheme::Secp256k1, Scheme::Ed25519] {
        let key = SecretKey::development(scheme, "alice");
        assert_eq!(key.public().seal(b"text"), Err(SealError::NoSm2));
        assert_eq!(key.unseal(&[4; 200]), Err(SealError::NoSm2));
    }
}

fn openssl(folder: &Path, args: &[&str]) {
    let output = Command::new("openssl").args(args).current_dir(folder).output();
    let output = output.expect("`openssl` runs; `apt-get install openssl` brings it");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {}: {message}", args.join(" "));
}

/// A field of DER with less than 128 bytes.
fn field(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u8::try_from(content.len()).expect("short");
    assert!(length < 128);
    [&[tag, length], content].concat()
}

/// A positive integer.
fn number(digits: &[u8]) -> Vec<u8> {
    let start = digits.iter().position(|digit| *digit != 0).expect("not zero");
    let digits = &digits[start..];
    let sign: &[u8] = if digits[0] >= 128 { &[0] } else { &[] };
    field(2, &[sign, digits].concat())
}

fn sequence(parts: &[u8]) -> Vec<u8> {
    let length = u8::try_from(parts.len()).expect("short");
    let head: &[u8] = if length < 128 { &[0x30, length] } else { &[0x30, 0x81, length] };
    [head, parts].concat()
}

/// Of the form `C1 C3 C2` that one in DER which OpenSSL writes and reads (GB/T 35276): a sequence of the two
/// coordinates, the digest and the text.
fn in_der(sealed: &[u8]) -> Vec<u8> {
    let point = [number(&sealed[1..33]), number(&sealed[33..65])].concat();
    sequence(&[point, field(4, &sealed[65..97]), field(4, &sealed[97..])].concat())
}

#[test]
fn openssl_verifies_what_is_signed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    for round in 0..6 {
        let key = SecretKey::from_seed(Scheme::Sm2, &[round]);
        let message = vec![round; usize::from(round) * 29];
        let signed = key.sign(&message).bytes;
        let form = sequence(&[number(&signed[..32]), number(&signed[32..])].concat());
        fs::write(path("public"), key.public().to_pem().expect("a text")).expect("written");
        fs::write(path("message"), &message).expect("written");
        fs::write(path("signature"), form).expect("written");
        let id = format!("distid:{SM2_ID}");
        let verify = ["dgst", "-sm3", "-verify", "public", "-sigopt", &id, "-signature"];
        openssl(folder.path(), &[&verify[..], &["signature", "message"]].concat());
    }
}

#[test]
fn openssl_opens_what_is_sealed_and_seals_what_is_opened() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    for (round, text) in
        (0u8..).zip([&b"a"[..], b"encryption standard", b"what nobody else shall read"])
    {
        let key = SecretKey::from_seed(Scheme::Sm2, &[round]);
        fs::write(path("key"), key.to_pem(None).expect("a text").as_bytes()).expect("written");
        fs::write(path("public"), key.public().to_pem().expect("a text")).expect("written");
        fs::write(path("text"), text).expect("written");
        let sealing =
            ["pkeyutl", "-encrypt", "-pubin", "-inkey", "public", "-in", "text", "-out", "sealed"];
        openssl(folder.path(), &sealing);
        let sealed = fs::read(path("sealed")).expect("sealed by OpenSSL");
        assert_eq!(key.unseal(&sealed), Ok(text.to_vec()));
        let ours = in_der(&key.public().seal(text).expect("a form"));
        assert_eq!(key.unseal(&ours), Ok(text.to_vec()));
        fs::write(path("ours"), ours).expect("written");
        let opening = ["pkeyutl", "-decrypt", "-inkey", "key", "-in", "ours", "-out", "opened"];
        openssl(folder.path(), &opening);
        assert_eq!(fs::read(path("opened")).expect("opened by OpenSSL"), text);
    }
}
