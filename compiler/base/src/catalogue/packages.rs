//! Codes of packages and of the command line (E08xx).

super::codes! {
    UNREADABLE_PACKAGE = "E0801", Error, "package cannot be read";
    BAD_MANIFEST = "E0802", Error, "deed.toml is not valid";
    BAD_CALL = "E0803", Error, "call cannot be read";
    BAD_ARGUMENT = "E0804", Error, "argument does not fit its parameter";
    NO_SUCH_CONTRACT = "E0805", Error, "no such contract";
    BAD_MODULE = "E0806", Error, "module file is not valid";
    BAD_DEPENDENCY = "E0807", Error, "dependency cannot be used";
    BAD_LOCK = "E0808", Error, "deed.lock is not valid";
    VENDORED_CHANGED = "E0809", Error, "vendored package has changed";
    UNMET_EXPECTATION = "E0810", Error, "script expects something else";
}
