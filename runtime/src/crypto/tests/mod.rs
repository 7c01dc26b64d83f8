//! The examples of the standards, and bytes of every kind: nothing panics.

mod cavp;
mod standards;
mod twins;
mod wycheproof;

use deed_bytecode::{Native, NativeTy};
use proptest::prelude::*;

use super::{Answer, run};

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect()
}

/// How many cases the page of vectors says that a set has.
fn listed(set: &str) -> usize {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/vectors.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let row = page.lines().find(|line| line.contains(&format!("`{set}`")));
    let row = row.unwrap_or_else(|| panic!("{page} has no row of {set}"));
    row.split('|').rev().nth(1).and_then(|cell| cell.trim().parse().ok()).expect("a count")
}

const KEY: &str = "04
    09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020
    CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13";
const SIGNATURE: &str = "
    F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
    B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA";

fn sm2(key: &[u8], id: &[u8], message: &[u8], signature: &[u8]) -> bool {
    run(Native::Sm2Verify, &[key, id, message, signature]) == Answer::Bool(true)
}

/// GB/T 32918.5, annex A.
#[test]
fn sm2_signatures_are_verified_and_any_changed_bit_is_seen() {
    let (key, signature) = (bytes(KEY), bytes(SIGNATURE));
    let (id, message) = (b"1234567812345678".to_vec(), b"message digest".to_vec());
    assert!(sm2(&key, &id, &message, &signature));
    let given = [&key, &id, &message, &signature];
    for (part, whole) in given.iter().enumerate() {
        for bit in 0..whole.len() * 8 {
            let mut changed = given.map(Clone::clone);
            changed[part][bit / 8] ^= 1 << (bit % 8);
            let [key, id, message, signature] = &changed;
            assert!(!sm2(key, id, message, signature), "bit {bit} of part {part}");
        }
        for length in 0..whole.len() {
            let mut cut = given.map(Clone::clone);
            cut[part].truncate(length);
            let [key, id, message, signature] = &cut;
            assert!(!sm2(key, id, message, signature), "{length} bytes of part {part}");
        }
    }
}

#[test]
fn sm2_numbers_stay_in_their_range() {
    let (key, signature) = (bytes(KEY), bytes(SIGNATURE));
    let order = bytes("FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123");
    let (r, s) = signature.split_at(32);
    let zero = [0; 32];
    for (r, s) in [(&zero[..], s), (r, &zero[..]), (&order[..], s), (r, &order[..])] {
        assert!(!sm2(&key, b"1234567812345678", b"message digest", &[r, s].concat()));
    }
}

/// Bytes that are often almost a key or a signature.
fn argument() -> impl Strategy<Value = Vec<u8>> {
    let almost = |hex: &'static str| {
        (any::<prop::sample::Index>(), any::<u8>()).prop_map(move |(at, byte)| {
            let mut bytes = bytes(hex);
            let at = at.index(bytes.len());
            bytes[at] = byte;
            bytes
        })
    };
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..100),
        prop::collection::vec(Just(0), 0..100),
        prop::collection::vec(Just(255), 0..100),
        almost(KEY),
        almost(SIGNATURE),
    ]
}

proptest! {
    #[test]
    fn natives_answer_to_anything(args in prop::collection::vec(argument(), 4), hash: [u8; 32]) {
        for native in Native::ALL {
            let info = native.info();
            let args = info.params.iter().zip(&args).map(|(ty, arg)| match ty {
                NativeTy::Bytes => &arg[..],
                NativeTy::Hash => &hash,
                NativeTy::Bool => &hash[..1],
            });
            let args: Vec<&[u8]> = args.collect();
            let fits = match run(*native, &args) {
                Answer::Bool(_) => info.results == [NativeTy::Bool],
                Answer::Hash(_) => info.results == [NativeTy::Hash],
                Answer::Bytes(_) => info.results == [NativeTy::Bytes],
                Answer::Perhaps(_) => info.results == [NativeTy::Bytes, NativeTy::Bool],
            };
            prop_assert!(fits, "{} gives something else", native);
        }
    }
}
