//! Golden, end-to-end and tidy tests.
