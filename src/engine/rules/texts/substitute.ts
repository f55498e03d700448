// Names of lists in a condition's text → the lists' items. It is a replacement of text that knows no syntax: a name
// between blanks inside quotes is replaced as well.
// Answers to resolve_list of Falco's rule compiler (spec: rules-language.md §4.6).

import type { ByteString } from '../../../bytes.js';
import { type CompiledList, type CompiledLists, WORDS } from './lists.js';
import type { Edit } from './place.js';

/** Texts beyond this would only come from lists made to explode. */
const MAX_CONDITION_BYTES = 256 * 1024;

const BLANKS = new Set(' \t\n\r');
const DELIMITERS = new Set(' \t\n\r(),=');

export interface ListedText {
  readonly text: ByteString;
  /** Names of the lists that were put in. */
  readonly used: readonly ByteString[];
  readonly edits: readonly Edit[];
  /** The text became too long. */
  readonly overflow: boolean;
}

/** Puts the lists into a condition, one after the other. */
export function substituteLists(condition: ByteString, compiled: CompiledLists): ListedText {
  let text = condition;
  const used: ByteString[] = [];
  const edits: Edit[] = [];
  const queue = createQueue(compiled);
  queue.add(condition);
  for (let list = queue.next(); list !== undefined; list = queue.next()) {
    const before = edits.length;
    const replaced = substituteList(text, list, edits);
    if (replaced === undefined) return { text, used, edits, overflow: true };
    if (edits.length === before) continue;
    text = replaced;
    queue.add(list.text);
    used.push(list.info.name);
  }
  return { text, used, edits, overflow: false };
}

/** The lists that may stand in a text, in order: those that are looked for in vain cost nothing. */
function createQueue({ lists, ranks, others }: CompiledLists) {
  // Ranks to come, the next one last.
  let open = others.toReversed();
  let done = -1;
  return {
    /** What was put in may hold the names of lists; those before are not looked for again. */
    add: (text: ByteString): void => {
      const found = new Set((text.match(WORDS) ?? []).flatMap((word) => ranks.get(word) ?? []));
      const more = [...found].filter((rank) => rank > done);
      if (more.length > 0) open = [...new Set([...open, ...more])].sort((a, b) => b - a);
    },
    next: (): CompiledList | undefined => {
      const rank = open.pop();
      if (rank === undefined) return undefined;
      done = rank;
      return lists[rank];
    },
  };
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
