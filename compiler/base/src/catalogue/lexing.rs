//! Codes of reading sources and of the lexer (E00xx).

super::codes! {
    UNREADABLE_SOURCE = "E0001", Error, "source cannot be read";
    NOT_UTF8 = "E0002", Error, "source is not UTF-8";
    SOURCE_TOO_LARGE = "E0003", Error, "source is too large";
}
