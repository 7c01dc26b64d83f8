// The packaged extension in Visual Studio Code itself, as a user meets it.
//
// In: DEED names the command, DEED_VSIX the package, DEED_CODE where `install.mjs` installed the editor.
// Out: what the window shows; with DEED_PICTURE its picture, written there.

import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { open } from "./workbench.mjs";

const POT = fileURLToPath(new URL("../picture/pot.deed", import.meta.url));
const BROKEN = `module count

/// It counts.
contract Count {
    state { total: u64 = 0 }

    entry fn add(n: u64) {
        self.totl += n
    }

    view fn current() -> u64 { return self.total }
}
`;

let folder, window;

before(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), "deed-sources-")));
  await copyFile(POT, path.join(folder, "pot.deed"));
  await writeFile(path.join(folder, "count.deed"), BROKEN);
  window = await open({
    installed: path.resolve(process.env.DEED_CODE),
    vsix: process.env.DEED_VSIX ?? fileURLToPath(new URL("../../deed.vsix", import.meta.url)),
    deed: process.env.DEED ?? "deed",
    sources: folder,
    size: { width: 1000, height: 980 },
  });
});

after(async () => {
  await window?.close();
  await rm(folder, { recursive: true, force: true });
});

test("the language is known, and a mistake is told", async () => {
  await window.file("count.deed");
  await window.shows(".statusbar-item", "Deed");
  await window.command("View: Focus Problems");
  await window.shows(".markers-panel .monaco-list-row", "did you mean `total`?");
  assert.equal(await window.page.locator(".squiggly-error").count(), 1);
  await window.command("View: Hide Panel");
});

test("a quick fix mends it", async () => {
  await window.go(8, 15);
  const menu = ".action-widget .monaco-list-row.focused";
  await window.brings(() => window.page.keyboard.press("Control+."), menu, "write `total`");
  await window.page.keyboard.press("Enter");
  await window.shows(".view-line", "self.total += n");
  await window.page.locator(".squiggly-error").waitFor({ state: "detached" });
});

test("hovering tells the type and the doc", async () => {
  await window.go(8, 15);
  await window.brings(() => window.command("Show or Focus Hover"), ".monaco-hover", "total: u64 = 0");
  await window.page.keyboard.press("Escape");
});

test("what is begun is completed", async () => {
  await window.go(8, 24);
  await window.page.keyboard.press("Enter");
  await window.page.keyboard.type("self.");
  await window.shows(".suggest-widget .monaco-list-row", "current");
  const offered = await window.texts(".suggest-widget .monaco-list-row .label-name");
  assert.ok(offered.includes("total") && offered.includes("current"), offered.join());
  await window.page.keyboard.type("tot");
  await window.page.keyboard.press("Tab");
  await window.page.keyboard.type("  +=   1");
  await window.shows(".view-line", "self.total  +=   1");
});

test("a file is formatted when it is saved", async () => {
  await window.page.keyboard.press("Control+S");
  await window.shows(".view-line", "self.total += 1");
  const expected = BROKEN.replace("self.totl += n", "self.total += n\n        self.total += 1");
  assert.equal(await saved("count.deed", expected), expected);
});

test("lenses and hints tell what was proved and measured", async () => {
  await window.file("pot.deed");
  for (const title of ["Run", "Verify", "Gas", "Run test"]) await window.shows(".codelens-decoration a", title);
  await window.page.locator(".codelens-decoration a", { hasText: "Gas" }).first().click();
  await window.shows(".view-line", "gas ");
  await window.command("Deed: Verify this package");
  await window.shows(".view-line", "✗ broken by put");
  await window.shows(".view-line", "✓ proved");
  await window.shows(".view-line", "writes total, shares");
  await window.command("View: Focus Problems");
  await window.shows(".markers-panel .monaco-list-row", "`put` breaks this promise");
  await window.command("View: Hide Panel");
});

test("a command of the palette runs the tests", async () => {
  await window.command("Deed: Run the tests of this package");
  await window.shows(".codelens-decoration", "Run test");
  if (process.env.DEED_PICTURE) await picture(process.env.DEED_PICTURE);
});

/** The text of a file once it is as expected, or after a while. */
async function saved(name, expected) {
  let text;
  for (const end = Date.now() + 10_000; text !== expected && Date.now() < end; ) {
    text = await readFile(path.join(folder, name), "utf8");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return text;
}

/** The window with its messages, without what has nothing to do with the language. */
async function picture(file) {
  await window.command("View: Focus Problems");
  await window.shows(".markers-panel .monaco-list-row", "rest");
  await window.file("pot.deed");
  await window.command("View: Toggle Primary Side Bar Visibility");
  await window.command("Notifications: Clear All Notifications");
  await window.go(1, 1);
  await window.page.screenshot({ path: file });
}
