// In: lines of a rules file, be it whole or in the middle of being typed. Out: its items with their names, and every place
// where a macro, list, rule or correlation is named. By lines, not by YAML: what somebody types is mostly no YAML yet.

import type { ByteString } from '../bytes.js';

export type ItemKind = 'rule' | 'macro' | 'list' | 'correlation';

/** Rules and correlations have names of one space: a step of a correlation names either. */
export type NameSpace = 'rule' | 'macro' | 'list';

export const spaceOf = (kind: ItemKind): NameSpace => (kind === 'correlation' ? 'rule' : kind);

/** A name and where it stands, bytes. */
export interface Named {
  readonly kind: ItemKind;
  readonly name: ByteString;
  readonly offset: number;
  /** Defines the item, or changes or uses it. */
  readonly defines: boolean;
}

export interface OutlineItem {
  /** First and last line, from 0. */
  readonly from: number;
  readonly to: number;
  /** Column of its keys. */
  readonly column: number;
  readonly kind: ItemKind | undefined;
  readonly name: ByteString;
}

export interface Outline {
  readonly items: readonly OutlineItem[];
  readonly names: readonly Named[];
  /** The names that define an item, with it. */
  readonly definitions: readonly { readonly named: Named; readonly item: OutlineItem }[];
}

interface Lines {
  readonly lines: readonly ByteString[];
  readonly starts: readonly number[];
}

const ITEM =
  /^( *)- +["']?(rule|macro|list|correlation|required_\w+|name|desc|condition|output|priority)["']?[ \t]*:[ \t]*(.*)$/;
export const KEY = /^( *(?:- +)?)["']?([\w-]+)["']?[ \t]*:(?=[ \t]|$)[ \t]*/;

export function outlineOf(document: Lines): Outline {
  const { lines } = document;
  const starts: { line: number; column: number }[] = [];
  let dash: number | undefined;
  for (const [line, text] of lines.entries()) {
    const found = ITEM.exec(text);
    if (found === null) continue;
    const column = found[1]!.length;
    // Sequences inside of items have dashes, too; those of rules begin with these words only at the outer level.
    if (!/^(?:rule|macro|list|correlation|required)/.test(found[2]!) && dash !== column) continue;
    dash = column;
    starts.push({ line, column });
  }
  const items: OutlineItem[] = [];
  const names: Named[] = [];
  const definitions: Outline['definitions'][number][] = [];
  for (const [index, { line, column }] of starts.entries()) {
    const to = lastLine(lines, line, (starts[index + 1]?.line ?? lines.length) - 1);
    const known = knownItem(document, { from: line, to, column: column + 2 });
    const item = { from: line, to, column: column + 2, kind: known.kind, name: known.name };
    items.push(item);
    const own = known.names.map((named) => ({ ...named, offset: named.offset + document.starts[line]! }));
    names.push(...own);
    if (own[0]?.defines === true) definitions.push({ named: own[0], item });
  }
  return { items, names, definitions };
}

/** Comments and empty lines behind an item are not its own. */
function lastLine(lines: readonly ByteString[], from: number, to: number): number {
  let last = to;
  while (last > from && /^\s*(?:#.*)?$/.test(lines[last]!)) last--;
  return last;
}

type Extent = Pick<OutlineItem, 'from' | 'to' | 'column'>;

/** An item, wherever it stands: offsets count from its first line. */
type ReadItem = Pick<OutlineItem, 'kind' | 'name'> & { readonly names: readonly Named[] };

/** Of a file that is typed in, all items but one are as they were a moment ago. */
const read = new Map<string, ReadItem>();
const MOST_READ = 20_000;

function knownItem({ lines, starts }: Lines, { from, to, column }: Extent): ReadItem {
  const own = lines.slice(from, to + 1);
  const key = `${column} ${own.join('\n')}`;
  const before = read.get(key);
  if (before !== undefined) return before;
  if (read.size >= MOST_READ) read.clear();
  const first = starts[from]!;
  const offsets = starts.slice(from, to + 1).map((start) => start - first);
  const made = readItem({ lines: own, starts: offsets }, { from: 0, to: to - from, column });
  read.set(key, made);
  return made;
}

function readItem({ lines, starts }: Lines, extent: Extent): ReadItem {
  const names: Named[] = [];
  const keys = keysOf(lines, extent);
  const naming = keys.find(({ key }) => NAMING.has(key));
  const kind = naming?.key as ItemKind | undefined;
  const has = (key: string): boolean => keys.some((one) => one.key === key);
  const full = { rule: 'desc', macro: 'condition', list: 'items', correlation: 'type' } as const;
  let name = '';
  if (naming !== undefined && kind !== undefined) {
    const value = /^["']?(.*?)["']?[ \t]*(?:[ \t]#.*)?$/.exec(lines[naming.line]!.slice(naming.value))!;
    name = value[1]!;
    const quote = /^["']/.test(lines[naming.line]!.slice(naming.value)) ? 1 : 0;
    const offset = starts[naming.line]! + naming.value + quote;
    names.push({ kind, name, offset, defines: has(full[kind]) && !has('override') && !has('append') });
  }
  for (const [index, { key, line, value }] of keys.entries()) {
    const end = keys[index + 1]?.line ?? extent.to + 1;
    const parts = Array.from({ length: end - line }, (_, at) => ({
      text: at === 0 ? ' '.repeat(value) + withoutHeader(lines[line]!.slice(value)) : lines[line + at]!,
      start: starts[line + at]!,
    }));
    if (key === 'condition' && kind !== 'correlation') names.push(...namesIn(parts));
    if (key === 'items') names.push(...wordsOf(parts));
    if (key === 'rules' && kind === 'correlation') names.push(...stepsOf(parts));
  }
  return { kind, name, names };
}

const NAMING: ReadonlySet<string> = new Set(['rule', 'macro', 'list', 'correlation']);

/** The sign of a block, which is none of its words. */
const withoutHeader = (value: ByteString): ByteString => value.replace(/^[|>][-+0-9]*[ \t]*$/, '');

/** Keys of an item: line, and column where the value begins. */
function keysOf(lines: readonly ByteString[], { from, to, column }: Extent) {
  const keys: { readonly key: string; readonly line: number; readonly value: number }[] = [];
  for (let line = from; line <= to; line++) {
    const found = KEY.exec(lines[line]!);
    if (found !== null && found[1]!.length === column)
      keys.push({ key: found[2]!, line, value: found[0].length });
  }
  return keys;
}

interface Part {
  readonly text: ByteString;
  readonly start: number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z_][\w.-]*(?:\[[^\]]*\])?|[(),]|[^\s(),"']+/g;
const LISTS: ReadonlySet<string> = new Set(['in', 'intersects', 'pmatch', 'oneof', 'anyof', 'allof']);
const WORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'exists']);

/** Macros and lists that a condition may name: words in brackets behind a list operator, and words that stand alone. */
function namesIn(parts: readonly Part[]): readonly Named[] {
  const names: Named[] = [];
  const open: boolean[] = [];
  let before = '';
  for (const { text, start } of parts)
    for (const { 0: token, index } of text.matchAll(TOKEN)) {
      if (token === '(') open.push(LISTS.has(before));
      else if (token === ')') open.pop();
      else if (/^[A-Za-z_][\w-]*$/.test(token) && !WORDS.has(token)) {
        const inList = open.at(-1) === true;
        const alone = before === '' || before === '(' || WORDS.has(before);
        if (inList || (alone && before !== 'exists'))
          names.push({ kind: inList ? 'list' : 'macro', name: token, offset: start + index, defines: false });
      }
      before = token;
    }
  return names;
}

const STEP =
  /^ *- +(?!["']?(?:as|condition|source)["']?[ \t]*:|[{[])(?:["']?rule["']?[ \t]*:[ \t]+)?(["']?)([^"'#]+?)\1[ \t]*(?:#.*)?$/;
const STEP_RULE = /(?:[{,]|^ *)[ \t]*["']?rule["']?[ \t]*:[ \t]*(["']?)([^"'{},#]+?)\1[ \t]*(?=[,}]|$)/;
/** A name in brackets; what has a colon is a key of a step. */
const LISTED_STEP = /[[,][ \t]*(["']?)([^[\]{},:"'#]+?)\1[ \t]*(?=[,\]])/g;
const STEP_CONDITION = /(?:[{,]|^ *(?:- +)?)[ \t]*["']?condition["']?[ \t]*:[ \t]*/;
const STEP_KEY = /^ *(?:- +)?["']?(?:as|rule|source)["']?[ \t]*:/;

/** What the steps of a correlation name: rules and correlations, and in conditions of their own macros and lists. */
function stepsOf(parts: readonly Part[]): readonly Named[] {
  const names: Named[] = [];
  let condition: Part[] = [];
  const endCondition = (): void => {
    names.push(...namesIn(condition));
    condition = [];
  };
  for (const part of parts) {
    const { text, start } = part;
    const named = STEP.exec(text) ?? STEP_RULE.exec(text);
    const begins = STEP_CONDITION.exec(text);
    if (named !== null || begins !== null || STEP_KEY.test(text) || /^ *- /.test(text)) endCondition();
    else if (condition.length > 0) condition.push(part);
    const name = named?.[2];
    if (named !== null && name !== undefined)
      names.push({
        kind: 'rule',
        name,
        offset: start + named.index + named[0].indexOf(name),
        defines: false,
      });
    for (const listed of named === null ? text.matchAll(LISTED_STEP) : [])
      names.push({
        ...{ kind: 'rule' as const, name: listed[2]!, defines: false },
        offset: start + listed.index + listed[0].indexOf(listed[2]!),
      });
    if (begins === null) continue;
    const from = begins.index + begins[0].length;
    const value =
      begins[0].includes('{') || begins[0].includes(',')
        ? text.slice(from).replace(/\}[ \t]*$/, '')
        : text.slice(from);
    condition = [{ text: ' '.repeat(from) + withoutHeader(value), start }];
  }
  endCondition();
  return names;
}

function wordsOf(parts: readonly Part[]): readonly Named[] {
  return parts.flatMap(({ text, start }) =>
    [...text.replace(/#.*$/, '').matchAll(/[A-Za-z_][\w-]*/g)].map(({ 0: name, index }) => ({
      ...{ kind: 'list' as const, name, offset: start + index, defines: false },
    })),
  );
}

/** Column in which the keys of an item that holds a line stand, and its lines; undefined outside of items. */
export function itemAt({ items }: Outline, line: number): OutlineItem | undefined {
  return items.findLast(({ from }) => from <= line);
}
