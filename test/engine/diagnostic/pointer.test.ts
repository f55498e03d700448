import { describe, expect, it } from 'vitest';
import { toBytes } from '../../../src/bytes.js';
import { exactPlaces, pointer } from '../../../src/engine/diagnostic/pointer.js';
import type { LoadOptions } from '../../../src/engine/rules/load-options.js';
import { load, rule } from '../rules/support.js';

const placesOf = (text: string): string => exactPlaces(load(text).results[0]!);

describe('exactPlaces', () => {
  it('shows the word in the file, and what was meant', () => {
    expect(placesOf(rule('>\n    ka.user.name = é\n    and ka.vreb = get'))).toBe(
      "at a.yaml:5:9 (did you mean 'ka.verb'?):\n5 |     and ka.vreb = get\n            ^^^^^^^\n",
    );
    expect(placesOf(rule('ka.user.name = é and ka.verb'))).toBe(
      toBytes(
        'at a.yaml:3:43:\n3 |   condition: ka.user.name = é and ka.verb\n                                             ^\n',
      ),
    );
  });

  it('blames what the configuration appends, not the rule', () => {
    const output = (extra: Partial<LoadOptions>): string =>
      exactPlaces(load(rule('ka.verb = get'), extra).results[0]!);
    const texts = ['a=%ka.verb', 'b=%ka.nope'].map((format) => ({ format }));
    expect(output({ extraOutputs: texts })).toBe(
      'in what the configuration appends to outputs: a=%ka.verb b=%ka.nope\n',
    );
    expect(output({ extraFields: [{ key: 'k', format: '%ka.nope', raw: false }] })).toBe(
      'in what the configuration appends to outputs: %ka.nope\n',
    );
    expect(output({ extraOutputs: texts.slice(0, 1) })).toBe('');
  });

  it('says nothing where Falco points right', () => {
    expect(placesOf(rule('ka.verb = get'))).toBe('');
    expect(placesOf('- rule: R\n  condition: x\n')).toBe('');
  });
});

describe('pointer', () => {
  it('cuts long lines around the place', () => {
    const text = `${'x'.repeat(500)} word ${'y'.repeat(500)}`;
    const place = { file: 'f', line: 7, column: 502, offset: 501, length: 4 };
    const [line, carets] = pointer(place, new Map([['f', text]])).split('\n');
    expect(line).toHaveLength('7 | '.length + 160);
    expect(line!.slice(carets!.indexOf('^'), carets!.length)).toBe('word');
  });

  it('is empty where there is no text', () => {
    expect(pointer({ file: 'f', line: 1, column: 1, offset: 0, length: 1 }, new Map())).toBe('');
  });
});
