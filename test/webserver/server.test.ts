import { writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startWebserver, type WebserverOptions } from '../../src/webserver/server.js';
import { makeCertificate } from '../outputs/certificates.js';
import { temporaryFolder } from '../outputs/helpers.js';

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

async function started(options: Partial<WebserverOptions> = {}): Promise<number> {
  const server = await startWebserver({
    address: '127.0.0.1',
    port: 0,
    healthzPath: '/healthz',
    versions: () => '{"falco_version":"0.44.0"}',
    metrics: () => undefined,
    ...options,
  });
  onTestFinished(() => server.close());
  return server.port;
}

function ask(port: number, path: string, method = 'GET', secure = false): Promise<Answer> {
  const request = secure ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method, agent: false, rejectUnauthorized: false };
    const call = request(options, (response) => {
      let body = '';
      response.setEncoding('latin1').on('data', (text) => {
        body += text;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode, type: response.headers['content-type'], body }),
      );
    });
    call.on('error', reject).end(method === 'POST' ? 'x'.repeat(100_000) : undefined);
  });
}

const NOT_FOUND = { status: 404, type: undefined, body: '' };

test('health, versions, and nothing else', async () => {
  const port = await started();
  expect(await ask(port, '/healthz')).toEqual({
    status: 200,
    type: 'application/json',
    body: '{"status": "ok"}',
  });
  expect(await ask(port, '/healthz?x=1')).toMatchObject({ status: 200 });
  expect(await ask(port, '/versions')).toEqual({
    status: 200,
    type: 'application/json',
    body: '{"falco_version":"0.44.0"}',
  });
  for (const path of ['/metrics', '/tsfalco/metrics', '/', '/other', '//healthz'])
    expect(await ask(port, path)).toEqual(NOT_FOUND);
  expect(await ask(port, '/healthz', 'POST')).toEqual(NOT_FOUND);
  expect(await ask(port, '/healthz', 'HEAD')).toEqual({ status: 200, type: 'application/json', body: '' });
});

test('metrics where they are on; bytes are not encoded again', async () => {
  const port = await started({
    metrics: () => 'a{b="\xc3\xa4"} 1\n',
    ownMetrics: () => 'c 2\n',
    healthzPath: '/health/live',
  });
  const type = 'text/plain; version=0.0.4';
  expect(await ask(port, '/metrics')).toEqual({ status: 200, type, body: 'a{b="\xc3\xa4"} 1\n' });
  expect(await ask(port, '/tsfalco/metrics')).toEqual({ status: 200, type, body: 'c 2\n' });
  expect(await ask(port, '/health/live')).toMatchObject({ status: 200 });
  expect(await ask(port, '/healthz')).toEqual(NOT_FOUND);
});

test('TLS with certificate and key in one file', async () => {
  const { pem } = makeCertificate(temporaryFolder(), 'server');
  const port = await started({ certificate: pem });
  expect(await ask(port, '/healthz', 'GET', true)).toMatchObject({ status: 200 });
});

test('what keeps it from starting', async () => {
  const port = await started();
  const error = { name: 'WebserverError', message: 'an error occurred while starting webserver' };
  await expect(started({ port })).rejects.toMatchObject(error);
  const invalid = { name: 'WebserverError', message: 'invalid webserver configuration' };
  await expect(started({ certificate: '/no/such/file' })).rejects.toMatchObject(invalid);
  const bad = join(temporaryFolder(), 'bad.pem');
  writeFileSync(bad, 'no certificate');
  await expect(started({ certificate: bad })).rejects.toMatchObject(invalid);
});

function talk(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let got = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (data) => {
      got += data.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(got.split('\r\n', 1)[0] ?? ''));
  });
}

test('hostile requests are answered and cut off', async () => {
  const port = await started();
  expect(await talk(port, 'nonsense\r\n\r\n')).toBe('HTTP/1.1 400 Bad Request');
  expect(await talk(port, `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toContain('431');
  // A head that never ends: the server says so after its limit and closes.
  expect(await talk(port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n')).toBe('HTTP/1.1 408 Request Timeout');
  expect(await ask(port, '/healthz')).toMatchObject({ status: 200 });
}, 20_000);

test('a probe is answered while 256 connections are kept alive', async () => {
  const port = await started();
  const held: Socket[] = [];
  onTestFinished(() => {
    for (const socket of held) socket.destroy();
  });
  const hold = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'),
      );
      held.push(socket.on('error', () => {}));
      socket.once('data', () => resolve()).once('close', () => resolve());
    });
  for (let n = 0; n < 8; n++) await Promise.all(Array.from({ length: 32 }, hold));
  for (let n = 0; n < 8; n++) expect(await ask(port, '/healthz')).toMatchObject({ status: 200 });
});
