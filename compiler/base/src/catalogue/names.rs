//! Codes of name resolution (E02xx).

super::codes! {}
