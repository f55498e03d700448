import { beforeEach, expect, test } from 'vitest';
import { type Driven, drive } from './support.js';

let driven: Driven;
const run = (line: string): Promise<string> => driven.run(line);
beforeEach(() => {
  driven = drive();
});

test('why behind a condition explains an event that matches it', async () => {
  await run('ka.verb = create');
  expect(await run('why')).toMatch(/^event #3\n✓/);
});

test('why is about the event that was chosen since, or named', async () => {
  await run('ka.verb = create');
  expect(await run('why #1')).toMatch(/^event #1\n✗/);
  await run('show 2');
  expect(await run('why')).toMatch(/^event #2\n✗/);
});

test('why is about the current event where none matches', async () => {
  await run('ka.verb = nothing');
  expect(await run('why')).toMatch(/^event #1\n✗/);
});
