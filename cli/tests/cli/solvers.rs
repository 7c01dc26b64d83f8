//! `deed verify` and its solvers: one that is killed half way costs its own answer alone.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{Run, folder, read};

/// Of its promises one has no proof that a solver finds before its steps run out.
const FERMAT: &str = "module fermat

contract Fermat {
    state { n: u64 = 0 }

    invariant self.n <= 1000

    entry fn add(by: u64)
        ensures self.n == old(self.n) + by || self.n == old(self.n)
    {
        if self.n + by <= 1000 { self.n += by }
    }

    view fn powers(a: u64, b: u64, c: u64, d: u64) -> u64
        ensures a < 1000 || b < 1000 || c < 1000 || d < 1000
            || a * a * a * a * a + b * b * b * b * b + c * c * c * c * c != d * d * d * d * d
    {
        return 0
    }

    view fn double() -> u64
        ensures result <= 2000
    {
        return self.n * 2
    }
}
";

/// How long nothing is answered before a solver counts as one that will not.
const SILENCE: Duration = Duration::from_secs(2);

#[test]
fn a_solver_that_is_killed_costs_its_own_answer_alone() {
    let folder = folder(&[("fermat.deed", FERMAT)]);
    let child = Command::new(env!("CARGO_BIN_EXE_deed"))
        .args(["verify", "fermat.deed", "--rlimit", "4294967295"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let run = with_silent_solvers_killed(child, &folder.path().join(".deed/proofs/answers"));
    run.exits(3)
        .prints(&["proved  add: self.n", "proved  double: result", "Fermat: 4 of 5 proved"])
        .says(&[
            "whether `powers` keeps this promise is not known",
            "the solver's process ended before it answered, killed by signal 9",
        ]);
}

/// Waits for a run, and kills its solvers whenever they say nothing for long.
fn with_silent_solvers_killed(mut child: Child, answers: &Path) -> Run {
    let (mut known, mut since) = (0, Instant::now());
    while child.try_wait().expect("it is ours").is_none() {
        let length = fs::read(answers).map_or(0, |bytes| bytes.len());
        if length != known {
            (known, since) = (length, Instant::now());
        } else if known > 0 && since.elapsed() > SILENCE {
            children(child.id()).iter().for_each(|solver| kill(*solver));
            since = Instant::now();
        }
        thread::sleep(Duration::from_millis(50));
    }
    read(child.wait_with_output().expect("it is ours"))
}

/// The processes that a process has started, by `/proc`.
fn children(of: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").expect("the processes are there").flatten();
    let ids = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id| parent(*id) == Some(of)).collect()
}

/// The second field behind the name, which may hold anything in its parentheses.
fn parent(of: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{of}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(1)?.parse().ok()
}

fn kill(process: u32) {
    let id = process.to_string();
    Command::new("kill").args(["-9", &id]).status().expect("`kill` runs");
}
