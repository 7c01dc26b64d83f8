//! What a running call is told, by the names it has in source.

use deed_bytecode::ContextKind;

use crate::ty::Ty;

/// A context value as it is written.
pub fn context_path(kind: ContextKind) -> &'static str {
    match kind {
        ContextKind::Sender => "tx.sender",
        ContextKind::SelfAddress => "self.address",
        ContextKind::Height => "block.height",
        ContextKind::Time => "block.time",
        ContextKind::Value => "tx.value",
        ContextKind::TxHash => "tx.hash",
        ContextKind::TxIndex => "tx.index",
        ContextKind::BlockHash => "block.hash",
        ContextKind::ChainId => "block.chain_id",
    }
}

/// The context value that `base.member` means.
pub fn context_of(base: &str, member: &str) -> Option<ContextKind> {
    let is = |kind: &&ContextKind| context_path(**kind).split_once('.') == Some((base, member));
    ContextKind::ALL.iter().find(is).copied()
}

/// The type of a context value.
pub fn context_ty(kind: ContextKind) -> Ty {
    match kind {
        ContextKind::Sender | ContextKind::SelfAddress => Ty::Address,
        ContextKind::Height => Ty::U64,
        ContextKind::Time => Ty::Time,
        ContextKind::Value => Ty::U128,
        ContextKind::TxHash | ContextKind::BlockHash | ContextKind::ChainId => Ty::Hash,
        ContextKind::TxIndex => Ty::U32,
    }
}
