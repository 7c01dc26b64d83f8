//! Links the pinned Z3.

fn main() {
    deed_z3::link();
}
