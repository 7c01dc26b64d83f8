// The colours of the TextMate grammar, on a source that has every construct of the language.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

const require = createRequire(import.meta.url);
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");
const root = new URL("../../../../", import.meta.url);
const text = (path) => readFile(new URL(path, root), "utf8");

/** Every word and sign of a text with its line, its scopes and what is left of it in its line. */
async function tokenise(source) {
  const wasm = await readFile(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (string) => new oniguruma.OnigString(string),
    }),
    loadGrammar: async () => {
      const file = new URL("../syntaxes/deed.tmLanguage.json", import.meta.url);
      return textmate.parseRawGrammar(await readFile(file, "utf8"), file.pathname);
    },
  });
  const grammar = await registry.loadGrammar("source.deed");
  let stack = textmate.INITIAL;
  const tokens = [];
  for (const [number, line] of source.split("\n").entries()) {
    const result = grammar.tokenizeLine(line, stack);
    stack = result.ruleStack;
    for (const { startIndex, endIndex, scopes } of result.tokens) {
      const word = line.slice(startIndex, endIndex).trim();
      const before = line.slice(0, startIndex);
      const after = line.slice(endIndex);
      tokens.push({ line: number + 1, word, scopes: scopes.join(" "), before, after });
    }
  }
  return tokens;
}

const source = await text("tests/syntax/everything.deed");
const tokens = await tokenise(source);

test("the grammar ends where it began", () => {
  const last = tokens.at(-1);
  assert.equal(last.scopes, "source.deed", "something was opened and never closed");
});

test("words are shown as what they are", () => {
  const expected = [
    ["//! Every construct of the grammar once.", "comment.line.documentation"],
    ["demo.everything", "entity.name.namespace"],
    ["as", "keyword.control.import"],
    ["hex", "storage.type.string"],
    ["\\u{5951}", "constant.character.escape"],
    ["0xffff", "constant.numeric"],
    ["_u256", "storage.type.numeric"],
    ["Pair", "entity.name.type"],
    ["contract", "storage.type"],
    ["version", "storage.modifier"],
    ["implements", "storage.modifier"],
    ["state", "storage.type"],
    ["traced", "storage.modifier"],
    ["counter", "storage.modifier"],
    ["step", "storage.modifier"],
    ["migrate", "keyword.other.fn"],
    ["payable", "storage.modifier"],
    ["send", "entity.name.function"],
    ["exactly", "keyword.other.spec"],
    ["ensures", "keyword.other.spec"],
    ["forall", "keyword.other.spec"],
    ["match", "keyword.control"],
    ["..=", "keyword.operator.range"],
    ["==>", "keyword.operator.logical"],
    ["cron", "storage.modifier"],
    ["without", "keyword.other.rule"],
    ["expect", "keyword.control"],
    ["warp", "keyword.control"],
    ["tx", "variable.language"],
    ["u64", "support.type.primitive"],
  ];
  for (const [word, scope] of expected) {
    const found = tokens.filter((token) => token.word === word);
    const fits = found.some((token) => token.scopes.includes(` ${scope}`));
    const shown = found.map(({ line, scopes }) => `${line}: ${scopes}`);
    assert.ok(fits, `\`${word}\` should be ${scope}, and is\n${shown.join("\n")}`);
  }
});

test("reserved words are keywords wherever they are no names", async () => {
  const kinds = await text("compiler/syntax/src/token.rs");
  const reserved = /\n    hard \{\n([^]*?)\n    \}/.exec(kinds);
  assert.ok(reserved, "the list of reserved words has moved");
  const words = [...reserved[0].matchAll(/"([a-z]+)"/g)].map((match) => match[1]);
  assert.ok(words.length > 30);
  const keyword = /keyword|storage|constant\.language|variable\.language/;
  for (const { word, scopes, before, after, line } of tokens) {
    const isName = /(\.|fn\s+)$/.test(before) || /^\s*:(?!:)/.test(after);
    const isText = /string|comment/.test(scopes) && !scopes.includes("interpolation");
    if (words.includes(word) && !isName && !isText) {
      assert.match(scopes, keyword, `line ${line}: \`${word}\` of ${source.split("\n")[line - 1]}`);
    }
  }
});

test("strings hold code between braces, and that holds strings", () => {
  const inner = tokens.filter((token) => token.scopes.includes("meta.interpolation.deed"));
  const words = inner.map((token) => token.word);
  assert.ok(words.includes("f") && words.includes("Pair"), words.join(" "));
  const nested = inner.find((token) => token.word === "b");
  assert.match(nested.scopes, /interpolation.*string.*interpolation/);
});
