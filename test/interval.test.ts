import { expect, test } from 'vitest';
import { parseInterval } from '../src/interval.js';

test.each([
  ['1h', 3_600_000],
  ['1h30m', 5_400_000],
  [' 2 s ', 2000],
  ['500ms', 500],
  ['1y1w1d1h1m1s1ms', 31_536_000_000 + 604_800_000 + 86_400_000 + 3_600_000 + 61_001],
  ['5000', 0],
  ['', 0],
  ['1s1h', 0],
  ['1.5s', 0],
  ['-1s', 0],
])('%j is %d ms', (text, ms) => {
  expect(parseInterval(text)).toBe(ms);
});
