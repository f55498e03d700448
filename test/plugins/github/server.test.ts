import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { github } from '../../../src/plugins/github/index.js';
import { serveHook } from '../../../src/plugins/github/server.js';
import { initPlugin } from '../../../src/plugins/settings.js';

const SECRET = 'hush';
const sign = (body: string): string => `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;

interface Served {
  readonly logged: readonly string[];
  readonly payloads: readonly string[];
  readonly port: number;
  send(body: string, headers?: Readonly<Record<string, string>>, path?: string): Promise<number>;
  stop(): Promise<void>;
}

interface Options {
  /** What a batch waits for before its alerts have left. */
  readonly leaving?: Promise<void>;
  readonly answerMs?: number;
}

async function serve(config: object = {}, { leaving, answerMs }: Options = {}): Promise<Served> {
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
    io: { log: (level, message) => void logged.push(`${level} ${message}`) },
    ...(answerMs !== undefined && { answerMs }),
    onListening: (port) => hear(port),
  });
  const stop = new AbortController();
  const reading = (async () => {
    for await (const batch of source.batches(stop.signal)) {
      payloads.push(...batch.payloads.map(String));
      await leaving;
      await source.commit?.(batch.position);
    }
  })();
  const port = await listening;
  return {
    logged,
    payloads,
    port,
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
    ['a wrong signature', '{}', { 'x-hub-signature-256': sign('{ }') }, 401, 'whose signature is wrong'],
    ['no signature', '{}', { 'x-hub-signature-256': '' }, 401, 'whose signature is wrong'],
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
    ['too much', `{"a":"${'x'.repeat(100)}"}`, {}, 400, 'a body larger than max_body_size'],
  ])('refuses %s, says so, and goes on', async (_, body, headers, status, text) => {
    const hook = await serve({ max_body_size: 50 });
    expect(await hook.send(body, headers)).toBe(status);
    expect(await hook.send('{"a":1}')).toBe(200);
    await hook.stop();
    expect(hook.payloads.length).toBe(1);
    expect(hook.logged).toEqual([
      expect.stringMatching(
        /^error refused with 40[015]: .*, from 127\.0\.0\.1; events are taken by POST at '\/' and below$/,
      ),
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

  it('lets a delivery that is sent again wait for the first one', async () => {
    let leave: () => void = () => {};
    const leaving = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const hook = await serve({}, { leaving });
    const id = { 'x-github-delivery': '1' };
    const answered: string[] = [];
    const first = hook.send('{}', id).then(() => answered.push('first'));
    const again = hook.send('{}', id).then(() => answered.push('again'));
    await hook.send('{}', { 'x-hub-signature-256': 'x' });
    expect(answered).toEqual([]);
    leave();
    await Promise.all([first, again]);
    await hook.stop();
    expect(hook.payloads.length).toBe(1);
  });

  it('answers what takes too long as failed, and takes it when it is sent again', async () => {
    const hook = await serve({}, { leaving: new Promise(() => {}), answerMs: 1 });
    expect(await hook.send('{}', { 'x-github-delivery': '1' })).toBe(503);
    expect(hook.logged).toEqual([expect.stringContaining('whose alerts had not left in time')]);
    expect(await hook.send('{}', { 'x-github-delivery': '1' })).toBe(503);
  });

  it('takes small deliveries while large ones hold their last byte back', async () => {
    const hook = await serve();
    const size = 12 * 1024 * 1024;
    const slow = Array.from({ length: 8 }, () => {
      const socket = connect(hook.port, '127.0.0.1').on('error', () => {});
      socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n`);
      socket.write(Buffer.alloc(1024));
      return once(socket, 'connect').then(() => socket);
    });
    const sockets = await Promise.all(slow);
    expect(await hook.send('{}')).toBe(200);
    for (const socket of sockets) socket.destroy();
    await hook.stop();
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
