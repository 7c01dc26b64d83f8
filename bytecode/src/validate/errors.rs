//! Why a module is refused.
//!
//! Length: `fmt` has a line or two for every rule.

use crate::module::Module;
use crate::ty::Ty;
use crate::types::Type;
use std::fmt;

/// The first broken rule and where it is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidateError {
    /// Index and name, if the rule is one about a function.
    pub function: Option<(usize, String)>,
    /// Counted through the function, if the rule is one about an instruction.
    pub instruction: Option<usize>,
    pub what: Invalid,
}

/// The rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invalid {
    TooMany {
        what: &'static str,
        limit: usize,
    },
    BadName {
        what: &'static str,
    },
    Twice {
        what: &'static str,
        name: String,
    },
    DefaultType {
        field: String,
    },
    TwoInits,
    InitResults,
    FrameTooSmall {
        need: usize,
        slots: u16,
    },
    NoBlocks,
    ExpectationOrder {
        block: usize,
    },
    BlockEnd {
        block: usize,
    },
    EndInside {
        block: usize,
    },
    OperatorType {
        ty: Option<Type>,
    },
    UnusedOperand {
        operand: char,
    },
    NoSuch {
        what: &'static str,
        index: u16,
    },
    /// A `switch` that does not take the next jump table.
    TableOrder {
        next: usize,
    },
    /// Jump tables behind the last one that a `switch` takes.
    UnusedTable {
        used: usize,
    },
    NoTargets {
        table: u16,
    },
    ConstantType {
        index: u16,
        constant: Ty,
    },
    CallsInit,
    OutsideFrame {
        reg: u16,
        ty: Type,
    },
    NotHeld {
        reg: u16,
        ty: Type,
    },
    Edge {
        block: u16,
        reg: u16,
        ty: Type,
    },
    /// A heap value that nothing consumes.
    Leak {
        reg: u16,
    },
    EdgeLeak {
        block: u16,
        reg: u16,
    },
    FindsHeap,
    ImportKind {
        index: u16,
    },
    NoAttempt {
        index: u16,
    },
    /// An import whose parts do not agree, and which.
    /// A function of kind `host`, which only imports are.
    HostFunction,
    BadImport {
        name: String,
        why: &'static str,
    },
    BadData {
        index: u16,
    },
    NoSuchType {
        ty: Type,
    },
    TypeOrder {
        at: usize,
    },
    DeepCollection {
        at: usize,
    },
    ViewEffect {
        callee: Option<String>,
    },
    DebugTable {
        what: &'static str,
    },
}

impl Invalid {
    /// A broken rule about the module as a whole.
    pub(super) fn in_module(self) -> ValidateError {
        ValidateError { function: None, instruction: None, what: self }
    }

    pub(super) fn in_function(self, module: &Module, function: usize) -> ValidateError {
        let name = module.functions.get(function).map(|found| found.name.clone());
        let function = Some((function, name.unwrap_or_default()));
        ValidateError { function, instruction: None, what: self }
    }

    pub(super) fn at(self, module: &Module, function: usize, instruction: usize) -> ValidateError {
        let whole = self.in_function(module, function);
        ValidateError { instruction: Some(instruction), ..whole }
    }
}

impl fmt::Display for ValidateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((index, name)) = &self.function {
            write!(f, "in function {index} `{name}`")?;
            match self.instruction {
                Some(instruction) => write!(f, ", instruction {instruction}: ")?,
                None => write!(f, ": ")?,
            }
        }
        self.what.fmt(f)
    }
}

impl std::error::Error for ValidateError {}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Invalid::TooMany { what, limit } => write!(f, "there are more than {limit} {what}"),
            Invalid::BadName { what } => {
                write!(f, "the name of {what} is empty or too long")
            }
            Invalid::Twice { what, name } => write!(f, "two {what} are called `{name}`"),
            Invalid::DefaultType { field } => {
                write!(f, "the default of state field `{field}` is not of its value type")
            }
            Invalid::TwoInits => write!(f, "a second `init`: a module has at most one"),
            Invalid::InitResults => write!(f, "`init` returns something"),
            Invalid::FrameTooSmall { need, slots } => {
                write!(f, "parameters take {need} slots, the frame has {slots}")
            }
            Invalid::NoBlocks => write!(f, "there are no blocks"),
            Invalid::ExpectationOrder { block } => write!(
                f,
                "block {block} lists expected registers out of order, overlapping or outside the frame"
            ),
            Invalid::BlockEnd { block } => {
                write!(f, "block {block} does not end in an operator that ends a block")
            }
            Invalid::EndInside { block } => {
                write!(f, "block {block} goes on after an operator that ends it")
            }
            Invalid::OperatorType { ty: Some(ty) } => {
                write!(f, "the operator has no form for {ty}")
            }
            Invalid::OperatorType { ty: None } => write!(f, "the operator needs a type"),
            Invalid::UnusedOperand { operand } => {
                write!(f, "operand {operand} means nothing here and must be 0")
            }
            Invalid::NoSuch { what, index } => write!(f, "there is no {what} {index}"),
            Invalid::TableOrder { next } => {
                write!(f, "jump tables are taken in order, and the next one is {next}")
            }
            Invalid::UnusedTable { used } => {
                write!(f, "only the first {used} jump tables are taken by a `switch`")
            }
            Invalid::NoTargets { table } => {
                write!(f, "jump table {table} has no target for other values")
            }
            Invalid::ConstantType { index, constant } => {
                write!(f, "constant {index} is of type {constant}")
            }
            Invalid::CallsInit => write!(f, "nothing may call `init`"),
            Invalid::OutsideFrame { reg, ty } => {
                write!(f, "a {ty} in r{reg} reaches beyond the frame")
            }
            Invalid::NotHeld { reg, ty } => write!(f, "r{reg} does not hold a {ty}"),
            Invalid::Edge { block, reg, ty } => {
                write!(f, "block {block} expects a {ty} in r{reg}, which is not there")
            }
            Invalid::Leak { reg } => {
                write!(f, "r{reg} owns a heap value that is neither moved nor dropped")
            }
            Invalid::EdgeLeak { block, reg } => write!(
                f,
                "r{reg} owns a heap value that block {block} does not expect: drop it before"
            ),
            Invalid::FindsHeap => {
                write!(f, "`state_find` is for scalars: ask with `state_has`, then load")
            }
            Invalid::ImportKind { index } => {
                write!(f, "`contract_call` calls and `deploy` makes; import {index} is the other")
            }
            Invalid::NoAttempt { index } => {
                write!(f, "the operator's type is no attempt of function {index}")
            }
            Invalid::HostFunction => f.write_str("only an import can be of kind `host`"),
            Invalid::BadImport { name, why } => write!(f, "import `{name}` {why}"),
            Invalid::BadData { index } => {
                write!(f, "data {index} is no value of the literal's type")
            }
            Invalid::NoSuchType { ty } => write!(f, "there is no type {ty}"),
            Invalid::TypeOrder { at } => {
                write!(f, "type t{at} is out of order, or there twice")
            }
            Invalid::DeepCollection { at } => write!(f, "type t{at} nests collections too deep"),
            Invalid::ViewEffect { callee: None } => write!(f, "a view writes state or emits"),
            Invalid::ViewEffect { callee: Some(callee) } => {
                write!(f, "a view calls `{callee}`, which writes state or emits")
            }
            Invalid::DebugTable { what } => write!(f, "debug section: {what}"),
        }
    }
}
