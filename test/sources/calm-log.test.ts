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

it('lets kinds beyond a bounded number share one', () => {
  const lines: string[] = [];
  let now = 0;
  const log = createCalmLog(
    (_level, message) => lines.push(message),
    () => now,
  );
  for (let i = 0; i < 1000; i++) log('error', `message ${i}`, `kind ${i}`);
  expect(lines).toHaveLength(101);
  now = 60_000;
  log('error', 'again', 'kind 5');
  log('error', 'new', 'kind 2000');
  expect(lines.slice(101)).toEqual(['again', 'new']);
});

it('says kinds that are alike as one', () => {
  const lines: string[] = [];
  let now = 0;
  const log = createCalmLog(
    (_level, message) => lines.push(message),
    () => now,
  );
  for (let i = 0; i < 5; i++) log('error', `message ${i}`, 'a kind');
  now = 60_000;
  log('error', 'message 5', 'a kind');
  expect(lines).toEqual(['message 0', 'message 5 (4 more like it)']);
});
