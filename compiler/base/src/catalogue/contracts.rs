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
    ERROR_SET_CYCLE = "E0409", Error, "a set of errors holds itself";
    NOT_IMPLEMENTED = "E0410", Error, "contract does not fit its interface";
    NOT_IN_INTERFACE = "E0411", Error, "does not belong in an interface";
    CALL_OPTION = "E0412", Error, "call suffix does not fit the call";
    CATCH_PATTERN = "E0413", Error, "cannot be caught by this";
    UNREACHABLE_CATCH = "E0414", Warning, "`catch` is never reached";
    NOT_CALLABLE = "E0415", Error, "cannot be called from outside";
    BOUNDARY_TYPE = "E0416", Error, "type does not leave the contract";
    TAKES_NO_COINS = "E0417", Error, "`tx.value` where no coins come";
    BAD_DEPLOY = "E0418", Error, "contract cannot be deployed here";
}
