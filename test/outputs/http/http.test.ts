import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server as TcpServer,
} from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createHttpOutput, type HttpContext } from '../../../src/outputs/http/http.js';
import type { HttpSettings } from '../../../src/outputs/settings.js';
import { makeCertificate } from '../certificates.js';
import { message, messages, temporaryFolder } from '../helpers.js';

const DEFAULTS: HttpSettings = {
  url: '',
  userAgent: 'falcosecurity/falco',
  insecure: false,
  caCert: '',
  caBundle: '',
  caPath: '/etc/ssl/certs',
  mtls: false,
  clientCert: '/etc/ssl/certs/client.crt',
  clientKey: '/etc/ssl/certs/client.key',
  echo: false,
  compressUploads: false,
  keepAlive: false,
  maxConsecutiveTimeouts: 5,
};

async function listening(server: Server | TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** An output for the test, and what it echoes. */
function outputFor(options: Partial<HttpSettings>, context: Partial<HttpContext> = {}) {
  const echoed: string[] = [];
  const standardOutput = {
    terminal: false,
    write: async (bytes: string) => void echoed.push(bytes),
    drain: async () => {},
    giveUp: () => {},
  };
  const output = createHttpOutput(
    { ...DEFAULTS, ...options },
    { json: false, standardOutput, env: {}, ...context },
  );
  onTestFinished(() => output.close());
  return { output, echoed };
}

interface Seen {
  readonly request: IncomingMessage;
  readonly body: string;
}

function recorder(seen: Seen[], status = 200, body = 'thanks') {
  return (request: IncomingMessage, response: import('node:http').ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ request, body: Buffer.concat(chunks).toString('latin1') });
      response.writeHead(status, { Location: '/other' }).end(body);
    });
  };
}

test.each([
  [
    'text',
    {},
    false,
    'POST /x?y=1 HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nUser-Agent: falcosecurity/falco\r\nAccept: */*\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nna\xc3\xafve one',
  ],
  [
    'JSON, compress_uploads, own agent',
    { compressUploads: true, userAgent: 'my/agent 1.0' },
    true,
    'POST /x?y=1 HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nUser-Agent: my/agent 1.0\r\nAccept: */*\r\nConnection: TE\r\nTE: gzip\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\nna\xc3\xafve one',
  ],
])('the request to the letter: %s', async (_, options, json, expected) => {
  let got = '';
  const server = createTcpServer((socket) => {
    socket.on('data', (data) => {
      got += data.toString('latin1');
      if (got.endsWith('one')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    });
  });
  const port = await listening(server);
  const { output } = outputFor({ url: `http://127.0.0.1:${port}/x?y=1`, ...options }, { json });
  await output.write([message('na\xc3\xafve one')]);
  expect(got.replace(String(port), 'PORT')).toBe(expected.replace('Content-Length: 9', 'Content-Length: 10'));
});

test('connections are used again; answers are echoed', async () => {
  const seen: Seen[] = [];
  let connections = 0;
  const server = createServer(recorder(seen, 202));
  server.on('connection', () => connections++);
  const port = await listening(server);
  const { output, echoed } = outputFor({ url: `"http://127.0.0.1:${port}/q"`, echo: true });
  await output.write(messages(3));
  expect(seen.map(({ request, body }) => `${request.url} ${body}`)).toEqual([
    '/q alert 0',
    '/q alert 1',
    '/q alert 2',
  ]);
  expect(connections).toBe(1);
  expect(echoed).toEqual(['thanks', 'thanks', 'thanks']);
});

test('a connection that the server closed in the meantime loses nothing', async () => {
  const seen: Seen[] = [];
  const server = createServer(recorder(seen));
  const port = await listening(server);
  const { output } = outputFor({ url: `127.0.0.1:${port}` });
  await output.write(messages(1));
  server.closeAllConnections();
  await output.write(messages(1));
  expect(seen).toHaveLength(2);
});

test('nobody listens: every alert is lost and said', async () => {
  const server = createTcpServer();
  const port = await listening(server);
  server.close();
  const { output } = outputFor({ url: `http://localhost:${port}` });
  const text = "libcurl failed to perform call: Couldn't connect to server";
  await expect(output.write(messages(2))).rejects.toMatchObject({
    message: text,
    failed: { reason: 'unreachable', again: true, undelivered: messages(2) },
  });
});

test('only time-outs are tried again, as often as allowed', async () => {
  let connections = 0;
  const port = await listening(createTcpServer(() => connections++));
  const { output } = outputFor(
    { url: `http://127.0.0.1:${port}`, maxConsecutiveTimeouts: 2 },
    { timeoutMs: 50 },
  );
  const text = 'libcurl failed to perform call: Timeout was reached';
  await expect(output.write(messages(1))).rejects.toMatchObject({
    message: text,
    failed: { reason: 'timeout', again: true, undelivered: messages(1) },
  });
  expect(connections).toBe(3);
});

test('a server that answers nothing or nonsense', async () => {
  const silent = await listening(createTcpServer((socket) => socket.once('data', () => socket.end())));
  const { output } = outputFor({ url: `http://127.0.0.1:${silent}` });
  await expect(output.write(messages(1))).rejects.toMatchObject({
    message: expect.stringContaining('Server returned nothing'),
  });
  const odd = await listening(
    createTcpServer((socket) => socket.once('data', () => socket.end('what?\r\n\r\n'))),
  );
  const other = outputFor({ url: `http://127.0.0.1:${odd}` });
  await expect(other.output.write(messages(1))).rejects.toMatchObject({
    message: expect.stringContaining('Weird server reply'),
  });
});

test.each([
  ['http://[', 'URL using bad/illegal format or missing URL'],
  ['ftp://127.0.0.1/', 'Unsupported protocol'],
])('a URL that is no good: %s', async (url, text) => {
  const { output } = outputFor({ url });
  await expect(output.write(messages(1))).rejects.toMatchObject({
    message: `libcurl failed to perform call: ${text}`,
  });
});

test('TLS: trusted certificates only, unless told otherwise; client certificates', async () => {
  const folder = temporaryFolder();
  const [own, client] = [makeCertificate(folder, 'server'), makeCertificate(folder, 'client')];
  const seen: Seen[] = [];
  const pem = readFileSync(own.pem);
  const settings = {
    cert: pem,
    key: pem,
    ca: readFileSync(client.cert),
    requestCert: true,
    rejectUnauthorized: false,
  };
  const server = createTlsServer(settings, recorder(seen));
  const port = await listening(server);
  const url = `https://localhost:${port}/s`;
  const untrusted = outputFor({ url }).output;
  const text = 'libcurl failed to perform call: SSL peer certificate or SSH remote key was not OK';
  await expect(untrusted.write(messages(1))).rejects.toMatchObject({ message: text });
  await outputFor({ url, insecure: true }).output.write(messages(1));
  await outputFor({ url, caBundle: own.cert }).output.write(messages(1));
  await outputFor({ url, caCert: own.cert, caBundle: '/no/such/file' }).output.write(messages(1));
  await outputFor({ url, caPath: folder }).output.write(messages(1));
  const mutual = { url, caCert: own.cert, mtls: true, clientCert: client.cert, clientKey: client.key };
  await outputFor(mutual).output.write(messages(1));
  const authorized = seen.map(({ request }) => (request.socket as import('node:tls').TLSSocket).authorized);
  expect(authorized).toEqual([false, false, false, false, true]);
  const noCa = outputFor({ url, caCert: '/no/such/file' }).output;
  await expect(noCa.write(messages(1))).rejects.toMatchObject({
    message: expect.stringContaining('SSL CA cert'),
  });
  const noClient = outputFor({ ...mutual, clientKey: '/no/such/file' }).output;
  await expect(noClient.write(messages(1))).rejects.toMatchObject({
    message: expect.stringContaining('local SSL certificate'),
  });
});

test('proxies: whole addresses for http, tunnels for https, and exceptions', async () => {
  const folder = temporaryFolder();
  const own = makeCertificate(folder, 'server');
  const seen: Seen[] = [];
  const pem = readFileSync(own.pem);
  const securePort = await listening(createTlsServer({ cert: pem, key: pem }, recorder(seen)));
  const proxied: string[] = [];
  const proxy = createServer(recorder(seen));
  proxy.on('connect', (request, socket) => {
    proxied.push(`${request.url} ${request.headers['proxy-authorization']}`);
    const onward = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
  });
  const port = await listening(proxy);
  const env = {
    http_proxy: `127.0.0.1:${port}`,
    HTTPS_PROXY: `http://u:p@127.0.0.1:${port}`,
    no_proxy: 'x.test, .direct.test',
  };
  await outputFor({ url: 'http://far.test/a?b' }, { env }).output.write(messages(1));
  expect(seen.at(-1)?.request.url).toBe('http://far.test/a?b');
  expect(seen.at(-1)?.request.headers.host).toBe('far.test');
  await outputFor({ url: `https://localhost:${securePort}/s`, caCert: own.cert }, { env }).output.write(
    messages(2),
  );
  expect(proxied).toEqual([`localhost:${securePort} Basic ${Buffer.from('u:p').toString('base64')}`]);
  expect(seen.slice(-2).map(({ request, body }) => `${request.url} ${body}`)).toEqual([
    '/s alert 0',
    '/s alert 1',
  ]);
  const refused = outputFor({ url: 'http://x.test:1/' }, { env }).output;
  await expect(refused.write(messages(1))).rejects.toMatchObject({
    message: expect.stringContaining('resolve host name'),
  });
});

test('a call that hangs can be given up', async () => {
  const port = await listening(createTcpServer());
  const { output } = outputFor({ url: `http://127.0.0.1:${port}` });
  setTimeout(() => output.abandon?.(), 100);
  await expect(output.write(messages(1))).rejects.toMatchObject({ failed: { undelivered: messages(1) } });
});
