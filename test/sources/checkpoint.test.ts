import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCheckpoint } from '../../src/sources/checkpoint.js';

const isNumber = (json: unknown): json is number => typeof json === 'number';
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-checkpoint-'));
  path = join(folder, 'checkpoint');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('checkpoint', () => {
  it('gives back what was written, also to another process', async () => {
    const first = createCheckpoint(path, isNumber);
    expect(await first.load()).toEqual([]);
    await first.replace(1);
    await first.append(2);
    await first.append(3);
    const second = createCheckpoint(path, isNumber);
    expect(await second.load()).toEqual([1, 2, 3]);
    expect(second.size()).toBe(6);
    await second.replace(4);
    expect(readFileSync(path, 'latin1')).toBe('4\n');
  });

  it('makes the folder', async () => {
    await createCheckpoint(join(folder, 'a', 'b'), isNumber).replace(1);
    expect(readFileSync(join(folder, 'a', 'b'), 'latin1')).toBe('1\n');
  });

  it('leaves out a last line that a crash cut off, and goes on behind the line before', async () => {
    writeFileSync(path, '1\n2\n3');
    const checkpoint = createCheckpoint(path, isNumber);
    expect(await checkpoint.load()).toEqual([1, 2]);
    await checkpoint.append(5);
    expect(readFileSync(path, 'latin1')).toBe('1\n2\n5\n');
  });

  it('adds nothing behind half a line, wherever it came from, and cuts none that another process added', async () => {
    const checkpoint = createCheckpoint(path, isNumber);
    await checkpoint.replace(1);
    appendFileSync(path, '23');
    const other = createCheckpoint(path, isNumber);
    expect(await other.load()).toEqual([1]);
    expect(readFileSync(path, 'latin1')).toBe('1\n23');
    await other.append(4);
    expect(readFileSync(path, 'latin1')).toBe('1\n4\n');
    await other.remove();
    await other.remove();
    expect(await other.load()).toEqual([]);
    await other.append(5);
    expect(readFileSync(path, 'latin1')).toBe('5\n');
  });

  it('goes on behind a write that a full disk cut off', async () => {
    const checkpoint = createCheckpoint(path, isNumber);
    await checkpoint.replace(1);
    // A folder in the way makes the write fail as a full disk does.
    rmSync(path);
    mkdirSync(path);
    await expect(checkpoint.append(2)).rejects.toMatchObject({ retryable: true });
    rmSync(path, { recursive: true });
    writeFileSync(path, '1\n2');
    await checkpoint.append(3);
    expect(readFileSync(path, 'latin1')).toBe('1\n3\n');
  });

  it('says which line is damaged', async () => {
    writeFileSync(path, '1\n');
    appendFileSync(path, '{]\n2\n');
    await expect(createCheckpoint(path, isNumber).load()).rejects.toThrow(
      `checkpoint ${path} is damaged in line 2: remove it to start without it`,
    );
  });

  it('says that it cannot be written', async () => {
    writeFileSync(path, '');
    const checkpoint = createCheckpoint(join(path, 'below'), isNumber);
    await expect(checkpoint.replace(1)).rejects.toMatchObject({ name: 'SourceError', retryable: true });
    await expect(checkpoint.load()).rejects.toThrow(/^cannot read checkpoint /);
  });
});
