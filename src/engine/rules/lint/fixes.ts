// In: findings, and the text they are about. Out: the edits that put them right. `safe` ones mean the same, or what was
// meant beyond doubt, and are what --fix does; the others are offered in editors, one by one.

import type { ByteString } from '../../../bytes.js';
import { keyText, parseYaml, valueAt, type YamlDocuments, type YamlMapping } from '../../../yaml.js';
import { APPEND_DEPRECATED, ENABLED_DEPRECATED } from '../messages.js';
import type { Finding } from './finding.js';

export interface Edit {
  /** Bytes of the file. */
  readonly offset: number;
  readonly length: number;
  readonly text: ByteString;
}

export interface Fix {
  readonly finding: Finding;
  /** What it does, for a menu. */
  readonly title: ByteString;
  readonly edits: readonly Edit[];
  readonly safe: boolean;
}

/** Fixes of findings about one file, in their order; not every finding has one. */
export function fixesOf(findings: readonly Finding[], content: ByteString): readonly Fix[] {
  const yaml = parseYaml(content);
  return findings.flatMap((finding) => {
    const made = inItem(finding, yaml) ?? inCondition(finding, content) ?? replacement(finding, content);
    return made === undefined ? [] : [{ finding, ...made }];
  });
}

type Made = Omit<Fix, 'finding'>;

/** Words that only one thing can be meant by. */
const SURE: ReadonlySet<string> = new Set(['LOAD_UNKNOWN_KEY', 'LOAD_ERR_YAML_VALIDATE']);

function replacement({ id, place, suggestion }: Finding, content: ByteString): Made | undefined {
  if (suggestion === undefined) return undefined;
  const { offset, length } = place;
  const written = content.slice(offset, offset + length);
  if (!/^["'%]?[\w.[\]/-]+["']?$/.test(written)) return undefined;
  const text = written.startsWith('%') ? `%${suggestion}` : suggestion;
  return {
    title: `write ${text}`,
    edits: [{ offset, length, text }],
    safe: SURE.has(id) && !taken(content, offset, suggestion),
  };
}

/** Whether the key is in the same item already; looked for up to the items around. */
function taken(content: ByteString, offset: number, key: ByteString): boolean {
  const before = Math.max(content.lastIndexOf('\n- ', offset), 0);
  const behind = content.indexOf('\n- ', offset);
  const item = content.slice(before, behind < 0 ? content.length : behind);
  return new RegExp(`^[\\s{-]*["']?${key.replace(/[^\w-]/g, '')}["']?\\s*:`, 'm').test(item);
}

const WORDS: Readonly<Record<string, string>> = {
  '&&': 'and',
  '&': 'and',
  '||': 'or',
  '|': 'or',
  '!': 'not',
};
const HABIT = /^\s*(AND|And|&&|OR|Or|\|\||NOT|Not|IN|In)(?=[\s(]|$)/;

/** What condition-help says how to write, written so. */
function inCondition({ id, message, place }: Finding, content: ByteString): Made | undefined {
  if (id !== 'LOAD_ERR_COMPILE_CONDITION') return undefined;
  if (message.includes('is a word in lower case letters')) return ofWord(place.offset, content);
  if (!message.includes('written in round brackets')) return undefined;
  const at = content.slice(place.offset, place.offset + WINDOW).search(/[[{]/) + place.offset;
  const end = /^[[{][^[\]{}()"'\n]*[\]}]/.exec(content.slice(at))?.[0].length;
  if (at < place.offset || end === undefined) return undefined;
  const edits = [
    { offset: at, length: 1, text: '(' },
    { offset: at + end - 1, length: 1, text: ')' },
  ];
  return { title: 'write the list in round brackets', edits, safe: true };
}

const WINDOW = 40;

/** The word at the fault, or the one before it. */
function ofWord(offset: number, content: ByteString): Made | undefined {
  const before = /\S+\s*$/.exec(content.slice(Math.max(0, offset - WINDOW), offset))?.[0].length ?? 0;
  for (const at of [offset, offset - before]) {
    const found = HABIT.exec(content.slice(at, at + WINDOW));
    const word = found?.[1];
    if (found === null || word === undefined) continue;
    const text = WORDS[word] ?? word.toLowerCase();
    const edits = [{ offset: at + found[0].length - word.length, length: word.length, text }];
    return { title: `write ${text}`, edits, safe: true };
  }
  return undefined;
}

function inItem(finding: Finding, yaml: YamlDocuments): Made | undefined {
  const { id, message } = finding;
  const source =
    /; .* add source: (\S+)$/.exec(message)?.[1] ?? /^rule .* has no 'source: (\S+)'/.exec(message)?.[1];
  if (source !== undefined) return withSource(finding, source, yaml);
  if (id !== 'LOAD_DEPRECATED_ITEM') return undefined;
  if (message.startsWith(APPEND_DEPRECATED)) return withOverride(finding, yaml);
  return message.startsWith(ENABLED_DEPRECATED) ? withReplace(finding, yaml) : undefined;
}

/** The item that holds a place, of all documents. */
function itemAt({ place }: Finding, { documents, skipped }: YamlDocuments): YamlMapping | undefined {
  const items = documents.flatMap((root) => (root.kind === 'sequence' ? root.items : []));
  const item = items.findLast(({ mark }) => mark.offset + skipped <= place.offset);
  return item?.kind === 'mapping' ? item : undefined;
}

const ADDED = ['items', 'condition', 'exceptions'];
const WITH_APPEND: ReadonlySet<string> = new Set(['list', 'macro', 'rule', 'append', ...ADDED]);

/** `append: true` → `override: {condition: append}`, where nothing else stands in the item: the old flag ignores it. */
function withOverride(finding: Finding, yaml: YamlDocuments): Made | undefined {
  const item = itemAt(finding, yaml);
  const entry = item?.entries.find(({ key }) => keyText(key) === 'append');
  if (item === undefined || entry?.value.kind !== 'scalar') return undefined;
  const keys = item.entries.map(({ key }) => keyText(key) ?? '');
  const added = ADDED.filter((key) => keys.includes(key));
  if (added.length === 0 || !keys.every((key) => WITH_APPEND.has(key))) return undefined;
  const from = entry.key.mark.offset;
  const length = entry.value.from + entry.value.text.length - from;
  if (yaml.text.slice(from, from + length).includes('\n')) return undefined;
  const text = `override: {${added.map((key) => `${key}: append`).join(', ')}}`;
  return { title: `write ${text}`, edits: [{ offset: from + yaml.skipped, length, text }], safe: true };
}

/** A rule that is only switched: what is replaced has to be said. */
function withReplace(finding: Finding, yaml: YamlDocuments): Made | undefined {
  const item = itemAt(finding, yaml);
  const node = item && valueAt(item, 'enabled');
  if (item === undefined || node?.kind !== 'scalar') return undefined;
  const text = 'override: {enabled: replace}';
  const offset = node.from + node.text.length + yaml.skipped;
  return { title: `add ${text}`, edits: [{ offset, length: 0, text: joint(item, yaml) + text }], safe: true };
}

/** What separates a new key from the one before it. */
function joint(item: YamlMapping, { text }: YamlDocuments): ByteString {
  if (text[item.mark.offset] === '{') return ', ';
  return `\n${' '.repeat(item.entries[0]!.key.mark.column)}`;
}

function withSource(finding: Finding, source: ByteString, yaml: YamlDocuments): Made | undefined {
  const item = itemAt(finding, yaml);
  const entry = item?.entries.find(({ key }) => keyText(key) === 'condition');
  if (item === undefined || entry === undefined || valueAt(item, 'source') !== undefined) return undefined;
  if (yaml.text[item.mark.offset] === '{' || entry === item.entries[0]) return undefined;
  const text = `source: ${source}\n${' '.repeat(entry.key.mark.column)}`;
  const edits = [{ offset: entry.key.mark.offset + yaml.skipped, length: 0, text }];
  return { title: `add source: ${source}`, edits, safe: true };
}

/** Applies fixes; one that touches what another has touched waits for the next round. @returns how many */
export function applyFixes(
  content: ByteString,
  fixes: readonly Fix[],
): { readonly content: ByteString; readonly applied: readonly Fix[] } {
  const edits: Edit[] = [];
  const applied: Fix[] = [];
  for (const fix of fixes) {
    if (fix.edits.some((edit) => edits.some((other) => overlap(edit, other)))) continue;
    edits.push(...fix.edits);
    applied.push(fix);
  }
  let text = content;
  for (const { offset, length, text: added } of edits.toSorted((a, b) => b.offset - a.offset))
    text = text.slice(0, offset) + added + text.slice(offset + length);
  return { content: text, applied };
}

const overlap = (a: Edit, b: Edit): boolean =>
  a.offset <= b.offset + b.length && b.offset <= a.offset + a.length;
