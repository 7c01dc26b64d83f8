//! Codes of lints (E10xx): what is allowed, and most often a mistake or needless.

super::codes! {
    UNUSED_VARIABLE = "E1001", Warning, "variable is never read";
    UNUSED_PARAMETER = "E1002", Warning, "parameter is never read";
    NEEDLESS_VAR = "E1003", Warning, "`var` is never changed";
    UNUSED_FUNCTION = "E1004", Warning, "function is never called";
    UNUSED_ITEM = "E1005", Warning, "declaration is never used";
    UNREAD_STATE = "E1006", Warning, "state is never read";
    UNUSED_IMPORT = "E1007", Warning, "import is never used";
    LONG_NUMBER = "E1008", Warning, "number is hard to read";
    CONSTANT_CONDITION = "E1009", Warning, "condition never changes";
    SAME_OPERANDS = "E1010", Warning, "both sides are the same";
    COMPARES_BOOL = "E1011", Warning, "comparison with `true` or `false`";
    NEEDLESS_CAST = "E1012", Warning, "cast changes nothing";
    SELF_ASSIGNMENT = "E1013", Warning, "assigns a place to itself";
    DIVIDES_FIRST = "E1014", Warning, "divides before it multiplies";
    EXACT_TIME = "E1015", Warning, "compares a time for equality";
}
