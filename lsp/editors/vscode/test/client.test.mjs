// The packaged extension, loaded as an editor loads it, against the real server.
//
// DEED names the command; DEED_VSIX the package. Nothing of the extension is replaced, only the
// editor around it, which lives in `editor.cjs`.

import assert from "node:assert/strict";
import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

const require = createRequire(import.meta.url);
const Module = require("node:module");
const yauzl = require("yauzl");
const editor = require("./editor.cjs");

const deed = process.env.DEED ?? "deed";
const vsix = process.env.DEED_VSIX ?? new URL("../deed.vsix", import.meta.url).pathname;
const SOURCE = `module m

/// It counts.
contract C {
    state { count: u64 = 0 }

    entry fn add(n: u64)
        ensures self.count == old(self.count) + n
    {
        self.count += n
    }

    view fn current() -> u64 { return self.count }
}
`;

let folder, extension;

/** The text of a file of the package. */
async function packed(name) {
  const zip = await promisify(yauzl.open)(vsix, { lazyEntries: true });
  return new Promise((resolve, reject) => {
    zip.on("error", reject);
    zip.on("end", () => reject(new Error(`${vsix} has no ${name}`)));
    zip.on("entry", (entry) => {
      if (entry.fileName !== name) return zip.readEntry();
      zip.openReadStream(entry, async (error, stream) => {
        if (error) return reject(error);
        const parts = [];
        for await (const part of stream) parts.push(part);
        zip.close();
        resolve(Buffer.concat(parts).toString());
      });
    });
    zip.readEntry();
  });
}

/** Waits until something is so. */
async function until(what, question) {
  const end = Date.now() + 60_000;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`${what} did not come; ${editor.seen.logged.join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const none = new editor.vscode.CancellationTokenSource().token;

before(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), "deed-extension-")));
  const main = path.join(folder, "extension.js");
  await writeFile(main, await packed("extension/dist/extension.js"));
  const load = Module._load;
  Module._load = (name, ...rest) => (name === "vscode" ? editor.vscode : load(name, ...rest));
  editor.seen.settings["deed.path"] = deed;
  extension = require(main);
  await extension.activate({ subscriptions: [] });
});

after(async () => {
  await extension?.deactivate();
  await rm(folder, { recursive: true });
});

test("the manifest names what is in the package", async () => {
  const manifest = JSON.parse(await packed("extension/package.json"));
  for (const [grammar] of [manifest.contributes.grammars, manifest.contributes.languages]) {
    const file = (grammar.path ?? grammar.configuration).replace("./", "extension/");
    JSON.parse(await packed(file));
  }
  const commands = manifest.contributes.commands.map((one) => one.command);
  for (const name of commands) assert.ok(editor.seen.commands[name], `${name} is not registered`);
  const all = await readFile(new URL("../package.json", import.meta.url), "utf8");
  assert.equal(manifest.version, JSON.parse(all).version);
});

test("a document is checked, hovered, completed and proved", async () => {
  const file = path.join(folder, "main.deed");
  await writeFile(file, SOURCE);
  const doc = editor.document(file, SOURCE.replace("self.count += n", "self.cuont += n"));
  editor.open(doc);
  const messages = () => editor.seen.diagnostics.get(doc.uri.toString());
  const [message] = await until("a message", () => messages()?.length && messages());
  assert.match(message.message, /did you mean `count`/);
  assert.deepEqual(message.range.start, new editor.vscode.Position(9, 13));

  const line = new editor.vscode.Range(9, 13, 9, 18);
  doc.edit(line, "count", SOURCE);
  const at = new editor.vscode.Position(9, 15);
  const hover = await editor.seen.providers.hover.provideHover(doc, at, none);
  assert.match([hover.contents].flat().map((part) => part.value).join(), /count: u64 = 0/);
  await until("the end of the messages", () => !messages()?.length);

  const behind = new editor.vscode.Position(9, 13);
  const list = await editor.seen.providers.completion.provideCompletionItems(doc, behind, none, {});
  const labels = (list.items ?? list).map((item) => item.label.label ?? item.label);
  assert.ok(labels.includes("count") && labels.includes("current"), labels.join());

  await editor.vscode.commands.executeCommand("deed.verifyFile");
  const lenses = await editor.seen.providers.lenses.provideCodeLenses(doc, none);
  const titles = lenses.map((lens) => lens.command.title);
  assert.ok(titles.includes("✓ 1 of 1 proved"), titles.join());
});

test("tasks call the command as it is set", async () => {
  const tasks = await editor.seen.providers.deed.provideTasks();
  const check = tasks.find((task) => task.name === "check");
  assert.deepEqual(check.execution.args, ["check", "--message-format", "short"]);
  assert.equal(check.execution.command, deed);
});
