//! A watch over the solver, which may take longer for its steps than anybody waits.
//!
//! In: a question to be asked, a time, and the way to stop the solver. Out: the answer, and whether the
//! solver was told to stop.
//! Holds always: no verdict depends on the time but that of a question that was stopped.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// A solver that was told to stop while it prepared is told again.
const AGAIN: Duration = Duration::from_millis(200);

/// Asks; tells the solver to stop when the time is over.
pub(super) fn within<T>(
    ceiling: Duration,
    stop: impl Fn() + Send,
    ask: impl FnOnce() -> T,
) -> (T, bool) {
    thread::scope(|scope| {
        let (done, waits) = channel::<()>();
        let watch = scope.spawn(move || {
            let mut patience = ceiling;
            let mut stopped = false;
            while waits.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
                stop();
                (stopped, patience) = (true, AGAIN);
            }
            stopped
        });
        let answer = ask();
        drop(done);
        (answer, watch.join().unwrap_or(true))
    })
}
