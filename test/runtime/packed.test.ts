// Base64 as log shippers write it, without Node's Buffer.

import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64Bytes, gunzipped } from '../../src/bytes.js';
import { PORTABLE } from '../../src/runtime/portable.js';

describe('base64', () => {
  it('gives the bytes that Buffer gives, in either alphabet', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('base64', 'base64url'), (bytes, alphabet) => {
        expect([...base64Bytes(Buffer.from(bytes).toString(alphabet))]).toEqual([...bytes]);
      }),
    );
  });

  it('whatever the text, there is no error', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        expect(base64Bytes(text)).toBeInstanceOf(Uint8Array);
      }),
    );
  });
});

it('what is no gzip, or is too long, is nothing; a browser says so of everything', () => {
  const packed = gzipSync(Buffer.alloc(1000));
  expect(gunzipped(new Uint8Array([0x1f, 0x8b, 1]), 100)).toBeUndefined();
  expect(gunzipped(packed, 1000)).toHaveLength(1000);
  expect(PORTABLE.gunzip()).toBeUndefined();
  expect(gunzipped(packed, 999)).toBeUndefined();
});
