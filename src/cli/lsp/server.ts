// The language server: the protocol on one side, src/language on the other. Documents are whole texts; diagnostics come
// a moment after the last change; everything else is answered at once.

import { Readable, Writable } from 'node:stream';
import {
  type CodeAction,
  CodeActionKind,
  CompletionItemKind,
  type Connection,
  createConnection,
  type Diagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type InitializeResult,
  InsertTextFormat,
  ResponseError,
  TextDocumentSyncKind,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { formatRules } from '../../authoring/format/file.js';
import type { LintContext } from '../../authoring/lint.js';
import { fromBytes, toBytes } from '../../bytes.js';
import type { Finding } from '../../engine/rules/lint/finding.js';
import {
  type Checked,
  check,
  isRules,
  isSuite,
  nameOf,
  suiteFault,
  unknownRules,
} from '../../language/check.js';
import { complete, type Proposal } from '../../language/complete.js';
import { createDocument, type TextRange } from '../../language/document.js';
import { newException, switchOff } from '../../language/edits.js';
import { hover } from '../../language/hover.js';
import { createProject, type Place, type RulesDocument, withOutline } from '../../language/project.js';
import type { Host } from '../host.js';
import { readEventFile, readRulesBelow, readSettings } from './files.js';

/** How long after the last change a document is checked, milliseconds. */
const PAUSE_MS = 120;

export const CAPABILITIES: InitializeResult['capabilities'] = {
  textDocumentSync: TextDocumentSyncKind.Full,
  completionProvider: { triggerCharacters: ['.', '%', ' ', '(', ':'] },
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
  const timers = new Map<string, NodeJS.Timeout>();
  const roots: string[] = [];
  let settings = readSettings(undefined, host);

  const publish = (uri: string): void => {
    const document = project.get(uri);
    if (document === undefined) return;
    const result = check(project, document, settings);
    checked.set(uri, result);
    const diagnostics = isSuite(document)
      ? suiteDiagnostics(document, project, host)
      : result.findings.map((finding) => diagnosticOf(document, finding));
    void connection.sendDiagnostics({ uri, version: document.version, diagnostics });
  };
  const later = (uri: string, pause = PAUSE_MS): void => {
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

type Projects = ReturnType<typeof createProject>;

/** What an editor asks about a place. */
function answerQuestions(
  connection: Connection,
  project: Projects,
  checked: ReadonlyMap<string, Checked>,
): void {
  const at = (uri: string): RulesDocument => {
    const document = project.get(uri);
    if (document === undefined) throw new ResponseError(-32602, `${uri} is not open`);
    return document;
  };
  connection.onCompletion(({ textDocument, position }) => {
    const document = at(textDocument.uri);
    const { proposals, replaced } = complete(project, document, position);
    const range = document.rangeAt(document.offsetAt(position) - replaced, replaced);
    return proposals.map((proposal, rank) => completionItem(proposal, range, rank));
  });
  connection.onHover(({ textDocument, position }) => {
    const found = hover(project, at(textDocument.uri), position);
    return found && { contents: { kind: 'markdown', value: found.text }, range: found.range };
  });
  connection.onDefinition(({ textDocument, position }) => {
    const document = at(textDocument.uri);
    const named = project.namedAt(document, document.offsetAt(position));
    const home = named && project.definitions(named.kind, document).get(named.name);
    return home && locationOf({ document: home.document, named: home.named });
  });
  connection.onReferences(({ textDocument, position, context }) => {
    const document = at(textDocument.uri);
    const named = project.namedAt(document, document.offsetAt(position));
    if (named === undefined) return [];
    const places = project.places(named.kind, named.name);
    return places.filter((place) => context.includeDeclaration || !place.named.defines).map(locationOf);
  });
  connection.onPrepareRename(({ textDocument, position }) => {
    const document = at(textDocument.uri);
    const named = project.namedAt(document, document.offsetAt(position));
    if (named === undefined || !project.definitions(named.kind, document).has(named.name)) return null;
    return document.rangeAt(named.offset, named.name.length);
  });
  connection.onRenameRequest(({ textDocument, position, newName }) =>
    rename(project, at(textDocument.uri), position, newName),
  );
  connection.onFoldingRanges(({ textDocument }) =>
    at(textDocument.uri).outline.items.map(({ from, to }) => ({ startLine: from, endLine: to })),
  );
  connection.onDocumentSymbol(({ textDocument }) => {
    const document = at(textDocument.uri);
    return document.outline.items
      .filter(({ kind, name }) => kind !== undefined && name !== '')
      .map(({ kind, name, from, to }) => {
        const range = document.rangeAt(document.starts[from]!, 0);
        const end = document.rangeAt(document.starts[to]! + document.lines[to]!.length, 0).end;
        const whole = { start: range.start, end };
        return {
          name: fromBytes(name),
          detail: kind!,
          kind: SYMBOLS[kind!],
          range: whole,
          selectionRange: range,
        };
      });
  });
  connection.onDocumentFormatting(({ textDocument }) => {
    const document = at(textDocument.uri);
    if (!isRules(document)) return [];
    const formatted = formatRules(document.bytes);
    if (!formatted.ok) throw new ResponseError(-32803, fromBytes(formatted.why));
    if (formatted.text === document.bytes) return [];
    return [{ range: document.rangeAt(0, document.bytes.length), newText: fromBytes(formatted.text) }];
  });
  connection.onCodeAction(({ textDocument, range }) =>
    codeActions(at(textDocument.uri), checked.get(textDocument.uri), range),
  );
}

/** Function, constant, array: the icons that editors have. */
const SYMBOLS = { rule: 12, macro: 14, list: 18 } as const;

const locationOf = ({ document, named }: Place) => ({
  uri: document.uri,
  range: document.rangeAt(named.offset, named.name.length),
});

function rename(
  project: Projects,
  document: RulesDocument,
  position: TextRange['start'],
  newName: string,
): WorkspaceEdit {
  const named = project.namedAt(document, document.offsetAt(position));
  if (named === undefined) throw new ResponseError(-32803, 'there is no rule, macro or list here');
  const valid =
    named.kind === 'macro' ? /^[a-zA-Z]+\w*$/ : named.kind === 'list' ? /^[^()"'\s=,]+$/ : /^[^\r\n"]+$/;
  if (!valid.test(newName))
    throw new ResponseError(-32803, `'${newName}' cannot be the name of a ${named.kind}`);
  if (project.definitions(named.kind).has(toBytes(newName)))
    throw new ResponseError(-32803, `there is a ${named.kind} ${newName} already`);
  const changes: Record<string, { range: TextRange; newText: string }[]> = {};
  for (const place of project.places(named.kind, named.name))
    (changes[place.document.uri] ??= []).push({ range: locationOf(place).range, newText: newName });
  return { changes };
}

const KINDS: Readonly<Record<Proposal['kind'], CompletionItemKind>> = {
  field: CompletionItemKind.Field,
  operator: CompletionItemKind.Operator,
  macro: CompletionItemKind.Constant,
  list: CompletionItemKind.Enum,
  rule: CompletionItemKind.Event,
  value: CompletionItemKind.Value,
  key: CompletionItemKind.Property,
  snippet: CompletionItemKind.Snippet,
  function: CompletionItemKind.Function,
  word: CompletionItemKind.Keyword,
};

function completionItem(
  { label, kind, insert, snippet, detail, text }: Proposal,
  range: TextRange,
  rank: number,
) {
  return {
    label,
    kind: KINDS[kind],
    sortText: String(rank).padStart(5, '0'),
    textEdit: { range, newText: insert ?? label },
    ...(snippet === true && { insertTextFormat: InsertTextFormat.Snippet }),
    ...(detail !== undefined && { detail }),
    ...(text !== undefined && { documentation: { kind: 'markdown' as const, value: text } }),
  };
}

const SEVERITIES = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  note: DiagnosticSeverity.Information,
} as const;

function diagnosticOf(
  document: RulesDocument,
  { id, level, message, place, suggestion }: Finding,
): Diagnostic {
  const meant = suggestion === undefined ? '' : ` (did you mean '${fromBytes(suggestion)}'?)`;
  const unused = id.startsWith('LOAD_UNUSED_');
  return {
    range: document.rangeAt(place.offset, place.length),
    severity: unused ? DiagnosticSeverity.Hint : SEVERITIES[level],
    code: id,
    source: 'tsfalco',
    message: `${fromBytes(message)}${meant}`,
    ...(unused && { tags: [DiagnosticTag.Unnecessary] }),
    ...(id === 'LOAD_DEPRECATED_ITEM' && { tags: [DiagnosticTag.Deprecated] }),
  };
}

function suiteDiagnostics(document: RulesDocument, project: Projects, host: Host): Diagnostic[] {
  const fault = suiteFault(document, (path) => readEventFile(nameOf(document.uri), path, host));
  const line = Math.min(fault?.line ?? 0, document.lines.length - 1);
  const whole = document.rangeAt(document.starts[line]!, document.lines[line]!.length);
  const faults =
    fault === undefined
      ? []
      : [{ range: whole, severity: 1 as const, source: 'tsfalco', message: fault.message }];
  const unknown = unknownRules(project, document).map(({ offset, name }) => ({
    ...{ range: document.rangeAt(offset, name.length), severity: 2 as const, source: 'tsfalco' },
    message: `no rules file here has a rule '${fromBytes(name)}'`,
  }));
  return [...faults, ...unknown];
}

function codeActions(document: RulesDocument, checked: Checked | undefined, range: TextRange): CodeAction[] {
  const touches = ({ place }: Finding): boolean =>
    place.line - 1 <= range.end.line && place.line - 1 >= range.start.line;
  const findings = checked?.findings.filter(touches) ?? [];
  const change = (offset: number, length: number, text: string): WorkspaceEdit => ({
    changes: { [document.uri]: [{ range: document.rangeAt(offset, length), newText: fromBytes(text) }] },
  });
  const fixes = (checked?.fixes ?? [])
    .filter(({ finding }) => touches(finding))
    .map((fix) => ({
      title: fromBytes(fix.title),
      kind: CodeActionKind.QuickFix,
      isPreferred: fix.safe,
      diagnostics: [diagnosticOf(document, fix.finding)],
      edit: {
        changes: {
          [document.uri]: fix.edits.map(({ offset, length, text }) => ({
            range: document.rangeAt(offset, length),
            newText: fromBytes(text),
          })),
        },
      },
    }));
  const offs = findings.flatMap((finding) => {
    const off = switchOff(document, finding);
    if (off === undefined) return [];
    return [
      {
        title: off.title,
        kind: CodeActionKind.QuickFix,
        edit: change(off.offset, 0, off.text),
        diagnostics: [diagnosticOf(document, finding)],
      },
    ];
  });
  const exception = newException(document, range.start.line);
  return [
    ...fixes,
    ...offs,
    ...(exception === undefined
      ? []
      : [
          {
            title: exception.title,
            kind: CodeActionKind.Refactor,
            edit: change(exception.offset, 0, exception.text),
          },
        ]),
  ];
}
