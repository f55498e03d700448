import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenOptions, openSource } from '../../src/plugins/k8saudit/source.js';
import { payloadTexts } from '../../src/sources/files/lines.js';

let folder: string;
let log: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-open-'));
  log = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function open_(params: string, more: Partial<OpenOptions> = {}) {
  return openSource(params, {
    name: 'k8s_audit',
    plugin: 'k8saudit',
    maxEventSize: 100,
    webhookMaxBatchSize: 1000,
    sslCertificate: '/nope.pem',
    log: (_level, message) => log.push(message),
    ...more,
  });
}

async function readAll(params: string, more: Partial<OpenOptions> = {}): Promise<string[]> {
  const source = await open_(params, more);
  const lines: string[] = [];
  for await (const batch of source.batches(new AbortController().signal))
    lines.push(...batch.payloads.flatMap(payloadTexts));
  return lines;
}

describe('what open_params mean', () => {
  it.each([
    ['', 'stat : no such file or directory'],
    ['/no/such', 'stat /no/such: no such file or directory'],
    ['ftp://x/y', 'scheme "ftp" is not supported'],
    ['C:\\x', 'scheme "c" is not supported'],
    ['a:b.jsonl', 'scheme "a" is not supported'],
    ['http://localhost:x/', 'parse "http://localhost:x/": invalid port ":x" after host'],
    ['file:///a%zz', 'parse "file:///a%zz": invalid URL escape "%zz"'],
  ])('%s: %s', async (params, message) => {
    await expect(open_(params)).rejects.toThrow(message);
  });

  it('takes a colon behind a slash, a percent sign and bytes that are no UTF-8 as parts of a name', async () => {
    const name = Buffer.from(`${folder}/a:b %zz \xff`, 'latin1');
    writeFileSync(name, 'x\n');
    expect(await readAll(name.toString('latin1'))).toEqual(['x']);
  });

  it('hands on the names, sizes and cluster', async () => {
    writeFileSync(join(folder, 'f'), '');
    const source = await open_(join(folder, 'f'), { own: { clusterName: 'c' } });
    expect(source).toMatchObject({
      name: 'k8s_audit',
      plugin: 'k8saudit',
      maxEventSize: 100,
      clusterName: 'c',
    });
  });
});

describe('a file read once', () => {
  const file = (content: string | Buffer): string => {
    const path = join(folder, 'events');
    writeFileSync(path, content);
    return path;
  };

  it('gives its lines', async () => {
    expect(await readAll(file('{"a":1}\r\n\n  \n{"b":\u00e9}'))).toEqual(['{"a":1}', '  ', '{"b":\xc3\xa9}']);
  });

  it('skips a line that is too long and goes on', async () => {
    expect(await readAll(file(`a\n${'x'.repeat(1001)}\n${'y'.repeat(1000)}\n`))).toEqual([
      'a',
      'y'.repeat(1000),
    ]);
    expect(log).toEqual(['line too long, skipped: size=1001 limit=1000']);
  });

  it('reads files larger than a chunk', async () => {
    const lines = Array.from({ length: 40_000 }, (_, i) => `${i} ${'x'.repeat(i % 90)}`);
    expect(await readAll(file(lines.join('\n')))).toEqual(lines);
  });

  it('unpacks gzip by its first bytes, in several members as well', async () => {
    const lines = Array.from({ length: 40_000 }, (_, i) => `${i} ${'x'.repeat(i % 90)}`);
    const packed = Buffer.concat([gzipSync(''), gzipSync(`${lines.join('\n')}\n`), gzipSync('z')]);
    expect(await readAll(file(packed))).toEqual([...lines, 'z']);
  });

  it('gives what it can of a damaged gzip file and then fails', async () => {
    const path = file(gzipSync('a\n'.repeat(10)).subarray(0, -6));
    await expect(readAll(path)).rejects.toThrow(`gunzip ${path}: unexpected end of file`);
  });

  it('reads a named pipe until its writer goes', async () => {
    const pipe = join(folder, 'pipe');
    await promisify(execFile)('mkfifo', [pipe]);
    const reading = readAll(pipe);
    const writer = await open(pipe, 'w');
    await writer.write('a\nb');
    await sleep(20);
    await writer.write('c\n');
    await writer.close();
    expect(await reading).toEqual(['a', 'bc']);
  });

  it.each(['before a writer comes', 'while the writer is silent'])(
    'gives up a named pipe %s',
    async (when) => {
      const pipe = join(folder, 'pipe');
      await promisify(execFile)('mkfifo', [pipe]);
      const source = await open_(pipe);
      const abort = new AbortController();
      const batches = source.batches(abort.signal)[Symbol.asyncIterator]();
      const next = batches.next();
      const writer = when.startsWith('while') ? await open(pipe, 'w') : undefined;
      await sleep(20);
      abort.abort();
      expect((await next).done).toBe(true);
      await writer?.close();
    },
  );

  it('stops soon after an abort, without half a line', async () => {
    const path = file('line\n'.repeat(1_000_000));
    const abort = new AbortController();
    let lines = 0;
    for await (const { payloads } of (await open_(path)).batches(abort.signal)) {
      abort.abort();
      lines += payloads.length;
      expect(new Set(payloads)).toEqual(new Set(['line']));
    }
    expect(lines).toBeLessThan(300_000);
  });
});

describe('a folder', () => {
  it('gives its files in order of their time, and leaves folders and links to folders out', async () => {
    for (const [name, content, time] of [
      ['b', 'first', 100],
      ['a', 'second\n', 200],
      ['.hidden.gz', gzipSync('third'), 300],
      ['0', 'fourth', 300.5],
    ] as const) {
      writeFileSync(join(folder, name), content);
      utimesSync(join(folder, name), time, time);
    }
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'sub', 'x'), 'not me');
    symlinkSync('sub', join(folder, '..data'));
    expect(await readAll(`${folder}/`)).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('fails at once for what cannot be opened', async () => {
    symlinkSync('nowhere', join(folder, 'dangling'));
    await expect(open_(folder)).rejects.toThrow(`open ${folder}/dangling: no such file or directory`);
  });
});
