//! A module that is ready to run.
//!
//! In: the bytes of a container. Out: `LoadedModule`: the validated module, the interpreter's
//! form of its code, and tables that calls need. Immutable, shared between threads.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use deed_bytecode::{
    Const, DecodeError, Frame, FunctionKind, Module, StateField, Ty, Type, ValidModule,
    ValidateError, code_hash_of, decode, field_id, validate,
};

use crate::config::Config;
use crate::engine::Native;
use crate::heap::Layouts;
use crate::interp::{self, Code};
use crate::overlay::Slots;
use crate::tier::{Program, Unit};
use crate::value::Hash;

/// A module decoded, validated and translated, once for many calls.
#[derive(Debug)]
pub struct LoadedModule {
    hash: Hash,
    pub(crate) module: ValidModule,
    code: Code,
    /// What another tier made of it, once one has been asked.
    compiled: OnceLock<Option<Box<dyn Program>>>,
    /// The gas that its calls have used.
    heat: AtomicU64,
    pub(crate) layouts: Layouts,
    pub(crate) fields: Vec<Field>,
    pub(crate) errors: Vec<Named>,
    pub(crate) events: Vec<Named>,
    /// In the order of [`by_length`].
    functions: Vec<(String, u16)>,
    init: Option<u16>,
}

/// A state field as the interpreter needs it.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) id: [u8; 8],
    pub(crate) keys: Vec<Type>,
    /// Slots of the keys, if all of them are scalars.
    pub(crate) scalar_keys: Option<usize>,
    pub(crate) value: Type,
    pub(crate) default: Option<Slots>,
    /// Bytes of a value of this field, if it is a scalar.
    pub(crate) value_bytes: u64,
}

/// An error or an event as the interpreter needs it.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) name: Arc<str>,
    pub(crate) code: [u8; 4],
    pub(crate) types: Vec<Type>,
}

/// A place in the source, from the module's debug tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Relative to the package, as the compiler was given it.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// The function it is in, where this was inlined, and where that was called.
    pub inlined: Option<Box<(String, Place)>>,
}

impl Place {
    /// The functions that were inlined here, the innermost first, and where each was called.
    pub fn calls(&self) -> impl Iterator<Item = (&str, &Place)> {
        let mut here = self;
        std::iter::from_fn(move || {
            let (function, place) = here.inlined.as_deref()?;
            here = place;
            Some((function.as_str(), place))
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Why bytes are no module that this engine runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// The container is longer than the chain allows.
    TooLong { bytes: usize, limit: usize },
    /// The bytes are no canonical container.
    Decode(DecodeError),
    /// The module breaks a rule of the machine.
    Invalid(ValidateError),
    /// The code of this function cannot be translated: validation let something through that it
    /// must not, so this is a defect of the engine.
    Inconsistent { function: usize },
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::TooLong { bytes, limit } => {
                write!(f, "the module has {bytes} bytes; the chain takes at most {limit}")
            }
            LoadError::Decode(error) => write!(f, "the bytes are no module: {error}"),
            LoadError::Invalid(error) => write!(f, "the module is not valid: {error}"),
            LoadError::Inconsistent { function } => {
                write!(f, "function {function} of a valid module does not translate")
            }
        }
    }
}

impl std::error::Error for LoadError {}

impl LoadedModule {
    /// Decodes, validates and translates a container.
    pub(crate) fn load(bytes: &[u8], config: &Config) -> Result<LoadedModule, LoadError> {
        let limit = config.limits.module_bytes as usize;
        if bytes.len() > limit {
            return Err(LoadError::TooLong { bytes: bytes.len(), limit });
        }
        let hash = Hash(code_hash_of(bytes).map_err(LoadError::Decode)?);
        let module = decode(bytes).map_err(LoadError::Decode)?;
        let module = validate(module).map_err(LoadError::Invalid)?;
        let layouts = Layouts::new(&module.types);
        let code = interp::translate(&module, layouts.shapes(), &config.gas)
            .map_err(|error| LoadError::Inconsistent { function: error.function })?;
        let functions = (0u16..).zip(&module.functions);
        let init = functions.clone().find(|(_, f)| f.kind == FunctionKind::Init);
        let init = init.map(|(index, _)| index);
        let mut named: Vec<_> = functions.map(|(index, f)| (f.name.clone(), index)).collect();
        named.sort_unstable_by(|(a, at), (b, bt)| (by_length(a), at).cmp(&(by_length(b), bt)));
        Ok(LoadedModule {
            hash,
            code,
            compiled: OnceLock::new(),
            heat: AtomicU64::new(0),
            layouts,
            fields: module.schema.iter().map(|field| Field::new(&module, field)).collect(),
            errors: module.errors.iter().map(|e| Named::new(&e.name, e.code, &e.params)).collect(),
            events: module.events.iter().map(|e| Named::new(&e.name, e.code, &e.types())).collect(),
            functions: named,
            init,
            module,
        })
    }

    /// The code hash: SHA-256 over the container without its debug tables.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The module itself.
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// What runs its next call.
    pub(crate) fn program(&self, native: Option<&Native>, config: &Config) -> &dyn Program {
        let hot = native.filter(|native| self.heat.load(Ordering::Relaxed) >= native.after);
        let compiled = hot.and_then(|native| {
            let (schedule, limits) = (&config.gas, &config.limits);
            let unit = Unit {
                module: &self.module,
                shapes: self.layouts.shapes(),
                hash: self.hash,
                schedule,
                limits,
            };
            self.compiled.get_or_init(|| native.tier.compile(&unit)).as_deref()
        });
        compiled.unwrap_or(&self.code)
    }

    /// The interpreter's form of it.
    pub(crate) fn interpreted(&self) -> &dyn Program {
        &self.code
    }

    /// Notes that a call has used so much gas.
    pub(crate) fn warm(&self, gas: u64) {
        self.heat.fetch_add(gas, Ordering::Relaxed);
    }

    /// Where in the source an instruction comes from, if the module has debug tables.
    pub fn locate(&self, function: u16, pc: u32) -> Option<Place> {
        let frames = self.module.debug.as_ref()?.frames(function, pc);
        frames.into_iter().rev().fold(None, |within, frame| {
            let function = frame.inlined.map(str::to_owned);
            let inlined = function.zip(within).map(Box::new);
            let Frame { file, line, column, .. } = frame;
            Some(Place { file: file.to_owned(), line, column, inlined })
        })
    }

    /// The function with this name, private ones included.
    pub(crate) fn function(&self, name: &str) -> Option<u16> {
        let not_after = |other: &str| by_length(other) <= by_length(name);
        let after = self.functions.partition_point(|(other, _)| not_after(other));
        let (other, index) = self.functions.get(after.checked_sub(1)?)?;
        (other == name).then_some(*index)
    }

    pub(crate) fn init(&self) -> Option<u16> {
        self.init
    }
}

impl Field {
    fn new(module: &Module, field: &StateField) -> Field {
        let id = field_id(&module.types, field);
        let are_scalars = field.keys.iter().all(|key| key.scalar().is_some());
        let value_bytes = field.value.scalar().map_or(0, Ty::bytes);
        Field {
            id,
            keys: field.keys.clone(),
            scalar_keys: are_scalars.then(|| Type::total_slots(&field.keys)),
            value: field.value,
            default: field.default.as_ref().map(slots),
            value_bytes: value_bytes as u64,
        }
    }
}

impl Named {
    fn new(name: &str, code: [u8; 4], types: &[Type]) -> Named {
        Named { name: name.into(), code, types: types.to_vec() }
    }
}

/// An order of names in which few must be looked at byte by byte.
fn by_length(name: &str) -> (usize, &str) {
    (name.len(), name)
}

fn slots(constant: &Const) -> Slots {
    let mut slots = Slots::default();
    slots[..constant.slots().len()].copy_from_slice(constant.slots());
    slots
}
