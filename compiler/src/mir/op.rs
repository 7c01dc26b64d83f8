//! What an instruction does.
//!
//! In: nothing. Out: [`Op`] and its parts, its operands, and the traps it can end in.
//! Holds always: an operation touches state, context or events only where its name says so, and
//! traps only with the kinds that [`Op::traps`] lists (a call: whatever its callee does).

use deed_bytecode::{ContextKind, Native, TrapKind};

use super::{ClaimId, Const, EventId, FieldId, FuncId, Function, Outside, Program, Ty, ValueId};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum UnaryOp {
    /// Of a signed integer; traps where the result does not fit.
    Neg,
    /// Of a `bool`, or of each bit of an integer.
    Not,
}

impl UnaryOp {
    pub fn name(self) -> &'static str {
        match self {
            UnaryOp::Neg => "neg",
            UnaryOp::Not => "not",
        }
    }
}

/// Both operands have one type, shift counts excepted (`u32`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    /// Rounds toward zero.
    Div,
    /// Has the sign of the left operand; `MIN % -1` is 0.
    Rem,
    /// Traps where a bit is lost.
    Shl,
    /// Keeps the sign; loses nothing by definition.
    Shr,
    And,
    Or,
    Xor,
    WrappingAdd,
    WrappingSub,
    WrappingMul,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

impl BinaryOp {
    pub fn name(self) -> &'static str {
        match self {
            BinaryOp::Add => "add",
            BinaryOp::Sub => "sub",
            BinaryOp::Mul => "mul",
            BinaryOp::Div => "div",
            BinaryOp::Rem => "rem",
            BinaryOp::Shl => "shl",
            BinaryOp::Shr => "shr",
            BinaryOp::And => "and",
            BinaryOp::Or => "or",
            BinaryOp::Xor => "xor",
            BinaryOp::WrappingAdd => "wrapping_add",
            BinaryOp::WrappingSub => "wrapping_sub",
            BinaryOp::WrappingMul => "wrapping_mul",
            BinaryOp::Eq => "eq",
            BinaryOp::Ne => "ne",
            BinaryOp::Lt => "lt",
            BinaryOp::Le => "le",
            BinaryOp::Gt => "gt",
            BinaryOp::Ge => "ge",
        }
    }

    pub fn is_comparison(self) -> bool {
        use BinaryOp::*;
        matches!(self, Eq | Ne | Lt | Le | Gt | Ge)
    }

    pub fn is_shift(self) -> bool {
        matches!(self, BinaryOp::Shl | BinaryOp::Shr)
    }

    /// Whether swapping the operands changes nothing.
    pub fn is_commutative(self) -> bool {
        use BinaryOp::*;
        matches!(self, Add | Mul | And | Or | Xor | WrappingAdd | WrappingMul | Eq | Ne)
    }
}

/// What is looked for among the entries of a field of which some keys are given, the first ones. It
/// goes along the key behind these, or for a step along the last of these.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Walk {
    /// Whether there is one; gives a `bool`.
    Any,
    /// The least key; traps where there is none.
    First,
    /// The greatest key; traps where there is none.
    Last,
    /// Whether there is a greater key than the last given one; gives that and the least such key, or
    /// without one the given key.
    Next,
    /// As `Next`, with lesser ones.
    Prev,
}

impl Walk {
    pub fn name(self) -> &'static str {
        match self {
            Walk::Any => "any",
            Walk::First => "first",
            Walk::Last => "last",
            Walk::Next => "next",
            Walk::Prev => "prev",
        }
    }

    /// The place of the key that it goes along, where these are given.
    pub fn along(self, given: &[ValueId]) -> Option<usize> {
        if self.is_step() { given.len().checked_sub(1) } else { Some(given.len()) }
    }

    /// Whether it goes on from a key that is given.
    pub fn is_step(self) -> bool {
        matches!(self, Walk::Next | Walk::Prev)
    }
}

/// An operation on values. State places are a field and one key for each map level.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    Const(Const),
    Unary {
        op: UnaryOp,
        arg: ValueId,
    },
    Binary {
        op: BinaryOp,
        left: ValueId,
        right: ValueId,
    },
    /// To the integer type of the result; traps where the value does not fit.
    Cast {
        arg: ValueId,
    },
    Call {
        function: FuncId,
        args: Vec<ValueId>,
    },
    /// The value at a place; where nothing is stored the field's default, else a trap. A plain
    /// field is always stored: it is assigned in `init` before any use.
    StateLoad {
        field: FieldId,
        keys: Vec<ValueId>,
    },
    /// Puts a value, whether or not one is there.
    StateStore {
        field: FieldId,
        keys: Vec<ValueId>,
        value: ValueId,
    },
    /// Whether a value is stored.
    StateHas {
        field: FieldId,
        keys: Vec<ValueId>,
    },
    /// Puts a value; traps where one is stored.
    StateInsert {
        field: FieldId,
        keys: Vec<ValueId>,
        value: ValueId,
    },
    /// Forgets the value, if one is stored.
    StateRemove {
        field: FieldId,
        keys: Vec<ValueId>,
    },
    /// Looks for a key of a field, given those before it, and for a step the one it goes on from.
    StateWalk {
        walk: Walk,
        field: FieldId,
        keys: Vec<ValueId>,
    },
    Context(ContextKind),
    Emit {
        event: EventId,
        args: Vec<ValueId>,
    },
    /// Traps where the condition is false.
    Assert {
        condition: ValueId,
    },
    /// What a specification says at this point; nothing when it runs.
    Claim(ClaimId),

    // Heap values. They are values like others: what changes one gives another. Positions and
    // lengths are `u64`.
    /// A `string`, `bytes` or vector of scalars, in its canonical encoding without the length; or
    /// the empty vector of heap values, the empty map or set.
    Literal(Vec<u8>),
    /// The text of a scalar.
    Text {
        value: ValueId,
    },
    /// The UTF-8 form of a string, as `bytes`.
    ToBytes {
        value: ValueId,
    },
    /// The string with a UTF-8 form and `true`, or the empty string and `false`.
    ToText {
        value: ValueId,
    },
    /// The canonical encoding of a value, as `bytes`.
    Encode {
        value: ValueId,
    },
    /// A decoding: a value as variant 0, whose canonical encoding the bytes are, or as variant 1 a
    /// record of the position at which they are not.
    Decode {
        value: ValueId,
    },
    /// What a native gives.
    Native {
        native: Native,
        args: Vec<ValueId>,
    },
    /// How many elements or entries, or bytes of a string.
    Len {
        value: ValueId,
    },
    Concat {
        left: ValueId,
        right: ValueId,
    },
    /// The part from the first position up to, and without, the second.
    Slice {
        value: ValueId,
        range: [ValueId; 2],
    },
    /// `bytes` or a vector of `count` times `value`.
    VecFill {
        count: ValueId,
        value: ValueId,
    },
    VecGet {
        vec: ValueId,
        index: ValueId,
    },
    VecSet {
        vec: ValueId,
        index: ValueId,
        value: ValueId,
    },
    /// As `VecSet`; gives the vector and the element that was there before.
    VecSwap {
        vec: ValueId,
        index: ValueId,
        value: ValueId,
    },
    VecPush {
        vec: ValueId,
        value: ValueId,
    },
    /// The elements in ascending order; they are scalars.
    VecSort {
        vec: ValueId,
    },
    /// Gives the vector without its last element, and this element.
    VecPop {
        vec: ValueId,
    },
    /// Gives all fields of an element that is a record.
    RowGet {
        vec: ValueId,
        index: ValueId,
    },
    /// As `VecSet`, of a record of these fields.
    RowSet {
        vec: ValueId,
        index: ValueId,
        fields: Vec<ValueId>,
    },
    /// As `VecPush`, of a record of these fields.
    RowPush {
        vec: ValueId,
        fields: Vec<ValueId>,
    },
    /// Whether a map or set has a key, and how many lesser ones: the position of an entry.
    MapFind {
        map: ValueId,
        key: ValueId,
    },
    /// The key at a position.
    MapKey {
        map: ValueId,
        index: ValueId,
    },
    /// The value at a position.
    MapGet {
        map: ValueId,
        index: ValueId,
    },
    /// Puts a value under a key, whether or not one is there; into a set the key alone.
    MapPut {
        map: ValueId,
        key: ValueId,
        value: Option<ValueId>,
    },
    /// Puts the value at a position.
    MapSet {
        map: ValueId,
        index: ValueId,
        value: ValueId,
    },
    /// As `MapSet`; gives the map and the value that was there before.
    MapSwap {
        map: ValueId,
        index: ValueId,
        value: ValueId,
    },
    /// Gives the map without the entry at a position and, of a map, the value of this.
    MapTake {
        map: ValueId,
        index: ValueId,
    },
    RecordMake {
        fields: Vec<ValueId>,
    },
    /// Gives all fields.
    RecordOpen {
        record: ValueId,
    },
    RecordGet {
        record: ValueId,
        field: u32,
    },
    RecordSet {
        record: ValueId,
        field: u32,
        value: ValueId,
    },
    /// As `RecordSet`; gives the record and what the field was before.
    RecordSwap {
        record: ValueId,
        field: u32,
        value: ValueId,
    },
    EnumMake {
        variant: u32,
        payload: Vec<ValueId>,
    },
    /// The number of the variant, a `u8`.
    EnumTag {
        value: ValueId,
    },
    /// Gives all parts of the payload of a value that is known to be of this variant.
    EnumGet {
        value: ValueId,
        variant: u32,
    },

    /// Leaves the contract, or looks at a failure.
    Outside {
        what: Outside,
        args: Vec<ValueId>,
    },

    // Who owns heap values: from the `ownership` pass on.
    /// A second owner of the value.
    Dup {
        value: ValueId,
    },
    /// Ends the value's life.
    Drop {
        value: ValueId,
    },
    /// As `EnumGet`, and ends the value's life.
    EnumOpen {
        value: ValueId,
        variant: u32,
    },
}

/// The operands of an operation, once for reading and once for replacing them.
macro_rules! operands {
    ($op:expr, $each:ident, $iter:ident) => {
        match $op {
            Op::Const(_) | Op::Context(_) | Op::Claim(_) | Op::Literal(_) => {}
            Op::Unary { arg, .. } | Op::Cast { arg } => $each(arg),
            Op::Binary { left, right, .. } | Op::Concat { left, right } => {
                $each(left);
                $each(right);
            }
            Op::Call { args: many, .. }
            | Op::Emit { args: many, .. }
            | Op::Outside { args: many, .. }
            | Op::Native { args: many, .. }
            | Op::StateLoad { keys: many, .. }
            | Op::StateHas { keys: many, .. }
            | Op::StateRemove { keys: many, .. }
            | Op::StateWalk { keys: many, .. }
            | Op::RecordMake { fields: many }
            | Op::EnumMake { payload: many, .. } => many.$iter().for_each($each),
            Op::StateStore { keys, value, .. } | Op::StateInsert { keys, value, .. } => {
                keys.$iter().for_each(&mut $each);
                $each(value);
            }
            Op::Assert { condition } => $each(condition),
            Op::Slice { value, range } => {
                $each(value);
                range.$iter().for_each($each);
            }
            Op::VecFill { count, value } => {
                $each(count);
                $each(value);
            }
            Op::RowSet { vec, index, fields } => {
                $each(vec);
                $each(index);
                fields.$iter().for_each($each);
            }
            Op::RowPush { vec, fields } => {
                $each(vec);
                fields.$iter().for_each($each);
            }
            Op::VecGet { vec: first, index: second }
            | Op::RowGet { vec: first, index: second }
            | Op::MapFind { map: first, key: second }
            | Op::MapKey { map: first, index: second }
            | Op::MapGet { map: first, index: second }
            | Op::MapTake { map: first, index: second } => {
                $each(first);
                $each(second);
            }
            Op::MapPut { map, key, value } => {
                $each(map);
                $each(key);
                value.$iter().for_each($each);
            }
            Op::VecSet { vec: first, index, value }
            | Op::VecSwap { vec: first, index, value }
            | Op::MapSet { map: first, index, value }
            | Op::MapSwap { map: first, index, value } => {
                $each(first);
                $each(index);
                $each(value);
            }
            Op::VecPush { vec: first, value }
            | Op::RecordSet { record: first, value, .. }
            | Op::RecordSwap { record: first, value, .. } => {
                $each(first);
                $each(value);
            }
            Op::Text { value: one }
            | Op::ToBytes { value: one }
            | Op::ToText { value: one }
            | Op::Encode { value: one }
            | Op::Decode { value: one }
            | Op::Len { value: one }
            | Op::VecPop { vec: one }
            | Op::VecSort { vec: one }
            | Op::RecordOpen { record: one }
            | Op::RecordGet { record: one, .. }
            | Op::EnumTag { value: one }
            | Op::EnumGet { value: one, .. }
            | Op::EnumOpen { value: one, .. }
            | Op::Dup { value: one }
            | Op::Drop { value: one } => $each(one),
        }
    };
}

impl Op {
    /// Calls `visit` with each operand, in the order of evaluation.
    pub fn for_each_operand(&self, mut visit: impl FnMut(ValueId)) {
        let mut each = |value: &ValueId| visit(*value);
        operands!(self, each, iter);
    }

    /// Calls `visit` with each operand, to replace it.
    pub fn for_each_operand_mut(&mut self, mut visit: impl FnMut(&mut ValueId)) {
        operands!(self, visit, iter_mut);
    }

    /// Whether a heap value that is operand `at`, in the order of evaluation, is gone from there
    /// afterwards: moved on, changed or let go.
    pub fn takes(&self, at: usize) -> bool {
        match self {
            Op::Call { .. }
            | Op::Emit { .. }
            | Op::StateLoad { .. }
            | Op::StateHas { .. }
            | Op::StateStore { .. }
            | Op::StateInsert { .. }
            | Op::StateRemove { .. }
            | Op::StateWalk { .. }
            | Op::VecFill { .. }
            | Op::VecSet { .. }
            | Op::VecSwap { .. }
            | Op::VecPush { .. }
            | Op::VecPop { .. }
            | Op::VecSort { .. }
            | Op::RowSet { .. }
            | Op::RowPush { .. }
            | Op::MapPut { .. }
            | Op::MapSet { .. }
            | Op::MapSwap { .. }
            | Op::MapTake { .. }
            | Op::RecordMake { .. }
            | Op::RecordOpen { .. }
            | Op::RecordSet { .. }
            | Op::RecordSwap { .. }
            | Op::EnumMake { .. }
            | Op::EnumOpen { .. }
            | Op::Native { .. }
            | Op::Drop { .. } => true,
            Op::Outside { what, .. } => !what.is_look(),
            Op::Concat { .. } => at == 0,
            _ => false,
        }
    }

    /// The operands that are changed: the first result is what the first of them becomes, and so on.
    pub fn changed(&self) -> impl Iterator<Item = ValueId> + use<> {
        let (first, second) = match *self {
            Op::Concat { left: first, .. }
            | Op::VecSet { vec: first, .. }
            | Op::VecPush { vec: first, .. }
            | Op::VecPop { vec: first }
            | Op::VecSort { vec: first }
            | Op::RowSet { vec: first, .. }
            | Op::RowPush { vec: first, .. }
            | Op::MapPut { map: first, .. }
            | Op::MapSet { map: first, .. }
            | Op::MapTake { map: first, .. }
            | Op::RecordSet { record: first, .. } => (Some(first), None),
            Op::VecSwap { vec: first, value, .. }
            | Op::MapSwap { map: first, value, .. }
            | Op::RecordSwap { record: first, value, .. } => (Some(first), Some(value)),
            _ => (None, None),
        };
        first.into_iter().chain(second)
    }

    /// The kinds of trap this operation can end in, in the order in which they are tested; a call's
    /// are its callee's and not listed, and neither are limits of memory. `result` is the type of what it gives.
    pub fn traps(&self, program: &Program, function: &Function, result: Option<Ty>) -> &[TrapKind] {
        use TrapKind::*;
        match self {
            Op::Unary { op: UnaryOp::Neg, .. } => &[Overflow],
            Op::Binary { op, left, .. } => binary_traps(*op, function.ty(*left)),
            Op::Cast { arg } => match (function.ty(*arg), result) {
                (Ty::Int(from), Some(Ty::Int(to))) if to.holds_all_of(from) => &[],
                _ => &[LossyCast],
            },
            Op::StateLoad { field, keys } if !keys.is_empty() => {
                if program.field(*field).default.is_none() { &[MissingKey] } else { &[] }
            }
            Op::StateInsert { .. } => &[KeyPresent],
            Op::StateWalk { walk: Walk::First | Walk::Last, .. } => &[MissingKey],
            Op::Assert { .. } => &[Assert],
            Op::Outside { what: Outside::OpenError(_), .. } => &[BadCallee],
            Op::Slice { .. }
            | Op::VecGet { .. }
            | Op::VecSet { .. }
            | Op::VecSwap { .. }
            | Op::VecPop { .. }
            | Op::RowGet { .. }
            | Op::RowSet { .. }
            | Op::MapKey { .. }
            | Op::MapGet { .. }
            | Op::MapSet { .. }
            | Op::MapSwap { .. }
            | Op::MapTake { .. } => &[OutOfBounds],
            _ => &[],
        }
    }

    /// Whether the operation changes what others can see: state, events, or through a call anything.
    pub fn has_effect(&self) -> bool {
        if let Op::Outside { what, .. } = self {
            return !what.is_look();
        }
        matches!(
            self,
            Op::Call { .. }
                | Op::StateStore { .. }
                | Op::StateInsert { .. }
                | Op::StateRemove { .. }
                | Op::Emit { .. }
        )
    }
}

fn binary_traps(op: BinaryOp, ty: Ty) -> &'static [TrapKind] {
    use TrapKind::*;
    let signed = matches!(ty, Ty::Int(int) if int.is_signed());
    match op {
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul => &[Overflow],
        BinaryOp::Div if signed => &[DivisionByZero, Overflow],
        BinaryOp::Div | BinaryOp::Rem => &[DivisionByZero],
        BinaryOp::Shl => &[BadShift, Overflow],
        BinaryOp::Shr => &[BadShift],
        _ => &[],
    }
}
