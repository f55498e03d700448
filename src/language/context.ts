// What a place in a rules file is for: a key, or the value of one, and what of it stands before the place.

import type { ByteString } from '../bytes.js';
import type { TextPosition } from './document.js';
import { itemAt, KEY, type OutlineItem } from './outline.js';
import type { RulesDocument } from './project.js';

export interface Context {
  readonly item: OutlineItem | undefined;
  /** The key whose value the place is in; undefined where a key may begin. */
  readonly key: string | undefined;
  /** The key that this one is inside of: `override`, `exceptions`. */
  readonly outer: string | undefined;
  /** What stands of the value before the place, line ends as blanks; or of the key. */
  readonly before: ByteString;
}

const indentOf = (line: ByteString): number => /^ *(?:- +)?/.exec(line)![0].length;

export function contextAt(document: RulesDocument, position: TextPosition): Context {
  const { lines, starts, outline } = document;
  const { line } = position;
  const head = (lines[line] ?? '').slice(0, document.offsetAt(position) - (starts[line] ?? 0));
  const item = itemAt(outline, line);
  const indent = head.length - head.trimStart().length;
  if (item !== undefined && line > item.to && indent < item.column && !KEY.test(head))
    return {
      item: newItem(line, head),
      key: undefined,
      outer: undefined,
      before: head.replace(/^ *(?:- *)?/, ''),
    };
  const parts: ByteString[] = [];
  let bound = Number.POSITIVE_INFINITY;
  for (let at = line; at >= (item?.from ?? line); at--) {
    const text = at === line ? head : lines[at]!;
    const found = KEY.exec(text);
    const indent = indentOf(text);
    if (found !== null && indent < bound && (at === line || /\S/.test(text))) {
      const value = [text.slice(found[0].length).replace(/^[|>][-+0-9]*\s*$/, ''), ...parts]
        .join(' ')
        .trimStart();
      return { item, key: found[2]!, outer: outerOf(lines, at, found[1]!.length, item), before: value };
    }
    parts.unshift(text.trim() === '' && at !== line ? '' : text.trimStart());
    if (at === line) bound = /\S/.test(head) ? indent : indentOf(lines[line] ?? '') || head.length;
    // A word alone at the column of the keys is one of them.
    if (
      at === line &&
      item !== undefined &&
      head.length - head.trimStart().length === item.column &&
      !/\s\S/.test(head.trim())
    )
      return { item, key: undefined, outer: undefined, before: head.trimStart() };
  }
  return { item, key: undefined, outer: undefined, before: head.replace(/^ *(?:- +)?/, '') };
}

/** An item that is about to be written: there already where its dash is. */
function newItem(line: number, head: ByteString): OutlineItem | undefined {
  const dash = head.indexOf('-');
  return dash < 0 ? undefined : { from: line, to: line, column: dash + 2, kind: undefined, name: '' };
}

function outerOf(
  lines: readonly ByteString[],
  line: number,
  column: number,
  item: OutlineItem | undefined,
): string | undefined {
  if (item === undefined || column <= item.column) return undefined;
  for (let at = line - 1; at >= item.from; at--) {
    const found = KEY.exec(lines[at]!);
    if (found !== null && found[1]!.length === item.column) return found[2];
  }
  return undefined;
}
