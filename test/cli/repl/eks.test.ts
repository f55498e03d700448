// A back-fill into a session, from the embedded CloudWatch Logs endpoint.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEventGenerator } from '../../../demo/endpoint/events.js';
import { startEndpoint } from '../../../demo/endpoint/server.js';
import { createLogStore } from '../../../demo/endpoint/store.js';
import { NO_TROUBLE } from '../../../demo/endpoint/trouble.js';
import { createAuditWriter } from '../../../demo/endpoint/writer.js';
import { readEks } from '../../../src/cli/repl/eks.js';
import { hostFor } from '../in-process.js';

const store = createLogStore();
let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
beforeAll(async () => {
  endpoint = await startEndpoint({ store });
  const writer = createAuditWriter(store, 'my-cluster', NO_TROUBLE);
  const next = createEventGenerator({ seed: 1, eventsPerSecond: 10 });
  const now = Date.now();
  for (let index = 0; index < 300; index++) {
    const time = now - 600_000 + index * 1000;
    writer.write(next(time).message, time);
  }
});
afterAll(() => endpoint.close());

function read(words: string, most = Number.POSITIVE_INFINITY) {
  const payloads: string[] = [];
  const host = hostFor({
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint.url,
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  });
  const add = ({ payload }: { readonly payload: string }): boolean => payloads.push(payload) < most;
  const config = { initConfig: '{"requests_per_second": 100}' };
  const options = { host, config, signal: new AbortController().signal };
  return readEks(words, add, options).then(() => payloads);
}

test('reads the span, and no more than there is room for', async () => {
  expect(await read('my-cluster')).toHaveLength(300);
  expect((await read('my-cluster 7m')).length).toBeLessThan(150);
  expect(await read('my-cluster 10m 9m 8m').catch(String)).toContain('usage: load eks CLUSTER [FROM [TO]]');
  expect(await read('my-cluster yesterday').catch(String)).toContain('yesterday is not a time');
  expect(await read('my-cluster', 5)).toHaveLength(5);
});
