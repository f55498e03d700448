// The line below the prompt that points at a wrong word while it is typed. It is drawn with moves that are relative to
// the cursor, so that it holds at the bottom of the screen too, and it is gone before anything else is printed.

import type { Slip } from '../../repl/check.js';

export interface Hint {
  show(slip: Slip | undefined): void;
  clear(): void;
}

const DOWN = '\n';
const CLEAR_LINE = '\x1b[2K';
const UP = '\x1b[1A';
const column = (at: number): string => `\x1b[${at + 1}G`;

/**
 * @param write to the terminal
 * @param cursor columns before the cursor, and of a row; the line stands in one row
 * @param style of the hint
 */
export function createHint(
  write: (text: string) => void,
  cursor: () => { readonly column: number; readonly width: number; readonly prompt: number },
  style: (text: string) => string,
): Hint {
  let drawn: string | undefined;

  function draw(text: string): void {
    write(`${DOWN}${CLEAR_LINE}${text === '' ? '' : style(text)}${UP}${column(cursor().column)}`);
    drawn = text === '' ? undefined : text;
  }

  return {
    show(slip) {
      const { width, prompt } = cursor();
      const text = slip === undefined ? '' : hintText(slip, prompt, width);
      // Drawn again even if it is the same: readline clears what stands below its line.
      if (text !== '' || drawn !== undefined) draw(text);
    },
    clear() {
      if (drawn !== undefined) draw('');
    },
  };
}

/** `      ^ message`, or `message ^` where that has no room on the right. */
export function hintText({ at, message }: Slip, prompt: number, width: number): string {
  const caret = prompt + at;
  if (caret >= width - 1) return '';
  const right = `${' '.repeat(caret)}^ ${message}`;
  if (right.length < width) return right;
  const left = `${message} ^`;
  if (left.length <= caret + 1) return left.padStart(caret + 1);
  return right.slice(0, width - 1);
}
