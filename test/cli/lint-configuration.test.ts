import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lint } from '../../src/cli/commands/lint.js';
import { runInProcess } from './in-process.js';

const folder = mkdtempSync(join(tmpdir(), 'tsfalco-lint-configuration-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function run(...argv: readonly string[]) {
  const running = runInProcess((host) => lint(argv, host), {});
  return { exit: await running.exit, out: running.out(), err: running.err() };
}

const good = file('good.yaml', 'json_output: true\nstdout_output: {enabled: true}\n');

describe('tsfalco lint falco.yaml', () => {
  it('has nothing to say of a good one', async () => {
    expect(await run(good)).toEqual({ exit: 0, out: 'nothing to say\n', err: '' });
  });

  it('names correlations that do not group by what events are shared out by', async () => {
    const config = file(
      'key.yaml',
      'json_output: true\ntsfalco: {correlation: {partition_key: [ka.cluster.name]}}\n',
    );
    const correlation = (name: string, by: string): string =>
      `- correlation: ${name}\n  desc: d\n  type: event_count\n  rules: [{as: got, condition: ka.verb = get}]\n  group-by: [${by}]\n  timespan: 10m\n  condition: {gte: 3}\n  output: "%corr.count"\n  priority: NOTICE\n  source: k8s_audit\n`;
    const rules = file(
      'key-rules.yaml',
      correlation('Part', 'ka.user.name') + correlation('Whole', 'ka.cluster.name, ka.user.name'),
    );
    const said =
      'group-by lacks ka.cluster.name, which events are shared out by (tsfalco.correlation.partition_key): each process counts its part [correlation-partition]';
    for (const args of [
      [config, rules],
      ['-c', config, rules],
    ]) {
      const { exit, out } = await run(...args);
      expect(exit).toBe(1);
      expect(out).toContain(`${rules}:1:3: warning: ${said}`);
      expect(out.match(/correlation-partition/g)).toHaveLength(1);
    }
    expect((await run(rules)).out).not.toContain('correlation-partition');
  });

  it('shows what has no effect, with its line, and ends with 1', async () => {
    const typo = file('typo.yaml', 'priority: info\njson_ouput: true\n');
    expect(await run(typo)).toMatchObject({
      exit: 1,
      out: `${typo}:2:1: warning: unknown key 'json_ouput' has no effect; did you mean 'json_output'? [setting-without-effect]
2 | json_ouput: true
    ^^^^^^^^^^
1 warning
`,
    });
  });

  it('shows places in the files that it includes', async () => {
    const more = file('more.yaml', 'webserver:\n  enable: true\n');
    const main = file('main.yaml', `config_files: [${more}]\njson_output: true\n`);
    const { exit, out } = await run(main);
    expect([exit, out.split('\n').slice(0, 2)]).toEqual([
      1,
      [
        `${more}:2:3: warning: unknown key 'webserver.enable' has no effect; did you mean 'enabled'? [setting-without-effect]`,
        '2 |   enable: true',
      ],
    ]);
  });

  it.each([
    ['json_output: true\nlog_level: loud\n', 1, 1, 'Unknown log level loud'],
    ['json_output: true\nstdout_output: true\n', 2, 16, 'operator[] call on a scalar'],
    ['json_output: [\n', 1, 1, undefined],
    [
      'plugins: [{name: k8saudit, library_path: libk8saudit.so, init_config: {maxEventSize: x}}]\n',
      1,
      1,
      "error in plugin k8saudit init config: In <root>[maxEventSize], Value type not permitted by 'type' constraint.",
    ],
  ])('shows what no run starts with: %j', async (content, line, column, text) => {
    const bad = file('bad.yaml', content);
    const { exit, out } = await run(bad);
    expect(exit).toBe(1);
    if (text === undefined) return;
    expect(out).toContain(`${bad}:${line}:${column}: error: `);
    expect(out).toContain(text);
    expect(out).toContain('[invalid-configuration]');
  });

  it('comes as JSON and SARIF too', async () => {
    const typo = file('typo2.yaml', 'json_ouput: true\n');
    expect(JSON.parse((await run('--format', 'json', typo)).out).findings).toEqual([
      expect.objectContaining({
        id: 'setting-without-effect',
        level: 'warning',
        file: typo,
        line: 1,
        length: 10,
      }),
    ]);
    const { runs } = JSON.parse((await run('--format', 'sarif', typo)).out);
    expect(runs[0].results[0].ruleId).toBe('setting-without-effect');
  });

  it('goes together with rules files', async () => {
    const rules = file('rules.yaml', '- macro: m\n  condition: ka.verb =\n');
    const { exit, out } = await run(rules, good);
    expect([exit, out.includes(good)]).toEqual([1, false]);
    expect(out).toContain(`${rules}:2:`);
  });
});

it('says what values of a Helm chart are, and reads the rules in them', async () => {
  const rules = 'customRules:\n  a.yaml: |-\n    - list: x\n      itms: [a]\n';
  expect(await run(file('values.yaml', rules))).toMatchObject({ exit: 1, err: '' });
  expect(await run(file('none.yaml', 'customRules: {}\n'))).toMatchObject({
    exit: 1,
    err: expect.stringContaining(
      'looks like values of a Helm chart: rules are texts in it (below customRules)',
    ),
  });
});
