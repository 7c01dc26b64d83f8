//! The host of a test: a fresh ledger, and what a test asks of it.
//!
//! In: sites of the test's module with their arguments. Out: what is asked, or why the test stops.
//! Holds always: once a test has stopped, [`Host::stopped`] says why; an expectation is met by the
//! very next call, or the test stops.

use std::collections::BTreeMap;

use deed_abi::{Value as AbiValue, decode_all, to_json};
use deed_base::Span;
use deed_bytecode::TrapKind;
use deed_compiler::testing::{CAPABILITY, Expectation, Sides, SiteKind};
use deed_ledger::keys::{Scheme, SecretKey};
use deed_ledger::{Genesis, Ledger, account};
use deed_runtime::{Address, Bytes, Context, Entry, Hash, Host, HostError};

use crate::report::{Failing, GasRow, Value};
use crate::trace::Trace;
use crate::world::World;

/// Accounts that every test has.
const ACCOUNTS: [&str; 5] = ["alice", "bob", "carol", "dave", "erin"];

/// Why a test does not go on.
pub(crate) enum Stop {
    /// An `assume` leaves these values out.
    Assumed,
    Failed(Failing),
}

pub(crate) struct TestHost<'w> {
    pub(crate) world: &'w World,
    pub(crate) ledger: Ledger,
    context: Context,
    /// What is to come of the next call, with the values demanded.
    pub(crate) expected: Option<(&'w Expectation, Vec<AbiValue>)>,
    pub(crate) stopped: Option<Stop>,
    pub(crate) gas: BTreeMap<String, GasRow>,
    pub(crate) lines: BTreeMap<String, GasRow>,
    pub(crate) trace: Trace,
    /// Accounts and contracts by their addresses, as texts.
    pub(crate) names: BTreeMap<String, String>,
}

impl<'w> TestHost<'w> {
    pub(crate) fn new(world: &'w World) -> Self {
        let mut ledger = Ledger::new(world.engine.clone(), Genesis::default());
        for module in &world.made {
            // It is the compiler's own, which the engine loads; if it did not, making it traps.
            let _ = ledger.publish(module);
        }
        let context = Context {
            chain_id: Genesis::default().chain_id,
            height: ledger.height(),
            time: ledger.time(),
            tx_id: Hash::default(),
            tx_index: 0,
            parent: Hash::default(),
        };
        let mut host = TestHost {
            world,
            ledger,
            context,
            expected: None,
            stopped: None,
            gas: BTreeMap::new(),
            lines: BTreeMap::new(),
            trace: Trace::default(),
            names: BTreeMap::new(),
        };
        for name in ACCOUNTS {
            host.account(name);
        }
        host
    }

    fn answer(&mut self, site: usize, args: &[u8]) -> Result<Vec<u8>, Stop> {
        let world = self.world;
        let Some(site) = world.program.sites.get(site) else {
            return Err(Stop::Failed(Failing::new("the test asks for what is not there", None)));
        };
        let span = site.span;
        match &site.kind {
            SiteKind::Account => {
                let (name, _) = text(args);
                Ok(self.account(&String::from_utf8_lossy(name)).0.to_vec())
            }
            SiteKind::PublicKey => Ok(bytes(key(text(args).0).public().bytes())),
            SiteKind::Sign => {
                let (name, rest) = text(args);
                Ok(bytes(&key(name).sign(text(rest).0).bytes))
            }
            SiteKind::Warp { by } => {
                let seconds = number(args);
                let time = if *by { self.ledger.time().saturating_add(seconds) } else { seconds };
                if !self.ledger.warp_to(time) {
                    let message = "the clock cannot go back: there are blocks already";
                    return Err(Stop::Failed(Failing::new(message, Some(span))));
                }
                self.refresh();
                Ok(Vec::new())
            }
            SiteKind::Assume if args.first() == Some(&0) => Err(Stop::Assumed),
            SiteKind::Assume => Ok(Vec::new()),
            SiteKind::Assert { sides } => self.assert(sides.as_ref(), args, span),
            SiteKind::Expect(expectation) => {
                let values = self.demanded(expectation, args);
                self.expected = Some((expectation, values));
                Ok(Vec::new())
            }
            SiteKind::Call { function, given, .. } => self.call(function, *given, args, span),
            SiteKind::Deploy { contract, given, .. } => self.deploy(*contract, *given, args, span),
        }
    }

    /// The account of this name, which is known by it from then on.
    fn account(&mut self, name: &str) -> Address {
        let address = account(name);
        self.names.insert(address.to_string(), name.to_owned());
        address
    }

    /// The calls of the test, with names for addresses.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.trace.lines(|line| {
            let names = self.names.iter();
            names.fold(line.to_owned(), |line, (address, name)| line.replace(address, name))
        })
    }

    /// Tells the test the time and height of the chain.
    pub(crate) fn refresh(&mut self) {
        self.context.time = self.ledger.time();
        self.context.height = self.ledger.height();
    }

    fn assert(&mut self, sides: Option<&Sides>, args: &[u8], span: Span) -> Result<Vec<u8>, Stop> {
        if args.first() == Some(&1) {
            return Ok(Vec::new());
        }
        let mut failing = Failing::new("this does not hold", Some(span));
        if let Some(sides) = sides {
            failing.message = format!("`{}` does not hold", sides.op);
            failing.values = self.sides(sides, args.get(1..).unwrap_or_default());
        }
        Err(Stop::Failed(failing))
    }

    fn sides(&self, sides: &Sides, args: &[u8]) -> Vec<Value> {
        let types = &self.world.program.abi.types;
        let Ok(values) = decode_all(types, [&sides.ty, &sides.ty], args) else {
            return Vec::new();
        };
        let named = ["left", "right"].into_iter().zip(values);
        let value = |(name, value): (&str, AbiValue)| {
            let value = to_json(types, &sides.ty, &value).ok()?;
            Some(Value { name: name.to_owned(), value })
        };
        named.filter_map(value).collect()
    }

    fn demanded(&self, expectation: &Expectation, args: &[u8]) -> Vec<AbiValue> {
        let (Expectation::Throw { fields, .. } | Expectation::Emit { fields, .. }) = expectation
        else {
            return Vec::new();
        };
        let types = fields.iter().filter(|field| field.given).map(|field| &field.ty);
        decode_all(&self.world.program.abi.types, types, args).unwrap_or_default()
    }
}

/// The key with which a name signs, known to everybody.
fn key(name: &[u8]) -> SecretKey {
    SecretKey::development(Scheme::Sm2, &String::from_utf8_lossy(name))
}

/// A string or bytes, which stand behind their length, and what follows.
fn text(args: &[u8]) -> (&[u8], &[u8]) {
    let Some((length, rest)) = args.split_first_chunk() else { return (&[], &[]) };
    let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
    rest.split_at_checked(length).unwrap_or((rest, &[]))
}

/// Bytes behind their length.
fn bytes(value: &[u8]) -> Vec<u8> {
    let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
    [&length.to_le_bytes(), value].concat()
}

fn number(args: &[u8]) -> u64 {
    let bytes = args.get(..8).and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u64::from_le_bytes)
}

impl Host for TestHost<'_> {
    fn get(&mut self, _: &Address, _: &[u8]) -> Result<Option<Bytes>, HostError> {
        Ok(None)
    }

    fn range(
        &mut self,
        _: &Address,
        _: &[u8],
        _: Option<&[u8]>,
        _: usize,
    ) -> Result<Vec<Entry>, HostError> {
        Ok(Vec::new())
    }

    fn last(&mut self, _: &Address, _: &[u8], _: &[u8]) -> Result<Option<Entry>, HostError> {
        Ok(None)
    }

    fn code_hash(&mut self, contract: &Address) -> Result<Option<Hash>, HostError> {
        Ok((*contract == World::HERE).then_some(self.world.hash))
    }

    fn code(&mut self, hash: &Hash) -> Result<Option<Vec<u8>>, HostError> {
        Ok((*hash == self.world.hash).then(|| self.world.bytes.clone()))
    }

    fn capability(&mut self, name: &str, args: &[u8]) -> Result<Vec<u8>, HostError> {
        let site = name.strip_prefix(CAPABILITY).and_then(|rest| rest.strip_prefix('.'));
        let Some(site) = site.and_then(|number| number.parse().ok()) else {
            return Err(HostError::Visible(TrapKind::NoCode));
        };
        self.answer(site, args).map_err(|stop| {
            self.stopped = Some(stop);
            HostError::Visible(TrapKind::Assert)
        })
    }

    fn context(&self) -> &Context {
        &self.context
    }
}
