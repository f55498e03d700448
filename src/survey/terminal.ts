// How answers look on a screen: colours, wrapped lines, bars. In: plain text. Out: the same with escapes, or without where there is
// no screen or NO_COLOR is set.

/** Byte strings in and out. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

const sgr =
  (on: number, off: number) =>
  (text: string): string =>
    `\x1b[${on}m${text}\x1b[${off}m`;
const same = (text: string): string => text;

export const COLOURED: Paint = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  yellow: sgr(33, 39),
  cyan: sgr(36, 39),
};
export const PLAIN_PAINT: Paint = { bold: same, dim: same, red: same, yellow: same, cyan: same };

const [ERROR, WARNING] = [3, 4];

/** Errors and worse in red, warnings in yellow, the others in cyan. */
export function severityColour(paint: Paint, priority: number, text: string): string {
  if (priority <= ERROR) return paint.bold(paint.red(text));
  return priority === WARNING ? paint.yellow(text) : paint.cyan(text);
}

/** Text in lines of at most so many characters, broken at blanks where there are some. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => pieces(each, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function pieces(word: string, width: number): readonly string[] {
  const found: string[] = [];
  const characters = [...word];
  for (let at = 0; at < characters.length; at += width) found.push(characters.slice(at, at + width).join(''));
  return found.length === 0 ? [''] : found;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of a part (0–1) of so many columns. */
export function bar(part: number, columns: number): string {
  const eighths = Math.max(part > 0 ? 1 : 0, Math.round(part * columns * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
}
