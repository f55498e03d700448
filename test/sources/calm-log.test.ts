import { expect, it } from 'vitest';
import { createCalmLog } from '../../src/sources/calm-log.js';

it('says a thing once a minute, and how often it came', () => {
  const lines: string[] = [];
  let now = 0;
  const log = createCalmLog(
    (_level, message) => lines.push(message),
    () => now,
  );
  for (let i = 0; i < 5; i++) log('error', 'a');
  log('error', 'b');
  now = 60_000;
  log('error', 'a');
  log('error', 'b');
  now = 119_999;
  log('error', 'a');
  expect(lines).toEqual(['a', 'b', 'a (4 more like it)', 'b']);
});

it('remembers a bounded number of things', () => {
  const lines: string[] = [];
  const log = createCalmLog((_level, message) => lines.push(message));
  for (let i = 0; i < 1000; i++) log('error', `${i}`);
  log('error', '0');
  expect(lines).toHaveLength(1001);
});
