import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readPath } from '../../../src/sources/files/input.js';

const BLOCK = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'tsfalco-input-'));
const path = join(folder, 'events');
afterAll(() => rmSync(folder, { recursive: true }));

/** Bytes that tell where they stand. */
const bytes = (from: number, to: number): Buffer =>
  Buffer.from(Array.from({ length: to - from }, (_, i) => ((from + i) * 2_654_435_761) >>> 24));

async function read(onChunk: (read: number) => void = () => {}, signal = new AbortController().signal) {
  const copies: Buffer[] = [];
  let length = 0;
  for await (const chunk of readPath(path, signal)) {
    copies.push(Buffer.from(chunk));
    length += chunk.length;
    onChunk(length);
  }
  return Buffer.concat(copies);
}

describe('a file', () => {
  test.each([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 4 * BLOCK - 1, 4 * BLOCK, 9 * BLOCK + 7])(
    'of %d bytes is read whole',
    async (size) => {
      const content = bytes(0, size);
      writeFileSync(path, content);
      expect((await read()).equals(content)).toBe(true);
    },
  );
  test.each([BLOCK / 2, 2 * BLOCK, 3 * BLOCK + 5])(
    'that grows while it is read, from %d bytes, has no gap',
    async (size) => {
      const grown = size + 2 * BLOCK + 11;
      writeFileSync(path, bytes(0, size));
      let appended = false;
      const content = await read((length) => {
        if (length < size || appended) return;
        appended = true;
        appendFileSync(path, bytes(size, grown));
      });
      // Where the end had been seen before it grew, that is the end.
      expect([size, grown]).toContain(content.length);
      expect(content.equals(bytes(0, content.length))).toBe(true);
    },
  );
  test('is given up in the middle', async () => {
    writeFileSync(path, bytes(0, 6 * BLOCK));
    const abort = new AbortController();
    const content = await read((length) => length >= BLOCK && abort.abort(), abort.signal);
    expect(content.length).toBe(BLOCK);
  });
});
