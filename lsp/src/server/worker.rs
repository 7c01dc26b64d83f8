//! Work that can be ended at any time: `deed` itself, run beside the server.
//!
//! In: arguments, and the texts that the editor has and the disk has not. Out: what it printed.
//! Holds always: the child's streams are not the server's; a worker that was stopped, or whose
//! [`Stop`] was dropped by all, is killed and waited for.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The texts of open files that differ from those on disk.
pub(super) type Unsaved = BTreeMap<PathBuf, String>;

/// Ends a worker.
#[derive(Default)]
pub(super) struct Stop {
    stopped: AtomicBool,
    child: Mutex<Option<Child>>,
}

/// What a worker that came to its end has printed.
pub(super) struct Output {
    pub(super) code: Option<i32>,
    pub(super) printed: String,
    pub(super) complaints: String,
}

/// Stops its worker when it goes, as it does when a request is cancelled.
pub(super) struct StopOnDrop(pub(super) Arc<Stop>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl Stop {
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        if let Some(child) = self.child.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            // One that has ended already needs no killing.
            let _ = child.kill();
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }
}

/// Runs `deed` with these arguments to its end, or until it is stopped.
pub(super) fn run(arguments: &[OsString], unsaved: &Unsaved, stop: &Stop) -> io::Result<Output> {
    let texts = serde_json::to_vec(unsaved)?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(arguments).env("DEED_UNSAVED", "1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    *stop.child.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
    if stop.is_stopped() {
        stop.stop();
    }
    let complaints = std::thread::spawn(move || text(stderr));
    // One that ends early says why by itself.
    std::thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&texts)));
    let printed = text(stdout);
    let complaints = complaints.join().unwrap_or_default();
    let code = wait(stop)?;
    Ok(Output { code, printed, complaints })
}

fn text(stream: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut stream) = stream {
        // What cannot be read is as if it had not been printed.
        let _ = stream.read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Its streams have ended, so it has nearly ended too.
fn wait(stop: &Stop) -> io::Result<Option<i32>> {
    loop {
        let mut child = stop.child.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(running) = child.as_mut() else { return Ok(None) };
        if let Some(status) = running.try_wait()? {
            *child = None;
            return Ok(status.code());
        }
        drop(child);
        std::thread::sleep(Duration::from_millis(5));
    }
}
