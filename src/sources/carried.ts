// Texts that decoding a payload leaves as they are. In: pointers to them; then places that someone looks at, and scanned
// payloads. Out: whether what stands at those places is what the decoded event has there: each key on the way is written once,
// as in the pointer, and decoding, which takes keys of any case and the last of equal ones, finds no other.

import { type ByteString, toBytes } from '../bytes.js';
import { CODED, type JsonDocument, NODE_SIZE, OTHER, PLAIN } from '../json/document.js';
import { FIRST_KEY, internKey, NO_KEY } from '../json/keys.js';
import { isArray, isObject, nodeBehind } from '../json/read.js';
import type { Place } from '../prefilter/prefilter.js';

export interface Carried {
  /** Whether a place is one of them, read as a text that is empty without a value. From then on isPlain() looks there. */
  covers(place: Place): boolean;
  isPlain(document: JsonDocument): boolean;
}

/** Members that are looked at in one object. */
interface Level {
  readonly byId: Map<number, Step>;
  readonly byText: Map<ByteString, Step>;
  /** By length of the key: keys in small letters. */
  readonly small: Map<number, Set<ByteString>>;
}

interface Step {
  readonly bit: number;
  /** undefined: a text. */
  readonly level: Level | undefined;
  /** Whether it is a list of objects that is looked at. */
  readonly isList: boolean;
}

const MOST_KEYS = 31;
/** In pointers: each element of the list there. */
const EACH = '*';
/** The one sign beyond ASCII that is a letter of ASCII in small. */
const KELVIN = '\xe2\x84\xaa';

const newLevel = (): Level => ({ byId: new Map(), byText: new Map(), small: new Map() });

export function createCarried(pointers: readonly string[]): Carried {
  const carried = new Set(pointers.map((pointer) => toBytes(pointer)));
  const root = newLevel();

  function add(level: Level, key: ByteString, isLast: boolean, isList: boolean): Step | undefined {
    const known = level.byText.get(key);
    if (known !== undefined) return known;
    if (level.byText.size === MOST_KEYS) return undefined;
    const step = { bit: 1 << level.byText.size, level: isLast ? undefined : newLevel(), isList };
    const { id } = internKey(key);
    if (id !== NO_KEY) level.byId.set(id, step);
    level.byText.set(key, step);
    const small = level.small.get(key.length) ?? new Set();
    level.small.set(key.length, small.add(key.toLowerCase()));
    return step;
  }

  return {
    covers({ keys, as, absent, time, audit }) {
      if (as !== 'string' || absent !== '' || time === true || audit) return false;
      if (!carried.has(keys.map((key) => `/${key}`).join(''))) return false;
      let level: Level | undefined = root;
      for (const [i, key] of keys.entries()) {
        if (key === EACH) continue;
        const step: Step | undefined = level && add(level, key, i === keys.length - 1, keys[i + 1] === EACH);
        if (step === undefined) return false;
        level = step.level;
      }
      return true;
    },
    isPlain: (document) => !document.text.includes(KELVIN) && isPlainObject(document, 0, root),
  };
}

function isPlainObject(document: JsonDocument, object: number, level: Level): boolean {
  const { tape } = document;
  const behind = nodeBehind(document, object);
  let seen = 0;
  for (let at = object + NODE_SIZE; at < behind; at = nodeBehind(document, at + NODE_SIZE)) {
    const id = tape[at + 2]!;
    if (id === CODED) return false;
    const step = id >= FIRST_KEY ? level.byId.get(id) : undefined;
    if (step === undefined) {
      if (isMeant(document, at, level)) return false;
      continue;
    }
    if ((seen & step.bit) !== 0 || !isPlainValue(document, at + NODE_SIZE, step)) return false;
    seen |= step.bit;
  }
  return true;
}

/** Whether a key may be taken for one that is looked at: by its letters, or as there was no number for it. */
function isMeant({ text, tape }: JsonDocument, key: number, { small }: Level): boolean {
  const [start, end] = [tape[key]! + 1, tape[key + 1]! - 1];
  return small.get(end - start)?.has(text.slice(start, end).toLowerCase()) === true;
}

function isPlainList(document: JsonDocument, list: number, level: Level): boolean {
  const behind = nodeBehind(document, list);
  for (let at = list + NODE_SIZE; at < behind; at = nodeBehind(document, at))
    if (!isObject(document, at) || !isPlainObject(document, at, level)) return false;
  return true;
}

function isPlainValue(document: JsonDocument, node: number, { level, isList }: Step): boolean {
  const { text, tape } = document;
  const kind = tape[node + 2]!;
  if (kind === OTHER) return text.startsWith('null', tape[node]);
  if (level !== undefined && isList) return isArray(document, node) && isPlainList(document, node, level);
  if (level !== undefined) return isObject(document, node) && isPlainObject(document, node, level);
  // Half of a pair of surrogates becomes another sign.
  return kind === PLAIN || (kind === CODED && !text.slice(tape[node], tape[node + 1]).includes('\\u'));
}
