//! What earlier runs found out, so that nothing is asked twice.
//!
//! In: questions, and a [`Store`] that whoever runs the verifier keeps. Out: answers that were given before.
//! Holds always: a key is a hash of all that an answer depends on: the formulas, the solver with its version,
//! its limits and seed, and how it is asked. An answer that was cut short by a clock is not kept. What a
//! store holds and nobody can read counts as not there.

use sha2::{Digest, Sha256};

use crate::solver::{Limits, Verdict};

/// How the solver is asked and how answers are written: raise it with either of them.
const FORM: u32 = 1;

/// Names an answer: a SHA-256 of the question and of all that has a say in the answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key(pub [u8; 32]);

/// Where answers are kept between runs, by whoever does the reading and writing.
///
/// It has to give back what was put there or nothing: a store checks what it reads.
pub trait Store: Sync {
    /// What was put there.
    fn get(&self, key: &Key) -> Option<String>;

    /// Keeps a text of one line.
    fn put(&self, key: &Key, text: &str);
}

/// Keeps nothing.
pub struct Nothing;

impl Store for Nothing {
    fn get(&self, _: &Key) -> Option<String> {
        None
    }

    fn put(&self, _: &Key, _: &str) {}
}

/// An answer as a line of a file: its key, a check over key and text, the text.
pub fn line(key: &Key, text: &str) -> String {
    let key = hex(&key.0);
    let check = check(&key, text);
    format!("{key} {check} {text}")
}

/// The answer that a line holds; nothing for a line that is damaged, or that something else wrote.
pub fn from_line(line: &str) -> Option<(Key, &str)> {
    let (name, rest) = line.split_once(' ')?;
    let (given, text) = rest.split_once(' ')?;
    let mut key = Key([0; 32]);
    if name.len() != 64 || !name.is_ascii() || given != check(name, text) {
        return None;
    }
    for (at, byte) in key.0.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&name[2 * at..2 * at + 2], 16).ok()?;
    }
    Some((key, text))
}

fn check(key: &str, text: &str) -> String {
    let hash = Sha256::new().chain_update(key).chain_update([0]).chain_update(text).finalize();
    hex(&hash[..8])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key of a condition, of which `hash` is the hash.
pub(crate) fn key(hash: &[u8; 32], z3_version: &str, limits: Limits) -> Key {
    let Limits { rlimit, seed, ceiling: _ } = limits;
    let made = concat!("deed ", env!("CARGO_PKG_VERSION"));
    let about = format!("{made} form {FORM} z3 {z3_version} rlimit {rlimit} seed {seed}\n");
    Key(Sha256::new().chain_update(about).chain_update(hash).finalize().into())
}

/// A verdict as it is kept; nothing for one that another run may not come to.
pub(crate) fn written(verdict: &Verdict) -> Option<String> {
    let value = match verdict {
        Verdict::Holds => serde_json::json!("holds"),
        Verdict::Fails(values) => serde_json::json!({ "fails": values }),
        Verdict::Unknown(reason) => serde_json::json!({ "unknown": reason }),
        Verdict::Kept(formula) => serde_json::json!({ "kept": formula }),
        Verdict::Stopped | Verdict::Lost(_) => return None,
    };
    Some(value.to_string())
}

/// A verdict that was kept; nothing for any other text.
pub(crate) fn read(text: &str) -> Option<Verdict> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    if value == "holds" {
        return Some(Verdict::Holds);
    }
    let (kind, what) = value.as_object()?.iter().next()?;
    match kind.as_str() {
        "fails" => serde_json::from_value(what.clone()).ok().map(Verdict::Fails),
        "kept" => what.as_str().map(|formula| Verdict::Kept(formula.to_string())),
        "unknown" => what.as_str().map(|reason| Verdict::Unknown(reason.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_come_back_as_they_were() {
        let values = vec![("self.total".to_string(), "-3".to_string())];
        let unknown = Verdict::Unknown("no \"answer\"\n".to_string());
        let kept = Verdict::Kept("(<= x 5)\n".to_string());
        for verdict in [Verdict::Holds, Verdict::Fails(values), unknown, kept] {
            let text = written(&verdict).expect("it is kept");
            assert!(!text.contains('\n'), "one line: {text}");
            assert_eq!(read(&text), Some(verdict));
        }
    }

    #[test]
    fn what_a_clock_ended_is_not_kept() {
        assert_eq!(written(&Verdict::Stopped), None);
    }

    #[test]
    fn other_texts_are_no_verdicts() {
        for text in
            ["", "{", "\"fails\"", "{\"fails\": 3}", "{\"holds\": true}", "[]", "{}", "null"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn lines_are_read_whole_or_not_at_all() {
        let key = Key([7; 32]);
        let whole = line(&key, "{\"fails\": []}");
        assert_eq!(from_line(&whole), Some((key, "{\"fails\": []}")));
        for end in 0..whole.len() {
            assert_eq!(from_line(&whole[..end]), None, "cut at {end}");
        }
        for at in 0..whole.len() {
            let mut bytes = whole.clone().into_bytes();
            bytes[at] ^= 1;
            let damaged = String::from_utf8(bytes).expect("still ASCII");
            assert_eq!(from_line(&damaged), None, "changed at {at}");
        }
    }

    #[test]
    fn limits_version_and_seed_are_part_of_the_key() {
        let limits = Limits::default();
        let first = key(&[0; 32], "5.3.2.0", limits);
        assert_eq!(key(&[0; 32], "5.3.2.0", limits), first);
        assert_ne!(key(&[1; 32], "5.3.2.0", limits), first);
        assert_ne!(key(&[0; 32], "5.3.2.1", limits), first);
        assert_ne!(key(&[0; 32], "5.3.2.0", Limits { seed: 1, ..limits }), first);
        assert_ne!(key(&[0; 32], "5.3.2.0", Limits { rlimit: 1, ..limits }), first);
    }
}
