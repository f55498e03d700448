// What runs in every runtime gives the same bytes and texts as Node's Buffer.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PORTABLE } from '../../src/runtime/portable.js';
import { runtime } from '../../src/runtime/runtime.js';

const bytes = fc.uint8Array({ maxLength: 300 });
// Texts, valid and cut, with what Windows-1252 reads otherwise.
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.constantFrom('', 'plain', '\x80\x92\x9f', 'Zoë 你好 😀', '\ud800', '\ufeffmark', '\u2019'),
);

describe('the portable runtime', () => {
  it('reads every byte as the char of its number', () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect(PORTABLE.read(all, 0, 256)).toBe(String.fromCharCode(...all));
    const long = new Uint8Array(100_000).fill(0x93);
    expect(PORTABLE.read(long, 1, 99_999)).toBe('\x93'.repeat(99_998));
  });

  it('reads, decodes and checks bytes as Node does', () => {
    fc.assert(
      fc.property(bytes, fc.nat(300), fc.nat(300), (given, from, to) => {
        const text = runtime.read(given, 0, given.length);
        expect(PORTABLE.read(given, 0, given.length)).toBe(text);
        if (from <= to && to <= given.length)
          expect(PORTABLE.read(given, from, to)).toBe(runtime.read(given, from, to));
        expect(PORTABLE.decode(text)).toBe(runtime.decode(text));
        expect(PORTABLE.isUtf8(given)).toBe(runtime.isUtf8(given));
      }),
    );
  });

  it('encodes and writes texts as Node does', () => {
    fc.assert(
      fc.property(texts, fc.nat(5), (text, at) => {
        const encoded = runtime.encode(text);
        expect(PORTABLE.encode(text)).toBe(encoded);
        const [mine, nodes] = [new Uint8Array(1000), new Uint8Array(1000)];
        PORTABLE.write(mine, encoded, at);
        runtime.write(nodes, encoded, at);
        expect(mine).toEqual(nodes);
        expect(PORTABLE.decode(encoded)).toBe(runtime.decode(encoded));
      }),
    );
  });

  it('is not what these tests run on', () => {
    expect(runtime.read).not.toBe(PORTABLE.read);
  });
});
