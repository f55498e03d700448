// What operators and transformers mean, each with examples. The help of the REPL, the pages in docs/ and the library's
// lists are made of this; a test evaluates every example.

import { type Example, OPERATORS, type Operator } from '../engine/condition/operators/operators.js';
import type { Field } from '../fields/field.js';

export interface Entry {
  readonly name: string;
  readonly meaning: string;
  readonly examples: readonly Example[];
}

/** The event that the examples speak of. */
export const SAMPLE: Readonly<Record<string, unknown>> = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  auditID: '0f1e2d3c-0000-4000-8000-000000000001',
  stage: 'ResponseComplete',
  stageTimestamp: '2026-02-03T16:07:42.045023Z',
  verb: 'create',
  requestURI: '/api/v1/namespaces/shop/pods/web-1/exec?command=sh&command=-c',
  user: { username: 'alice@example.com', groups: ['dev', 'ops'] },
  userAgent: 'kubectl/v1.31.3',
  objectRef: { resource: 'pods', namespace: 'shop', name: 'web-1', subresource: 'exec' },
  responseStatus: { code: 201 },
  annotations: { token: 'aGVsbG8=' },
};

const symbolsFirst = OPERATORS.toSorted((a, b) => Number(/\w/.test(a.name)) - Number(/\w/.test(b.name)));

/** The operators that rules can use. */
export const OPERATOR_ENTRIES: readonly Entry[] = symbolsFirst.map(
  ({ name, meaning = '', examples = [] }) => ({
    name,
    meaning,
    examples,
  }),
);

/** Which fields an operator takes. */
export function operandsText({ name, strings, numbers, bools, addresses, lists }: Operator): string {
  if (name === 'exists') return 'any';
  const kinds = [
    [strings, 'text'],
    [numbers, 'number'],
    [bools, 'boolean'],
    [addresses, 'address'],
    [lists, 'list'],
  ] as const;
  return kinds.flatMap(([taken, kind]) => (taken ? [kind] : [])).join(', ');
}

/** Operators that a field of this type takes, in the order of the table. */
export function operatorsFor({ type, isList }: Pick<Field, 'type' | 'isList'>): readonly string[] {
  return OPERATORS.filter(({ name, strings, numbers, bools, addresses, lists }) => {
    if (name === 'exists') return true;
    if (isList) return lists;
    if (type === 'CHARBUF') return strings !== undefined;
    if (type === 'BOOL') return bools !== undefined;
    return (type === 'IPADDR' || type === 'IPNET' ? addresses : numbers) !== undefined;
  }).map(({ name }) => name);
}

/** Types of fields, for people. */
export const TYPE_WORDS = {
  CHARBUF: 'text',
  UINT64: 'number',
  RELTIME: 'duration',
  ABSTIME: 'time',
  BOOL: 'boolean',
  IPADDR: 'address',
  IPNET: 'network',
} as const satisfies Readonly<Record<Field['type'], string>>;

/** With a list of constants behind an operator: how many of them have to fit. */
export const MODIFIER_ENTRIES: readonly Entry[] = [
  {
    name: 'oneof',
    meaning: 'Exactly one of the items fits.',
    examples: [
      ['ka.uri contains oneof (exec, attach)', true],
      ['ka.uri contains oneof (exec, pods)', false],
    ],
  },
  {
    name: 'anyof',
    meaning: 'At least one of the items fits.',
    examples: [['ka.user.name startswith anyof (alice, bob)', true]],
  },
  {
    name: 'allof',
    meaning: 'All items fit.',
    examples: [
      ['ka.uri contains allof (exec, pods)', true],
      ['ka.uri contains allof (exec, attach)', false],
    ],
  },
];

export const TRANSFORMER_ENTRIES: readonly Entry[] = [
  {
    name: 'val',
    meaning: 'The value of a field, to compare one field with another.',
    examples: [
      ['ka.target.namespace != val(ka.target.name)', true],
      ['ka.target.resource = val(ka.target.subresource)', false],
    ],
  },
  {
    name: 'tolower',
    meaning: 'ASCII letters in lower case.',
    examples: [['tolower(ka.useragent) startswith kubectl', true]],
  },
  {
    name: 'toupper',
    meaning: 'ASCII letters in upper case.',
    examples: [['toupper(ka.verb) = CREATE', true]],
  },
  {
    name: 'b64',
    meaning: 'Base64, decoded; missing where it is none.',
    examples: [['b64(jevt.value[/annotations/token]) = hello', true]],
  },
  {
    name: 'basename',
    meaning: 'What stands behind the last slash.',
    examples: [['basename(ka.uri) startswith exec', true]],
  },
  {
    name: 'len',
    meaning: 'Bytes of a text, elements of a list.',
    examples: [
      ['len(ka.target.name) = 5', true],
      ['len(ka.user.groups) > 2', false],
    ],
  },
  {
    name: 'join',
    meaning: 'The elements of a list as one text, the first argument between them.',
    examples: [['join(",", ka.user.groups) = "dev,ops"', true]],
  },
  {
    name: 'concat',
    meaning: 'Texts, one behind the other.',
    examples: [['concat(ka.target.namespace, "/", ka.target.name) = shop/web-1', true]],
  },
  {
    name: 'getopt',
    meaning:
      'Reads a list as the arguments of a program, as getopt(3) does. With an option in brackets its value, else the names of the options that are set. Made for system calls: no field of an audit event is such a list.',
    examples: [['getopt(ka.user.groups, "d:")[d] exists', false]],
  },
];

const line = ({ name, meaning, examples }: Entry): string =>
  `  ${name.padEnd(11)} ${meaning.replaceAll('`', '').replaceAll('…', '...')}\n              ${examples[0]![0]}`;

export const operatorLines = (): readonly string[] => [
  ...OPERATOR_ENTRIES.map(line),
  'Between an operator and a list of items:',
  ...MODIFIER_ENTRIES.map(line),
];

export const transformerLines = (): readonly string[] => TRANSFORMER_ENTRIES.map(line);
