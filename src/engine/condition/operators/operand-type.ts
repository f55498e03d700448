// Operand: one side of a comparison, or what a template prints; and the ways in which Falco's functions see its bytes.
//
// Falco's strings carry a length, and what a one-argument string transformer makes has a NUL at its end that counts
// in it. Most comparisons stop at a NUL; set look-ups of lists and of right-hand fields do not, so that
// `tolower(list) in (a)` is never true. Here values come without that NUL, and `terminated` says it is there.

import { type ByteString, readBytes } from '../../../bytes.js';
import type { Event } from '../../../event.js';
import type { BoundField, Extract, FieldType, Value } from '../../../fields/field.js';
import { cutAtNul, withoutTrailingNuls } from './text.js';

/** What kind of values an operand has. */
export interface ValueType {
  readonly type: FieldType;
  readonly isList: boolean;
}

/** What reads a value for a comparison or a template. */
export interface Operand extends ValueType {
  /** Operands with the same number read the same value. */
  readonly id: number;
  /** As messages call it: the field's name; `NA` or `INTERNAL` for constants and transformers of several arguments. */
  readonly name: ByteString;
  /** Type before one-argument transformers, which transformers of several arguments look at. */
  readonly base: ValueType & { readonly name: ByteString };
  /** The field at the bottom of one-argument transformers; undefined for constants and transformers of several. */
  readonly field: BoundField | undefined;
  /** Whether any transformer but `val` is applied. */
  readonly transformed: boolean;
  /** Made by a transformer of several arguments, whatever one-argument ones are applied to it. */
  readonly multi: boolean;
  /** Falco's strings of it end in a NUL that is not in the value. */
  readonly terminated: boolean;
  /** Strings of it may hold NULs. */
  readonly mayHoldNul: boolean;
  /** The value, with the NULs it may hold. */
  readonly content: Extract;
}

/** Falco's message of why there is no operand. */
export interface OperandError {
  readonly error: ByteString;
}

/** Reads strings as C's string functions see them. */
export function cStrings({ content, mayHoldNul }: Operand): Extract {
  return mayHoldNul ? mapStrings(content, cutAtNul) : content;
}

/** Reads strings as sets of constants look them up: all bytes but the NULs at the end. */
export function wholeStrings({ content, mayHoldNul }: Operand): Extract {
  return mayHoldNul ? mapStrings(content, withoutTrailingNuls) : content;
}

function mapStrings(content: Extract, map: (bytes: ByteString) => ByteString): Extract {
  return (event) => {
    const value = content(event);
    if (typeof value === 'object') return value.map(map);
    return typeof value === 'string' ? map(value) : value;
  };
}

/** Whether the bytes that `rawReader` gives may hold a NUL. */
export function holdsRawNul({ type, terminated, mayHoldNul }: Operand): boolean {
  return type !== 'CHARBUF' || terminated || mayHoldNul;
}

/** Reads the bytes of an operand's values as Falco holds them, a single value as a list of one. */
export function rawReader({
  content,
  terminated,
}: Operand): (event: Event) => readonly ByteString[] | undefined {
  const raw = terminated ? (value: Value) => withNul(rawBytes(value)) : rawBytes;
  return (event) => {
    const value = content(event);
    if (value === undefined) return undefined;
    return typeof value === 'object' ? value.map(raw) : [raw(value)];
  };
}

/** A string as a transformer of one argument leaves it: with a NUL at its end, unless it has one. */
export function withNul(bytes: ByteString): ByteString {
  return bytes.endsWith('\0') ? bytes : `${bytes}\0`;
}

/** The bytes of one value in Falco's memory: numbers have eight, booleans four, the lowest first. */
function rawBytes(value: Value): ByteString {
  if (typeof value === 'string') return value;
  const number = BigInt(value as bigint | boolean);
  const bytes = new Uint8Array(typeof value === 'bigint' ? 8 : 4);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number((number >> BigInt(8 * i)) & 0xffn);
  return readBytes(bytes);
}

/** Whether two operands have the same type, so that they can be compared. */
export function sameType(a: ValueType, b: ValueType): boolean {
  return a.type === b.type && a.isList === b.isList;
}

/** A type as messages write it. */
export function typeName({ type, isList }: { readonly type: FieldType; readonly isList: boolean }): string {
  return isList ? `${type} (list)` : type;
}
