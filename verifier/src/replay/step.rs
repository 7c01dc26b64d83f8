//! One step of a sequence: a deployment, a call, or time that passes.

use deed_abi::Value;

/// The accounts that take part.
pub(super) const ACTORS: [&str; 3] = ["alice", "bob", "carol"];

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// The contract is made; the first step, and no other.
    Deploy(Sent),
    Call {
        /// Its place in the ABI.
        function: usize,
        sent: Sent,
    },
    /// Seconds.
    Wait(u64),
}

/// What goes with a transaction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Sent {
    /// Of [`ACTORS`].
    pub(super) from: usize,
    /// Coins.
    pub(super) value: u128,
    pub(super) args: Vec<Value>,
}

impl Step {
    pub(super) fn sent(&self) -> Option<&Sent> {
        match self {
            Step::Deploy(sent) | Step::Call { sent, .. } => Some(sent),
            Step::Wait(_) => None,
        }
    }

    pub(super) fn sent_mut(&mut self) -> Option<&mut Sent> {
        match self {
            Step::Deploy(sent) | Step::Call { sent, .. } => Some(sent),
            Step::Wait(_) => None,
        }
    }
}
