//! Codes of contracts: state, effects, errors and events (E04xx).

super::codes! {}
