// What fuzz found, in a line each.

import type { Flip } from '../authoring/fuzz/fuzz.js';
import type { ByteString } from '../bytes.js';
import { printable } from '../printable.js';
import type { ReplState } from './state.js';
import { clip, padEnd } from './words.js';

const LONGEST = 60;

/** `f3   #2 other case   /verb: "get" -> "GET"` */
export function flipLine({ flips, options }: ReplState, index: number): ByteString {
  const flip = flips[index]!;
  const place = `f${index + 1}`.padEnd(4);
  return `${options.style.dim(place)} ${`#${flip.base}`.padEnd(4)} ${padEnd(flip.label, 23)} ${printable(flip.pointer)}: ${changeShown(flip)}`;
}

const short = (json: ByteString): ByteString => clip(printable(json), LONGEST);

function changeShown({ before, change }: Flip): ByteString {
  const was = short(before ?? '');
  switch (change.kind) {
    case 'replace':
      return `${was} -> ${short(change.json)}`;
    case 'remove':
      return `${was} -> nothing`;
    case 'key':
      return `its key written ${short(change.json)}`;
    case 'before':
      return `once more before it: ${short(change.json)}`;
    case 'behind':
      return before === undefined
        ? `added: ${short(change.json)}`
        : `once more behind it: ${short(change.json)}`;
  }
}
