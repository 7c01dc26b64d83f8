//! The processes in which the solver works.
//!
//! In: questions. Out: answers, each from a process that does nothing else in the meantime.
//! Holds always: a process that takes too long is killed and one that ends by itself is replaced, so either costs a
//! single answer; none is left when the run ends.

use std::io;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use deed_verifier::worker::{Loss, Workers, receive, send};

/// As many processes as questions are asked at once, started when they are needed.
pub(super) struct Processes {
    program: PathBuf,
    idle: Mutex<Vec<Process>>,
}

impl Processes {
    /// Processes of the program that runs now.
    pub(super) fn new() -> io::Result<Processes> {
        Ok(Processes { program: std::env::current_exe()?, idle: Mutex::default() })
    }

    fn idle(&self) -> Option<Process> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn begun(&self) -> Result<Process, Loss> {
        let begun = Process::begin(&self.program);
        begun.map_err(|error| Loss::Ended(format!("it could not be started: {error}")))
    }

    /// A process that was given the question.
    fn asked(&self, question: &[u8]) -> Result<Process, Loss> {
        // One that ended while nobody asked it anything costs nothing.
        while let Some(mut process) = self.idle() {
            if send(&mut process.questions, question).is_ok() {
                return Ok(process);
            }
        }
        let mut process = self.begun()?;
        match send(&mut process.questions, question) {
            Ok(()) => Ok(process),
            Err(_) => Err(process.end()),
        }
    }
}

impl Workers for Processes {
    fn ask(&self, question: &[u8], patience: Duration) -> Result<Vec<u8>, Loss> {
        let mut process = self.asked(question)?;
        match process.answers.recv_timeout(patience) {
            Ok(answer) => {
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(process);
                Ok(answer)
            }
            // Who drops it kills it.
            Err(RecvTimeoutError::Timeout) => Err(Loss::Stuck),
            Err(RecvTimeoutError::Disconnected) => Err(process.end()),
        }
    }
}

struct Process {
    child: Child,
    questions: ChildStdin,
    answers: Receiver<Vec<u8>>,
}

impl Process {
    fn begin(program: &PathBuf) -> io::Result<Process> {
        let mut command = Command::new(program);
        command.arg("solver").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let (Some(questions), Some(mut output)) = (child.stdin.take(), child.stdout.take()) else {
            unreachable!("both are pipes");
        };
        let (give, answers) = channel();
        thread::spawn(move || {
            while let Ok(Some(answer)) = receive(&mut output) {
                if give.send(answer).is_err() {
                    return;
                }
            }
        });
        Ok(Process { child, questions, answers })
    }

    /// What a process came to that gives no answers any more: it has ended, or does so soon.
    fn end(&mut self) -> Loss {
        for _ in 0..100 {
            match self.child.try_wait() {
                Ok(None) => thread::sleep(Duration::from_millis(10)),
                Ok(Some(status)) => return Loss::Ended(described(status)),
                Err(error) => return Loss::Ended(error.to_string()),
            }
        }
        Loss::Ended("killed because it said what nobody understands".to_string())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(unix)]
fn described(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match status.signal() {
        Some(signal) => format!("killed by signal {signal}"),
        None => status.to_string(),
    }
}

#[cfg(not(unix))]
fn described(status: ExitStatus) -> String {
    status.to_string()
}
