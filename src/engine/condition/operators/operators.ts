// One row an operator: the types it takes, and what it means for a value and a constant of each of them.
// Answers to Falco's filter_compare (spec: rules-language.md §2.3, §2.5). A new operator is a row here: the lexer's words, the
// operators of exceptions, the REPL's completion and the manual are made of this table.

import type { ByteString } from '../../../bytes.js';
import type { FieldType } from '../../../fields/field.js';
import type { Look } from '../../../prefilter/prefilter.js';
import { type IpNet, isInNet } from './address.js';
import { compileGlob, compileValueGlob } from './glob.js';
import { compilePathPrefixes } from './pmatch.js';
import { compileConstantRegex, compileRegex } from './regex.js';
import { contains } from './search.js';
import { lowerAscii } from './text.js';

/** A condition, and whether the event that the manual speaks of (authoring/reference.ts) meets it. */
export type Example = readonly [condition: string, met: boolean];

export interface Operator {
  /** As messages write it. */
  readonly name: string;
  /** What stands behind it; `text` is also a list with a modifier before it. */
  readonly right: 'nothing' | 'number' | 'text' | 'list';
  /** For the manual; left out where no field takes the operator. */
  readonly meaning?: string;
  readonly examples?: readonly Example[];
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

const COMPARISON =
  'Texts are compared byte by byte, and nearly all fields of audit events are texts, `ka.response.code` too.';

// In the order of Falco's messages, in which the lexer also tries them: `<=` before `<`.
const ROWS: readonly Operator[] = [
  {
    name: 'exists',
    right: 'nothing',
    meaning: 'The event has a value there.',
    examples: [
      ['ka.target.subresource exists', true],
      ['ka.impuser.name exists', false],
    ],
    ...equal,
    lists: true,
  },
  {
    name: '<=',
    right: 'number',
    meaning: `Less or equal. ${COMPARISON}`,
    examples: [['ka.response.code <= 201', true]],
    strings: (value, other) => value <= other,
    numbers: (value, other) => value <= other,
    lists: false,
  },
  {
    name: '<',
    right: 'number',
    meaning: `Less. ${COMPARISON}`,
    examples: [
      ['ka.response.code < 300', true],
      ['ka.response.code < 99', true],
    ],
    strings: (value, other) => value < other,
    numbers: (value, other) => value < other,
    lists: false,
  },
  {
    name: '>=',
    right: 'number',
    meaning: `Greater or equal. ${COMPARISON}`,
    examples: [['ka.response.code >= 400', false]],
    strings: (value, other) => value >= other,
    numbers: (value, other) => value >= other,
    lists: false,
  },
  {
    name: '>',
    right: 'number',
    meaning: `Greater. ${COMPARISON}`,
    examples: [['ka.response.code > 299', false]],
    strings: (value, other) => value > other,
    numbers: (value, other) => value > other,
    lists: false,
  },
  {
    name: '=',
    right: 'text',
    meaning: 'Equal; `==` is the same. A missing value is equal to nothing.',
    examples: [
      ['ka.verb = create', true],
      ['ka.verb = CREATE', false],
      ['ka.impuser.name = ""', false],
    ],
    ...equal,
    lists: false,
    equality: true,
  },
  {
    name: '!=',
    right: 'text',
    meaning: 'Not equal. False, too, where the value is missing: use `not … = …` to include that.',
    examples: [
      ['ka.verb != get', true],
      ['ka.impuser.name != admin', false],
      ['not ka.impuser.name = admin', true],
    ],
    strings: (value, other) => value !== other,
    numbers: (value, other) => value !== other,
    bools: (value, other) => value !== other,
    addresses: (value, other) => value !== other,
    nets: (value, net) => !isInNet(value, net),
    lists: false,
    equality: true,
  },
  {
    name: 'glob',
    right: 'text',
    meaning: '`*` is any text, `?` one byte, `[…]` one of a set; the whole value has to fit.',
    examples: [
      ['ka.target.name glob web-*', true],
      ['ka.target.name glob web', false],
    ],
    strings: (value, pattern) => compileValueGlob(pattern, false)(value),
    prepare: (pattern) => compileGlob(pattern, false),
    lists: false,
    dear: true,
  },
  {
    name: 'iglob',
    right: 'text',
    meaning: 'As `glob`, whatever the case of ASCII letters.',
    examples: [['ka.target.name iglob WEB-?', true]],
    strings: (value, pattern) => compileValueGlob(pattern, true)(value),
    prepare: (pattern) => compileGlob(pattern, true),
    lists: false,
    dear: true,
  },
  {
    name: 'contains',
    right: 'text',
    meaning: 'Holds the text.',
    examples: [
      ['ka.uri contains /exec?', true],
      ['ka.useragent contains KUBECTL', false],
    ],
    strings: contains,
    lists: false,
    dear: true,
    look: 'contains',
  },
  {
    name: 'icontains',
    right: 'text',
    meaning: 'As `contains`, whatever the case of ASCII letters.',
    examples: [['ka.useragent icontains KUBECTL', true]],
    strings: (value, other) => contains(lowerAscii(value), lowerAscii(other)),
    prepare: (constant) => {
      const folded = lowerAscii(constant);
      return (value) => lowerAscii(value).includes(folded);
    },
    lists: false,
    dear: true,
    look: 'icontains',
  },
  // For byte buffers, which no field of an audit event is.
  {
    name: 'bcontains',
    right: 'text',
    lists: false,
  },
  {
    name: 'startswith',
    right: 'text',
    meaning: 'Starts with the text.',
    examples: [['ka.user.name startswith system:', false]],
    strings: (value, other) => value.startsWith(other),
    lists: false,
    look: 'startswith',
  },
  {
    name: 'bstartswith',
    right: 'text',
    lists: false,
  },
  {
    name: 'endswith',
    right: 'text',
    meaning: 'Ends with the text.',
    examples: [['ka.user.name endswith @example.com', true]],
    strings: (value, other) => value.endsWith(other),
    lists: false,
    look: 'endswith',
  },
  {
    name: 'regex',
    right: 'text',
    meaning: 'A regular expression of RE2, in linear time; the whole value has to fit.',
    examples: [
      ['ka.target.name regex web-[0-9]+', true],
      ['ka.target.name regex web', false],
    ],
    strings: matchesRegex,
    prepare: prepareRegex,
    fault: regexFault,
    constantsOnly: true,
    whole: true,
    lists: false,
    dear: true,
  },
  {
    name: 'intersects',
    right: 'list',
    meaning: 'For lists: at least one element is among the items.',
    examples: [
      ['ka.user.groups intersects (dev, sre)', true],
      ['ka.user.groups intersects (sre)', false],
    ],
    ...equal,
    lists: true,
    set: true,
    equality: true,
  },
  {
    name: 'in',
    right: 'list',
    meaning: 'Equal to one of the items. For a list: all of its elements are among the items.',
    examples: [
      ['ka.verb in (create, update, patch)', true],
      ['ka.user.groups in (dev, ops, sre)', true],
      ['ka.user.groups in (dev)', false],
    ],
    ...equal,
    lists: true,
    set: true,
    equality: true,
  },
  {
    name: 'pmatch',
    right: 'list',
    meaning:
      'One of the items is a path prefix of the value, in whole components; `*` in an item is one component.',
    examples: [
      ['ka.uri pmatch (/api/v1)', true],
      ['ka.uri pmatch (/api/v)', false],
    ],
    strings: (value, path) => compilePathPrefixes([path])(value),
    constantsOnly: true,
    lists: false,
    set: true,
    dear: true,
  },
];

const BY_NAME: ReadonlyMap<string, Operator> = new Map(
  ROWS.flatMap((row) => (row.name === '=' ? ['=', '=='] : [row.name]).map((spelled) => [spelled, row])),
);

/** The names of all operators with this on their right, as they are spelled. */
export const operatorNames = (right: Operator['right']): readonly string[] =>
  ROWS.filter((row) => row.right === right).flatMap(({ name }) => (name === '=' ? ['==', '='] : [name]));

/** Every operator that takes some kind of value. */
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
