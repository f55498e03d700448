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
  isNameByte,
  isValue,
  mayFollowName,
  startsFlowPlain,
  startsPlain,
} from './characters.js';
import { FAULTS, tooManyNodes, YamlFault } from './fault.js';
import { scanScalar } from './scalar.js';
import {
  insertKey,
  invalidateKey,
  popAllIndents,
  popIndentsToHere,
  pushIndent,
  type ScannerState,
  topIndent,
  verifyKey,
} from './scanner-state.js';
import { atEnd, mark, peek, type Stream, skip, take } from './stream.js';
import { scanTag } from './tag.js';
import { createToken, type Token, type TokenExtras, type TokenType } from './token.js';

/** Levels of collections inside each other; yaml-cpp's own limit. */
export const MAX_DEPTH = 500;
/** Values in a text, aliases expanded. */
export const MAX_NODES = 400_000;
/** Tokens that wait for the end of what may be a key; that many values have no more. */
const MAX_WAITING = 3 * MAX_NODES;

/** The next token that stands; undefined at the end of the text. */
export function peekToken(state: ScannerState): Token | undefined {
  for (;;) {
    const token = state.tokens[state.head];
    if (token?.status === 'valid') return token;
    if (token?.status === 'invalid') state.head++;
    else if (state.ended) return token;
    else if (state.tokens.length - state.head > MAX_WAITING)
      throw new YamlFault(mark(state.stream), tooManyNodes(MAX_NODES));
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

const inFlow = (state: ScannerState): boolean => state.flows.length > 0;

function push(state: ScannerState, type: TokenType, length: number, extras?: TokenExtras): void {
  const { stream } = state;
  state.tokens.push(createToken(type, mark(stream), extras));
  skip(stream, length);
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

/** Anchors, tags and scalars. */
function scanContent(state: ScannerState): void {
  const c = peek(state.stream);
  if (c === CHAR.star) scanName(state, 'alias');
  else if (c === CHAR.ampersand) scanName(state, 'anchor');
  else if (c === CHAR.bang) scanTagToken(state);
  else if (!inFlow(state) && (c === CHAR.pipe || c === CHAR.greater)) scanBlockScalar(state);
  else scanLineScalar(state);
}

function scanLineScalar(state: ScannerState): void {
  const { stream } = state;
  const c = peek(stream);
  if (!state.scalarAllowed) throw new YamlFault(mark(stream), FAULTS.unexpectedScalar);
  if (c === CHAR.single || c === CHAR.double) scanQuoted(state);
  else if (inFlow(state) ? startsFlowPlain(stream) : startsPlain(stream)) scanPlain(state);
  else throw new YamlFault(mark(stream), FAULTS.unknownToken);
}

/** Skips blanks, comments and line ends. */
function skipToToken(state: ScannerState): void {
  const { stream } = state;
  for (;;) {
    while (isBlank(peek(stream))) {
      if (!inFlow(state) && peek(stream) === CHAR.tab) state.keyAllowed = false;
      take(stream);
    }
    if (peek(stream) === CHAR.hash) skipComment(stream);
    const length = breakLength(stream);
    if (length === 0) return;
    skip(stream, length);
    invalidateKey(state);
    state.scalarAllowed = true;
    if (!inFlow(state)) state.keyAllowed = true;
  }
}

function skipComment(stream: Stream): void {
  while (!atEnd(stream) && !isBreak(peek(stream))) take(stream);
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

/** Brackets and commas. False: there is none here. */
function scanFlow(state: ScannerState): boolean {
  const { stream } = state;
  switch (peek(stream)) {
    case CHAR.openBracket:
      openFlow(state, 'sequence');
      return true;
    case CHAR.openBrace:
      openFlow(state, 'map');
      return true;
    case CHAR.closeBracket:
      closeFlow(state, 'sequence');
      return true;
    case CHAR.closeBrace:
      closeFlow(state, 'map');
      return true;
    case CHAR.comma:
      if (stream.column === 0) throw new YamlFault(mark(stream), FAULTS.unexpectedFlow);
      if (!state.scalarAllowed) throw new YamlFault(mark(stream), FAULTS.unexpectedScalar);
      endFlowItem(state);
      state.keyAllowed = true;
      state.afterJson = false;
      push(state, 'flow-entry', 1);
      return true;
    default:
      return false;
  }
}

function openFlow(state: ScannerState, kind: 'sequence' | 'map'): void {
  // Deeper than the parser goes: the whole text would be read before it gets to say so.
  if (state.flows.length >= MAX_DEPTH) throw new YamlFault(mark(state.stream), FAULTS.nesting);
  insertKey(state);
  state.keyAllowed = true;
  state.afterJson = false;
  push(state, `flow-${kind}-start`, 1);
  state.flows.push(kind);
}

function closeFlow(state: ScannerState, kind: 'sequence' | 'map'): void {
  const { stream } = state;
  if (!inFlow(state)) throw new YamlFault(mark(stream), FAULTS.flowEnd);
  endFlowItem(state);
  state.keyAllowed = false;
  state.afterJson = true;
  if (state.flows.at(-1) !== kind) throw new YamlFault(mark(stream), FAULTS.flowEnd);
  state.flows.pop();
  push(state, `flow-${kind}-end`, 1);
}

/** `{a}` is a key without a value; `[a]` is no key. */
function endFlowItem(state: ScannerState): void {
  const kind = state.flows.at(-1);
  if (kind === 'map' && verifyKey(state)) state.tokens.push(createToken('value', mark(state.stream)));
  else if (kind === 'sequence') invalidateKey(state);
}

function scanBlockEntry(state: ScannerState): void {
  const { stream } = state;
  if (inFlow(state) || !state.keyAllowed) throw new YamlFault(mark(stream), FAULTS.blockEntry);
  pushIndent(state, stream.column, 'sequence');
  state.keyAllowed = true;
  state.afterJson = false;
  push(state, 'block-entry', 1);
}

function scanKey(state: ScannerState): void {
  const { stream } = state;
  if (!inFlow(state)) {
    if (!state.keyAllowed) throw new YamlFault(mark(stream), FAULTS.mapKey);
    pushIndent(state, stream.column, 'map');
  }
  state.keyAllowed = !inFlow(state);
  push(state, 'key', 1);
}

function scanValue(state: ScannerState): void {
  const { stream } = state;
  const isKeyed = verifyKey(state);
  state.afterJson = false;
  if (isKeyed) state.keyAllowed = false;
  else {
    if (!inFlow(state)) {
      if (!state.keyAllowed) throw new YamlFault(mark(stream), FAULTS.mapValue);
      pushIndent(state, stream.column, 'map');
    }
    state.keyAllowed = !inFlow(state);
  }
  state.scalarAllowed = true;
  push(state, 'value', 1);
}

/** Something that may turn out to be a key starts here. */
function startContent(state: ScannerState): void {
  insertKey(state);
  state.keyAllowed = false;
  state.afterJson = false;
}

function scanName(state: ScannerState, type: 'alias' | 'anchor'): void {
  startContent(state);
  const { stream } = state;
  const start = mark(stream);
  take(stream);
  let name = '';
  while (!atEnd(stream) && isNameByte(peek(stream))) name += String.fromCharCode(take(stream));
  const alias = type === 'alias';
  if (name === '') throw new YamlFault(mark(stream), alias ? FAULTS.aliasNotFound : FAULTS.anchorNotFound);
  if (!atEnd(stream) && !mayFollowName(peek(stream)))
    throw new YamlFault(mark(stream), alias ? FAULTS.characterInAlias : FAULTS.characterInAnchor);
  state.tokens.push(createToken(type, start, { text: name }));
}

function scanTagToken(state: ScannerState): void {
  startContent(state);
  const start = mark(state.stream);
  state.tokens.push(createToken('tag', start, scanTag(state.stream)));
}

function scanPlain(state: ScannerState): void {
  const { stream } = state;
  const flow = inFlow(state);
  const indent = flow ? 0 : topIndent(state) + 1;
  insertKey(state);
  const start = mark(stream);
  const scalar = scanScalar(stream, { style: flow ? 'flow-plain' : 'plain', indent });
  state.keyAllowed = scalar.endedByIndent;
  state.afterJson = false;
  state.tokens.push(createToken('plain', start, scalar));
}

function scanQuoted(state: ScannerState): void {
  const { stream } = state;
  insertKey(state);
  const start = mark(stream);
  const style = take(stream) === CHAR.single ? 'single' : 'double';
  const scalar = scanScalar(stream, { style, indent: 0 });
  state.keyAllowed = false;
  // One quoted scalar a line, but for flow collections.
  state.scalarAllowed = inFlow(state);
  state.afterJson = true;
  state.tokens.push(createToken('quoted', start, scalar));
}

function scanBlockScalar(state: ScannerState): void {
  const { stream } = state;
  const start = mark(stream);
  const style = take(stream) === CHAR.greater ? 'folded' : 'literal';
  const header = scanBlockHeader(stream);
  while (isBlank(peek(stream))) take(stream);
  if (peek(stream) === CHAR.hash) skipComment(stream);
  if (!atEnd(stream) && !isBreak(peek(stream))) throw new YamlFault(mark(stream), FAULTS.characterInBlock);
  const base = Math.max(topIndent(state), 0);
  const indent = (header.indent ?? 1) + base;
  const detect = header.indent === undefined;
  const scalar = scanScalar(stream, { style, indent, detect, chomp: header.chomp });
  state.keyAllowed = true;
  state.afterJson = false;
  state.tokens.push(createToken('quoted', start, scalar));
}

interface BlockHeader {
  readonly chomp: 'strip' | 'clip' | 'keep';
  readonly indent: number | undefined;
}

/** `+`, `-` and one digit, each at most once, in any order. */
function scanBlockHeader(stream: Stream): BlockHeader {
  let chomp: BlockHeader['chomp'] = 'clip';
  let indent: number | undefined;
  const takeChomp = (): boolean => {
    const c = peek(stream);
    if (c !== CHAR.plus && c !== CHAR.dash) return false;
    chomp = take(stream) === CHAR.plus ? 'keep' : 'strip';
    return true;
  };
  const takeDigit = (): void => {
    const digit = peek(stream) - 48;
    if (digit < 0 || digit > 9) return;
    take(stream);
    if (digit === 0) throw new YamlFault(mark(stream), FAULTS.zeroIndentation);
    indent = digit;
  };
  const first = takeChomp();
  takeDigit();
  if (!first && indent !== undefined) takeChomp();
  return { chomp, indent };
}
