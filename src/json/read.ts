// Reading a scanned document: walking its nodes, and their text as fields and outputs show it.
// The rules of look-up and text are those of Falco's audit plugins: a key matches as written first, then decoded;
// the first of equal keys wins; objects and arrays are compact JSON with numbers, escapes and order untouched.

import { type ByteString, codePointBytes } from '../bytes.js';
import { CODED, type JsonDocument, NO_NODE, NODE_SIZE, PLAIN } from './document.js';
import type { Key } from './keys.js';

export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'true' | 'false' | 'null';

const KIND_OF_FIRST_BYTE: Readonly<Record<string, JsonKind>> = {
  '{': 'object',
  '[': 'array',
  '"': 'string',
  t: 'true',
  f: 'false',
};

export function nodeKind(document: JsonDocument, node: number): JsonKind {
  const { text, tape } = document;
  const start = tape[node]!;
  const kind = KIND_OF_FIRST_BYTE[text[start]!];
  if (kind !== undefined) return kind;
  // `nan` is a number, `null` is not.
  return text.startsWith('null', start) ? 'null' : 'number';
}

const BACKSLASH = 0x5c;

// The kinds on the tape: ≥ 3 object, < 0 array, 0 and 1 strings, 2 other scalars.
const OBJECT = 3;

export function isObject({ tape }: JsonDocument, node: number): boolean {
  return tape[node + 2]! >= OBJECT;
}

export function isArray({ tape }: JsonDocument, node: number): boolean {
  return tape[node + 2]! < 0;
}

export function isString({ tape }: JsonDocument, node: number): boolean {
  const kind = tape[node + 2];
  return kind === PLAIN || kind === CODED;
}

/** The node behind a value and all that it holds: the next key or element, or the parent's end. */
export function nodeBehind({ tape }: JsonDocument, node: number): number {
  const kind = tape[node + 2]!;
  return kind >= OBJECT ? kind : kind < 0 ? -kind : node + NODE_SIZE;
}

/** Offset of the value's first byte, and behind its last one. */
export function nodeStart(document: JsonDocument, node: number): number {
  return document.tape[node]!;
}
export function nodeEnd(document: JsonDocument, node: number): number {
  return document.tape[node + 1]!;
}

/** Value of the first member called `key` (decoded bytes); NO_NODE if there is none or `node` is no object. */
export function member(document: JsonDocument, node: number, key: ByteString): number {
  const { text, tape } = document;
  const behind = tape[node + 2]!;
  if (behind < OBJECT) return NO_NODE;
  const length = key.length + 2;
  let coded = false;
  let at = node + NODE_SIZE;
  while (at < behind) {
    const start = tape[at]!;
    // A key with escapes counts by what it decodes to, so that its spelling cannot match.
    if (tape[at + 2] === CODED) coded = true;
    else if (tape[at + 1]! - start === length && text.startsWith(key, start + 1)) return at + NODE_SIZE;
    at = nodeBehind(document, at + NODE_SIZE);
  }
  return coded ? codedMember(document, node, key) : NO_NODE;
}

/** As member(), for a key that the scanner may have numbered: compares integers then. */
export function memberOf(document: JsonDocument, node: number, key: Key): number {
  const { id } = key;
  if (id >= document.keysBelow) return member(document, node, key.text);
  const { tape } = document;
  const behind = tape[node + 2]!;
  if (behind < OBJECT) return NO_NODE;
  let coded = false;
  let at = node + NODE_SIZE;
  while (at < behind) {
    const found = tape[at + 2]!;
    if (found === id) return at + NODE_SIZE;
    if (found === CODED) coded = true;
    at = nodeBehind(document, at + NODE_SIZE);
  }
  return coded ? codedMember(document, node, key.text) : NO_NODE;
}

/** As member(), if no key of the object is the text as it stands: by decoded keys alone. */
export function codedMember(document: JsonDocument, node: number, key: ByteString): number {
  const behind = document.tape[node + 2]!;
  for (let at = node + NODE_SIZE; at < behind; at = nodeBehind(document, at + NODE_SIZE)) {
    if (stringText(document, at) === key) return at + NODE_SIZE;
  }
  return NO_NODE;
}

/** Element `index` (from 0) of an array; NO_NODE if there is none (as for -1) or `node` is no array. */
export function element(document: JsonDocument, node: number, index: number): number {
  if (!isArray(document, node) || index < 0) return NO_NODE;
  const behind = nodeBehind(document, node);
  let at = node + NODE_SIZE;
  for (let n = 0; n < index && at < behind; n++) at = nodeBehind(document, at);
  return at < behind ? at : NO_NODE;
}

/** The nodes of an array's elements, or of an object's values, in document order. `node` must be one of the two. */
export function children(document: JsonDocument, node: number): number[] {
  const step = isObject(document, node) ? NODE_SIZE : 0;
  const behind = nodeBehind(document, node);
  const found: number[] = [];
  for (let at = node + NODE_SIZE; at < behind; at = nodeBehind(document, at)) {
    at += step;
    found.push(at);
  }
  return found;
}

/** Decoded key of the member whose value is `valueNode`. */
export function keyText(document: JsonDocument, valueNode: number): ByteString {
  return stringText(document, valueNode - NODE_SIZE);
}

/** Decoded text of a string or key node. */
export function stringText(document: JsonDocument, node: number): ByteString {
  const { text, tape } = document;
  const body = text.slice(tape[node]! + 1, tape[node + 1]! - 1);
  return tape[node + 2] === CODED ? decodeEscapes(body) : body;
}

/** Text of any value: a string decoded, everything else as compact JSON (`null`, numbers as written). */
export function valueText(document: JsonDocument, node: number): ByteString {
  return isString(document, node) ? stringText(document, node) : compactText(document, node);
}

/** Compact JSON of a value, exactly as written but for the white space between tokens. */
export function compactText(document: JsonDocument, node: number): ByteString {
  const { text, tape, compact } = document;
  const start = tape[node]!;
  if (compact || !(isObject(document, node) || isArray(document, node)))
    return text.slice(start, tape[node + 1]!);
  return printTokens(document, node, undefined) ?? '';
}

/**
 * Longest indented text, bytes. The indents of an event may take far more than the event, and more than a string can hold.
 * What Falco's plugins accept in size and depth stays below it but for attacks.
 */
const LONGEST_PRETTY = 32 * 1024 * 1024;

/**
 * The value indented by two spaces a level, one member or element a line, empty containers as `{}` and `[]`; compact where
 * that would be too long.
 */
export function prettyText(document: JsonDocument, node: number): ByteString {
  return printTokens(document, node, '  ') ?? compactText(document, node);
}

// Prints a value token by token. Iterates over the tape, so depth costs no stack.
function printTokens(
  document: JsonDocument,
  node: number,
  indent: string | undefined,
): ByteString | undefined {
  const { text, tape } = document;
  const end = nodeBehind(document, node);
  const out: string[] = [];
  // Innermost last: where the container ends, and its closing bracket.
  const ends: number[] = [];
  const brackets: string[] = [];
  let indented = 0;
  const line = (): string => {
    if (indent === undefined) return '';
    const level = ends.length;
    indented += indent.length * level;
    return `\n${indent.repeat(level)}`;
  };
  let printed = '';
  const close = (at: number): void => {
    while (ends.length > 0 && ends[ends.length - 1] === at) {
      ends.pop();
      out.push(line(), brackets.pop()!);
    }
  };
  let first = true;
  let at = node;
  while (at < end) {
    if (indented > LONGEST_PRETTY) return undefined;
    if (out.length > MOST_PARTS) printed += out.splice(0).join('');
    if (ends.length > 0) out.push(first ? '' : ',', line());
    first = false;
    if (brackets[brackets.length - 1] === '}') {
      out.push(text.slice(tape[at]!, tape[at + 1]!), indent === undefined ? ':' : ': ');
      at += NODE_SIZE;
    }
    const bracket = text[tape[at]!];
    if (bracket === '{' || bracket === '[') {
      const behind = nodeBehind(document, at);
      const closing = bracket === '{' ? '}' : ']';
      at += NODE_SIZE;
      if (behind === at) out.push(bracket, closing);
      else {
        out.push(bracket);
        ends.push(behind);
        brackets.push(closing);
        first = true;
      }
    } else {
      out.push(text.slice(tape[at]!, tape[at + 1]!));
      at += NODE_SIZE;
    }
    close(at);
  }
  return printed + out.join('');
}

/** Parts that are put together at a time, so that a large text does not hold all of them. */
const MOST_PARTS = 10_000;

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const HEX4 = /^[0-9a-fA-F]{4}$/;

// Decodes a string's body. What is no valid escape stays as written, as in Falco's parser.
function decodeEscapes(body: ByteString): ByteString {
  let out = '';
  let from = 0;
  let i = body.indexOf('\\');
  while (i >= 0 && i + 1 < body.length) {
    out += body.slice(from, i);
    const letter = body[i + 1]!;
    const simple = SIMPLE_ESCAPES[letter];
    if (simple !== undefined) {
      out += simple;
      from = i + 2;
    } else if (letter === 'u') {
      const [bytes, behind] = decodeUnicode(body, i);
      out += bytes;
      from = behind;
    } else {
      out += body.slice(i, i + 2);
      from = i + 2;
    }
    i = body.indexOf('\\', from);
  }
  return out + body.slice(from);
}

// The `\uXXXX` (or pair of them) at `i`: its bytes and the offset behind it.
function decodeUnicode(body: ByteString, i: number): readonly [ByteString, number] {
  const hex = body.slice(i + 2, i + 6);
  if (!HEX4.test(hex)) return ['\\u', i + 2];
  const unit = Number.parseInt(hex, 16);
  if (unit < 0xd800 || unit > 0xdfff) return [codePointBytes(unit), i + 6];
  const second = body.slice(i + 8, i + 12);
  if (body.charCodeAt(i + 6) !== BACKSLASH || body[i + 7] !== 'u' || !HEX4.test(second))
    return [body.slice(i, i + 6), i + 6];
  const low = Number.parseInt(second, 16);
  const paired = unit < 0xdc00 && low >= 0xdc00 && low <= 0xdfff;
  return [codePointBytes(paired ? 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00) : 0xfffd), i + 12];
}
