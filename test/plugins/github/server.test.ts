import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { github } from '../../../src/plugins/github/index.js';
import { serveHook } from '../../../src/plugins/github/server.js';
import { initPlugin } from '../../../src/plugins/settings.js';

const SECRET = 'hush';
const sign = (body: string): string => `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;

interface Served {
  readonly logged: readonly string[];
  readonly payloads: readonly string[];
  send(body: string, headers?: Readonly<Record<string, string>>, path?: string): Promise<number>;
  stop(): Promise<void>;
}

async function serve(config: object = {}): Promise<Served> {
  const init = initPlugin(github, JSON.stringify(config));
  if (!init.ok) throw new Error(init.error);
  const logged: string[] = [];
  const payloads: string[] = [];
  let hear: (port: number) => void = () => {};
  const listening = new Promise<number>((resolve) => {
    hear = resolve;
  });
  const source = serveHook({
    host: '127.0.0.1',
    port: 0,
    identity: undefined,
    secret: SECRET,
    settings: init.settings,
    io: { log: (level, message) => void logged.push(`${level} ${message}`), drop: () => {} },
    onListening: (port) => hear(port),
  });
  const stop = new AbortController();
  const reading = (async () => {
    for await (const batch of source.batches(stop.signal)) {
      payloads.push(...batch.payloads.map(String));
      await source.commit?.(batch.position);
    }
  })();
  const port = await listening;
  return {
    logged,
    payloads,
    async send(body, headers = {}, path = '/') {
      const all = {
        'content-type': 'application/json',
        'x-github-event': 'push',
        'x-hub-signature-256': sign(body),
        ...headers,
      };
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body, headers: all });
      await response.text();
      return response.status;
    },
    async stop() {
      stop.abort();
      await reading;
    },
  };
}

describe('the web hook', () => {
  it('takes signed deliveries, as JSON and as forms, and answers when their alerts have left', async () => {
    const hook = await serve();
    const form = `payload=${encodeURIComponent('{"a":1}')}`;
    expect(await hook.send('{"a":1}')).toBe(200);
    expect(await hook.send('{"a":1}', { 'content-type': 'application/json; charset=utf-8' })).toBe(200);
    expect(await hook.send(form, { 'content-type': 'application/x-www-form-urlencoded' })).toBe(200);
    await hook.stop();
    expect(hook.payloads.map((text) => (JSON.parse(text) as { type: string }).type)).toEqual([
      'push',
      'push',
      'push',
    ]);
  });

  it.each<[string, string, Readonly<Record<string, string>>, number, string]>([
    ['a wrong signature', '{}', { 'x-hub-signature-256': sign('{ }') }, 401, 'the signature is wrong'],
    ['no signature', '{}', { 'x-hub-signature-256': '' }, 401, 'the signature is wrong'],
    ['an array', '[]', {}, 400, 'the payload is no JSON object'],
    ['what is no JSON', '{', {}, 400, 'JSON'],
    ['null', 'null', {}, 400, 'the payload is no JSON object'],
    [
      'a form without payload',
      'a=1',
      { 'content-type': 'application/x-www-form-urlencoded' },
      400,
      'no payload',
    ],
    ['another type of body', '{}', { 'content-type': 'text/plain' }, 400, 'neither JSON nor a form'],
    ['no kind of event', '{}', { 'x-github-event': '' }, 400, 'no X-GitHub-Event'],
    ['too much', `{"a":"${'x'.repeat(100)}"}`, {}, 413, 'larger than 50 bytes'],
  ])('refuses %s, says so, and goes on', async (_, body, headers, status, text) => {
    const hook = await serve({ max_body_size: 50 });
    expect(await hook.send(body, headers)).toBe(status);
    expect(await hook.send('{"a":1}')).toBe(200);
    await hook.stop();
    expect(hook.payloads.length).toBe(1);
    expect(hook.logged).toEqual([
      expect.stringMatching(/^warning \[github\] a request from 127\.0\.0\.1 is refused: /),
    ]);
    expect(hook.logged[0]).toContain(text);
  });

  it('takes a delivery once', async () => {
    const hook = await serve();
    const id = { 'x-github-delivery': '1' };
    expect([await hook.send('{}', id), await hook.send('{}', id)]).toEqual([200, 200]);
    await hook.stop();
    expect(hook.payloads.length).toBe(1);
  });

  it('serves one path only, where that is wanted', async () => {
    const hook = await serve({ webhook_path: '/hook' });
    expect([await hook.send('{}', {}, '/'), await hook.send('{}', {}, '/hook?a=1')]).toEqual([404, 200]);
    await hook.stop();
  });

  it('takes a text full of signs that Go writes longer', async () => {
    const hook = await serve();
    expect(await hook.send(JSON.stringify({ issue: '<'.repeat(65_536) }))).toBe(200);
    await hook.stop();
    expect(hook.payloads.length).toBe(1);
  });
});
