//! The command line of Deed.

fn main() {}
