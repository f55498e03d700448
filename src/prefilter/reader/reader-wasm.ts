// The event reader in WebAssembly: scans in about a quarter of what JSON.parse takes, and judges as far as it was taught.
// Texts are copied into the module's memory; tapes are read from it in place.

import { type ByteString, readBytes } from '../../bytes.js';
import { CODED, type JsonDocument, NO_NODE, OTHER, PLAIN } from '../../json/document.js';
import { FIRST_KEY, internKey, NO_KEY } from '../../json/keys.js';
import { runtime } from '../../runtime/runtime.js';
import { localOffset } from '../../time.js';
import {
  ALERTS_FULL,
  ASIDE_BYTES,
  DONE,
  HASH_KEY_BYTES,
  LONGEST_VALUE,
  PASSED,
  SECONDS_LENGTH,
  TAPE_FULL,
} from '../shared.js';
import { createAlertLines } from './alert-lines.js';
import type { EventForm, EventReader, OnAlert, PrefilterTables } from './event-reader.js';
import { setPlaceKeys, setPlaceLooks } from './places.js';
import { spellingsOf } from './spellings.js';
import { createWasmModule, type WasmModule } from './wasm-module.js';

const MOST_BYTES = 0x7fffffff;

/** Instead of the length of a cluster's name: there is none; it is not to be written as it stands (assembly/alerts.ts). */
const [NO_CLUSTER, ODD_CLUSTER] = [-1, -2];
const NEEDS_NO_ESCAPE = /^[ !#-[\]-\x7f]*$/;

/** What stands where an event says what it is, in the module (assembly/event.ts). */
const EVENT_KIND = 'Event';

// Says which keys make an event. @returns whether the module can judge by them
function setForm({ exports }: WasmModule, { kind, is, id, time, truncated }: EventForm): boolean {
  const [outer = NOWHERE, inner = NOWHERE] = truncated;
  if (is !== EVENT_KIND || [kind, id, time].some((key) => key.id === NO_KEY)) return false;
  exports.setEventKeys(kind.id, id.id, time.id, outer.id, inner.id);
  return true;
}

const NOWHERE = internKey('audit.k8s.io/truncated');

/** Makes a reader with a memory of its own; undefined where WebAssembly with SIMD is not to be had. */
export function createWasmReader(form?: EventForm): EventReader | undefined {
  const module = createWasmModule();
  return module && readerOf(module, form);
}

function readerOf(module: WasmModule, form: EventForm | undefined): EventReader {
  const { exports, textAt } = module;
  const judges = form !== undefined && setForm(module, form);
  // Reused: a document is borrowed until the next scan.
  const document = { text: '', tape: module.tape(), compact: true, keysBelow: FIRST_KEY };
  // What to add to an offset on the tape for an address.
  let shift = textAt;
  let onAlert: OnAlert | undefined;
  let cluster: ByteString | undefined;
  // Whether a text was read last, not a block.
  let isText = false;

  function describe(text: ByteString, compact: boolean): JsonDocument {
    document.text = text;
    document.tape = module.tape();
    document.compact = compact;
    return document;
  }

  function scan(source: ByteString, from = 0, to = source.length): JsonDocument | undefined {
    document.keysBelow = module.learnKeys();
    const length = to - from;
    module.fitText(length);
    runtime.write(module.text(), length === source.length ? source : source.slice(from, to), 0);
    shift = textAt - from;
    for (;;) {
      const answer = exports.scan(textAt, length, from, module.tapeAt(), module.tapeBytes());
      if (answer >= 0) return describe(source, answer === 1);
      if (answer !== TAPE_FULL) return undefined;
      module.growTape();
    }
  }

  // Makes room for a text or block, and says how it is to be read.
  function open(length: number, largest: number, prefiltered: boolean): void {
    document.keysBelow = module.learnKeys();
    module.fitText(length);
    const writes = onAlert === undefined ? 0 : 1;
    exports.openLines(textAt, textAt + length, Math.min(largest, MOST_BYTES), prefiltered ? 1 : 0, writes);
  }

  function read(next: () => number): number {
    for (;;) {
      const verdict = next();
      if (onAlert !== undefined) module.takeLines(onAlert);
      if (verdict === TAPE_FULL) module.growTape();
      else if (verdict !== ALERTS_FULL) {
        document.tape = module.tape();
        document.compact = exports.compact.value === 1;
        return verdict;
      }
    }
  }

  function lineText(): ByteString {
    return readBytes(module.text(), exports.lineStart.value - textAt, exports.lineEnd.value - textAt);
  }

  return {
    scan,
    writeTo(receiver) {
      onAlert = receiver;
      if (receiver !== undefined) exports.setOffset(localOffset());
    },
    nameCluster(name) {
      if (name === cluster) return;
      cluster = name;
      const stands = name === undefined || (name.length <= ASIDE_BYTES && NEEDS_NO_ESCAPE.test(name));
      if (stands) exports.setCluster(module.writeAside(name ?? ''), name?.length ?? NO_CLUSTER);
      else exports.setCluster(0, ODD_CLUSTER);
    },
    openLines(block, largest, prefiltered) {
      open(block.length, largest, prefiltered);
      module.text().set(block);
      isText = false;
    },
    readText(text, largest, prefiltered) {
      open(text.length, largest, prefiltered);
      runtime.write(module.text(), text, 0);
      isText = true;
      document.text = text;
      shift = textAt;
      return read(exports.readText);
    },
    nextLine: () => read(exports.nextLine),
    text: () => (isText ? document.text : lineText()),
    document() {
      if (isText) return document;
      document.text = lineText();
      shift = exports.lineStart.value;
      return document;
    },
    passed: () => exports.passed.value,
    passedTruncated: () => exports.passedTruncated.value,
    isTruncated: () => exports.isTruncated() !== 0,
    reached: () => exports.reached.value,
    judge(node) {
      const verdict = exports.judge(node, shift, 0);
      if (onAlert === undefined || verdict < 0 || exports.writeAlert(verdict, shift) !== DONE) return verdict;
      module.takeLines(onAlert);
      return PASSED;
    },
    lastSeconds: exports.lastSeconds,
    tables: judges ? createTables(module, () => shift) : undefined,
  };
}

function createTables(module: WasmModule, shift: () => number): PrefilterTables {
  const { exports } = module;
  const lines = createAlertLines(module);
  exports.setHashKey(module.writeAside(readBytes(crypto.getRandomValues(new Uint8Array(HASH_KEY_BYTES)))));
  // By place: the spellings that have classes of their own; undefined where values are learned one by one.
  let spellings: readonly (ReadonlySet<ByteString> | undefined)[] = [];

  // By place: whether signs tell classes.
  let hasLooks: readonly boolean[] = [];

  // By place: whether it is that of the event's time.
  let times: readonly (true | undefined)[] = [];

  function learnSpellings(place: number, special: ReadonlySet<ByteString>): boolean {
    for (const text of special)
      if (exports.learnValue(place, module.writeAside(text), text.length, ASK) === 0) return false;
    return true;
  }

  return {
    reset(places) {
      exports.forgetPrefilter();
      lines.forget();
      for (const [place, { keys }] of places.entries()) setPlaceKeys(module, place, keys);
      exports.setTimePlace(places.findIndex(({ time }) => time));
      module.learnKeys();
      hasLooks = places.map(
        ({ looks = [] }, place) => looks.length > 0 && setPlaceLooks(module, place, looks),
      );
      let room = MOST_SPELLINGS;
      spellings = places.map((place, number) => {
        const special = hasLooks[number] || place.looks?.length === 0 ? spellingsOf(place) : undefined;
        room -= special?.size ?? 0;
        if (special === undefined || room < 0 || !learnSpellings(number, special)) return undefined;
        return special;
      });
      times = places.map(({ time }) => time);
    },
    learnAlert: lines.learn,
    learnState: exports.learnState,
    learnStep: (state, kind, next) => exports.learnStep(state, kind, next) !== 0,
    learnValue(place, document, node, kind) {
      if (node === NO_NODE) return exports.learnValue(place, 0, 0, kind) !== 0;
      const { tape, text, compact } = document;
      const [start, type] = [tape[node]!, tape[node + 2]!];
      const isTime = times[place] === true;
      const end = isTime ? start + SECONDS_LENGTH : tape[node + 1]!;
      // Not a value as it stands: a string with escapes, white space in an object or array.
      const plain = type !== CODED && (compact || type === PLAIN || type === OTHER);
      if (end - start > LONGEST_VALUE) {
        if (plain) exports.learnLong(place, kind);
        return true;
      }
      const special = spellings[place];
      if (plain && special?.has(text.slice(start, end)) === false) {
        if (hasLooks[place]) return exports.learnSign(place, shift() + start, end - start, type, kind) !== 0;
        exports.learnOthers(place, kind);
        return true;
      }
      // Times of one second differ in what is not looked at.
      return isTime || exports.learnValue(place, shift() + start, end - start, kind) !== 0;
    },
  };
}

/** Spellings of all places together; of places beyond, values are learned one by one. */
const MOST_SPELLINGS = 4096;
/** The class of values that must be asked for. */
const ASK = 0;
