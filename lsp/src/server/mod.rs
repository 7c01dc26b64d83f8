//! The protocol.
//!
//! In: a client's messages. Out: answers from the core.
//! Holds always: edits are applied before the handler first waits; an answer comes from the snapshot
//! that stood when its request came; analyses run on threads with a deep stack, and a fault in one
//! is an error of its request alone.
//!
//! Architecture invariant: only this folder knows `tower_lsp`.

mod abilities;
mod capabilities;
mod commands;
mod context;
mod convert;
mod handlers;
mod library;
mod memory;
mod parent;
mod progress;
mod publish;
mod requests;
mod state;
mod transport;
mod worker;

use std::io;

use tower_lsp::LspService;

use handlers::Server;
use transport::End;

/// The stack of a thread that analyses: sources nest as deeply as the parser allows. Only what is
/// touched of it is ever backed by memory.
const STACK: usize = 64 * 1024 * 1024;
/// Analyses at one time, the reader of the input among them.
const THREADS: usize = 8;

/// Serves one client on standard input and output; says whether it took its leave properly.
pub fn serve() -> io::Result<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .thread_stack_size(STACK)
        .max_blocking_threads(THREADS)
        .build()?;
    let result = runtime.block_on(run());
    // The thread that reads standard input may still wait there.
    runtime.shutdown_background();
    result
}

async fn run() -> io::Result<bool> {
    // The trait has no methods for these.
    let service = LspService::build(Server::new);
    let service = service.custom_method("window/workDoneProgress/cancel", Server::stop_work);
    let service = service.custom_method("deed/text", Server::text);
    let (service, socket) = service.finish();
    let (parent, was_shut_down) = (service.inner().parent(), service.inner().was_shut_down());
    let conversation = transport::serve(service, socket, tokio::io::stdin(), tokio::io::stdout());
    let end = tokio::select! {
        end = conversation => end?,
        () = parent => End::Closed,
    };
    Ok(end == End::Exit && was_shut_down.get().is_some())
}
