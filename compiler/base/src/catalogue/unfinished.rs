//! Codes of what is not built yet (E09xx).

super::codes! {
    NOT_YET = "E0901", Error, "not executed yet";
    LATER_VERSION = "E0902", Error, "belongs to a later version of the language";
    TOO_LARGE = "E0903", Error, "too large for a module";
}
