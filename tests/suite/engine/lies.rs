//! A chain whose data are damaged: entries, code and arguments are changed by chance.
//!
//! In: calls that ask for everything, a host that lies. Out: nothing; a panic, an end that is none, or
//! tiers that differ fail the test. `DEED_HOSTILE_CASES=1000000` hunts for long.

use super::hostile::Chance;
use super::world::{Asked, SENDER, World, address, call, engines, plain};
use crate::stages::LEVELS;
use deed_runtime::hosts::Memory;
use deed_runtime::{Address, Bytes, Config, Context, Engine, Entry, Hash, Host, HostError, Status};
use serde_json::json;

const GAS: u64 = 1_000_000;

/// Changes one answer in `every` of the chain's.
struct Lying {
    memory: Memory,
    chance: Chance,
    every: usize,
    lies: usize,
}

impl Lying {
    fn lies(&mut self) -> bool {
        let lies = self.chance.below(self.every) == 0;
        self.lies += usize::from(lies);
        lies
    }

    fn damaged(&mut self, bytes: Vec<u8>) -> Vec<u8> {
        if self.lies() { damage(&mut self.chance, bytes) } else { bytes }
    }
}

/// Bytes that are cut, changed, made longer or made up.
fn damage(chance: &mut Chance, mut bytes: Vec<u8>) -> Vec<u8> {
    let at = chance.below(bytes.len());
    match chance.below(5) {
        0 => bytes.truncate(at),
        1 => bytes.push(chance.next() as u8),
        2 => bytes.iter_mut().for_each(|byte| *byte = 0xff),
        3 => bytes = (0..chance.below(80)).map(|_| chance.next() as u8 % 4).collect(),
        _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = chance.next() as u8),
    }
    bytes
}

impl Host for Lying {
    fn get(&mut self, contract: &Address, key: &[u8]) -> Result<Option<Bytes>, HostError> {
        let value = self.memory.get(contract, key)?;
        if self.chance.below(8 * self.every) == 0 {
            return Ok(None);
        }
        Ok(value.map(|value| self.damaged(value.into_vec()).into()))
    }

    fn range(
        &mut self,
        contract: &Address,
        start: &[u8],
        end: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Entry>, HostError> {
        let mut entries = self.memory.range(contract, start, end, limit)?;
        if self.lies() {
            match self.chance.below(3) {
                0 => entries.reverse(),
                1 => entries.extend(entries.clone()),
                _ => entries.push((start.to_vec(), vec![7])),
            }
        }
        let damaged = entries.into_iter().map(|(key, value)| {
            let key = self.damaged(key);
            (key, self.damaged(value))
        });
        Ok(damaged.collect())
    }

    fn last(
        &mut self,
        contract: &Address,
        start: &[u8],
        end: &[u8],
    ) -> Result<Option<Entry>, HostError> {
        let last = self.memory.last(contract, start, end)?;
        Ok(last.map(|(key, value)| {
            let key = self.damaged(key);
            (key, self.damaged(value))
        }))
    }

    fn code_hash(&mut self, contract: &Address) -> Result<Option<Hash>, HostError> {
        let hash = self.memory.code_hash(contract)?;
        let lies = self.chance.below(8 * self.every) == 0;
        Ok(if lies { Some(Hash([self.chance.next() as u8; 32])) } else { hash })
    }

    fn code(&mut self, hash: &Hash) -> Result<Option<Vec<u8>>, HostError> {
        let code = self.memory.code(hash)?;
        let lies = self.chance.below(8 * self.every) == 0;
        Ok(code.map(|code| if lies { damage(&mut self.chance, code) } else { code }))
    }

    fn capability(&mut self, name: &str, args: &[u8]) -> Result<Vec<u8>, HostError> {
        let answer = self.memory.capability(name, args)?;
        Ok(self.damaged(answer))
    }

    fn context(&self) -> &Context {
        self.memory.context()
    }
}

fn world(level: usize) -> World {
    let mut world = World::new("tests/engine/everything.deed", LEVELS[level]);
    world.init(0, &[]);
    world.init(1, &[json!(address(0).to_string())]);
    world.mint(SENDER, 100);
    world
}

#[test]
#[expect(clippy::print_stdout, reason = "the counts are worth knowing")]
fn a_chain_that_lies_does_no_harm() {
    let cases = std::env::var("DEED_HOSTILE_CASES").ok().and_then(|cases| cases.parse().ok());
    let cases: usize = cases.unwrap_or(1_000);
    let worlds = [world(0), world(2)];
    let (mut lies, mut faults, mut good) = (0, 0, 0);
    for case in 0..cases {
        let world = &worlds[case % 2];
        let args = world.args(1, "run", &[json!(9)]);
        let asked = Asked { contract: 1, function: "run", args: &args, value: 20, gas: GAS };
        let mut asks = |engine: &Engine| {
            let (memory, chance) = (world.memory.clone(), Chance(case as u64));
            let mut host = Lying { memory, chance, every: 2 + case % 20, lies: 0 };
            let outcome = call(engine, &mut host, &asked);
            lies += host.lies;
            outcome
        };
        let outcome = asks(&Engine::new(Config::default()));
        if case % 50 == 0 {
            let [first, second] = engines().map(|engine| asks(&engine));
            assert_eq!(plain(&first), plain(&second), "case {case}");
        }
        let trace = outcome.writes.len() + outcome.events.len() + outcome.created.len();
        match &outcome.status {
            Status::Ok(_) => good += 1,
            Status::Fatal(why) => {
                assert!(!why.is_empty() && trace == 0, "case {case}: {why}");
                faults += 1;
            }
            other => assert_eq!(trace, 0, "case {case}: {other:?}"),
        }
        assert!(outcome.gas_used <= GAS, "case {case}");
    }
    println!("{cases} calls, {lies} lies, {faults} found to be the host's fault, {good} went well");
    assert!(lies > cases && faults > cases / 20 && good > 0, "{lies} lies, {faults}, {good}");
}

#[test]
fn arguments_by_chance_are_refused_or_run() {
    let world = world(2);
    let engine = Engine::new(Config::default());
    let (mut chance, mut refused) = (Chance(3), 0);
    for case in 0..1_000 {
        for (contract, compiled) in world.contracts.iter().enumerate() {
            for function in &compiled.abi.functions {
                let args = world.args(1, "run", &[json!(9)]);
                let args = damage(&mut chance, args);
                let function = &function.name;
                let asked = Asked { contract, function, args: &args, value: 0, gas: GAS };
                let outcome = call(&engine, &mut world.memory.clone(), &asked);
                let harm = matches!(outcome.status, Status::Fatal(_) | Status::Aborted);
                assert!(!harm, "case {case}: {function} {args:?}: {:?}", outcome.status);
                refused += usize::from(matches!(outcome.status, Status::Refused(_)));
            }
        }
    }
    assert!(refused > 1_000, "{refused}");
}
