// What the module offers: the scanner, the prefilter that judges what was scanned, and both over blocks of lines.

export {
  addLiteral,
  addTime,
  addValue,
  clearWritten,
  endLine,
  forgetLines,
  learnLine,
  setCluster,
  setOffset,
  writeAlert,
  written,
  writtenAt,
  writtenLinesAt,
} from './alerts';
export { addTest, placeTape, setTimeKnown } from './event';
export { isTruncated, judge, lastSeconds, reached, setForm } from './judge';
export {
  forgetPlace,
  forgetPrefilter,
  learnLong,
  learnNoStrings,
  learnOthers,
  learnState,
  learnStep,
  learnValue,
  setHashKey,
  setPlaceForm,
  setPlaceKey,
  setTimePlace,
} from './learned';
export { addLook, dropLooks, learnSign } from './looks';
export { lineEnd, lineStart, nextLine, openLines, passed, passedTruncated, readText } from './lines';
export { addKey, compact, scan } from './scan';
export { decodePage, pageEvents, pageIdsEnd, pageLinesEnd, readPage } from './pages';

import { ASIDE_BYTES } from '../shared';

// For what the caller hands over besides texts: keys, and values that stand in no text.
const ASIDE = memory.data(ASIDE_BYTES);

/** Where a short text may be put. */
export function asideAt(): usize {
  return ASIDE;
}

/** Where memory is free for the caller's text and tape. */
export function freeFrom(): usize {
  return __heap_base;
}
