// What comes of every kind of body: the answer, how many events are evaluated, what the log says. The table of
// docs/webhook.md is made here; to write it anew: npm run docs

import { request as httpRequest } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AUDIT_ENVELOPE } from '../../../src/plugins/audit-log.js';
import { openSource } from '../../../src/plugins/k8saudit/source.js';
import { createDrops, describeDrops } from '../../../src/sources/drops.js';
import { createUnwrapper } from '../../../src/sources/unwrap.js';
import { KNOWN_CODINGS } from '../../../src/sources/webhook/unpack.js';
import { eventually } from '../../eventually.js';

const MAX_BODY = 4096;
const MAX_EVENT = 1024;

const TIME = '"stageTimestamp":"2026-05-01T12:00:00Z"';
const event = (id: number | string): string => `{"kind":"Event","auditID":"${id}",${TIME}}`;
const text = (value: string): string => JSON.stringify(value);
const item = (id: number): string => `{"auditID":"${id}",${TIME}}`;
const list = (...items: readonly string[]): string => `{"kind":"EventList","items":[${items.join(',')}]}`;

const LARGE = `{"kind":"Event","auditID":"2","x":"${'x'.repeat(MAX_EVENT)}",${TIME}}`;

interface Row {
  readonly body: string;
  readonly bytes: string | Buffer;
  /** How many are evaluated, where it is taken as a whole; 1 if left out. */
  readonly events?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path?: string;
  /** Of the headers, what is worth a place in the table. */
  readonly said?: string;
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
const packed = (coding: string) => ({ ...JSON_TYPE, 'Content-Encoding': coding });
const lines = { 'Content-Type': 'application/x-ndjson' };

const TAKEN: readonly Row[] = [
  { body: 'an Event', bytes: event(1) },
  { body: 'an EventList of 2', events: 2, bytes: list(item(1), item(2)) },
  { body: 'an array of 2 Events', events: 2, bytes: `[${event(1)},${event(2)}]` },
  { body: 'an EventList over several lines', bytes: JSON.stringify(JSON.parse(list(item(1))), null, 2) },
  {
    body: 'an Event',
    bytes: event(1),
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
  },
  { body: '2 Events, a line each', events: 2, bytes: `${event(1)}\n${event(2)}\n`, headers: lines },
  { body: '2 Events, a line each', events: 2, bytes: `${event(1)}\n${event(2)}\n` },
  { body: '2 Events, one behind the other', events: 2, bytes: event(1) + event(2) },
  { body: 'an EventList, gzip', events: 2, bytes: gzipSync(list(item(1), item(2))), headers: packed('gzip') },
  { body: 'an EventList, deflate', bytes: deflateSync(list(item(1))), headers: packed('deflate') },
  {
    body: 'an EventList, deflate without its head',
    bytes: deflateRawSync(list(item(1))),
    headers: packed('deflate'),
  },
  { body: 'an EventList as it is', bytes: list(item(1)), headers: packed('identity') },
  {
    body: '2 Events, a line each, gzip',
    events: 2,
    bytes: gzipSync(`${event(1)}\n${event(2)}\n`),
    headers: { ...lines, 'Content-Encoding': 'gzip' },
  },
  {
    body: '`[{"date":…,"log":"<Event>"}]` (Fluent Bit)',
    bytes: `[{"date":1.5,"log":${text(`${event(1)}\n`)}}]`,
  },
  { body: '`[{"date":…,"log":{<Event>}}]`', bytes: `[{"date":1.5,"log":${event(1)}}]` },
  {
    body: '`{"message":"<Event>",…}`, a line each (Vector)',
    events: 2,
    bytes: `{"message":${text(event(1))},"host":"a"}\n{"message":${text(event(2))},"host":"a"}\n`,
    headers: lines,
  },
  {
    body: '`{"message":"<Event>","event":{"original":…}}` (Logstash)',
    bytes: `{"@version":"1","event":{"original":${text(event(1))}},"message":${text(event(1))}}`,
  },
  { body: '`{"event":{<EventList>}}`', events: 2, bytes: `{"event":${list(item(1), item(2))}}` },
  { body: '`[]`', events: 0, bytes: '[]' },
  { body: 'an EventList of none', events: 0, bytes: list() },
];

const PARTLY: readonly Row[] = [
  { body: 'an array: an Event, `{}`', bytes: `[${event(1)},{}]` },
  { body: 'an EventList: an item without time, one with', bytes: list('{"auditID":"1"}', item(2)) },
  { body: 'lines: an Event, `oops`, an Event', bytes: `${event(1)}\noops\n${event(2)}\n`, headers: lines },
  {
    body: 'an EventList that is cut off in its third item',
    bytes: list(item(1), item(2), item(3)).slice(0, -20),
  },
  {
    body: 'an array: an Event, one larger than maxEventSize',
    bytes: `[${event(1)},${LARGE}]`,
  },
  { body: 'an Event larger than maxEventSize', bytes: LARGE },
];

const REFUSED: readonly Row[] = [
  { body: 'nothing', bytes: '' },
  { body: 'white space', bytes: ' \n' },
  { body: '`{}`', bytes: '{}' },
  { body: '`null`', bytes: 'null' },
  { body: 'no JSON', bytes: 'verb=get user=me' },
  { body: 'an Event that is cut off', bytes: event(1).slice(0, 40) },
  { body: 'a Pod', bytes: '{"kind":"Pod","apiVersion":"v1"}' },
  { body: 'an Event without a time', bytes: '{"kind":"Event","auditID":"1"}' },
  { body: 'an Event wrapped twice', bytes: `{"log":{"message":${text(event(1))}}}` },
  { body: '`{"message":"some text"}`', bytes: '{"message":"some text"}' },
  { body: 'more than webhookMaxBatchSize', bytes: ' '.repeat(MAX_BODY + 1) },
  { body: 'an Event', bytes: event(1), headers: {} },
  { body: 'an Event', bytes: event(1), headers: { 'Content-Type': 'text/plain' } },
  { body: 'an Event', bytes: event(1), headers: { 'Content-Type': 'application/octet-stream' } },
  { body: 'an Event', bytes: event(1), headers: packed('br') },
  { body: 'an Event', bytes: event(1), headers: packed('gzip, gzip') },
  { body: 'an Event that is no gzip', bytes: event(1), headers: packed('gzip') },
  { body: 'gzip that is cut off', bytes: gzipSync(event(1)).subarray(0, 30), headers: packed('gzip') },
  {
    body: 'gzip that unpacks to a thousand times its size',
    bytes: gzipSync(' '.repeat(2_000_000)),
    headers: packed('gzip'),
  },
  { body: 'an Event', bytes: event(1), path: '/k8s_audit', said: 'POST /k8s_audit' },
  { body: 'an Event', bytes: event(1), method: 'PUT', said: 'PUT' },
];

interface Outcome {
  readonly answer: string;
  readonly events: number;
  readonly log: readonly string[];
  readonly dropped: string;
}

let stop = async (): Promise<void> => {};
let deliver: (row: Row) => Promise<Outcome>;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// Everything that a row brings about is there when a body behind it has been evaluated.
async function start(port: number) {
  const drops = createDrops();
  let log: string[] = [];
  let events = 0;
  let marks = 0;
  const write = (_level: string, message: string): void => void log.push(message);
  const source = await openSource(`http://127.0.0.1:${port}/k8s-audit`, {
    name: 'k8s_audit',
    plugin: 'k8saudit',
    maxEventSize: MAX_EVENT,
    webhookMaxBatchSize: MAX_BODY,
    sslCertificate: '',
    log: write,
    drops,
  });
  const { name, plugin, maxEventSize, shipped } = source;
  const unwrap = createUnwrapper({
    envelope: AUDIT_ENVELOPE,
    source: name,
    plugin,
    maxEventSize,
    shipped,
    log: write,
    drops,
  });
  const abort = new AbortController();
  const done = (async () => {
    for await (const { payloads } of source.batches(abort.signal)) {
      for (const payload of payloads) {
        unwrap(payload, ({ document }) => {
          if (document.text.includes('"auditID":"mark"')) marks++;
          else events++;
        });
      }
    }
  })();
  await eventually(() => post(port, { body: 'none', bytes: '[]' }).catch(() => false));
  deliver = async (row) => {
    log = [];
    events = 0;
    drops.take();
    const seen = marks;
    const answer = await post(port, row);
    await post(port, { body: 'mark', bytes: event('mark') });
    await eventually(() => marks > seen);
    return { answer, events, log, dropped: describeDrops(drops.counts().dropped) };
  };
  stop = async () => {
    abort.abort();
    await done;
  };
}

function post(port: number, { bytes, headers = JSON_TYPE, method = 'POST', path = '/k8s-audit' }: Row) {
  return new Promise<string>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path, agent: false as const, headers };
    httpRequest(options, (response) => {
      let answer = '';
      response.setEncoding('latin1').on('data', (chunk) => (answer += chunk));
      response.on('end', () => resolve(`${response.statusCode} ${answer}`.trim()));
    })
      .on('error', reject)
      .end(bytes);
  });
}

beforeAll(async () => start(await freePort()));
afterAll(() => stop());

const cell = (value: string): string =>
  value
    .replaceAll('|', '\\|')
    .replaceAll('{', '\\{')
    .replaceAll('<', '\\<')
    .replaceAll(/, zstd\b/g, '');

async function tableOf(rows: readonly Row[]): Promise<string> {
  const found = [];
  for (const row of rows) {
    // Anew for each: lines of the log are limited by sender.
    await stop();
    await start(await freePort());
    const { answer, events, log, dropped } = await deliver(row);
    const { headers = JSON_TYPE, said } = row;
    const shownHeaders = [said ?? [], Object.values(headers)].flat().join(', ');
    const line = log.join('; ').replaceAll('127.0.0.1', '10.1.2.3');
    found.push(
      `| ${row.body} | ${shownHeaders} | ${cell(answer)} | ${events}${dropped === '' ? '' : `, ${dropped}`} | ${cell(line)} |`,
    );
  }
  return ['| body | headers | answer | events, dropped | log |', '|---|---|---|---|---|', ...found].join(
    '\n',
  );
}

it('is what docs/webhook.md says', async () => {
  const page = `# What the web hook takes

Made by \`npm run docs\` from what the program answers, with \`webhookMaxBatchSize\` ${MAX_BODY} and \`maxEventSize\` ${MAX_EVENT}. How to
set it up: [operations.md](operations.md#web-hook-of-an-api-server).

Types: \`application/json\`, \`application/x-ndjson\`, \`application/ndjson\`, \`application/jsonl\`. \`Content-Encoding\`: gzip, deflate,
and zstd where Node has it (22.15 and later). An event may be one level deep in \`log\`, \`message\` or \`event\`, as an object or as its
text. A body is answered with 200 if there is an event in it, or nothing at all; what else is in it is counted in
\`tsfalco_dropped_events_total\` and said. Refusals are counted in \`tsfalco_webhook_refused_total\`.

## Taken

${await tableOf(TAKEN)}

## Taken in part

${await tableOf(PARTLY)}

## Refused

${await tableOf(REFUSED)}
`;
  await expect(page).toMatchFileSnapshot('../../../docs/webhook.md');
}, 120_000);

it.runIf(KNOWN_CODINGS.includes('zstd'))('takes zstd where Node has it', async () => {
  const zlib = await import('node:zlib');
  const pack: unknown = Reflect.get(zlib, 'zstdCompressSync');
  if (typeof pack !== 'function') throw new Error('no zstd');
  const bytes = pack(Buffer.from(list(item(1), item(2)))) as Buffer;
  expect(await deliver({ body: '', bytes, headers: packed('zstd') })).toMatchObject({
    answer: '200',
    events: 2,
  });
});

it.each(TAKEN.map((row) => [row.body, row] as const))('takes %s, and says nothing', async (_, row) => {
  expect(await deliver(row)).toEqual({ answer: '200', events: row.events ?? 1, log: [], dropped: '' });
});
