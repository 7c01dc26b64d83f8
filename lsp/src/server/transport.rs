//! Messages over a pair of streams.
//!
//! In: framed messages (`Content-Length`, an empty line, JSON). Out: the service's answers.
//! Holds always: messages are taken up in the order of their arrival: a notification is done before
//! the next message is looked at, and a request has taken its snapshot by then; a message that is no
//! message is answered by an error, and the next one is read; nothing longer than [`MAX_MESSAGE`] is
//! held in memory.
//!
//! `tower_lsp::Server` would do most of this, but it stops at the first text that is no JSON, does
//! not end at `exit` while the input stays open, and starts later messages while earlier ones wait.

use std::io;
use std::pin::pin;

use futures::future::poll_fn;
use futures::{SinkExt, StreamExt};
use serde::Serialize;
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader,
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower_lsp::jsonrpc::{Error, Id, Request, Response};
use tower_lsp::{ClientSocket, LanguageServer, LspService};
use tower_service::Service;

/// The longest message, in bytes: four times the longest source, for its escapes.
const MAX_MESSAGE: u64 = 64 * 1024 * 1024;
/// The longest line of a header.
const MAX_HEADER: u64 = 4096;

/// What ended the conversation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// The client said `exit`.
    Exit,
    /// The input ended.
    Closed,
}

/// Serves until the client says `exit` or closes the input.
pub(super) async fn serve<S: LanguageServer>(
    mut service: LspService<S>,
    socket: ClientSocket,
    input: impl tokio::io::AsyncRead + Unpin,
    output: impl AsyncWrite + Unpin + Send + 'static,
) -> io::Result<End> {
    let (out, messages) = unbounded_channel();
    let writer = tokio::spawn(write_all(output, messages));
    let (requests, mut responses) = socket.split();
    tokio::spawn(forward(requests, out.clone()));
    let (answers, mut answered) = unbounded_channel();
    tokio::spawn(async move {
        while let Some(answer) = answered.recv().await {
            // One that nobody waits for is dropped there.
            let _ = responses.send(answer).await;
        }
    });
    let end = read_all(&mut service, BufReader::new(input), &out, &answers).await;
    drop((service, out));
    // What was answered is written, unless nobody reads it any more.
    let patience = std::time::Duration::from_millis(500);
    let _ = tokio::time::timeout(patience, writer).await;
    end
}

async fn read_all<S: LanguageServer>(
    service: &mut LspService<S>,
    mut input: impl AsyncBufRead + Unpin,
    out: &UnboundedSender<Vec<u8>>,
    answers: &UnboundedSender<Response>,
) -> io::Result<End> {
    loop {
        let body = match read_frame(&mut input).await? {
            Frame::End => return Ok(End::Closed),
            Frame::Bad(why) => {
                tell(out, &Response::from_error(Id::Null, parse_error(&why)));
                continue;
            }
            Frame::Body(body) => body,
        };
        match parse(&body) {
            Err(answer) => tell(out, &answer),
            Ok(Message::Answer(answer)) => {
                // It fails when nobody asks any more.
                let _ = answer.map(|answer| answers.send(answer));
            }
            Ok(Message::Request(request))
                if request.method() == "exit" && request.id().is_none() =>
            {
                return Ok(End::Exit);
            }
            Ok(Message::Request(request)) => take_up(service, request, out).await,
        }
    }
}

/// Begins with a request, or does a notification.
async fn take_up<S: LanguageServer>(
    service: &mut LspService<S>,
    request: Request,
    out: &UnboundedSender<Vec<u8>>,
) {
    if poll_fn(|cx| service.poll_ready(cx)).await.is_err() {
        return;
    }
    let is_notification = request.id().is_none();
    let mut answer = Box::pin(service.call(request));
    let out = out.clone();
    let first = if is_notification {
        std::task::Poll::Ready(answer.as_mut().await)
    } else {
        futures::poll!(answer.as_mut())
    };
    match first {
        std::task::Poll::Ready(Ok(Some(response))) => tell(&out, &response),
        std::task::Poll::Ready(_) => {}
        std::task::Poll::Pending => {
            tokio::spawn(async move {
                if let Ok(Some(response)) = answer.await {
                    tell(&out, &response);
                }
            });
        }
    }
}

enum Message {
    /// Or a notification.
    Request(Request),
    /// To a request of ours; one that cannot be read answers nothing.
    Answer(Option<Response>),
}

/// The message in a body. What is none gets an error, with its id if it has one.
fn parse(body: &[u8]) -> Result<Message, Response> {
    let mut value: serde_json::Value = serde_json::from_slice(body)
        .map_err(|error| Response::from_error(Id::Null, parse_error(&error.to_string())))?;
    if let Some(message) = value.as_object_mut() {
        // Some clients write `null`, or a list of it, where the protocol wants nothing.
        let bare = ["shutdown", "exit"].map(|method| Some(serde_json::Value::from(method)));
        let is_bare = bare.contains(&message.get("method").cloned());
        message.retain(|key, value| key != "params" || !(is_bare || value.is_null()));
    }
    respell(&mut value);
    let id = value.get("id").and_then(|id| serde_json::from_value(id.clone()).ok());
    if value.get("method").is_none()
        && (value.get("result").is_some() || value.get("error").is_some())
    {
        return Ok(Message::Answer(serde_json::from_value(value).ok()));
    }
    serde_json::from_value(value)
        .map(Message::Request)
        .map_err(|_| Response::from_error(id.unwrap_or_default(), Error::invalid_request()))
}

/// What the protocol calls `diagnostics` is called otherwise by `lsp_types`, which would pass it over.
fn respell(message: &mut serde_json::Value) {
    let abilities = message.pointer_mut("/params/capabilities/workspace");
    let abilities = abilities.and_then(serde_json::Value::as_object_mut);
    if let Some(abilities) = abilities
        && let Some(found) = abilities.remove("diagnostics")
    {
        abilities.insert("diagnostic".to_owned(), found);
    }
}

fn parse_error(why: &str) -> Error {
    Error { message: format!("the message cannot be read: {why}").into(), ..Error::parse_error() }
}

enum Frame {
    Body(Vec<u8>),
    /// Something that is no frame; what follows may be one.
    Bad(String),
    End,
}

async fn read_frame(input: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Frame> {
    let mut length = None;
    let mut seen = false;
    loop {
        let mut line = Vec::new();
        if (&mut *input).take(MAX_HEADER).read_until(b'\n', &mut line).await? == 0 {
            return Ok(Frame::End);
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if line.is_empty() {
            if seen {
                break;
            }
            continue;
        }
        seen = true;
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        if name.trim().eq_ignore_ascii_case("content-length") {
            length = value.trim().parse::<u64>().ok();
        }
    }
    let Some(length) = length else {
        return Ok(Frame::Bad("it has no `Content-Length`".to_owned()));
    };
    if length > MAX_MESSAGE {
        let skipped = &mut tokio::io::sink();
        tokio::io::copy(&mut (&mut *input).take(length), skipped).await?;
        return Ok(Frame::Bad(format!("it has {length} bytes; {MAX_MESSAGE} are allowed")));
    }
    let mut body = Vec::new();
    let read = (&mut *input).take(length).read_to_end(&mut body).await?;
    Ok(if (read as u64) < length { Frame::End } else { Frame::Body(body) })
}

/// Passes the server's own notifications and requests on.
async fn forward(requests: impl futures::Stream<Item = Request>, out: UnboundedSender<Vec<u8>>) {
    let mut requests = pin!(requests);
    while let Some(request) = requests.next().await {
        tell(&out, &request);
    }
}

/// A message that serialises: a request or a response.
fn tell(out: &UnboundedSender<Vec<u8>>, message: &impl Serialize) {
    if let Ok(body) = serde_json::to_vec(message) {
        // A send fails only when the writer has ended, and then nobody reads.
        let _ = out.send(body);
    }
}

async fn write_all(
    mut output: impl AsyncWrite + Unpin,
    mut messages: UnboundedReceiver<Vec<u8>>,
) -> io::Result<()> {
    while let Some(body) = messages.recv().await {
        let header = format!("Content-Length: {}\r\n\r\n", body.len());
        output.write_all(header.as_bytes()).await?;
        output.write_all(&body).await?;
        output.flush().await?;
    }
    Ok(())
}
