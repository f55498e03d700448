import { describe, expect, it } from 'vitest';
import { inOrderOfNeed } from '../../../../src/engine/rules/lint/order.js';
import { fileOf, lintTexts, told } from './support.js';

const rule = (name: string, condition: string, more = ''): string =>
  `- rule: ${name}\n  desc: d\n  condition: ${condition}\n  output: "%ka.verb"\n  priority: NOTICE\n  source: k8s_audit\n${more}`;

interface Keys {
  readonly type?: string;
  readonly rules: string;
  readonly by?: string;
  readonly condition?: string;
}

const correlation = ({ type = 'event_count', rules, by = 'ka.user.name', condition = '{gte: 3}' }: Keys) =>
  `- correlation: C\n  desc: d\n  type: ${type}\n  rules: ${rules}\n  group-by: [${by}]\n  timespan: 10m\n${
    condition === '' ? '' : `  condition: ${condition}\n`
  }  output: "%corr.count"\n  priority: NOTICE\n  source: k8s_audit\n`;

const READ = rule('Read', 'ka.verb = get');
const lint = (text: string): readonly string[] => told(lintTexts(text));

describe('correlations', () => {
  it('have nothing said of them where all is well', () => {
    expect(lint(READ + correlation({ rules: '[Read]' }))).toEqual([]);
  });

  it('whose steps no event meets never give an alert', () => {
    const never = '{as: a, condition: ka.verb = get and ka.verb = list}';
    expect(lint(correlation({ rules: `[${never}]` }))).toEqual([
      "a.yaml:1:3 correlation-never correlation 'C' never gives an alert",
      "a.yaml:4:11 correlation-never no event meets step 'a'",
    ]);
    const one = correlation({ rules: `[Read, ${never}]` });
    expect(lint(READ + one)).toEqual(["a.yaml:10:17 correlation-never no event meets step 'a'"]);
    const ordered = correlation({ type: 'temporal_ordered', rules: `[Read, ${never}]`, condition: '' });
    expect(lint(READ + ordered)).toContain(
      "a.yaml:7:3 correlation-never correlation 'C' never gives an alert",
    );
  });

  it('cannot count to more values than there are', () => {
    const values = (field: string, by?: string): readonly string[] =>
      lint(
        READ +
          correlation({
            type: 'value_count',
            rules: '[Read]',
            condition: `{gte: 9, field: ${field}}`,
            ...(by !== undefined && { by }),
          }),
      );
    expect(values('ka.target.name', 'ka.target.name')).toEqual([
      'a.yaml:13:30 correlation-never ka.target.name is in group-by: a group has one value of it',
    ]);
    expect(values('ka.stage')).toEqual([
      'a.yaml:13:30 correlation-never ka.stage has 4 values, and the condition asks for 9',
    ]);
    expect(values('ka.req.pod.containers.image')).toEqual([
      'a.yaml:13:30 correlation-list ka.req.pod.containers.image is a list, which counts as one value as a whole',
    ]);
  });

  it('group by what the events of a step never have', () => {
    const text = correlation({
      rules: '[{as: a, condition: ka.verb = get and not ka.target.name exists}]',
      by: 'ka.target.name',
    });
    expect(lint(text)).toEqual([
      "a.yaml:5:14 correlation-group events of step 'a' never have ka.target.name: they are all in one group",
    ]);
  });

  it('have steps that are disabled, and rules only count for nothing', () => {
    const off = rule('Read', 'ka.verb = get', '  enabled: false\n');
    const silent = rule('Silent', 'ka.verb = patch', '  alert: false\n');
    expect(lint(off + silent + correlation({ rules: '[Read]' }))).toEqual([
      "a.yaml:8:3 uncounted-rule rule 'Silent' gives no alerts (alert: false), and no correlation counts it",
      "a.yaml:18:11 correlation-disabled-step step 'Read' is disabled, and meets nothing unless something enables it",
    ]);
    expect(lint(`${READ}${correlation({ rules: '[Read]' })}  alert: false\n`)).toEqual([
      "a.yaml:7:3 uncounted-rule correlation 'C' gives no alerts (alert: false), and no correlation counts it",
    ]);
  });

  it('that are wrong are all told of, each once', () => {
    const second = correlation({ rules: '[Raed]' }).replace('C', 'D');
    const third = correlation({ rules: '[C]' }).replace('correlation: C', 'correlation: E');
    const found = lint(READ + correlation({ rules: '[Red]' }) + second + third);
    expect(found.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      "a.yaml:10:11 LOAD_ERR_VALIDATE 'Red'",
      "a.yaml:20:11 LOAD_ERR_VALIDATE 'Raed'",
    ]);
  });

  it('stand behind what they count, whatever the order of files, and twice is once too often', () => {
    const files = [fileOf(correlation({ rules: '[{rule: Read, as: r}]' }), 'a'), fileOf(READ, 'b')];
    expect(inOrderOfNeed(files).map(({ name }) => name)).toEqual(['b', 'a']);
    const twice = correlation({ rules: '[Read]' });
    expect(lint(READ + twice + twice)[0]).toMatch(/^a.yaml:17:3 redefined-item correlation 'C' replaces/);
  });
});
