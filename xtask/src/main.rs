//! Sets up what a machine lacks, then demonstrates, tests, and documents.

fn main() {}
