// Whatever an answer holds, the page that is read from its bytes, and the one that the SDK makes of it, come to the same.

import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogClient } from '../../../src/sources/cloudwatch/aws/client.js';
import {
  ClientFault,
  type Known,
  type LogEvent,
  type LogPage,
} from '../../../src/sources/cloudwatch/client-types.js';
import { identity } from '../../../src/sources/cloudwatch/cursor/seen.js';
import { createDelivery } from '../../../src/sources/cloudwatch/delivery.js';
import { createCounters } from '../../../src/sources/cloudwatch/metrics.js';
import { isRaw, withText } from '../../../src/sources/cloudwatch/raw-page.js';
import { createReporter } from '../../../src/sources/cloudwatch/reporter.js';
import { createDrops } from '../../../src/sources/drops.js';
import { payloadTexts } from '../../../src/sources/files/lines.js';
import { type StandIn, startStandIn } from './aws-stand-in.js';
import { endpointEnv } from './endpoint-run.js';

let aws: StandIn;
let body: Buffer = Buffer.from('{}');
let client: ReturnType<typeof createLogClient>;

beforeAll(async () => {
  aws = await startStandIn(() => ({ body: Readable.from([body]) }));
  client = createLogClient({ cluster: 'c', env: endpointEnv(aws.url) });
});
afterAll(async () => {
  client.close();
  await aws.close();
});

const SEED = 0x123456789abc;
const NOTHING_KNOWN: Known = { seed: SEED, has: () => false };

async function answerTo(bytes: Buffer, known = NOTHING_KNOWN): Promise<LogPage | string> {
  body = bytes;
  try {
    return await client.read({ startTime: 0, known }, new AbortController().signal);
  } catch (error) {
    if (!(error instanceof ClientFault)) throw error;
    return error.kind;
  }
}

// The service puts no newline before it, nor a mark of the byte order; what has one is read by the SDK.
const forTheSdk = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef ? bytes : Buffer.concat([Buffer.from('\n'), bytes]);

function plain(event: LogEvent): object {
  const { id, stream, timestamp, ingestion, message } = isRaw(event) ? withText(event) : event;
  return { id, stream, timestamp, ingestion, message };
}

// What comes of some pages in the end: texts, what a checkpoint remembers, counts and complaints.
function outcomeOf(pages: readonly (LogPage | string)[]): object {
  const lines: string[] = [];
  const counters = createCounters(0, undefined);
  const clock = { elapsed: () => 0, wallClock: () => 0 };
  const reporter = createReporter((level, line) => lines.push(`${level} ${line}`), 'c', clock as never);
  const delivery = createDelivery(counters, reporter, createDrops());
  const taken = pages.map((page) => {
    if (typeof page === 'string') return page;
    const ids = page.events.map((event) => identity(event, SEED));
    const { payloads, record } = delivery.take(page.events, ids, 10, 20);
    return { texts: payloads.flatMap(payloadTexts), record, token: page.nextToken, damaged: page.damaged };
  });
  delivery.end(false);
  const { chars: _, take: __, ...counts } = counters;
  return {
    taken,
    counts,
    lines,
    events: pages.map((page) => typeof page !== 'string' && page.events.map(plain)),
  };
}

// A JSON string in one of its spellings.
const spelled = (text: string): fc.Arbitrary<string> =>
  fc.array(fc.nat({ max: 30 }), { minLength: 8, maxLength: 8 }).map(
    (picks) =>
      `"${[...JSON.stringify(text).slice(1, -1)]
        .map((char, i, all) => {
          const isEscaped =
            all[i - 1] === '\\' || char === '\\' || all.slice(Math.max(0, i - 5), i).includes('\\');
          if (isEscaped || picks[i % 8]! > 0 || char.length > 1) return char;
          return char === '/' ? '\\/' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
        })
        .join('')}"`,
  );

const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    'caf\u00e9',
    '\ud83d\ude00',
    '\ud800',
    'x\udc00y',
    '\u0000',
    'a"b\\c/d',
    '\n',
    '\r\n',
    '\u2028',
    '\u007f',
  ),
);
const event = fc
  .tuple(value, fc.constantFrom('Event', 'EventList', 'Other', 'Eve'), fc.nat({ max: 3 }), value)
  .map(([id, kind, extra, text]) => {
    const all = {
      kind,
      auditID: id,
      requestObject: [text, { n: 1.5e3, t: true }],
      uri: `/a${'x'.repeat(extra * 40)}`,
    };
    return JSON.stringify(all, undefined, extra === 3 ? 1 : 0);
  });
const message = fc.oneof(
  { weight: 6, arbitrary: event },
  { weight: 2, arbitrary: fc.tuple(event, fc.nat()).map(([text, at]) => text.slice(0, at % text.length)) },
  { weight: 2, arbitrary: fc.tuple(event, fc.nat()).map(([text, at]) => text.slice(at % text.length)) },
  fc.constantFrom(
    '',
    ' ',
    '{}',
    '[]',
    'null',
    '{"kind":"Event"',
    '"uri":"/a"}',
    '{"kind":"Event"} ',
    '\t{"kind":"Event"}',
    '{"kind":"Event"}\r',
    'x [Truncated...]',
    '{"kind":"Event"}[Truncated...]',
    '{"\\u006bind":"Event"}',
    '{"kind":"\\u0045vent"}',
    '{"kind":1,"kind":"Event"}',
    '{"kind":"Event","n":nan}',
    '{"kind":"Event","kind":1}',
  ),
  value,
);
const STREAMS = [
  'kube-apiserver-audit-1',
  'kube-apiserver-audit-2',
  'kube-apiserver-1',
  '',
  'kube-apiserver-audit-\u00e9',
];
const member = (name: string, usual: fc.Arbitrary<string>): fc.Arbitrary<readonly string[]> =>
  fc.oneof(
    { weight: 500, arbitrary: usual.map((text) => [`"${name}":${text}`]) },
    fc.constant([]),
    fc
      .constantFrom(
        'null',
        '""',
        '"1"',
        '-1',
        '1.5',
        '1e3',
        '01',
        '0',
        '12345678901234567890',
        '{}',
        '[1]',
        'true',
        'nan',
        '"\\ud800"',
        '"\\z"',
      )
      .map((text) => [`"${name}":${text}`]),
    fc.tuple(usual, usual).map(([a, b]) => [`"${name}":${a}`, `"${name}":${b}`]),
    fc.tuple(spelled(name), usual).map(([key, text]) => [`${key}:${text}`]),
    usual.map((text) => [`"other":"x"`, `"${name}":${text}`]),
  );
const time = fc.integer({ min: 1, max: 3000 }).map(String);
const object = (members: fc.Arbitrary<readonly (readonly string[])[]>, shuffle = 8): fc.Arbitrary<string> =>
  fc.tuple(members, fc.nat({ max: shuffle }), fc.infiniteStream(fc.nat())).map(([parts, pick, numbers]) => {
    const all = parts.flat();
    if (pick === 0) all.sort(() => (numbers.next().value % 2) - 0.5);
    return `{${all.join(',')}}`;
  });
const entry = fc.oneof(
  {
    weight: 300,
    arbitrary: object(
      fc.tuple(
        member(
          'eventId',
          fc.nat({ max: 999 }).map((id) => `"${'3'.repeat(53)}${id}"`),
        ),
        member('ingestionTime', time),
        member(
          'logStreamName',
          fc
            .constantFrom(...STREAMS, ...STREAMS.slice(0, 1), ...STREAMS.slice(0, 2))
            .map((text) => JSON.stringify(text)),
        ),
        member('message', message.chain(spelled)),
        member('timestamp', time),
      ),
    ),
  },
  fc.constantFrom('null', '1', '{}', '[]'),
);
const entries = fc.array(entry, { maxLength: 8 }).map((all) => `[${all.join(',')}]`);
const answer = fc.oneof(
  {
    weight: 12,
    arbitrary: object(
      fc.tuple(
        member('events', entries),
        member('nextToken', fc.oneof(value, fc.constant('Bxkq6kVGFtq2y_Moigeqscy')).chain(spelled)),
        member(
          'searchedLogStreams',
          fc.constantFrom('[]', '[{"logStreamName":"a","searchedCompletely":true}]', '[01]', '["\\u00e9"]'),
        ),
      ),
    ),
  },
  fc.constantFrom(
    '{}',
    '[]',
    'null',
    '"x"',
    '{"events":null}',
    '{"__type":"ThrottlingException"}',
    '<html>',
    ' {}',
    '{} x',
  ),
);
const damaged = fc
  .tuple(answer, fc.nat(), fc.nat({ max: 255 }), fc.nat({ max: 30 }))
  .map(([text, at, byte, how]) => {
    const bytes = Buffer.from(text);
    if (how === 0) return bytes.subarray(0, 1 + (at % bytes.length));
    if (how === 1) bytes[at % bytes.length] = byte;
    return how === 2 ? Buffer.concat([Buffer.from('\ufeff'), bytes]) : bytes;
  });

const PATIENCE = { timeout: process.env['RAW_RUNS'] === undefined ? 60_000 : 3_600_000 };
const RUNS = {
  numRuns: Number(process.env['RAW_RUNS'] ?? 200),
  ...(process.env['RAW_RUNS'] === undefined && { seed: 1 }),
};

it('any answers: the same texts, identities, counts and complaints', PATIENCE, async () => {
  let raw = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(damaged, { minLength: 1, maxLength: 2 }), async (bodies) => {
      const pages: (LogPage | string)[] = [];
      const expected: (LogPage | string)[] = [];
      for (const bytes of bodies) {
        const page = await answerTo(bytes);
        if (typeof page !== 'string' && page.events.some(isRaw)) raw++;
        pages.push(page);
        expected.push(await answerTo(forTheSdk(bytes)));
      }
      expect(expected.some((page) => typeof page !== 'string' && page.events.some(isRaw))).toBe(false);
      expect(outcomeOf(pages)).toEqual(outcomeOf(expected));
    }),
    RUNS,
  );
  expect(raw).toBeGreaterThan(50);
});

it('events that are known: left out and counted, the others as they are', PATIENCE, async () => {
  let left = 0;
  await fc.assert(
    fc.asyncProperty(answer, fc.nat({ max: 4 }), async (text, share) => {
      const has = (timestamp: number, id: number): boolean => (timestamp + id) % 4 < share;
      const all = await answerTo(Buffer.from(text));
      const page = await answerTo(Buffer.from(text), { seed: SEED, has });
      if (typeof all === 'string' || typeof page === 'string' || page.known === undefined) return;
      const isKnown = (event: LogEvent): boolean => has(event.timestamp, identity(event, SEED));
      const wanted = all.events.filter((event) => !isKnown(event));
      expect(page.events.map(plain)).toEqual(wanted.map(plain));
      expect(page.events.map((event) => identity(event, SEED))).toEqual(
        wanted.map((event) => identity(event, SEED)),
      );
      const times = all.events.filter(isKnown).map(({ timestamp }) => timestamp);
      expect(page.known).toEqual({
        count: times.length,
        oldest: Math.min(...times),
        newest: Math.max(...times),
      });
      expect(page.nextToken).toBe(all.nextToken);
      left += all.events.length - wanted.length;
    }),
    RUNS,
  );
  expect(left).toBeGreaterThan(50);
});
