// Starts moto's stand-in for AWS on loopback. A Python that has moto and boto3 is used; where there is none, one is made
// in .venv (which git ignores).

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const VENV = fileURLToPath(new URL('../../.venv', import.meta.url));
const LOCK = fileURLToPath(new URL('../../node_modules/.moto-lock', import.meta.url));
const WRITER = fileURLToPath(new URL('put-events.py', import.meta.url));
const PACKAGES = ['moto[server]==5.2.1', 'boto3==1.43.11'];

export interface Moto {
  readonly url: string;
  put(
    group: string,
    events: readonly { stream: string; timestamp: number; message: string }[],
  ): Promise<void>;
  stop(): Promise<void>;
}

export async function startMoto(): Promise<Moto> {
  const python = await findPython();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: plainEnv(),
  });
  let errors = '';
  server.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString('utf8')).slice(-2000);
  });
  await waitFor(url, server).catch((error: unknown) => {
    server.kill();
    throw new Error(`${String(error)}\n${errors}`);
  });
  return {
    url,
    async put(group, events) {
      const writing = run(python, [WRITER, group], { env: { ...plainEnv(), AWS_ENDPOINT_URL: url } });
      writing.child.stdin?.end(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
      await writing;
    },
    async stop() {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill();
      await gone;
    },
  };
}

/** Neither profiles nor proxies of who runs the test. */
export function plainEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^AWS_|_proxy$/i.test(name)),
  ) as NodeJS.ProcessEnv;
}

// Test files that run side by side must not make the environment at the same time.
export async function findPython(): Promise<string> {
  return (await pythonThatIsThere()) ?? alone(async () => (await pythonThatIsThere()) ?? makePython());
}

async function pythonThatIsThere(): Promise<string | undefined> {
  for (const python of [`${VENV}/bin/python`, 'python3']) {
    if (python.includes('/') && !existsSync(python)) continue;
    const has = await run(python, ['-c', 'import moto.server, boto3']).then(
      () => true,
      () => false,
    );
    if (has) return python;
  }
  return undefined;
}

async function alone<T>(task: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    const isOurs = await mkdir(LOCK).then(
      () => true,
      () => false,
    );
    // Whoever held it this long is gone.
    if (isOurs || tries > 2400) break;
    await sleep(250);
  }
  try {
    return await task();
  } finally {
    await rm(LOCK, { recursive: true, force: true });
  }
}

async function makePython(): Promise<string> {
  try {
    await run('python3', ['-m', 'venv', VENV]);
    await run(`${VENV}/bin/python`, ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
  } catch (error) {
    throw new Error(`this test needs Python 3 with ${PACKAGES.join(' and ')}; making .venv failed`, {
      cause: error,
    });
  }
  return `${VENV}/bin/python`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function waitFor(url: string, server: ChildProcess): Promise<void> {
  for (let i = 0; i < 900; i++) {
    if (server.exitCode !== null) throw new Error(`moto_server ended with code ${server.exitCode}`);
    const there = await fetch(url).then(
      () => true,
      () => false,
    );
    if (there) return;
    await sleep(100);
  }
  throw new Error('moto_server does not answer');
}
