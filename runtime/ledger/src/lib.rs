//! The embedded chain.
