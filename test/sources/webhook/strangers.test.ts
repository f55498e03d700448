// The web hook and those it does not know: connections that take places, secrets that are renewed.

import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DetailedPeerCertificate, TLSSocket } from 'node:tls';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { AUDIT_ENVELOPE } from '../../../src/plugins/audit-log.js';
import { parseWebhookUrl } from '../../../src/sources/webhook/address.js';
import { createRefusals } from '../../../src/sources/webhook/refusals.js';
import { serveWebhook, type WebhookOptions } from '../../../src/sources/webhook/webhook.js';
import { eventually } from '../../eventually.js';
import { makeCertificate } from '../../outputs/certificates.js';

const folder = mkdtempSync(join(tmpdir(), 'tsfalco-webhook-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

async function startHook(options: Partial<WebhookOptions>, scheme = 'http') {
  const port = await freePort();
  const log: string[] = [];
  const abort = new AbortController();
  const address = parseWebhookUrl(`${scheme}://127.0.0.1:${port}/`);
  const write = (_: string, text: string): void => void log.push(text);
  const refusals = createRefusals({ source: 's', path: '/', log: write });
  const kind = { maxBody: 2000, maxEventSize: 1000, envelope: AUDIT_ENVELOPE };
  const all = { ...kind, certificate: '', log: write, refusals, ...options };
  let bodies = 0;
  const done = (async () => {
    for await (const { payloads } of serveWebhook(address, all, abort.signal)) bodies += payloads.length;
  })();
  onTestFinished(async () => {
    abort.abort();
    await done;
  });
  await eventually(async () => {
    const socket = await open(port).catch(() => undefined);
    socket?.destroy();
    return socket !== undefined;
  });
  return { port, log, bodies: () => bodies };
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket)).on('error', reject);
  });
}

interface Reply {
  readonly status: number | undefined;
  readonly peer: DetailedPeerCertificate | undefined;
}

function post(port: number, agent: Agent | false, token = '', secure = false): Promise<Reply> {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
  const all = { host: '127.0.0.1', port, method: 'POST', agent, headers, rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    (secure ? httpsRequest : httpRequest)(all, (response) => {
      const { socket, statusCode: status } = response;
      const peer = socket instanceof TLSSocket ? socket.getPeerCertificate(true) : undefined;
      response.resume().on('end', () => resolve({ status, peer }));
    })
      .on('error', reject)
      .end('[]');
  });
}

it('closes the connection idle longest, known or not, so that new senders are let in', async () => {
  const { port, log, bodies } = await startHook({ maxConnections: 8 });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  expect((await post(port, agent)).status).toBe(200);

  const closed: number[] = [];
  for (let n = 0; n < 20; n++) {
    const socket = await open(port);
    socket.on('error', () => {}).on('close', () => closed.push(n));
    socket.write('POST / HTTP/1.1\r\nX-Slow: ');
    onTestFinished(() => void socket.destroy());
    if (n === 1) expect((await post(port, agent)).status).toBe(200);
  }
  await eventually(() => closed.length >= 16);
  expect(closed).toEqual(Array.from({ length: 16 }, (_, n) => n));
  expect((await post(port, agent)).status).toBe(200);
  expect((await post(port, false)).status).toBe(200);
  expect(bodies()).toBe(4);
  expect(log).toEqual([
    "refused: one connection of more than 4 from one address, the one idle longest, from 127.0.0.1; events are taken by POST at '/' and below",
  ]);
});

it('lets senders in whose address holds 512 connections that had a request accepted', async () => {
  const { port } = await startHook({});
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  const accept = async (): Promise<void> => {
    const socket = await open(port);
    sockets.push(socket.on('error', () => {}));
    socket.write(
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]',
    );
    await new Promise((resolve) => socket.once('data', resolve).once('close', resolve));
  };
  for (let n = 0; n < 16; n++) await Promise.all(Array.from({ length: 32 }, accept));
  for (let n = 0; n < 12; n++) expect((await post(port, false)).status).toBe(200);
});

it('takes small bodies while 8 bodies of the largest size are held back, and says which one had to go', async () => {
  const maxBody = 12 * 1024 * 1024;
  const { port, log, bodies } = await startHook({ maxBody });
  const held: Socket[] = [];
  onTestFinished(() => {
    for (const socket of held) socket.destroy();
  });
  const answered: string[] = [];
  for (let n = 0; n < 8; n++) {
    const socket = await open(port);
    held.push(socket.on('error', () => {}).on('data', (data) => answered.push(String(data))));
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${maxBody}\r\n\r\n`,
    );
    socket.write(Buffer.alloc(maxBody - 1, 0x20));
  }
  for (let n = 0; n < 10; n++) expect((await post(port, false)).status).toBe(200);
  expect(bodies()).toBe(10);
  await eventually(() => answered.length > 0);
  expect(answered[0]).toMatch(/^HTTP\/1\.1 503 /);
  expect(log[0]).toMatch(
    /^refused with 503: the body that was under way longest, since others needed its room, from /,
  );
}, 30_000);

it('lets senders in while hundreds of TLS handshakes go no further', async () => {
  const certificate = makeCertificate(folder, 'handshakes').pem;
  const { port, log } = await startHook({ certificate, maxConnections: 64 }, 'https');
  const held: Socket[] = [];
  onTestFinished(() => {
    for (const socket of held) socket.destroy();
  });
  for (let n = 0; n < 200; n++) {
    const socket = await open(port);
    held.push(socket.on('error', () => {}));
    socket.write('\x16\x03\x01');
  }
  for (let n = 0; n < 5; n++) expect((await post(port, false, '', true)).status).toBe(200);
  expect(log).toEqual([expect.stringMatching(/^refused: one connection of more than 32 from one address/)]);
});

it('says nothing of connections on which no byte ever came', async () => {
  const certificate = makeCertificate(folder, 'silent').pem;
  for (const scheme of ['http', 'https']) {
    const { port, log } = await startHook({ certificate }, scheme);
    for (let n = 0; n < 3; n++) (await open(port)).end();
    expect((await post(port, false, '', scheme === 'https')).status).toBe(200);
    expect(log).toEqual([]);
  }
});

it('follows a token that is renewed, and keeps the last one that was any good', async () => {
  const tokenFile = join(folder, 'token');
  const renew = (text: string): void => {
    writeFileSync(`${tokenFile}.next`, text);
    renameSync(`${tokenFile}.next`, tokenFile);
  };
  renew('one\n');
  const { port, log } = await startHook({ tokenFile, renewMs: 20 });
  const status = async (token: string) => (await post(port, false, token)).status;
  expect([await status('one'), await status('two')]).toEqual([200, 401]);
  renew('two\n');
  await eventually(async () => (await status('two')) === 200);
  expect(await status('one')).toBe(401);
  renew('\n');
  await eventually(() => log.length === 3);
  expect(await status('two')).toBe(200);
  expect(log).toEqual([
    "refused with 401: a request with another token, from 127.0.0.1; events are taken by POST at '/' and below",
    `read again: ${tokenFile}`,
    `no token in ${tokenFile}; what was read before stays in force`,
  ]);
});

it('follows a certificate that is renewed', async () => {
  const [first, second] = [makeCertificate(folder, 'first'), makeCertificate(folder, 'second')];
  const certificate = join(folder, 'falco.pem');
  copyFileSync(first.pem, certificate);
  const { port, log } = await startHook({ certificate, renewMs: 20 }, 'https');
  const fingerprint = async () => (await post(port, false, '', true)).peer?.fingerprint256;
  const before = await fingerprint();
  expect(before).toBeDefined();
  copyFileSync(second.cert, certificate);
  await eventually(() => log.length === 1);
  expect(log[0]).toMatch(/^cannot use certificate and key in .*; what was read before stays in force$/);
  expect(await fingerprint()).toBe(before);
  copyFileSync(second.pem, certificate);
  await eventually(() => log.length === 2);
  expect(log[1]).toBe(`read again: ${certificate}`);
  const after = await fingerprint();
  expect(after).toBeDefined();
  expect(after).not.toBe(before);
});
