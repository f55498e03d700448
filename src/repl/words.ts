// Small readers and writers of the session's texts: words of a line, names in files, values as they are shown.

import type { ByteString } from '../bytes.js';
import type { RulesFile } from '../engine/rules/loader.js';
import type { Value } from '../fields/field.js';

/** Whether text starts with a word that conditions are made of. */
export const isKeyword = (text: ByteString): boolean =>
  /^(?:and|or|not|exists|in|intersects|pmatch|i?glob|regex|b?contains|icontains|b?startswith|endswith)\b/.test(
    text,
  );

export const noEvent = (index: number): ByteString =>
  `there is no event #${index + 1}; load some with: load FILE`;

/** `#3 rest` → index 2 and the rest. */
export function splitIndex(
  text: ByteString,
  fallback: number,
): { readonly index: number; readonly rest: ByteString } {
  const match = /^#?(\d+)\s*(.*)$/s.exec(text);
  return match === null ? { index: fallback, rest: text } : { index: Number(match[1]) - 1, rest: match[2]! };
}

const PRIORITY = /^(?:emergency|alert|critical|error|warning|notice|info|informational|debug)$/i;

/** `CONDITION | OUTPUT | PRIORITY`; the output may hold bars too. */
export function splitRule(body: ByteString) {
  const [text = '', ...rest] = body.split(' | ').map((part) => part.trim());
  const priority = PRIORITY.test(rest.at(-1) ?? '') ? rest.pop()! : 'WARNING';
  const output = rest.length === 0 ? 'user=%ka.user.name verb=%ka.verb uri=%ka.uri' : rest.join(' | ');
  return { text, output, priority };
}

/** First word (or quoted text) and what follows. */
export function splitName(text: ByteString): readonly [ByteString, ByteString] {
  const match = /^(?:"([^"]*)"|(\S+))\s*(.*)$/s.exec(text);
  return match === null ? ['', ''] : [match[1] ?? match[2] ?? '', match[3] ?? ''];
}

/** Names of macros and lists in rules files. */
export function definedNames(files: readonly RulesFile[]): ByteString[] {
  return files.flatMap(({ content }) =>
    [...content.matchAll(/^\s*-\s+(?:macro|list):\s*(\S+)/gm)].map((match) => match[1]!),
  );
}

export function shown(value: Value | undefined): ByteString {
  if (value === undefined) return '<NA>';
  if (typeof value === 'object') return `(${value.join(',')})`;
  return String(value);
}
