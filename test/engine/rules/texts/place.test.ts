import { describe, expect, it } from 'vitest';
import { beforeEdits } from '../../../../src/engine/rules/texts/place.js';
import { diagnostics, load, pointed, rule } from '../support.js';

/** Where the first diagnostic points, and what it suggests. */
function first(texts: string | readonly string[]): { at: string; suggestion: string | undefined } {
  const outcome = load(texts);
  const [diagnostic] = diagnostics(outcome);
  return { at: pointed(outcome, diagnostic!), suggestion: diagnostic!.suggestion };
}

describe('places inside conditions', () => {
  it.each([
    ['plain', rule('ka.verb = get and ka.user.nmae = x'), '3:32 ka.user.nmae'],
    ['quoted', rule('"ka.verb = get and\\tka.user.nmae = x"'), '3:34 ka.user.nmae'],
    ['folded', rule('>\n    ka.verb = get\n    and ka.user.nmae = x'), '5:9 ka.user.nmae'],
    ['literal', rule('|\n      ka.verb = get\n        and\n      ka.user.nmae = x'), '6:7 ka.user.nmae'],
    ['over lines', rule('ka.verb = get\n    and ka.user.nmae = x'), '4:9 ka.user.nmae'],
  ])('%s', (_style, text, at) => {
    expect(first(text)).toEqual({ at, suggestion: 'ka.user.name' });
  });

  it('points at the word that a parser stops at', () => {
    expect(first(rule('>\n    ka.verb = get\n    and and')).at).toBe('5:9 and');
    expect(first(rule('ka.verb in (a b)')).at).toBe('3:28 b');
  });

  it('points at the value that is wrong, not at the check', () => {
    expect(first(rule('ka.verb = get and evt.num = 0x1')).at).toBe('3:42 0x1');
    expect(first(rule('ka.verb regex "[a"')).at).toBe('3:28 "[a"');
  });

  it('points at the field inside a transformer', () => {
    expect(first(rule('tolower(ka.vreb) = x'))).toEqual({ at: '3:22 ka.vreb', suggestion: 'ka.verb' });
  });

  it('points into the macro that a check came from', () => {
    const text = `- macro: m\n  condition: >\n    ka.verb = get and\n    ka.nope = x\n${rule('ka.verb exists and m')}`;
    expect(first(text).at).toBe('4:5 ka.nope');
  });

  it('points at an undefined macro and names the one that was meant', () => {
    const text = `- macro: is_pod\n  condition: ka.verb = get\n${rule('ka.verb exists and is_pdo')}`;
    expect(first(text)).toEqual({ at: '5:33 is_pdo', suggestion: 'is_pod' });
  });

  it('points at the name of a list whose items are the trouble', () => {
    const text = `- list: l\n  items: [a, b]\n${rule('ka.verb exists and ka.verb = l and ka.verb exists')}`;
    expect(first(text).at).toBe('5:43 l');
  });

  it('points behind a list as well as before it', () => {
    const text = `- list: l\n  items: [a, b, c, d, e, f]\n${rule('ka.verb in ( l ) and ka.nope = 1')}`;
    expect(first(text).at).toBe('5:35 ka.nope');
  });

  it('points into the item that appended the text, in whichever file', () => {
    const append = '- rule: R\n  condition: and ka.nope = x\n  override: {condition: append}\n';
    const outcome = load([rule('ka.verb = get'), append]);
    expect(diagnostics(outcome)[0]!.place).toMatchObject({ file: 'b.yaml', line: 2, column: 18 });
  });

  it('points into exceptions', () => {
    const exceptions =
      '  exceptions:\n  - name: e\n    fields: [ka.verb]\n    comps: [=]\n    values:\n    - [(a)]\n';
    expect(first(rule('ka.verb exists', exceptions)).at).toBe('12:8 (a)');
  });

  it('counts bytes, and those of a byte order mark', () => {
    const outcome = load(`\ufeff${rule('ka.user.name = é and ka.nope = x')}`);
    const { place } = diagnostics(outcome)[0]!;
    expect(place).toMatchObject({ line: 3, column: 36, length: 7 });
    expect(outcome.results[0]!.contents.get('a.yaml')!.slice(place.offset, place.offset + 7)).toBe('ka.nope');
  });
});

describe('other places', () => {
  it('points at the field of an output', () => {
    const text = rule('ka.verb = get').replace('output: o', 'output: ok %ka.verb not %ka.vreb');
    expect(first(text)).toEqual({ at: '4:27 %ka.vreb', suggestion: 'ka.verb' });
  });

  it('points at unknown keys and items', () => {
    expect(first(rule('ka.verb = get', '  tag: [a]\n'))).toEqual({ at: '7:3 tag', suggestion: 'tags' });
    expect(first('- rules: R\n')).toEqual({ at: '1:3 rules', suggestion: 'rule' });
  });

  it('points at values', () => {
    expect(first(rule('ka.verb = get', '  enabled: maybe\n')).at).toBe('7:12 maybe');
    expect(first('- list: l\n  items:\n  - a\n  - [b]\n').at).toBe('4:5 [');
  });

  const change = (override: string): string =>
    `${rule('ka.verb = get')}- rule: R\n  condition: and x\n  override:\n    ${override}\n`;
  const exception = (rest: string): string =>
    rule('ka.verb = get', `  exceptions:\n  - name: e\n    ${rest}\n`);

  it.each([
    ['a mistyped key', rule('ka.verb = get').replace('desc:', 'decs:'), '2:3 decs', 'desc'],
    ['a priority of other engines', rule('ka.verb = get').replace('INFO', 'warn'), '5:13 warn', 'WARNING'],
    ['a mistyped priority', rule('ka.verb = get').replace('INFO', 'NOTIEC'), '5:13 NOTIEC', 'NOTICE'],
    ['a mistyped operator', rule('ka.verb contians x'), '3:22 contians', 'contains'],
    ['an override of nothing', change('conditon: append'), '10:5 conditon', 'condition'],
    ['an unknown operation', change('condition: apend'), '10:16 apend', 'append'],
    [
      'a rule that is not there',
      change('condition: append').replace('rule: R', 'rule: Read').replace('- rule: R\n', '- rule: Raed\n'),
      '7:3 rule',
      'Read',
    ],
    ['an unknown field', exception('fields: [ka.uri, ka.vreb]'), '9:22 ka.vreb', 'ka.verb'],
    ['an unknown field alone', exception('fields: ka.vreb'), '9:13 ka.vreb', 'ka.verb'],
    ['an unknown operator', exception('fields: [ka.uri]\n    comps: [globb]'), '10:13 globb', 'glob'],
    ['an operator without lists', exception('fields: ka.uri\n    comps: ='), '10:12 =', undefined],
    ['a source', rule('ka.verb = get').replace('k8s_audit', 'k8s'), '6:11 k8s', undefined],
    ['<NA>', rule('ka.uri = x and ka.verb = <NA>'), '3:39 <NA>', undefined],
    [
      'an append to no macro',
      '- macro: kevt\n  condition: a\n- macro: ketv\n  append: true\n  condition: b\n',
      '3:3 macro',
      'kevt',
    ],
  ])('points at %s', (_what, text, at, suggestion) => {
    expect(first(text)).toEqual({ at, suggestion });
  });
});

describe('limits', () => {
  it('ends what changes one item without end', () => {
    const changes = '- rule: R\n  tags: [x]\n  override: {tags: append}\n'.repeat(5001);
    const [error] = load(rule('ka.verb = get') + changes).results[0]!.errors;
    expect(error).toMatchObject({
      code: 'LOAD_ERR_VALIDATE',
      message: 'item is changed more than 5000 times',
      place: { line: 7 + 5000 * 3, column: 3 },
    });
  });
});

describe('beforeEdits', () => {
  it('undoes replacements, last first', () => {
    // "x L y M" → "x one, two y  M" → …
    const edits = [
      { at: 1, removed: 3, inserted: 11, word: 2 },
      { at: 13, removed: 2, inserted: 5, word: 14 },
    ];
    expect(beforeEdits(edits, 0)).toBe(0);
    expect(beforeEdits(edits, 5)).toBe(2);
    expect(beforeEdits(edits, 12)).toBe(4);
    expect(beforeEdits(edits, 15)).toBe(6);
  });
});
