// In: a YAML text that does not load, and the line where reading stopped. Out: the mistake that people make most, if one
// is there: the reader's own message often names a place lines behind it. Only asked when reading has failed.

import type { Mark } from './node.js';

export interface YamlAdvice {
  readonly mark: Mark;
  /** What is wrong and how to put it right, in one line. */
  readonly help: string;
}

interface Entry {
  /** From 0. */
  readonly line: number;
  readonly offset: number;
  /** Column of the first byte that is no white space. */
  readonly indent: number;
  readonly hasTab: boolean;
  readonly hasDash: boolean;
  /** Name of the key, and its column; no name: the line goes on with a text. */
  readonly name: string | undefined;
  readonly column: number;
  readonly value: string;
}

/** An open collection: the column of its dashes (-1: none), and of the keys in it. */
interface Level {
  readonly dash: number;
  readonly keys: number;
}

interface Surroundings {
  readonly levels: Level[];
  /** The last line with a key. */
  key: Entry | undefined;
}

const LINE = /^([ \t]*)((?:-(?:[ \t]+|$))*)(?:([\w./-]+|"[^"]*"|'[^']*')[ \t]*:(?=[ \t]|$))?[ \t]*(.*)$/;

/** @param last the line that reading stopped in, from 0 */
export function yamlAdvice(text: string, last: number): YamlAdvice | undefined {
  const state: Surroundings = { levels: [], key: undefined };
  const lines = text.split(/\r\n|[\r\n]/, last + 1);
  let found: YamlAdvice | undefined;
  let offset = 0;
  /** Lines up to here belong to a value in quotes or brackets. */
  let closed = 0;
  for (const [number, line] of lines.entries()) {
    const start = offset;
    offset = nextLine(text, start);
    if (start < closed || /^\s*(?:#|$)|^(?:---|\.\.\.|%)/.test(line)) continue;
    const entry = readLine(line, number, start);
    if (isBlockText(entry, state)) continue;
    const help = adviceOn(entry, state);
    if (help !== undefined) found = { mark: markOf(entry), help };
    note(entry, state);
    closed = endOfValue(text, start + line.length - entry.value.length, entry.value);
  }
  return found;
}

const markOf = ({ offset, indent, line }: Entry): Mark => ({ offset: offset + indent, line, column: indent });

function nextLine(text: string, start: number): number {
  BREAK.lastIndex = start;
  return BREAK.exec(text) === null ? text.length : BREAK.lastIndex;
}

const BREAK = /\r\n|[\r\n]/g;

function readLine(text: string, line: number, offset: number): Entry {
  const [, blanks = '', dashes = '', name, value = ''] = LINE.exec(text)!;
  const column = blanks.length + dashes.length;
  const hasDash = dashes.includes('-');
  return { line, offset, indent: blanks.length, hasTab: blanks.includes('\t'), hasDash, name, column, value };
}

const BLOCK = /^[|>][-+0-9]*\s*(?:#.*)?$/;

function isBlockText({ indent }: Entry, { key }: Surroundings): boolean {
  return key !== undefined && BLOCK.test(key.value) && indent > key.column;
}

/** Behind a value in quotes or brackets that goes on over several lines: its last line's end. */
function endOfValue(text: string, start: number, value: string): number {
  const end = /^["'[{]/.test(value) ? closing(text, start) : 0;
  return end === undefined ? text.length : end;
}

const PAIRS = /"(?:[^"\\]|\\[\s\S])*"|'[^']*'|[[\]{}]/y;

/** The offset behind what opens at `start`; undefined: it never closes. */
function closing(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    PAIRS.lastIndex = at;
    const part = PAIRS.exec(text)?.[0];
    if (part === undefined && depth === 0) return undefined;
    at += (part?.length ?? 1) - 1;
    if (part === '[' || part === '{') depth++;
    else if (part === ']' || part === '}') depth--;
    if (depth === 0) return at + 1;
  }
  return undefined;
}

const QUOTED = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/;

/** What is wrong with a line, if it is one of the usual mistakes. */
function adviceOn(entry: Entry, state: Surroundings): string | undefined {
  if (entry.hasTab) return `line ${entry.line + 1} is indented with a tab: YAML wants blanks`;
  const { key } = state;
  const plain = key !== undefined && key.value !== '' && /^[^"'[{|>&*!#]/.test(key.value);
  if (plain && entry.indent > key.column) return entry.name === undefined ? undefined : tooDeep(entry, key);
  const where = entry.hasDash || entry.name !== undefined ? placeAdvice(entry, state) : undefined;
  if (where !== undefined) return where;
  if (plain && !entry.hasDash && entry.name === undefined)
    return `line ${entry.line + 1} is not indented deeper than '${key.name}:' in line ${key.line + 1}, so the value ends before it`;
  return valueAdvice(entry);
}

const aColon = ({ name, line }: Pick<Entry, 'name' | 'line'>): string =>
  `a colon with a blank behind it begins a value: put the text of '${name}:' in line ${line + 1} into quotes, or below | or >`;

const tooDeep = ({ line }: Entry, key: Entry): string =>
  `line ${line + 1} is indented deeper than '${key.name}:' in line ${key.line + 1} and so goes on with its text, in which no colon with a blank can stand`;

/** A dash or key in a column where none may stand. */
function placeAdvice(
  { hasDash, indent, column, line }: Entry,
  { levels, key }: Surroundings,
): string | undefined {
  const mayNest = levels.length === 0 || (key !== undefined && /^(?:$|[&!#])/.test(key.value));
  const level = levels.findLast(({ dash, keys }) => (hasDash ? dash : keys) <= (hasDash ? indent : column));
  if (hasDash) {
    const near = levels.findLast(({ dash }) => dash >= 0);
    if (level?.dash === indent || near === undefined || (mayNest && indent >= key!.column)) return undefined;
    return `the dash in line ${line + 1} stands in column ${indent + 1}, the one before in column ${near.dash + 1}`;
  }
  if (level?.keys === column || levels.length === 0 || (mayNest && column > key!.column)) return undefined;
  const near = levels.findLast(({ dash }) => dash < column) ?? levels[0]!;
  const how = column < near.keys ? 'less' : 'more';
  return `line ${line + 1} is indented ${how} than the item's first key (column ${near.keys + 1})`;
}

/** A value that cannot begin, or go on, as it does. */
function valueAdvice({ name, value, line }: Entry): string | undefined {
  if (name === undefined) return undefined;
  const quoted = QUOTED.exec(value)?.[0];
  if (quoted !== undefined && /^\s*[^\s#]/.test(value.slice(quoted.length)))
    return `the value of '${name}:' ends with its second quote: put all of it into other quotes, or below | or >`;
  if (/^[%@`]/.test(value))
    return `a value cannot begin with ${value[0]}: put '${name}:' in line ${line + 1} into quotes`;
  if (/^[^"'[{|>&*!#].*:(?:\s|$)/.test(value)) return aColon({ name, line });
  return undefined;
}

/** Keeps what the next lines are held against. */
function note(entry: Entry, state: Surroundings): void {
  const { hasDash, indent, column, name } = entry;
  if (!hasDash && name === undefined) return;
  const { levels } = state;
  while (levels.length > 0 && beyond(levels.at(-1)!, entry)) levels.pop();
  const top = levels.at(-1);
  if (hasDash && top?.dash === indent) levels.pop();
  if (hasDash || top === undefined || top.keys < column)
    levels.push({ dash: hasDash ? indent : -1, keys: column });
  state.key = name === undefined ? undefined : entry;
}

const beyond = ({ dash, keys }: Level, { hasDash, indent, column }: Entry): boolean =>
  hasDash ? dash > indent || (dash < 0 && keys > indent) : keys > column;
