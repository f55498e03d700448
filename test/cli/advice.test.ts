// What has no effect is said before the run begins. Exit codes and standard output stay Falco's, unless --strict-config.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CliCase, runCase } from '../conformance/cli-case.js';

const RULE = `- rule: Secret read
  desc: d
  condition: ka.target.resource=secrets
  output: "%ka.user.name read %ka.target.name"
  priority: WARNING
  source: k8s_audit
  tags: [k8s]
`;
const CONFIG = `load_plugins: [k8saudit]
plugins:
  - {name: k8saudit, library_path: libk8saudit.so, open_params: events.jsonl}
stdout_output: {enabled: true}
engine: {kind: nodriver}
webserver: {enabled: false}
log_stderr: true
log_syslog: false
`;
const EVENT = readFileSync(new URL('../../examples/events.jsonl', import.meta.url), 'utf8').split(
  '\n',
  1,
)[0]!;

function run(argv: readonly string[], config: string, files: Readonly<Record<string, string>> = {}) {
  const all = { 'falco.yaml': config, 'rules.yaml': RULE, 'events.jsonl': `${EVENT}\n`, ...files };
  const given: CliCase = {
    id: 'x',
    area: 'x',
    why: 'x',
    files: all,
    argv: ['-c', 'falco.yaml', '--disable-source', 'syscall', ...argv],
    env: {},
    stdin: null,
    expect: { exit: 0, stdout: '', stderr: [], out_files: {} },
  };
  return runCase(given);
}

/** Lines of standard error without their time. */
const lines = (stderr: readonly string[]): readonly string[] =>
  stderr.map((line) => line.replace(/^\w+ \w+ \d+ [\d:]+ \d+: /, ''));

describe('a rules file that is left out', () => {
  it.each(['x.yaml.yaml', 'rules.txt', 'rules', 'rules.YAML', 'prod_rules.yaml-v2.yaml'])(
    '%s',
    async (name) => {
      const { exit, stderr } = await run(['-r', name], CONFIG, { [name]: RULE });
      expect(exit).toBe(0);
      expect(lines(stderr)).toContainEqual(expect.stringMatching(`^Rules file '${name}' is left out: `));
      expect(lines(stderr)).toContain(
        'No rule is enabled, so no event can raise an alert: no rules file was read',
      );
    },
  );

  it('is none where it counts', async () => {
    const { stderr } = await run(['-r', 'rules.yaml'], CONFIG);
    expect(stderr.join('\n')).not.toMatch(/left out|No rule/);
  });
});

describe('a run without rules', () => {
  it.each([
    [
      '[{disable: {rule: "*"}}]',
      RULE,
      'each of the 1 loaded rules is disabled or less severe than the priority',
    ],
    ['[]', '- list: l\n  items: [a]\n', 'the rules files hold no rule that could run'],
  ])('rules: %s', async (selection, rules, why) => {
    const { exit, stderr } = await run(['-r', 'rules.yaml'], `${CONFIG}rules: ${selection}\n`, {
      'rules.yaml': rules,
    });
    expect(exit).toBe(0);
    expect(lines(stderr)).toContain(`No rule is enabled, so no event can raise an alert: ${why}`);
  });
});

it('a selection that meets no rule', async () => {
  const selection =
    'rules:\n  - disable: {rule: Secret raed}\n  - enable: {tag: k8ss}\n  - enable: {rule: Secret*}\n';
  const { exit, stderr } = await run(['-r', 'rules.yaml'], CONFIG + selection);
  expect(exit).toBe(0);
  expect(lines(stderr).filter((line) => line.startsWith('falco.yaml:'))).toEqual([
    "falco.yaml:10:5: rules: disable has no effect, no rule is named 'Secret raed'; did you mean 'Secret read'?",
    "falco.yaml:11:5: rules: enable has no effect, no rule has the tag 'k8ss'; did you mean 'k8s'?",
  ]);
});

describe('a plugin that is configured twice, from falco.yaml and a file it includes', () => {
  const files = {
    'more.yaml': 'plugins:\n  - {name: k8saudit, library_path: libk8saudit.so, open_params: other.jsonl}\n',
  };
  const config = `config_files: [more.yaml]\n${CONFIG}`;
  const warning =
    'more.yaml:2:5: plugin k8saudit is configured twice; the first entry counts (plugins[0] in falco.yaml:4:5)';

  it('is warned of, and the first one counts', async () => {
    const { exit, stderr } = await run(['-r', 'rules.yaml'], config, files);
    expect([exit, lines(stderr).includes(warning)]).toEqual([0, true]);
  });

  it('keeps --strict-config from starting', async () => {
    const { exit, stdout, stderr } = await run(['-r', 'rules.yaml', '--strict-config'], config, files);
    expect([exit, stdout]).toEqual([1, '']);
    expect(lines(stderr).slice(-2)).toEqual([
      warning,
      'Error: With --strict-config the warning above is an error',
    ]);
  });
});

describe('with log_stderr: false', () => {
  const config = `${CONFIG.replace('log_stderr: true', 'log_stderr: false')}json_ouput: true\n`;
  const warning =
    "Warning: falco.yaml:9:1: unknown key 'json_ouput' has no effect; did you mean 'json_output'?";

  it.each([
    ['--dry-run', 0],
    ['--strict-config', 1],
  ])('%s shows what has no effect', async (option, code) => {
    const { exit, stderr } = await run(['-r', 'rules.yaml', option], config);
    expect([exit, stderr[0]]).toEqual([code, warning]);
  });

  it('a run whose standard error is no terminal stays as silent as Falco', async () => {
    expect(await run(['-r', 'rules.yaml'], config)).toMatchObject({ exit: 0, stderr: [] });
  });
});

it('a clean configuration starts with --strict-config', async () => {
  const { exit, stderr } = await run(['-r', 'rules.yaml', '--strict-config'], CONFIG);
  expect([exit, stderr.filter((line) => line.includes('Error'))]).toEqual([0, []]);
});

describe('an init_config whose types Falco guesses', () => {
  const config = (init: string): string =>
    CONFIG.replace('open_params:', `init_config: ${init}, open_params:`);

  it('is refused where the guess is wrong for the plugin', async () => {
    const { exit, stderr } = await run(['-r', 'rules.yaml', '--dry-run'], config('{sslCertificate: 5}'));
    expect(exit).toBe(1);
    expect(lines(stderr).at(-1)).toBe(
      "Runtime error: error in plugin k8saudit init config: In <root>[sslCertificate], Value type not permitted by 'type' constraint.. Exiting.",
    );
  });

  it('leaves the keys of our own as they are written', async () => {
    const { exit } = await run(['-r', 'rules.yaml', '--dry-run'], config('{cluster_name: 5}'));
    expect(exit).toBe(0);
  });
});

describe('a file that is no rules file', () => {
  const values = 'customRules:\n  a.yaml: |-\n    - list: x\n      items: [a]\n';

  it.each([
    ['-V', 'falco.yaml', 'falco.yaml looks like a configuration (falco.yaml): check it with '],
    ['-r', 'falco.yaml', 'falco.yaml looks like a configuration (falco.yaml): check it with '],
    [
      '-V',
      'values.yaml',
      'values.yaml looks like values of a Helm chart: rules are texts in it (customRules.a.yaml)',
    ],
  ])('%s %s is refused as in Falco, and standard error says what it is', async (option, name, text) => {
    const { exit, stderr, stdout } = await run([option, name], CONFIG, { 'values.yaml': values });
    expect(exit).toBe(1);
    expect(stderr.join('\n')).toContain('Rules content is not yaml array of objects');
    expect(stderr.join('\n')).toContain(text);
    expect(stdout).not.toContain('looks like');
  });
});

describe('a source that would not open is said by --dry-run', () => {
  const eks = CONFIG.replace('libk8saudit.so', 'libk8saudit-eks.so').replaceAll('k8saudit,', 'k8saudit-eks,');
  it.each([
    [CONFIG.replace('events.jsonl', 'http://127.0.0.1/x'), "the web hook's URL has no port"],
    [CONFIG.replace('events.jsonl', '"ftp://x"'), 'scheme "ftp" is not supported'],
    [
      eks
        .replace('[k8saudit]', '[k8saudit-eks]')
        .replace('open_params', 'init_config: {lateness: soon}, open_params'),
      'init_config of k8saudit-eks: lateness must be a number of at least 0, not soon',
    ],
  ])('%#', async (config, text) => {
    const { exit, stderr } = await run(['-r', 'rules.yaml', '--dry-run'], config);
    expect(exit).toBe(0);
    expect(lines(stderr)).toContain(`Event source 'k8s_audit' would not open: ${text}`);
    const strict = await run(['-r', 'rules.yaml', '--dry-run', '--strict-config'], config);
    expect(strict.exit).toBe(1);
  });
});

describe('what somebody else may have written', () => {
  it('moves no cursor and breaks no line', async () => {
    const { stderr } = await run(['-r', 'rules.yaml'], `${CONFIG}"a\\eb\\nc": 1\n`);
    expect(lines(stderr)).toContain("falco.yaml:9:1: unknown key 'a\\u001bb\\nc' has no effect");
  });

  it('is at most 50 lines', async () => {
    const keys = Array.from({ length: 60 }, (_, n) => `zzzzzz${n}: 1\n`).join('');
    const { stderr } = await run(['-r', 'rules.yaml'], CONFIG + keys);
    expect(lines(stderr).filter((line) => line.includes('has no effect'))).toHaveLength(50);
    expect(lines(stderr)).toContain(
      '10 more warnings of this kind; tsfalco lint shows those of a falco.yaml',
    );
  });
});
