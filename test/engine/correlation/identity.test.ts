import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { readBytes } from '../../../src/bytes.js';
import { copied } from '../../../src/engine/correlation/identity.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const heap = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

describe('a text that was cut out of an event', () => {
  it('keeps nothing of the event', () => {
    const before = heap();
    const kept = Array.from({ length: 50 }, (_, i) =>
      copied(readBytes(Buffer.alloc(1_000_000, 97 + (i % 26))).slice(1000, 1040)),
    );
    expect(heap() - before).toBeLessThan(10_000_000);
    expect(new Set(kept.map(({ length }) => length))).toEqual(new Set([40]));
  });

  it('stays the same, byte by byte', () => {
    const all = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
    for (const text of ['', 'a', all, `${all}${all}`.slice(3, 400)]) expect(copied(text)).toBe(text);
  });
});
