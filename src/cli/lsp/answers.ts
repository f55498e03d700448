// What an editor asks about a place in a document, answered at once by src/language.

import { fromBytes } from '../../bytes.js';
import type { Checked } from '../../language/check.js';
import { complete } from '../../language/complete.js';
import { hover } from '../../language/hover.js';
import type { Project, RulesDocument } from '../../language/project.js';
import type { Proposal } from '../../language/proposal.js';
import type { Checks } from './checks.js';
import { codeActions } from './code-actions.js';
import { completionItem, describedItem } from './completion-items.js';
import { type Connection, ResponseError } from './protocol.js';
import { locationOf, rename } from './rename.js';

/** What an editor asks about a place. */
export function answerQuestions(
  connection: Connection,
  project: Project,
  checks: Checks,
  checked: ReadonlyMap<string, { readonly document: RulesDocument; readonly checked: Checked }>,
): void {
  const at = (uri: string): RulesDocument => {
    const document = project.get(uri);
    if (document === undefined) throw new ResponseError(-32602, `${uri} is not open`);
    return document;
  };
  let proposed: readonly Proposal[] = [];
  connection.onCompletion(({ textDocument, position }) => {
    const document = at(textDocument.uri);
    const { proposals, replaced } = complete(project, document, position);
    const range = document.rangeAt(document.offsetAt(position) - replaced, replaced);
    proposed = proposals;
    return proposals.map((proposal, rank) => completionItem(proposal, range, rank));
  });
  connection.onCompletionResolve((item) => describedItem(item, proposed));
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
  connection.onDocumentSymbol(({ textDocument }) => symbolsOf(at(textDocument.uri)));
  connection.onDocumentFormatting(async ({ textDocument }) => {
    const answer = await checks.ask('format', at(textDocument.uri).uri);
    if (answer?.formatted === undefined) return [];
    const { document, formatted } = answer;
    if (document !== project.get(document.uri)) throw new ResponseError(CHANGED, 'the text has changed');
    if (!formatted.ok) throw new ResponseError(-32803, fromBytes(formatted.why));
    if (formatted.text === document.bytes) return [];
    return [{ range: document.rangeAt(0, document.bytes.length), newText: fromBytes(formatted.text) }];
  });
  connection.onCodeAction(({ textDocument, range }) => {
    const document = at(textDocument.uri);
    // What was found in an older text has places that are no longer true.
    const found = checked.get(document.uri);
    return codeActions(document, found?.document === document ? found.checked : undefined, range);
  });
}

/** The protocol's number for an answer that would be about a text of before. */
const CHANGED = -32801;

/** Function, event, constant, array: the icons that editors have. */
const SYMBOLS = { rule: 12, correlation: 24, macro: 14, list: 18 } as const;

function symbolsOf(document: RulesDocument) {
  return document.outline.items.flatMap(({ kind, name, from, to }) => {
    if (kind === undefined || name === '') return [];
    const range = document.rangeAt(document.starts[from]!, 0);
    const { end } = document.rangeAt(document.starts[to]! + document.lines[to]!.length, 0);
    const whole = { start: range.start, end };
    const text = { name: fromBytes(name), detail: kind };
    return [{ ...text, kind: SYMBOLS[kind], range: whole, selectionRange: range }];
  });
}
