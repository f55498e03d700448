// What a failed reload tells: its alert is read by tools, so it holds Falco's words and nothing else.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseOptions } from '../../src/cli/arguments/options.js';
import { loadAgain } from '../../src/cli/session/load-again.js';
import { temporaryFolder } from '../outputs/helpers.js';
import { hostFor } from './in-process.js';
import { silentLog } from './silent-log.js';

const CONFIG = `engine: {kind: nodriver}
plugins:
  - {name: k8saudit, library_path: libk8saudit.so}
stdout_output: {enabled: true}
`;

const rules = (condition: string): string =>
  `- rule: R\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: INFO\n  source: k8s_audit\n`;

function load(condition: string, more = '', ...options: readonly string[]) {
  const folder = temporaryFolder();
  const [config, file] = [join(folder, 'falco.yaml'), join(folder, 'rules.yaml')];
  writeFileSync(config, CONFIG + more);
  writeFileSync(file, rules(condition));
  const parsed = parseOptions(['-c', config, '-r', file, ...options], () => true);
  if (!parsed.ok) throw new Error(parsed.error);
  return loadAgain(parsed.options, hostFor({}), silentLog());
}

it('holds no more than Falco says', async () => {
  const outcome = load('ka.nope = x');
  expect(await outcome).toEqual({
    ok: false,
    error: expect.stringMatching(/filter_check called with nonexistent field ka\.nope\n$/),
  });
});

it('is none where the rules load', async () => {
  expect(await load('ka.verb = get')).toMatchObject({ ok: true });
});

it('with --strict-config is none where the configuration says something in vain', async () => {
  const typo = 'json_ouput: true\n';
  expect(await load('ka.verb = get', typo)).toMatchObject({ ok: true });
  expect(await load('ka.verb = get', typo, '--strict-config')).toEqual({
    ok: false,
    error: 'With --strict-config the warning above is an error',
  });
});
