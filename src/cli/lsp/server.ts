// The language server: the protocol on one side, src/language on the other. Documents are whole texts; diagnostics come
// a moment after the last change; everything else is answered at once.

import { Readable, Writable } from 'node:stream';
import type { LintContext } from '../../authoring/lint.js';
import { type Checked, check, isSuite } from '../../language/check.js';
import { createDocument } from '../../language/document.js';
import { createProject, withOutline } from '../../language/project.js';
import type { Host } from '../host.js';
import { answerQuestions } from './answers.js';
import { diagnosticOf, suiteDiagnostics } from './diagnostics.js';
import { readRulesBelow, readSettings } from './files.js';
import { CodeActionKind, createConnection, type InitializeResult, TextDocumentSyncKind } from './protocol.js';

/** How long after the last change a document is checked, milliseconds: longer where that takes long, since questions wait. */
const PAUSE_MS = 120;
const LONGEST_PAUSE_MS = 2000;

export const CAPABILITIES: InitializeResult['capabilities'] = {
  textDocumentSync: TextDocumentSyncKind.Full,
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

/** Serves one editor until it says goodbye. @returns the exit code */
export function serve(host: Host, version: string, context: LintContext): Promise<number> {
  const { input } = host.terminal(false);
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      host.stdout.write(chunk.toString('latin1'), true).then(() => done(), done);
    },
  });
  const connection = createConnection(Readable.from(input), output);
  const project = createProject(context);
  const checked = new Map<string, Checked>();
  /** How long the last check of a document took, milliseconds. */
  const took = new Map<string, number>();
  const timers = new Map<string, NodeJS.Timeout>();
  const roots: string[] = [];
  let settings = readSettings(undefined, host);

  const publish = (uri: string): void => {
    const document = project.get(uri);
    if (document === undefined) return;
    const started = performance.now();
    const result = check(project, document, settings);
    checked.set(uri, result);
    took.set(uri, performance.now() - started);
    const diagnostics = isSuite(document)
      ? suiteDiagnostics(document, project, host)
      : result.findings.map((finding) => diagnosticOf(document, finding));
    void connection.sendDiagnostics({ uri, version: document.version, diagnostics });
  };
  const pauseOf = (uri: string): number =>
    Math.min(Math.max(PAUSE_MS, 2 * (took.get(uri) ?? 0)), LONGEST_PAUSE_MS);
  const later = (uri: string, pause = pauseOf(uri)): void => {
    clearTimeout(timers.get(uri));
    timers.set(
      uri,
      setTimeout(() => {
        timers.delete(uri);
        publish(uri);
      }, pause),
    );
  };
  const open = new Set<string>();
  const note = (uri: string, revision: number, text: string): void =>
    project.set(withOutline(createDocument(uri, revision, text)));

  connection.onInitialize(({ workspaceFolders, rootUri }) => {
    roots.push(...(workspaceFolders?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : [])));
    settings = readSettings(roots[0], host);
    for (const { uri, text } of readRulesBelow(roots, host)) note(uri, 0, text);
    return { capabilities: CAPABILITIES, serverInfo: { name: 'tsfalco', version } };
  });
  connection.onDidOpenTextDocument(({ textDocument: { uri, version: revision, text } }) => {
    open.add(uri);
    note(uri, revision, text);
    later(uri, 0);
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version: revision }, contentChanges }) => {
    note(uri, revision ?? 0, contentChanges.at(-1)?.text ?? '');
    // What this one defines, others may use.
    for (const other of open) later(other);
  });
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => {
    open.delete(uri);
    clearTimeout(timers.get(uri));
    void connection.sendDiagnostics({ uri, diagnostics: [] });
  });
  connection.onDidChangeWatchedFiles(() => {
    settings = readSettings(roots[0], host);
    for (const { uri } of [...project.all()]) if (!open.has(uri)) project.delete(uri);
    for (const { uri, text } of readRulesBelow(roots, host)) if (!open.has(uri)) note(uri, 0, text);
    for (const uri of open) later(uri);
  });
  answerQuestions(connection, project, checked);
  return new Promise((resolve) => {
    let ready = 1;
    connection.onShutdown(() => {
      ready = 0;
    });
    connection.onExit(() => resolve(ready));
    input.on('end', () => resolve(ready));
    connection.listen();
  });
}
