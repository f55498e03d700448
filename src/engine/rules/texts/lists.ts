// Lists: references to lists inside lists, and the texts that stand for them in conditions.
// Answers to compile_list_infos of Falco's rule compiler (spec: rules-language.md §4.6).

import type { ByteString } from '../../../bytes.js';
import type { ListInfo } from '../definitions.js';

export interface CompiledList {
  readonly info: ListInfo;
  /** Items with references to earlier lists replaced. */
  readonly items: readonly ByteString[];
  /** The items as they stand in conditions. */
  readonly text: ByteString;
}

/** What stands between delimiters. */
export const WORDS = /[^ \t\n\r(),=]+/g;

/** An item with a blank gets quotes unless it begins with one. */
export function quoteItem(item: ByteString): ByteString {
  return item.includes(' ') && !/^["']/.test(item) ? `"${item}"` : item;
}

export interface CompiledLists {
  /** In order. */
  readonly lists: readonly CompiledList[];
  /** Names of those used by others. */
  readonly used: ReadonlySet<ByteString>;
  /** Ranks of lists by the longest word of their names: where it is not, the name is not. */
  readonly ranks: ReadonlyMap<ByteString, readonly number[]>;
  /** Ranks of those whose names are nothing but delimiters. */
  readonly others: readonly number[];
}

export function compileLists(infos: ReadonlyMap<ByteString, ListInfo>): CompiledLists {
  const used = new Set<ByteString>();
  const lists = [...infos.values()].map((info): CompiledList => {
    const items = info.items.flatMap((item) => {
      const other = infos.get(item);
      if (other === undefined || other.index >= info.visibility) return [item];
      used.add(item);
      return other.items;
    });
    return { info, items, text: itemsText(items) };
  });
  const ranks = new Map<ByteString, number[]>();
  const others: number[] = [];
  for (const [rank, { info }] of lists.entries()) {
    const word = longestWord(info.name);
    const known = ranks.get(word);
    if (word === '') others.push(rank);
    else if (known === undefined) ranks.set(word, [rank]);
    else known.push(rank);
  }
  return { lists, used, ranks, others };
}

/** A name may hold delimiters, since anything is a name. */
function longestWord(name: ByteString): ByteString {
  let longest = '';
  for (const word of name.match(WORDS) ?? []) if (word.length >= longest.length) longest = word;
  return longest;
}

/** Items with commas between them; empty ones at the beginning vanish. */
function itemsText(items: readonly ByteString[]): ByteString {
  let text = '';
  for (const item of items) text += (text === '' ? '' : ', ') + quoteItem(item);
  return text;
}
