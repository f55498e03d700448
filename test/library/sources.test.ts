import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadRules } from '../../src/library/rules.js';
import { openSource, watch } from '../../src/library/sources.js';
import type { Source } from '../../src/sources/source.js';

const folder = mkdtempSync(join(tmpdir(), 'tsfalco-library-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { ruleset } = loadRules(`
- rule: Get
  desc: d
  condition: ka.verb = get
  output: "%ka.user.name"
  priority: INFO
  source: k8s_audit
`);
const line = (user: string): string =>
  JSON.stringify({
    kind: 'Event',
    auditID: 'x',
    stageTimestamp: '2024-05-01T12:00:00Z',
    verb: 'get',
    user: { username: user },
  });

describe('openSource and watch', () => {
  it('give the alerts of a file', async () => {
    const path = join(folder, 'evénts.jsonl');
    writeFileSync(path, `${line('ä')}\nnonsense\n${line('b')}\n`);
    const faults: string[] = [];
    const users: string[] = [];
    for await (const { message } of watch(await openSource(path), ruleset!, {
      onFault: (fault) => faults.push(fault),
    })) {
      users.push(message);
    }
    expect(users).toEqual(['ä', 'b']);
    expect(faults).toEqual([expect.stringContaining('cannot parse JSON')]);
  });

  it('say that there is no such file', async () => {
    await expect(openSource('/no/such/é')).rejects.toThrow('stat /no/such/');
  });

  it('commit a batch when what comes behind it is asked for', async () => {
    const commits: unknown[] = [];
    const source: Source = {
      name: 'k8s_audit',
      plugin: 'own',
      maxEventSize: 1000,
      async *batches() {
        yield { payloads: [line('a'), line('b')], position: 1 };
        yield { payloads: [line('c')], position: 2 };
      },
      commit: (position) => {
        commits.push(position);
      },
    };
    const seen: unknown[] = [];
    for await (const { message } of watch(source, ruleset!)) seen.push([message, [...commits]]);
    expect(seen).toEqual([
      ['a', []],
      ['b', []],
      ['c', [1]],
    ]);
    expect(commits).toEqual([1, 2]);
  });

  it('end on the abort', async () => {
    const abort = new AbortController();
    const hook = await openSource('http://127.0.0.1:0/', {});
    const watching = (async () => {
      for await (const alert of watch(hook, ruleset!, { signal: abort.signal }))
        throw new Error(alert.message);
    })();
    setTimeout(() => abort.abort(), 20);
    await watching;
  });
});
