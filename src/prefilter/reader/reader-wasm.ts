// The event reader in WebAssembly: scans in about a quarter of what JSON.parse takes, and judges as far as it was taught.
// Texts are copied into the module's memory; tapes are read from it in place.

import { type ByteString, readBytes } from '../../bytes.js';
import type { JsonDocument } from '../../json/document.js';
import { FIRST_KEY } from '../../json/keys.js';
import { runtime } from '../../runtime/runtime.js';
import { localOffset } from '../../time.js';
import { ALERTS_FULL, ASIDE_BYTES, DONE, PASSED, TAPE_FULL } from '../shared.js';
import type { EventForm, EventReader, OnAlert } from './event-reader.js';
import { setForm } from './form.js';
import { createWasmModule, type WasmModule } from './wasm-module.js';
import { createTables } from './wasm-tables.js';

const MOST_BYTES = 0x7fffffff;

/** Instead of the length of a cluster's name: there is none; it is not to be written as it stands (assembly/alerts.ts). */
const [NO_CLUSTER, ODD_CLUSTER] = [-1, -2];
const NEEDS_NO_ESCAPE = /^[ !#-[\]-\x7f]*$/;

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
  let isTimeKnown = false;
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
    knowTime(known) {
      isTimeKnown = known;
      exports.setTimeKnown(known ? 1 : 0);
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
    lastSeconds() {
      const seconds = exports.lastSeconds();
      return Number.isNaN(seconds) ? Math.floor(Date.now() / 1000) : seconds;
    },
    tables: judges
      ? createTables(module, {
          areAudit: form.audit !== undefined,
          shift: () => shift,
          isTimeKnown: () => isTimeKnown,
        })
      : undefined,
  };
}
