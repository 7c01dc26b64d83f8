//! The container against itself and against damage.

mod common;

use deed_bytecode::{
    DecodeError, Fault, Module, code_hash, code_hash_of, decode, decode_symbols, encode,
    encode_symbols, validate,
};
use proptest::prelude::*;

#[test]
fn a_module_survives_the_round_trip() {
    let module = common::token();
    let bytes = encode(&module);
    assert_eq!(decode(&bytes), Ok(module.clone()));
    assert_eq!(code_hash_of(&bytes), Ok(code_hash(&module)));
}

#[test]
fn the_code_hash_is_of_code_and_not_of_debug_tables() {
    let module = common::token();
    let bare = Module { debug: None, ..module.clone() };
    assert_ne!(encode(&module), encode(&bare));
    assert_eq!(code_hash(&module), code_hash(&bare));
    let renamed = Module { name: "demo.token.Other".into(), ..bare };
    assert_ne!(code_hash(&module), code_hash(&renamed));
}

#[test]
fn symbols_lie_apart_and_belong_to_one_module() {
    let module = common::token();
    let bytes = encode_symbols(&module).expect("it has debug tables");
    let bare = Module { debug: None, ..module.clone() };
    assert_eq!(decode_symbols(&bytes, code_hash(&bare)).ok(), module.debug);
    assert_eq!(encode_symbols(&bare), None);
    let other = code_hash(&common::rich());
    let refused = decode_symbols(&bytes, other).expect_err("they are not of that module");
    assert_eq!(refused.what, Fault::OtherModule);
    let refused = decode_symbols(&encode(&module), other).expect_err("that is a module");
    assert_eq!(refused.what, Fault::NoSymbols);
    for end in 0..bytes.len() {
        assert!(decode_symbols(&bytes[..end], code_hash(&bare)).is_err());
    }
}

#[test]
fn cut_anywhere_it_is_refused() {
    let module = common::token();
    let bytes = encode(&module);
    let code = encode(&Module { debug: None, ..module });
    for end in 0..bytes.len() {
        match decode(&bytes[..end]) {
            Err(error) => assert!(error.offset <= end),
            Ok(_) => assert_eq!(end, code.len(), "only the debug section can be cut off"),
        }
    }
}

/// Whatever the bytes: an error inside them, or a module with exactly these bytes, which
/// validation takes or refuses without a panic.
fn survives(bytes: &[u8]) -> Option<DecodeError> {
    match decode(bytes) {
        Ok(module) => {
            assert_eq!(encode(&module), bytes);
            assert_eq!(code_hash_of(bytes), Ok(code_hash(&module)));
            let _ = validate(module);
            None
        }
        Err(error) => {
            assert!(error.offset <= bytes.len());
            assert!(!error.to_string().is_empty() && !error.remedy().is_empty());
            Some(error)
        }
    }
}

#[test]
fn every_byte_changed_is_an_error_or_another_module() {
    let bytes = encode(&common::token());
    for at in 0..bytes.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] ^= change;
            survives(&damaged);
        }
    }
}

#[test]
fn hostile_counts_allocate_nothing() {
    let bytes = encode(&common::token());
    let mut refused = 0;
    for at in 6..bytes.len() - 4 {
        let mut damaged = bytes.clone();
        damaged[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        let error = survives(&damaged);
        refused += u32::from(matches!(error, Some(DecodeError { what: Fault::Count { .. }, .. })));
    }
    assert!(refused > 40, "only {refused} counts were tried");
}

#[test]
fn the_header_is_checked_first() {
    let fault = |bytes: &[u8]| decode(bytes).map_err(|error| error.what);
    assert_eq!(fault(b""), Err(Fault::NotAModule));
    assert_eq!(fault(b"\0asm\x01\0\0\0"), Err(Fault::NotAModule));
    assert_eq!(fault(b"DEED\x01\0"), Err(Fault::Version(1)));
    let mut long = encode(&common::token());
    long.push(0);
    assert!(decode(&long).is_err());
}

proptest! {
    #[test]
    fn grown_modules_survive_the_round_trip(numbers in prop::collection::vec(any::<u16>(), 1..64)) {
        let module = common::grow(&numbers);
        let bytes = encode(&module);
        prop_assert_eq!(decode(&bytes), Ok(module.clone()));
        prop_assert_eq!(code_hash_of(&bytes), Ok(code_hash(&module)));
    }

    #[test]
    fn random_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        survives(&bytes);
        survives(&[b"DEED\x01\0", &bytes[..]].concat());
    }

    #[test]
    fn changed_modules_are_survived(
        numbers in prop::collection::vec(any::<u16>(), 1..64),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = encode(&common::grow(&numbers));
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        survives(&bytes);
    }
}
