// In: a configuration tree and a key. Out: its value as text, flag or number; the default where there is none or where
// it does not convert (spec: cli-and-config.md §2.1). Answers to yaml_helper::get_scalar and get_sequence over yaml-cpp.

import type { ByteString } from '../../bytes.js';
import { getAt } from './key.js';
import { badConversion, isNull, type Tree } from './tree.js';

/** Reads values of one configuration. Its functions throw ConfigError where a scalar stands in place of a mapping. */
export interface Reader {
  text(key: string, fallback: ByteString): ByteString;
  flag(key: string, fallback: boolean): boolean;
  /** Unsigned; `max` is its largest value. */
  unsigned(key: string, fallback: number, max: number): number;
  decimal(key: string, fallback: number): number;
  /** Texts of a sequence, or of a lone scalar; a mapping has none. @throws ConfigError for items that are no text */
  texts(key: string): readonly ByteString[];
  /** Items of a sequence, or a lone scalar. */
  items(key: string): readonly Tree[];
  node(key: string): Tree | undefined;
}

export const MAX_UINT8 = 0xff;
export const MAX_UINT32 = 0xffff_ffff;
/** 64 bits hold more, but no capacity or size comes near. */
export const MAX_UINT64 = Number.MAX_SAFE_INTEGER;

const TRUE = /^(?:y|Y|[yY]es|YES|[tT]rue|TRUE|[oO]n|ON)$/;
const FALSE = /^(?:n|N|[nN]o|NO|[fF]alse|FALSE|[oO]ff|OFF)$/;
const INTEGER = /^([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))[ \t\n\v\f\r]*$/;
const DECIMAL = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[ \t\n\v\f\r]*$/;
/** yaml-cpp also takes YAML 1.2's spelling of octal numbers. */
const NEW_OCTAL = /^0[oO]([0-7]+)$/;

export function createReader(tree: Tree): Reader {
  const node = (key: string): Tree | undefined => getAt(tree, key);
  const convert = <T>(key: string, fallback: T, read: (text: ByteString) => T | undefined): T => {
    const value = node(key);
    return value?.kind === 'scalar' && !value.isNull ? (read(value.text) ?? fallback) : fallback;
  };
  const items = (key: string): readonly Tree[] => {
    const value = node(key);
    if (value?.kind === 'sequence') return value.items;
    return value?.kind === 'scalar' && !value.isNull ? [value] : [];
  };
  return {
    node,
    items,
    text: (key, fallback) => {
      const value = node(key);
      return value?.kind === 'scalar' ? scalarText(value) : fallback;
    },
    flag: (key, fallback) => convert(key, fallback, readFlag),
    unsigned: (key, fallback, max) => convert(key, fallback, (text) => readUnsigned(text, max)),
    decimal: (key, fallback) => convert(key, fallback, readDecimal),
    texts: (key) => items(key).map(textOf),
  };
}

/** `null` for null, as yaml-cpp has it. */
function scalarText(tree: Tree & { readonly kind: 'scalar' }): ByteString {
  return tree.isNull ? 'null' : tree.text;
}

/** The text of a scalar. @throws ConfigError `bad conversion` */
export function textOf(tree: Tree): ByteString {
  if (tree.kind !== 'scalar') throw badConversion(tree);
  return scalarText(tree);
}

/** The flag that a scalar spells. @throws ConfigError `bad conversion` */
export function flagOf(tree: Tree): boolean {
  const flag = tree.kind === 'scalar' && !isNull(tree) ? readFlag(tree.text) : undefined;
  if (flag === undefined) throw badConversion(tree);
  return flag;
}

export function readFlag(text: ByteString): boolean | undefined {
  if (TRUE.test(text)) return true;
  return FALSE.test(text) ? false : undefined;
}

/** A whole number as C++ streams read it: decimal, 0x hexadecimal, 0 octal; blanks may follow. */
export function readInteger(text: ByteString): bigint | undefined {
  const match = INTEGER.exec(text.replace(NEW_OCTAL, '0$1'));
  if (match === null) return undefined;
  const [, sign, hex, octal, decimal] = match;
  const digits = hex !== undefined ? `0x${hex}` : octal !== undefined ? `0o${octal}` : decimal!;
  return sign === '-' ? -BigInt(digits) : BigInt(digits);
}

function readUnsigned(text: ByteString, max: number): number | undefined {
  const value = readInteger(text);
  return value === undefined || text.startsWith('-') || value > BigInt(max) ? undefined : Number(value);
}

export function readDecimal(text: ByteString): number | undefined {
  if (DECIMAL.test(text)) return Number(text.trim());
  if (/^\+?\.(?:inf|Inf|INF)$/.test(text)) return Number.POSITIVE_INFINITY;
  if (/^-\.(?:inf|Inf|INF)$/.test(text)) return Number.NEGATIVE_INFINITY;
  return /^\.(?:nan|NaN|NAN)$/.test(text) ? Number.NaN : undefined;
}
