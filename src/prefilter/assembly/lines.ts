// A block of lines: each is scanned and judged here, and its alert written if that can be, up to one that the caller has to
// see.

import { ALERTS_FULL, DONE, END, FULL, PASSED, TAPE_FULL, UNSURE } from '../shared';
import { writeAlert } from './alerts';
import { tape, tapeBytes } from './event';
import { isTruncated, judge, passOver } from './judge';
import { scan } from './scan';

let cursor: usize = 0;
let linesEnd: usize = 0;
let largest: i32 = 0;
let judging = false;
let writing = false;

/** Start and end of the line, lines passed over, and how many of those the API server had cut. */
export let lineStart: i32 = 0;
export let lineEnd: i32 = 0;
export let passed: i32 = 0;
export let passedTruncated: i32 = 0;

/**
 * Begins to read lines.
 * @param largestEvent longer lines are left to the caller, bytes
 * @param prefiltered whether lines are judged at all
 * @param writes whether alerts are written here, where that can be
 */
export function openLines(from: usize, to: usize, largestEvent: i32, prefiltered: bool, writes: bool): void {
  cursor = from;
  linesEnd = to;
  largest = largestEvent;
  judging = prefiltered;
  writing = writes;
  passed = 0;
  passedTruncated = 0;
}

// Address of the next newline, or the end. Reads up to 16 bytes past the end.
// @ts-ignore: decorator
@inline
function endOfLine(from: usize, end: usize): usize {
  const newlines = i8x16.splat(0x0a);
  for (let at = from; at < end; at += 16) {
    const hits = i8x16.bitmask(i8x16.eq(v128.load(at), newlines));
    if (hits != 0) return min(at + ctz(hits), end);
  }
  return end;
}

// As readOne(); counts what was cut.
function read(start: usize, end: usize): i32 {
  const verdict = readOne(start, end);
  if (verdict == PASSED && isTruncated()) passedTruncated++;
  return verdict;
}

// Scans and judges one line or text, and writes its alert if that can be. @returns as nextLine(), or PASSED
// @ts-ignore: decorator
@inline
function readOne(start: usize, end: usize): i32 {
  const length = <i32>(end - start);
  const answer = scan(start, length, 0, tape, tapeBytes);
  if (answer < 0) return answer;
  if (!judging || length > largest) return UNSURE;
  const verdict = judge(0, start, true);
  if (verdict < 0 || !writing) return verdict;
  const outcome = writeAlert(verdict, start);
  if (outcome == FULL) return ALERTS_FULL;
  if (outcome != DONE) return verdict;
  passOver(start);
  return PASSED;
}

/**
 * Scans and judges lines up to one that the caller has to see.
 * @returns as judge(), MALFORMED, TAPE_FULL or ALERTS_FULL (the line comes again), or END. The tape is that of the line,
 * offsets counted from its start.
 */
export function nextLine(): i32 {
  while (cursor < linesEnd) {
    const start = cursor;
    let end = endOfLine(start, linesEnd);
    cursor = end + 1;
    if (end > start && load<u8>(end - 1) == 0x0d) end--;
    if (end == start) continue;
    const verdict = read(start, end);
    if (verdict == PASSED) {
      passed++;
      continue;
    }
    if (verdict == TAPE_FULL || verdict == ALERTS_FULL) cursor = start;
    lineStart = <i32>start;
    lineEnd = <i32>end;
    return verdict;
  }
  return END;
}

/** The same for all that there is as one text. @returns PASSED as well; never END */
export function readText(): i32 {
  return read(cursor, linesEnd);
}
