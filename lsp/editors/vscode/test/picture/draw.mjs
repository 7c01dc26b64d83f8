// The picture of the editor in the book, drawn from what the server answers.
//
// In: `pot.deed`, and the `deed` that `DEED` names. Out: SVG, as text.
// Holds always: every colour, hint, lens and message in it came from the server.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const rpc = require("vscode-jsonrpc/node");

/** Where the picture lies in the book. */
export const PICTURE = fileURLToPath(new URL("../../../../../docs/editor.svg", import.meta.url));
const SOURCE = fileURLToPath(new URL("pot.deed", import.meta.url));

/** Points: the width of a letter, the height of a line, of a line of lenses, and the room around. */
const LETTER = 7.8;
const LINE = 20;
const LENSES = 17;
const ROOM = 16;
const GUTTER = 44;

const INK = {
  keyword: "#0033b3", comment: "#8c8c8c", string: "#067d17", number: "#1750eb", type: "#007e8a",
  struct: "#007e8a", enum: "#007e8a", class: "#007e8a", interface: "#007e8a", event: "#7a3e9d",
  function: "#00627a", method: "#00627a", property: "#871094", parameter: "#4a4a4a", variable: "#222222",
};
const SEVERITY = { 1: "#d1242f", 2: "#bf8700", 3: "#3574f0", 4: "#8c8c8c" };

/** Everything that the server says about the contract once it was verified and measured. */
async function answers(text) {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), "deed-picture-")));
  const file = path.join(root, "pot.deed");
  await writeFile(file, text);
  const server = spawn(process.env.DEED ?? "deed", ["lsp"], { stdio: ["pipe", "pipe", "inherit"] });
  const client = rpc.createMessageConnection(
    new rpc.StreamMessageReader(server.stdout),
    new rpc.StreamMessageWriter(server.stdin),
  );
  client.listen();
  const ask = (method, params) => client.sendRequest(method, params);
  const { capabilities } = await ask("initialize", {
    processId: process.pid,
    capabilities: { textDocument: { diagnostic: {} } },
  });
  client.sendNotification("initialized", {});
  const textDocument = { uri: pathToFileURL(file).href };
  const document = { ...textDocument, languageId: "deed", version: 1, text };
  client.sendNotification("textDocument/didOpen", { textDocument: document });
  for (const command of ["deed.verify", "deed.gas"]) {
    await ask("workspace/executeCommand", { command, arguments: [textDocument] });
  }
  const end = { line: text.split("\n").length - 1, character: 0 };
  const range = { start: { line: 0, character: 0 }, end };
  const said = {
    legend: capabilities.semanticTokensProvider.legend.tokenTypes,
    tokens: (await ask("textDocument/semanticTokens/full", { textDocument })).data,
    hints: await ask("textDocument/inlayHint", { textDocument, range }),
    lenses: await ask("textDocument/codeLens", { textDocument }),
    messages: (await ask("textDocument/diagnostic", { textDocument })).items,
  };
  await client.sendRequest("shutdown");
  client.sendNotification("exit");
  client.dispose();
  await rm(root, { recursive: true });
  return said;
}

/** The coloured words of each line: `{ at, length, ink }`. */
function coloured({ tokens, legend }) {
  const lines = [];
  let [line, at] = [0, 0];
  for (let next = 0; next < tokens.length; next += 5) {
    const [down, right, length, type] = tokens.slice(next, next + 4);
    at = down === 0 ? at + right : right;
    line += down;
    (lines[line] ??= []).push({ at, length, ink: INK[legend[type]] ?? "#222222" });
  }
  return lines;
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const round = (number) => Math.round(number * 10) / 10;

/** Text of a width that does not depend on the reader's fonts. */
function words(x, y, text, { ink = "#222222", letter = LETTER, size = 13 } = {}) {
  const width = round([...text].length * letter);
  const attributes = `x="${round(x)}" y="${round(y)}" fill="${ink}" font-size="${size}" textLength="${width}"`;
  return `<text ${attributes} xml:space="preserve">${escaped(text)}</text>`;
}

/** A line of the source with what stands in it; gives the place behind it, and where each column went. */
function drawn(text, y, tokens, hints) {
  const out = [];
  const columns = [];
  let x = GUTTER;
  const ends = new Map(tokens.map((token) => [token.at, token]));
  for (let at = 0; at <= text.length; ) {
    for (const hint of hints.filter((one) => one.position.character === at)) {
      const letter = LETTER * 0.82;
      const width = [...hint.label].length * letter + 8;
      const left = hint.paddingLeft ? x + 5 : x;
      out.push(`<rect x="${round(left)}" y="${y - 13}" width="${round(width)}" height="17" rx="3" fill="#ececf1"/>`);
      out.push(words(left + 4, y - 1, hint.label, { ink: "#6a6a76", letter, size: 10.7 }));
      x = left + width + (hint.paddingRight ? 5 : 0);
    }
    const token = ends.get(at);
    const next = tokens.map((one) => one.at).filter((start) => start > at);
    const hinted = hints.map((one) => one.position.character).filter((start) => start > at);
    const stop = Math.min(token ? at + token.length : Infinity, ...next, ...hinted, text.length);
    const part = text.slice(at, stop);
    for (let column = at; column < Math.max(stop, at + 1); column += 1) columns[column] = x + (column - at) * LETTER;
    if (part.trim() !== "") {
      const space = part.length - part.trimStart().length;
      out.push(words(x + space * LETTER, y, part.trim(), { ink: token?.ink }));
    }
    x += part.length * LETTER;
    at = Math.max(stop, at + 1);
  }
  return { out, end: x, columns };
}

/** A wave below the letters from one place to another. */
function wave(from, to, y, ink) {
  let way = `M${round(from)} ${y + 4}`;
  for (let x = from, up = true; x < to; x += 3, up = !up) way += `l3 ${up ? -2.5 : 2.5}`;
  return `<path d="${way}" fill="none" stroke="${ink}"/>`;
}

export async function draw() {
  const text = await readFile(SOURCE, "utf8");
  const said = await answers(text);
  const tokens = coloured(said);
  const out = [];
  let [y, width] = [ROOM, 0];
  text.trimEnd().split("\n").forEach((line, number) => {
    const lenses = said.lenses.filter((lens) => lens.range.start.line === number);
    if (lenses.length > 0) {
      const indent = line.length - line.trimStart().length;
      y += LENSES;
      const titles = lenses.map((lens) => lens.command.title).join("  |  ");
      out.push(words(GUTTER + indent * LETTER, y, titles, { ink: "#8c8c8c", letter: LETTER * 0.8, size: 10.5 }));
    }
    y += LINE;
    out.push(words(ROOM - 4, y, String(number + 1).padStart(2), { ink: "#b8b8c0" }));
    const hints = said.hints.filter((hint) => hint.position.line === number);
    const row = drawn(line, y, tokens[number] ?? [], hints);
    out.push(...row.out);
    for (const { range, severity } of said.messages.filter((one) => one.range.start.line === number)) {
      const last = range.end.line === number ? range.end.character : line.length;
      const [from, to] = [row.columns[range.start.character], row.columns[last] ?? row.end];
      out.push(wave(from, Math.max(to, from + 6), y, SEVERITY[severity]));
    }
    width = Math.max(width, row.end);
  });
  y += 14;
  const bar = y;
  for (const { range, severity, code, message } of said.messages) {
    const [head, ...rest] = message.split("\n");
    const values = rest.filter((line) => / = /.test(line) && !line.startsWith(" "));
    const line = `${code} ${head}${values.length > 0 ? `: ${values.join(", ")}` : ""}`;
    y += LINE;
    out.push(words(ROOM - 4, y, "●", { ink: SEVERITY[severity] }));
    out.push(words(GUTTER - 12, y, `${range.start.line + 1}:${range.start.character + 1}  ${line}`));
    width = Math.max(width, GUTTER + (line.length + 8) * LETTER);
  }
  const [wide, high] = [Math.ceil(width + ROOM), Math.ceil(y + ROOM)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${high}" width="${wide}" height="${high}" ` +
      'font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace">',
    "<title>A contract in an editor, with what deed lsp tells of it</title>",
    `<rect width="${wide}" height="${high}" rx="8" fill="#ffffff" stroke="#d8d8e0"/>`,
    `<path d="M0 ${bar}h${wide}" stroke="#d8d8e0"/>`,
    ...out,
    "</svg>",
    "",
  ].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(PICTURE, await draw());
