//! What the server does on demand: proving, testing, measuring, running.
//!
//! In: a command's name and arguments. Out: what `deed` says, in messages, and as proofs and numbers
//! beside the code.
//! Holds always: `deed` runs as a process of its own, and ends when the request is cancelled, when
//! the user says so, or, for proofs, when the text changes.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{ExecuteCommandParams, MessageType, Url};

use super::context::{Context, refused};
use super::convert;
use super::memory::GasRows;
use super::progress::Progress;
use super::worker::{self, Output, Stop, StopOnDrop};
use crate::analysis::workspace::package_of;
use crate::features::proofs::Proofs;

pub(super) const VERIFY: &str = "deed.verify";
pub(super) const TEST: &str = "deed.test";
pub(super) const GAS: &str = "deed.gas";
pub(super) const RUN: &str = "deed.run";
pub(super) const ALL: [&str; 4] = [VERIFY, TEST, GAS, RUN];

/// The one argument of each command.
#[derive(Deserialize)]
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
    let wish = params.arguments.into_iter().next().unwrap_or_default();
    let wish: Wish = serde_json::from_value(wish)
        .map_err(|why| Error::invalid_params(format!("`{}`: {why}", params.command)))?;
    match params.command.as_str() {
        VERIFY => verify(context, &wish).await,
        TEST => test(context, &wish).await,
        GAS => gas(context, &wish).await,
        RUN => run(context, &wish).await,
        other => Err(Error::invalid_params(format!("there is no command `{other}`"))),
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

async fn verify(context: &Context, wish: &Wish) -> Result<Option<Value>> {
    let (place, snapshot) = (place(wish), context.state.snapshot(&wish.uri)?);
    if let Some(path) = snapshot.workspace.unsaved(&place) {
        let what = format!("`{}` has changes that are not saved", path.display());
        return Err(refused(&what));
    }
    let mut arguments: Vec<OsString> = vec!["verify".into(), "--json".into(), place.clone().into()];
    let chosen = [("--contract", &wish.contract), ("--fn", &wish.function)];
    for (option, value) in chosen {
        arguments.extend(value.iter().flat_map(|value| [option.into(), value.into()]));
    }
    let stop = context.memory.begin_verifying(place.clone());
    let output = work(context, "Verifying", arguments, stop).await?;
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
    let mut arguments: Vec<OsString> = vec!["test".into()];
    arguments.extend(wish.title.iter().map(OsString::from));
    arguments.extend(["--path".into(), place(wish).into()]);
    say(context, "Testing", arguments).await
}

async fn run(context: &Context, wish: &Wish) -> Result<Option<Value>> {
    let mut arguments: Vec<OsString> = vec!["run".into(), place(wish).into()];
    arguments
        .extend(wish.contract.iter().flat_map(|name| ["--contract".into(), OsString::from(name)]));
    say(context, "Running", arguments).await
}

/// Runs `deed`, and shows what it printed.
async fn say(context: &Context, title: &str, arguments: Vec<OsString>) -> Result<Option<Value>> {
    let output = work(context, title, arguments, Arc::default()).await?;
    let Some(output) = output else { return Ok(None) };
    let kind = if output.code == Some(0) { MessageType::INFO } else { MessageType::ERROR };
    let text = format!("{}{}", output.printed, output.complaints);
    context.client.show_message(kind, text.trim_end()).await;
    Ok(Some(Value::String(text)))
}

/// Runs the tests, and keeps what each function used.
async fn gas(context: &Context, wish: &Wish) -> Result<Option<Value>> {
    let place = place(wish);
    let arguments = ["test", "--gas-report", "--json", "--path"].map(OsString::from);
    let arguments = arguments.into_iter().chain([place.clone().into()]).collect();
    let output = work(context, "Measuring", arguments, Arc::default()).await?;
    let Some(output) = output else { return Ok(None) };
    let whole = output.printed.lines().last().unwrap_or_default();
    let whole: Value = serde_json::from_str(whole).map_err(|_| refused(&first_line(&output)))?;
    context.memory.keep_gas(place, rows(&whole["gas"]));
    context.look_again();
    Ok(Some(whole))
}

/// The least and the most that each function used.
fn rows(gas: &Value) -> GasRows {
    let number = |value: &Value| value.as_str().and_then(|text| text.parse().ok());
    let all = gas.as_object().into_iter().flatten();
    all.filter_map(|(name, row)| {
        Some((name.clone(), (number(&row["least"])?, number(&row["most"])?)))
    })
    .collect()
}

/// Runs `deed` to its end and shows that it does; nothing if it was stopped.
async fn work(
    context: &Context,
    title: &str,
    arguments: Vec<OsString>,
    stop: Arc<Stop>,
) -> Result<Option<Output>> {
    let guard = StopOnDrop(stop.clone());
    let progress = Progress::begin(context, title, stop.clone());
    let own = stop.clone();
    let output = tokio::task::spawn_blocking(move || worker::run(&arguments, &own)).await;
    drop(progress);
    let was_stopped = stop.is_stopped();
    drop(guard);
    match output {
        _ if was_stopped => Ok(None),
        Ok(Ok(output)) => Ok(Some(output)),
        Ok(Err(error)) => Err(refused(&format!("`deed` cannot be run: {error}"))),
        Err(_) => Err(Error::internal_error()),
    }
}

fn first_line(output: &Output) -> String {
    let text =
        if output.complaints.trim().is_empty() { &output.printed } else { &output.complaints };
    text.trim().lines().next().unwrap_or("`deed` said nothing").to_owned()
}
