import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCheckpoint } from '../../../src/sources/checkpoint/file.js';

interface Note {
  readonly n: number;
}

const isNote = (json: unknown): json is Note => typeof (json as Note | undefined)?.n === 'number';
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-checkpoint-'));
  path = join(folder, 'checkpoint');
});

afterEach(() => rmSync(folder, { recursive: true }));

const open = () => createCheckpoint(path, isNote);

async function numbers(): Promise<readonly number[]> {
  return (await open().load()).records.map(({ n }) => n);
}

describe('checkpoint', () => {
  it('gives back what was written, also to another process', async () => {
    const first = open();
    expect(await first.load()).toEqual({ records: [], bad: [], written: undefined });
    await first.replace({ n: 1 });
    await first.append({ n: 2 });
    await first.append({ n: 3 });
    const second = open();
    expect((await second.load()).records).toMatchObject([{ n: 1 }, { n: 2 }, { n: 3 }]);
    await second.append({ n: 4 });
    expect(await numbers()).toEqual([1, 2, 3, 4]);
    await second.replace({ n: 5 });
    expect(await numbers()).toEqual([5]);
  });

  it('makes the folder', async () => {
    const deep = join(folder, 'a', 'b', 'c');
    await createCheckpoint(deep, isNote).replace({ n: 1 });
    expect(readFileSync(deep, 'latin1')).toMatch(/^\{"n":1,/);
  });

  it('reads what was written without sums, and what it writes is one JSON object a line', async () => {
    writeFileSync(path, '{"n":1}\n{"n":2}\n');
    const checkpoint = open();
    expect((await checkpoint.load()).records).toEqual([{ n: 1 }, { n: 2 }]);
    await checkpoint.append({ n: 3 });
    const lines = readFileSync(path, 'latin1').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).n)).toEqual([1, 2, 3]);
  });

  it('leaves out a last line that a crash cut off, and goes on over it', async () => {
    writeFileSync(path, `{"n":1}\n{"n":2}\n{"n":3,"long":"${'x'.repeat(100)}`);
    const checkpoint = open();
    expect(await checkpoint.load()).toMatchObject({ records: [{ n: 1 }, { n: 2 }], bad: [] });
    await checkpoint.append({ n: 5 });
    await checkpoint.append({ n: 6 });
    expect(await open().load()).toMatchObject({ records: [{ n: 1 }, { n: 2 }, { n: 5 }, { n: 6 }], bad: [] });
  });

  it('leaves out lines that a disk has spoilt, and names them', async () => {
    await open().replace({ n: 1 });
    const checkpoint = open();
    await checkpoint.load();
    for (const n of [22, 33, 44]) await checkpoint.append({ n });
    // One digit is another one, which is still JSON; one line is no JSON at all.
    const text = readFileSync(path, 'latin1').replace('"n":22', '"n":23').replace('"n":44', '"n":4\u0000');
    writeFileSync(path, text, 'latin1');
    expect(await open().load()).toMatchObject({ records: [{ n: 1 }, { n: 33 }], bad: [2, 4] });
    writeFileSync(path, 'no line at all');
    expect(await open().load()).toMatchObject({ records: [], bad: [1], written: expect.any(Number) });
    writeFileSync(path, '');
    expect(await open().load()).toEqual({ records: [], bad: [], written: undefined });
  });

  it('has room for a while on a disk that is full', async () => {
    const checkpoint = open();
    await checkpoint.replace({ n: 0 });
    const reserved = readFileSync(path).length;
    let n = 0;
    while (!checkpoint.isFull()) await checkpoint.append({ n: ++n });
    expect(n).toBeGreaterThan(5000);
    expect(readFileSync(path).length).toBeLessThan(reserved + 100);
    expect((await numbers()).at(-1)).toBe(n);
  });

  it('goes on behind a write that failed', async () => {
    const checkpoint = open();
    await checkpoint.replace({ n: 1 });
    // A folder in the way makes the write fail as a full disk does.
    rmSync(path);
    mkdirSync(path);
    await expect(checkpoint.append({ n: 2 })).rejects.toMatchObject({ retryable: true });
    rmSync(path, { recursive: true });
    await checkpoint.append({ n: 3 });
    await checkpoint.append({ n: 4 });
    expect(await numbers()).toEqual([3, 4]);
    await checkpoint.remove();
    await checkpoint.remove();
    expect(existsSync(path)).toBe(false);
  });

  it('says that it cannot be read or written, and where Node’s mkdir would not come back', async () => {
    writeFileSync(path, '');
    const below = createCheckpoint(join(path, 'below'), isNote);
    await expect(below.replace({ n: 1 })).rejects.toMatchObject({ name: 'SourceError', retryable: true });
    await expect(below.load()).rejects.toThrow(/^cannot read checkpoint /);
    await expect(createCheckpoint(folder, isNote).load()).rejects.toThrow('it is no regular file');
    if (!existsSync('/proc/self')) return;
    const nowhere = createCheckpoint('/proc/no-such-folder/deep/place', isNote);
    await expect(nowhere.replace({ n: 1 })).rejects.toThrow(
      /^cannot write checkpoint \/proc\/no-such-folder\/deep\/place: ENOENT/,
    );
  });

  it('takes nothing for a checkpoint that grows without an end', async () => {
    const { truncateSync } = await import('node:fs');
    appendFileSync(path, '{"n":1}\n');
    truncateSync(path, 2 ** 40);
    await expect(open().load()).rejects.toThrow(/ bytes, which no checkpoint has$/);
  });
});
