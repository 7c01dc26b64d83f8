//! What a host was asked and what it answered, and a host made of that.
//!
//! In: a host, or a record. Out: a record, or a host that gives the same answers to the same
//! questions: a call that ended badly somewhere ends so again, without the chain that it ran on.

use crate::bytes::Bytes;
use crate::host::{Context, Entry, Host, HostError};
use crate::value::{Address, Hash};

/// What an engine asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    Get { contract: Address, key: Vec<u8> },
    Range { contract: Address, start: Vec<u8>, end: Option<Vec<u8>>, limit: usize },
    Last { contract: Address, start: Vec<u8>, end: Vec<u8> },
    CodeHash { contract: Address },
    Code { hash: Hash },
    Capability { name: String, args: Vec<u8> },
}

/// What a host says, in the form of its question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Value(Option<Bytes>),
    Entries(Vec<Entry>),
    Entry(Option<Entry>),
    CodeHash(Option<Hash>),
    Code(Option<Vec<u8>>),
    Results(Vec<u8>),
    Failed(HostError),
}

/// The questions of one call with their answers, in order, and the transaction it ran in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub context: Context,
    pub answers: Vec<(Question, Answer)>,
}

/// A host that writes down what it is asked.
#[derive(Debug)]
pub struct Recording<'h, H> {
    host: &'h mut H,
    answers: Vec<(Question, Answer)>,
}

/// A host that answers from a record. A question that does not come next in it fails as
/// [`HostError::Fatal`].
#[derive(Debug)]
pub struct Replaying {
    record: Record,
    at: usize,
}

impl<'h, H: Host> Recording<'h, H> {
    pub fn new(host: &'h mut H) -> Recording<'h, H> {
        Recording { host, answers: Vec::new() }
    }

    pub fn finish(self) -> Record {
        Record { context: self.host.context().clone(), answers: self.answers }
    }

    fn note<T: Clone>(
        &mut self,
        question: Question,
        answered: Result<T, HostError>,
        answer: impl FnOnce(T) -> Answer,
    ) -> Result<T, HostError> {
        let kept = answered.clone().map_or_else(Answer::Failed, answer);
        self.answers.push((question, kept));
        answered
    }
}

impl<H: Host> Host for Recording<'_, H> {
    fn get(&mut self, contract: &Address, key: &[u8]) -> Result<Option<Bytes>, HostError> {
        let answered = self.host.get(contract, key);
        let question = Question::Get { contract: *contract, key: key.to_vec() };
        self.note(question, answered, Answer::Value)
    }

    fn range(
        &mut self,
        contract: &Address,
        start: &[u8],
        end: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Entry>, HostError> {
        let answered = self.host.range(contract, start, end, limit);
        let (contract, start, end) = (*contract, start.to_vec(), end.map(<[u8]>::to_vec));
        self.note(Question::Range { contract, start, end, limit }, answered, Answer::Entries)
    }

    fn last(
        &mut self,
        contract: &Address,
        start: &[u8],
        end: &[u8],
    ) -> Result<Option<Entry>, HostError> {
        let answered = self.host.last(contract, start, end);
        let (contract, start, end) = (*contract, start.to_vec(), end.to_vec());
        self.note(Question::Last { contract, start, end }, answered, Answer::Entry)
    }

    fn code_hash(&mut self, contract: &Address) -> Result<Option<Hash>, HostError> {
        let answered = self.host.code_hash(contract);
        self.note(Question::CodeHash { contract: *contract }, answered, Answer::CodeHash)
    }

    fn code(&mut self, hash: &Hash) -> Result<Option<Vec<u8>>, HostError> {
        let answered = self.host.code(hash);
        self.note(Question::Code { hash: *hash }, answered, Answer::Code)
    }

    fn capability(&mut self, name: &str, args: &[u8]) -> Result<Vec<u8>, HostError> {
        let answered = self.host.capability(name, args);
        let question = Question::Capability { name: name.to_owned(), args: args.to_vec() };
        self.note(question, answered, Answer::Results)
    }

    fn context(&self) -> &Context {
        self.host.context()
    }
}

impl Replaying {
    pub fn new(record: Record) -> Replaying {
        Replaying { record, at: 0 }
    }

    /// Whether every question of the record has been asked.
    pub fn is_done(&self) -> bool {
        self.at == self.record.answers.len()
    }

    fn answer<T>(
        &mut self,
        question: Question,
        take: impl FnOnce(Answer) -> Option<T>,
    ) -> Result<T, HostError> {
        let other = |what: String| HostError::Fatal(format!("the record has {what}"));
        let Some((next, answer)) = self.record.answers.get(self.at) else {
            return Err(other(format!("no further question, and this came: {question:?}")));
        };
        if *next != question {
            return Err(other(format!("{next:?} where {question:?} came")));
        }
        self.at += 1;
        match answer.clone() {
            Answer::Failed(error) => Err(error),
            answer => take(answer).ok_or_else(|| other("an answer of another kind".to_owned())),
        }
    }
}

impl Host for Replaying {
    fn get(&mut self, contract: &Address, key: &[u8]) -> Result<Option<Bytes>, HostError> {
        self.answer(Question::Get { contract: *contract, key: key.to_vec() }, |answer| match answer
        {
            Answer::Value(value) => Some(value),
            _ => None,
        })
    }

    fn range(
        &mut self,
        contract: &Address,
        start: &[u8],
        end: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Entry>, HostError> {
        let (contract, start, end) = (*contract, start.to_vec(), end.map(<[u8]>::to_vec));
        self.answer(Question::Range { contract, start, end, limit }, |answer| match answer {
            Answer::Entries(entries) => Some(entries),
            _ => None,
        })
    }

    fn last(
        &mut self,
        contract: &Address,
        start: &[u8],
        end: &[u8],
    ) -> Result<Option<Entry>, HostError> {
        let (contract, start, end) = (*contract, start.to_vec(), end.to_vec());
        self.answer(Question::Last { contract, start, end }, |answer| match answer {
            Answer::Entry(entry) => Some(entry),
            _ => None,
        })
    }

    fn code_hash(&mut self, contract: &Address) -> Result<Option<Hash>, HostError> {
        self.answer(Question::CodeHash { contract: *contract }, |answer| match answer {
            Answer::CodeHash(hash) => Some(hash),
            _ => None,
        })
    }

    fn code(&mut self, hash: &Hash) -> Result<Option<Vec<u8>>, HostError> {
        self.answer(Question::Code { hash: *hash }, |answer| match answer {
            Answer::Code(code) => Some(code),
            _ => None,
        })
    }

    fn capability(&mut self, name: &str, args: &[u8]) -> Result<Vec<u8>, HostError> {
        let question = Question::Capability { name: name.to_owned(), args: args.to_vec() };
        self.answer(question, |answer| match answer {
            Answer::Results(results) => Some(results),
            _ => None,
        })
    }

    fn context(&self) -> &Context {
        &self.record.context
    }
}
