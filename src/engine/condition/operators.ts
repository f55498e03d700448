// One row an operator: the types it takes, and what it means for a value and a constant of each of them.
// Answers to Falco's filter_compare (spec: rules-language.md §2.3, §2.5). A new operator is a row here.

import type { ByteString } from '../../bytes.js';
import type { FieldType } from '../../fields/field.js';
import type { Look } from '../../screen.js';
import { type IpNet, isInNet } from './address.js';
import { compileGlob, compileValueGlob } from './glob.js';
import { compilePathPrefixes } from './pmatch.js';
import { compileConstantRegex, compileRegex } from './regex.js';
import { contains } from './search.js';
import { lowerAscii } from './text.js';

export interface Operator {
  /** As messages write it. */
  readonly name: string;
  /**
   * The comparison for each kind of value; kinds that are left out are refused.
   * The first argument is the value on the left, the second one the constant or the value of a right-hand field.
   */
  readonly strings?: (value: ByteString, other: ByteString) => boolean;
  readonly numbers?: (value: bigint, other: bigint) => boolean;
  readonly bools?: (value: boolean, other: boolean) => boolean;
  readonly addresses?: (value: ByteString, other: ByteString) => boolean;
  readonly nets?: (value: ByteString, other: IpNet) => boolean;
  /** Whether lists may stand on the left. */
  readonly lists: boolean;
  /** Compares with a set of constants as a whole: one of them is enough. */
  readonly set?: true;
  /** All that counts of a value is which of the constants it equals, if any. */
  readonly equality?: true;
  /** All that counts of a string is whether it has the constant in it, so. */
  readonly look?: Look['kind'];
  /** Sees what stands behind a NUL in a string, like all set look-ups. */
  readonly whole?: true;
  /** `strings` with the constant worked into the test, once at load time. */
  readonly prepare?: (constant: ByteString) => (value: ByteString) => boolean;
  /** Falco's message for a constant that the operator cannot use. */
  readonly fault?: (constant: ByteString) => ByteString | undefined;
  /** No field may stand on the right. */
  readonly constantsOnly?: true;
  /** Costs enough for its verdict to be kept where several rules ask for it. */
  readonly dear?: true;
}

const equal = {
  strings: (value: ByteString, other: ByteString) => value === other,
  numbers: (value: bigint, other: bigint) => value === other,
  bools: (value: boolean, other: boolean) => value === other,
  addresses: (value: ByteString, other: ByteString) => value === other,
  nets: isInNet,
};

function matchesRegex(value: ByteString, pattern: ByteString): boolean {
  const matcher = compileRegex(pattern);
  return typeof matcher === 'function' && matcher(value);
}

// Falco checks a pattern where it parses it; a pattern that got here compiles.
function prepareRegex(pattern: ByteString): (value: ByteString) => boolean {
  const matcher = compileConstantRegex(pattern);
  return typeof matcher === 'function' ? matcher : () => false;
}

function regexFault(pattern: ByteString): ByteString | undefined {
  const matcher = compileConstantRegex(pattern);
  return typeof matcher === 'function' ? undefined : `invalid regex pattern: ${matcher.error}`;
}

const ROWS: readonly Operator[] = [
  { name: 'exists', ...equal, lists: true },
  { name: '=', ...equal, lists: false, equality: true },
  {
    name: '!=',
    strings: (value, other) => value !== other,
    numbers: (value, other) => value !== other,
    bools: (value, other) => value !== other,
    addresses: (value, other) => value !== other,
    nets: (value, net) => !isInNet(value, net),
    lists: false,
    equality: true,
  },
  {
    name: '<',
    strings: (value, other) => value < other,
    numbers: (value, other) => value < other,
    lists: false,
  },
  {
    name: '<=',
    strings: (value, other) => value <= other,
    numbers: (value, other) => value <= other,
    lists: false,
  },
  {
    name: '>',
    strings: (value, other) => value > other,
    numbers: (value, other) => value > other,
    lists: false,
  },
  {
    name: '>=',
    strings: (value, other) => value >= other,
    numbers: (value, other) => value >= other,
    lists: false,
  },
  { name: 'in', ...equal, lists: true, set: true, equality: true },
  { name: 'intersects', ...equal, lists: true, set: true, equality: true },
  { name: 'contains', strings: contains, lists: false, dear: true, look: 'contains' },
  {
    name: 'icontains',
    strings: (value, other) => contains(lowerAscii(value), lowerAscii(other)),
    prepare: (constant) => {
      const folded = lowerAscii(constant);
      return (value) => lowerAscii(value).includes(folded);
    },
    lists: false,
    dear: true,
    look: 'icontains',
  },
  {
    name: 'startswith',
    strings: (value, other) => value.startsWith(other),
    lists: false,
    look: 'startswith',
  },
  { name: 'endswith', strings: (value, other) => value.endsWith(other), lists: false, look: 'endswith' },
  {
    name: 'glob',
    strings: (value, pattern) => compileValueGlob(pattern, false)(value),
    prepare: (pattern) => compileGlob(pattern, false),
    lists: false,
    dear: true,
  },
  {
    name: 'iglob',
    strings: (value, pattern) => compileValueGlob(pattern, true)(value),
    prepare: (pattern) => compileGlob(pattern, true),
    lists: false,
    dear: true,
  },
  {
    name: 'regex',
    strings: matchesRegex,
    prepare: prepareRegex,
    fault: regexFault,
    constantsOnly: true,
    whole: true,
    lists: false,
    dear: true,
  },
  {
    name: 'pmatch',
    strings: (value, path) => compilePathPrefixes([path])(value),
    constantsOnly: true,
    lists: false,
    set: true,
    dear: true,
  },
  // For byte buffers, which no field of an audit event is.
  { name: 'bcontains', lists: false },
  { name: 'bstartswith', lists: false },
];

const BY_NAME: ReadonlyMap<string, Operator> = new Map(
  ROWS.flatMap((row) => (row.name === '=' ? ['=', '=='] : [row.name]).map((spelled) => [spelled, row])),
);

/** Every operator that takes some kind of value, in the order of the manual. */
export const OPERATORS: readonly Operator[] = ROWS.filter(
  ({ strings, numbers, bools, addresses }) => strings ?? numbers ?? bools ?? addresses,
);

/** How a list of constants counts: exactly one, at least one, or all of them have to fit. */
export type Modifier = (typeof MODIFIERS)[number];
export const MODIFIERS = ['oneof', 'anyof', 'allof'] as const;

/** The row and the modifier of an operator as the tree spells it (`== oneof`). */
export function operatorOf(spelled: string): {
  readonly operator: Operator;
  readonly modifier: Modifier | undefined;
} {
  const [name, modifier] = spelled.split(' ') as [string, Modifier?];
  const operator = BY_NAME.get(name);
  if (operator === undefined) throw new TypeError(`no such operator: ${name}`);
  return { operator, modifier };
}

/** Falco's message if the operator does not take values of a type; undefined if it does. */
export function operatorTypeError(
  { operator, modifier }: { readonly operator: Operator; readonly modifier: Modifier | undefined },
  type: FieldType,
  isList: boolean,
): ByteString | undefined {
  if (operator.name === 'exists') return undefined;
  const start = `filter error: '${operator.name}'`;
  if (isList) return operator.lists ? undefined : `${start} operator not supported list filters`;
  switch (type) {
    case 'CHARBUF':
      return operator.strings === undefined
        ? `${start} operator not supported for string filters`
        : undefined;
    case 'UINT64':
    case 'RELTIME':
    case 'ABSTIME':
      return operator.numbers === undefined
        ? `${start} operator not supported for numeric filters`
        : undefined;
    case 'BOOL':
      return operator.bools === undefined ? `${start} operator not supported for numeric filters` : undefined;
    case 'IPADDR':
    case 'IPNET':
      if (operator.addresses !== undefined) return undefined;
      return `${start} ${modifier === undefined ? 'operator' : 'with modifier'} not supported for ip address and network filters`;
  }
}
