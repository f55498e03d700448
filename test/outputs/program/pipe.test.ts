import { closeSync, readSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createPipeSource } from '../../../src/outputs/program/pipe.js';

const written = (text: string, writeEnd: { write(text: string, done: () => void): unknown }): Promise<void> =>
  new Promise((resolve) => writeEnd.write(text, resolve));

test('pipes come one after the other, each empty', async () => {
  const source = createPipeSource();
  for (const text of ['one', 'two']) {
    const pipe = await source.open();
    await written(text, pipe!.writeEnd);
    await new Promise((resolve) => pipe!.writeEnd.once('close', resolve).destroy());
    const buffer = Buffer.alloc(10);
    const count = readSync(pipe!.readEnd, buffer);
    expect(buffer.toString('latin1', 0, count)).toBe(text);
    expect(readSync(pipe!.readEnd, buffer)).toBe(0);
    closeSync(pipe!.readEnd);
  }
  source.close();
});

test('there is none where none can be made', async () => {
  const source = createPipeSource('/no/such/folder');
  expect(await source.open()).toBeUndefined();
  source.close();
});
