import { describe, expect, it } from 'vitest';
import { readLintSettings, withSettings } from '../../../../src/authoring/lint-settings.js';
import { toBytes } from '../../../../src/bytes.js';
import { rule } from '../support.js';
import { lintTexts, told } from './support.js';

const ids = (text: string): readonly string[] =>
  told(lintTexts(text)).map((line) => line.replace(/^a.yaml:/, ''));

const TEXT = rule('ka.verb = Get');

describe('comments', () => {
  it('switch a check off for the item, or for the key, that comes next', () => {
    expect(ids(`# tsfalco-disable-next-line never-true, never-true-check: a trap\n${TEXT}`)).toEqual([]);
    const key = TEXT.replace(
      '  condition:',
      '  # tsfalco-disable-next-line never-true, never-true-check: a trap\n  condition:',
    );
    expect(ids(key)).toEqual([]);
    expect(
      ids(
        `# tsfalco-disable-next-line never-true, never-true-check: x\n${rule('ka.uri exists').replace('rule: R', 'rule: S')}${TEXT}`,
      ),
    ).toHaveLength(4);
  });

  it('switch a check off for the file', () => {
    expect(ids(`${TEXT}# tsfalco-disable-file never-true, never-true-check: a trap\n`)).toEqual([]);
  });

  it.each([
    ['# tsfalco-disable-next-line never-tru: x', "1:1 suppression no check is called 'never-tru'"],
    [
      '# tsfalco-disable-next-line never-true',
      '1:1 suppression say why: # tsfalco-disable-next-line never-true: reason',
    ],
    [
      '# tsfalco-disable never-true: x',
      '1:1 suppression write tsfalco-disable-next-line or tsfalco-disable-file',
    ],
    [
      '# tsfalco-disable-file shadowed-rule: x',
      '1:1 suppression there is no shadowed-rule here to switch off',
    ],
    [
      '# tsfalco-disable-file LOAD_ERR_VALIDATE: x',
      '1:1 suppression LOAD_ERR_VALIDATE is an error and stays one',
    ],
  ])('%s is told', (comment, wanted) => {
    expect(ids(`${comment}\n${TEXT}`)).toContain(wanted);
  });
});

describe('.tsfalco.yaml', () => {
  const levels = (settings: string): readonly string[] =>
    withSettings(lintTexts(TEXT), readLintSettings(toBytes(settings))).map(
      ({ id, level }) => `${id} ${level}`,
    );

  it('changes levels, everywhere or below paths', () => {
    expect(levels('lint: {levels: {never-true: off, never-true-check: note}}')).toEqual([
      'never-true-check note',
    ]);
    const files = (path: string): string => `lint: {files: [{paths: [${path}], levels: {never-true: off}}]}`;
    expect(levels(files('"*.yaml"'))).toEqual(['never-true-check warning']);
    expect(levels(files('other/**'))).toHaveLength(2);
  });

  it.each([
    [
      'lint: {levels: {never-tru: off}}',
      "line 1, column 17: no check is called 'never-tru' (did you mean 'never-true'?)",
    ],
    ['lint: {levels: {never-true: loud}}', 'line 1, column 29: levels are off, note, warning, error'],
    ['lnt: {}', "line 1, column 1: unknown key 'lnt' (did you mean 'lint'?)"],
    ['- a', 'line 1, column 1: keys and values are expected'],
    ['lint: {levels: {LOAD_ERR_VALIDATE: off}}', "line 1, column 17: no check is called 'LOAD_ERR_VALIDATE'"],
  ])('refuses %s', (settings, message) => {
    expect(() => readLintSettings(toBytes(settings))).toThrow(message);
  });
});
