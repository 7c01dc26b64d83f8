//! Where questions are answered: in this process, or in others that may be killed.
//!
//! In: a question. Out: a verdict.
//! Holds always: a process that ends, is killed or says what nobody understands costs the answer that it was asked
//! for, and no other; both ways give the same answers, for the solver over there is told the same in the same
//! order. Starting and killing processes is the matter of whoever runs the verifier: here is only what they say.

use std::io::{self, ErrorKind, Read, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use crate::cache;
use crate::solver::{self, Limits, Verdict};
use crate::vc::term::Terms;
use crate::vc::{Asked, wire};

/// How long a solver may take to stop after it was told to.
const GRACE: Duration = Duration::from_secs(5);

/// No message is longer, so that a damaged length costs nothing.
const LONGEST: usize = 1 << 30;

/// The solver goes deep into terms that are deep.
const STACK: usize = 256 << 20;

/// Processes that answer questions by [`serve`].
pub trait Workers: Send + Sync {
    /// Brings a question to a process, and the answer back. A process that takes longer than `patience` is
    /// killed.
    ///
    /// # Errors
    /// What became of the process instead.
    fn ask(&self, question: &[u8], patience: Duration) -> Result<Vec<u8>, Loss>;
}

/// Why a process gave no answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Loss {
    /// It took too long and was killed.
    Stuck,
    /// It ended, or never began: how, in a few words such as `killed by signal 9`.
    Ended(String),
}

/// Answers questions until there are none: what a process of [`Workers`] does. It returns as soon as the input
/// ends, even if a question is still being thought about.
///
/// # Errors
/// The streams break, or carry anything but questions.
pub fn serve(mut input: impl Read, mut output: impl Write + Send + 'static) -> io::Result<()> {
    let (give, take) = channel::<Vec<u8>>();
    thread::Builder::new().stack_size(STACK).spawn(move || {
        for question in take {
            let answer = answered(&question).unwrap_or_default();
            if send(&mut output, &answer).is_err() {
                return;
            }
        }
    })?;
    while let Some(question) = receive(&mut input)? {
        if give.send(question).is_err() {
            break;
        }
    }
    Ok(())
}

/// Writes a message: its length in four bytes, the lowest first, and its bytes.
///
/// # Errors
/// The stream breaks.
pub fn send(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length =
        u32::try_from(bytes.len()).map_err(|_| io::Error::from(ErrorKind::InvalidInput))?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(bytes)?;
    out.flush()
}

/// Reads a message; nothing at the end of the stream.
///
/// # Errors
/// The stream breaks, or ends in a message.
pub fn receive(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut bytes = Vec::new();
    from.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() < length { Err(ErrorKind::UnexpectedEof.into()) } else { Ok(Some(bytes)) }
}

/// Asks a solver in this process. Whatever goes wrong in there is the matter of this question alone, as long as
/// the process lives.
pub(crate) fn here(terms: &Terms, asked: &Asked, limits: Limits) -> Verdict {
    panic::catch_unwind(AssertUnwindSafe(|| solver::check(terms, asked, limits)))
        .unwrap_or_else(|_| Verdict::Lost("by an error of its own".to_string()))
}

/// Asks a solver in another process.
pub(crate) fn there(
    workers: &dyn Workers,
    terms: &Terms,
    asked: &Asked,
    limits: Limits,
) -> Verdict {
    let patience = limits.ceiling.saturating_add(GRACE);
    match workers.ask(&question(terms, asked, limits), patience) {
        Ok(answer) => verdict(&answer)
            .unwrap_or_else(|| Verdict::Lost("it said what nobody understands".to_string())),
        Err(Loss::Stuck) => Verdict::Stopped,
        Err(Loss::Ended(how)) => Verdict::Lost(how),
    }
}

fn question(terms: &Terms, asked: &Asked, limits: Limits) -> Vec<u8> {
    let ceiling = u64::try_from(limits.ceiling.as_millis()).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    bytes.extend(limits.rlimit.to_le_bytes());
    bytes.extend(limits.seed.to_le_bytes());
    bytes.extend(ceiling.to_le_bytes());
    bytes.extend(wire::written(terms, asked));
    bytes
}

fn answered(question: &[u8]) -> Option<Vec<u8>> {
    let (rlimit, rest) = question.split_first_chunk()?;
    let (seed, rest) = rest.split_first_chunk()?;
    let (ceiling, rest) = rest.split_first_chunk()?;
    let ceiling = Duration::from_millis(u64::from_le_bytes(*ceiling));
    let (rlimit, seed) = (u32::from_le_bytes(*rlimit), u32::from_le_bytes(*seed));
    let (terms, asked) = wire::read(rest)?;
    let verdict = here(&terms, &asked, Limits { rlimit, seed, ceiling });
    Some(text(&verdict).into_bytes())
}

/// The word for a question that was stopped, which no cache keeps.
const STOPPED: &str = "\"stopped\"";

fn text(verdict: &Verdict) -> String {
    match (verdict, cache::written(verdict)) {
        (_, Some(text)) => text,
        (Verdict::Lost(how), None) => serde_json::json!({ "lost": how }).to_string(),
        (_, None) => STOPPED.to_string(),
    }
}

fn verdict(answer: &[u8]) -> Option<Verdict> {
    let text = std::str::from_utf8(answer).ok()?;
    if text == STOPPED {
        return Some(Verdict::Stopped);
    }
    cache::read(text).or_else(|| {
        let value: serde_json::Value = serde_json::from_str(text).ok()?;
        Some(Verdict::Lost(value.get("lost")?.as_str()?.to_string()))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::vc::Kind;
    use crate::vc::term::Sort;

    /// Speaks to [`serve`] without a process.
    struct Mirror;

    impl Workers for Mirror {
        fn ask(&self, question: &[u8], _: Duration) -> Result<Vec<u8>, Loss> {
            answered(question).ok_or(Loss::Stuck)
        }
    }

    #[test]
    fn both_ways_give_the_same_answers() {
        let mut t = Terms::new();
        let (x, minus, zero) = (t.fresh("x", Sort::Int), t.int(-3), t.int(0));
        let (below, above) = (t.le(x, minus), t.le(minus, x));
        let (fails, holds) = (t.le(zero, x), t.lt(x, zero));
        for goal in [fails, holds] {
            let watched = vec![("x".to_string(), x)];
            let asked = Asked { facts: vec![below, above], goal, watched, kind: Kind::Promise };
            let limits = Limits::default();
            assert_eq!(there(&Mirror, &t, &asked, limits), here(&t, &asked, limits));
        }
    }

    #[test]
    fn every_verdict_crosses() {
        let values = vec![("x".to_string(), "1".to_string())];
        let all = [
            Verdict::Holds,
            Verdict::Fails(values),
            Verdict::Unknown("\"why\"\n".to_string()),
            Verdict::Stopped,
            Verdict::Lost("killed by signal 9".to_string()),
        ];
        for one in all {
            assert_eq!(verdict(text(&one).as_bytes()), Some(one));
        }
        assert_eq!(verdict(b""), None);
        assert_eq!(verdict(b"{}"), None);
    }

    /// A stream that two threads look at.
    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("nobody panics").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_is_no_question_has_an_empty_answer_and_no_verdict() {
        let mut input = Vec::new();
        send(&mut input, b"nonsense").expect("a vector takes all");
        let output = Shared::default();
        serve(&input[..], output.clone()).expect("the streams are whole");
        // It does not wait for the answer, where nobody else does.
        while output.0.lock().expect("nobody panics").len() < 4 {
            thread::yield_now();
        }
        assert_eq!(*output.0.lock().expect("nobody panics"), [0; 4]);
    }

    #[test]
    fn half_a_message_is_an_error() {
        let mut bytes = Vec::new();
        send(&mut bytes, b"whole").expect("a vector takes all");
        assert_eq!(receive(&mut &bytes[..]).expect("it is whole"), Some(b"whole".to_vec()));
        assert!(receive(&mut &bytes[..bytes.len() - 1]).is_err());
        assert!(receive(&mut &[255; 8][..]).is_err(), "a length without end");
    }
}
