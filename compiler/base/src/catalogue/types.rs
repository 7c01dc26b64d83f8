//! Codes of type checking (E03xx).

super::codes! {
    TYPE_MISMATCH = "E0301", Error, "types do not match";
    UNKNOWN_TYPE = "E0302", Error, "type is not known";
    LITERAL_RANGE = "E0303", Error, "number does not fit its type";
    BAD_OPERAND = "E0304", Error, "operator does not fit its operands";
    WRONG_ARGUMENTS = "E0305", Error, "wrong arguments";
    NO_SUCH_MEMBER = "E0306", Error, "value has no such member";
    MISSING_RETURN = "E0307", Error, "a path ends without `return`";
    UNREACHABLE = "E0308", Warning, "code is never reached";
    NOT_ASSIGNABLE = "E0309", Error, "cannot be assigned";
    OUTSIDE_LOOP = "E0310", Error, "`break` or `continue` outside a loop";
    UNUSED_RESULT = "E0311", Error, "`Option` or `Result` is not used";
    BAD_CAST = "E0312", Error, "cast of something that is no integer";
    SPEC_ONLY = "E0313", Error, "belongs in a specification";
    NO_VALUE = "E0314", Error, "gives no value";
    TYPE_NOT_ALLOWED = "E0315", Error, "type is not allowed here";
    TYPE_ARGUMENTS = "E0316", Error, "wrong type arguments";
    COLLECTION_VALUE = "E0317", Error, "a collection in state is a place, not a value";
    NOT_LEAVING = "E0318", Error, "`else` must leave";
    NOT_COVERED = "E0319", Error, "patterns do not cover every value";
    UNREACHABLE_ARM = "E0320", Warning, "arm is never reached";
    MATCH_TOO_COMPLEX = "E0321", Error, "`match` is too complex to check";
    BAD_BOUND = "E0323", Error, "bound on something that is no type parameter";
    MISSING_TRAIT = "E0324", Error, "type does not have a trait";
    BAD_IMPL = "E0325", Error, "`impl` does not fit its trait";
    OVERLAPPING_IMPLS = "E0326", Error, "two `impl`s for one type";
    FOREIGN_IMPL = "E0327", Error, "`impl` in a module that owns neither side";
    AMBIGUOUS_METHOD = "E0328", Error, "several methods of one name";
    STRAY_FUNCTION_VALUE = "E0329", Error, "function value outside an argument";
    CAPTURED_VARIABLE = "E0330", Error, "change of a captured variable";
    LEAVES_CLOSURE = "E0331", Error, "closure cannot be left this way";
    NO_TEXT = "E0332", Error, "type has no text";
    ENDLESS_TYPE = "E0333", Error, "types grow without end";
    BAD_QUANTITY = "E0334", Error, "no single integer to count with";
    RANGE_VALUE = "E0335", Error, "a range is no value";
    CONST_ARGUMENT = "E0350", Error, "wrong argument of a `const` parameter";
    PRIVATE_FIELD = "E0351", Error, "field is private to its module";
}
