// The same events in every form in which people hold logs.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

type Json = Readonly<Record<string, unknown>>;

const LINES = readFileSync(new URL('../../../examples/events.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .slice(0, 5);
export const EVENTS: readonly Json[] = LINES.map((line) => JSON.parse(line) as Json);
export const IDS = EVENTS.map(({ auditID }) => String(auditID));

const ndjson = LINES.map((line) => `${line}\n`).join('');
const spaced = JSON.stringify(EVENTS[0], null, 2);
const items = EVENTS.map(({ kind: _kind, apiVersion: _version, ...item }) => item);
const logEvents = LINES.map((message, n) => ({ id: String(n), timestamp: n, message }));
const page = {
  events: LINES.map((message, n) => ({
    logStreamName: 'kube-apiserver-audit-1',
    timestamp: 1_785_585_600_000 + n,
    message,
    ingestionTime: 1,
    eventId: `3${n}`,
  })),
  searchedLogStreams: [],
};
const subscription = {
  messageType: 'DATA_MESSAGE',
  owner: '111122223333',
  logGroup: '/aws/eks/my-cluster/cluster',
  logStream: 'kube-apiserver-audit-1',
  subscriptionFilters: ['all'],
  logEvents,
};
const packed = gzipSync(JSON.stringify(subscription)).toString('base64');
const rows = LINES.map((value) => [
  { field: '@timestamp', value: '2026-08-01 12:00:00.000' },
  { field: '@message', value },
  { field: '@ptr', value: 'x' },
]);
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** By what people call them. */
export const FORMS: Readonly<Record<string, string | Buffer>> = {
  'lines, as in audit.log': ndjson,
  'lines with \\r\\n, and none at the end': LINES.join('\r\n'),
  'lines with blanks in them, keys in another order': EVENTS.map(
    ({ kind, ...event }) => `${JSON.stringify({ ...event, kind }).replaceAll('":"', '": "')}\n`,
  ).join(''),
  'values over several lines, one after the other': EVENTS.map(
    (event) => `${JSON.stringify(event, null, 2)}\n`,
  ).join(''),
  'values without anything between them': LINES.join(''),
  'an array in one line': `[${LINES.join(',')}]`,
  'an array over many lines': JSON.stringify(EVENTS, null, 4),
  'an array with a line for each event': `[\n${LINES.join(',\n')}\n]\n`,
  'an EventList as web hooks get it': JSON.stringify({
    kind: 'EventList',
    apiVersion: 'audit.k8s.io/v1',
    items,
  }),
  'an EventList over many lines, its kind last': JSON.stringify(
    { apiVersion: 'audit.k8s.io/v1', items, kind: 'EventList' },
    null,
    1,
  ),
  gzip: gzipSync(ndjson),
  'gzip of several members': Buffer.concat(LINES.map((line) => gzipSync(`${line}\n`))),
  'aws logs filter-log-events': JSON.stringify(page, null, 4),
  'aws logs filter-log-events, compact': JSON.stringify(page),
  'a CloudWatch export to S3': gzipSync(LINES.map((line) => `2026-08-01T12:00:00.000Z ${line}\n`).join('')),
  'a subscription': JSON.stringify(subscription),
  'subscriptions joined by Firehose': gzipSync(
    [0, 1, 2, 3, 4].map((n) => JSON.stringify({ ...subscription, logEvents: [logEvents[n]] })).join(''),
  ),
  'what Lambda gets of a subscription': JSON.stringify({ awslogs: { data: packed } }, null, 2),
  'records of Kinesis': JSON.stringify({ Records: [{ kinesis: { data: packed } }] }),
  'records of Firehose': JSON.stringify({ requestId: 'x', records: [{ data: packed }] }),
  'get-query-results': JSON.stringify({ results: rows, status: 'Complete' }, null, 4),
  'Logs Insights, JSON with texts': JSON.stringify(
    LINES.map((line) => ({ '@timestamp': 'x', '@message': line })),
  ),
  'Logs Insights, JSON with objects': JSON.stringify(
    EVENTS.map((event) => ({ '@message': event })),
    null,
    2,
  ),
  'Logs Insights, CSV': `@timestamp,@message\n${LINES.map((line) => `2026-08-01 12:00:00.000,${quoted(line)}\n`).join('')}`,
  'Logs Insights, CSV over many lines': `@message,@ptr\r\n${EVENTS.map((event) => `${quoted(JSON.stringify(event, null, 2))},x\r\n`).join('')}`,
  'Fluent Bit, parsed': EVENTS.map((log) => `${JSON.stringify({ date: 1.5, log })}\n`).join(''),
  'Fluent Bit, text, as its file output writes it': LINES.map(
    (log) => `kube.audit: ${JSON.stringify([1_785_585_600.5, { log }])}\n`,
  ).join(''),
  'Fluent Bit, an array': JSON.stringify(LINES.map((log) => ({ date: 1.5, log }))),
  Vector: LINES.map(
    (message) => `${JSON.stringify({ file: 'f', host: 'h', message, source_type: 'file' })}\n`,
  ).join(''),
  docker: LINES.map((line) => `${JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: 'x' })}\n`).join(
    '',
  ),
  containerd: LINES.map((line) => `2026-08-01T12:00:00.000000000Z stdout F ${line}\n`).join(''),
  syslog: LINES.map((line) => `Aug  1 12:00:00 ip-10-0-0-1 kube-apiserver[123]: ${line}\n`).join(''),
  'a dump of Elasticsearch': EVENTS.map(
    (_source) => `${JSON.stringify({ _index: 'a', _id: '1', _source })}\n`,
  ).join(''),
  'several forms in one file': `${LINES[0]}\n${JSON.stringify(EVENTS[1], null, 2)}\n[${LINES[2]}]\n2026-08-01T12:00:00.000Z ${LINES[3]}\n${JSON.stringify({ log: LINES[4] })}\n`,
};

export const ONE_SPACED = spaced;

/** An archive, made by tar. */
export function archive(files: Readonly<Record<string, string | Buffer>>, flags: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'tsfalco-tar-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return execFileSync('tar', [flags, '-', ...Object.keys(files)], { cwd: folder, maxBuffer: 1e8 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
