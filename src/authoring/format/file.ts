// In: the text of a rules file. Out: the same items in one layout: keys in the usual order, conditions as
// formatCondition has them, one empty line between items, no blanks at line ends. Comments stay with what they stand
// before. An item that would be read as anything else stays as it is.

import type { ByteString } from '../../bytes.js';
import { keyText, parseYaml, type YamlMapping, type YamlNode } from '../../yaml.js';
import { formatCondition, isSame } from './condition.js';

export type Formatted =
  | { readonly ok: true; readonly text: ByteString }
  | { readonly ok: false; readonly why: ByteString };

const WIDTH = 100;

/** Formats a rules file; one that is none, or whose YAML is broken, is refused. */
export function formatRules(content: ByteString): Formatted {
  const text = content.replace(/^\xef\xbb\xbf/, '').replace(/\r\n?/g, '\n');
  const read = parseYaml(text);
  if (read.error !== undefined) return { ok: false, why: read.error.message };
  if (read.text !== text) return { ok: false, why: 'it is no UTF-8' };
  if (read.documents.some((root) => root.kind === 'mapping' || (root.kind === 'scalar' && !root.isNull)))
    return { ok: false, why: 'it is no rules file: a list of items is expected' };
  const file = { text, documents: read.documents };
  // Items are proven one by one only where the file as a whole is not read as before.
  return { ok: true, text: tidied(file, () => true) ?? tidied(file, sameFile) ?? text };
}

interface ReadFile {
  readonly text: ByteString;
  readonly documents: readonly YamlNode[];
}

type Accepts = (old: ByteString, fresh: ByteString) => boolean;

/** The file laid out; undefined where it would be read as anything else. */
function tidied(file: ReadFile, accepts: Accepts): ByteString | undefined {
  const edited = withItems(file, accepts);
  const tidy = file.documents.length > 1 ? edited : spaced(edited);
  return [tidy, edited].find((made) => isSameFile(file, made));
}

/** @param accepts whether an item may be laid out so */
function withItems({ text, documents }: ReadFile, accepts: Accepts): ByteString {
  const items = documents.flatMap((root) => (root.kind === 'sequence' ? root.items : []));
  const inBlock = items.filter(
    (item): item is YamlMapping => item.kind === 'mapping' && dashBefore(text, item) !== undefined,
  );
  const pieces: ByteString[] = [];
  let done = 0;
  for (const [index, item] of inBlock.entries()) {
    const end = endOfItem(text, item, inBlock[index + 1]);
    const from = lineStart(text, item.mark.offset);
    const old = text.slice(from, end);
    const fresh = formatItem(text, item, end);
    pieces.push(text.slice(done, from), fresh === old || accepts(old, fresh) ? fresh : old);
    done = end;
  }
  return pieces.join('') + text.slice(done);
}

/** Offset of the dash of an item in block style. */
function dashBefore(text: ByteString, { mark }: YamlNode): number | undefined {
  const start = lineStart(text, mark.offset);
  const lead = text.slice(start, mark.offset);
  return /^ *- +$/.test(lead) ? start + lead.indexOf('-') : undefined;
}

const lineStart = (text: ByteString, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** Behind the last line of an item: comments and empty lines before the next one belong to that. */
function endOfItem(text: ByteString, item: YamlMapping, next: YamlMapping | undefined): number {
  const limit = next === undefined ? text.length : lineStart(text, next.mark.offset);
  const lines = text.slice(item.mark.offset, limit).split(/(?<=\n)/);
  const last = lines.findLastIndex((line, at) => at === 0 || indented(line, item.mark.column));
  return item.mark.offset + lines.slice(0, last + 1).join('').length;
}

const indented = (line: ByteString, column: number): boolean =>
  /\S/.test(line) && /^ */.exec(line)![0].length >= column && !/^(?:---|\.\.\.)/.test(line);

const ORDER = [
  ...['rule', 'correlation', 'macro', 'list', 'required_engine_version', 'required_plugin_versions', 'desc'],
  ...[
    'type',
    'rules',
    'group-by',
    'aliases',
    'timespan',
    'items',
    'condition',
    'output',
    'priority',
    'source',
  ],
  ...[
    'enabled',
    'tags',
    'suppress',
    'warn_evttypes',
    'skip-if-unknown-filter',
    'capture',
    'capture_duration',
  ],
  ...['exceptions', 'append', 'override'],
];

interface Part {
  readonly key: string;
  /** Comments above it, its key and its value; whole lines. */
  readonly text: ByteString;
}

function formatItem(text: ByteString, item: YamlMapping, end: number): ByteString {
  const dash = dashBefore(text, item)!;
  const indent = dash - lineStart(text, dash);
  const parts = partsOf(text, item, end);
  const ranked = parts.toSorted((a, b) => rank(a.key) - rank(b.key));
  // Comments of the first key stand before the dash; another first key must not bring its own.
  const order = ranked[0]?.text.trimStart().startsWith('#') === true ? parts : ranked;
  const column = item.mark.column;
  const lines = order
    .map(({ text: part }) => shifted(part, indent + 2 - column))
    .join('')
    .replace(/[ \t]+$/gm, '');
  return `${' '.repeat(indent)}- ${lines.trimStart()}`;
}

const rank = (key: string): number => {
  const at = ORDER.indexOf(key);
  return at < 0 ? ORDER.length : at;
};

function partsOf(text: ByteString, item: YamlMapping, end: number): readonly Part[] {
  const starts = item.entries.map(({ key }, index) =>
    index === 0 ? key.mark.offset : entryStart(text, item, index),
  );
  return item.entries.map(({ key, value }, index) => {
    const until = starts[index + 1] ?? end;
    const part = text.slice(starts[index]!, until);
    const lead = index === 0 ? ' '.repeat(item.mark.column) : '';
    const whole = `${lead}${part}`.replace(/\n*$/, '\n');
    return {
      key: keyText(key) ?? '',
      text: keyText(key) === 'condition' ? withCondition(whole, value, item.mark.column) : whole,
    };
  });
}

/** Where the lines of a key begin, its comments included. */
function entryStart(text: ByteString, item: YamlMapping, index: number): number {
  let start = lineStart(text, item.entries[index]!.key.mark.offset);
  for (;;) {
    const before = lineStart(text, start - 1);
    const line = text.slice(before, start);
    if (before <= item.mark.offset || !/^ *(?:#|$)/.test(line.trimEnd())) return start;
    if (!/^ *#/.test(line) || line.search(/#/) < item.mark.column) return start;
    start = before;
  }
}

/** Moves lines to the left or right; what stands left of where it should stays. */
function shifted(part: ByteString, by: number): ByteString {
  if (by === 0) return part;
  return part.replace(/^( *)(?=\S)/gm, (blanks) => ' '.repeat(Math.max(0, blanks.length + by)));
}

/** A key's lines with its condition laid out anew; comments in between are not there, since texts have none. */
function withCondition(part: ByteString, value: YamlNode, column: number): ByteString {
  if (value.kind !== 'scalar' || value.isNull || /^[&*!]/.test(value.source.slice(value.mark.offset)))
    return part;
  // A condition in quotes has escapes of its own.
  const style = value.source[value.from];
  if (style === '"' || style === "'") return part;
  const head = /^(?:[ \t]*#[^\n]*\n)*[ \t]*(?:condition|"condition"|'condition')[ \t]*:/.exec(part)?.[0];
  // A comment behind the key, or behind a plain text, would be lost.
  if (head === undefined || /^[^\n]*\s#/.test(part.slice(head.length))) return part;
  const lead = ' '.repeat(column + 2);
  const [first = '', ...others] = formatCondition(value.text.trim(), WIDTH - column - 2);
  const plain = others.length === 0 && isPlain(first) && head.length + 1 + first.length <= WIDTH;
  if (plain) return `${head} ${first}\n`;
  return `${head} >\n${[first, ...others].map((line) => `${lead}${line}\n`).join('')}`;
}

/** Whether a text stands for itself without quotes. */
function isPlain(text: ByteString): boolean {
  const { documents, error } = parseYaml(`a: ${text}\n`);
  const value = documents[0]?.kind === 'mapping' ? documents[0].entries[0]?.value : undefined;
  return (
    error === undefined &&
    value?.kind === 'scalar' &&
    !value.isNull &&
    value.text === text &&
    /^[^"'|>]/.test(text)
  );
}

/** One empty line between items, none at the beginning, one line end at the end. */
function spaced(text: ByteString): ByteString {
  const { documents } = parseYaml(text);
  const items = documents.flatMap((root) => (root.kind === 'sequence' ? root.items : []));
  const starts = new Set(items.map((item) => lineStart(text, item.mark.offset)));
  const kept: ByteString[] = [];
  let offset = 0;
  for (const line of text.split(/(?<=\n)/)) {
    if (starts.has(offset)) separate(kept);
    kept.push(line);
    offset += line.length;
  }
  return `${kept.join('').replace(/^\n+/, '').trimEnd()}\n`;
}

/** Makes what stands before an item, its comments aside, end with one empty line. */
function separate(lines: ByteString[]): void {
  let at = lines.length;
  while (at > 0 && /^\s*#/.test(lines[at - 1]!)) at--;
  let from = at;
  while (from > 0 && /^\s*$/.test(lines[from - 1]!)) from--;
  if (from > 0 || at > from) lines.splice(from, at - from, ...(from === 0 ? [] : ['\n']));
}

/** Whether both files say the same: the same values, conditions as they are read. */
function sameFile(a: ByteString, b: ByteString): boolean {
  const { documents, error } = parseYaml(a);
  return error === undefined && isSameFile({ text: a, documents }, b);
}

function isSameFile({ text, documents }: ReadFile, other: ByteString): boolean {
  if (text === other) return true;
  const read = parseYaml(other);
  if (read.error !== undefined || read.documents.length !== documents.length) return false;
  return documents.every((root, index) => sameNode(root, read.documents[index]!, '', 0));
}

const DEEPEST = 100;

function sameNode(a: YamlNode, b: YamlNode, key: string, depth: number): boolean {
  if (depth > DEEPEST || a.kind !== b.kind) return false;
  if (a.kind === 'scalar')
    return (
      b.kind === 'scalar' &&
      a.isNull === b.isNull &&
      (a.text === b.text || (key === 'condition' && isSame(a.text, b.text)))
    );
  if (a.kind === 'sequence')
    return (
      b.kind === 'sequence' &&
      a.items.length === b.items.length &&
      a.items.every((item, index) => sameNode(item, b.items[index]!, key, depth + 1))
    );
  if (b.kind !== 'mapping' || a.entries.length !== b.entries.length) return false;
  const [left, right] = [sorted(a), sorted(b)];
  return left.every(
    (entry, index) =>
      keyText(entry.key) === keyText(right[index]!.key) &&
      sameNode(entry.value, right[index]!.value, keyText(entry.key) ?? '', depth + 1),
  );
}

/** By key; those of one key stay in order, since the first counts. */
const sorted = ({ entries }: YamlMapping) =>
  entries.toSorted((a, b) =>
    (keyText(a.key) ?? '') < (keyText(b.key) ?? '')
      ? -1
      : (keyText(a.key) ?? '') > (keyText(b.key) ?? '')
        ? 1
        : 0,
  );
