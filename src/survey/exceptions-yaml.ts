// Exceptions that a log suggests → a rules file that adds them to the rules, and a suite that tests it.

import { type ByteString, fromBytes } from '../bytes.js';
import type { NoiseException, RuleNoise } from './rule-stats.js';

type Suggested = Pick<RuleNoise, 'rule' | 'count'> & { readonly exception: NoiseException };

export const suggestions = (rows: readonly RuleNoise[]): readonly Suggested[] =>
  rows.flatMap(({ rule, count, exception }) => (exception === undefined ? [] : [{ rule, count, exception }]));

/** Name of the exceptions; rules that have one of that name keep it. */
const NAME = 'seen in my log';

/** Items that add an exception to each rule. */
export function exceptionsYaml(suggested: readonly Suggested[]): ByteString {
  return suggested
    .map(({ rule, count, exception: { fields, values, count: silenced } }) =>
      [
        `# ${silenced} of its ${count} alerts in this log. Is this what they should do?`,
        `- rule: ${JSON.stringify(rule.info.name)}`,
        '  exceptions:',
        `    - name: ${NAME}`,
        `      fields: [${fields.join(', ')}]`,
        `      comps: [${fields.map(() => '=').join(', ')}]`,
        '      values:',
        `        - [${values.map((value) => JSON.stringify(value)).join(', ')}]`,
        '  override:',
        '    exceptions: append',
        '',
      ].join('\n'),
    )
    .join('\n');
}

/**
 * A suite for `tsfalco test`: each exception silences its event, and not the same by somebody else.
 * @param rules paths of the rules files, the exceptions' last
 * @param stillMatches whether a rule matches an event
 */
export function exceptionsSuite(
  suggested: readonly Suggested[],
  rules: readonly string[],
  stillMatches: (rule: Suggested['rule'], event: ByteString) => boolean,
): string {
  const tests = suggested.flatMap((each) => testsOf(each, stillMatches));
  return [
    '# Run with: tsfalco test',
    `rules: [${rules.map((path) => JSON.stringify(path)).join(', ')}]`,
    'tests:',
    ...tests,
    '',
  ].join('\n');
}

const SOMEBODY = 'somebody-else@example.com';

function testsOf(
  { rule, exception: { sample } }: Suggested,
  stillMatches: (rule: Suggested['rule'], event: ByteString) => boolean,
): readonly string[] {
  const name = fromBytes(rule.info.name);
  const event = fromBytes(sample);
  const test = (title: string, text: string, verdict: string): string =>
    [
      `  - test: ${JSON.stringify(title)}`,
      `    text: ${JSON.stringify(text)}`,
      `    ${verdict}: [${JSON.stringify(name)}]`,
    ].join('\n');
  const silent = test(`${name}: silent for what my log is full of`, event, 'excludes');
  const other = withUser(event);
  // Some rules are about certain users: nobody else meets them anyway.
  if (other === undefined || !stillMatches(rule, other)) return [silent];
  return [silent, test(`${name}: still there for somebody else`, other, 'includes')];
}

function withUser(event: string): string | undefined {
  const parsed = JSON.parse(event) as { readonly user?: object };
  return parsed.user === undefined
    ? undefined
    : JSON.stringify({ ...parsed, user: { ...parsed.user, username: SOMEBODY } });
}
