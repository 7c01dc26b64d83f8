// The client of Deed's language server, with its commands and tasks.
//
// In: what the editor tells. Out: a running `deed lsp`, and `deed` as tasks.
// Holds always: the server runs once, and ends when the extension does.

const { commands, ShellExecution, Task, tasks, TaskScope, window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

/** Subcommands that make tasks of their own. */
const TASKS = ["check", "build", "test", "verify", "lint"];

/** @type {LanguageClient | undefined} */
let client;

/** Called by the editor when a Deed file or package is opened. */
async function activate(context) {
  context.subscriptions.push(
    commands.registerCommand("deed.restart", restart),
    commands.registerCommand("deed.verifyFile", () => onFile("deed.verify")),
    commands.registerCommand("deed.testFile", () => onFile("deed.test")),
    tasks.registerTaskProvider("deed", { provideTasks, resolveTask }),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("deed.path")) return restart();
    }),
  );
  await start();
}

/** Called by the editor when it closes. */
async function deactivate() {
  const running = client;
  client = undefined;
  await running?.stop();
}

/** The command `deed`, as it is set. */
function deed() {
  return workspace.getConfiguration("deed").get("path") || "deed";
}

async function start() {
  const settings = workspace.getConfiguration("deed");
  const server = { command: deed(), args: ["lsp"] };
  const own = new LanguageClient("deed", "Deed", server, {
    documentSelector: [{ scheme: "file", language: "deed" }],
    initializationOptions: { verify: { onSave: settings.get("verify.onSave") === true } },
    synchronize: { configurationSection: "deed" },
  });
  client = own;
  try {
    await own.start();
  } catch (error) {
    const message = `\`${server.command} lsp\` does not start: ${error.message ?? error}`;
    await window.showErrorMessage(`${message}. Set \`deed.path\` to where \`deed\` lies.`);
  }
}

async function restart() {
  await deactivate();
  await start();
}

/** Has the server work on the package of the file in sight, saved or not. */
function onFile(command) {
  const document = window.activeTextEditor?.document;
  if (client === undefined || document?.languageId !== "deed") return;
  const argument = { uri: document.uri.toString() };
  return client.sendRequest("workspace/executeCommand", { command, arguments: [argument] });
}

function provideTasks() {
  return TASKS.map((command) => task({ type: "deed", command }, TaskScope.Workspace));
}

function resolveTask(asked) {
  const { command } = asked.definition;
  return typeof command === "string" ? task(asked.definition, asked.scope) : undefined;
}

function task(definition, scope) {
  const { command, args = [] } = definition;
  const words = [command, "--message-format", "short", ...args];
  const execution = new ShellExecution(deed(), words);
  return new Task(definition, scope ?? TaskScope.Workspace, command, "deed", execution, "$deed");
}

module.exports = { activate, deactivate };
