//! How soon the server answers, and what it holds in memory, on packages of 10,000 and 100,000 lines.
//!
//! In: the `deed` that `DEED` names, else this program itself, which serves as that would. Out: a table
//! in Markdown.
//! Holds always: times are of whole exchanges over the server's pipes, as an editor sees them; of
//! `ROUNDS` exchanges the 95th part of a hundred is told. The time on processors is the mean of a
//! keystroke, all that it sets off included; it tells more than the others where a machine is busy.

use std::collections::VecDeque;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use mimalloc::MiMalloc;
use serde_json::{Value, json};

/// That of the command line.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

type Done<T> = Result<T, Box<dyn std::error::Error>>;

const SIZES: [usize; 2] = [10_000, 100_000];
const LINES_A_FILE: usize = 1_000;
const ROUNDS: usize = 40;

fn main() -> Done<()> {
    if std::env::args().nth(1).as_deref() == Some("lsp") {
        deed_lsp::serve()?;
        return Ok(());
    }
    let deed = std::env::var_os("DEED").map(PathBuf::from);
    let deed = deed.map_or_else(std::env::current_exe, Ok)?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "| lines | cold start | first messages | hover | completion | after a keystroke: syntax | completion | all messages | processor | memory |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|---|---|---|---|")?;
    for lines in SIZES {
        let row = measure(&deed, lines)?;
        writeln!(out, "| {lines} | {} |", row.join(" | "))?;
    }
    Ok(())
}

fn measure(deed: &Path, lines: usize) -> Done<Vec<String>> {
    let folder = tempfile::tempdir()?;
    let root = folder.path().canonicalize()?;
    let first = package(&root, lines)?;
    let begin = Instant::now();
    let mut server = Server::start(deed)?;
    server.request("initialize", json!({ "processId": null, "capabilities": {} }))?;
    let cold = begin.elapsed();
    server.notify("initialized", json!({}))?;
    let uri = format!("file://{}", root.join("src/main.deed").display());
    let begin = Instant::now();
    let document = json!({ "uri": uri, "languageId": "deed", "version": 1, "text": first });
    server.notify("textDocument/didOpen", json!({ "textDocument": document }))?;
    server.messages(&uri, 1)?;
    let opened = begin.elapsed();

    let line = first.lines().position(|line| line.contains("self.total += amount")).unwrap_or(0);
    let at =
        json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": 14 } });
    let hover = samples(|| server.request("textDocument/hover", at.clone()).map(drop))?;
    let complete = samples(|| server.request("textDocument/completion", at.clone()).map(drop))?;
    let mut version = 1;
    let (mut syntax, mut completed, mut all) = (Vec::new(), Vec::new(), Vec::new());
    let before = server.processor()?;
    for _ in 0..ROUNDS {
        version += 1;
        let begin = Instant::now();
        server.edit(&uri, version, line)?;
        let document = json!({ "textDocument": { "uri": uri } });
        server.request("textDocument/foldingRange", document)?;
        syntax.push(begin.elapsed());
        server.request("textDocument/completion", at.clone())?;
        completed.push(begin.elapsed());
        server.messages(&uri, version)?;
        all.push(begin.elapsed());
    }
    let worked = (server.processor()? - before) / ROUNDS as u32;
    let held = server.memory()?;
    let mut row: Vec<String> = [cold, opened].map(shown).to_vec();
    row.extend([hover, complete, syntax, completed, all].map(|list| shown(late(list))));
    row.push(shown(worked));
    row.push(held);
    Ok(row)
}

fn samples(mut exchange: impl FnMut() -> Done<()>) -> Done<Vec<Duration>> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        exchange()?;
        times.push(begin.elapsed());
    }
    Ok(times)
}

/// The 95th of a hundred.
fn late(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() * 95 / 100]
}

fn shown(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}

/// Writes a package of so many lines; gives the text of its first file.
fn package(root: &Path, lines: usize) -> Done<String> {
    fs::create_dir(root.join("src"))?;
    fs::write(root.join("deed.toml"), "[package]\nname = \"large\"\nversion = \"0.1.0\"\n")?;
    let files = lines / LINES_A_FILE;
    for file in 1..files {
        fs::write(root.join(format!("src/part{file}.deed")), source(&format!("part{file}"), file))?;
    }
    let first = source("main", 0);
    fs::write(root.join("src/main.deed"), &first)?;
    Ok(first)
}

/// A module of about a thousand lines, which uses the one before it.
fn source(module: &str, number: usize) -> String {
    let mut text = format!("module {module}\n\n");
    if number > 1 {
        text += &format!("use part{}.fee\n\n", number - 1);
    }
    text += &format!(
        "pub error TooMuch{number}(asked: u64, held: u64)\npub event Moved{number}(index to: Address, amount: u64)\n\n\
         pub fn fee(amount: u64) -> u64 {{\n    return amount / 100\n}}\n\n\
         contract Part{number} {{\n    state {{\n        total: u64 = 0\n        \
         held: Map<Address, u64 default 0>\n    }}\n\n    \
         invariant self.total == sum(amount for amount in self.held)\n"
    );
    let charge = if number > 1 { "fee(amount)" } else { "amount / 50" };
    let mut at = text.lines().count();
    let mut function = 0;
    while at + 14 < LINES_A_FILE {
        text += &format!(
            "\n    /// Moves some to another, number {function}.\n    \
             entry fn move{function}(to: Address, amount: u64) throws TooMuch{number}\n        \
             ensures self.total >= old(self.total)\n    {{\n        \
             let mine = self.held[tx.sender]\n        let charge = {charge}\n        \
             if mine < amount + charge {{ throw TooMuch{number}(amount, mine) }}\n        \
             self.held[tx.sender] = mine - amount\n        self.held[to] += amount\n        \
             self.total += amount - amount\n        emit Moved{number}(to, amount)\n    }}\n"
        );
        at += 13;
        function += 1;
    }
    text + "}\n"
}

struct Server {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    early: VecDeque<Value>,
    last: i64,
}

impl Server {
    fn start(deed: &Path) -> Done<Server> {
        let mut command = Command::new(deed);
        command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let (input, output) = (process.stdin.take(), process.stdout.take());
        let (input, output) = input.zip(output).ok_or("the server has no pipes")?;
        let output = BufReader::new(output);
        Ok(Server { process, input, output, early: VecDeque::new(), last: 0 })
    }

    fn send(&mut self, message: &Value) -> Done<()> {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len())?;
        Ok(self.input.flush()?)
    }

    fn notify(&mut self, method: &str, params: Value) -> Done<()> {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    fn request(&mut self, method: &str, params: Value) -> Done<Value> {
        self.last += 1;
        let id = self.last;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
        let answer = self.wait(|message| message["id"] == id && message.get("method").is_none())?;
        match answer.get("error") {
            Some(error) => Err(format!("{method}: {error}").into()),
            None => Ok(answer["result"].clone()),
        }
    }

    /// Waits for the messages about a version of a file.
    fn messages(&mut self, uri: &str, version: i32) -> Done<()> {
        let told = |message: &Value| {
            let params = &message["params"];
            message["method"] == "textDocument/publishDiagnostics"
                && params["uri"] == uri
                && params["version"] == version
        };
        self.wait(told).map(drop)
    }

    /// Types a letter at the end of a line, and takes it back the next time.
    fn edit(&mut self, uri: &str, version: i32, line: usize) -> Done<()> {
        let column = "        self.total += amount".len();
        let (end, text) = if version % 2 == 0 { (column, "x") } else { (column + 1, "") };
        let place = |character: usize| json!({ "line": line, "character": character });
        let range = json!({ "start": place(column), "end": place(end) });
        let document = json!({ "uri": uri, "version": version });
        let changes = json!([{ "range": range, "text": text }]);
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.notify("textDocument/didChange", params)
    }

    fn wait(&mut self, wanted: impl Fn(&Value) -> bool) -> Done<Value> {
        if let Some(at) = self.early.iter().position(&wanted) {
            return self.early.remove(at).ok_or_else(|| "it was there".into());
        }
        loop {
            let message = self.read()?;
            if wanted(&message) {
                return Ok(message);
            }
            self.early.push_back(message);
        }
    }

    fn read(&mut self) -> Done<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line)? == 0 {
                return Err("the server has ended".into());
            }
            match line.trim().strip_prefix("Content-Length: ") {
                Some(number) => length = number.parse()?,
                None if line.trim().is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body)?;
        Ok(serde_json::from_slice(&body)?)
    }

    /// The time that it was given on processors until now, in steps of 10 ms.
    fn processor(&self) -> Done<Duration> {
        let status = fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        // Fields 14 and 15 of `proc(5)`; the second may hold spaces, but ends with a bracket.
        let fields = status.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
        let ticks = fields.skip(11).take(2).map(|field| field.parse::<u64>());
        Ok(Duration::from_millis(10 * ticks.sum::<Result<u64, _>>()?))
    }

    /// What the process held at most, and holds now.
    fn memory(&self) -> Done<String> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let megabytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().next());
            number.and_then(|text| text.parse::<u64>().ok()).unwrap_or(0) / 1024
        };
        Ok(format!("{} MB, at most {} MB", megabytes("VmRSS:"), megabytes("VmHWM:")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended already where it failed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
