//! What the server does on demand: proving, testing, measuring, running.
//!
//! In: a command's name and arguments. Out: what `deed` says, in messages, and as proofs and numbers
//! beside the code.
//! Holds always: `deed` runs as a process of its own, on the editor's texts, and ends when the request
//! is cancelled, when the user says so, after [`LONGEST`], or, for proofs, when the text changes.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{ExecuteCommandParams, MessageType, Url};

use super::context::{Context, refused};
use super::convert;
use super::progress::Progress;
use super::worker::{self, Output, Stop, StopOnDrop};
use crate::analysis::workspace::{Workspace, package_of};
use crate::features::gas::Gas;
use crate::features::proofs::Proofs;

pub(super) const VERIFY: &str = "deed.verify";
pub(super) const TEST: &str = "deed.test";
pub(super) const GAS: &str = "deed.gas";
pub(super) const RUN: &str = "deed.run";
pub(super) const ALL: [&str; 4] = [VERIFY, TEST, GAS, RUN];

/// Nobody waits longer than this for what runs beside the editor.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// The one argument of each command.
#[derive(Deserialize)]
#[serde(expecting = "an object with a `uri`")]
struct Wish {
    uri: Url,
    #[serde(default)]
    contract: Option<String>,
    #[serde(default)]
    function: Option<String>,
    #[serde(default)]
    title: Option<String>,
}

pub(super) async fn execute(
    context: &Context,
    params: ExecuteCommandParams,
) -> Result<Option<Value>> {
    let command = params.command.as_str();
    if !ALL.contains(&command) {
        return Err(Error::invalid_params(format!("there is no command `{command}`")));
    }
    let wish = params.arguments.into_iter().next().unwrap_or_default();
    let wish: Wish = serde_json::from_value(wish)
        .map_err(|why| Error::invalid_params(format!("`{command}`: {why}")))?;
    match command {
        VERIFY => verify(context, &wish).await,
        TEST => test(context, &wish).await,
        GAS => gas(context, &wish).await,
        _ => run(context, &wish).await,
    }
}

/// Verifies the package of a file that was saved.
pub(super) async fn verify_saved(context: &Context, uri: Url) {
    let wish = Wish { uri, contract: None, function: None, title: None };
    // What is wrong with the package is told by its own messages.
    let _ = verify(context, &wish).await;
}

/// What `deed` is given to work on: the package of a file, or the file.
fn place(wish: &Wish) -> PathBuf {
    let path = convert::path(&wish.uri);
    package_of(&path).unwrap_or(path)
}

/// An option with its value, in one word, so that no value is taken for an option.
fn option(name: &str, value: Option<&str>) -> Option<OsString> {
    value.map(|value| format!("{name}={value}").into())
}

async fn verify(context: &Context, wish: &Wish) -> Result<Option<Value>> {
    let (place, snapshot) = (place(wish), context.state.snapshot(&wish.uri)?);
    let mut arguments: Vec<OsString> = vec!["verify".into(), "--json".into(), place.clone().into()];
    arguments.extend(option("--contract", wish.contract.as_deref()));
    arguments.extend(option("--fn", wish.function.as_deref()));
    let stop = context.memory.begin_verifying(place.clone());
    let workspace = snapshot.workspace.clone();
    let output = work(context, "Verifying", arguments, workspace, stop).await?;
    let Some(output) = output else { return Ok(None) };
    let (json, kept) = (output.printed.clone(), place.clone());
    let read = tokio::task::spawn_blocking(move || {
        let (analysis, _) = snapshot.analysis()?;
        Ok(Proofs::read(analysis, &json).ok())
    });
    let proofs = read.await.unwrap_or_else(|_| Err(Error::internal_error()))?;
    let Some(proofs) = proofs else { return Err(refused(&first_line(&output))) };
    context.memory.keep_proofs(kept, proofs);
    context.look_again();
    Ok(serde_json::from_str(&output.printed).ok())
}

async fn test(context: &Context, wish: &Wish) -> Result<Option<Value>> {
    let mut arguments: Vec<OsString> = vec!["test".into(), "--path".into(), place(wish).into()];
    arguments.extend(wish.title.iter().flat_map(|title| ["--".into(), OsString::from(title)]));
    say(context, "Testing", arguments).await
}

async fn run(context: &Context, wish: &Wish) -> Result<Option<Value>> {
    let mut arguments: Vec<OsString> = vec!["run".into(), place(wish).into()];
    arguments.extend(option("--contract", wish.contract.as_deref()));
    say(context, "Running", arguments).await
}

/// Runs `deed`, and shows what it printed.
async fn say(context: &Context, title: &str, arguments: Vec<OsString>) -> Result<Option<Value>> {
    let output = work(context, title, arguments, context.state.workspace(), Arc::default()).await?;
    let Some(output) = output else { return Ok(None) };
    let kind = if output.code == Some(0) { MessageType::INFO } else { MessageType::ERROR };
    let text = format!("{}{}", output.printed, output.complaints);
    context.client.show_message(kind, text.trim_end()).await;
    Ok(Some(Value::String(text)))
}

/// Runs the tests, and keeps what each function and line used.
async fn gas(context: &Context, wish: &Wish) -> Result<Option<Value>> {
    let (place, snapshot) = (place(wish), context.state.snapshot(&wish.uri)?);
    let arguments = ["test", "--gas-report", "--json", "--path"].map(OsString::from);
    let arguments = arguments.into_iter().chain([place.clone().into()]).collect();
    let workspace = snapshot.workspace.clone();
    let output = work(context, "Measuring", arguments, workspace, Arc::default()).await?;
    let Some(output) = output else { return Ok(None) };
    let whole = output.printed.lines().last().unwrap_or_default().to_owned();
    let json = whole.clone();
    let read = tokio::task::spawn_blocking(move || {
        let (analysis, _) = snapshot.analysis()?;
        Ok(Gas::read(analysis, &json).ok())
    });
    let gas = read.await.unwrap_or_else(|_| Err(Error::internal_error()))?;
    context.memory.keep_gas(place, gas.ok_or_else(|| refused(&first_line(&output)))?);
    context.look_again();
    Ok(serde_json::from_str(&whole).ok())
}

/// Runs `deed` to its end and shows that it does; nothing if it was stopped.
async fn work(
    context: &Context,
    title: &str,
    arguments: Vec<OsString>,
    workspace: Arc<Workspace>,
    stop: Arc<Stop>,
) -> Result<Option<Output>> {
    let guard = StopOnDrop(stop.clone());
    let progress = Progress::begin(context, title, stop.clone());
    let own = stop.clone();
    let output = tokio::task::spawn_blocking(move || {
        let unsaved = workspace.unsaved().map(|(path, text)| (path.to_owned(), text.to_owned()));
        worker::run(&arguments, &unsaved.collect(), &own)
    });
    let output = tokio::time::timeout(LONGEST, output).await;
    drop(progress);
    let was_stopped = stop.is_stopped();
    drop(guard);
    match output {
        _ if was_stopped => Ok(None),
        Ok(Ok(Ok(output))) => Ok(Some(output)),
        Ok(Ok(Err(error))) => Err(refused(&format!("`deed` cannot be run: {error}"))),
        Ok(Err(_)) => Err(Error::internal_error()),
        Err(_) => Err(refused(&format!("{title} took longer than {} s", LONGEST.as_secs()))),
    }
}

fn first_line(output: &Output) -> String {
    let text =
        if output.complaints.trim().is_empty() { &output.printed } else { &output.complaints };
    text.trim().lines().next().unwrap_or("`deed` said nothing").to_owned()
}
