//! Codes of type checking (E03xx).

super::codes! {}
