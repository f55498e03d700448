// The text of a scalar: folding, trimming, escapes, indentation, and where each part of it came from.
// Answers to yaml-cpp's ScanScalar; the order of its steps decides what odd texts mean.

import {
  breakLength,
  CHAR,
  endsFlowPlain,
  endsPlain,
  isBlank,
  isBreak,
  isDocumentIndicator,
} from './characters.js';
import { readEscape } from './escape.js';
import { FAULTS, YamlFault } from './fault.js';
import { atEnd, END, mark, peek, type Stream, skip, skipSpaces, take, takeRun } from './stream.js';

export type ScalarStyle = 'plain' | 'flow-plain' | 'single' | 'double' | 'literal' | 'folded';

interface Style {
  /** Bytes that can neither end the scalar nor need a closer look; outside blocks the last is no blank. */
  readonly run: RegExp;
  readonly ends: (s: Stream) => boolean;
  /** The end belongs to the scalar and must be there. */
  readonly quoted: boolean;
  readonly fold: 'flow' | 'block' | 'none';
  readonly block: boolean;
  readonly onDocument: 'break' | 'throw' | 'ignore';
  readonly tabs: 'throw' | 'ignore';
}

const isEnd = (s: Stream): boolean => peek(s) === END;
const PLAIN = { quoted: false, fold: 'flow', block: false, onDocument: 'break', tabs: 'throw' } as const;
const QUOTED = { quoted: true, fold: 'flow', block: false, onDocument: 'throw', tabs: 'ignore' } as const;
const BLOCK = { quoted: false, block: true, onDocument: 'ignore', tabs: 'throw', ends: isEnd } as const;

/**
 * Words with single blanks between them; a thousand at most, so that a line of any length takes little room.
 * @param ends what ends them, as it is written in a class, besides blanks, breaks and END
 * @param afterBlank what does so behind a blank
 */
function words(ends: string, afterBlank = ''): RegExp {
  const within = `[^ \\t\\r\\n\\x04${ends}]`;
  return new RegExp(`${within}+(?:[ \\t][^ \\t\\r\\n\\x04${ends}${afterBlank}]${within}*){0,999}`, 'y');
}

const STYLES: Readonly<Record<ScalarStyle, Style>> = {
  plain: { ...PLAIN, run: words(':\\x00', '#'), ends: endsPlain },
  'flow-plain': { ...PLAIN, run: words(':\\x00,?[\\]{}', '#'), ends: endsFlowPlain },
  single: {
    ...QUOTED,
    run: words("'"),
    ends: (s) => peek(s) === CHAR.single && peek(s, 1) !== CHAR.single,
  },
  double: { ...QUOTED, run: words('"\\\\'), ends: (s) => peek(s) === CHAR.double },
  literal: { ...BLOCK, fold: 'none', run: /[^\r\n\x00\x04]+/y },
  folded: { ...BLOCK, fold: 'block', run: /[^\r\n\x00\x04]+/y },
};

export interface ScalarOptions {
  readonly style: ScalarStyle;
  /** Columns that belong to the indentation; the first line may widen it (`detect`). */
  readonly indent: number;
  readonly detect?: boolean;
  readonly chomp?: 'strip' | 'clip' | 'keep';
}

export interface ScannedScalar {
  readonly text: string;
  /** Pairs: index in the text, offset in the file of what stands there. Ascending. */
  readonly origins: readonly number[];
  /** The scalar ended because a line was indented too little. */
  readonly endedByIndent: boolean;
}

interface State {
  readonly s: Stream;
  readonly style: Style;
  text: string;
  readonly origins: number[];
  indent: number;
  readonly detect: boolean;
  filled: boolean;
  /** Behind the last escape; -1: none yet. */
  escaped: number;
  /** Behind the last byte of this line that is no blank. */
  solid: number;
  pastOpening: boolean;
  emptyLine: boolean;
  indentedMore: boolean;
  folded: number;
  foldedFromIndented: boolean;
}

/** Reads a scalar behind its opening quote or block header. */
export function scanScalar(s: Stream, options: ScalarOptions): ScannedScalar {
  const style = STYLES[options.style];
  const state: State = {
    s,
    style,
    text: '',
    origins: [],
    indent: options.indent,
    detect: options.detect ?? false,
    filled: false,
    escaped: -1,
    solid: 0,
    pastOpening: style.fold === 'flow',
    emptyLine: false,
    indentedMore: false,
    folded: 0,
    foldedFromIndented: false,
  };
  let endedByIndent = false;
  while (!atEnd(s)) {
    const escapedBreak = readLine(state);
    if (isOver(state)) break;
    if (style.fold === 'flow') state.text = state.text.slice(0, state.solid);
    skip(s, breakLength(s));
    readIndentation(state);
    joinLines(state, escapedBreak);
    if (!state.emptyLine && s.column < state.indent) {
      endedByIndent = true;
      break;
    }
  }
  return { text: trim(state, options), origins: state.origins, endedByIndent };
}

/** Reads to the end of the line or scalar. True: the break is escaped. */
function readLine(state: State): boolean {
  const { s, style } = state;
  state.solid = state.text.length;
  while (!style.ends(s) && !isBreak(peek(s))) {
    if (atEnd(s)) break;
    if (s.column === 0 && style.onDocument !== 'ignore' && isDocumentIndicator(s)) {
      if (style.onDocument === 'throw') throw new YamlFault(mark(s), FAULTS.documentInScalar);
      break;
    }
    state.filled = true;
    state.pastOpening = true;
    const c = peek(s);
    if (c === CHAR.backslash && style === STYLES.double) {
      if (isBreak(peek(s, 1))) {
        take(s);
        state.solid = state.escaped = state.text.length;
        return true;
      }
      addEscape(state);
    } else if (isEscape(style, c)) addEscape(state);
    else addRun(state, c);
  }
  return false;
}

/** Outside quotes upstream has NUL for "no escape character", so that a NUL byte acts as a backslash. */
function isEscape(style: Style, c: number): boolean {
  return style.quoted ? c === CHAR.single && style === STYLES.single : c === 0;
}

function addRun(state: State, first: number): void {
  const { s, style } = state;
  noteOrigin(state);
  style.run.lastIndex = s.offset;
  const run = style.run.exec(s.text);
  if (run === null) state.text += String.fromCharCode(take(s));
  else state.text += takeRun(s, run[0].length);
  if (run !== null || !isBlank(first)) state.solid = state.text.length;
}

function addEscape(state: State): void {
  noteOrigin(state);
  state.text += readEscape(state.s);
  state.solid = state.escaped = state.text.length;
}

function noteOrigin({ origins, text, s }: State): void {
  const last = origins.length - 2;
  const follows = last >= 0 && text.length - origins[last]! === s.offset - origins[last + 1]!;
  if (!follows) origins.push(text.length, s.offset);
}

function isOver(state: State): boolean {
  const { s, style } = state;
  if (atEnd(s)) {
    if (style.quoted) throw new YamlFault(mark(s), FAULTS.endInScalar);
    return true;
  }
  if (style.onDocument === 'break' && s.column === 0 && isDocumentIndicator(s)) return true;
  if (!style.ends(s)) return false;
  if (style.quoted) take(s);
  return true;
}

/** Skips the indentation of the next line and, in flow styles, the blanks behind it. */
function readIndentation(state: State): void {
  const { s, style } = state;
  const detecting = state.detect && !state.filled;
  if (style.block) skipSpaces(s, detecting ? Number.POSITIVE_INFINITY : state.indent - s.column);
  else while (peek(s) === CHAR.space && (s.column < state.indent || detecting) && !style.ends(s)) take(s);
  if (detecting) state.indent = Math.max(state.indent, s.column);
  while (isBlank(peek(s))) {
    if (peek(s) === CHAR.tab && s.column < state.indent && style.tabs === 'throw')
      throw new YamlFault(mark(s), FAULTS.tabInIndentation);
    if (style.block || style.ends(s)) break;
    take(s);
  }
}

/** Adds what the break between the last line and the next one stands for. */
function joinLines(state: State, escapedBreak: boolean): void {
  const { s, style } = state;
  const nextEmpty = isBreak(peek(s));
  const nextIndented = isBlank(peek(s));
  if (style.fold === 'block' && state.folded === 0 && nextEmpty)
    state.foldedFromIndented = state.indentedMore;
  if (state.pastOpening) {
    if (style.fold === 'none') state.text += '\n';
    else if (style.fold === 'block') foldBlock(state, nextEmpty, nextIndented);
    else if (nextEmpty) state.text += '\n';
    else if (!state.emptyLine && !escapedBreak) state.text += ' ';
  }
  state.emptyLine = nextEmpty;
  state.indentedMore = nextIndented;
  state.pastOpening = true;
}

function foldBlock(state: State, nextEmpty: boolean, nextIndented: boolean): void {
  const folds = !state.emptyLine && !nextEmpty && !state.indentedMore && !nextIndented;
  if (folds && state.s.column >= state.indent) state.text += ' ';
  else if (nextEmpty) state.folded++;
  else state.text += '\n';
  if (nextEmpty || state.folded === 0) return;
  state.text += '\n'.repeat(state.folded - 1);
  if (state.foldedFromIndented || nextIndented || !state.filled) state.text += '\n';
  state.folded = 0;
}

function trim(state: State, options: ScalarOptions): string {
  const { style, escaped } = state;
  let { text } = state;
  const lastOf = (isTrimmed: (c: number) => boolean): number => {
    let last = text.length - 1;
    while (last >= 0 && isTrimmed(text.charCodeAt(last))) last--;
    return Math.max(last, escaped);
  };
  const isLineFeed = (c: number): boolean => c === CHAR.lf;
  if (style === STYLES.plain || style === STYLES['flow-plain']) {
    text = text.slice(0, lastOf(isBlank) + 1);
    return text.slice(0, lastOf(isLineFeed) + 1);
  }
  const chomp = options.chomp ?? 'clip';
  if (chomp === 'keep') return text;
  const last = lastOf(isLineFeed);
  if (last < 0) return '';
  return text.slice(0, last + (chomp === 'clip' ? 2 : 1));
}
