//! From the middle form to bytecode.
//!
//! In: a valid [`Program`] and the sources for line numbers. Out: a [`Module`] without its ABI.
//! Holds always: the module passes `deed_bytecode::validate`; the same program gives the same
//! bytes; specifications leave no trace.
//!
//! Single assignment is left in three steps: [`crate::mir::liveness`] finds which values are needed where,
//! [`regalloc`] gives each value one register for its whole life, and [`emit`] writes the code, with
//! parallel moves ([`moves`]) where blocks take parameters and where operands must stand in a row.

mod debug;
mod emit;
mod heap;
mod moves;
mod outside;
mod pool;
mod regalloc;

use std::collections::BTreeMap;
use std::fmt;

use deed_base::SourceMap;
use deed_bytecode::{
    CodeHash, Debug, ErrorDef, EventDef, EventField, FunctionKind, HeapType, Module, StateField,
    Type,
};

use crate::arena::ContractId;
use crate::mir::{self, FnKind, Program};
use pool::Pool;

/// What is too large for a module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TooLarge {
    /// The function, where it is one function that is too large.
    pub function: Option<String>,
    /// A plural: "registers".
    pub what: &'static str,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.function {
            Some(function) => {
                write!(f, "`{function}` needs more {} than a module can name", self.what)
            }
            None => write!(f, "there are more {} than a module can name", self.what),
        }
    }
}

impl std::error::Error for TooLarge {}

/// The code of contracts by its hash.
pub type Codes = BTreeMap<ContractId, CodeHash>;

/// Generates the code of a program; `codes` has that of each contract that it makes.
///
/// # Errors
/// Where a table or a frame outgrows the 16 bits by which instructions name its entries.
pub fn generate(program: &Program, sources: &SourceMap, codes: &Codes) -> Result<Module, TooLarge> {
    let mut pool = Pool::default();
    let mut lines = debug::Files::new(sources);
    let mut functions = Vec::new();
    let mut tables = Vec::new();
    for function in &program.functions {
        let fail = |what| TooLarge { function: Some(function.name.clone()), what };
        let (code, table) =
            emit::function(program, function, &mut pool, &mut lines).map_err(fail)?;
        functions.push(code);
        tables.push(table);
    }
    let mut module = Module {
        name: program.name.clone(),
        types: program.types.iter().map(heap_type).collect(),
        schema: program.state.iter().filter(|field| !field.ghost).map(state_field).collect(),
        errors: program.errors.iter().map(error).collect(),
        events: program.events.iter().map(event).collect(),
        functions,
        abi: Vec::new(),
        consts: pool.consts,
        data: pool.data,
        imports: program.imports.iter().map(|import| outside::import(import, codes)).collect(),
        debug: Some(Debug { files: lines.into_names(), functions: tables }),
    };
    for (len, what) in [
        // Numbers of scalar types come first.
        (module.types.len() + 16, "types"),
        (module.schema.len(), "state fields"),
        (module.errors.len(), "errors"),
        (module.events.len(), "events"),
        (module.imports.len(), "imports"),
        (module.functions.len(), "functions"),
    ] {
        index(len, what).map_err(|what| TooLarge { function: None, what })?;
    }
    module.sort_types();
    Ok(module)
}

/// A number that an instruction can carry.
fn index(at: usize, what: &'static str) -> Result<u16, &'static str> {
    u16::try_from(at).map_err(|_| what)
}

fn state_field(field: &mir::StateField) -> StateField {
    StateField {
        name: field.name.clone(),
        keys: field.keys.iter().map(|key| (*key).into()).collect(),
        value: field.value.into(),
        default: field.default.as_ref().map(pool::constant),
    }
}

fn error(error: &mir::ErrorDecl) -> ErrorDef {
    let params = error.params.iter().map(|param| param.ty.into()).collect();
    ErrorDef { name: error.name.clone(), code: error.code.0, params }
}

fn event(event: &mir::EventDecl) -> EventDef {
    let field = |param: &mir::EventParam| EventField { ty: param.ty.into(), index: param.index };
    EventDef {
        name: event.name.clone(),
        code: event.code.0,
        fields: event.params.iter().map(field).collect(),
    }
}

fn heap_type(ty: &mir::HeapType) -> HeapType {
    let all = |types: &[mir::Ty]| types.iter().map(|ty| Type::from(*ty)).collect();
    match ty {
        mir::HeapType::String => HeapType::String,
        mir::HeapType::Bytes => HeapType::Bytes,
        mir::HeapType::Record { name, fields } => {
            HeapType::Record { name: name.clone(), fields: all(fields) }
        }
        mir::HeapType::Enum { name, variants } => HeapType::Enum {
            name: name.clone(),
            variants: variants.iter().map(|payload| all(payload)).collect(),
        },
        mir::HeapType::Vec(element) => HeapType::Vec((*element).into()),
        mir::HeapType::Map { key, value } => {
            HeapType::Map { key: (*key).into(), value: value.map(Type::from) }
        }
    }
}

fn kind(kind: FnKind) -> FunctionKind {
    match kind {
        FnKind::Init => FunctionKind::Init,
        FnKind::Entry => FunctionKind::Entry,
        FnKind::Payable => FunctionKind::Payable,
        FnKind::View => FunctionKind::View,
        FnKind::Private => FunctionKind::Private,
    }
}
