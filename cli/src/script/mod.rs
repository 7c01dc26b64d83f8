//! What a run does: the calls of one command line, or the steps of a script's file.
//!
//! In: the texts of `--deploy`, `--init` and `--call`, or that of `--script`. Out: requests, then steps ready
//! to be taken.
//! Holds always: they come in their order; where one text is wrong nothing runs, and all that
//! is wrong with the texts is said at once.

mod expect;
mod file;

use std::collections::BTreeSet;
use std::path::Path;

use deed_base::{Diagnostic, Diagnostics, SourceId, SourceMap, Span};

use crate::execution::{Book, Prepared, Session};
use crate::exit::{Exit, Failure};
use crate::files;
use crate::request::account::{self, Everybody};
use crate::request::{self, Request};

pub(crate) use expect::{Expectation, compare, ended};

pub(crate) struct Script {
    /// The texts, so that messages can show them.
    sources: SourceMap,
    steps: Vec<Read>,
}

/// A step as it was read.
enum Read {
    Clock(Clock),
    Call(Box<Call>),
}

/// `at 2024-01-08T09:00:00+08:00`
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    /// In seconds since 1970 UTC.
    pub(crate) time: u64,
    pub(crate) place: Span,
}

struct Call {
    request: Request,
    /// The call or deployment alone.
    text: String,
    /// What the script says of its end; of a command line, nothing.
    expected: Option<Vec<Expectation>>,
}

/// A step that fits the interfaces.
pub(crate) enum Step<'a> {
    /// The next transaction has this time.
    At(Clock),
    /// A transaction, and what is expected of it.
    Send(Prepared<'a>, Option<&'a [Expectation]>),
}

impl Script {
    /// Reads the texts of a command line.
    pub(crate) fn read(
        deploys: &[String],
        init: &str,
        calls: &[String],
    ) -> Result<Script, Failure> {
        let mut sources = SourceMap::new();
        let mut read = Vec::new();
        for (number, deploy) in deploys.iter().enumerate() {
            let id = sources.add(format!("--deploy {}", number + 1), deploy.as_str());
            read.push((id, request::deploy(sources.get(id), &Everybody)));
        }
        let main = sources.add("--init", init);
        let request = request::init(sources.get(main), &Everybody);
        read.push((main, request));
        for (number, call) in calls.iter().enumerate() {
            let id = sources.add(format!("--call {}", number + 1), call.as_str());
            read.push((id, request::call(sources.get(id), &Everybody)));
        }
        let plain = |(id, request): (SourceId, Result<Request, _>)| {
            let text = sources.get(id).text.to_string();
            request.map(|request| Read::Call(Box::new(Call { request, text, expected: None })))
        };
        let steps = all(&sources, read.into_iter().map(plain).collect())?;
        Ok(Script { sources, steps })
    }

    /// Reads a script's file.
    pub(crate) fn open(path: &Path) -> Result<Script, Failure> {
        let bytes = files::read(path)?;
        let mut sources = SourceMap::new();
        let text = String::from_utf8_lossy(&bytes);
        let id = sources.add(path.display().to_string(), text.as_ref());
        let steps = all(&sources, file::steps(sources.get(id), &Everybody))?;
        Ok(Script { sources, steps })
    }

    /// Compares every request with the contract's interface.
    pub(crate) fn prepare(&self, session: &Session, gas: u64) -> Result<Vec<Step<'_>>, Failure> {
        let prepared = self.steps.iter().map(|step| match step {
            Read::Clock(clock) => Ok(Step::At(*clock)),
            Read::Call(call) => {
                let Call { request, text, expected } = &**call;
                let prepared = session.prepare(request, text, gas)?;
                Ok(Step::Send(prepared, expected.as_deref()))
            }
        });
        all(&self.sources, prepared.collect())
    }

    /// The contracts that the texts name, each once.
    pub(crate) fn contracts(&self) -> BTreeSet<&str> {
        self.requests().filter_map(|request| request.contract.as_deref()).collect()
    }

    /// The names of all accounts that the texts mention.
    pub(crate) fn book(&self) -> Book {
        let names = self.requests().flat_map(|request| &request.accounts);
        let names = names.map(String::as_str).chain([account::DEFAULT]);
        names.map(|name| (account::address(name).to_string(), name.to_owned())).collect()
    }

    /// What is said where a step does not end as it should.
    pub(crate) fn failure(&self, diagnostic: Diagnostic) -> Failure {
        let mut diagnostics = Diagnostics::new();
        diagnostics.push(diagnostic);
        Failure::Sources { exit: Exit::Failed, sources: self.sources.clone(), diagnostics }
    }

    fn requests(&self) -> impl Iterator<Item = &Request> {
        self.steps.iter().filter_map(|step| match step {
            Read::Call(call) => Some(&call.request),
            Read::Clock(_) => None,
        })
    }
}

/// All results, or all messages.
fn all<T>(
    sources: &SourceMap,
    results: Vec<Result<T, Box<Diagnostic>>>,
) -> Result<Vec<T>, Failure> {
    let mut diagnostics = Diagnostics::new();
    let mut good = Vec::new();
    for result in results {
        match result {
            Ok(value) => good.push(value),
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    match diagnostics.is_empty() {
        true => Ok(good),
        false => Err(Failure::Sources { exit: Exit::Usage, sources: sources.clone(), diagnostics }),
    }
}
