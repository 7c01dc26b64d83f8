//! An input that takes for ever ends the run, and is told.
//!
//! Holds always: a watch that is dropped in time does nothing.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use super::inputs::Input;

/// Many times what the slowest input takes in an unoptimised build on a busy machine.
const FOR_EVER: Duration = Duration::from_secs(180);

/// Ends the watch when it is dropped.
pub(crate) struct Watch(#[expect(dead_code, reason = "dropped with the watch")] Sender<()>);

pub(crate) fn start(kind: &str, case: u64, input: &Input) -> Watch {
    let (sender, receiver) = channel();
    let told = format!("{kind}, case {case} takes for ever:\n{}", input.join("\n-- next --\n"));
    thread::spawn(move || {
        if receiver.recv_timeout(FOR_EVER) == Err(RecvTimeoutError::Timeout) {
            eprintln!("{told}");
            std::process::abort();
        }
    });
    Watch(sender)
}
