// What the scanner remembers between tokens: open blocks by their indentation, and keys that are not yet known
// to be keys. Answers to yaml-cpp's indents and simple keys.

import { isBlockEntry } from './characters.js';
import { createStream, type Mark, mark, type Stream, skip } from './stream.js';
import { createToken, type Token, type TokenExtras, type TokenType } from './token.js';

interface Indent {
  readonly column: number;
  readonly kind: 'map' | 'sequence' | 'none';
  status: 'valid' | 'invalid' | 'open';
  readonly start: Token | undefined;
}

/** A place where a key may have begun. */
interface OpenKey {
  readonly mark: Mark;
  readonly flowLevel: number;
  readonly indent: Indent | undefined;
  readonly token: Token;
}

export interface ScannerState {
  readonly stream: Stream;
  readonly tokens: Token[];
  /** Index of the next token. */
  head: number;
  ended: boolean;
  keyAllowed: boolean;
  scalarAllowed: boolean;
  /** Behind a quoted scalar or a closing bracket: a colon needs no blank. */
  afterJson: boolean;
  readonly keys: OpenKey[];
  readonly indents: Indent[];
  readonly flows: ('sequence' | 'map')[];
}

export function createScanner(text: string): ScannerState {
  return {
    stream: createStream(text),
    tokens: [],
    head: 0,
    ended: false,
    keyAllowed: true,
    scalarAllowed: true,
    afterJson: false,
    keys: [],
    indents: [{ column: -1, kind: 'none', status: 'valid', start: undefined }],
    flows: [],
  };
}

export function topIndent(state: ScannerState): number {
  return state.indents.at(-1)?.column ?? 0;
}

/** Opens a block here if this is deeper than the last one; a sequence may stand right below its key. */
export function pushIndent(
  state: ScannerState,
  column: number,
  kind: 'map' | 'sequence',
): Indent | undefined {
  if (state.flows.length > 0) return undefined;
  const last = state.indents.at(-1);
  if (last !== undefined) {
    if (column < last.column) return undefined;
    if (column === last.column && !(kind === 'sequence' && last.kind === 'map')) return undefined;
  }
  const start = createToken(`${kind}-start`, mark(state.stream));
  state.tokens.push(start);
  const indent: Indent = { column, kind, status: 'valid', start };
  state.indents.push(indent);
  return indent;
}

/** Closes the blocks that end before this column, and those that turned out to be none. */
export function popIndentsToHere(state: ScannerState): void {
  if (state.flows.length > 0) return;
  const { stream, indents } = state;
  for (let top = indents.at(-1); top !== undefined; top = indents.at(-1)) {
    if (top.column < stream.column) break;
    const goesOn = top.kind !== 'sequence' || isBlockEntry(stream);
    if (top.column === stream.column && goesOn) break;
    popIndent(state);
  }
  while (indents.at(-1)?.status === 'invalid') popIndent(state);
}

/** Closes all blocks, at the end of a document. */
export function popAllIndents(state: ScannerState): void {
  if (state.flows.length > 0) return;
  while ((state.indents.at(-1)?.kind ?? 'none') !== 'none') popIndent(state);
}

function popIndent(state: ScannerState): void {
  const indent = state.indents.pop();
  if (indent === undefined) return;
  if (indent.status !== 'valid') invalidateKey(state);
  else if (indent.kind !== 'none') state.tokens.push(createToken(`${indent.kind}-end`, mark(state.stream)));
}

/** A key may begin here: says so with tokens that stand only when its colon comes. */
export function insertKey(state: ScannerState): void {
  const flowLevel = state.flows.length;
  if (!state.keyAllowed || state.keys.at(-1)?.flowLevel === flowLevel) return;
  const place = mark(state.stream);
  const indent = pushIndent(state, state.stream.column, 'map');
  if (indent !== undefined) setStatus(indent, 'open');
  const token = createToken('key', place);
  token.status = 'open';
  state.tokens.push(token);
  state.keys.push({ mark: place, flowLevel, indent, token });
}

function setStatus(indent: Indent, status: Indent['status']): void {
  indent.status = status;
  if (indent.start !== undefined) indent.start.status = status;
}

function settle(key: OpenKey, status: 'valid' | 'invalid'): void {
  if (key.indent !== undefined) setStatus(key.indent, status);
  key.token.status = status;
}

/** What may have been a key on this flow level is none. */
export function invalidateKey(state: ScannerState): void {
  const key = state.keys.at(-1);
  if (key === undefined || key.flowLevel !== state.flows.length) return;
  settle(key, 'invalid');
  state.keys.pop();
}

const LONGEST_KEY = 1024;

/** The colon is here: true if what may have been a key is one. */
export function verifyKey(state: ScannerState): boolean {
  const key = state.keys.at(-1);
  if (key === undefined || key.flowLevel !== state.flows.length) return false;
  state.keys.pop();
  const { stream } = state;
  const valid = stream.line === key.mark.line && stream.offset - key.mark.offset <= LONGEST_KEY;
  settle(key, valid ? 'valid' : 'invalid');
  return valid;
}

export const inFlow = (state: ScannerState): boolean => state.flows.length > 0;

/** Adds a token that is so long. */
export function push(state: ScannerState, type: TokenType, length: number, extras?: TokenExtras): void {
  const { stream } = state;
  state.tokens.push(createToken(type, mark(stream), extras));
  skip(stream, length);
}
