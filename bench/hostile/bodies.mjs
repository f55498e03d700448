// Attacks by bodies: what costs much memory or time for few bytes. Each is sent over and over by several connections.

import { gzipSync } from 'node:zlib';
import { post } from '../command.mjs';

/** Gives what the server answered, by status. */
async function flood({ port }, going, callers, body, headers = {}) {
  const answers = {};
  const caller = async () => {
    while (going()) {
      const status = await post(port, false, body, { headers }).catch(({ code }) => code);
      answers[status] = (answers[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return answers;
}

const ALERTING =
  '{"kind":"Event","auditID":"1","verb":"create","stage":"ResponseComplete","level":"Request","user":{"username":"system:anonymous"},"objectRef":{"resource":"pods","subresource":"exec","name":"a","namespace":"kube-system"},"responseStatus":{"code":200},"stageTimestamp":"2026-11-30T00:00:00.000001Z"}';

const arrayOf = (value, bytes) =>
  Buffer.from(
    `[${Array(Math.floor(bytes / (value.length + 1)))
      .fill(value)
      .join(',')}]`,
  );

const alerting = (target, going) => flood(target, going, 7, arrayOf(ALERTING, 12e6));

export const BODIES = [
  {
    name: 'alerting-bodies',
    row: 3,
    sent: '7 × 12 MB of small alerting events, over and over; JSON output',
    yaml: 'json_output: true',
    attack: alerting,
  },
  {
    name: 'alerting-slow-reader',
    row: 3,
    sent: 'the same; alerts are read at 64 KiB/s',
    yaml: 'json_output: true',
    slow: true,
    attack: alerting,
  },
  {
    name: 'no-events',
    row: 3,
    sent: '4 × 12 MB of `{},`, over and over',
    attack: (target, going) => flood(target, going, 4, arrayOf('{}', 12e6)),
  },
  {
    name: 'dense-event',
    row: 3,
    sent: '4 × an event with 4 MB of `0,`, over and over',
    attack: (target, going) =>
      flood(target, going, 4, Buffer.from(ALERTING.replace('"level"', `"x":${arrayOf('0', 4e6)},"level"`))),
  },
  {
    name: 'whole-events',
    row: 3,
    sent: '4 × 3 events of 3 MB, whose alerts print them whole, over and over; JSON output',
    yaml: 'json_output: true\nappend_output: [{match: {source: k8s_audit}, extra_output: "%jevt.obj"}]',
    attack: (target, going) =>
      flood(
        target,
        going,
        4,
        arrayOf(ALERTING.replace('"level"', `"x":"${'\\"a'.repeat(1e6)}","level"`), 9e6),
      ),
  },
  {
    name: 'gzip-bomb',
    row: 3,
    sent: '8 × 100 KB of gzip that unpack to 100 MB, over and over',
    attack: (target, going) =>
      flood(target, going, 8, gzipSync(Buffer.alloc(100e6, 0x20)), { 'Content-Encoding': 'gzip' }),
  },
];
