import { describe, expect, it } from 'vitest';
import { lintable } from '../../../../src/authoring/lint.js';
import { inOrderOfNeed } from '../../../../src/engine/rules/lint/order.js';
import { rule } from '../support.js';
import { fileOf, lintTexts, told } from './support.js';

describe('order of files', () => {
  const order = (...texts: readonly string[]): string =>
    inOrderOfNeed(texts.map((text, index) => fileOf(text, 'abcdef'[index]!)))
      .map(({ name }) => name)
      .join('');
  const macro = (name: string, condition: string): string => `- macro: ${name}\n  condition: ${condition}\n`;

  it('puts what is needed first, and else leaves the order', () => {
    expect(order(rule('m'), macro('m', 'x'), '- list: x\n  items: [y]\n')).toBe('cba');
    expect(order(rule('ka.verb = "m"'), macro('m', 'ka.uri exists'))).toBe('ab');
    expect(order('- rule: R\n  enabled: false\n', rule('ka.uri exists'))).toBe('ba');
    expect(order('- list: l\n  items: [x]\n  append: true\n', '- list: l\n  items: [y]\n')).toBe('ba');
  });

  it('needs nothing that it defines itself, and gives up on circles', () => {
    expect(order(macro('m', 'x') + rule('m'), macro('m', 'y'))).toBe('ab');
    expect(order(macro('m', 'n'), macro('n', 'm'))).toBe('ab');
  });
});

describe('rules inside of other files', () => {
  const indented = (text: string): string => text.replace(/^(?=.)/gm, '    ');
  const lint = (text: string): readonly string[] => {
    const { rules } = lintable(fileOf(text));
    return told(lintTexts(rules.content)).map((line) => line.split(' ').slice(0, 2).join(' '));
  };

  it('are found in Helm values, with true places', () => {
    const values = `falco:\n  json_output: true\ncustomRules:\n  a.yaml: |-\n${indented(rule('ka.verb = Get'))}  b.yaml: |\n      - list: l\n        item: [x]\n`;
    expect(lint(values)).toMatchInlineSnapshot(`
      [
        "a.yaml:7:18 never-true-check",
        "a.yaml:7:18 never-true",
        "a.yaml:13:9 LOAD_ERR_YAML_VALIDATE",
      ]
    `);
  });

  it('are found in ConfigMaps and in later documents', () => {
    const map = `kind: Namespace\napiVersion: v1\n---\napiVersion: v1\nkind: ConfigMap\ndata:\n  r.yaml: |\n${indented(rule('ka.verb = Get'))}`;
    expect(lint(map)).toEqual(['a.yaml:10:18 never-true-check', 'a.yaml:10:18 never-true']);
  });

  it('are named where they cannot be read in place', () => {
    expect(lintable(fileOf('data:\n  r.yaml: "- rule: R\\n"\n'))).toMatchObject({
      embedded: true,
      left: ['r.yaml'],
    });
    expect(lintable(fileOf(rule('ka.uri exists'))).embedded).toBe(false);
  });
});
