//! Modules of contracts that call, try and pay, with their instructions, types and tables changed by
//! chance: an engine refuses them, or runs them to an end that is one.
//!
//! In: modules, and changes made by a seed. Out: nothing; a panic, a fault of the engine, a profile that
//! does not add up or tiers that differ fail the test. `DEED_HOSTILE_CASES=1000000` hunts for long.

use super::world::{Asked, SENDER, World, address, call, code_hash, engines, plain};
use crate::stages::LEVELS;
use deed_abi::AbiType;
use deed_bytecode::{FunctionKind, Inst, LiveIn, Module, Op, Type, encode};
use deed_runtime::hosts::Memory;
use deed_runtime::{Config, Engine, Limits, Outcome, Status};
use serde_json::{Value as Json, json};

const SOURCES: [&str; 5] = [
    "tests/engine/everything.deed",
    "tests/engine/attempts.deed",
    "tests/run/calls/coins.deed",
    "tests/run/calls/bank.deed",
    "tests/run/enums/dense.deed",
];

/// Numbers by chance: SplitMix64.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn of<'t, T>(&mut self, all: &'t [T]) -> Option<&'t T> {
        let at = self.below(all.len());
        all.get(at)
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the counts are worth knowing")]
fn what_is_changed_by_chance_is_refused_or_ends() {
    let cases = std::env::var("DEED_HOSTILE_CASES").ok().and_then(|cases| cases.parse().ok());
    let (mut chance, mut accepted, cases) = (Chance(7), 0, cases.unwrap_or(1_500));
    let worlds: Vec<World> = SOURCES
        .iter()
        .flat_map(|source| [0, 2].map(|level| (*source, LEVELS[level])))
        .map(|(source, level)| ready(source, level))
        .collect();
    for case in 0..cases {
        let world = &worlds[case % worlds.len()];
        let number = chance.below(world.contracts.len());
        let mut module = world.contracts[number].built.module.clone();
        for _ in 0..=chance.below(3) {
            change(&mut module, &mut chance);
        }
        // One in fifty on both tiers: making machine code is dear.
        let tiers = if case % 50 == 0 { 2 } else { 1 };
        accepted += usize::from(run(world, number, &module, tiers, case));
    }
    println!("{cases} modules, {accepted} of them valid, none of which did harm");
    assert!(accepted * 20 > cases, "too few are valid to say anything: {accepted} of {cases}");
}

/// The contracts of a source, initialised, with coins.
fn ready(source: &str, level: deed_compiler::opt::OptLevel) -> World {
    let mut world = World::new(source, level);
    for number in 0..world.contracts.len() {
        let abi = &world.contracts[number].abi;
        let params = abi.function("init").map(|init| init.params.len()).unwrap_or_default();
        world.init(number, &vec![json!(address(0).to_string()); params]);
    }
    for account in [SENDER, address(0), address(1)] {
        world.mint(account, 1_000);
    }
    world
}

/// Whether the module is valid; it has been run then.
fn run(world: &World, number: usize, module: &Module, tiers: usize, case: usize) -> bool {
    let bytes = encode(module);
    let limits = Limits { memory_bytes: 1 << 20, ..Limits::V1 };
    let telling = Engine::profiling(Config { limits, ..Config::default() });
    if telling.load(&bytes).is_err() {
        return false;
    }
    let mut memory = world.memory.clone();
    let hash = deed_runtime::Hash(deed_bytecode::code_hash(module));
    memory.deploy(address(number), hash, bytes);
    for (contract, compiled) in world.contracts.iter().enumerate() {
        for function in &compiled.abi.functions {
            let args: Vec<Json> = function.params.iter().map(|it| argument(&it.ty)).collect();
            let Ok(args) = compiled.abi.arguments(&function.name, &args) else { continue };
            if function.kind == FunctionKind::Init {
                continue;
            }
            let value = if function.kind == FunctionKind::Payable { 5 } else { 0 };
            let asked =
                Asked { contract, function: &function.name, args: &args, value, gas: 60_000 };
            let told = check(&telling, &memory, &asked, case);
            if tiers == 2 && code_hash(compiled) != hash {
                let [first, second] = engines().map(|engine| check(&engine, &memory, &asked, case));
                assert_eq!(plain(&first), plain(&second), "case {case}");
            }
            memory.apply(&told);
        }
    }
    true
}

fn check(engine: &Engine, memory: &Memory, asked: &Asked<'_>, case: usize) -> Outcome {
    let outcome = call(engine, &mut memory.clone(), asked);
    // An entry of another type than its field is the host's fault, and here a change of the schema's.
    let harm = matches!(&outcome.status, Status::Fatal(why) if !why.contains("the state"));
    assert!(!harm, "case {case}: {:?}", outcome.status);
    if let Some(profile) = &outcome.profile {
        assert_eq!(profile.total(), outcome.gas_used, "case {case}");
    }
    outcome
}

fn argument(ty: &AbiType) -> Json {
    match ty.to_string().as_str() {
        "string" => json!("text"),
        "bool" => json!(true),
        text if text.starts_with("Vec") => json!([]),
        text if text.starts_with(['u', 'i']) => json!("2"),
        _ => json!(address(0).to_string()),
    }
}

/// Makes one change.
fn change(module: &mut Module, chance: &mut Chance) {
    let heap = module.types.len() as u16;
    let tables = [module.functions.len(), module.imports.len(), module.schema.len()];
    if chance.below(8) == 0 {
        return change_table(module, chance);
    }
    let at = chance.below(module.functions.len());
    let Some(function) = module.functions.get_mut(at) else { return };
    let slots = usize::from(function.slots);
    let blocks = function.blocks.len();
    if !function.tables.is_empty() && chance.below(6) == 0 {
        return change_targets(&mut function.tables, chance, blocks);
    }
    let block = chance.below(blocks);
    let Some(block) = function.blocks.get_mut(block) else { return };
    let place = chance.below(block.code.len());
    let other = chance.of(&block.code).copied();
    let Some(inst) = block.code.get_mut(place) else { return };
    match chance.below(9) {
        0 => inst.a = small(chance, slots, &tables),
        1 => inst.b = small(chance, slots, &tables),
        2 => inst.c = small(chance, slots, &tables),
        3 => inst.op = *chance.of(Op::ALL).unwrap_or(&Op::Ret),
        4 if inst.ty.is_some_and(|ty| ty.heap().is_some()) => {
            inst.ty = Some(Type::Heap(chance.below(heap.into()) as u16));
        }
        4 => inst.ty = other.and_then(|other| other.ty),
        5 => drop(block.code.remove(place)),
        6 => {
            let twin: Inst = *inst;
            block.code.insert(place, twin);
        }
        7 => {
            let next = (place + 1) % block.code.len();
            block.code.swap(place, next);
        }
        _ => change_live(&mut block.live_in, chance, slots),
    }
}

/// Changes where a `switch` leads.
fn change_targets(tables: &mut Vec<Vec<u16>>, chance: &mut Chance, blocks: usize) {
    let at = chance.below(tables.len());
    let target = chance.below(blocks + 1) as u16;
    let Some(table) = tables.get_mut(at) else { return };
    match chance.below(6) {
        0 => table.push(target),
        1 => drop(table.pop()),
        2 => drop(tables.remove(at)),
        3 => tables.push(vec![target]),
        _ => {
            let at = chance.below(table.len());
            table.iter_mut().skip(at).take(1).for_each(|it| *it = target);
        }
    }
}

fn small(chance: &mut Chance, slots: usize, tables: &[usize]) -> u16 {
    let end = match chance.below(4) {
        0 => tables.iter().copied().max().unwrap_or(1) + 1,
        _ => slots + 1,
    };
    chance.below(end) as u16
}

fn change_live(live: &mut Vec<LiveIn>, chance: &mut Chance, slots: usize) {
    let at = chance.below(live.len());
    match (chance.below(2), live.get_mut(at)) {
        (0, Some(_)) => drop(live.remove(at)),
        (_, Some(one)) => one.reg = chance.below(slots) as u16,
        (_, None) => {}
    }
}

/// Changes what functions and imports say of themselves.
fn change_table(module: &mut Module, chance: &mut Chance) {
    const KINDS: [FunctionKind; 5] = [
        FunctionKind::Entry,
        FunctionKind::View,
        FunctionKind::Payable,
        FunctionKind::Private,
        FunctionKind::Init,
    ];
    let (import, function) =
        (chance.below(module.imports.len()), chance.below(module.functions.len()));
    match (chance.below(7), module.imports.get_mut(import), module.functions.get_mut(function)) {
        (0, Some(import), _) => import.value = !import.value,
        (1, Some(import), _) => import.gas = !import.gas,
        (2, Some(import), _) => import.kind = *chance.of(&KINDS).unwrap_or(&FunctionKind::View),
        (3, Some(import), _) => drop(import.throws.pop()),
        (4, Some(import), _) => drop(import.results.pop()),
        (5, _, Some(function)) => function.kind = *chance.of(&KINDS).unwrap_or(&FunctionKind::View),
        (_, _, Some(function)) => function.slots = function.slots.saturating_add(1),
        _ => {}
    }
}
