//! `deed lsp`, as an editor meets it: over pipes, well-behaved and not.

mod client;
mod fuzz;

use serde_json::{Value, json};
use tempfile::TempDir;

use client::Client;

const BROKEN: &str = "module m\n\ncontract C {\n    /// 契 counts.\n    state { count: u64 = 0 }\n\n    entry fn add(n: u64) {\n        self.cuont += n\n    }\n}\n";

fn open(client: &mut Client, uri: &str, text: &str) {
    open_version(client, uri, text, 1);
}

fn open_version(client: &mut Client, uri: &str, text: &str, version: i32) {
    let document = json!({ "uri": uri, "languageId": "deed", "version": version, "text": text });
    client.notify("textDocument/didOpen", json!({ "textDocument": document }));
}

fn at(uri: &str, line: u32, character: u32) -> Value {
    json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": character } })
}

fn change(uri: &str, version: i32, start: [u32; 2], end: [u32; 2], text: &str) -> Value {
    let place = |[line, character]: [u32; 2]| json!({ "line": line, "character": character });
    let range = json!({ "start": place(start), "end": place(end) });
    json!({
        "textDocument": { "uri": uri, "version": version },
        "contentChanges": [{ "range": range, "text": text }],
    })
}

fn diagnostics(client: &mut Client, uri: &str, version: i32) -> Vec<Value> {
    let params = client.notification("textDocument/publishDiagnostics", |params| {
        params["uri"] == uri && params["version"] == version
    });
    params["diagnostics"].as_array().cloned().unwrap_or_default()
}

/// The messages that are no mere advice.
fn errors(client: &mut Client, uri: &str, version: i32) -> Vec<Value> {
    let mut all = diagnostics(client, uri, version);
    all.retain(|message| message["severity"] == 1);
    all
}

fn take_leave(mut client: Client) {
    assert_eq!(client.request("shutdown", Value::Null)["result"], Value::Null);
    client.notify("exit", Value::Null);
    assert_eq!(client.ends().code(), Some(0));
}

#[test]
fn an_editor_is_served_from_start_to_exit() {
    let (mut client, about) = Client::initialized(json!({}));
    assert_eq!(about["capabilities"]["positionEncoding"], "utf-16");
    let uri = "file:///nowhere/a.deed";
    open(&mut client, uri, BROKEN);
    let found = diagnostics(&mut client, uri, 1);
    assert_eq!((found.len(), &found[0]["code"]), (1, &json!("E0208")), "{found:?}");
    let start = &found[0]["range"]["start"];
    assert_eq!(*start, json!({ "line": 7, "character": 13 }));

    let range = found[0]["range"].clone();
    let context = json!({ "diagnostics": [] });
    let document = json!({ "uri": uri });
    let params = json!({ "textDocument": document, "range": range, "context": context });
    let actions = client.request("textDocument/codeAction", params);
    let edit = &actions["result"][0]["edit"]["changes"][uri][0];
    assert_eq!(edit["newText"], "count", "{actions}");

    client.notify("textDocument/didChange", change(uri, 2, [7, 13], [7, 18], "count"));
    assert_eq!(errors(&mut client, uri, 2), Vec::<Value>::new());
    let hover = client.request("textDocument/hover", at(uri, 7, 15));
    let shown = hover["result"]["contents"]["value"].as_str().unwrap_or_default();
    assert!(shown.contains("count: u64 = 0"), "{hover}");
    let target = client.request("textDocument/definition", at(uri, 7, 15));
    assert_eq!(target["result"]["range"]["start"], json!({ "line": 4, "character": 12 }));
    let outline =
        client.request("textDocument/documentSymbol", json!({ "textDocument": document }));
    assert_eq!(outline["result"][0]["children"][1]["name"], "add", "{outline}");
    let options = json!({ "tabSize": 4, "insertSpaces": true });
    let params = json!({ "textDocument": document, "options": options });
    assert_eq!(client.request("textDocument/formatting", params)["result"], json!([]));
    take_leave(client);
}

#[test]
fn bad_messages_are_answered_and_survived() {
    let (mut client, _) = Client::initialized(json!({}));
    let uri = "file:///nowhere/a.deed";
    let error = |answer: &Value| answer["error"]["code"].as_i64().unwrap_or_default();
    assert_eq!(error(&client.request("textDocument/hover", at(uri, 0, 0))), -32602, "not open");
    open(&mut client, uri, BROKEN);
    assert_eq!(error(&client.request("textDocument/hover", at(uri, 999, 0))), -32602, "no line");
    assert_eq!(error(&client.request("textDocument/hover", json!({ "x": 1 }))), -32602);
    assert_eq!(error(&client.request("deed/unknown", json!({}))), -32601);
    client.raw(b"Content-Length: 5\r\n\r\n{\"a\":");
    assert_eq!(error(&client.answer(&Value::Null)), -32700, "no JSON");
    client.raw(b"Nonsense\r\n\r\n");
    assert_eq!(error(&client.answer(&Value::Null)), -32700, "no frame");
    client.send(&json!({ "jsonrpc": "2.0", "id": 77, "method": 5 }));
    assert_eq!(error(&client.answer(&json!(77))), -32600, "no request");
    for (version, line) in [(1, 0), (0, 0), (9, 999)] {
        client.notify("textDocument/didChange", change(uri, version, [line, 0], [line, 0], "x"));
        let said = client.notification("window/logMessage", |_| true);
        assert!(said["message"].as_str().unwrap_or_default().contains("not applied"), "{said}");
    }
    assert!(client.request("textDocument/hover", at(uri, 4, 13))["result"].is_object());
    for (name, why) in
        [("deed.mine", "no command `deed.mine`"), ("deed.gas", "an object with a `uri`")]
    {
        let refused = client.request("workspace/executeCommand", json!({ "command": name }));
        let said = refused["error"]["message"].as_str().unwrap_or_default();
        assert!(said.contains(why), "{refused}");
    }
    let title = json!({ "uri": uri, "title": "--version" });
    let tested = client.request("workspace/executeCommand", command("deed.test", &title));
    assert!(!tested["result"].to_string().contains("deed-test"), "a title is no option: {tested}");
    assert_eq!(client.request("shutdown", json!([null]))["error"], Value::Null);
    client.notify("exit", json!([null]));
    assert_eq!(client.ends().code(), Some(0), "a list of nothing is nothing");
}

fn command(name: &str, argument: &Value) -> Value {
    json!({ "command": name, "arguments": [argument] })
}

#[test]
fn a_client_that_asks_for_messages_is_told_when_to_ask_again() {
    let (mut client, _) = Client::initialized(json!({
        "textDocument": { "diagnostic": {} },
        "workspace": { "diagnostics": { "refreshSupport": true } },
    }));
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("m.deed");
    std::fs::write(&path, COUNTER).expect("a file");
    let uri = format!("file://{}", path.display());
    open(&mut client, &uri, COUNTER);
    client.ask("workspace/executeCommand", command("deed.gas", &json!({ "uri": uri })));
    client.notification("workspace/diagnostic/refresh", |_| true);
    take_leave(client);
}

#[test]
fn edits_are_applied_in_their_order_and_requests_see_those_before_them() {
    let utf8 = json!({ "general": { "positionEncodings": ["utf-8", "utf-16"] } });
    let (mut client, about) = Client::initialized(utf8);
    assert_eq!(about["capabilities"]["positionEncoding"], "utf-8");
    let uri = "file:///nowhere/b.deed";
    open(&mut client, uri, "module m\n// 契\n");
    let mut ids = Vec::new();
    for version in 2..40 {
        let text = format!("const C{version}: u64 = {version}\n");
        client.notify("textDocument/didChange", change(uri, version, [2, 0], [2, 0], &text));
        let params = at(uri, 2, 6);
        let method = "textDocument/hover";
        client
            .send(&json!({ "jsonrpc": "2.0", "id": version, "method": method, "params": params }));
        ids.push(version);
    }
    for version in ids {
        let answer = client.answer(&json!(version));
        let shown = answer["result"]["contents"]["value"].as_str().unwrap_or_default();
        assert!(shown.contains(&format!("const C{version}: u64 = {version}")), "{answer}");
    }
    take_leave(client);
}

const COUNTER: &str = "\
module m

/// It is enough.
error Enough(count: u64)

contract C {
    state { count: u64 = 0 }

    entry fn add(n: u64) throws Enough {
        if self.count > 9 { throw Enough(self.count) }
        self.count += n
    }
}
";

#[test]
fn names_are_found_and_changed() {
    let (mut client, _) = Client::initialized(json!({}));
    let uri = "file:///nowhere/c.deed";
    open(&mut client, uri, COUNTER);
    let mut params = at(uri, 6, 13);
    params["context"] = json!({ "includeDeclaration": false });
    let uses = client.request("textDocument/references", params);
    assert_eq!(uses["result"].as_array().map(Vec::len), Some(3), "{uses}");
    let shown = client.request("textDocument/documentHighlight", at(uri, 10, 14));
    let kinds: Vec<_> = shown["result"].as_array().into_iter().flatten().collect();
    assert_eq!(kinds.iter().filter(|one| one["kind"] == 3).count(), 2, "written twice: {shown}");

    let range = client.request("textDocument/prepareRename", at(uri, 10, 14));
    assert_eq!(range["result"]["start"], json!({ "line": 10, "character": 13 }), "{range}");
    let mut params = at(uri, 10, 14);
    params["newName"] = json!("总数");
    let edit = client.request("textDocument/rename", params.clone());
    assert_eq!(edit["result"]["changes"][uri].as_array().map(Vec::len), Some(4), "{edit}");
    params["newName"] = json!("two words");
    let refused = client.request("textDocument/rename", params);
    assert_eq!(refused["error"]["message"], "`two words` is no name");
    take_leave(client);
}

#[test]
fn unfinished_code_is_completed() {
    let (mut client, _) = Client::initialized(json!({}));
    let uri = "file:///nowhere/d.deed";
    open(&mut client, uri, COUNTER);
    client.notify("textDocument/didChange", change(uri, 2, [10, 8], [10, 23], "self."));
    let found = client.request("textDocument/completion", at(uri, 10, 13));
    let labels: Vec<_> = found["result"]["items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|item| &item["label"])
        .collect();
    assert_eq!(labels, ["add", "address", "count"], "{found}");
    client.notify("textDocument/didChange", change(uri, 3, [10, 13], [10, 13], "add(1"));
    let help = client.request("textDocument/signatureHelp", at(uri, 10, 18));
    let signature = &help["result"]["signatures"][0];
    assert_eq!(signature["label"], "entry fn add(n: u64) throws Enough", "{help}");
    assert_eq!(signature["activeParameter"], 0);

    let document = json!({ "textDocument": { "uri": uri } });
    let folds = client.request("textDocument/foldingRange", document.clone());
    assert_eq!(folds["result"][0], json!({ "startLine": 5, "endLine": 11 }), "{folds}");
    let colours = client.request("textDocument/semanticTokens/full", document);
    let data = colours["result"]["data"].as_array().expect("numbers");
    assert_eq!(data[..5], [0, 0, 6, 1, 0].map(|n| json!(n)), "`module` is a keyword: {colours}");
    take_leave(client);
}

#[test]
fn a_package_is_checked_as_a_whole() {
    let folder = TempDir::new().expect("a folder");
    let root = folder.path().canonicalize().expect("a path");
    std::fs::create_dir(root.join("src")).expect("a folder");
    std::fs::write(root.join("deed.toml"), "[package]\nname = \"p\"\nversion = \"0.1.0\"\n")
        .expect("a manifest");
    let library = "module lib\npub const LIMIT: u64 = 7\n";
    std::fs::write(root.join("src/lib.deed"), library).expect("a source");
    let uri = |name: &str| format!("file://{}", root.join("src").join(name).display());
    let main = "module main\nuse lib.LIMIT\nconst A: u64 = LIMIT\n";
    let (mut client, _) = Client::initialized(json!({}));
    open(&mut client, &uri("main.deed"), main);
    assert_eq!(errors(&mut client, &uri("main.deed"), 1), Vec::<Value>::new());
    let target = client.request("textDocument/definition", at(&uri("main.deed"), 2, 17));
    assert_eq!(target["result"]["uri"], uri("lib.deed"));
    // What the editor has in another file counts, not what lies on disk.
    open(&mut client, &uri("lib.deed"), library);
    let renamed = change(&uri("lib.deed"), 2, [1, 10], [1, 15], "MOST");
    client.notify("textDocument/didChange", renamed);
    diagnostics(&mut client, &uri("lib.deed"), 2);
    let told = client.notification("textDocument/publishDiagnostics", |params| {
        params["uri"] == uri("main.deed") && params["diagnostics"][0]["severity"] == 1
    });
    assert_eq!(told["diagnostics"][0]["range"]["start"]["line"], 1, "{told}");
    take_leave(client);
}

#[test]
fn what_is_wrong_with_a_package_stands_in_its_manifest() {
    let folder = TempDir::new().expect("a folder");
    let root = folder.path().canonicalize().expect("a path");
    let write = |name: &str, text: &str| std::fs::write(root.join(name), text).expect("a file");
    let uri = |name: &str| format!("file://{}", root.join(name).display());
    std::fs::create_dir(root.join("src")).expect("a folder");
    let about = "[package]\nname = \"p\"\nversion = \"0.1.0\"\n";
    let asking = format!("{about}\n[dependencies]\nroles = {{ path = \"roles\" }}\n");
    let main = "module main\n";
    write("src/main.deed", main);
    let cases = [
        (asking.as_str(), "E0807", 5),
        ("[package]\nname = \"p\"\nversion = 1\n", "E0802", 2),
        ("[package\n", "E0802", 0),
    ];
    let (mut client, _) = Client::initialized(json!({}));
    write("deed.toml", cases[0].0);
    open(&mut client, &uri("src/main.deed"), main);
    for (manifest, code, line) in cases {
        write("deed.toml", manifest);
        client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [] }));
        let told = client.notification("textDocument/publishDiagnostics", |params| {
            params["uri"] == uri("deed.toml") && params["diagnostics"][0]["code"] == code
        });
        assert_eq!(told["diagnostics"][0]["range"]["start"]["line"], line, "{told}");
    }
    write("deed.toml", about);
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [] }));
    client.notification("textDocument/publishDiagnostics", |params| {
        params["uri"] == uri("deed.toml") && params["diagnostics"] == json!([])
    });
    take_leave(client);
}

#[test]
fn the_server_ends_with_its_client() {
    let (mut client, _) = Client::initialized(json!({}));
    client.hang_up();
    assert_eq!(client.ends().code(), Some(1), "the input was closed without `shutdown`");

    let mut parent = std::process::Command::new("sleep").arg("0").spawn().expect("a process");
    let id = parent.id();
    parent.wait().expect("its end");
    let mut client = Client::start();
    let params = json!({ "processId": id, "capabilities": {} });
    client.send(&json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params }));
    assert_eq!(client.ends().code(), Some(1), "the parent has ended");

    let (mut client, _) = Client::initialized(json!({}));
    client.notify("exit", Value::Null);
    assert_eq!(client.ends().code(), Some(1), "`exit` came without `shutdown`");
}
