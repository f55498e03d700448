// Why a text is not JSON, in the words of the parser in Falco's audit plugins (valyala/fastjson): the scanner only
// says that it is not. Reads the text a second time, slowly; what the scanner refuses is refused here.

import { type ByteString, fromBytes, toBytes } from '../bytes.js';
import { MAX_DEPTH } from './document.js';

/** Why a text is refused. */
export interface Refusal {
  /** Whether it is nested more deeply than the scanner reads; else it is not JSON. */
  readonly tooDeep: boolean;
  readonly message: ByteString;
}

/**
 * Says what is wrong with a text that the scanner refuses: `cannot parse JSON: <reason>; unparsed tail: "<rest>"` or
 * `unexpected tail: "<rest>"`.
 */
export function whyRefused(text: ByteString): Refusal {
  const { reason, at, tooDeep = false } = findFault(text);
  const tail = quote(shorten(text.slice(at)));
  const message =
    reason === undefined
      ? `unexpected tail: ${tail}`
      : `cannot parse JSON: ${reason}; unparsed tail: ${tail}`;
  return { tooDeep, message };
}

interface Fault {
  /** undefined: a whole value was read, and there may be more behind it. */
  readonly reason: string | undefined;
  /** Where reading stopped. */
  readonly at: number;
  readonly tooDeep?: boolean;
}

type Container = 'object' | 'array';
const OPENING: Readonly<Record<string, Container>> = { '{': 'object', '[': 'array' };
const CLOSING: Readonly<Record<Container, string>> = { object: '}', array: ']' };

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /[0-9.\-eE+]*/y;
const NOT_A_NUMBER = /[+-]?(?:inf|nan)/iy;

// Reads as the parser does, with a stack of its own, so that depth costs none of ours.
function findFault(text: ByteString): Fault {
  const open: Container[] = [];
  const fail = (at: number, reason: string): Fault => ({ at, reason: contextOf(open) + reason });
  let at = skipSpace(text, 0);
  for (;;) {
    // A value is due; in an object, its key first.
    if (open[open.length - 1] === 'object') {
      const key = readKey(text, at);
      if (key.reason !== undefined) return { at: key.at, reason: containerContext(open) + key.reason };
      at = key.at;
    }
    const container = OPENING[text[at] ?? ''];
    if (at < text.length && open.length === MAX_DEPTH) {
      return { ...fail(at, `too big depth for the nested JSON; it exceeds ${MAX_DEPTH}`), tooDeep: true };
    }
    if (container === undefined) {
      const scalar = readScalar(text, at);
      if (scalar.reason !== undefined) return fail(scalar.at, scalar.reason);
      at = scalar.at;
    } else {
      open.push(container);
      at = skipSpace(text, at + 1);
      if (at === text.length)
        return { at, reason: `${containerContext(open)}missing '${CLOSING[container]}'` };
      if (text[at] !== CLOSING[container]) continue;
      open.pop();
      at++;
    }
    // Behind a value.
    for (;;) {
      at = skipSpace(text, at);
      const inner = open[open.length - 1];
      if (inner === undefined) return { at, reason: undefined };
      if (at === text.length) return { at, reason: `${containerContext(open)}unexpected end of ${inner}` };
      if (text[at] === ',') break;
      if (text[at] !== CLOSING[inner])
        return { at, reason: `${containerContext(open)}missing ',' after ${inner} value` };
      open.pop();
      at++;
    }
    at = skipSpace(text, at + 1);
  }
}

// Where it is, from the outermost container to the innermost. Of many the ones in the middle are left out: what fits into
// a few bytes must not fill a log.
function contextOf(open: readonly Container[]): string {
  const named = (part: readonly Container[]): string =>
    part.map((kind) => `cannot parse ${kind}: cannot parse ${kind} value: `).join('');
  const left = open.length - 2 * NAMED;
  return left <= 0
    ? named(open)
    : `${named(open.slice(0, NAMED))}... ${left} more ...: ${named(open.slice(-NAMED))}`;
}

/** Containers that are named at either end of a longer chain. */
const NAMED = 3;

// The same for what is wrong with the innermost container itself.
function containerContext(open: readonly Container[]): string {
  return `${contextOf(open.slice(0, -1))}cannot parse ${open[open.length - 1]}: `;
}

// Reads a key and its colon: where its value begins.
function readKey(text: ByteString, from: number): Fault {
  if (text[from] !== '"') return { at: from, reason: `cannot find opening '"" for object key` };
  const behind = stringEnd(text, from);
  if (behind < 0) return { at: text.length, reason: `cannot parse object key: missing closing '"'` };
  const at = skipSpace(text, behind);
  if (text[at] !== ':') return { at, reason: "missing ':' after object key" };
  return { at: skipSpace(text, at + 1), reason: undefined };
}

function readScalar(text: ByteString, at: number): Fault {
  if (at === text.length) return { at, reason: 'cannot parse empty string' };
  const first = text[at]!;
  if (first === '"') {
    const behind = stringEnd(text, at);
    if (behind < 0) return { at: text.length, reason: `cannot parse string: missing closing '"'` };
    return { at: behind, reason: undefined };
  }
  for (const word of ['true', 'false', 'null']) {
    if (text.startsWith(word, at)) return { at: at + word.length, reason: undefined };
  }
  const special = matchEnd(NOT_A_NUMBER, text, at);
  if (special > 0 && !'tf'.includes(first)) return { at: special, reason: undefined };
  if ('tfn'.includes(first))
    return { at, reason: `unexpected value found: ${quote(shorten(text.slice(at)))}` };
  const digits = matchEnd(NUMBER, text, at);
  const sign = digits === at + 1 && '+-'.includes(first);
  if (digits === at || (sign && digits < text.length)) {
    return { at, reason: `cannot parse number: unexpected char: ${quote(first)}` };
  }
  return { at: digits, reason: undefined };
}

function skipSpace(text: ByteString, at: number): number {
  return matchEnd(SPACE, text, at);
}

// Offset behind what a sticky pattern matches at `at`; -1 if it does not.
function matchEnd(pattern: RegExp, text: ByteString, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

// Offset behind the string that opens at `start`; -1 if it does not end.
function stringEnd(text: ByteString, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '"') return i + 1;
    if (text[i] === '\\') i++;
  }
  return -1;
}

const LONGEST_TAIL = 80;

function shorten(text: ByteString): ByteString {
  return text.length <= LONGEST_TAIL ? text : `${text.slice(0, 40)}...${text.slice(-40)}`;
}

const GO_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

// A quoted string as Go prints it: what is not printable is escaped, bytes that are no UTF-8 one by one.
function quote(bytes: ByteString): ByteString {
  let out = '';
  for (const part of bytes.matchAll(UTF8)) {
    const text = fromBytes(part[0]);
    if (part[1] === undefined) out += `\\x${hex(part[0].charCodeAt(0), 2)}`;
    else if (GO_ESCAPES[text] !== undefined) out += GO_ESCAPES[text];
    else if (PRINTABLE.test(text)) out += text;
    else out += escapeCodePoint(text.codePointAt(0)!);
  }
  return toBytes(`"${out}"`);
}

// One code point in its shortest encoding (group 1), or a byte that belongs to none.
const UTF8 =
  /([\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})|[\s\S]/g;

function escapeCodePoint(codePoint: number): string {
  if (codePoint < 0x20 || codePoint === 0x7f) return `\\x${hex(codePoint, 2)}`;
  return codePoint < 0x10000 ? `\\u${hex(codePoint, 4)}` : `\\U${hex(codePoint, 8)}`;
}

function hex(n: number, digits: number): string {
  return n.toString(16).padStart(digits, '0');
}
