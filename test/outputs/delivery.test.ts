// Outputs with trouble at their far end: what is delivered, in which order, and what is said of the rest. The receiver is
// a real one on loopback that misbehaves by a script.

import { readFileSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createOutputs } from '../../src/outputs/create.js';
import type { HttpSettings, OutputsSettings } from '../../src/outputs/settings.js';
import { keptLog, keptLosses, messages, temporaryFolder, until } from './helpers.js';
import { startReceiver, type Trouble } from './receiver.js';

const HTTP: HttpSettings = {
  url: '',
  userAgent: 'test',
  insecure: false,
  caCert: '',
  caBundle: '',
  caPath: '/etc/ssl/certs',
  mtls: false,
  clientCert: '',
  clientKey: '',
  echo: false,
  compressUploads: false,
  keepAlive: false,
  maxConsecutiveTimeouts: 5,
};
const NOTHING: OutputsSettings = {
  buffered: false,
  timeoutMs: 2000,
  capacity: 0,
  stdout: false,
  syslog: false,
};

/** @param file with it, in place of the receiver */
async function outputsFor(
  port: number,
  settings: Partial<HttpSettings> & { live?: boolean } = {},
  file?: OutputsSettings['file'],
) {
  const { live = true, ...http } = settings;
  const { lines, log } = keptLog();
  const written: string[] = [];
  const standardOutput = {
    terminal: false,
    write: async (bytes: string) => void written.push(...bytes.trimEnd().split('\n')),
    drain: async () => {},
    giveUp: () => {},
  };
  const losses = keptLosses(log);
  const receiver = { ...HTTP, url: `http://127.0.0.1:${port}/`, ...http };
  const options = {
    ...NOTHING,
    stdout: true,
    json: false,
    ...(file === undefined ? { http: receiver } : { file }),
  };
  const context = { standardOutput, log, losses, env: {}, live };
  return { queue: await createOutputs(options, context), written, lines, losses, options, context };
}

const texts = (count: number): string[] => messages(count).map(({ line }) => line);
const status =
  (code: number, headers = {}): Trouble =>
  (response) =>
    void response.writeHead(code, headers).end();
const reset: Trouble = (response) => void response.destroy();

test('a receiver with every kind of trouble gets all alerts, once each and in order', async () => {
  const { port, got, script } = await startReceiver();
  script.push(status(503), reset, status(429, { 'Retry-After': '0' }), status(500), status(502));
  const { queue, written, lines } = await outputsFor(port);
  await queue.write(messages(20));
  expect(await queue.flush()).toBe(true);
  await queue.close();
  expect(got).toEqual(texts(20));
  expect(written).toEqual(texts(20));
  expect(lines[0]).toBe(
    'warning http: trying again for 300 s at most: http: the receiver answered 503 Service Unavailable',
  );
  expect(lines.at(-1)).toMatch(/^notice http: delivers again, after [\d.]+ s$/);
  expect(lines.filter((line) => line.includes('lost'))).toEqual([]);
});

test('a receiver that restarts five times gets all alerts in order, and the other outputs do not wait for it', async () => {
  const { port, got, start, stop } = await startReceiver();
  const { queue, written } = await outputsFor(port);
  const all = messages(500);
  for (let round = 0; round < 5; round++) {
    await stop();
    await queue.write(all.slice(round * 100, round * 100 + 100));
    await until(() => written.length === round * 100 + 100);
    expect(got).toHaveLength(round * 100);
    await start();
    await queue.flush();
  }
  await queue.close();
  expect(got).toEqual(texts(500));
});

test('Retry-After is honoured', async () => {
  const { port, got, script } = await startReceiver();
  let asked = 0;
  script.push((response) => {
    asked = performance.now();
    status(429, { 'Retry-After': '1' })(response);
  });
  const { queue } = await outputsFor(port);
  await queue.write(messages(1));
  await queue.flush();
  expect(performance.now() - asked).toBeGreaterThan(990);
  expect(got).toEqual(texts(1));
  await queue.close();
});

test('a receiver that stays away: what is lost is counted, named, and no longer waited for', async () => {
  const { port, stop, start, got } = await startReceiver();
  await stop();
  const { queue, lines, losses } = await outputsFor(port, { maxRetrySeconds: 1 });
  await queue.write(messages(3));
  // Lost is reported: the source goes on.
  expect(await queue.flush()).toBe(true);
  const lost = 'error libcurl failed to perform call: Couldn\'t connect to server (alert lost: "Rule")';
  expect(lines.slice(1)).toEqual([
    'error http: no success within 1 s; alerts that fail are lost from now on',
    ...Array(3).fill(lost),
  ]);
  await queue.write(messages(2));
  await queue.flush();
  expect(losses.counts()).toEqual([{ output: 'http', reason: 'unreachable', count: 5 }]);
  await start();
  await queue.write(messages(1, 'late'));
  await queue.close();
  expect(got).toEqual(['late 0']);
  expect(lines.at(-1)).toMatch(/^notice http: delivers again/);
});

test('max_retry_seconds: 0 is as Falco: one try', async () => {
  const { port, script, got } = await startReceiver();
  script.push(status(503));
  const { queue, losses, lines } = await outputsFor(port, { maxRetrySeconds: 0 });
  await queue.write(messages(2));
  await queue.close();
  expect(got).toEqual(['alert 1']);
  expect(losses.counts()).toEqual([{ output: 'http', reason: 'status', count: 1 }]);
  expect(lines).toEqual(['error http: the receiver answered 503 Service Unavailable (alert lost: "Rule")']);
});

test('an alert that the receiver does not want is lost alone', async () => {
  const { port, script, got } = await startReceiver();
  script.push(status(200), status(413));
  const { queue, lines } = await outputsFor(port);
  await queue.write(messages(4));
  await queue.close();
  expect(got).toEqual(['alert 2', 'alert 3']);
  expect(lines).toEqual(['error http: the receiver answered 413 Payload Too Large (alert lost: "Rule")']);
});

test('a run over a file ends with it: statuses are taken as they are, as in Falco', async () => {
  const { port, script, got } = await startReceiver();
  script.push(status(500));
  const { queue, lines } = await outputsFor(port, { live: false });
  await queue.write(messages(2));
  await queue.close();
  expect(got).toEqual(['alert 1']);
  expect(lines).toEqual(['error http: the receiver answered 500 Internal Server Error (alert lost: "Rule")']);
});

test('a run over a file waits for a receiver that is being started', async () => {
  const { port, stop, start, got } = await startReceiver();
  await stop();
  const { queue, lines } = await outputsFor(port, { live: false });
  await queue.write(messages(2));
  const closed = queue.close();
  await until(() => lines.length > 0);
  await start();
  await closed;
  expect(got).toEqual(texts(2));
});

test('too many alerts that wait make the source wait', async () => {
  const { port, stop, start, got } = await startReceiver();
  await stop();
  const { queue, lines } = await outputsFor(port);
  let accepted = 0;
  const writing = (async () => {
    for (let n = 0; n < 60; n++) {
      await queue.write(messages(1, 'x'.repeat(1024 * 1024)));
      accepted++;
    }
  })();
  await until(() => lines.length > 0);
  for (let n = 0; n < 50; n++) await new Promise((resolve) => setImmediate(resolve));
  expect(accepted).toBeLessThan(40);
  await start();
  await writing;
  await queue.close();
  expect(got).toHaveLength(60);
});

test('a stop during an outage ends it, and says what was not delivered', async () => {
  const { port, stop } = await startReceiver();
  await stop();
  const { queue, lines, losses } = await outputsFor(port);
  await queue.write(messages(3));
  const flushed = queue.flush();
  await until(() => lines.length > 0);
  queue.hurry(50);
  // The source does not commit: the alerts come again with the next run.
  expect(await flushed).toBe(false);
  await queue.close();
  expect(losses.counts()).toEqual([{ output: 'http', reason: 'stopped', count: 3 }]);
  expect(lines.at(-1)).toBe(
    'error http: not delivered before the end of the run: it was still being tried (alert lost: "Rule")',
  );
});

test('a reload during an outage hands on what waits, also to another receiver', async () => {
  const [before, after] = [await startReceiver(), await startReceiver()];
  await before.stop();
  const { queue, lines, options, context } = await outputsFor(before.port);
  await queue.write(messages(3));
  await until(() => lines.length > 0);
  const left = await queue.handOver();
  const url = `http://127.0.0.1:${after.port}/`;
  const next = await createOutputs({ ...options, http: { ...HTTP, url } }, { ...context, left });
  await next.write(messages(1, 'new'));
  await next.close();
  expect(after.got).toEqual([...texts(3), 'new 0']);
  expect(lines.filter((line) => line.includes('lost'))).toEqual([]);
});

test('a reload that switches the output off says what it had still to deliver', async () => {
  const { port, stop } = await startReceiver();
  await stop();
  const { queue, lines, context } = await outputsFor(port);
  await queue.write(messages(1));
  await until(() => lines.length > 0);
  const left = await queue.handOver();
  await (await createOutputs({ ...NOTHING, stdout: true, json: false }, { ...context, left })).close();
  expect(lines.at(-1)).toBe('error http: switched off before it could deliver (alert lost: "Rule")');
});

test('a full disk that is cleared loses nothing, and the other outputs do not wait for it', async () => {
  const path = join(temporaryFolder(), 'alerts');
  symlinkSync('/dev/full', path);
  const { queue, written, lines } = await outputsFor(0, {}, { filename: path, keepAlive: false });
  await queue.write(messages(3));
  await until(() => written.length === 3 && lines.length > 0);
  expect(lines).toEqual([
    'warning file: trying again for 300 s at most: file: ENOSPC: no space left on device, write',
  ]);
  unlinkSync(path);
  await queue.write(messages(1, 'more'));
  expect(await queue.flush()).toBe(true);
  await queue.close();
  expect(readFileSync(path, 'utf8')).toBe('alert 0\nalert 1\nalert 2\nmore 0\n');
});

test('a full disk at the end of a file is said, with the alerts that are lost', async () => {
  const file = { filename: '/dev/full', keepAlive: true };
  const { queue, lines, losses } = await outputsFor(0, { live: false }, file);
  await queue.write(messages(2));
  await queue.close();
  expect(lines).toEqual(
    Array(2).fill('error file: ENOSPC: no space left on device, write (alert lost: "Rule")'),
  );
  expect(losses.counts()).toEqual([{ output: 'file', reason: 'disk_full', count: 2 }]);
});
