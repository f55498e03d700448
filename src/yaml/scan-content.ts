// Tokens of content: anchors, aliases, tags and scalars. Answers to those parts of yaml-cpp's Scanner.

import {
  CHAR,
  isBlank,
  isBreak,
  isNameByte,
  mayFollowName,
  startsFlowPlain,
  startsPlain,
} from './characters.js';
import { FAULTS, YamlFault } from './fault.js';
import { scanScalar } from './scalar.js';
import { inFlow, insertKey, type ScannerState, topIndent } from './scanner-state.js';
import { atEnd, mark, peek, type Stream, skipLine, take } from './stream.js';
import { scanTag } from './tag.js';
import { createToken } from './token.js';

/** Anchors, tags and scalars. */
export function scanContent(state: ScannerState): void {
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
  if (peek(stream) === CHAR.hash) skipLine(stream);
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
