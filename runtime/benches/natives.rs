//! What natives cost on this machine beside what the table says.
//!
//! In: nothing. Out: for each native the nanoseconds of a call with little to read, and of 32 bytes
//! more; both as gas, where one gas is 3 ns; and the prices of the table.

use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

use deed_bytecode::{Native, NativeTy};
use deed_runtime::run_native;

/// Nanoseconds that a gas stands for.
const GAS: f64 = 3.0;

/// Bytes of the long argument.
const LONG: usize = 1 << 18;

const MESSAGE: &[u8] = b"transfer 40 yuan to bob";

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect()
}

/// Arguments that are taken, with `data` where any bytes can stand.
fn arguments(native: Native, data: &[u8]) -> Vec<Vec<u8>> {
    let digest = bytes("ed0e03e9204332209b1473bb9a3a806a7430e4a3fde3b1e319c0af06eefaa586");
    let sm2 = bytes("0309F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020");
    let bls = bytes(
        "a491d1b0ecd9bb917989f0e74f0dea0422eac4a873e5e2644f368dffb9a6e20f\
         d6e10c1b77654d067c0618f6e5a7f79a",
    );
    let bls_signature = bytes(
        "882730e5d03f6b42c3abc26d3372625034e1d871b65a8a6b900a56dae22da98a\
         bbe1b68f85e49fe7652a55ec3d0591c20767677e33e5cbb1207315c41a9ac03b\
         e39c2e7668edc043d6cb1d9fd93033caa8a1c5b0e84bedaeb6c64972503a43eb",
    );
    let k256 = bytes("03aeedb6da2332ae1ffc28fd60201ed938788789167a5385bd6345c8c3c2b4cc75");
    let k256_signature = bytes(
        "80563774b77498fbe46ea114b277116fd52fafd7977fbb7e94f5923c17445d6c02309796a9fae806e56dbf05112de3312d15ea1ee4f11fb87df60d8228292c76",
    );
    let p256 = bytes("03f7ed12452fb5c7fb89cc42dec866aed4c289957feaedd409cc28f6bf7a3290bc");
    let p256_signature = bytes(
        "507224f97cfbdd221f881cc42c62d0424b07e8b2400263e0ac769f29e7247e4b1767786dbbe71359809f1e0cf703f8f3d9a1b186c895b976ab0f0d973d728e57",
    );
    let ed25519 = bytes("616daf17cee1e0578ca0467f2ca91c69fa1f9e250d3a7d6ce3225381e16ecdf4");
    let ed25519_signature = bytes(
        "bd7805a8cfa402af37ac209d2e9b8785250940a935c683997ae5ccaa8e971a05e201796ce9a2a580a48de366c6b4f3709ce687f0ee3a92de18761ccb9ec90d01",
    );
    let data = data.to_vec();
    match native {
        Native::Sm2Key => vec![sm2],
        Native::Sm2Verify => {
            let signature = bytes(
                "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3\
                 B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA",
            );
            vec![sm2, b"1234567812345678".to_vec(), data, signature]
        }
        Native::Secp256k1Key => vec![k256],
        Native::Secp256k1Verify => vec![k256, digest, k256_signature],
        Native::Secp256k1Recover => vec![digest, [k256_signature, bytes("00")].concat()],
        Native::P256Key => vec![p256],
        Native::P256Verify => vec![p256, digest, p256_signature],
        Native::Ed25519Key => vec![ed25519],
        Native::Ed25519Verify => vec![ed25519, data, ed25519_signature],
        // A message would be hashed; what costs are the keys.
        Native::BlsVerify => vec![bls.repeat(data.len() / 48 + 1), vec![0x56; 32], bls_signature],
        Native::BlsPossesses => vec![bls, bls_signature],
        Native::BlsAggregate => vec![bls_signature.repeat(data.len() / 96 + 1)],
        _ => {
            let block = |at: usize, ty| match (ty, at) {
                (NativeTy::Bool, _) => vec![1],
                (_, 0) => vec![7; 16],
                _ => vec![7; if native.info().name.contains("gcm") { 12 } else { 16 }],
            };
            let params = native.info().params;
            let last = params.iter().rposition(|ty| *ty == NativeTy::Bytes).unwrap_or(0);
            let args = params.iter().enumerate();
            args.map(|(at, ty)| if at == last { data.clone() } else { block(at, *ty) }).collect()
        }
    }
}

/// Nanoseconds of a call: the best of several rounds.
fn time(native: Native, args: &[Vec<u8>]) -> f64 {
    let args: Vec<&[u8]> = args.iter().map(Vec::as_slice).collect();
    let mut best = f64::MAX;
    let mut calls = 1u32;
    for _ in 0..12 {
        let start = Instant::now();
        for _ in 0..calls {
            black_box(run_native(native, black_box(&args)));
        }
        let taken = start.elapsed().as_nanos() as f64;
        best = best.min(taken / f64::from(calls));
        if taken < 20e6 {
            calls = calls.saturating_mul(4);
        }
    }
    best
}

fn main() {
    let mut out = String::new();
    let _ = writeln!(out, "native                     ns  ns/32 B  gas  /32 B  table  /32 B");
    for native in Native::ALL {
        let (short, long) = (arguments(*native, MESSAGE), arguments(*native, &[7; LONG]));
        let size = |args: &[Vec<u8>]| args.iter().map(Vec::len).sum::<usize>() as f64;
        let base = time(*native, &short);
        let chunks = (size(&long) - size(&short)) / 32.0;
        let chunk = if chunks < 1.0 { 0.0 } else { (time(*native, &long) - base) / chunks };
        let cost = native.info().cost;
        let _ = writeln!(
            out,
            "{:20} {base:10.0} {chunk:8.1} {:8.0} {:6.1} {:8} {:6}",
            native.info().name,
            base / GAS,
            chunk / GAS,
            cost.base,
            cost.chunk
        );
    }
    eprint!("{out}");
}
