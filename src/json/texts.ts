// Texts that stand in a larger JSON text as strings: log events in an answer of CloudWatch Logs. In: the answer's bytes. Out:
// its tape, if it is JSON to the letter; then the texts asked for, decoded one behind the other as lines, each an audit event
// by itself. In WebAssembly only (assembly/texts.ts): without it everything is left to the caller.

import type { ByteString } from '../bytes.js';
import type { JsonDocument } from './document.js';
import { FIRST_KEY, internKey } from './keys.js';
import { createWasmModule, type WasmModule } from './wasm-module.js';

export interface TextReader {
  /**
   * The tape of a body; undefined unless it is compact JSON and each of its strings is one to the letter (numbers are not
   * looked into). Borrowed until the next call of the reader.
   */
  scan(body: ByteString): JsonDocument | undefined;
  /** Begins lines with texts of a body that scan() accepted. */
  open(body: ByteString): void;
  /**
   * Adds the text of the string at body[from, to), quotes included.
   * @returns its length; 0: it is no audit event by itself, or has a newline in it, and is not added
   */
  take(from: number, to: number): number;
  /** The lines since open() or since the last call, as a copy; undefined if there are none. */
  lines(): Uint8Array | undefined;
}

const TAPE_FULL = -2;
/** Between a body and its lines: vectors are read past the end of either. */
const GAP = 64;
const KIND = internKey('kind');

/** undefined where WebAssembly with SIMD is not to be had. */
export function createTextReader(): TextReader | undefined {
  const module = createWasmModule();
  return module && readerOf(module);
}

function readerOf(module: WasmModule): TextReader {
  const { exports, textAt } = module;
  const document = { text: '', tape: module.tape(), compact: true, keysBelow: FIRST_KEY };
  // What the module's memory holds, and where its lines begin.
  let held: ByteString | undefined;
  let linesAt = 0;

  function hold(body: ByteString): void {
    if (held === body) return;
    module.fitText(2 * body.length + 2 * GAP);
    module.text().write(body, 0, body.length, 'latin1');
    held = body;
  }

  return {
    scan(body) {
      document.keysBelow = module.learnKeys();
      hold(body);
      for (;;) {
        const answer = exports.scan(textAt, body.length, 0, module.tapeAt(), module.tapeBytes());
        if (answer === TAPE_FULL) module.growTape();
        else if (answer !== 1 || exports.isStrict(textAt, textAt + body.length) === 0) return undefined;
        else return Object.assign(document, { text: body, tape: module.tape() });
      }
    },
    open(body) {
      module.learnKeys();
      hold(body);
      linesAt = textAt + body.length + GAP;
      exports.openTexts(linesAt, KIND.id);
    },
    take(from, to) {
      const before = exports.textsEnd.value;
      for (;;) {
        const answer = exports.takeText(textAt + from + 1, textAt + to - 1);
        if (answer !== TAPE_FULL) return answer > 0 ? exports.textsEnd.value - before - 1 : 0;
        module.growTape();
      }
    },
    lines() {
      const end = exports.textsEnd.value;
      if (end === linesAt) return undefined;
      const lines = Buffer.from(module.text().subarray(linesAt - textAt, end - textAt));
      linesAt = end;
      return lines;
    },
  };
}
