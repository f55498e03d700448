import { describe, expect, it } from 'vitest';
import { fixFiles } from '../../../../src/authoring/fix.js';
import { fromBytes } from '../../../../src/bytes.js';
import { fixesOf } from '../../../../src/engine/rules/lint/fixes.js';
import { rule } from '../support.js';
import { fileOf, LINT, lintTexts, told } from './support.js';

const mended = (text: string): string =>
  fromBytes(fixFiles([fileOf(text)], LINT, (findings) => findings).files[0]!.content);

describe('--fix', () => {
  it.each([
    ['- list: a\n  items: [x]\n- list: a\n  items: [y]\n  append: true\n', '  override: {items: append}\n'],
    [
      `${rule('ka.uri exists')}- rule: R\n  enabled: false\n`,
      '  enabled: false\n  override: {enabled: replace}\n',
    ],
    [
      `${rule('ka.uri exists')}- {rule: R, enabled: false}\n`,
      'enabled: false, override: {enabled: replace}}',
    ],
    [rule('ka.uri exists').replace('priority: INFO', 'priority: WARN'), 'priority: WARNING'],
    [rule('ka.uri exists').replace('priority:', 'prioritiy:'), '  priority: INFO'],
    [rule('ka.uri exists AND ka.verb = get'), 'ka.uri exists and ka.verb = get'],
    [
      rule('ka.uri exists && ka.verb = get OR ka.verb = put'),
      'ka.uri exists and ka.verb = get or ka.verb = put',
    ],
    [rule('ka.verb in [get, list]'), 'ka.verb in (get, list)'],
    [rule('ka.uri exists').replace('  source: k8s_audit\n', ''), '  source: k8s_audit\n  condition:'],
  ])('mends %j', (text, wanted) => {
    expect(mended(text)).toContain(wanted);
    expect(told(lintTexts(mended(text)).filter(({ level }) => level !== 'note'))).toEqual([]);
  });

  it.each([
    ['what is only a guess', rule('ka.verb = gte')],
    [
      'an append that ignores keys',
      `${rule('ka.uri exists')}- rule: R\n  append: true\n  condition: and ka.verb = get\n  desc: new\n`,
    ],
    ['a key that is there under its right name', rule('ka.uri exists').replace('desc:', 'desk: x\n  desc:')],
  ])('leaves %s alone', (_what, text) => {
    expect(mended(text)).toBe(text);
  });

  it('mends rules in Helm values where they stand', () => {
    const values = `# ours\ncustomRules:\n  a.yaml: |-\n${rule('ka.uri exists AND ka.verb = get').replace(/^/gm, '    ')}\nother: 1\n`;
    expect(mended(values)).toBe(values.replace('AND', 'and'));
  });
});

it('fixesOf offers guesses, too', () => {
  const file = fileOf(rule('ka.verb = gte'));
  const fixes = fixesOf(lintTexts(rule('ka.verb = gte')), file.content);
  expect(fixes.map(({ title, safe }) => [title, safe])).toContainEqual(['write get', false]);
});
