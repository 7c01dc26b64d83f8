//! Sessions by chance, valid and invalid: the server's texts against a model of them.
//!
//! In: seeds; `DEED_LSP_CASES` says how many. Out: nothing, or the first difference.
//! Holds always: the model counts in UTF-16 units and lines as the protocol does, and shares no code
//! with the server.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::client::Client;

const STEPS: usize = 120;

/// Numbers by chance, the same for a seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        // The generator of Knuth's MMIX; its high bits are the good ones.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end.max(1)
    }

    fn one<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    fn text(&mut self, most: usize) -> String {
        const PARTS: [&str; 22] = [
            "a",
            "契",
            "😀",
            "é",
            "\n",
            "\r\n",
            "\r",
            " ",
            "{",
            "}",
            "(",
            ")",
            "\"",
            "// ",
            "self.",
            "module m\n",
            "contract C {\n",
            "    fn f() { }\n",
            "state { n: u64 = 0 }\n",
            "let x = 1",
            "match x { .A => 1 }",
            "\u{301}",
        ];
        (0..self.below(most)).map(|_| *self.one(&PARTS)).collect()
    }
}

/// A file as the editor has it.
struct Model {
    units: Vec<u16>,
    version: i32,
}

impl Model {
    fn text(&self) -> String {
        String::from_utf16(&self.units).expect("edits keep pairs together")
    }

    /// The starts and the ends of the lines.
    fn lines(&self) -> Vec<(usize, usize)> {
        let (mut lines, mut start, mut at) = (Vec::new(), 0, 0);
        while at < self.units.len() {
            let long = self.units[at] == 13 && self.units.get(at + 1) == Some(&10);
            if matches!(self.units[at], 10 | 13) {
                lines.push((start, at));
                start = at + if long { 2 } else { 1 };
                at = start;
            } else {
                at += 1;
            }
        }
        lines.push((start, self.units.len()));
        lines
    }

    /// The unit that a position names, if it names one.
    fn at(&self, line: usize, column: usize) -> Option<usize> {
        let (start, end) = *self.lines().get(line)?;
        let at = (start + column).min(end);
        let is_inside = self.units.get(at).is_some_and(|unit| (0xDC00..0xE000).contains(unit));
        (!is_inside).then_some(at)
    }

    /// All edits, or none.
    fn edit(&mut self, version: i32, edits: &[(Option<[usize; 4]>, String)]) {
        if version <= self.version {
            return;
        }
        let mut next = Model { units: self.units.clone(), version };
        for (range, text) in edits {
            let new: Vec<u16> = text.encode_utf16().collect();
            match range {
                None => next.units = new,
                Some([line, column, last, end]) => {
                    let (Some(start), Some(end)) = (next.at(*line, *column), next.at(*last, *end))
                    else {
                        return;
                    };
                    if end < start {
                        return;
                    }
                    next.units.splice(start..end, new);
                }
            }
        }
        *self = next;
    }
}

/// A position that mostly exists.
fn place(chance: &mut Chance, model: Option<&Model>) -> [usize; 2] {
    let lines = model.map_or(3, |model| model.lines().len());
    match chance.below(12) {
        0 => [lines + chance.below(5), chance.below(5)],
        1 => [4_000_000_000, 4_000_000_000],
        _ => [chance.below(lines), chance.below(14)],
    }
}

fn position([line, character]: [usize; 2]) -> Value {
    json!({ "line": line, "character": character })
}

/// What is asked about a place, its parameters beside the document and the position.
const METHODS: [&str; 24] = [
    "hover",
    "definition",
    "declaration",
    "typeDefinition",
    "implementation",
    "references",
    "documentHighlight",
    "completion",
    "signatureHelp",
    "rename",
    "prepareRename",
    "prepareCallHierarchy",
    "selectionRange",
    "formatting",
    "rangeFormatting",
    "onTypeFormatting",
    "documentSymbol",
    "foldingRange",
    "codeAction",
    "codeLens",
    "inlayHint",
    "documentLink",
    "semanticTokens/full",
    "diagnostic",
];

fn request(chance: &mut Chance, uri: &str, model: Option<&Model>) -> (String, Value) {
    let (start, end) = (place(chance, model), place(chance, model));
    let params = json!({
        "textDocument": { "uri": uri },
        "position": position(start),
        "positions": [position(start)],
        "range": { "start": position(start), "end": position(end) },
        "context": { "includeDeclaration": true, "diagnostics": [] },
        "newName": chance.text(2),
        "ch": *chance.one(&["}", "\n"]),
        "options": { "tabSize": 4, "insertSpaces": true },
    });
    (format!("textDocument/{}", chance.one(&METHODS)), params)
}

/// What is no message, or none that the protocol knows.
fn nonsense(chance: &mut Chance, client: &mut Client) {
    match chance.below(6) {
        0 => client.raw(b"Content-Length: 3\r\n\r\n{{{"),
        1 => client.raw(b"Content-Length: nine\r\n\r\n"),
        2 => client.raw(b"Content-Length: 2\r\nContent-Type: x\r\n\r\n[]"),
        3 => client.send(&json!({ "jsonrpc": "2.0", "id": 999_999, "result": null })),
        4 => client.notify("$/cancelRequest", json!({ "id": chance.below(50) })),
        _ => client.notify("textDocument/didChange", json!({ "textDocument": 5 })),
    }
}

fn change(chance: &mut Chance, client: &mut Client, uri: &str, model: Option<&mut Model>) {
    let version = model.as_ref().map_or(1, |model| model.version) + chance.below(4) as i32 - 1;
    let mut edits = Vec::new();
    for _ in 0..=chance.below(3) {
        let (start, end) = (place(chance, model.as_deref()), place(chance, model.as_deref()));
        let (start, end) =
            if chance.below(8) > 0 { (start.min(end), start.max(end)) } else { (start, end) };
        let range = [start[0], start[1], end[0], end[1]];
        edits.push(((chance.below(10) > 0).then_some(range), chance.text(6)));
    }
    let changes = edits.iter().map(|(range, text)| match range {
        Some([line, column, last, end]) => {
            let range =
                json!({ "start": position([*line, *column]), "end": position([*last, *end]) });
            json!({ "range": range, "text": text })
        }
        None => json!({ "text": text }),
    });
    let document = json!({ "uri": uri, "version": version });
    let changes: Vec<Value> = changes.collect();
    let params = json!({ "textDocument": document, "contentChanges": changes });
    client.notify("textDocument/didChange", params);
    if let Some(model) = model {
        model.edit(version, &edits);
    }
}

fn session(seed: u64) {
    let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) + 1);
    let (mut client, _) = Client::initialized(json!({ "textDocument": { "diagnostic": {} } }));
    let uris = ["file:///nowhere/a.deed", "file:///nowhere/b.deed", "untitled:c"];
    let mut models: HashMap<&str, Model> = HashMap::new();
    let mut open_requests = Vec::new();
    for step in 0..STEPS {
        let uri = *chance.one(&uris);
        match chance.below(20) {
            0..=2 => {
                let (text, version) = (chance.text(30), chance.below(5) as i32);
                super::open_version(&mut client, uri, &text, version);
                models.insert(uri, Model { units: text.encode_utf16().collect(), version });
            }
            3 => {
                client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
                models.remove(uri);
            }
            4 => nonsense(&mut chance, &mut client),
            5..=8 => {
                let (method, params) = request(&mut chance, uri, models.get(uri));
                open_requests.push((client.ask(&method, params), method));
            }
            _ => change(&mut chance, &mut client, uri, models.get_mut(uri)),
        }
        if step % 10 == 9 {
            for uri in uris {
                let answer = client.request("deed/text", json!({ "uri": uri }));
                let expected = models.get(uri).map(|model| Value::String(model.text()));
                assert_eq!(
                    answer.get("result"),
                    expected.as_ref(),
                    "seed {seed}, step {step}, {uri}"
                );
            }
        }
    }
    for (id, method) in open_requests {
        let answer = client.answer(&json!(id));
        let code = answer["error"]["code"].as_i64();
        assert_ne!(code, Some(-32603), "seed {seed}: {method} met a fault: {answer}");
    }
    super::take_leave(client);
}

#[test]
fn texts_stay_those_of_the_editor_whatever_it_sends() {
    let cases = std::env::var("DEED_LSP_CASES").ok().and_then(|text| text.parse().ok());
    (0..cases.unwrap_or(6)).for_each(session);
}
