//! Tokens, grammar, tree and formatter of Deed.
