// Pub/Sub: Google's own test server (a program in Go, built here), behind a wire that can be cut.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gkeEntry } from './events.mjs';
import { startWire } from './proxy.mjs';

const SOURCE = join(import.meta.dirname, 'pubsub');

export async function startPubsub({ root }) {
  const program = join(root, '.bench/pubsub-fake');
  if (!existsSync(program))
    execFileSync('go', ['build', '-o', program, '.'], { cwd: SOURCE, stdio: 'inherit' });
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(JSON.parse(line)));
  const answer = () => new Promise((resolve) => waiting.push(resolve));
  const tell = (command) => child.stdin.write(`${JSON.stringify(command)}\n`);
  const { addr } = await answer();
  const wire = await startWire(Number(addr.split(':').at(-1)));
  return {
    name: 'k8saudit-gke',
    source: 'k8s_audit',
    id: 'ka.auditid',
    open_params: 'sub',
    init_config: { project_id: 'proj' },
    env: { PUBSUB_EMULATOR_HOST: `127.0.0.1:${wire.port}` },
    secrets: [],
    async put(ids) {
      tell({ publish: ids.map(gkeEntry) });
    },
    async poison() {
      tell({ publish: ['no JSON', '[]', '{"protoPayload":{}}'] });
    },
    async left() {
      tell({ left: true });
      return (await answer()).left;
    },
    troubles: {
      resets: () => wire.cut(),
      'acknowledgements refused (RESOURCE_EXHAUSTED)': () => tell({ refuse: 20 }),
    },
    stop() {
      wire.stop();
      child.kill('SIGKILL');
    },
  };
}
