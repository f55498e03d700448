// The library inside somebody's bundle, as in a Lambda function: one file, ESM or CJS, in a folder with nothing beside it.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtCommand } from '../build.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const { NODE_UNDER_TEST: NODE = process.execPath, TSFALCO_UNDER_TEST: HOME = ROOT } = process.env;

const programFor = (name: string): string => `
import { loadRules } from '${name}';
const { ruleset, report } = loadRules(\`
- rule: By mallory
  desc: d
  condition: ka.user.name regex "mal+ory"
  output: Seen (%ka.user.name)
  priority: WARNING
  source: k8s_audit
\`);
if (ruleset === undefined) throw new Error(report);
const event = { kind: 'Event', auditID: 'a', user: { username: 'mallory' }, stageTimestamp: '2024-05-01T12:00:00Z' };
console.log(ruleset.evaluate(JSON.stringify(event)).alerts.map(({ message }) => message).join());
`;

const EKS = `
import { openEksSource } from 'tsfalco/cloudwatch';
console.log(typeof openEksSource);
`;

let folder = '';
beforeAll(() => {
  builtCommand();
  folder = mkdtempSync(join(tmpdir(), 'tsfalco-bundles-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function bundled(
  program: string,
  format: 'esm' | 'cjs',
  platform: 'node' | 'browser' = 'node',
): Promise<string> {
  const file = join(folder, `bundle.${format === 'esm' ? 'mjs' : 'cjs'}`);
  const result = await build({
    stdin: { contents: program, resolveDir: HOME },
    nodePaths: [join(ROOT, 'node_modules')],
    // Not this project's paths, which lead to the sources.
    tsconfigRaw: '{}',
    bundle: true,
    platform,
    target: 'es2022',
    format,
    outfile: file,
    logLevel: 'silent',
  });
  expect(result.warnings).toEqual([]);
  return execFileSync(NODE, [file], { cwd: folder, encoding: 'utf8' });
}

test.each(['esm', 'cjs'] as const)('a rule with `regex` works from a bundle in %s', async (format) => {
  expect(await bundled(programFor('tsfalco'), format)).toBe('Seen (mallory)\n');
});

// As for a browser: whatever of Node's is left in it, esbuild does not find.
test.each(['esm', 'cjs'] as const)(
  'tsfalco/core works from a bundle in %s for any runtime',
  async (format) => {
    expect(await bundled(programFor('tsfalco/core'), format, 'browser')).toBe('Seen (mallory)\n');
  },
);

// The SDK's packages call require(), for which an ESM bundle needs a line of its own: not ours to try.
test('the CloudWatch source works from a bundle in cjs', async () => {
  expect(await bundled(EKS, 'cjs')).toBe('function\n');
});

test.each([
  ['as it is', []],
  ['with its compiled code', ['--compile']],
])('the Lambda function of scripts/lambda.mjs runs from its folder alone, and alerts: %s', (_, options) => {
  const out = join(folder, `lambda${options.length}`);
  execFileSync(NODE, [join(ROOT, 'scripts/lambda.mjs'), out, ...options], { encoding: 'utf8' });
  const attack = {
    kind: 'Event',
    auditID: 'a',
    stage: 'ResponseComplete',
    verb: 'create',
    user: { username: 'eve' },
    objectRef: { resource: 'clusterrolebindings', name: 'b', apiGroup: 'rbac.authorization.k8s.io' },
    requestObject: { roleRef: { name: 'cluster-admin' }, subjects: [{ kind: 'User', name: 'eve' }] },
    responseStatus: { code: 201 },
    stageTimestamp: '2024-05-01T12:00:00Z',
  };
  const message = {
    messageType: 'DATA_MESSAGE',
    logGroup: '/aws/eks/c/cluster',
    logStream: 'kube-apiserver-audit-1',
    logEvents: [{ id: '1', timestamp: 1, message: JSON.stringify(attack) }],
  };
  const data = gzipSync(JSON.stringify(message)).toString('base64');
  const program = `const { handler } = await import('./lambda.cjs'); await handler({ awslogs: { data: '${data}' } });`;
  const printed = execFileSync(NODE, ['--input-type=module', '--eval', program], {
    cwd: out,
    encoding: 'utf8',
  });
  expect(JSON.parse(printed.split('\n')[0]!)).toMatchObject({ source: 'k8s_audit', priority: 'Warning' });
});
