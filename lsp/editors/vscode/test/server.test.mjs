// `deed lsp` over its standard streams, with the protocol's reference library as the client.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const rpc = require("vscode-jsonrpc/node");

const deed = process.env.DEED ?? "deed";
const MAIN = `module shop

use notes.Note

interface Till { view fn total() -> u64 }

enum Side { Left, Right(u64) }

contract Shop implements Till {
    state {
        sold: u64 = 0
        last: Option<Note> = None
    }

    invariant self.sold <= 1000

    fn bump(by: u64) { self.sold += by }

    entry fn sell(note: Note, side: Side)
        ensures self.sold >= old(self.sold)
    {
        let amount = note.worth(2)
        self.bump(amount)
        match side { .Left => {} }
    }

    view fn total() -> u64 { return self.sold }
}

test "sells" {
    let shop = deploy Shop()
    assert shop.total() == 0
}
`;
const NOTES = `module notes

/// A claim on somebody.
pub struct Note {
    pub face: u64

    pub fn worth(self, rate: u64) -> u64 {
        return self.face * rate
    }
}
`;

let root, server, client, capabilities;
const uri = (name) => pathToFileURL(path.join(root, "src", name)).href;
const place = (text, word, skip = 0) => {
  let at = -1;
  for (let turn = 0; turn <= skip; turn += 1) at = text.indexOf(word, at + 1);
  assert.notEqual(at, -1, `${word} is not in the text`);
  const lines = text.slice(0, at).split("\n");
  return { line: lines.length - 1, character: lines.at(-1).length + 1 };
};
const ask = (method, params) => client.sendRequest(method, params);
const at = (word, skip) => ({
  textDocument: { uri: uri("main.deed") },
  position: place(MAIN, word, skip),
});

before(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), "deed-server-")));
  await mkdir(path.join(root, "src"));
  await writeFile(path.join(root, "deed.toml"), '[package]\nname = "shop"\nversion = "0.1.0"\n');
  await writeFile(path.join(root, "src/main.deed"), MAIN);
  await writeFile(path.join(root, "src/notes.deed"), NOTES);
  server = spawn(deed, ["lsp"], { stdio: ["pipe", "pipe", "inherit"] });
  client = rpc.createMessageConnection(
    new rpc.StreamMessageReader(server.stdout),
    new rpc.StreamMessageWriter(server.stdin),
  );
  client.onRequest("window/workDoneProgress/create", () => null);
  client.listen();
  const answer = await ask("initialize", {
    processId: process.pid,
    rootUri: pathToFileURL(root).href,
    capabilities: {
      window: { workDoneProgress: true },
      textDocument: {
        diagnostic: {},
        codeAction: { dataSupport: true, resolveSupport: { properties: ["edit"] } },
      },
    },
  });
  capabilities = answer.capabilities;
  client.sendNotification("initialized", {});
  const document = { uri: uri("main.deed"), languageId: "deed", version: 1, text: MAIN };
  client.sendNotification("textDocument/didOpen", { textDocument: document });
});

after(async () => {
  await client.sendRequest("shutdown");
  const ended = new Promise((resolve) => server.once("exit", resolve));
  client.sendNotification("exit");
  assert.equal(await ended, 0);
  client.dispose();
  await rm(root, { recursive: true });
});

test("what a place means is found from everywhere", async () => {
  const definition = await ask("textDocument/definition", at("note.worth", 0));
  assert.equal(definition.uri, uri("main.deed"));
  const method = await ask("textDocument/definition", at("worth"));
  assert.equal(method.uri, uri("notes.deed"));
  const declaration = await ask("textDocument/declaration", at("Note,"));
  assert.deepEqual([declaration.uri, declaration.range.start.line], [uri("main.deed"), 2]);
  const [type] = await ask("textDocument/typeDefinition", at("note.worth"));
  assert.deepEqual([type.uri, type.range.start.line], [uri("notes.deed"), 3]);
  const [implementation] = await ask("textDocument/implementation", at("Till"));
  assert.equal(implementation.range.start.line, 8);
  const symbols = await ask("workspace/symbol", { query: "wor" });
  assert.deepEqual(symbols.map((one) => one.containerName), ["notes.Note"]);
});

test("calls are told in both directions", async () => {
  const [bump] = await ask("textDocument/prepareCallHierarchy", at("bump"));
  assert.match(bump.detail, /in Shop$/);
  const [incoming] = await ask("callHierarchy/incomingCalls", { item: bump });
  assert.deepEqual([incoming.from.name, incoming.fromRanges.length], ["sell", 1]);
  const outgoing = await ask("callHierarchy/outgoingCalls", { item: incoming.from });
  assert.deepEqual(outgoing.map((call) => call.to.name).sort(), ["bump", "worth"]);
});

test("what stands beside the code comes in one form or another", async () => {
  const textDocument = { uri: uri("main.deed") };
  const range = { start: { line: 0, character: 0 }, end: { line: MAIN.split("\n").length - 1, character: 0 } };
  const hints = await ask("textDocument/inlayHint", { textDocument, range });
  const labels = hints.map((hint) => hint.label);
  for (const label of [": u64", "rate:", "by:", "writes sold"]) assert.ok(labels.includes(label), labels);
  const links = await ask("textDocument/documentLink", { textDocument });
  assert.equal(links[0].target, uri("notes.deed"));
  const params = { textDocument, positions: [place(MAIN, "amount = ")] };
  let [selection] = await ask("textDocument/selectionRange", params);
  let depth = 0;
  for (; selection; selection = selection.parent) depth += 1;
  assert.ok(depth > 4, `${depth} ranges`);
  const full = await ask("textDocument/semanticTokens/full", { textDocument });
  const previousResultId = full.resultId;
  const delta = await ask("textDocument/semanticTokens/full/delta", { textDocument, previousResultId });
  assert.deepEqual(delta.edits, []);
  const some = await ask("textDocument/semanticTokens/range", {
    textDocument,
    range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } },
  });
  assert.ok(some.data.length < full.data.length / 10);
});

test("messages are pulled, and actions mend them once they are chosen", async () => {
  assert.ok(capabilities.diagnosticProvider.interFileDependencies);
  const textDocument = { uri: uri("main.deed") };
  const { items } = await ask("textDocument/diagnostic", { textDocument });
  const missing = items.find((item) => item.code === "E0319");
  assert.ok(missing, JSON.stringify(items));
  const range = { start: place(MAIN, "match side"), end: place(MAIN, "match side") };
  const actions = await ask("textDocument/codeAction", { textDocument, range, context: { diagnostics: [] } });
  const arms = actions.find((action) => action.title === "Write the missing arms");
  assert.equal(arms.edit, undefined, "the edit comes with the choice");
  const chosen = await ask("codeAction/resolve", arms);
  assert.match(chosen.edit.changes[textDocument.uri][0].newText, /\.Right\(part0\) => \{ \}/);
});

test("a file that gets another name takes its imports along", async () => {
  const files = [{ oldUri: uri("notes.deed"), newUri: uri("bills.deed") }];
  const edit = await ask("workspace/willRenameFiles", { files });
  assert.equal(edit.changes[uri("main.deed")][0].newText, "bills");
  assert.equal(edit.changes[uri("notes.deed")][0].newText, "bills");
});

test("a folder that gets another name takes its modules along", async () => {
  const folder = path.join(root, "src/money");
  await mkdir(folder);
  await writeFile(path.join(folder, "coins.deed"), "module money.coins\n\npub const ONE: u64 = 1\n");
  await writeFile(path.join(folder, "notes.deed"), "module money.notes\n\nuse money.coins.ONE\n\npub const TWO: u64 = ONE + 1\n");
  client.sendNotification("workspace/didChangeWatchedFiles", { changes: [{ uri: uri("money/coins.deed"), type: 1 }] });
  const edit = await ask("workspace/willRenameFiles", { files: [{ oldUri: uri("money"), newUri: uri("cash") }] });
  assert.equal(edit.changes[uri("money/coins.deed")][0].newText, "cash.coins");
  const notes = edit.changes[uri("money/notes.deed")].map((change) => change.newText);
  assert.deepEqual(notes.sort(), ["cash.coins", "cash.notes"]);
  await rm(folder, { recursive: true });
  client.sendNotification("workspace/didChangeWatchedFiles", { changes: [{ uri: uri("money/coins.deed"), type: 3 }] });
});

test("promises are proved on demand, and what is running can be stopped", async () => {
  const source = "module p\n\ncontract P {\n    state { n: u64 = 0 }\n\n    invariant self.n <= 9\n\n" +
    "    entry fn add(by: u64)\n        ensures self.n == old(self.n) + by\n    {\n        self.n += by\n    }\n}\n";
  const file = path.join(root, "alone.deed");
  await writeFile(file, source);
  const own = pathToFileURL(file).href;
  const document = { uri: own, languageId: "deed", version: 1, text: source };
  client.sendNotification("textDocument/didOpen", { textDocument: document });
  const wish = { command: "deed.verify", arguments: [{ uri: own }] };
  const progress = {};
  client.onNotification("$/progress", ({ token, value }) => (progress[token] ??= []).push(value.kind));

  const stop = new rpc.CancellationTokenSource();
  const cancelled = client.sendRequest("workspace/executeCommand", wish, stop.token);
  stop.cancel();
  await assert.rejects(cancelled, { code: -32800 });

  const report = await ask("workspace/executeCommand", wish);
  const found = report.contracts[0].findings.map((one) => `${one.promise} ${one.status}`);
  assert.ok(found.includes("ensures proved") && found.includes("invariant refuted"), found);
  const textDocument = { uri: own };
  const { items } = await ask("textDocument/diagnostic", { textDocument });
  const broken = items.find((item) => item.code === "E0706");
  assert.deepEqual([broken.source, broken.range.start.line], ["deed verify", 5]);
  const range = { start: { line: 0, character: 0 }, end: { line: 12, character: 0 } };
  const hints = await ask("textDocument/inlayHint", { textDocument, range });
  const labels = hints.map((hint) => hint.label);
  assert.ok(labels.includes("✓ proved") && labels.includes("✗ broken by add"), labels);
  const context = { diagnostics: [] };
  const actions = await ask("textDocument/codeAction", { textDocument, range: broken.range, context });
  const paste = await ask("codeAction/resolve", actions.find((one) => one.title.startsWith("Paste as test")));
  assert.match(paste.edit.changes[own][0].newText, /test "add keeps its promise"/);
  for (const kinds of Object.values(progress)) assert.deepEqual(kinds, ["begin", "end"]);
  assert.equal(Object.keys(progress).length, 2);

  // Another text has no proofs until it is verified in its turn, which need not be saved for that.
  const change = { range: { start: range.start, end: range.start }, text: "// x\n" };
  const version = { uri: own, version: 2 };
  client.sendNotification("textDocument/didChange", { textDocument: version, contentChanges: [change] });
  const after = await ask("textDocument/diagnostic", { textDocument });
  assert.ok(!after.items.some((item) => item.source === "deed verify"));
  const again = await ask("workspace/executeCommand", wish);
  const place = again.contracts[0].findings.find((one) => one.promise === "invariant").clause;
  assert.match(place, /alone\.deed:7:5$/);
});

test("the tests' gas stands beside the functions", async () => {
  const textDocument = { uri: uri("notes.deed") };
  const document = { ...textDocument, languageId: "deed", version: 1, text: NOTES };
  client.sendNotification("textDocument/didOpen", { textDocument: document });
  // Mended in the editor alone.
  const mended = MAIN.replace("match side { .Left => {} }", "");
  const main = { uri: uri("main.deed"), version: 2 };
  client.sendNotification("textDocument/didChange", { textDocument: main, contentChanges: [{ text: mended }] });
  const whole = await ask("workspace/executeCommand", { command: "deed.gas", arguments: [{ uri: main.uri }] });
  assert.equal(whole.passed, 1, JSON.stringify(whole));
  const lenses = await ask("textDocument/codeLens", { textDocument: { uri: main.uri } });
  const titles = lenses.map((lens) => lens.command.title);
  assert.ok(titles.some((title) => /^gas \d+/.test(title)), titles.join());
  assert.ok(titles.includes("Run test") && titles.includes("Verify"), titles.join());
  const range = { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } };
  const end = { line: mended.split("\n").length - 1, character: 0 };
  const hints = await ask("textDocument/inlayHint", { textDocument: { uri: main.uri }, range: { ...range, end } });
  assert.ok(hints.some((hint) => /^gas \d+/.test(hint.label)), JSON.stringify(hints));
});
