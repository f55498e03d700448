// What fuzz found, in a line each.

import type { Flip } from '../authoring/fuzz/fuzz.js';
import type { ByteString } from '../bytes.js';
import type { State } from './state.js';
import { clip, padEnd } from './words.js';

const LONGEST = 60;

/** `f3   #2 other case   /verb: "get" -> "GET"` */
export function flipLine({ flips, options }: State, index: number): ByteString {
  const flip = flips[index]!;
  const place = `f${index + 1}`.padEnd(4);
  return `${options.style.dim(place)} ${`#${flip.base}`.padEnd(4)} ${padEnd(flip.label, 23)} ${flip.pointer}: ${changeShown(flip)}`;
}

function changeShown({ before, change }: Flip): ByteString {
  const was = clip(before ?? '', LONGEST);
  switch (change.kind) {
    case 'replace':
      return `${was} -> ${clip(change.json, LONGEST)}`;
    case 'remove':
      return `${was} -> nothing`;
    case 'key':
      return `its key written ${change.json}`;
    case 'before':
      return `once more before it: ${clip(change.json, LONGEST)}`;
    case 'behind':
      return before === undefined
        ? `added: ${clip(change.json, LONGEST)}`
        : `once more behind it: ${clip(change.json, LONGEST)}`;
  }
}
