// The line that a context points at, with a caret below. Answers to Falco's context::snippet, whose arithmetic is
// kept as it is: for conditions it adds the offset in the YAML text to the one in the condition, so that the caret
// mostly stands under the last character (spec: rules-language.md §5.3). The exact place is Diagnostic.place.

import type { ByteString } from '../../bytes.js';
import type { Context } from '../diagnostic.js';

const HALF_WIDTH = 80;
/** Where upstream shows all of a text: enough of it. */
const WHOLE_TEXT = 4096;
const NOTHING = '<No context available>\n';
const LF = '\n';

/** @param contents text of the files by name. */
export function snippet(context: Context, contents: ReadonlyMap<ByteString, ByteString>): ByteString {
  const last = context.locations.at(-1);
  if (last === undefined) return NOTHING;
  const text = context.text === undefined || context.text === '' ? contents.get(last.name) : context.text;
  if (text === undefined) return `<No context for file + ${last.name}>\n`;
  if (text === '') return NOTHING;
  return cut(text, last.offset);
}

function allOf(text: ByteString): ByteString {
  if (text === '') return NOTHING;
  const opened = `...${text.slice(3)}`;
  return `${opened.slice(0, -3)}...\n`;
}

function cut(text: ByteString, offset: number): ByteString {
  let at = Math.min(offset, text.length - 1);
  while (at > 0 && text[at] === LF) at--;
  let from = at;
  while (from > 0 && text[from] !== LF && at - from < HALF_WIDTH) from--;
  let to = at;
  while (to < text.length - 1 && text[to] !== LF && to - at < HALF_WIDTH) to++;
  if (text[from] === LF) from++;
  if (text[to] === LF) to--;
  // Upstream's unsigned arithmetic makes the end huge where the text begins with a line end.
  if (to < 0) return allOf(text.slice(from, from + WHOLE_TEXT));
  let line = text.slice(from, Math.max(to + 1, from));
  if (line === '') return NOTHING;
  if (at - from >= HALF_WIDTH) line = `...${line.slice(3)}`;
  if (to - at >= HALF_WIDTH) line = `${line.slice(0, -3)}...`;
  const column = at - from;
  // A caret before the line's begin is none: upstream's unsigned arithmetic makes it huge.
  const caret = column >= 0 && column <= line.length ? `${' '.repeat(column)}^\n` : '';
  return `${line}\n${caret}`;
}
