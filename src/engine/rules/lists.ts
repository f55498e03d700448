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
const MAX_CONDITION_BYTES = 256 * 1024;

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
  // Words that may stand in the text: those that are looked for in vain cost nothing more.
  const words = new Set(text.match(WORDS));
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
    for (const word of list.text.match(WORDS) ?? []) words.add(word);
    used.push(name);
  }
  return { text, used, edits, overflow: false };
}

/** Puts one list in everywhere. undefined: the text became too long. */
function substituteList(text: ByteString, list: CompiledList, edits: Edit[]): ByteString | undefined {
  const { name } = list.info;
  const done = createPieces();
  // What stands from here on is not in `done` yet.
  let left = 0;
  let at = text.indexOf(name);
  while (at >= 0) {
    const before = at > left ? text[at - 1] : done.last();
    if (!isDelimiter(before) || !isDelimiter(text[at + name.length])) {
      at = text.indexOf(name, at + 1);
      continue;
    }
    done.push(text.slice(left, at));
    const word = done.length();
    let end = at + name.length;
    // The blanks around go with the name; where nothing takes its place, so does one comma.
    done.trimBlanks();
    while (BLANKS.has(text[end] ?? '')) end++;
    if (list.text === '' && !done.trimComma() && text[end] === ',') end++;
    const start = done.length();
    const inserted = `${start > 0 ? ' ' : ''}${list.text} `;
    edits.push({ at: start, removed: word - start + end - at, inserted: inserted.length, word });
    done.push(inserted);
    if (done.length() + text.length - end > MAX_CONDITION_BYTES) return undefined;
    left = end;
    // Upstream goes on one byte too late where the name stood at the very beginning.
    at = text.indexOf(name, start > 0 ? end : end + 1);
  }
  return done.text() + text.slice(left);
}

const isDelimiter = (char: string | undefined): boolean => char === undefined || DELIMITERS.has(char);

/** A text that grows at its end, where it may be trimmed, without being copied each time. */
function createPieces() {
  const pieces: ByteString[] = [];
  let length = 0;
  const trimWhile = (isTrimmed: (char: string) => boolean, most: number): number => {
    let trimmed = 0;
    for (let piece = pieces.at(-1); piece !== undefined && trimmed < most; piece = pieces.at(-1)) {
      if (piece !== '' && !isTrimmed(piece.at(-1)!)) break;
      pieces.pop();
      if (piece === '') continue;
      pieces.push(piece.slice(0, -1));
      trimmed++;
      length--;
    }
    return trimmed;
  };
  return {
    push: (piece: ByteString): void => {
      if (piece === '') return;
      pieces.push(piece);
      length += piece.length;
    },
    length: () => length,
    last: () => pieces.findLast((piece) => piece !== '')?.at(-1),
    trimBlanks: () => trimWhile((char) => BLANKS.has(char), Number.POSITIVE_INFINITY),
    trimComma: () => trimWhile((char) => char === ',', 1) > 0,
    text: () => pieces.join(''),
  };
}
