//! Deed's instruction set: encode, decode, validate, disassemble.
