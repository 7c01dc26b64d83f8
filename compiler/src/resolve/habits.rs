//! What people write who come from another language, and what it is called here.
//!
//! In: a name that means nothing. Out: how Deed says it.
//! Holds always: no word of this table is a word of the language.

/// A word of other languages, and what to write instead.
const HABITS: [(&str, &str); 14] = [
    ("msg", "the caller is `tx.sender`"),
    ("require", "write `requires condition else E(..)` above the body, or `assert condition`"),
    ("revert", "throw an error: `throw E(..)`; everything the call did is undone"),
    ("panic", "throw an error: `throw E(..)`, or `assert` what must hold"),
    ("null", "there is no null: a map's `get` gives an `Option`, taken apart by `??` or `else`"),
    ("nil", "there is no null: a map's `get` gives an `Option`, taken apart by `??` or `else`"),
    ("loop", "an endless loop is `while true { .. }`"),
    ("max", "write `if a > b { a } else { b }`"),
    ("min", "write `if a < b { a } else { b }`"),
    ("mapping", "a map is `Map<Key, Value>`, with a default `Map<Key, Value default 0>`"),
    ("uint", "integers name their width: `u64`, or `u256`"),
    ("int256", "write `i256`"),
    ("uint256", "write `u256`"),
    ("usize", "integers name their width: `u64`, or `u32`"),
];

/// The remedy for a word of another language.
pub(super) fn remedy(word: &str) -> Option<&'static str> {
    HABITS.iter().find(|(habit, _)| *habit == word).map(|(_, remedy)| *remedy)
}

#[cfg(test)]
mod tests {
    use super::HABITS;
    use crate::resolve::types::is_builtin;

    #[test]
    fn no_habit_is_a_type_of_the_language() {
        for (habit, remedy) in HABITS {
            assert!(!is_builtin(habit), "`{habit}` is a type, and yet: {remedy}");
        }
    }
}
