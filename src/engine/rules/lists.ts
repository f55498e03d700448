// Lists: references to lists inside lists, and the replacement of list names in condition texts.
// It is a replacement of text that knows no syntax: a name between blanks inside quotes is replaced as well.
// Answers to compile_list_infos and resolve_list of Falco's rule compiler (spec: rules-language.md §4.6).

import type { ByteString } from '../../bytes.js';
import type { ListInfo } from './definitions.js';
import type { Edit } from './place.js';

export interface CompiledList {
  readonly info: ListInfo;
  /** Items with references to earlier lists replaced. */
  readonly items: readonly ByteString[];
  /** The items as they stand in conditions. */
  readonly text: ByteString;
  /** No blanks or delimiters in its name, so that it can be looked for word by word. */
  readonly simple: boolean;
}

/** Texts beyond this would only come from lists made to explode. */
const MAX_CONDITION_BYTES = 1024 * 1024;

const DELIMITERS = new Set(' \t\n\r(),=');
const BLANKS = new Set(' \t\n\r');
const WORDS = /[^ \t\n\r(),=]+/g;

/** An item with a blank gets quotes unless it begins with one. */
export function quoteItem(item: ByteString): ByteString {
  return item.includes(' ') && !/^["']/.test(item) ? `"${item}"` : item;
}

/** @returns the lists in order, and the names of those used by others. */
export function compileLists(infos: ReadonlyMap<ByteString, ListInfo>): {
  readonly lists: readonly CompiledList[];
  readonly used: ReadonlySet<ByteString>;
} {
  const used = new Set<ByteString>();
  const lists = [...infos.values()].map((info): CompiledList => {
    const items = info.items.flatMap((item) => {
      const other = infos.get(item);
      if (other === undefined || other.index >= info.visibility) return [item];
      used.add(item);
      return other.items;
    });
    const simple = ![...info.name].some((char) => DELIMITERS.has(char));
    return { info, items, text: itemsText(items), simple };
  });
  return { lists, used };
}

/** Items with commas between them; empty ones at the beginning vanish. */
function itemsText(items: readonly ByteString[]): ByteString {
  let text = '';
  for (const item of items) text += (text === '' ? '' : ', ') + quoteItem(item);
  return text;
}

export interface ListedText {
  readonly text: ByteString;
  /** Names of the lists that were put in. */
  readonly used: readonly ByteString[];
  readonly edits: readonly Edit[];
  /** The text became too long. */
  readonly overflow: boolean;
}

/** Puts the lists into a condition, one after the other. */
export function substituteLists(condition: ByteString, lists: readonly CompiledList[]): ListedText {
  let text = condition;
  let words: ReadonlySet<string> = new Set(text.match(WORDS));
  const used: ByteString[] = [];
  const edits: Edit[] = [];
  for (const list of lists) {
    const { name } = list.info;
    if (list.simple ? !words.has(name) : !text.includes(name)) continue;
    const before = edits.length;
    const replaced = substituteList(text, list, edits);
    if (replaced === undefined) return { text, used, edits, overflow: true };
    if (edits.length === before) continue;
    text = replaced;
    words = new Set(text.match(WORDS));
    used.push(name);
  }
  return { text, used, edits, overflow: false };
}

/** Puts one list in everywhere. undefined: the text became too long. */
function substituteList(condition: ByteString, list: CompiledList, edits: Edit[]): ByteString | undefined {
  const { name } = list.info;
  let text = condition;
  let at = text.indexOf(name);
  while (at >= 0) {
    let next = at + 1;
    if (isWord(text, at, at + name.length)) {
      const { start, end } = widen(text, at, at + name.length, list.text === '');
      const inserted = `${start > 0 ? ' ' : ''}${list.text} `;
      edits.push({ at: start, removed: end - start, inserted: inserted.length, word: at });
      text = text.slice(0, start) + inserted + text.slice(end);
      if (text.length > MAX_CONDITION_BYTES) return undefined;
      next = start + list.text.length + 2;
    }
    at = text.indexOf(name, next);
  }
  return text;
}

function isWord(text: ByteString, start: number, end: number): boolean {
  const before = start === 0 || DELIMITERS.has(text[start - 1]!);
  return before && (end >= text.length || DELIMITERS.has(text[end]!));
}

/** The blanks around go with the name; where nothing takes its place, so does one comma. */
function widen(text: ByteString, from: number, to: number, empty: boolean) {
  let start = from;
  let end = to;
  while (start > 0 && BLANKS.has(text[start - 1]!)) start--;
  while (end < text.length && BLANKS.has(text[end]!)) end++;
  if (empty) {
    if (start > 0 && text[start - 1] === ',') start--;
    else if (text[end] === ',') end++;
  }
  return { start, end };
}
