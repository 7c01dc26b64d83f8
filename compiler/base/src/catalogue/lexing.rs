//! Codes of reading sources and of the lexer (E00xx).

super::codes! {
    UNREADABLE_SOURCE = "E0001", Error, "source cannot be read";
    NOT_UTF8 = "E0002", Error, "source is not UTF-8";
    SOURCE_TOO_LARGE = "E0003", Error, "source is too large";
    UNTERMINATED_STRING = "E0004", Error, "string does not end";
    UNTERMINATED_COMMENT = "E0005", Error, "comment does not end";
    BAD_CHARACTER = "E0006", Error, "character without meaning";
    BAD_NUMBER = "E0007", Error, "malformed number";
    BAD_ESCAPE = "E0008", Error, "unknown escape";
    BAD_BYTE_STRING = "E0009", Error, "malformed byte string";
    BIDIRECTIONAL_CONTROL = "E0010", Error, "hidden change of text direction";
    CONFUSABLE_NAME = "E0011", Error, "name that can be mistaken for another";
}
