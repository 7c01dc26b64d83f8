//! Codes of constants (E06xx).

super::codes! {
    CONST_TRAPS = "E0601", Error, "constant expression has no value";
    NOT_CONST = "E0602", Error, "not known at compile time";
    CONST_CYCLE = "E0603", Error, "constant needs its own value";
}
