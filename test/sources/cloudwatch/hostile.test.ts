// Answers that the service should not give. Nothing may hang, be lost, grow or throw.

import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { createRandom } from '../../../demo/endpoint/random.js';
import type { CloudWatchSource } from '../../../src/sources/cloudwatch/source.js';
import { payloadTexts } from '../../../src/sources/files/lines.js';
import { type Answer, type Asked, logsFault, type StandIn, startStandIn } from './aws-stand-in.js';
import { auditIdOf, createSource } from './endpoint-run.js';

const STREAM = 'kube-apiserver-audit-1';
const NOW = Date.now();
let aws: StandIn | undefined;

afterEach(async () => {
  await aws?.close();
  aws = undefined;
});

interface Request {
  readonly startTime: number;
  readonly endTime?: number;
  readonly nextToken?: string;
}

function event(id: string, changes: Record<string, unknown> = {}): Record<string, unknown> {
  const message = `{"kind":"Event","auditID":"${id}"}`;
  return {
    eventId: `1${id}`,
    logStreamName: STREAM,
    timestamp: NOW - 5000,
    ingestionTime: NOW - 4000,
    message,
    ...changes,
  };
}

// The first call of a source only asks for the time.
async function start(answering: (request: Request, count: number) => Answer): Promise<StandIn> {
  aws = await startStandIn(({ body }: Asked, count) => {
    const request = JSON.parse(body) as Request;
    const date = { date: new Date().toUTCString() };
    if (count === 1) return { body: { events: [] }, headers: date };
    const answer = answering(request, count - 1);
    return { ...answer, headers: { ...date, ...answer.headers } };
  });
  return aws;
}

interface Outcome {
  readonly ids: readonly string[];
  readonly source: CloudWatchSource;
  readonly lines: readonly string[];
}

async function collect(wanted: number, extra = 300, most = 60_000): Promise<Outcome> {
  const lines: string[] = [];
  const source = createSource({
    url: aws!.url,
    from: NOW - 60_000,
    cursor: { pollingInterval: 50 },
    log: (level, line) => lines.push(`${level} ${line}`),
  });
  const stop = new AbortController();
  let timer = setTimeout(() => stop.abort(), most);
  const ids: string[] = [];
  for await (const batch of source.batches(stop.signal)) {
    ids.push(...batch.payloads.flatMap(payloadTexts).map(auditIdOf));
    if (ids.length < wanted) continue;
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(), extra);
  }
  clearTimeout(timer);
  return { ids: ids.sort(), source, lines };
}

const within = ({ startTime, endTime = Number.POSITIVE_INFINITY }: Request, time: number): boolean =>
  startTime <= time && time <= endTime;

describe('answers that should not be', () => {
  it('events without an id, a stream, a time or a text', async () => {
    const odd = [
      event('a', { eventId: undefined }),
      event('b', { eventId: null }),
      event('c', { logStreamName: undefined }),
      event('d', { ingestionTime: undefined }),
      event('e', { eventId: 17 }),
      event('x', { message: null }),
      event('x', { message: undefined }),
      event('x', { message: 5 }),
      event('x', { timestamp: null }),
      event('x', { timestamp: 'soon' }),
      event('x', { timestamp: -1 }),
      event('x', { timestamp: 1e300 }),
      event('y', { logStreamName: 'kube-scheduler-1' }),
      null,
    ];
    await start((request) => ({ body: { events: within(request, NOW - 5000) ? odd : [] } }));
    const { ids, source } = await collect(5);
    expect(ids).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(source.metrics().damaged).toBeGreaterThanOrEqual(8);
    expect(source.summary?.()[0]).toMatch(/ \d+ without time or text, /);
  });

  it('events in the future, before the start, and outside of what was asked for', async () => {
    const all = [
      event('past', { timestamp: NOW - 3_600_000 }),
      event('now'),
      event('hour', { timestamp: NOW + 3_600_000 }),
      event('year', { timestamp: NOW + 31_536_000_000 }),
    ];
    await start(() => ({ body: { events: all } }));
    const { ids, source } = await collect(3);
    expect(ids).toEqual(['hour', 'now', 'year']);
    expect(source.metrics().duplicates).toBeGreaterThan(3);
  });

  it('no events at all, and nulls in their place', async () => {
    await start((_, count) => ({
      body: [{}, { events: null, nextToken: null }, { events: [], nextToken: '' }, { events: [event('a')] }][
        Math.min(count - 1, 3)
      ],
    }));
    expect((await collect(1)).ids).toEqual(['a']);
  });

  it('the same token with empty pages, for ever: begins anew, says so, and delivers what comes', async () => {
    let stuck = true;
    await start((request) => {
      if (!stuck) return { body: { events: within(request, NOW - 5000) ? [event('a')] : [] } };
      stuck = aws!.asked.length < 250;
      return { body: { events: [], nextToken: 'again' } };
    });
    const { ids, lines } = await collect(1);
    expect(ids).toEqual(['a']);
    expect(lines.find((line) => line.startsWith('warning'))).toMatch(
      /^warning my-cluster: CloudWatch Logs gave a hundred pages in a row with nothing/,
    );
  });

  it('the same page with its own token, for ever: delivered once, and newer events are found', async () => {
    await start(({ nextToken }) => {
      const old = { events: [event('a')], nextToken: 'round' };
      if (nextToken !== undefined || aws!.asked.length < 110) return { body: old };
      return { body: { events: [event('a'), event('b', { timestamp: NOW - 3000 })] } };
    });
    const { ids } = await collect(2);
    expect(ids).toEqual(['a', 'b']);
  });

  it('a token that always expires in the middle of a long window', async () => {
    const pages = 40;
    const random = createRandom(5);
    await start((request) => {
      const at = Number(request.nextToken ?? 0);
      if (at > 0 && random.unit() < 0.05) {
        return logsFault('InvalidParameterException', 'The specified nextToken is invalid.');
      }
      const time = (i: number): number => NOW - 50_000 + i * 1000;
      const events = Array.from({ length: pages }, (_, i) => event(`e${i}`, { timestamp: time(i) })).filter(
        ({ timestamp }) => within(request, timestamp as number),
      );
      return {
        body: { events: events.slice(at, at + 1), ...(at + 1 < events.length && { nextToken: `${at + 1}` }) },
      };
    });
    const { ids } = await collect(pages);
    expect(new Set(ids).size).toBe(pages);
    expect(ids).toHaveLength(pages);
  });

  it('credentials that expire in the middle, a refusal, a page of a proxy: all pass', async () => {
    const troubles: readonly Answer[] = [
      logsFault('ExpiredTokenException', 'The security token included in the request is expired'),
      logsFault('AccessDeniedException', 'User: arn:aws:iam::1:user/x is not authorized', 400),
      { body: '<html>Please log in</html>', headers: { 'content-type': 'text/html' } },
      { body: '{"events":[{"eventId":', headers: {} },
      { body: '', status: 302, headers: { location: 'http://127.0.0.1:9/' } },
      { body: 'no', status: 502 },
    ];
    await start((request, count) => {
      if (count === 1) return { body: { events: [event('a')], nextToken: 'more' } };
      const trouble = troubles[count - 2];
      if (trouble !== undefined) return trouble;
      return { body: { events: request.nextToken === 'more' ? [event('b')] : [event('a'), event('b')] } };
    });
    const { ids, source, lines } = await collect(2);
    expect(ids).toEqual(['a', 'b']);
    expect(source.metrics().faults).toBe(troubles.length);
    expect(lines.filter((line) => !line.startsWith('info'))).toHaveLength(1);
  });

  it('a page of 50 MB', async () => {
    const bulk = 'x'.repeat(50_000);
    const message = (i: number): string => `{"kind":"Event","auditID":"m${i}","x":"${bulk}"}`;
    const events = Array.from({ length: 1000 }, (_, i) => event(`m${i}`, { message: message(i) }));
    await start((request) => ({ body: { events: within(request, NOW - 5000) ? events : [] } }));
    const { ids } = await collect(1000, 100);
    expect(new Set(ids).size).toBe(1000);
    expect(ids).toHaveLength(1000);
  });

  it('a page of 1 GB: not read to its end, said, and the next one is taken', async () => {
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    let sent = 0;
    function* endless() {
      for (; sent < 1024; sent++) yield chunk;
    }
    await start((request, count) =>
      count === 1
        ? { body: Readable.from(endless()) }
        : { body: { events: within(request, NOW - 5000) ? [event('a')] : [] } },
    );
    const { ids, lines } = await collect(1);
    expect(ids).toEqual(['a']);
    expect(sent).toBeLessThan(200);
    expect(lines).toContainEqual(
      expect.stringMatching(/^warning .* answered with Error: an answer of more than 64 MB; trying again/),
    );
  });

  it('redirects to another host, and headers without end: neither followed nor believed', async () => {
    const elsewhere = await startStandIn(() => ({ body: { events: [event('x')] } }));
    try {
      const odd: readonly Answer[] = [301, 302, 307, 308].map((status) => ({
        status,
        body: '',
        headers: { location: elsewhere.url },
      }));
      const long = { body: { events: [event('y')] }, headers: { 'x-long': 'h'.repeat(100_000) } };
      await start(
        (request, count) =>
          [...odd, long][count - 1] ?? { body: { events: within(request, NOW - 5000) ? [event('a')] : [] } },
      );
      const { ids } = await collect(1);
      expect(ids).toEqual(['a']);
      expect(elsewhere.asked).toEqual([]);
      expect(elsewhere.callers).toEqual([]);
    } finally {
      await elsewhere.close();
    }
  });

  it('a clock that says anything', async () => {
    const dates = ['yesterday', 'Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT', ''];
    await start((request, count) => ({
      body: {
        events: [
          ...(within(request, NOW - 5000) ? [event('a')] : []),
          ...(count > 20 && within(request, NOW + 100) ? [event('b', { timestamp: NOW + 100 })] : []),
        ],
      },
      headers: { date: dates[count % dates.length]! },
    }));
    const { ids } = await collect(2);
    expect(ids).toEqual(['a', 'b']);
  });
});
