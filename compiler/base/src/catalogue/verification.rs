//! Codes of verification (E07xx).

super::codes! {
    NOT_PROVED = "E0701", Error, "promise not proved";
    UNDECIDED = "E0702", Error, "promise undecided";
    CONTRADICTION = "E0703", Error, "function that can never start";
    ASSUMED = "E0704", Warning, "proofs rest on an assumption";
    UNTESTED = "E0705", Warning, "promise not tested";
    REFUTED = "E0706", Error, "promise broken";
    UNREACHED = "E0707", Warning, "code that no run reaches";
    EMPTY_PROMISE = "E0708", Warning, "promise that says nothing";
}
