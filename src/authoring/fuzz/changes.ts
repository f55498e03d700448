// Changes: what a rule's author should try at one place of an event. Grown from what stands there and from what the
// rule's checks compare it with, so that each change tells something about a check. Values are JSON texts.

import type { ByteString } from '../../bytes.js';
import type { Change } from './event-values.js';

/** `value`: whoever sends requests can do that; `absent`: it is not there; `shape`: only an odd producer writes it so. */
export type Plausibility = 'value' | 'absent' | 'shape';

export interface Trial {
  readonly change: Change;
  /** A word or two: `other case`. */
  readonly label: string;
  readonly plausibility: Plausibility;
}

/** What stands at a place and what is asked of it. */
export interface Target {
  /** The decoded text if it is a string. */
  readonly text: ByteString | undefined;
  readonly json: ByteString;
  readonly inObject: boolean;
  readonly key: ByteString;
  /** Values that checks read from the place, often the text itself or a part of it. */
  readonly read: readonly ByteString[];
  /** What these checks compare with. */
  readonly constants: readonly ByteString[];
}

const MOST_CONSTANTS = 12;

/** All changes to try at a place that has a value. */
export function changesOf(target: Target): readonly Trial[] {
  const { json } = target;
  const found = [
    ...(json.startsWith('[') ? listTrials(target) : []),
    ...(json.startsWith('{') ? [] : textTrials(target)),
    ...(/^[-\d]/.test(json) ? numberTrials(json, target.constants) : []),
    ...(target.inObject ? absentTrials(json) : []),
    ...shapeTrials(target),
  ];
  const seen = new Set<string>();
  return found.filter(({ change }) => {
    const key = JSON.stringify(change);
    const again = seen.has(key) || (change.kind === 'replace' && change.json === json);
    seen.add(key);
    return !again;
  });
}

/** Changes for a member that is not there: what stands there in another event, and what is asked of it. */
export function additionsOf(
  key: ByteString,
  donor: ByteString,
  constants: readonly ByteString[],
): readonly Trial[] {
  const values = new Set([donor]);
  if (donor.startsWith('"'))
    for (const constant of constants.slice(0, MOST_CONSTANTS)) values.add(JSON.stringify(constant));
  if (donor.startsWith('['))
    for (const constant of constants.slice(0, MOST_CONSTANTS)) values.add(JSON.stringify([constant]));
  return [...values].map((json) => ({
    change: { kind: 'behind', key, json },
    label: 'added',
    plausibility: 'value',
  }));
}

const replace = (label: string, json: ByteString, plausibility: Plausibility = 'value'): Trial => ({
  change: { kind: 'replace', json },
  label,
  plausibility,
});

function textTrials({ text, read, constants }: Target): Trial[] {
  if (text === undefined) return [];
  const within = read.filter((part) => part !== '' && text.includes(part));
  const parts = new Set(within.length > 0 ? within : [text]);
  return [...parts].flatMap((part) =>
    variants(part, constants).map(([label, changed]) =>
      // Not replaceAll: the text may hold the part by chance once more.
      replace(label, JSON.stringify(text.replace(part, () => changed))),
    ),
  );
}

function variants(
  text: ByteString,
  constants: readonly ByteString[],
): readonly (readonly [string, ByteString])[] {
  const upperFirst = text.slice(0, 1).toUpperCase() + text.slice(1);
  return [
    ['other case', swapCase(text)],
    ['first letter', upperFirst === text ? text.slice(0, 1).toLowerCase() + text.slice(1) : upperFirst],
    ['suffix', `${text}-x`],
    ['blank behind', `${text} `],
    ['prefix', `x-${text}`],
    ['cut short', text.slice(0, -1)],
    ['a slash behind', `${text}/`],
    ['percent-encoded', text.slice(0, -1) + percent(text.slice(-1))],
    ...constants.slice(0, MOST_CONSTANTS).flatMap((constant): readonly (readonly [string, ByteString])[] => [
      ['as in the rule', constant],
      ['starts as in the rule', constant + text],
      ['ends as in the rule', text + constant],
      ['more than in the rule', `${constant}-x`],
    ]),
    ['empty', ''],
  ];
}

// ASCII letters only: the text is bytes.
const swapCase = (text: ByteString): ByteString =>
  /[a-z]/.test(text)
    ? text.replace(/[a-z]/g, (letter) => letter.toUpperCase())
    : text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

const percent = (char: ByteString): ByteString =>
  char === '' ? '' : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

function numberTrials(json: ByteString, constants: readonly ByteString[]): Trial[] {
  const numbers = constants.filter((constant) => /^\d{1,15}$/.test(constant)).map(Number);
  const value = Number(json);
  const candidates = [
    0,
    value + 1,
    value - 1,
    ...numbers.flatMap((number) => [number - 1, number, number + 1]),
  ];
  return candidates.map((number) => replace('another number', String(number)));
}

function listTrials({ json, constants }: Target): Trial[] {
  const inner = json.slice(1, -1);
  const joined = (first: ByteString, second: ByteString): ByteString =>
    `[${[first, second].filter((part) => part !== '').join(',')}]`;
  return [
    ...constants.slice(0, MOST_CONSTANTS).flatMap((constant) => {
      const element = JSON.stringify(constant);
      return [replace('one more element', joined(inner, element)), replace('as in the rule', `[${element}]`)];
    }),
    replace('one more element', joined(inner, '"x"')),
    replace('empty list', '[]'),
  ];
}

function absentTrials(json: ByteString): Trial[] {
  const missing: Trial = { change: { kind: 'remove' }, label: 'missing', plausibility: 'absent' };
  return json === 'null' ? [missing] : [missing, replace('null', 'null', 'absent')];
}

function shapeTrials({ text, json, inObject, key }: Target): Trial[] {
  const shape = (label: string, change: Change): Trial => ({ change, label, plausibility: 'shape' });
  const as = (label: string, changed: ByteString): Trial => shape(label, { kind: 'replace', json: changed });
  return [
    ...(text === undefined || text === '' ? [] : [as('escaped letter', escapedFirst(text))]),
    ...(json.startsWith('{') || json.startsWith('[')
      ? [as('a text', '"x"')]
      : [as('in a list', `[${json}]`)]),
    as('a number', '1'),
    as('true', 'true'),
    as('an object', '{"x":1}'),
    ...(inObject && key !== ''
      ? [
          shape('escaped key', { kind: 'key', json: escapedFirst(key) }),
          shape('key in other case', { kind: 'key', json: JSON.stringify(swapCase(key)) }),
          shape('key twice, first', { kind: 'before', key, json: '"x"' }),
          shape('key twice, last', { kind: 'behind', key, json: '"x"' }),
        ]
      : []),
  ];
}

// JSON text of a string whose first character is written as an escape. Characters beyond ASCII are several bytes.
function escapedFirst(text: ByteString): ByteString {
  const code = text.charCodeAt(0);
  if (code > 0x7f) return JSON.stringify(text);
  return `"\\u${code.toString(16).padStart(4, '0')}${JSON.stringify(text.slice(1)).slice(1)}`;
}
