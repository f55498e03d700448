// What stands between and before values in a YAML text: white space, comments, anchors and tags. A leaf.

const SPACE = /[ \t\r\n]*/y;
const COMMENT = /#[^\r\n]*/y;
const PROPERTIES = /(?:[!&][^ \t\r\n]*[ \t\r\n]*)*/y;

function behind(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.exec(text);
  return Math.max(at, pattern.lastIndex);
}

/** Behind white space and comments. */
export function skipSpace(text: string, from: number): number {
  let at = behind(SPACE, text, from);
  while (text[at] === '#' && /[ \t\r\n]|^$/.test(text[at - 1] ?? ''))
    at = behind(SPACE, text, behind(COMMENT, text, at));
  return at;
}

/** Behind anchor and tag. */
export function skipProperties(text: string, from: number): number {
  const first = text[from];
  return first === '!' || first === '&' ? skipSpace(text, behind(PROPERTIES, text, from)) : from;
}

export const isQuotedOrBlock = (text: string, at: number): boolean => /["'|>]/.test(text[at] ?? '');
