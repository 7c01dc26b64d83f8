//! From sources to a module: names, types, checks, middle end, code.
