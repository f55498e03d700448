// moto, which plays S3: from a Python of this folder's (.venv) or the machine's.

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const VENV = new URL('../.venv/bin/python', import.meta.url).pathname;

/** To be ended by `child.kill()`. */
export async function startMoto() {
  const port = await new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
  const url = `http://127.0.0.1:${port}`;
  for (const python of [VENV, 'python3']) {
    const args = ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)];
    const child = spawn(python, args, { stdio: 'ignore' });
    const over = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
    for (let ended = false; !ended; ) {
      ended = await Promise.race([over.then(() => true), sleep(200).then(() => false)]);
      if (!ended && (await fetch(url).then(Boolean, () => false))) return { url, child };
    }
  }
  throw new Error("no Python with moto: pip install 'moto[server]==5.2.1'");
}
