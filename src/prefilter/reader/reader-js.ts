// The event reader in JavaScript, for where WebAssembly with SIMD is missing: it judges nothing.

import { type ByteString, readBytes } from '../../bytes.js';
import type { JsonDocument } from '../../json/document.js';
import { createJsScanner } from '../../json/scan-js.js';
import { END, MALFORMED, START, UNSURE } from '../shared.js';
import type { EventReader } from './event-reader.js';

export function createJsReader(): EventReader {
  const { scan } = createJsScanner();
  let lines: readonly ByteString[] = [];
  let at = 0;
  let current = '';
  let document: JsonDocument | undefined;
  return {
    scan,
    writeTo: () => {},
    knowTime: () => {},
    nameCluster: () => {},
    openLines(block) {
      lines = readBytes(block).split('\n');
      at = -1;
    },
    readText,
    nextLine() {
      while (++at < lines.length) {
        const line = lineAt();
        if (line === '') continue;
        return readText(line);
      }
      return END;
    },
    text: () => current,
    document: () => document!,
    passed: () => 0,
    passedTruncated: () => 0,
    isTruncated: () => false,
    judge: () => UNSURE,
    reached: () => START,
    lastSeconds: () => 0,
    tables: undefined,
  };

  function readText(text: ByteString): number {
    current = text;
    document = scan(text);
    return document === undefined ? MALFORMED : UNSURE;
  }

  function lineAt(): ByteString {
    const line = lines[at] ?? '';
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  }
}
