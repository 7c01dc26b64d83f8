//! Texts that many nodes share.
//!
//! In: a text. Out: a [`Word`] of the size of a pointer.
//! Holds always: a word never changes; equal texts are the same word, whoever made them.
//!
//! A word lives as long as the process does, so that it is copied and dropped for nothing. What a process
//! keeps are the distinct names of all sources that it has read: a few bytes for each, not for each use.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::{LazyLock, Mutex, PoisonError};

use foldhash::HashSet;

/// A name, or another short text: cloning it copies a pointer.
// No `Copy`, for a clone shows where a name goes on to live in another tree.
#[derive(Clone)]
pub struct Word(&'static Text);

/// A text behind a thin pointer.
#[derive(PartialEq, Eq, Hash)]
struct Text(Box<str>);

/// Every word there is.
static WORDS: LazyLock<Mutex<HashSet<&'static Text>>> = LazyLock::new(Mutex::default);

impl Borrow<str> for &'static Text {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Word {
    /// The word of a text: the one there is, or a new one.
    fn of(text: &str) -> Word {
        // A panic elsewhere leaves the set sound: an entry is in it or is not.
        let mut words = WORDS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = words.get(text) {
            return Word(known);
        }
        let fresh: &'static Text = Box::leak(Box::new(Text(text.into())));
        words.insert(fresh);
        Word(fresh)
    }

    pub fn as_str(&self) -> &'static str {
        &self.0.0
    }
}

impl PartialEq for Word {
    fn eq(&self, other: &Word) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}

impl Eq for Word {}

impl PartialOrd for Word {
    fn partial_cmp(&self, other: &Word) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Word {
    fn cmp(&self, other: &Word) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Word {
    /// As its text, which may stand in its place as a key.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Word {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Word {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Word::of(text)
    }
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        Word::of(&text)
    }
}

impl PartialEq<str> for Word {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Word {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<Word> for &str {
    fn eq(&self, other: &Word) -> bool {
        *self == other.as_str()
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::Word;

    #[test]
    fn equal_texts_are_one_word() {
        let (one, same, other) =
            (Word::from("price"), Word::from(String::from("price")), Word::from("prices"));
        assert!(one == same && std::ptr::eq(one.as_str(), same.as_str()));
        assert!(one != other && one < other && one == "price");
    }
}
