//! Operators that leave the contract: calls of others, new contracts, coins.
//!
//! In: an operator on the frame, with the gas that remains. Out: its effect, and the gas that then
//! remains. Values cross as canonical bytes, decoded by whoever receives them.
//!
//! A call goes through these steps: what it hands over is encoded and paid for; depth, the lock
//! against reentrancy, the callee's code and function, and the coins may trap; coins move; the
//! callee runs; its answer is decoded. A callee that fails leaves nothing behind.

use std::sync::Arc;

use deed_bytecode::{FunctionKind, Import, Op as Operator, TrapKind, Ty, Type};

use super::machine::{Machine, Stop, address, hash};
use super::op::Reg;
use crate::call::{Created, Refusal, Status};
use crate::heap::Fault;
use crate::module::LoadedModule;
use crate::nested::{Ended, Room};
use crate::overlay::CellId;
use crate::value::{Address, Hash, sha256};

/// The holder of all coins in the state: an entry an account, its coins in little-endian. No
/// contract is made at this address.
pub const COINS: Address = Address([0; 32]);

/// What is handed over beside the arguments.
struct Given {
    /// The target of a call, the salt of a new contract.
    head: [u8; 32],
    value: u128,
    /// The most that the callee may use.
    gas: u64,
}

/// A function that is about to be called.
struct Callee<'c> {
    module: Arc<LoadedModule>,
    contract: Address,
    /// `None` for the `init` of a contract that has none.
    function: Option<u16>,
    args: &'c [u8],
    value: u128,
    read_only: bool,
}

impl Machine<'_> {
    /// Runs an operator; gives the gas that remains.
    pub(super) fn outside(
        &mut self,
        op: Operator,
        frame: &mut [u64],
        [a, b, c]: [Reg; 3],
        gas: u64,
    ) -> Result<u64, Stop> {
        let (at, bt) = (usize::from(a), usize::from(b));
        let mut left = gas;
        let result = match op {
            Operator::ContractCall => self.call_out(frame, at, b, c, &mut left),
            Operator::Deploy => self.deploy(frame, at, b, c, &mut left),
            Operator::HostCall => self.host_call(frame, at, b, c, &mut left),
            Operator::Native => self.native(frame, at, b, c, &mut left),
            Operator::Balance => {
                let own = self.contract;
                self.coins(&own, &mut left).map(|coins| put_u128(&mut frame[at..], coins))
            }
            Operator::Pay => {
                let (to, amount) = (address_at(&frame[at..]), u128_at(&frame[bt..]));
                let from = self.contract;
                self.move_coins(&from, &to, amount, &mut left)
            }
            // `translate` lets no other operator through.
            _ => {
                self.unique(&mut frame[at..]);
                Ok(())
            }
        };
        self.spent(result, gas, left)
    }

    fn unique(&mut self, slots: &mut [u64]) {
        let count = self.shared.calls.uniques.to_le_bytes();
        self.shared.calls.uniques += 1;
        let (tx, own) = (self.host.context().tx_id.0, self.contract.0);
        slots[..4].copy_from_slice(&hash(&sha256(&[b"deed unique ", &tx, &own, &count])));
    }

    /// Calls a function of another contract.
    fn call_out(
        &mut self,
        frame: &mut [u64],
        d: usize,
        import: Reg,
        base: Reg,
        gas: &mut u64,
    ) -> Result<(), Stop> {
        let module = self.module;
        let import = &module.module.imports[usize::from(import)];
        let (given, args) = self.given(import, frame, base, gas)?;
        let contract = Address(given.head);
        if self.shared.calls.active.contains(&contract) {
            return Err(TrapKind::Reentrancy.into());
        }
        let callee = self.find(&contract)?;
        let function = self.function_of(&callee, import, given.value)?;
        let callee = Callee {
            module: callee,
            contract,
            function: Some(function),
            args: &args,
            value: given.value,
            read_only: import.kind == FunctionKind::View,
        };
        let results = self.run_callee(import, callee, given.gas, gas)?;
        let mut arena = self.arena(*gas);
        let decoded = arena.decode(&import.results, &results, &mut frame[d..]);
        *gas = arena.gas;
        decoded.map_err(bad_callee)
    }

    /// Makes a contract.
    fn deploy(
        &mut self,
        frame: &mut [u64],
        d: usize,
        import: Reg,
        base: Reg,
        gas: &mut u64,
    ) -> Result<(), Stop> {
        if self.read_only {
            return Err(TrapKind::ViewWrite.into());
        }
        let module = self.module;
        let import = &module.module.imports[usize::from(import)];
        let (given, args) = self.given(import, frame, base, gas)?;
        let code = Hash(import.code.unwrap_or_default());
        let contract =
            Address(sha256(&[b"deed deployed ", &self.contract.0, &given.head, &code.0]));
        let made = |created: &Created| created.contract == contract;
        if self.shared.calls.created.iter().any(made) || self.host.code_hash(&contract)?.is_some() {
            return Err(TrapKind::KeyPresent.into());
        }
        let found = self.engine.module_by_hash(self.host, &code, &contract).map_err(stop)?;
        let function = found.init();
        if function.is_none() && !args.is_empty() {
            return Err(TrapKind::BadArgument.into());
        }
        let callee = Callee {
            module: found,
            contract,
            function,
            args: &args,
            value: given.value,
            read_only: false,
        };
        self.run_callee(import, callee, given.gas, gas)?;
        self.shared.calls.created.push(Created { contract, code });
        frame[d..d + 4].copy_from_slice(&address(&contract));
        Ok(())
    }

    /// Asks the host for what an import names.
    fn host_call(
        &mut self,
        frame: &mut [u64],
        d: usize,
        import: Reg,
        base: Reg,
        gas: &mut u64,
    ) -> Result<(), Stop> {
        let module = self.module;
        let import = &module.module.imports[usize::from(import)];
        let (args, left) = self.encode(&import.params, &frame[usize::from(base)..], 0, *gas)?;
        *gas = left;
        let results = self.host.capability(&import.name, &args)?;
        let mut arena = self.arena(*gas);
        let decoded = arena.decode(&import.results, &results, &mut frame[d..]);
        *gas = arena.gas;
        decoded.map_err(bad_callee)
    }

    /// What a call hands over, its arguments encoded and taken.
    fn given(
        &mut self,
        import: &Import,
        frame: &[u64],
        base: Reg,
        gas: &mut u64,
    ) -> Result<(Given, Vec<u8>), Stop> {
        let mut at = usize::from(base);
        let head = address_at(&frame[at..]).0;
        at += 4;
        let mut value = 0;
        if import.value {
            value = u128_at(&frame[at..]);
            at += 2;
        }
        let slice = import.gas.then(|| frame[at]);
        at += usize::from(import.gas);
        let (args, left) = self.encode(&import.params, &frame[at..], 0, *gas)?;
        *gas = left;
        let limit = slice.unwrap_or(left);
        if limit > left {
            return Err(Stop::OutOfGas);
        }
        Ok((Given { head, value, gas: limit }, args))
    }

    /// The module of a contract, of one made in this call too.
    fn find(&mut self, contract: &Address) -> Result<Arc<LoadedModule>, Stop> {
        let made = self.shared.calls.created.iter().find(|created| created.contract == *contract);
        match made.map(|created| created.code) {
            Some(code) => self.engine.module_by_hash(self.host, &code, contract),
            None => self.engine.module_of(self.host, contract),
        }
        .map_err(stop)
    }

    /// The function that an import means, if it may be called so.
    fn function_of(
        &self,
        callee: &LoadedModule,
        import: &Import,
        value: u128,
    ) -> Result<u16, Stop> {
        let index = callee.function(&import.name).ok_or(TrapKind::BadArgument)?;
        let views = self.read_only || import.kind == FunctionKind::View;
        match callee.module.functions[usize::from(index)].kind {
            FunctionKind::Init | FunctionKind::Private | FunctionKind::Host => {
                Err(TrapKind::BadArgument.into())
            }
            FunctionKind::Entry | FunctionKind::Payable if views => Err(TrapKind::ViewWrite.into()),
            FunctionKind::Entry | FunctionKind::View if value > 0 => {
                Err(TrapKind::NotPayable.into())
            }
            FunctionKind::Entry | FunctionKind::Payable | FunctionKind::View => Ok(index),
        }
    }

    /// Runs a callee with at most `limit` of the gas; gives its encoded results.
    fn run_callee(
        &mut self,
        import: &Import,
        callee: Callee<'_>,
        limit: u64,
        gas: &mut u64,
    ) -> Result<Vec<u8>, Stop> {
        let Callee { module, contract, function, args, value, read_only } = callee;
        let mut room = self.descend()?;
        let start = self.start();
        let mut left = limit;
        let moved = match value {
            0 => Ok(()),
            _ => self.move_coins(&self.contract.clone(), &contract, value, &mut left),
        };
        let mut ended = moved.map_or_else(Ended::Stopped, |()| Ended::Returned(Vec::new()));
        if let (Ended::Returned(_), Some(function)) = (&ended, function) {
            let Room { stack, heap } = &mut *room;
            heap.reset(&module.layouts);
            let mut running = self.callee(&module, contract, value, read_only, heap);
            (ended, left) = running.enter(function, args, stack, left);
            if !matches!(ended, Ended::Returned(_)) {
                running.undo(start);
            }
            let (held, unloaded) = running.leave(start.savepoint);
            self.resume(held);
            if let Err(stop) = unloaded {
                ended = Ended::Stopped(stop);
            }
        }
        self.ascend(room);
        if !matches!(ended, Ended::Returned(_)) {
            self.undo(start);
        }
        *gas -= limit - left;
        self.answer(import, &module, ended, gas)
    }

    /// What a callee's end is to its caller.
    fn answer(
        &mut self,
        import: &Import,
        callee: &LoadedModule,
        ended: Ended,
        gas: &mut u64,
    ) -> Result<Vec<u8>, Stop> {
        match ended {
            Ended::Returned(results) => Ok(results),
            Ended::Stopped(Stop::OutOfGas) if import.gas => Err(TrapKind::OutOfGas.into()),
            Ended::Stopped(stop) => Err(stop),
            Ended::Thrown { error, data } => {
                let code = callee.errors[usize::from(error)].code;
                let module = self.module;
                let known = |index: &&u16| module.errors[usize::from(**index)].code == code;
                let Some(&error) = import.throws.iter().find(known) else {
                    return Err(TrapKind::BadCallee.into());
                };
                self.check_data(error, &data, gas)?;
                Err(Stop::Thrown { error, data })
            }
        }
    }

    /// Sees to it that bytes are the data of an error of this module.
    pub(super) fn check_data(
        &mut self,
        error: u16,
        data: &[u8],
        gas: &mut u64,
    ) -> Result<(), Stop> {
        let types = &self.module.errors[usize::from(error)].types;
        let mut slots = vec![0; Type::total_slots(types)];
        let mut arena = self.arena(*gas);
        let decoded = arena.decode(types, data, &mut slots);
        *gas = arena.gas;
        decoded.map_err(bad_callee)?;
        self.arena(0).drop_all(types, &slots);
        Ok(())
    }

    /// Decodes arguments and runs a function of this machine's module with them.
    fn enter(
        &mut self,
        function: u16,
        args: &[u8],
        stack: &mut super::Stack,
        gas: u64,
    ) -> (Ended, u64) {
        let params = &self.module.module.functions[usize::from(function)].params;
        let slots = stack.first(Type::total_slots(params));
        let mut arena = self.arena(gas);
        let decoded = arena.decode(params, args, slots);
        let gas = arena.gas;
        match decoded {
            Ok(()) => self.nest(function, stack, gas),
            Err(Fault::Stop(Stop::OutOfGas)) => (Ended::Stopped(Stop::OutOfGas), 0),
            Err(Fault::Stop(stop)) => (Ended::Stopped(stop), gas),
            Err(Fault::Bad(_)) => (Ended::Stopped(TrapKind::BadArgument.into()), gas),
        }
    }

    /// The coins of an account.
    fn coins(&mut self, of: &Address, gas: &mut u64) -> Result<u128, Stop> {
        let here = self.shared.overlay.enter(COINS);
        let value = self.coin_cell(of, gas).and_then(|cell| self.read(cell, gas));
        self.shared.overlay.enter(here);
        Ok(value?.map_or(0, |slots| u128_at(&slots)))
    }

    /// Hands coins over.
    pub(crate) fn move_coins(
        &mut self,
        from: &Address,
        to: &Address,
        amount: u128,
        gas: &mut u64,
    ) -> Result<(), Stop> {
        if self.read_only {
            return Err(TrapKind::ViewWrite.into());
        }
        let less = self.coins(from, gas)?.checked_sub(amount).ok_or(TrapKind::NoCoins)?;
        self.set_coins(from, less, gas)?;
        let more = self.coins(to, gas)?.checked_add(amount).ok_or(TrapKind::Overflow)?;
        self.set_coins(to, more, gas)
    }

    fn set_coins(&mut self, of: &Address, coins: u128, gas: &mut u64) -> Result<(), Stop> {
        let here = self.shared.overlay.enter(COINS);
        let mut slots = [0; Ty::MAX_SLOTS];
        put_u128(&mut slots, coins);
        let value = (coins != 0).then_some(slots);
        let set = self.coin_cell(of, gas).and_then(|cell| {
            self.charge_change(cell, 16, gas)?;
            self.set(cell, value);
            Ok(())
        });
        self.shared.overlay.enter(here);
        set
    }

    fn coin_cell(&mut self, of: &Address, gas: &mut u64) -> Result<CellId, Stop> {
        self.shared.key = of.0.as_slice().into();
        self.cell(Ty::U128.into(), gas)
    }
}

/// Why a contract that should be called cannot be, as its caller sees it.
fn stop(status: Status) -> Stop {
    match status {
        Status::Refused(refusal @ (Refusal::NoCode(_) | Refusal::BadCode(_))) => {
            Stop::Trap(refusal.trap_kind())
        }
        Status::Refused(refusal) => Stop::Trap(refusal.trap_kind()),
        Status::OutOfGas => Stop::OutOfGas,
        Status::Aborted => Stop::Aborted,
        Status::Fatal(reason) => Stop::Fatal(reason),
        other => Stop::Fatal(format!("a module was not found: {other:?}")),
    }
}

/// Bytes of another contract that are not what they should be.
fn bad_callee(fault: Fault) -> Stop {
    match fault {
        Fault::Stop(stop) => stop,
        Fault::Bad(_) => TrapKind::BadCallee.into(),
    }
}

fn address_at(slots: &[u64]) -> Address {
    let mut bytes = Vec::with_capacity(32);
    Ty::Address.encode(slots, &mut bytes);
    Address(bytes.try_into().unwrap_or_default())
}

fn u128_at(slots: &[u64]) -> u128 {
    u128::from(slots[0]) | u128::from(slots[1]) << 64
}

fn put_u128(slots: &mut [u64], value: u128) {
    (slots[0], slots[1]) = (value as u64, (value >> 64) as u64);
}
