// The language server: the protocol on one side, src/language on the other. Diagnostics come a moment after the last change,
// from a thread of their own; what is asked of a place is answered at once.

import { Readable, Writable } from 'node:stream';
import type { LintContext } from '../../authoring/lint.js';
import { SETTINGS_FILE } from '../../authoring/lint-settings.js';
import type { Checked } from '../../language/check.js';
import { createDocument, edited, type TextDocument } from '../../language/document.js';
import { createProject, type RulesDocument, withOutline } from '../../language/project.js';
import type { Host } from '../host.js';
import { answerQuestions } from './answers.js';
import type { CheckerInput } from './checker.js';
import { createChecks } from './checks.js';
import { readRules, readRulesBelow, readSettings } from './files.js';
import {
  CodeActionKind,
  createConnection,
  FileChangeType,
  type InitializeResult,
  TextDocumentSyncKind,
} from './protocol.js';

/** How long after the last change a document is checked, milliseconds. */
const PAUSE_MS = 120;

export const CAPABILITIES: InitializeResult['capabilities'] = {
  textDocumentSync: TextDocumentSyncKind.Incremental,
  completionProvider: { resolveProvider: true, triggerCharacters: ['.', '%', ' ', '(', ':'] },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  foldingRangeProvider: true,
  documentSymbolProvider: true,
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.Refactor] },
  documentFormattingProvider: true,
};

/** Serves one editor until it says goodbye. @param given how the thread that checks gets the same context. @returns the exit code */
export function serve(
  host: Host,
  version: string,
  context: LintContext,
  given: CheckerInput,
): Promise<number> {
  const { input } = host.terminal(false);
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      host.stdout.write(chunk.toString('latin1'), true).then(() => done(), done);
    },
  });
  const connection = createConnection(Readable.from(input), output);
  const project = createProject(context);
  const checked = new Map<string, { readonly document: RulesDocument; readonly checked: Checked }>();
  const timers = new Map<string, NodeJS.Timeout>();
  const roots: string[] = [];
  let settings = readSettings(undefined, host);
  const checks = createChecks({
    ...{ project, input: given, settings: () => settings },
    say: (line) => connection.console.error(line),
  });

  async function publish(uri: string): Promise<void> {
    const answer = await checks.ask('check', uri);
    // What has changed since is checked again.
    if (answer?.checked === undefined || project.get(uri) !== answer.document || !open.has(uri)) return;
    const { document, diagnostics = [] } = answer;
    checked.set(uri, { document, checked: answer.checked });
    void connection.sendDiagnostics({ uri, version: document.version, diagnostics: [...diagnostics] });
  }
  const later = (uri: string, pause = PAUSE_MS): void => {
    clearTimeout(timers.get(uri));
    timers.set(
      uri,
      setTimeout(() => {
        timers.delete(uri);
        void publish(uri);
      }, pause),
    );
  };
  const open = new Set<string>();
  /** What is not open is as the disk has it. */
  const noteFile = (uri: string): void => {
    const document = readRules(uri, host);
    if (document === undefined) project.delete(uri);
    else project.set(withOutline(document));
  };
  connection.onInitialize(({ workspaceFolders, rootUri }) => {
    roots.push(...(workspaceFolders?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : [])));
    settings = readSettings(roots[0], host);
    for (const document of readRulesBelow(roots, host)) project.set(withOutline(document));
    return { capabilities: CAPABILITIES, serverInfo: { name: 'tsfalco', version } };
  });
  connection.onDidOpenTextDocument(({ textDocument: { uri, version: revision, text } }) => {
    open.add(uri);
    project.set(withOutline(createDocument(uri, revision, text)));
    later(uri, 0);
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version: revision }, contentChanges }) => {
    let document: TextDocument = project.get(uri) ?? createDocument(uri, 0, '');
    for (const change of contentChanges)
      document =
        'range' in change
          ? edited(document, revision ?? 0, change.range, change.text)
          : createDocument(uri, revision ?? 0, change.text);
    project.set(withOutline(document));
    // What this one defines, others may use.
    for (const other of open) later(other);
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    open.delete(uri);
    checked.delete(uri);
    clearTimeout(timers.get(uri));
    noteFile(uri);
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    if (changes.some(({ uri }) => uri.endsWith(`/${SETTINGS_FILE}`))) settings = readSettings(roots[0], host);
    for (const { uri, type } of changes) {
      if (open.has(uri)) continue;
      if (type === FileChangeType.Deleted) project.delete(uri);
      else noteFile(uri);
    }
    for (const uri of open) later(uri);
  });
  answerQuestions(connection, project, checks, checked);
  return new Promise((resolve) => {
    let ready = 1;
    connection.onShutdown(() => {
      ready = 0;
    });
    const end = (): void => {
      checks.end();
      resolve(ready);
    };
    connection.onExit(end);
    input.on('end', end);
    connection.listen();
  });
}
