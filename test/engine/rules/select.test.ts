import { describe, expect, it } from 'vitest';
import type { RuleSelection } from '../../../src/engine/rules/loader.js';
import { matchesWildcard, selectRules } from '../../../src/engine/rules/select.js';
import { load, rule } from './support.js';

const named = (name: string, more = ''): string =>
  rule('ka.verb = x', more).replace('rule: R', `rule: ${name}`);

const TEXT =
  named('A', '  enabled: false\n') +
  named('B', '  tags: [t]\n') +
  named('C') +
  named('D').replace('INFO', 'DEBUG');

function selected(...selections: readonly RuleSelection[]): string {
  const { rules } = load(TEXT, { minimumPriority: 6 });
  return selectRules(rules, selections)
    .map(({ info }) => info.name)
    .join(' ');
}

describe('selectRules', () => {
  it('runs enabled rules of sufficient priority, in order', () => {
    expect(selected()).toBe('B C');
  });

  it('moves rules that are enabled to the end', () => {
    expect(selected({ enable: true, rule: 'A' })).toBe('B C A');
    expect(selected({ enable: false, rule: 'B' }, { enable: true, rule: 'B' })).toBe('C B');
    expect(selected({ enable: true, rule: 'B' })).toBe('B C');
  });

  it('never enables what is below the minimum', () => {
    expect(selected({ enable: true, rule: '*' })).toBe('B C A');
    expect(selected({ enable: true, rule: 'D' })).toBe('B C');
  });

  it('knows tags without wildcards, and applies the name first', () => {
    expect(selected({ enable: false, tag: 't' })).toBe('C');
    expect(selected({ enable: false, tag: 't*' })).toBe('B C');
    expect(selected({ enable: false, rule: '*', tag: 't' })).toBe('');
  });
});

describe('matchesWildcard', () => {
  it.each([
    ['ab', 'ab', true],
    ['ab', 'abc', false],
    ['*', '', true],
    ['**', 'x', true],
    ['a*', 'abc', true],
    ['*c', 'abc', true],
    ['a*c', 'abc', true],
    ['a*b*c', 'aXbYc', true],
    ['a**c', 'abc', true],
    ['A*', 'abc', false],
    ['*ab', 'ab ab', false],
    ['*ab*', 'ab ab', true],
    ['a*a', 'a', false],
  ])('%j on %j: %j', (pattern, name, verdict) => {
    expect(matchesWildcard(pattern, name)).toBe(verdict);
  });
});
