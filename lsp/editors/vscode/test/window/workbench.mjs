// A window of Visual Studio Code with the packaged extension, in a browser without a screen.
//
// In: what `install.mjs` installed, the package, and a folder of sources. Out: the window's page, with
// what a test asks it for.
// Holds always: the editor's settings and extensions are new, and gone when it is closed.

import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

/** No question asked, nothing looked up outside, and all that the server says in sight. */
const SETTINGS = {
  "editor.formatOnSave": true,
  "editor.minimap.enabled": false,
  "editor.stickyScroll.enabled": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "window.commandCenter": false,
  "workbench.colorTheme": "Default Light Modern",
  "workbench.layoutControl.enabled": false,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

/** Chromium reaches nothing but the editor. */
const CHROMIUM = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
  "--disable-background-networking", "--disable-component-update",
];

const PATIENCE = 60_000;

/** Opens `sources` in a new window; `deed` is the command the extension shall call. */
export async function open({ installed, vsix, deed, sources, size }) {
  const home = await mkdtemp(path.join(tmpdir(), "deed-window-"));
  const server = path.join(installed, "node_modules/code-server/out/node/entry.js");
  const places = ["--config", "config.yaml", "--user-data-dir", "user", "--extensions-dir", "extensions"];
  await mkdir(path.join(home, "user/User"), { recursive: true });
  await writeFile(path.join(home, "config.yaml"), "auth: none\n");
  await writeFile(path.join(home, "user/User/settings.json"), JSON.stringify({ ...SETTINGS, "deed.path": deed }));
  const setUp = [server, ...places, "--install-extension", path.resolve(vsix)];
  await promisify(execFile)(process.execPath, setUp, { cwd: home });

  const port = await freePort();
  const quiet = ["--disable-telemetry", "--disable-update-check"];
  const address = ["--auth", "none", "--bind-addr", `127.0.0.1:${port}`];
  const options = { cwd: home, stdio: ["ignore", "ignore", "ignore"], detached: true };
  const running = spawn(process.execPath, [server, ...places, ...quiet, ...address, sources], options);
  const { chromium } = createRequire(path.join(installed, "x.js"))("playwright-core");
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: CHROMIUM });
  const page = await browser.newPage({ viewport: size });
  page.setDefaultTimeout(PATIENCE);
  await listening(port);
  await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(sources)}`);
  await page.locator(".monaco-workbench").waitFor();
  const close = async () => {
    await browser.close();
    // It has processes of its own.
    process.kill(-running.pid, "SIGTERM");
    await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  };
  return new Workbench(page, close);
}

/** What a user does in the window, and sees there. */
class Workbench {
  constructor(page, close) {
    this.page = page;
    this.close = close;
  }

  /** Opens a file of the folder by its name. */
  async file(name) {
    await this.page.locator(".explorer-viewlet .monaco-list-row", { hasText: name }).dblclick();
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await this.page.locator(".monaco-editor .view-line").first().waitFor();
  }

  /** Runs a command by its title. */
  async command(title) {
    await this.pick("F1", `>${title}`);
  }

  /** Enters something where the window asks, once it is offered. */
  async pick(key, text) {
    const asked = this.page.locator(".quick-input-widget input[type=text]");
    await this.page.keyboard.press(key);
    await asked.fill(text);
    const wanted = text.replace(/^>/, "");
    await this.page.locator(".quick-input-list .monaco-list-row.focused", { hasText: wanted }).waitFor();
    await this.page.keyboard.press("Enter");
    await asked.waitFor({ state: "hidden" });
  }

  /** Puts the cursor at a line and column, counted from 1. */
  async go(line, column) {
    const asked = this.page.locator(".quick-input-widget input[type=text]");
    await this.page.keyboard.press("Control+G");
    await asked.fill(`:${line}:${column}`);
    await this.page.keyboard.press("Enter");
    await asked.waitFor({ state: "hidden" });
    await this.shows(".statusbar", `Ln ${line}, Col ${column}`);
  }

  /** Waits until one of `where` shows `text`. */
  async shows(where, text) {
    await this.page.locator(where, { hasText: text }).first().waitFor();
  }

  /** Does something that brings `text`; again if it does not, for a busy editor may not be ready for it. */
  async brings(action, where, text) {
    for (let left = 5; left > 0; left -= 1) {
      await action();
      const brought = this.page.locator(where, { hasText: text }).first();
      const came = brought.waitFor({ timeout: PATIENCE / 5 });
      if (await came.then(() => true, () => false)) return;
      await this.page.keyboard.press("Escape");
    }
    throw new Error(`${where} with "${text}" did not come`);
  }

  /** The texts of all that match, in order. */
  texts(where) {
    return this.page.locator(where).allInnerTexts();
  }
}

async function freePort() {
  const probe = net.createServer();
  await new Promise((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

async function listening(port) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const answered = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answered?.ok) return;
    if (Date.now() > end) throw new Error("the editor does not start");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
