//! The way to Z3: which library is linked, and that it is the one proofs are made with.
//!
//! Holds always: proofs are made with the pinned version or not at all.

use std::fmt;

/// The version of Z3 that proofs are made with. Another one may decide other queries within the
/// same resource limit, therefore results would not repeat.
const PINNED: &str = env!("DEED_Z3_VERSION");

/// Why the solver cannot be used at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SolverError {
    /// The loaded library is not the pinned one.
    WrongVersion {
        /// The version that proofs are made with.
        pinned: String,
        /// The version of the library that the loader found.
        loaded: String,
    },
}

impl fmt::Display for SolverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::WrongVersion { pinned, loaded } = self;
        write!(
            f,
            "proofs are made with Z3 {pinned}, but the loaded libz3 is {loaded}; unset \
             LD_LIBRARY_PATH and Z3_LIBRARY_PATH_OVERRIDE, or point them at Z3 {pinned}"
        )
    }
}

impl std::error::Error for SolverError {}

/// The full version of the Z3 library that this process has loaded, such as `5.3.2.0`.
///
/// # Errors
/// The loaded library is not the pinned version, so its answers would not repeat.
pub fn z3_version() -> Result<String, SolverError> {
    matching(z3::full_version(), PINNED)
}

fn matching(loaded: &str, pinned: &str) -> Result<String, SolverError> {
    if loaded == pinned {
        return Ok(loaded.to_owned());
    }
    Err(SolverError::WrongVersion { pinned: pinned.to_owned(), loaded: loaded.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use z3::ast::Int;
    use z3::{SatResult, Solver};

    #[test]
    fn the_loaded_library_is_the_pinned_one() {
        assert_eq!(z3_version(), Ok(PINNED.to_owned()));
    }

    #[test]
    fn another_version_is_an_error_that_names_both() {
        let error = matching("4.8.12.0", "5.3.2.0").expect_err("the versions differ");
        assert!(error.to_string().contains("Z3 5.3.2.0, but the loaded libz3 is 4.8.12.0"));
    }

    #[test]
    fn the_library_proves_and_refutes() {
        let (x, y) = (Int::fresh_const("x"), Int::fresh_const("y"));
        let solver = Solver::new();
        solver.assert(x.gt(0) & y.gt(&x));
        solver.push();
        solver.assert(y.le(1));
        assert_eq!(solver.check(), SatResult::Unsat, "y > x > 0 implies y > 1");
        solver.pop(1);
        solver.assert(x.eq(41) & y.lt(43));
        assert_eq!(solver.check(), SatResult::Sat);
        let model = solver.get_model().expect("a satisfiable query has a model");
        assert_eq!(model.eval(&y, true).and_then(|value| value.as_i64()), Some(42));
    }
}
