//! The response files of NIST's validation program for hashes: short messages of every length, and chains
//! of a hundred thousand digests.
//!
//! In: `tests/vectors/cavp`. Holds always: each file has as many cases as `docs/vectors.md` says.

use deed_bytecode::Native;

use super::{bytes, listed, standards::digest};

/// The values behind a name, in their order.
fn values<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let rows = text.lines().filter_map(|line| line.split_once(" = "));
    rows.filter(move |row| row.0 == name).map(|row| row.1)
}

fn read(file: &str) -> String {
    let path = format!("{}/../tests/vectors/cavp/{file}.rsp", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// Each message of a file has its digest.
fn short_messages(native: Native, file: &str) {
    let text = read(file);
    let cases = values(&text, "Len").zip(values(&text, "Msg")).zip(values(&text, "MD"));
    let mut count = 0;
    for ((bits, message), wanted) in cases {
        // An empty message is written as one byte.
        let length: usize = bits.parse().expect("a number of bits");
        let message = &bytes(message)[..length / 8];
        assert_eq!(digest(native, &[message]), bytes(wanted), "{file}: {bits} bits");
        count += 1;
    }
    assert_eq!(count, listed(file));
}

/// Each digest of a file is what a thousand `steps` make of the one before it.
fn chain(file: &str, steps: impl Fn(Vec<u8>) -> Vec<u8>) {
    let text = read(file);
    let mut last = bytes(values(&text, "Seed").next().expect("a seed"));
    let mut count = 0;
    for wanted in values(&text, "MD") {
        last = steps(last);
        assert_eq!(last, bytes(wanted), "{file}: {count}");
        count += 1;
    }
    assert_eq!(count, listed(file));
}

/// SHAVS, section 6.4: a digest of the three before it.
fn of_three(native: Native, seed: Vec<u8>) -> Vec<u8> {
    let mut three = [seed.clone(), seed.clone(), seed];
    for _ in 0..1000 {
        let next = digest(native, &[&three.concat()]);
        three.rotate_left(1);
        three[2] = next;
    }
    let [.., last] = three;
    last
}

/// SHA3VS, section 6.2.3: a digest of the one before it.
fn of_one(native: Native, seed: Vec<u8>) -> Vec<u8> {
    (0..1000).fold(seed, |last, _| digest(native, &[&last]))
}

#[test]
fn sha2_is_that_of_the_program() {
    short_messages(Native::Sha256, "SHA256ShortMsg");
    short_messages(Native::Sha512, "SHA512ShortMsg");
    chain("SHA256Monte", |seed| of_three(Native::Sha256, seed));
    chain("SHA512Monte", |seed| of_three(Native::Sha512, seed));
}

#[test]
fn sha3_is_that_of_the_program() {
    short_messages(Native::Sha3, "SHA3_256ShortMsg");
    chain("SHA3_256Monte", |seed| of_one(Native::Sha3, seed));
}
