// Visual Studio Code as a server for browsers, and what drives a browser, both from npm's registry.
//
// In: a folder, made if need be. Out: `code-server` and `playwright-core` in its `node_modules`.
// Holds always: nothing is fetched but packages; what is there already is left alone.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";

/** The newest that Node.js 20 runs, which is what the extension asks for. */
const PACKAGES = { "code-server": "4.100.3", "playwright-core": "1.65.1" };

/** What the editor cannot start without, of what has to be compiled. */
const NATIVE = ["@vscode/spdlog", "native-watchdog"];

const folder = path.resolve(process.argv[2]);
const server = path.join(folder, "node_modules/code-server");
const code = path.join(server, "lib/vscode");
const done = path.join(folder, "installed");

if (!existsSync(done)) {
  await rm(path.join(folder, "node_modules"), { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ private: true, dependencies: PACKAGES }));
  // Their own scripts would fetch programs from elsewhere.
  npm(folder, "install", "--ignore-scripts");
  npm(code, "install", "--ignore-scripts", "--omit=dev");
  npm(code, "rebuild", ...NATIVE);
  npm(folder, "rebuild", "argon2", "--build-from-source");
  await symlink("node_modules", path.join(code, "node_modules.asar"));
  await writeFile(done, JSON.stringify(PACKAGES));
}

function npm(cwd, ...args) {
  const headers = path.join(process.execPath, "../..");
  const own = existsSync(path.join(headers, "include/node/node.h"));
  const env = own ? { ...process.env, npm_config_nodedir: headers } : process.env;
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const { status } = spawnSync("npm", [...args, ...quiet], { cwd, env, stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`npm ${args.join(" ")} failed in ${cwd}`);
}
