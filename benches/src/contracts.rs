//! What contracts do, on Deed's two tiers, and on native code where that says something.
//!
//! In: the contracts of `contracts.deed`. Out: entrants for each kernel, and what it is to give.

use std::cell::RefCell;
use std::collections::BTreeMap;

use deed_bytecode::Module;
use deed_runtime::{Address, Mode};
use ruint::aliases::U256;

use crate::deed::{Deed, HERE};
use crate::measure::Entrant;

/// A kernel and the arguments it is called with.
pub(crate) struct Kernel {
    pub(crate) name: &'static str,
    args: Vec<u8>,
    mode: Mode,
    native: Option<fn() -> u64>,
}

/// Turns of the loops.
const TURNS: u64 = 10_000;

const FACTOR: U256 = U256::from_limbs([0x9e37_79b9_7f4a_7c15, 0x7f4a_7c15_9e37_79b9, 0, 0]);
const START: U256 = U256::from_limbs([0x1234_5678_9abc_def1, 0x7654_3210_fedc_ba98, 0, 0]);

pub(crate) fn all() -> Vec<Kernel> {
    let view = |name, native| Kernel {
        name,
        args: TURNS.to_le_bytes().to_vec(),
        mode: Mode::View,
        native,
    };
    let entry = |name| Kernel { mode: Mode::Transaction, ..view(name, None) };
    let mut wide = view("wide", Some(native_wide));
    wide.args.extend(START.to_le_bytes::<32>());
    wide.args.extend(FACTOR.to_le_bytes::<32>());
    let [maps, orders] = [view("maps", Some(native_maps)), view("orders", Some(native_orders))];
    vec![
        wide,
        maps,
        orders,
        view("text", None),
        view("codec", None),
        entry("events"),
        entry("calls"),
    ]
}

impl Kernel {
    /// The kernel on each tier, and natively where it is; the results are the same.
    pub(crate) fn entrants<'a>(&'a self, daily: &'a [RefCell<Deed>; 2]) -> Vec<Entrant<'a>> {
        let native = self.native.map(|run| Entrant { name: "native", run: Box::new(run) });
        let mut entrants: Vec<Entrant<'a>> = native.into_iter().collect();
        for (name, deed) in ["deed jit", "deed interp"].into_iter().zip(daily) {
            let run = || deed.borrow_mut().result(self.name, &self.args, self.mode);
            entrants.push(Entrant { name, run: Box::new(run) });
        }
        entrants
    }
}

/// The contract on both tiers, with the one that it calls.
pub(crate) fn daily(daily: &Module, sum: &Module) -> [RefCell<Deed>; 2] {
    [true, false].map(|compiled| {
        let mut deed = Deed::new(daily, compiled);
        let other = Address([2; 32]);
        deed.deploy(other, sum);
        deed.init(HERE, &other.0);
        RefCell::new(deed)
    })
}

fn native_wide() -> u64 {
    let (start, factor) = (std::hint::black_box(START), std::hint::black_box(FACTOR));
    let mut x = start;
    for _ in 0..TURNS {
        x = (x.checked_mul(factor).expect("below 2^256") >> 128) ^ start;
    }
    x.as_limbs()[0]
}

fn native_maps() -> u64 {
    let mut counts = BTreeMap::new();
    for i in 0..std::hint::black_box(TURNS) {
        *counts.entry(i * 7919 % 1009).or_insert(0u64) += i;
    }
    (0..1009).map(|i| counts.get(&i).copied().unwrap_or(0) % 1000).sum()
}

fn native_orders() -> u64 {
    let mut all: Vec<(u64, u64)> =
        (0..std::hint::black_box(TURNS)).map(|i| (i * 7919 % 10007, i)).collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    (0..TURNS).map(|i| all[i as usize].0 * (i + 1) % 1000).sum()
}
