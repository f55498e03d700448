// Checks a line while it is typed. Only a word that is finished can be wrong: what is still being typed may become
// anything.

import type { ByteString } from '../bytes.js';
import { COMMANDS } from './help.js';
import { compileNear } from './query.js';
import { knownSources } from './sources.js';
import type { ReplState } from './state.js';
import { splitName, trim, trimEnd } from './words.js';

/** A word that is wrong. */
export interface Slip {
  /** Bytes of the line before it. */
  readonly at: number;
  readonly message: ByteString;
}

export function check(state: ReplState, line: ByteString): Slip | undefined {
  const { text, before } = conditionPart(state, line);
  if (trim(text) === '') return undefined;
  const end = finished(text);
  for (const tried of [text, asCheck(text), withoutLast(text)]) {
    const fault = faultIn(state, tried);
    if (fault !== undefined && fault.end <= end) return { at: before + fault.at, message: fault.message };
  }
  return undefined;
}

/** Where the finished part of a text ends: at its last word, which still grows unless a blank is behind it. */
function finished(text: ByteString): number {
  const typed = trimEnd(text);
  return typed.length < text.length ? typed.length : typed.length - /[^ \t]*$/.exec(typed)![0].length;
}

// A field with a blank behind it lacks its operator, and that is what the parser says; whether there is such a field
// shows with one.
const asCheck = (text: ByteString): ByteString => (/\w\.[^ \t]+[ \t]+$/.test(text) ? `${text}exists` : '');

/** The checks before the one that is being typed, as a condition of their own. */
function withoutLast(text: ByteString): ByteString {
  // What stands in quotes is no word.
  const bare = text.replace(/"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?/g, (quoted) => 'x'.repeat(quoted.length));
  const joint = [...bare.matchAll(/[ \t](?:and|or)[ \t]/g)].at(-1);
  if (joint === undefined) return '';
  const head = bare.slice(0, joint.index);
  const open = head.split('(').length - head.split(')').length;
  return text.slice(0, joint.index) + ')'.repeat(Math.max(0, open));
}

function faultIn(state: ReplState, text: ByteString) {
  if (text === '') return undefined;
  const compiled = compileNear(state, text, 'x', knownSources(state));
  if (compiled.ok || compiled.column === 0) return undefined;
  const { column, length, message, suggestion } = compiled;
  const at = column - 1;
  // At the end of the text something is missing, which is no slip.
  if (at >= trimEnd(text).length) return undefined;
  return {
    at,
    end: at + length,
    message: suggestion === undefined ? message : `did you mean ${suggestion}?`,
  };
}

/** The condition in a line, and how many bytes stand before it. Commands without conditions have none. */
function conditionPart(
  { workspace }: ReplState,
  line: ByteString,
): { readonly text: ByteString; readonly before: number } {
  const none = { text: '', before: 0 };
  const start = line.length - line.replace(/^[ \t]+/, '').length;
  const [word, rest] = splitName(line.slice(start));
  if (word === 'macro' || word === 'rule') {
    const [name, body] = splitName(rest);
    if (name === '' || body === '') return none;
    return { text: body.split(' | ')[0]!, before: line.length - body.length };
  }
  if (COMMANDS.some(({ name }) => name === word) || /^[#{[%]/.test(word)) return none;
  // A first word alone may become a command, a field or a template.
  if (rest === '' && !workspace.macros.has(word)) return none;
  return { text: line.slice(start), before: start };
}
