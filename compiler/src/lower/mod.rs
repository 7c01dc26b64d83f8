//! From the typed tree to the middle form: one contract at a time.
//!
//! In: a [`thir::Package`] without errors. Out: a [`Program`] of the contract's functions and the
//! free functions that they reach, and messages about what cannot be executed yet.
//! Holds always: fields, errors, events and functions come in an order that depends on the source
//! alone; evaluation is left to right; where a message was given, the program must not be used.

mod apply;
mod arguments;
mod calls;
mod cfg;
mod chain;
mod checks;
mod errors;
mod exits;
mod expr;
mod foreach;
mod function;
mod instance;
mod integers;
mod literal;
mod loops;
mod lvalue;
mod maps;
mod matches;
mod natives;
mod pattern;
mod place;
mod stmt;
mod storage;
mod tests;
mod tries;
mod types;
mod values;

use std::collections::{BTreeMap, HashMap, HashSet};

use deed_base::Diagnostics;

use self::checks::Specs;
use self::instance::{Instances, Work};
use self::storage::Storage;
pub(crate) use self::tests::{lower_tests, test_name};
use crate::build::SpecChecks;
use crate::mir::{self, Program};
use crate::{arena, arena::Id};
use crate::{thir, ty};

/// Lowers one contract of a package.
pub fn lower(
    package: &thir::Package,
    contract: arena::ContractId,
    diagnostics: &mut Diagnostics,
) -> Program {
    lower_with(package, contract, &SpecChecks::None, diagnostics)
}

/// As [`lower`]; the code tests those clauses of its specifications.
pub(crate) fn lower_with(
    package: &thir::Package,
    contract: arena::ContractId,
    checks: &SpecChecks,
    diagnostics: &mut Diagnostics,
) -> Program {
    let def = &package.contracts[contract];
    let program = Program {
        name: package.full_name(def.module, None, &def.name.text),
        types: mir::Types::default(),
        state: Vec::new(),
        errors: Vec::new(),
        events: Vec::new(),
        imports: Vec::new(),
        functions: Vec::new(),
        invariants: def.invariants.clone(),
    };
    let mut lowering = Lowering::new(package, def, program, diagnostics);
    lowering.specs = Specs::of(package, def, checks);
    lowering.later_contract(contract);
    lowering.state();
    lowering.functions();
    lowering.program
}

/// The work on one program.
struct Lowering<'a> {
    package: &'a thir::Package,
    contract: &'a thir::Contract,
    program: Program,
    diagnostics: &'a mut Diagnostics,
    numbers: Numbers,
    storage: Storage,
    instances: Instances,
    /// The machine's types of types that were met.
    types: HashMap<ty::Ty, mir::Ty>,
    /// Functions that were reported for their endless instances.
    endless: HashSet<arena::FnId>,
    /// Where tests ask their host; of a contract nothing.
    tests: Option<Vec<tests::OpenSite>>,
    /// Where specifications run.
    specs: Option<Specs>,
}

/// The numbers that the program gives to items of the package.
#[derive(Default)]
struct Numbers {
    errors: BTreeMap<arena::ErrorId, mir::ErrorId>,
    events: BTreeMap<arena::EventId, mir::EventId>,
}

impl<'a> Lowering<'a> {
    fn new(
        package: &'a thir::Package,
        contract: &'a thir::Contract,
        program: Program,
        diagnostics: &'a mut Diagnostics,
    ) -> Lowering<'a> {
        Lowering {
            package,
            contract,
            program,
            diagnostics,
            numbers: Numbers::default(),
            storage: Storage::default(),
            instances: Instances::default(),
            types: HashMap::new(),
            endless: HashSet::new(),
            tests: None,
            specs: None,
        }
    }
}

impl Lowering<'_> {
    /// Lowers everything that has a number.
    fn work(&mut self) {
        while let Some(work) = self.instances.work(self.program.functions.len()) {
            let function = function::lower_work(self, &work);
            self.program.functions.push(function);
        }
    }

    /// Lowers `init` and every other function of the contract in source order, then what they call.
    fn functions(&mut self) {
        let contract = self.contract;
        for id in &contract.functions {
            let function = &self.package.functions[*id];
            if function.kind != thir::FnKind::Spec && !self.later_function(function) {
                self.number_plain(*id, function.span);
            }
        }
        self.work();
        if contract.init.is_none() {
            self.instances.push(Work::SilentInit);
            self.work();
        }
    }

    fn number_error(&mut self, id: arena::ErrorId) -> mir::ErrorId {
        if let Some(known) = self.numbers.errors.get(&id) {
            return *known;
        }
        let def = &self.package.errors[id];
        let abi = crate::abi::error(self.package, id);
        let params = def.fields.iter().map(|field| mir::Param {
            name: field.name.text.to_string(),
            ty: self.machine(&field.ty, field.name.span),
        });
        let params = params.collect();
        let span = def.name.span;
        let decl = mir::ErrorDecl { source: id, name: abi.name, code: abi.code, params, span };
        let number = mir::ErrorId(self.program.errors.len() as u32);
        self.program.errors.push(decl);
        self.numbers.errors.insert(id, number);
        number
    }

    fn number_event(&mut self, id: arena::EventId) -> mir::EventId {
        if let Some(known) = self.numbers.events.get(&id) {
            return *known;
        }
        let def = &self.package.events[id];
        let abi = crate::abi::event(self.package, id);
        let params = def.fields.iter().map(|field| mir::EventParam {
            name: field.name.text.to_string(),
            ty: self.machine(&field.ty, field.name.span),
            index: field.index,
        });
        let params = params.collect();
        let span = def.name.span;
        let decl = mir::EventDecl { source: id, name: abi.name, code: abi.code, params, span };
        let number = mir::EventId(self.program.events.len() as u32);
        self.program.events.push(decl);
        self.numbers.events.insert(id, number);
        number
    }
}

impl thir::Package {
    /// The full name of an error: of its module, contract or interface.
    pub fn error_name(&self, id: arena::ErrorId) -> String {
        let def = &self.errors[id];
        self.data_name(def.module, def.contract, def.interface, &def.name.text)
    }

    /// The full name of an event.
    pub fn event_name(&self, id: arena::EventId) -> String {
        let def = &self.events[id];
        self.data_name(def.module, def.contract, def.interface, &def.name.text)
    }

    fn data_name(
        &self,
        module: arena::ModuleId,
        contract: Option<arena::ContractId>,
        interface: Option<arena::InterfaceId>,
        name: &str,
    ) -> String {
        match interface {
            Some(id) => {
                self.full_name(module, None, &format!("{}.{name}", self.interfaces[id].name.text))
            }
            None => self.full_name(module, contract, name),
        }
    }

    /// The name that the ABI and stored modules use: `module.Name`, or `module.Contract.Name`.
    pub fn full_name(
        &self,
        module: arena::ModuleId,
        contract: Option<arena::ContractId>,
        name: &str,
    ) -> String {
        let module = &self.modules[module].path;
        match contract {
            Some(contract) => format!("{module}.{}.{name}", self.contracts[contract].name.text),
            None => format!("{module}.{name}"),
        }
    }
}

/// The same field, as the middle form numbers it.
fn field_number(id: arena::FieldId) -> mir::FieldId {
    mir::FieldId(id.index() as u32)
}
