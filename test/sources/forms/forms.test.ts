import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AUDIT_ENVELOPE } from '../../../src/plugins/audit-log.js';
import { inputOf } from '../../../src/sources/files/file.js';
import { readForms } from '../../../src/sources/forms/read.js';
import { createFormsReader, type FormsOptions } from '../../../src/sources/forms/reader.js';
import { createSeen, type Seen } from '../../../src/sources/forms/seen.js';
import { createUnwrapper } from '../../../src/sources/unwrap.js';
import { archive, EVENTS, FORMS, IDS, ONE_SPACED } from './samples.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-forms-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function createReading(seen: Seen | undefined = createSeen(), longest = 1 << 24) {
  const faults: string[] = [];
  const tooLong: number[] = [];
  const ids: string[] = [];
  const log = (_level: string, message: string): void => void faults.push(message);
  const unwrap = createUnwrapper({
    envelope: AUDIT_ENVELOPE,
    source: 'k8s_audit',
    plugin: 'k8saudit',
    maxEventSize: 1e7,
    log,
  });
  const options: FormsOptions = { longest, onTooLong: (size) => tooLong.push(size), seen };
  const use = (payload: string | Uint8Array): void =>
    unwrap(payload, ({ document, root }) => {
      const text = document.text.slice(document.tape[root], document.tape[root + 1]);
      ids.push(/"auditID":\s*"([^"]*)/.exec(text)?.[1] ?? '?');
    });
  return { faults, tooLong, ids, options, use, seen };
}

async function readFile(content: string | Buffer, name = 'log') {
  const reading = createReading();
  const path = join(folder, name);
  writeFileSync(path, content);
  const inputs = [{ name: path, open: inputOf(path) }];
  for await (const { told } of readForms(
    inputs,
    { forms: () => reading.options },
    new AbortController().signal,
  ))
    for (const { payload } of told) reading.use(payload);
  return reading;
}

function readText(text: string, size = text.length, reading = createReading()) {
  const bytes = Buffer.from(text);
  const reader = createFormsReader(reading.options);
  for (let at = 0; at < bytes.length; at += size)
    for (const { payload } of reader.push(bytes.subarray(at, at + size))) reading.use(payload);
  for (const { payload } of reader.end()) reading.use(payload);
  return reading;
}

describe('audit events are found', () => {
  it.each(Object.entries(FORMS))('%s', async (_form, content) => {
    const { ids, faults, seen } = await readFile(content);
    expect(faults).toEqual([]);
    expect(ids).toEqual(IDS);
    expect(seen?.others.entries()).toEqual([]);
  });

  it('in zstd', async () => {
    const line = 'KLUv/QRY+QAAeyJraW5kIjoiRXZlbnQiLCJhdWRpdElEIjoieiJ9CqXZ+Cs=';
    const { seen, faults } = await readFile(Buffer.from(line, 'base64'));
    expect(seen?.forms.entries()).toEqual([['lines', 1]]);
    expect(faults).toEqual([expect.stringContaining("can't read stageTimestamp")]);
  });

  it.each(['-cf', '-czf'])('in an archive that tar %s makes, packed files in it, too', async (flags) => {
    const lines = String(FORMS['lines, as in audit.log']);
    const long = `${'n'.repeat(150)}.log`;
    const { ids, faults } = await readFile(
      archive({ 'a.log': lines, 'b.gz': gzipSync(lines), [long]: lines, empty: '' }, flags),
    );
    expect(faults).toEqual([]);
    expect(ids).toEqual([...IDS, ...IDS, ...IDS]);
  });

  const texts = Object.entries(FORMS).flatMap(([form, content]) =>
    typeof content === 'string' ? [[form, content] as const] : [],
  );

  it.each(texts)('wherever chunks are cut: %s', (_form, text) => {
    for (const size of [1, 7, 1000]) expect(readText(text, size).ids).toEqual(IDS);
  });
});

describe('what is damaged', () => {
  const lines = EVENTS.map((event) => JSON.stringify(event));
  const cutAt = (line: string, mark: string): string => line.slice(0, line.indexOf(mark) + mark.length);

  it.each([
    ['in a text', (line: string) => line.slice(0, 300)],
    ['behind a comma', (line: string) => cutAt(line, ',')],
    ['behind a brace', (line: string) => cutAt(line, '"user":{')],
    ['behind a colon', (line: string) => cutAt(line, '"user":')],
  ])('a line cut off %s costs no other', (_where, cut) => {
    const text = [
      lines[0],
      cut(lines[1]!),
      lines[2],
      cut(lines[3]!.replace('"kind":"Event",', '')),
      lines[4],
    ].join('\n');
    for (const size of [text.length, 11]) {
      const { ids, faults } = readText(text, size);
      expect(ids).toEqual([IDS[0], IDS[2], IDS[4]]);
      expect(faults).toHaveLength(2);
    }
  });

  it('a file of filter-log-events that is cut off gives what is whole in it', () => {
    const text = String(FORMS['aws logs filter-log-events']);
    const { ids, faults } = readText(text.slice(0, text.lastIndexOf('auditID') + 100));
    expect(ids).toEqual(IDS.slice(0, 4));
    expect(faults).toHaveLength(1);
  });

  it('an event over many lines that is cut off is one fault', () => {
    const { ids, faults } = readText(`${lines[0]}\n${ONE_SPACED.slice(0, 200)}`);
    expect(ids).toEqual([IDS[0]]);
    expect(faults).toHaveLength(1);
  });

  it('what is longer than allowed is left out, its size told, and what follows read', () => {
    const big = JSON.stringify({ ...EVENTS[1], note: 'x'.repeat(20_000) });
    const limit = 10_000;
    for (const text of [
      [lines[0], big, lines[2]].join('\n'),
      [lines[0], 'y'.repeat(30_000), lines[2]].join('\n'),
      `[${[lines[0], big, lines[2]].join(',')}]`,
    ]) {
      for (const size of [text.length, 3000]) {
        const { ids, tooLong } = readText(text, size, createReading(createSeen(), limit));
        expect(ids).toEqual([IDS[0], IDS[2]]);
        expect(tooLong).toEqual([text.includes('yyy') ? 30_000 : big.length]);
      }
    }
  });

  it('brackets without end cost no more than the text', () => {
    const text = `${'{"a":\n'.repeat(2000)}${lines[0]}\n${'[\n'.repeat(30_000)}`;
    const { faults } = readText(text, 1000);
    expect(faults.length).toBeGreaterThan(0);
  });

  it('anything gives neither an exception nor another answer for other chunks', () => {
    const parts = [
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ',',
      ':',
      '\n',
      '1',
      ' ',
      '{"kind":"Event",',
      'message',
      '"log":"',
      lines[0]!,
    ];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...parts), { maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        (all, size) => {
          const text = all.join('');
          expect(readText(text, size).ids).toEqual(readText(text).ids);
        },
      ),
    );
  });
});

describe('what is no audit event', () => {
  it.each([
    ['an XML file', '<?xml version="1.0"?>\n<a/>\n', 'lines without JSON'],
    [
      'CloudTrail',
      JSON.stringify({ Records: [{ eventVersion: '1', eventSource: 'eks', eventName: 'x' }] }, null, 2),
      'CloudTrail events',
    ],
    [
      'pods',
      JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [{ kind: 'Pod', apiVersion: 'v1' }] }),
      'objects of kind Pod',
    ],
    ['any JSON', '{"a":1,"b":2,"c":3,"d":4,"e":5}', 'objects with the keys a, b, c, d, ...'],
    ['a CSV without messages', 'a,b\n1,2\n', 'lines without JSON'],
    ['logs in JSON', '{"level":"info","msg":"started"}\n', 'lines without JSON'],
  ])('%s is said by name', (_what, text, name) => {
    const { ids, seen, faults } = readText(text);
    expect(ids).toEqual([]);
    expect(faults).toEqual([]);
    expect(seen?.others.entries()[0]?.[0]).toBe(name);
    expect(seen?.beginning()).toBeDefined();
  });

  it('goes to an unwrapper as it stands, where nobody notes it', () => {
    const { faults } = readText('hello\n{"a":1}\n', 20, {
      ...createReading(),
      options: { longest: 100, onTooLong: () => {} },
    });
    expect(faults).toEqual([
      expect.stringContaining('unexpected char: "h"'),
      'data not recognized as a k8s audit event',
    ]);
  });

  it('names of others are no more than a few, whatever a file holds', () => {
    const { seen } = readText(Array.from({ length: 100 }, (_, n) => `{"k${n}":1}\n`).join(''));
    expect(seen?.others.entries()).toHaveLength(21);
    expect(seen?.others.total()).toBe(100);
  });
});
