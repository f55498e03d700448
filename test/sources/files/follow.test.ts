import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenOptions, openSource } from '../../../src/plugins/k8saudit/source.js';
import { payloadTexts } from '../../../src/sources/files/lines.js';
import { eventually } from '../../eventually.js';

let folder: string;
let path: string;
let log: string[];
let following: { stop: () => Promise<void> }[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-follow-'));
  path = join(folder, 'audit.log');
  log = [];
  following = [];
});
afterEach(async () => {
  for (const { stop } of following) await stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Follows the file; resolves when it is open, or waited for, so that what is written from then on is new. */
async function follow(more: Partial<OpenOptions> = {}) {
  let opened = (): void => {};
  const isOpen = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const source = await openSource(`file://${path}`, {
    name: 'k8s_audit',
    plugin: 'k8saudit',
    maxEventSize: 100,
    webhookMaxBatchSize: 1000,
    sslCertificate: '',
    log: (level, message) => (level === 'debug' ? opened() : log.push(message)),
    ...more,
  });
  const lines: string[] = [];
  const abort = new AbortController();
  const done = (async () => {
    for await (const { payloads, position } of source.batches(abort.signal)) {
      lines.push(...payloads.flatMap(payloadTexts));
      await source.commit?.(position);
    }
  })();
  const stop = async (): Promise<void> => {
    abort.abort();
    // A failure is the business of the test that awaits `done`.
    await done.catch(() => {});
  };
  done.catch(() => {});
  following.push({ stop });
  await Promise.race([isOpen, done.catch(() => {})]);
  return {
    lines,
    stop,
    done,
    until: (...wanted: string[]) => eventually(() => lines.join() === wanted.join()),
  };
}

describe('file://', () => {
  it('starts at the end of a file that is there', async () => {
    writeFileSync(path, 'old\n');
    const { until } = await follow();
    appendFileSync(path, 'a\nb\r\n\n');
    await until('a', 'b');
  });

  it('waits for a file that is not there yet, and reads all of it', async () => {
    const { until } = await follow();
    writeFileSync(path, 'a\n');
    await until('a');
  });

  it('puts half-written lines together, also one that was half there at the start', async () => {
    writeFileSync(path, 'old\n{"a":');
    const { lines, until } = await follow();
    appendFileSync(path, '1');
    await sleep(50);
    expect(lines).toEqual([]);
    appendFileSync(path, '}\n{"b"');
    await until('{"a":1}');
    appendFileSync(path, ':2}\n');
    await until('{"a":1}', '{"b":2}');
  });

  it('does not give an old last line that had no newline', async () => {
    writeFileSync(path, '{"old":1}');
    const { until } = await follow();
    appendFileSync(path, '\r\n{"new":1}\n');
    await until('{"new":1}');
  });

  it('gives a whole JSON value at once, without its newline, and only once', async () => {
    writeFileSync(path, '');
    const { until } = await follow();
    appendFileSync(path, '{"a":1}');
    await until('{"a":1}');
    appendFileSync(path, '\n{"b":2}\n');
    await until('{"a":1}', '{"b":2}');
  });

  it('follows a rotation by renaming, and what is still written to the old file', async () => {
    writeFileSync(path, '');
    const { until } = await follow();
    appendFileSync(path, '1\n');
    renameSync(path, `${path}.1`);
    appendFileSync(`${path}.1`, '2\n');
    await until('1', '2');
    writeFileSync(path, '3\n');
    await until('1', '2', '3');
    appendFileSync(`${path}.1`, '4\n');
    await until('1', '2', '3', '4');
    renameSync(path, `${path}.2`);
    writeFileSync(path, '5\n');
    await until('1', '2', '3', '4', '5');
  });

  it('follows a rotation by copying and cutting', async () => {
    writeFileSync(path, 'old\n');
    const { until } = await follow();
    appendFileSync(path, 'a\n');
    await until('a');
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    appendFileSync(path, 'b\n');
    await until('a', 'b');
  });

  it('loses nothing of 2000 lines in pieces over 20 rotations', async () => {
    writeFileSync(path, '');
    const { lines } = await follow();
    for (let i = 0; i < 2000; i++) {
      appendFileSync(path, `line ${i}`.slice(0, 6));
      appendFileSync(path, `${`line ${i}`.slice(6)}\n`);
      if (i % 100 === 98) renameSync(path, `${path}.${i}`);
      // A file that comes and goes between two looks cannot be noticed.
      if (i % 100 === 99) await eventually(() => lines.length === i + 1);
    }
    expect(lines).toEqual(Array.from({ length: 2000 }, (_, i) => `line ${i}`));
  });

  it('skips lines that are too long', async () => {
    writeFileSync(path, '');
    const { until } = await follow();
    appendFileSync(path, 'x'.repeat(600));
    await sleep(30);
    appendFileSync(path, `${'x'.repeat(600)}\nb\n`);
    await until('b');
    expect(log).toEqual(['line too long, skipped: size=1200 limit=1000']);
  });

  it('says that it cannot open the file, and reads it when it can', async () => {
    symlinkSync(path, path);
    const { until } = await follow();
    expect(log).toEqual([`open ${path}: too many levels of symbolic links; trying again`]);
    rmSync(path);
    writeFileSync(path, 'a\n');
    await until('a');
  });

  it('fails without the folder, and for what is no file', async () => {
    path = join(folder, 'no/such/file');
    await expect((await follow()).done).rejects.toThrow('no such file or directory');
    path = folder;
    await expect((await follow()).done).rejects.toThrow(`read ${folder}: not a regular file`);
  });

  it('ends on the abort', async () => {
    const { stop, done } = await follow();
    await stop();
    expect(await done).toBeUndefined();
  });
});

describe('file:// with a memory', () => {
  const remembering = () => ({ own: { checkpoint: join(folder, 'state') } });

  it('goes on where it stopped', async () => {
    writeFileSync(path, 'old\n');
    const first = await follow(remembering());
    appendFileSync(path, 'a\n{"half"');
    await first.until('a');
    await first.stop();
    appendFileSync(path, ':1}\nb\n');
    const second = await follow(remembering());
    await second.until('{"half":1}', 'b');
  });

  it('finds a file that was renamed in between, and reads the new one from its start', async () => {
    writeFileSync(path, '');
    const first = await follow(remembering());
    appendFileSync(path, 'a\n');
    await first.until('a');
    await first.stop();
    appendFileSync(path, 'b\n');
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'c\n');
    const second = await follow(remembering());
    await second.until('b', 'c');
  });

  it('reads a file that was cut in between from its start', async () => {
    writeFileSync(path, '');
    const first = await follow(remembering());
    appendFileSync(path, 'aaaa\n');
    await first.until('aaaa');
    await first.stop();
    writeFileSync(path, 'b\n');
    await (await follow(remembering())).until('b');
  });
});
