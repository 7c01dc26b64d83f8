//! Codes of the parser (E01xx).

super::codes! {
    SYNTAX = "E0101", Error, "unexpected token";
    UNCLOSED_BRACKET = "E0102", Error, "bracket is never closed";
    STRAY_BRACKET = "E0103", Error, "bracket closes nothing";
    MISSING_NAME = "E0104", Error, "name is missing";
    TOO_DEEP = "E0105", Error, "nested too deeply";
    SEMICOLON = "E0106", Error, "semicolon";
    MISPLACED_DOC = "E0107", Warning, "doc comment describes nothing";
    MODULE_HEADER = "E0108", Error, "module header missing or misplaced";
    BAD_MODIFIER = "E0109", Error, "word cannot stand here";
    CHAINED_COMPARISON = "E0110", Error, "chained comparison";
    USELESS_EXPRESSION = "E0111", Error, "expression does nothing";
    MISSING_ELSE = "E0112", Error, "`if` without `else` has no value";
    BAD_CALL_SUFFIX = "E0113", Error, "suffix does not belong here";
    BAD_DECLARATION = "E0114", Error, "malformed declaration";
    MISPLACED_CLAUSE = "E0115", Error, "clause at the wrong place";
    BAD_EXPRESSION = "E0116", Error, "malformed expression";
}
