// YAML text → tokens, a few ahead of the parser: a key is known to be one only when its colon comes.
// Answers to yaml-cpp's Scanner (the release that Falco is built with), whose odd verdicts on tabs, indentation,
// quoted scalars and long keys are what "loads in Falco" means.

import {
  breakLength,
  CHAR,
  isBlank,
  isBlankOrBreak,
  isBlockEntry,
  isBreak,
  isDocumentEnd,
  isDocumentStart,
  isFlowValue,
  isKey,
  isValue,
} from './characters.js';
import { tooManyNodes, YamlFault } from './fault.js';
import { MAX_NODES, MAX_WAITING } from './limits.js';
import { scanContent } from './scan-content.js';
import { scanBlockEntry, scanFlow, scanKey, scanValue } from './scan-structure.js';
import {
  inFlow,
  invalidateKey,
  popAllIndents,
  popIndentsToHere,
  push,
  type ScannerState,
} from './scanner-state.js';
import { atEnd, mark, peek, skip, skipLine, skipSpaces, take } from './stream.js';
import { createToken, type Token } from './token.js';

/** The next token that stands; undefined at the end of the text. */
export function peekToken(state: ScannerState): Token | undefined {
  for (;;) {
    const token = state.tokens[state.head];
    if (token?.status === 'valid') return token;
    if (token?.status === 'invalid') state.head++;
    else if (state.ended) return token;
    else if (state.tokens.length - state.head > MAX_WAITING)
      throw new YamlFault(mark(state.stream), tooManyNodes(MAX_NODES), true);
    else scanNext(state);
  }
}

export function popToken(state: ScannerState): void {
  if (peekToken(state) === undefined) return;
  state.head++;
  if (state.head < 1024 || state.head * 2 < state.tokens.length) return;
  state.tokens.splice(0, state.head);
  state.head = 0;
}

function scanNext(state: ScannerState): void {
  const { stream } = state;
  skipToToken(state);
  popIndentsToHere(state);
  if (atEnd(stream)) endStream(state);
  else if (stream.column > 0 || !scanAtLineStart(state)) scanInLine(state);
}

/** Directives and document markers. False: there is none here. */
function scanAtLineStart(state: ScannerState): boolean {
  const { stream } = state;
  if (peek(stream) === CHAR.percent) scanDirective(state);
  else if (isDocumentStart(stream)) scanDocument(state, 'document-start');
  else if (isDocumentEnd(stream)) scanDocument(state, 'document-end');
  else return false;
  return true;
}

function scanInLine(state: ScannerState): void {
  const { stream } = state;
  if (scanFlow(state)) return;
  const value = inFlow(state) ? isFlowValue(stream, state.afterJson) : isValue(stream);
  if (isBlockEntry(stream)) scanBlockEntry(state);
  else if (isKey(stream)) scanKey(state);
  else if (value) scanValue(state);
  else scanContent(state);
}

/** Skips blanks, comments and line ends. */
function skipToToken(state: ScannerState): void {
  const { stream } = state;
  for (;;) {
    skipSpaces(stream, Number.POSITIVE_INFINITY);
    while (isBlank(peek(stream))) {
      if (!inFlow(state) && peek(stream) === CHAR.tab) state.keyAllowed = false;
      take(stream);
    }
    if (peek(stream) === CHAR.hash) skipLine(stream);
    const length = breakLength(stream);
    if (length === 0) return;
    skip(stream, length);
    invalidateKey(state);
    state.scalarAllowed = true;
    if (!inFlow(state)) state.keyAllowed = true;
  }
}

function endStream(state: ScannerState): void {
  state.stream.column = 0;
  popAllIndents(state);
  state.keys.length = 0;
  state.keyAllowed = false;
  state.scalarAllowed = false;
  state.ended = true;
}

function closeDocument(state: ScannerState): void {
  popAllIndents(state);
  state.keys.length = 0;
  state.keyAllowed = false;
  state.afterJson = false;
}

function scanDocument(state: ScannerState, type: 'document-start' | 'document-end'): void {
  closeDocument(state);
  push(state, type, 3);
}

function scanDirective(state: ScannerState): void {
  closeDocument(state);
  const { stream } = state;
  const start = mark(stream);
  take(stream);
  const word = (): string => {
    let text = '';
    while (!atEnd(stream) && !isBlankOrBreak(peek(stream))) text += String.fromCharCode(take(stream));
    return text;
  };
  const name = word();
  const args: string[] = [];
  for (;;) {
    while (isBlank(peek(stream))) take(stream);
    if (atEnd(stream) || isBreak(peek(stream)) || peek(stream) === CHAR.hash) break;
    args.push(word());
  }
  state.tokens.push(createToken('directive', start, { text: name, arguments: args }));
}
