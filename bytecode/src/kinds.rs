//! Small closed lists with stable numbers: kinds of functions, of traps, of context values.
//!
//! A number once given is never given to something else: receipts, ABIs and stored modules
//! carry it. Each list knows its numbers, its names and what each member means.

use crate::ty::Ty;
use std::fmt;

/// Declares a closed list: an enum with `ALL`, `from_byte`, `name`, `doc`.
macro_rules! closed_list {
    ($(#[$meta:meta])* $list:ident { $($variant:ident = $number:literal $name:literal $doc:literal,)* }) => {
        $(#[$meta])*
        #[repr(u8)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $list { $(#[doc = $doc] $variant = $number,)* }

        impl $list {
            /// Every member, in the order of its number.
            pub const ALL: &'static [$list] = &[$($list::$variant,)*];

            /// The member with this number.
            pub fn from_byte(byte: u8) -> Option<$list> {
                match byte { $($number => Some($list::$variant),)* _ => None }
            }

            /// The stable name in listings, receipts and the ABI.
            pub const fn name(self) -> &'static str {
                match self { $($list::$variant => $name,)* }
            }

            /// What it means, in one line.
            pub const fn doc(self) -> &'static str {
                match self { $($list::$variant => $doc,)* }
            }
        }

        impl fmt::Display for $list {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $list {
            type Err = ();

            fn from_str(name: &str) -> Result<$list, ()> {
                match name { $($name => Ok($list::$variant),)* _ => Err(()) }
            }
        }
    };
}

closed_list! {
    /// How a function may be entered.
    FunctionKind {
        Init = 0 "init" "Runs once, when the contract is deployed; nothing calls it.",
        Entry = 1 "entry" "A transaction or another contract may call it.",
        View = 2 "view" "Like an entry, and neither it nor what it calls writes or emits.",
        Private = 3 "private" "Only functions of the same module call it.",
        Payable = 4 "payable" "An entry that may be handed coins.",
        Host = 5 "host" "Of an import alone: something that the host itself offers, named `capability.operation`.",
    }
}

closed_list! {
    /// Why execution stopped without a declared error. Running out of gas is no trap.
    TrapKind {
        Overflow = 1 "overflow" "An arithmetic result does not fit its type.",
        LossyCast = 2 "lossy_cast" "A cast would change the value.",
        BadShift = 3 "bad_shift" "A shift count is not below the width of the type.",
        DivisionByZero = 4 "division_by_zero" "A divisor is zero.",
        OutOfBounds = 5 "out_of_bounds" "An index is not below the length, or a string would be cut inside a character.",
        MissingKey = 6 "missing_key" "A state entry without a default is absent.",
        KeyPresent = 7 "key_present" "An insertion found its key taken.",
        NotEmpty = 8 "not_empty" "A container that must be empty is not.",
        Requires = 9 "requires" "A precondition without an error of its own does not hold.",
        Assert = 10 "assert" "An assertion does not hold.",
        Unreachable = 11 "unreachable" "Execution came to a place declared unreachable.",
        BadCallee = 12 "bad_callee" "Another contract answered with something undeclared.",
        NoCode = 13 "no_code" "There is no contract at the address called.",
        Reentrancy = 14 "reentrancy" "The contract called is already on the call stack.",
        ViewWrite = 15 "view_write" "A view tried to write state or to emit.",
        Depth = 16 "depth" "Calls, or values that leave the call, nest deeper than the limit, or frames take more slots.",
        Memory = 17 "memory" "The call holds more memory, or a value that leaves it has more bytes, than the limit.",
        BadArgument = 18 "bad_argument" "Arguments do not decode to the parameters' types.",
        OutOfGas = 19 "out_of_gas" "Another contract used up the gas that its call was given.",
        NoCoins = 20 "no_coins" "The contract has fewer coins than it hands over.",
        NotPayable = 21 "not_payable" "Coins were handed to a function that takes none.",
    }
}

closed_list! {
    /// What a running contract may ask of its surroundings.
    ContextKind {
        Sender = 1 "sender" "The immediate caller (`Address`).",
        SelfAddress = 2 "self_address" "The running contract's own address (`Address`).",
        Height = 3 "height" "The height of the block (`u64`).",
        Time = 4 "time" "The time in the block's header, seconds since 1970 UTC (`u64`).",
        Value = 5 "value" "The coins that came with the call (`u128`).",
        TxHash = 6 "tx_hash" "The hash of the transaction (`Hash`).",
        TxIndex = 7 "tx_index" "The number of the transaction in its block, from 0 (`u32`).",
        BlockHash = 8 "block_hash" "The hash of the block before this one (`Hash`).",
        ChainId = 9 "chain_id" "SHA-256 of the chain's name (`Hash`).",
    }
}

impl ContextKind {
    /// The type of the value.
    pub const fn ty(self) -> Ty {
        match self {
            ContextKind::Sender | ContextKind::SelfAddress => Ty::Address,
            ContextKind::Height | ContextKind::Time => Ty::U64,
            ContextKind::Value => Ty::U128,
            ContextKind::TxHash | ContextKind::BlockHash | ContextKind::ChainId => Ty::Hash,
            ContextKind::TxIndex => Ty::U32,
        }
    }
}

impl FunctionKind {
    /// Whether it can be entered from outside the module.
    pub const fn is_public(self) -> bool {
        !matches!(self, FunctionKind::Private)
    }
}
