//! The middle form: typed single-assignment code with block parameters.
//!
//! In: the typed tree (by `lower`). Out: bytecode (by `codegen`), and conditions for the verifier,
//! which reads the form before any optimisation.
//! Holds always (see [`validate`]): a value is defined once, and every use is dominated by its
//! definition; an edge gives its target's parameters one argument each, of the same type; block 0
//! is where a function starts, its parameters are the function's, and no edge leads to it; every
//! instruction, value and terminator knows its place in the source.

pub mod cfg;
mod compact;
pub(crate) mod liveness;
mod op;
mod outside;
mod print;
mod spec;
mod ty;
mod types;
mod validate;

use deed_abi::Code;
use deed_base::Span;
pub use deed_bytecode::{ContextKind, TrapKind};

pub use crate::ty::IntTy;
use crate::{arena, thir};
pub use compact::compact;
pub use op::{BinaryOp, Op, UnaryOp, Walk};
pub use outside::{Import, Outside};
pub use print::print;
pub use spec::{Claim, ClaimKind, LocalValues, LoopHead};
pub use ty::{Const, Ty};
pub use types::{HeapType, Types};
pub use validate::{Invalid, validate};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }
    )*};
}

ids! {
    /// A value of a function.
    ValueId, "v";
    /// A block of a function.
    BlockId, "b";
    /// A function of the program.
    FuncId, "fn";
    /// A state field of the program; the number of the contract's field in the typed tree.
    FieldId, "field";
    /// A declared error of the program.
    ErrorId, "error";
    /// An event of the program.
    EventId, "event";
    /// What the program uses of other contracts.
    ImportId, "import";
    /// A type of heap values.
    TypeId, "t";
    /// What a specification says inside a function.
    ClaimId, "claim";
}

impl BlockId {
    /// Where every function starts.
    pub const ENTRY: BlockId = BlockId(0);
}

/// One contract.
#[derive(Clone, Debug)]
pub struct Program {
    /// The contract's full name: `scf.receivable.Receivables`.
    pub name: String,
    /// What the heap types that anything is of are.
    pub types: Types,
    pub state: Vec<StateField>,
    pub errors: Vec<ErrorDecl>,
    pub events: Vec<EventDecl>,
    pub imports: Vec<Import>,
    pub functions: Vec<Function>,
    /// What holds between any two transactions.
    pub invariants: Vec<thir::Clause>,
}

impl Program {
    /// A program of this name without anything in it.
    pub fn empty(name: String) -> Program {
        Program {
            name,
            types: Types::default(),
            state: Vec::new(),
            errors: Vec::new(),
            events: Vec::new(),
            imports: Vec::new(),
            functions: Vec::new(),
            invariants: Vec::new(),
        }
    }
}

/// A place or a family of places in state: nested maps are one field with several keys.
#[derive(Clone, PartialEq, Debug)]
pub struct StateField {
    pub name: String,
    /// One for each map level; none for a plain field.
    pub keys: Vec<Ty>,
    pub value: Ty,
    /// What a place reads as while nothing is stored.
    pub default: Option<Const>,
    /// Code gives what an absent entry reads: a value that is no constant of the machine.
    pub has_made_default: bool,
    /// It exists in specifications only; no code names it, and the module has no such field.
    pub ghost: bool,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub struct ErrorDecl {
    pub source: arena::ErrorId,
    /// The full name: `scf.receivable.NotFound`.
    pub name: String,
    /// The stable code that belongs to the full name and the parameters.
    pub code: Code,
    pub params: Vec<Param>,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub struct EventDecl {
    pub source: arena::EventId,
    /// The full name: `scf.receivable.NotFound`.
    pub name: String,
    /// The stable code that belongs to the full name and the parameters.
    pub code: Code,
    pub params: Vec<EventParam>,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Param {
    pub name: String,
    pub ty: Ty,
}

#[derive(Clone, PartialEq, Debug)]
pub struct EventParam {
    pub name: String,
    pub ty: Ty,
    pub index: bool,
}

/// Who may call a function.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FnKind {
    /// Runs once, when the contract is made.
    Init,
    /// A transaction or another contract.
    Entry,
    /// As `Entry`, and takes coins.
    Payable,
    /// As `Entry`, and changes nothing.
    View,
    /// The contract itself.
    Private,
}

impl FnKind {
    pub fn name(self) -> &'static str {
        match self {
            FnKind::Init => "init",
            FnKind::Entry => "entry",
            FnKind::Payable => "payable",
            FnKind::View => "view",
            FnKind::Private => "private",
        }
    }
}

#[derive(Clone, Debug)]
pub struct Function {
    pub name: String,
    /// Where it comes from; none for an `init` that nobody wrote.
    pub source: Option<arena::FnId>,
    pub kind: FnKind,
    /// What it gives back: its own result, if it has one, and then what its `inout` parameters are
    /// in the end, in the order of the parameters.
    pub results: Vec<Ty>,
    /// How many of the results are `inout` parameters.
    pub inouts: usize,
    /// Indexed by [`ValueId`]; a value that no block defines any more is dead.
    pub values: Vec<ValueData>,
    /// Indexed by [`BlockId`]; the first is where the function starts.
    pub blocks: Vec<Block>,
    /// What it asks and promises.
    pub spec: thir::FnSpec,
    /// The parameters as specifications name them.
    pub locals: LocalValues,
    /// Indexed by [`ClaimId`].
    pub claims: Vec<Claim>,
    /// Calls whose callee's code stands in their place, those before what is within them.
    pub inlined: Vec<InlinedCall>,
    pub span: Span,
}

/// What is known of a value beside its definition.
#[derive(Clone, PartialEq, Debug)]
pub struct ValueData {
    pub ty: Ty,
    /// The variable it is, for people.
    pub name: Option<String>,
    pub place: Place,
}

/// Where something stands in the source.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Place {
    pub span: Span,
    /// The call that it came here with: 1 + its number in [`Function::inlined`], or 0 for what the
    /// function itself says.
    pub call: u32,
}

/// A call that was replaced by the code of its callee.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InlinedCall {
    /// The name of the callee.
    pub function: String,
    pub place: Place,
}

/// What a function says itself.
impl From<Span> for Place {
    fn from(span: Span) -> Place {
        Place { span, call: 0 }
    }
}

#[derive(Clone, Debug)]
pub struct Block {
    pub params: Vec<ValueId>,
    pub insts: Vec<Inst>,
    pub terminator: Terminator,
    /// Set where the block is the head of a loop of the source: reached first, and once more after
    /// each turn.
    pub loop_head: Option<LoopHead>,
    /// Where the last step of the block stands in the source.
    pub end: Place,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Inst {
    /// Mostly one, or none; calls and what takes values apart give several.
    pub results: Vec<ValueId>,
    pub op: Op,
    pub place: Place,
}

/// How a block ends.
#[derive(Clone, PartialEq, Debug)]
pub enum Terminator {
    Jump(Edge),
    Branch {
        condition: ValueId,
        then: Edge,
        otherwise: Edge,
    },
    /// Goes on at the target whose number the value is, an integer of up to 64 bits, and at
    /// `otherwise` with any other value.
    Switch {
        value: ValueId,
        targets: Vec<Edge>,
        otherwise: Edge,
    },
    Return(Vec<ValueId>),
    Throw {
        error: ErrorId,
        args: Vec<ValueId>,
    },
    Trap(TrapKind),
    /// Goes on with the failure that is the one value.
    Fail(Vec<ValueId>),
}

/// A way to a block with the arguments for its parameters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edge {
    pub target: BlockId,
    pub args: Vec<ValueId>,
}

impl Program {
    pub fn field(&self, id: FieldId) -> &StateField {
        &self.state[id.index()]
    }

    /// The number that a field has in the module.
    pub fn schema_number(&self, id: FieldId) -> u16 {
        let ghosts = self.state[..id.index()].iter().filter(|field| field.ghost);
        (id.index() - ghosts.count()) as u16
    }

    pub fn function(&self, id: FuncId) -> &Function {
        &self.functions[id.index()]
    }
}

impl Inst {
    /// The one value it gives; nothing where it gives none or several.
    pub fn result(&self) -> Option<ValueId> {
        match self.results[..] {
            [result] => Some(result),
            _ => None,
        }
    }
}

impl Function {
    /// Its own result, `inout` parameters aside.
    pub fn own_result(&self) -> Option<Ty> {
        self.results.len().checked_sub(self.inouts + 1).map(|_| self.results[0])
    }

    pub fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.index()]
    }

    pub fn block_mut(&mut self, id: BlockId) -> &mut Block {
        &mut self.blocks[id.index()]
    }

    pub fn block_ids(&self) -> impl DoubleEndedIterator<Item = BlockId> + use<> {
        (0..self.blocks.len() as u32).map(BlockId)
    }

    pub fn value(&self, id: ValueId) -> &ValueData {
        &self.values[id.index()]
    }

    pub fn ty(&self, id: ValueId) -> Ty {
        self.value(id).ty
    }

    /// The parameters: those of the first block.
    pub fn params(&self) -> &[ValueId] {
        &self.block(BlockId::ENTRY).params
    }

    /// A new value, to be defined by the caller.
    pub fn add_value(&mut self, data: ValueData) -> ValueId {
        self.values.push(data);
        ValueId(self.values.len() as u32 - 1)
    }
}

impl Terminator {
    /// The edges out, in the order of the text.
    pub fn edges(&self) -> impl DoubleEndedIterator<Item = &Edge> {
        let (first, second, many) = match self {
            Terminator::Jump(edge) => (Some(edge), None, &[][..]),
            Terminator::Branch { then, otherwise, .. } => (Some(then), Some(otherwise), &[][..]),
            Terminator::Switch { targets, otherwise, .. } => (None, Some(otherwise), &targets[..]),
            _ => (None, None, &[][..]),
        };
        many.iter().chain(first).chain(second)
    }

    pub fn edges_mut(&mut self) -> impl Iterator<Item = &mut Edge> {
        let (first, second, many) = match self {
            Terminator::Jump(edge) => (Some(edge), None, &mut [][..]),
            Terminator::Branch { then, otherwise, .. } => {
                (Some(then), Some(otherwise), &mut [][..])
            }
            Terminator::Switch { targets, otherwise, .. } => {
                (None, Some(otherwise), &mut targets[..])
            }
            _ => (None, None, &mut [][..]),
        };
        many.iter_mut().chain(first).chain(second)
    }

    /// The operand that decides between edges.
    pub fn decider(&self) -> Option<ValueId> {
        match self {
            Terminator::Branch { condition: value, .. } | Terminator::Switch { value, .. } => {
                Some(*value)
            }
            _ => None,
        }
    }

    /// What leaves the function, in order.
    pub fn leaving(&self) -> &[ValueId] {
        match self {
            Terminator::Return(args) | Terminator::Throw { args, .. } | Terminator::Fail(args) => {
                args
            }
            _ => &[],
        }
    }

    /// Calls `visit` with each operand, edge arguments included.
    pub fn for_each_operand(&self, mut visit: impl FnMut(ValueId)) {
        self.decider().into_iter().for_each(&mut visit);
        self.edges().flat_map(|edge| &edge.args).copied().for_each(&mut visit);
        self.leaving().iter().copied().for_each(visit);
    }

    /// Calls `visit` with each operand, edge arguments included, to replace it.
    pub fn for_each_operand_mut(&mut self, mut visit: impl FnMut(&mut ValueId)) {
        match self {
            Terminator::Branch { condition: value, .. } | Terminator::Switch { value, .. } => {
                visit(value);
            }
            Terminator::Return(args) | Terminator::Throw { args, .. } | Terminator::Fail(args) => {
                args.iter_mut().for_each(&mut visit);
            }
            Terminator::Jump(_) | Terminator::Trap(_) => {}
        }
        self.edges_mut().flat_map(|edge| &mut edge.args).for_each(visit);
    }
}
