//! Codes of name resolution (E02xx).

super::codes! {
    UNKNOWN_NAME = "E0201", Error, "unknown name";
    DUPLICATE_NAME = "E0202", Error, "name declared twice";
    HIDDEN_NAME = "E0203", Error, "name hides another";
    UNKNOWN_MODULE = "E0204", Error, "unknown module";
    PRIVATE_ITEM = "E0205", Error, "item is private to its module";
    WRONG_KIND = "E0206", Error, "name means something else";
    MISSING_SELF = "E0207", Error, "`self.` is missing";
    UNKNOWN_MEMBER = "E0208", Error, "unknown field or function";
    OUTSIDE_CONTRACT = "E0209", Error, "`self` outside a contract";
    UNEQUAL_ALTERNATIVES = "E0210", Error, "alternatives bind different names";
    PLAIN_BINDER = "E0211", Error, "nothing is taken apart here";
    BAD_CONST_PARAM = "E0230", Error, "type of a `const` parameter";
}
