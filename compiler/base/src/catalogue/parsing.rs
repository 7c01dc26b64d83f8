//! Codes of the parser (E01xx).

super::codes! {}
