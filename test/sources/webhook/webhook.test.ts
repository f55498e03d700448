import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openSource } from '../../../src/plugins/k8saudit/source.js';
import { payloadTexts } from '../../../src/sources/files/lines.js';
import type { Batch } from '../../../src/sources/source.js';
import { eventually } from '../../eventually.js';
import { type Certificate, makeCertificate } from '../../outputs/certificates.js';

const folder = mkdtempSync(join(tmpdir(), 'tsfalco-webhook-'));
afterAll(() => rmSync(folder, { recursive: true }));

let stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops) await stop();
  stops = [];
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface HookOptions {
  readonly url?: (port: number) => string;
  readonly maxBody?: number;
  readonly certificate?: string;
  readonly clientAuthority?: string;
  readonly tokenFile?: string;
  /** Called for each batch before the next is asked for. */
  readonly onBatch?: (batch: Batch) => Promise<void>;
}

async function startHook(options: HookOptions = {}) {
  const port = await freePort();
  const log: string[] = [];
  const warnings: string[] = [];
  const source = await openSource((options.url ?? ((p) => `http://127.0.0.1:${p}/k8s-audit`))(port), {
    name: 'k8s_audit',
    plugin: 'k8saudit',
    maxEventSize: 4_194_304,
    webhookMaxBatchSize: options.maxBody ?? 2000,
    sslCertificate: options.certificate ?? '/nope.pem',
    own: { clientAuthority: options.clientAuthority, tokenFile: options.tokenFile },
    log: (level, message) => (level === 'error' ? log : warnings).push(message),
  });
  const bodies: string[] = [];
  const abort = new AbortController();
  const done = (async () => {
    for await (const batch of source.batches(abort.signal)) {
      bodies.push(...batch.payloads.flatMap(payloadTexts));
      await options.onBatch?.(batch);
    }
  })();
  done.catch(() => {});
  const stop = async (): Promise<void> => {
    abort.abort();
    await done.catch(() => {});
  };
  stops.push(stop);
  // Listening, or failed.
  await Promise.race([eventually(() => isOpen(port)), done.catch(() => {})]);
  return { port, log, warnings, bodies, source, done, stop, abort: () => abort.abort() };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}

interface Reply {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly location: string | undefined;
  readonly body: string;
}

function send(port: number, body: string | Buffer, options: RequestOptions = {}): Promise<Reply> {
  const secure = options.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const onResponse = (response: IncomingMessage): void => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => {
        const { statusCode: status, headers } = response;
        resolve({ status, type: headers['content-type'], location: headers.location, body: text });
      });
    };
    const all = {
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/k8s-audit',
      agent: false as const,
      headers: { 'Content-Type': 'application/json' },
      ...options,
    };
    const request = secure
      ? httpsRequest({ ...all, rejectUnauthorized: false }, onResponse)
      : httpRequest(all, onResponse);
    request.on('error', reject).end(body);
  });
}

/** What the log says of a refusal. */
const refused = (what: string): string =>
  `refused${what}, from 127.0.0.1; events are taken by POST at '/k8s-audit' only`;

const TIME = '"stageTimestamp":"2024-05-01T12:00:00.5Z"';
const event = (id: number | string): string => `{"kind":"Event","auditID":"${id}",${TIME}}`;
const EVENT = event(1);
/** An event of a size, bytes. */
const eventOf = (bytes: number): string => {
  const without = event('').length;
  return event('x'.repeat(bytes - without));
};

const TEXT = 'text/plain; charset=utf-8';

describe('requests', () => {
  it('are answered with an empty 200, and come out in order', async () => {
    const { port, bodies, stop } = await startHook();
    const list = `{"kind":"EventList","items":[${event(2)}]}`;
    for (const body of [EVENT, list, '[]', event('\u00e9')]) {
      expect(await send(port, body)).toEqual({ status: 200, type: undefined, location: undefined, body: '' });
    }
    await stop();
    expect(bodies).toEqual([EVENT, list, '[]', event('\xc3\xa9')]);
  });

  it.each([
    [{ path: '/' }, 404, '404 page not found\n', 'path', "a POST for '/'"],
    [{ path: '/k8s_audit' }, 404, '404 page not found\n', 'path', "a POST for '/k8s_audit'"],
    [{ path: '/k8s-audit/' }, 404, '404 page not found\n', 'path', "a POST for '/k8s-audit/'"],
    [{ path: '/k8s-audit/x' }, 404, '404 page not found\n', 'path', "a POST for '/k8s-audit/x'"],
    [{ method: 'GET' }, 405, 'GET method not allowed\n', 'method', "a GET for '/k8s-audit'"],
    [{ method: 'PUT' }, 405, 'PUT method not allowed\n', 'method', "a PUT for '/k8s-audit'"],
    [{ headers: {} }, 400, 'wrong Content Type\n', 'content_type', 'a body without a Content-Type'],
    [
      { headers: { 'Content-Type': 'text/plain' } },
      400,
      'wrong Content Type\n',
      'content_type',
      "a body of Content-Type 'text/plain'",
    ],
  ])('%o get %i, which is said and counted', async (options, status, body, reason, what) => {
    const { port, bodies, log, source } = await startHook();
    expect(await send(port, 'method' in options ? '' : EVENT, options)).toEqual({
      status,
      type: TEXT,
      location: undefined,
      body,
    });
    expect(bodies).toEqual([]);
    expect(log).toEqual([
      refused(
        ` with ${status}: ${what}${reason === 'content_type' ? ' where application/json or application/x-ndjson is wanted' : ''}`,
      ),
    ]);
    const counts = source.series?.().filter(({ value }) => value > 0);
    expect(counts).toMatchObject([{ name: 'tsfalco_webhook_refused_total', labels: { reason }, value: 1 }]);
    expect(source.summary?.()).toEqual([`k8s_audit: requests and connections refused: ${reason} 1`]);
  });

  it.each(['/k8s-audit?timeout=30s', '/k8s%2Daudit', 'http://x/k8s-audit'])(
    'find the path in %s',
    async (path) => {
      const { port } = await startHook();
      expect((await send(port, EVENT, { path })).status).toBe(200);
    },
  );

  it('may say more of their type', async () => {
    const { port } = await startHook();
    const headers = { 'Content-Type': 'application/json; charset=utf-8' };
    expect((await send(port, EVENT, { headers })).status).toBe(200);
  });

  it.each([
    ['//k8s-audit', '/k8s-audit'],
    ['/x/../k8s-audit?a=b', '/k8s-audit?a=b'],
  ])('with an unclean path %s are sent to %s', async (path, location) => {
    const { port } = await startHook();
    expect(await send(port, EVENT, { path })).toMatchObject({ status: 307, location, body: '' });
  });

  it('find everything below a path with a slash at its end', async () => {
    const { port } = await startHook({ url: (p) => `http://localhost:${p}/a/` });
    expect((await send(port, EVENT, { path: '/a/' })).status).toBe(200);
    expect((await send(port, EVENT, { path: '/a/x/y' })).status).toBe(200);
    expect(await send(port, EVENT, { path: '/a' })).toMatchObject({ status: 307, location: '/a/' });
    expect((await send(port, EVENT, { path: '/b' })).status).toBe(404);
  });

  it('find a hook without a path everywhere', async () => {
    const { port } = await startHook({ url: (p) => `http://:${p}` });
    expect((await send(port, EVENT, { path: '/anything' })).status).toBe(200);
  });

  it('keep their connection', async () => {
    const { port, bodies } = await startHook();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 20; i++) expect((await send(port, event(i), { agent })).status).toBe(200);
    expect(await send(port, 'x'.repeat(3000), { agent })).toMatchObject({ status: 400 });
    expect((await send(port, event(20), { agent })).status).toBe(200);
    expect(Object.values(agent.sockets).length + Object.values(agent.freeSockets).flat().length).toBe(1);
    agent.destroy();
    await eventually(() => bodies.length === 21);
  });
});

describe('limits', () => {
  const TOO_LARGE = 'bad request: http: request body too large';

  it.each(['with', 'without'])('of the body, %s a stated length', async (how) => {
    const { port, log, bodies } = await startHook();
    const headers = {
      'Content-Type': 'application/json',
      ...(how === 'without' && { 'Transfer-Encoding': 'chunked' }),
    };
    expect(await send(port, eventOf(2000), { headers })).toMatchObject({ status: 200 });
    expect(await send(port, eventOf(2001), { headers })).toMatchObject({
      status: 400,
      body: `${TOO_LARGE}\n`,
      type: TEXT,
    });
    expect(log).toEqual([refused(' with 400: a body larger than webhookMaxBatchSize')]);
    await eventually(() => bodies.length === 1);
  });

  it('answer a sender of 100 MB soon, and end the connection', async () => {
    const { port } = await startHook();
    const socket = connect(port, '127.0.0.1');
    const answer = collect(socket);
    socket.write(
      'POST /k8s-audit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n',
    );
    const chunk = Buffer.alloc(65536, 0x78);
    const flood = setInterval(() => socket.write(chunk), 1);
    expect(await answer).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*Connection: close\r\n[\s\S]*request body too large\n$/,
    );
    clearInterval(flood);
  });

  it('say 503 when the queue stays full, and go on when there is room', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { port, bodies, stop } = await startHook({ onBatch: () => gate });
    await send(port, event('first'));
    await eventually(() => bodies.length === 1);
    const fifty = await Promise.all(Array.from({ length: 50 }, (_, i) => send(port, event(i))));
    expect(fifty.every(({ status }) => status === 200)).toBe(true);
    const late = send(port, event('late'));
    expect(await late).toMatchObject({ status: 503, body: 'queue is full\n' });
    const patient = send(port, event('patient'));
    await sleep(20);
    release();
    expect((await patient).status).toBe(200);
    await stop();
    expect(bodies).toHaveLength(52);
  });

  it('say 503 when the bodies in memory are too many', async () => {
    const maxBody = 4 * 1024 * 1024;
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { port, bodies, done, abort } = await startHook({ maxBody, onBatch: () => gate });
    const replies = await Promise.all(Array.from({ length: 12 }, () => send(port, eventOf(maxBody))));
    const statuses = replies.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    release();
    abort();
    await done;
    expect(bodies).toHaveLength(statuses.filter((status) => status === 200).length);
  });

  it('of the headers', async () => {
    const { port, log } = await startHook();
    const headers = { 'Content-Type': 'application/json', 'X-Long': 'x'.repeat(20_000) };
    expect((await send(port, EVENT, { headers })).status).toBe(431);
    expect(log).toEqual([refused(' with 431: headers too large')]);
  });

  it.each([
    ['POST /k8s-audit HTTP/1.1\r\nContent-Length: 0\r\n\r\n', '400', 'a request without a Host'],
    ['CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n', '405', 'a CONNECT'],
  ])('of what is no request to it: %j', async (text, status, what) => {
    const { port, log } = await startHook();
    const socket = connect(port, '127.0.0.1');
    const answer = collect(socket);
    socket.write(text);
    expect(await answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(log).toEqual([refused(` with ${status}: ${what}`)]);
  });

  it('of what is no HTTP, which is logged once', async () => {
    const { port, log } = await startHook();
    for (let i = 0; i < 3; i++) {
      const socket = connect(port, '127.0.0.1');
      const answer = collect(socket);
      socket.write('\x16\x03\x01 no http\r\n\r\n');
      expect(await answer).toContain('400 Bad Request');
    }
    expect(log).toEqual([refused(' with 400: malformed HTTP')]);
  });
});

function collect(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => (text += chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

describe('shutdown', () => {
  it('waits for a request that is under way, and evaluates what was answered with 200', async () => {
    const { port, bodies, done, abort } = await startHook();
    const socket = connect(port, '127.0.0.1');
    const answer = collect(socket);
    socket.write(
      'POST /k8s-audit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n[ ',
    );
    await sleep(30);
    abort();
    await sleep(30);
    socket.write(' ]');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    await done;
    expect(bodies).toEqual(['[  ]']);
    expect(await isOpen(port)).toBe(false);
  });

  it('does not wait for connections that say nothing or not enough', async () => {
    const { port, done, abort } = await startHook();
    const idle = connect(port, '127.0.0.1');
    const slow = connect(port, '127.0.0.1');
    slow.write('POST /k8s-audit HT');
    const gone = Promise.all([collect(idle), collect(slow)]);
    await sleep(30);
    const start = performance.now();
    abort();
    await done;
    await gone;
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('loses nothing that was answered with 200, in the middle of a storm', async () => {
    const { port, bodies, done, abort } = await startHook({ onBatch: () => sleep(1) });
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    let accepted = 0;
    let stopped = false;
    const sender = async (id: number): Promise<void> => {
      for (let i = 0; !stopped; i++) {
        const reply = await send(port, event(`${id}.${i}`), { agent }).catch(() => undefined);
        if (reply?.status === 200) accepted++;
        if (reply === undefined) await sleep(1);
      }
    };
    const senders = Array.from({ length: 8 }, (_, id) => sender(id));
    await sleep(300);
    abort();
    await done;
    stopped = true;
    await Promise.all(senders);
    agent.destroy();
    expect(accepted).toBeGreaterThan(10);
    expect(bodies).toHaveLength(accepted);
  });

  it('lets the last answer out when the consumer stops', async () => {
    const port = await freePort();
    const source = await openSource(`http://127.0.0.1:${port}/k8s-audit`, {
      name: 's',
      plugin: 'p',
      maxEventSize: 1000,
      webhookMaxBatchSize: 1000,
      sslCertificate: '',
      log: () => {},
    });
    const first = (async () => {
      for await (const { payloads } of source.batches(new AbortController().signal)) return payloads;
      return [];
    })();
    await eventually(() => isOpen(port));
    expect((await send(port, EVENT)).status).toBe(200);
    expect(await first).toEqual([EVENT]);
    expect(await isOpen(port)).toBe(false);
  });
});

describe('listening', () => {
  it('fails in Go’s words', async () => {
    const { port } = await startHook();
    await expect((await startHook({ url: () => `http://127.0.0.1:${port}/` })).done).rejects.toThrow(
      `listen tcp 127.0.0.1:${port}: bind: address already in use`,
    );
    await expect((await startHook({ url: () => 'http://localhost/x' })).done).rejects.toThrow(
      'listen tcp: address localhost: missing port in address',
    );
    await expect((await startHook({ url: (p) => `http://no.such.invalid:${p}/x` })).done).rejects.toThrow(
      /^listen tcp: lookup no\.such\.invalid: /,
    );
  });
});

describe('who may send', () => {
  const WARNING = /^everyone who reaches port \d+ .*: set webhook_token_file or webhook_client_ca/;

  it.each(['', '0.0.0.0', '[::]'])('is warned of once where everyone may: http://%s', async (host) => {
    const { warnings, port } = await startHook({ url: (p) => `http://${host}:${p}/k8s-audit` });
    expect((await send(port, '[]')).status).toBe(200);
    expect(warnings).toEqual([expect.stringMatching(WARNING)]);
  });

  it('is not warned of where a token is asked for, or one address is listened on', async () => {
    const tokenFile = join(folder, 'a-token');
    writeFileSync(tokenFile, 'secret\n');
    const guarded = await startHook({ url: (p) => `http://:${p}/k8s-audit`, tokenFile });
    const local = await startHook();
    expect([...guarded.warnings, ...local.warnings]).toEqual([]);
  });
});

describe('a token', () => {
  it('is asked for', async () => {
    const tokenFile = join(folder, 'token');
    writeFileSync(tokenFile, 'secret\n');
    const { port, log } = await startHook({ tokenFile });
    const type = { 'Content-Type': 'application/json' };
    for (const headers of [
      type,
      { ...type, Authorization: 'Bearer wrong' },
      { ...type, Authorization: 'secret' },
    ]) {
      expect(await send(port, EVENT, { headers })).toMatchObject({ status: 401, body: 'unauthorized\n' });
    }
    expect((await send(port, EVENT, { headers: { ...type, Authorization: 'Bearer secret' } })).status).toBe(
      200,
    );
    expect(log).toEqual([refused(' with 401: a request without a token')]);
  });

  it('must be there', async () => {
    const tokenFile = join(folder, 'empty');
    writeFileSync(tokenFile, '\n');
    await expect((await startHook({ tokenFile })).done).rejects.toThrow(`no token in ${tokenFile}`);
    await expect((await startHook({ tokenFile: '/no/such' })).done).rejects.toThrow(
      'open /no/such: no such file or directory',
    );
  });
});

describe('https', () => {
  const url = (port: number): string => `https://localhost:${port}/k8s-audit`;
  let server: Certificate;
  let client: Certificate;
  beforeAll(() => {
    server = makeCertificate(folder, 'server');
    client = makeCertificate(folder, 'client');
  });

  it('is served with the certificate and key of one file', async () => {
    const { port, bodies } = await startHook({ url, certificate: server.pem });
    expect((await send(port, EVENT, { protocol: 'https:' })).status).toBe(200);
    await eventually(() => bodies.length === 1);
  });

  it('lets in only clients whose certificate it knows', async () => {
    const { port, log } = await startHook({ url, certificate: server.pem, clientAuthority: client.cert });
    const identity = { cert: readFileSync(client.cert), key: readFileSync(client.key) };
    expect((await send(port, EVENT, { protocol: 'https:', ...identity })).status).toBe(200);
    await expect(send(port, EVENT, { protocol: 'https:' })).rejects.toThrow();
    const stranger = { cert: readFileSync(server.cert), key: readFileSync(server.key) };
    await expect(send(port, EVENT, { protocol: 'https:', ...stranger })).rejects.toThrow();
    await eventually(() => log.length === 2);
    expect(log).toEqual([
      refused(': bad TLS handshake: peer did not return a certificate'),
      // Its connection, and with it its address, may be gone when it is told of.
      expect.stringMatching(/^refused: client certificate refused: DEPTH_ZERO_SELF_SIGNED_CERT, from /),
    ]);
  });

  it('needs the file, and a key in it', async () => {
    await expect((await startHook({ url, certificate: 'nope.pem' })).done).rejects.toThrow(
      'open nope.pem: no such file or directory',
    );
    await expect((await startHook({ url, certificate: server.cert })).done).rejects.toThrow(
      `cannot use certificate and key in ${server.cert}: `,
    );
  });
});
