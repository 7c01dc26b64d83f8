//! Codes of contracts: state, effects, errors and events (E04xx).

super::codes! {
    UNDECLARED_THROW = "E0401", Error, "error is not declared in `throws`";
    VIEW_WRITES = "E0402", Error, "a view may only read";
    STATE_NOT_SET = "E0403", Error, "state is used or left before it is set";
    INIT = "E0404", Error, "a contract has at most one `init`, and one where it is needed";
    CALLS_INIT = "E0405", Error, "`init` cannot be called";
    UNUSED_THROW = "E0406", Warning, "error is declared but never thrown";
    RUNTIME_CLAUSE = "E0407", Error, "a precondition that cannot be checked when it runs";
    SPEC_EFFECT = "E0408", Error, "a specification may only read";
}
