import { describe, expect, it } from 'vitest';
import { rule } from '../support.js';
import { lintTexts, told } from './support.js';

const named = (name: string, condition: string): string =>
  rule(condition).replace('rule: R', `rule: ${name}`);

const errors = (...texts: readonly string[]): readonly string[] =>
  told(lintTexts(...texts).filter(({ level }) => level === 'error'));

describe('all errors in one run', () => {
  it('goes on behind an item with an error', () => {
    const text = `${named('A', 'ka.verb =')}${named('B', 'ka.nothing = 1')}- list: l\n${named('C', 'ka.verb = get')}`;
    expect(errors(text).map((line) => line.split(' ')[0])).toEqual([
      'a.yaml:3:23',
      'a.yaml:9:14',
      'a.yaml:13:3',
    ]);
  });

  it('does not blame those who use what is broken', () => {
    const macros = '- macro: m\n  condition: ka.verb =\n- macro: n\n  condition: m and ka.uri exists\n';
    expect(errors(`${macros}${named('A', 'n')}`)).toHaveLength(1);
    expect(errors(`- list: l\n  item: [a]\n- list: l\n  items: [b]\n  append: true\n`)).toHaveLength(1);
    expect(errors('- macro: m\n\tcondition: x\n', named('A', 'm'))).toHaveLength(1);
  });

  it('says each error once, however many files come behind', () => {
    const good = named('G', 'ka.verb = get');
    expect(errors(named('A', 'ka.verb ='), good, good)).toHaveLength(1);
  });

  it('says where what is missing is defined later', () => {
    expect(errors(named('A', 'm'), '\n- macro: m\n  condition: ka.verb = get\n')[0]).toMatch(
      /Undefined macro 'm' used in filter\.; it is defined later, in b\.yaml:2$/,
    );
  });

  it('reads the items around broken YAML', () => {
    const text = `${named('A', 'ka.verb = Get')}- rule: B\n\tdesc: tab\n${named('C', 'ka.verb = Put')}- list: [x\n${named('D', 'ka.nothing = 1')}`;
    const found = told(lintTexts(text));
    expect(found.filter((line) => line.includes('LOAD_ERR_YAML_PARSE'))).toHaveLength(2);
    expect(found.filter((line) => line.includes('never-true-check'))).toHaveLength(2);
    expect(found.some((line) => line.includes('ka.nothing'))).toBe(false);
  });

  it('says of a file without any item that it is not YAML', () => {
    expect(errors('a: [\n')[0]).toContain('LOAD_ERR_YAML_PARSE');
  });
});

describe('noise', () => {
  it('names sources that are not known here once a file', () => {
    const other = (name: string): string => named(name, 'ct.name = x').replace('k8s_audit', 'aws_cloudtrail');
    const macro = '- macro: m\n  condition: ct.src = y\n';
    const found = lintTexts(macro + other('A') + other('B')).filter(({ level }) => level !== 'note');
    expect(told(found)).toEqual([]);
  });
});
