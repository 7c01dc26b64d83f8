//! The calls of one command line.
//!
//! In: the texts of `--deploy`, `--init` and `--call`. Out: requests, then transactions ready to be sent.
//! Holds always: they come in this order; where one text is wrong nothing runs, and all that
//! is wrong with the texts is said at once.

use std::collections::BTreeSet;

use deed_base::{Diagnostic, Diagnostics, SourceId, SourceMap};

use crate::execution::{Book, Prepared, Session};
use crate::exit::{Exit, Failure};
use crate::request::account::{self, Everybody};
use crate::request::{self, Request};

pub(crate) struct Script {
    /// The texts, so that messages can show them.
    sources: SourceMap,
    requests: Vec<(SourceId, Request)>,
}

impl Script {
    /// Reads the texts.
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
        let requests = all(&sources, read)?;
        Ok(Script { sources, requests })
    }

    /// Compares every request with the contract's interface.
    pub(crate) fn prepare(
        &self,
        session: &Session,
        gas: u64,
    ) -> Result<Vec<Prepared<'_>>, Failure> {
        let prepared = self.requests.iter().map(|(id, request)| {
            let text = &self.sources.get(*id).text;
            (*id, session.prepare(request, text, gas))
        });
        let prepared = prepared.collect();
        Ok(all(&self.sources, prepared)?.into_iter().map(|(_, prepared)| prepared).collect())
    }

    /// The contracts that the texts name, each once.
    pub(crate) fn contracts(&self) -> BTreeSet<&str> {
        self.requests.iter().filter_map(|(_, request)| request.contract.as_deref()).collect()
    }

    /// The names of all accounts that the texts mention.
    pub(crate) fn book(&self) -> Book {
        let names = self.requests.iter().flat_map(|(_, request)| &request.accounts);
        let names = names.map(String::as_str).chain([account::DEFAULT]);
        names.map(|name| (account::address(name).to_string(), name.to_owned())).collect()
    }
}

/// All results, or all messages.
fn all<T>(
    sources: &SourceMap,
    results: Vec<(SourceId, Result<T, Box<Diagnostic>>)>,
) -> Result<Vec<(SourceId, T)>, Failure> {
    let mut diagnostics = Diagnostics::new();
    let mut good = Vec::new();
    for (id, result) in results {
        match result {
            Ok(value) => good.push((id, value)),
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    match diagnostics.is_empty() {
        true => Ok(good),
        false => Err(Failure::Sources { exit: Exit::Usage, sources: sources.clone(), diagnostics }),
    }
}
