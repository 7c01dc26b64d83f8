//! The engine: from a call to its outcome.
//!
//! In: a host and a call. Out: an outcome. Between calls the engine keeps loaded modules, by code
//! hash and at most as many as its configuration says, and what finished calls left (`pool`).
//!
//! An `Engine` is used from many threads at once; calls wait for each other only for the moment
//! in which they look a module up that did not run last where they run.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deed_bytecode::{FunctionKind, Type};

use crate::call::{Call, Mode, Outcome, Refusal, Status, Thrown, Trap};
use crate::config::Config;
use crate::heap::{Arena, Bad, Fault, Heap};
use crate::host::{Host, HostError};
use crate::interp::{Machine, Stack, Stop};
use crate::module::{LoadError, LoadedModule};
use crate::nested::{Ended, Room, Shared};
use crate::overlay::{Sets, Suspended};
use crate::pool::Pool;
use crate::profile::{Profile, Recorder};
use crate::tier::{Program, Tier};
use crate::value::{Address, Hash};

/// Runs calls. Cheap to share, costly to make: make one.
#[derive(Debug, Default)]
pub struct Engine {
    config: Config,
    native: Option<Native>,
    /// Whether outcomes have a profile.
    profiles: bool,
    cache: Mutex<Cache>,
    kept: Pool<Kept>,
}

/// A tier beside the interpreter, and when it takes over.
#[derive(Clone, Debug)]
pub struct Native {
    pub tier: Arc<dyn Tier>,
    /// The gas that the calls of a module have used together when it is compiled; 0 compiles at
    /// its first call. It changes when something runs, never what comes of it.
    pub after: u64,
}

/// What a call from outside needs, kept for the calls to come.
#[derive(Debug, Default)]
struct Kept {
    /// The module that ran last.
    module: Option<Arc<LoadedModule>>,
    room: Room,
    shared: Shared,
}

impl Engine {
    pub fn new(config: Config) -> Engine {
        Engine { config, ..Engine::default() }
    }

    /// An engine that runs modules by another tier once they are worth it.
    pub fn with_tier(config: Config, native: Native) -> Engine {
        Engine { config, native: Some(native), ..Engine::default() }
    }

    /// An engine that tells of every call where its gas went. It interprets, and takes a few times as
    /// long.
    pub fn profiling(config: Config) -> Engine {
        Engine { config, profiles: true, ..Engine::default() }
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Decodes, validates and translates a module, and keeps it for the calls to come.
    ///
    /// # Errors
    /// If the bytes are no valid module within the chain's limits.
    pub fn load(&self, bytes: &[u8]) -> Result<Arc<LoadedModule>, LoadError> {
        let module = Arc::new(LoadedModule::load(bytes, &self.config)?);
        lock(&self.cache).put(module.clone(), self.config.cached_modules);
        Ok(module)
    }

    /// The module that a contract runs, from the cache or the host.
    ///
    /// # Errors
    /// The status that a call of this contract ends with.
    pub fn module_of(
        &self,
        host: &mut dyn Host,
        contract: &Address,
    ) -> Result<Arc<LoadedModule>, Status> {
        let hash = code_hash(host, contract)?;
        self.module_by_hash(host, &hash, contract)
    }

    /// The module with this code hash, for a contract that runs it.
    ///
    /// # Errors
    /// As [`Engine::module_of`].
    pub(crate) fn module_by_hash(
        &self,
        host: &mut dyn Host,
        hash: &Hash,
        contract: &Address,
    ) -> Result<Arc<LoadedModule>, Status> {
        let none = || Status::Refused(Refusal::NoCode(*contract));
        if let Some(module) = lock(&self.cache).get(hash) {
            return Ok(module);
        }
        let bytes = host.code(hash).map_err(status_of)?.ok_or_else(none)?;
        let refused = |error: LoadError| Status::Refused(Refusal::BadCode(error.to_string()));
        let module = self.load(&bytes).map_err(refused)?;
        if module.hash() == *hash {
            Ok(module)
        } else {
            Err(Status::Fatal(format!("the code kept under {hash} hashes to {}", module.hash())))
        }
    }

    /// What runs a module's code.
    pub(crate) fn program<'m>(&self, module: &'m LoadedModule) -> &'m dyn Program {
        module.program(self.native.as_ref(), &self.config)
    }

    /// Runs a call. Never panics and never runs longer than its gas allows.
    pub fn call(&self, host: &mut dyn Host, call: &Call<'_>) -> Outcome {
        let mut outcome = self.kept.with(|kept| {
            let Kept { module, room, shared } = kept;
            match self.module_again(host, &call.contract, module) {
                Ok(module) => self.call_module(host, module, call, room, shared),
                Err(Status::OutOfGas) => nothing_ran(Status::OutOfGas, call.gas_limit),
                Err(status) => nothing_ran(status, 0),
            }
        });
        if self.profiles && outcome.profile.is_none() {
            outcome.profile = Some(Profile::of_nothing(outcome.gas_used).into());
        }
        outcome
    }

    /// As [`Engine::module_of`], where `last` is the module that ran last; it is replaced.
    fn module_again<'l>(
        &self,
        host: &mut dyn Host,
        contract: &Address,
        last: &'l mut Option<Arc<LoadedModule>>,
    ) -> Result<&'l LoadedModule, Status> {
        let hash = code_hash(host, contract)?;
        let module = match last.take().filter(|last| last.hash() == hash) {
            Some(last) => last,
            None => self.module_by_hash(host, &hash, contract)?,
        };
        Ok(last.insert(module))
    }

    /// Runs a call of a contract whose code is `module`.
    fn call_module(
        &self,
        host: &mut dyn Host,
        module: &LoadedModule,
        call: &Call<'_>,
        room: &mut Room,
        shared: &mut Shared,
    ) -> Outcome {
        let function = match select(module, call) {
            Ok(Some(function)) => function,
            Ok(None) => return nothing_ran(Status::Ok(Vec::new()), 0),
            Err(refusal) => return nothing_ran(Status::Refused(refusal), 0),
        };
        let price = self.config.gas.argument_byte.saturating_mul(call.args.len() as u64);
        let Some(gas) = call.gas_limit.checked_sub(price) else {
            return nothing_ran(Status::OutOfGas, call.gas_limit);
        };
        room.heap.reset(&module.layouts);
        match self.enter(module, call, function, room, gas) {
            Ok(gas) => self.execute(host, module, call, function, (room, shared), gas),
            Err(Status::OutOfGas) => nothing_ran(Status::OutOfGas, call.gas_limit),
            Err(status) => nothing_ran(status, price),
        }
    }

    /// Decodes the arguments into the first frame; gives the gas that remains.
    fn enter(
        &self,
        module: &LoadedModule,
        call: &Call<'_>,
        function: u16,
        Room { stack, heap }: &mut Room,
        gas: u64,
    ) -> Result<u64, Status> {
        let bad = |reason| Err(Status::Refused(Refusal::BadArgument(reason)));
        let limit = self.config.limits.argument_bytes as usize;
        if call.args.len() > limit {
            let bytes = call.args.len();
            return bad(format!("{bytes} bytes came, and the chain takes at most {limit}"));
        }
        let params = &module.module.functions[usize::from(function)].params;
        let slots = Type::total_slots(params);
        stack.reserve(slots);
        let mut arena = self.arena(module, heap, gas);
        match arena.decode(params, call.args, &mut stack.slots[..slots]) {
            Ok(()) => Ok(arena.gas),
            Err(Fault::Stop(Stop::OutOfGas)) => Err(Status::OutOfGas),
            Err(Fault::Stop(_)) => bad("the values take more memory than a call may have".into()),
            Err(Fault::Bad(Bad { offset, what })) => bad(format!("at byte {offset}: {what}")),
        }
    }

    fn arena<'a>(&'a self, module: &'a LoadedModule, heap: &'a mut Heap, gas: u64) -> Arena<'a> {
        let Config { gas: schedule, limits, .. } = &self.config;
        Arena { heap, layouts: &module.layouts, schedule, limits, held: 0, gas }
    }

    fn execute(
        &self,
        host: &mut dyn Host,
        module: &LoadedModule,
        call: &Call<'_>,
        function: u16,
        (room, shared): (&mut Room, &mut Shared),
        gas: u64,
    ) -> Outcome {
        let limits = &self.config.limits;
        shared.begin(call.contract);
        if self.profiles {
            shared.calls.recorder = Some(Recorder::new(call.gas_limit - gas).into());
        }
        let mut machine = Machine {
            module,
            engine: self,
            host,
            schedule: &self.config.gas,
            limits,
            heap: &mut room.heap,
            contract: call.contract,
            caller: call.caller,
            value: call.value,
            read_only: call.mode == Mode::View,
            shared: &mut *shared,
            held: 0,
            keeps: false,
            kept: Vec::new(),
            suspended: Suspended::default(),
        };
        let (ended, gas) = machine.first(call, function, &mut room.stack, gas);
        let mut status = status(&mut machine, ended);
        if !matches!(status, Status::Ok(_)) {
            machine.undo_all();
        }
        machine.arena(0).note();
        let held = machine.held;
        let mut events = std::mem::take(&mut shared.events);
        let sets = shared.overlay.finish(&mut self.arena(module, &mut room.heap, u64::MAX));
        let peak_bytes = room.bytes() + shared.calls.peak + held;
        let Sets { reads, ranges, writes } = sets.unwrap_or_else(|stop| {
            events.clear();
            shared.calls.created.clear();
            status = Status::Fatal(format!("a stored value does not encode: {stop:?}"));
            Sets::default()
        });
        let left = if status == Status::OutOfGas { 0 } else { gas };
        let gas_used = call.gas_limit - left;
        if self.native.is_some() {
            module.warm(gas_used);
        }
        let profile = shared.calls.recorder.take().map(|recorder| recorder.finish(gas_used).into());
        let created = std::mem::take(&mut shared.calls.created);
        Outcome { status, gas_used, events, reads, ranges, writes, created, peak_bytes, profile }
    }
}

impl Machine<'_> {
    /// Runs what a transaction asks for, once its coins have moved.
    fn first(
        &mut self,
        call: &Call<'_>,
        function: u16,
        stack: &mut Stack,
        mut gas: u64,
    ) -> (Ended, u64) {
        if call.value > 0
            && let Err(stop) = self.move_coins(&call.caller, &call.contract, call.value, &mut gas)
        {
            return (Ended::Stopped(stop), gas);
        }
        self.nest(function, stack, gas)
    }
}

/// The function that a call is for; `None` where the contract needs no `init`.
fn select(module: &LoadedModule, call: &Call<'_>) -> Result<Option<u16>, Refusal> {
    if call.mode == Mode::Init {
        return match module.init() {
            _ if call.value > 0 => Err(Refusal::NotPayable("init".into())),
            None if !call.args.is_empty() => Err(Refusal::BadArgument(
                "the contract has no `init`, so it takes no arguments".into(),
            )),
            init => Ok(init),
        };
    }
    let name = || call.function.to_owned();
    let index = module.function(call.function).ok_or_else(|| Refusal::UnknownFunction(name()))?;
    match (module.module.functions[usize::from(index)].kind, call.mode) {
        (FunctionKind::Init, _) => Err(Refusal::InitAgain),
        (FunctionKind::Private | FunctionKind::Host, _) => Err(Refusal::UnknownFunction(name())),
        (FunctionKind::Entry | FunctionKind::Payable, Mode::View) => Err(Refusal::NotAView(name())),
        (FunctionKind::Entry | FunctionKind::View, _) if call.value > 0 => {
            Err(Refusal::NotPayable(name()))
        }
        (FunctionKind::Entry | FunctionKind::Payable | FunctionKind::View, _) => Ok(Some(index)),
    }
}

/// The hash of the code that a contract runs, or what a call of it ends with.
fn code_hash(host: &mut dyn Host, contract: &Address) -> Result<Hash, Status> {
    let none = || Status::Refused(Refusal::NoCode(*contract));
    host.code_hash(contract).map_err(status_of)?.ok_or_else(none)
}

/// What a run's end means to the caller.
fn status(machine: &mut Machine<'_>, ended: Ended) -> Status {
    match ended {
        Ended::Returned(results) => Status::Ok(results),
        Ended::Thrown { error: index, data } => {
            let error = &machine.module.errors[usize::from(index)];
            Status::Error(Thrown { index, code: error.code, name: error.name.clone(), data })
        }
        Ended::Stopped(Stop::Trap(kind)) => {
            let contract = machine.contract;
            let here = Trap { contract, kind, function: 0, pc: 0 };
            Status::Trap(Trap { kind, ..machine.shared.calls.place.take().unwrap_or(here) })
        }
        Ended::Stopped(Stop::OutOfGas) => Status::OutOfGas,
        Ended::Stopped(Stop::Aborted) => Status::Aborted,
        Ended::Stopped(Stop::Fatal(reason)) => Status::Fatal(reason),
        Ended::Stopped(Stop::Thrown { error, .. }) => {
            Status::Fatal(format!("error {error} was thrown by no run"))
        }
    }
}

fn status_of(error: HostError) -> Status {
    match error {
        HostError::Visible(kind) => Status::Fatal(format!("a trap `{kind}` before the call")),
        HostError::OutOfGas => Status::OutOfGas,
        HostError::Aborted => Status::Aborted,
        HostError::Fatal(reason) => Status::Fatal(reason),
    }
}

fn nothing_ran(status: Status, gas_used: u64) -> Outcome {
    let Sets { reads, ranges, writes } = Sets::default();
    let (events, created, profile) = (Vec::new(), Vec::new(), None);
    Outcome { status, gas_used, events, reads, ranges, writes, created, peak_bytes: 0, profile }
}

/// A lock that a panicking thread left behind guards data that is whole all the same: every
/// change under it is one insertion or removal.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Loaded modules, the least recently used going first.
#[derive(Debug, Default)]
struct Cache {
    modules: HashMap<Hash, (u64, Arc<LoadedModule>), BuildHasherDefault<Prefix>>,
    clock: u64,
}

/// Takes a code hash by its first bytes, which are as random as any.
#[derive(Default)]
struct Prefix(u64);

impl Hasher for Prefix {
    fn write(&mut self, bytes: &[u8]) {
        let first = bytes.first_chunk().map_or(0, |first| u64::from_le_bytes(*first));
        self.0 = self.0.rotate_left(32) ^ first;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

impl Cache {
    fn get(&mut self, hash: &Hash) -> Option<Arc<LoadedModule>> {
        self.clock += 1;
        let (used, module) = self.modules.get_mut(hash)?;
        *used = self.clock;
        Some(module.clone())
    }

    fn put(&mut self, module: Arc<LoadedModule>, limit: usize) {
        self.clock += 1;
        self.modules.insert(module.hash(), (self.clock, module));
        while self.modules.len() > limit.max(1) {
            let oldest = self.modules.iter().min_by_key(|(_, (used, _))| *used);
            let Some(hash) = oldest.map(|(hash, _)| *hash) else { return };
            self.modules.remove(&hash);
        }
    }
}
