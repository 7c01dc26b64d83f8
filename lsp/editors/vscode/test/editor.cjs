// As much of an editor as the extension and the client library in it ask for, under Node.
//
// In: events that a test fires. Out: the providers, collections and commands that were registered.
// Holds always: what nobody has written here is something that can be called, made, extended and
// asked for its parts, and does nothing.

const { URI } = require("vscode-uri");

/** Something that is there and does nothing. */
function anything(name) {
  const parts = new Map();
  const make = function () {};
  return new Proxy(make, {
    get(target, key) {
      if (key === "prototype" || key === "then") return target[key];
      if (key === Symbol.toPrimitive || key === "toString") return () => name;
      if (typeof key === "symbol") return undefined;
      if (!parts.has(key)) parts.set(key, anything(`${name}.${key}`));
      return parts.get(key);
    },
    set(_, key, value) {
      parts.set(key, value);
      return true;
    },
    apply: () => new Disposable(() => {}),
  });
}

class Disposable {
  constructor(end) {
    this.dispose = end;
  }
  static from(...all) {
    return new Disposable(() => all.forEach((one) => one.dispose()));
  }
}

class EventEmitter {
  #listeners = new Set();
  event = (listener, self) => {
    const own = (argument) => listener.call(self, argument);
    this.#listeners.add(own);
    return new Disposable(() => this.#listeners.delete(own));
  };
  fire(argument) {
    for (const listener of [...this.#listeners]) listener(argument);
  }
  dispose() {
    this.#listeners.clear();
  }
}

class Position {
  constructor(line, character) {
    Object.assign(this, { line, character });
  }
}

class Range {
  constructor(start, end, line, character) {
    const given = typeof start === "number";
    this.start = given ? new Position(start, end) : start;
    this.end = given ? new Position(line, character) : end;
  }
}

class MarkdownString {
  constructor(value = "") {
    this.value = value;
  }
  appendMarkdown(text) {
    this.value += text;
    return this;
  }
  appendCodeblock(text) {
    return this.appendMarkdown(text);
  }
}

/** A class whose fields are what its constructor is given, by these names. */
function record(...names) {
  return class {
    constructor(...values) {
      names.forEach((name, at) => (this[name] = values[at]));
    }
  };
}

class CancellationTokenSource {
  #emitter = new EventEmitter();
  token = { isCancellationRequested: false, onCancellationRequested: this.#emitter.event };
  cancel() {
    this.token.isCancellationRequested = true;
    this.#emitter.fire();
  }
  dispose() {}
}

const emitters = new Map();

/** A part of the editor: `on…` are events; what is missing is [`anything`]. */
function part(name, own) {
  const rest = anything(name);
  return new Proxy(own, {
    get(target, key) {
      if (key in target) return target[key];
      if (typeof key === "string" && /^on[A-Z]/.test(key)) {
        if (!emitters.has(key)) emitters.set(key, new EventEmitter());
        return emitters.get(key).event;
      }
      return rest[key];
    },
  });
}

/** What was registered: providers by their kind, commands by name, messages by address. */
const seen = { providers: {}, commands: {}, diagnostics: new Map(), settings: {}, logged: [] };

const register = (kind) => (_selector, provider) => {
  seen.providers[kind] = provider;
  return new Disposable(() => delete seen.providers[kind]);
};

const languages = part("languages", {
  match: (selector, document) => {
    const fits = ({ language, scheme }) =>
      (!language || language === document.languageId) && (!scheme || scheme === document.uri.scheme);
    return [selector].flat().some(fits) ? 10 : 0;
  },
  createDiagnosticCollection: () => ({
    set: (uri, list) => seen.diagnostics.set(uri.toString(), list ?? []),
    delete: (uri) => seen.diagnostics.delete(uri.toString()),
    has: (uri) => seen.diagnostics.has(uri.toString()),
    clear: () => seen.diagnostics.clear(),
    dispose: () => {},
  }),
  registerHoverProvider: register("hover"),
  registerCompletionItemProvider: register("completion"),
  registerDefinitionProvider: register("definition"),
  registerCodeLensProvider: register("lenses"),
  registerInlayHintsProvider: register("hints"),
  registerDocumentFormattingEditProvider: register("formatting"),
});

const channel = {
  append: (text) => seen.logged.push(text),
  appendLine: (text) => seen.logged.push(text),
  ...Object.fromEntries(["clear", "show", "hide", "dispose", "replace"].map((n) => [n, () => {}])),
};

const configuration = (section) => ({
  get: (key, otherwise) => seen.settings[section ? `${section}.${key}` : key] ?? otherwise,
  has: (key) => `${section}.${key}` in seen.settings,
  inspect: () => undefined,
});

const known = {
  version: "1.100.0",
  Uri: URI,
  Disposable,
  EventEmitter,
  CancellationTokenSource,
  Position,
  Range,
  MarkdownString,
  Hover: record("contents", "range"),
  Location: record("uri", "range"),
  Diagnostic: record("range", "message", "severity"),
  DiagnosticRelatedInformation: record("location", "message"),
  CompletionItem: record("label", "kind"),
  CompletionList: record("items", "isIncomplete"),
  CodeLens: record("range", "command"),
  InlayHint: record("position", "label", "kind"),
  TextEdit: record("range", "newText"),
  TabInputText: record("uri"),
  ShellExecution: record("command", "args"),
  Task: record("definition", "scope", "name", "source", "execution", "problemMatchers"),
  DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2, Hint: 3 },
  languages,
  env: { language: "en", appName: "test", uriScheme: "test" },
  commands: part("commands", {
    registerCommand: (name, action) => {
      seen.commands[name] = action;
      return new Disposable(() => delete seen.commands[name]);
    },
    executeCommand: async (name, ...rest) => seen.commands[name]?.(...rest),
  }),
  tasks: part("tasks", { registerTaskProvider: (kind, provider) => register(kind)(null, provider) }),
  workspace: part("workspace", {
    textDocuments: [],
    notebookDocuments: [],
    workspaceFolders: undefined,
    getConfiguration: configuration,
  }),
  window: part("window", {
    activeTextEditor: undefined,
    visibleTextEditors: [],
    tabGroups: part("tabGroups", { all: [] }),
    createOutputChannel: () => channel,
    showErrorMessage: async (text) => void seen.logged.push(text),
    withProgress: (_options, work) => work({ report() {} }, new CancellationTokenSource().token),
  }),
};

const rest = anything("vscode");
const vscode = new Proxy(known, { get: (own, key) => (key in own ? own[key] : rest[key]) });

/** An open document; `edit` gives it another text. */
function document(path, text) {
  const all = {
    uri: URI.file(path),
    fileName: path,
    languageId: "deed",
    version: 1,
    isClosed: false,
    isDirty: false,
    getText: () => text,
    save: async () => true,
  };
  all.edit = (range, newText, whole) => {
    text = whole;
    all.version += 1;
    const change = { range, rangeOffset: 0, rangeLength: 0, text: newText };
    fire("onDidChangeTextDocument", { document: all, contentChanges: [change], reason: undefined });
  };
  return all;
}

function fire(event, argument) {
  emitters.get(event)?.fire(argument);
}

/** Opens a document in a tab that is in sight. */
function open(doc) {
  known.workspace.textDocuments.push(doc);
  known.window.activeTextEditor = { document: doc };
  known.window.visibleTextEditors.push({ document: doc });
  const tabs = [{ input: new known.TabInputText(doc.uri), isActive: true }];
  known.window.tabGroups.all.push({ tabs, activeTab: tabs[0], isActive: true });
  fire("onDidOpenTextDocument", doc);
  fire("onDidChangeTabs", { opened: tabs, closed: [], changed: [] });
}

module.exports = { vscode, seen, document, open, fire };
