// How fields of tsfalco show what a request sets (set.ts): texts of values and of their keys, in one spelling each.

import type { ByteString } from '../bytes.js';
import type { Event } from '../event.js';
import { type JsonDocument, NO_NODE } from '../json/document.js';
import { isObject, valueText } from '../json/read.js';
import { untilNul } from './nodes.js';
import { lastMember } from './patterns.js';

/** The text of any value; integers in their shortest form. */
export function scalarText(event: Event, node: number): ByteString {
  const text = untilNul(valueText(event.document, node));
  return NUMBER.test(text) ? numberText(text) : text;
}

const NUMBER = /^-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;

// Integers are spelled in many ways: 0.0, 0e0, -0.
function numberText(text: ByteString): ByteString {
  const number = Number(text);
  return Number.isSafeInteger(number) ? String(number) : text;
}

/** The key of what is true. */
export function keyIfTrue({ document }: Event, node: number, key: ByteString): ByteString | undefined {
  return valueText(document, node) === 'true' ? untilNul(key) : undefined;
}

/** An entry of a map, as key=value. */
export const keyAndText = (event: Event, node: number, key: ByteString): ByteString =>
  untilNul(`${key}=${valueText(event.document, node)}`);

/** A volume's source: its one member beside the name. */
export const volumeType = (_event: Event, _node: number, key: ByteString): ByteString | undefined =>
  OWN_KEYS.test(key) ? undefined : untilNul(key);

const OWN_KEYS = /^(?:name|\$.*)$/;

const upper = (letter: string): string => letter.toUpperCase();

/** The runtime takes them in any case, and with CAP_ in front. */
export const capability = ({ document }: Event, node: number): ByteString =>
  untilNul(valueText(document, node).replace(/[a-z]/g, upper).replace(/^CAP_/, ''));

/** A path without `.`, `//`, and a slash at its end. `..` is refused by API servers. */
export function pathText({ document }: Event, node: number): ByteString {
  const path = untilNul(valueText(document, node));
  const pieces = path.split('/').filter((piece) => piece !== '' && piece !== '.');
  return `${path.startsWith('/') ? '/' : ''}${pieces.join('/')}`;
}

/** A kernel parameter, as name=value; of a patch within one, what it gives. */
export function sysctlText({ document }: Event, node: number): ByteString {
  if (!isObject(document, node)) return untilNul(`${valueText(document, node)}=`);
  return untilNul(`${memberText(document, node, 'name')}=${memberText(document, node, 'value')}`);
}

function memberText(document: JsonDocument, node: number, key: ByteString): ByteString {
  const found = lastMember(document, node, key);
  return found === NO_NODE ? '' : valueText(document, found);
}

/** Kind and name; of a service account the namespace between them. */
export function subjectText(event: Event, node: number): ByteString | undefined {
  const { document } = event;
  if (!isObject(document, node)) return undefined;
  const kind = memberText(document, node, 'kind');
  const namespace = kind === 'ServiceAccount' ? [memberText(document, node, 'namespace')] : [];
  return untilNul([kind, ...namespace, memberText(document, node, 'name')].join(':'));
}
