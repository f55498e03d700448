import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCondition } from '../../../src/authoring/format/condition.js';
import { formatRules } from '../../../src/authoring/format/file.js';
import { openWorkspace } from '../../../src/authoring/workspace.js';
import { fromBytes, toBytes } from '../../../src/bytes.js';

const format = (text: string): string => {
  const formatted = formatRules(toBytes(text));
  if (!formatted.ok) throw new Error(formatted.why);
  return fromBytes(formatted.text);
};

const layout = (condition: string, width = 60): string =>
  formatCondition(toBytes(condition), width).map(fromBytes).join('\n');

describe('conditions', () => {
  it.each([
    ['ka.verb=create   and\n not  (a  or b)', 'ka.verb = create and not (a or b)'],
    [
      'ka.verb in(get,list) and ka.user.name  in (  "a b",c )',
      'ka.verb in (get, list) and ka.user.name in ("a b", c)',
    ],
    ['tolower(ka.user.name)=bob', 'tolower(ka.user.name) = bob'],
    ['jevt.value[/a/c]=x and ka.uri.param["x y"]!=z', 'jevt.value[/a/c] = x and ka.uri.param["x y"] != z'],
    ['ka.user.name = "a  b=c"', 'ka.user.name = "a  b=c"'],
    ['ka.user.name = a=b', 'ka.user.name = a=b'],
    ['and not x', 'and not x'],
    ['ka.verb = ', 'ka.verb = '],
  ])('%j', (condition, wanted) => expect(layout(condition)).toBe(wanted));

  it('break before and/or, and inside of long parts', () => {
    const names = Array.from({ length: 12 }, (_, at) => `user-number-${at}`).join(',');
    expect(layout(`ka.verb = create and ka.user.name in (${names}) or x`)).toMatchInlineSnapshot(`
      "ka.verb = create
      and ka.user.name in (user-number-0, user-number-1,
      user-number-2, user-number-3, user-number-4, user-number-5,
      user-number-6, user-number-7, user-number-8, user-number-9,
      user-number-10, user-number-11)
      or x"
    `);
  });
});

const FILE = `# head

- macro: m   
  condition: ka.verb=get


# about the rule
- rule: R
  # why
  priority: INFO
  condition: >
    m and
    ka.uri exists   # no comment in here
  desc: d
  output: "%ka.verb"
  tags: [a,
    b]
  source: k8s_audit
- list: l
  items: [x, y]`;

describe('files', () => {
  it('have one order of keys, empty lines between items, and keep comments', () => {
    expect(format(FILE.replace('   # no comment in here', ''))).toMatchInlineSnapshot(`
      "# head

      - macro: m
        condition: ka.verb = get

      # about the rule
      - rule: R
        desc: d
        condition: m and ka.uri exists
        output: "%ka.verb"
        # why
        priority: INFO
        source: k8s_audit
        tags: [a,
          b]

      - list: l
        items: [x, y]
      "
    `);
  });

  it('that are no rules files are refused', () => {
    expect(formatRules('a: 1\n')).toMatchObject({ ok: false });
    expect(formatRules('- [\n')).toMatchObject({ ok: false });
  });

  it('stay as they are where another layout would be read in another way', () => {
    const anchored = '- rule: R\n  output: *o\n  condition: ka.uri exists\n  desc: &o x\n  priority: INFO\n';
    expect(() => format(anchored)).toThrow();
    const text = '- rule: R\n  priority: INFO\n  output: &o x\n  desc: *o\n  condition: ka.uri exists\n';
    expect(format(text)).toContain('output: &o x\n  desc: *o');
  });
});

const RULES = ['rules/k8s_audit_rules.yaml', 'rules/eks_audit_rules.yaml'].map((path) =>
  readFileSync(path, 'utf8'),
);

describe('what rules mean', () => {
  it('does not change in our own files, nor does a second run change anything', () => {
    for (const text of RULES) {
      const once = format(text);
      expect(format(once)).toBe(once);
      const [before, after] = [text, once].map((content) => conditionsOf(content));
      expect(after).toEqual(before);
    }
  });

  it('does not change, whatever blanks and line ends conditions have', () => {
    const blank = fc.constantFrom(' ', '  ', '\n', '\t', ' \n ');
    const maybe = fc.constantFrom('', ' ', '\n  ');
    const value = fc.constantFrom('get', '"a b"', "'x, y'", '"(z"', 'a=b', '"\\"q"', 'and-x', '/a,b');
    const check = fc
      .tuple(
        fc.constantFrom('ka.verb', 'tolower(ka.user.name)', 'ka.uri.param[a b]', 'jevt.value[/x y]'),
        maybe,
        fc.constantFrom('=', '!=', '=='),
        maybe,
        value,
      )
      .map((parts) => parts.join(''));
    const list = fc
      .tuple(
        fc.constantFrom('ka.verb', 'ka.user.name'),
        blank,
        fc.constantFrom('in', 'intersects', 'startswith oneof'),
        maybe,
        fc.array(value, { maxLength: 9 }),
        maybe,
      )
      .map(([field, a, operator, b, items, c]) => `${field}${a}${operator}${b}(${items.join(`${c},${b}`)})`);
    const { condition } = fc.letrec<{ condition: string }>((tie) => ({
      condition: fc.oneof(
        { depthSize: 'small' },
        check,
        list,
        fc
          .tuple(tie('condition'), blank, fc.constantFrom('and', 'or'), blank, tie('condition'))
          .map((parts) => parts.join('')),
        fc.tuple(maybe, tie('condition'), maybe).map(([a, inner, b]) => `not${a || ' '}(${a}${inner}${b})`),
      ),
    }));
    fc.assert(
      fc.property(condition, (text) => {
        const once = layout(text, 40);
        expect(layout(once, 40)).toBe(once);
        expect(treeOf(once)).toEqual(treeOf(text));
      }),
      { numRuns: 150 },
    );
  });
});

/** Conditions of the rules of a file, as they are compiled, by name. */
function conditionsOf(text: string): unknown {
  const { results, workspace } = openWorkspace([{ name: 'a.yaml', content: toBytes(text) }]);
  expect(results.flatMap(({ errors }) => errors)).toEqual([]);
  return workspace!.rules.map(({ info, compiled }) => [info, plain(compiled.condition)]);
}

const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === 'position' ? undefined : part)));

function treeOf(condition: string): unknown {
  const text = `- list: get\n  items: [a, b]\n- rule: R\n  desc: d\n  condition: ${JSON.stringify(condition)}\n  output: x\n  priority: INFO\n  source: k8s_audit\n`;
  const { results, workspace } = openWorkspace([{ name: 'a.yaml', content: toBytes(text) }]);
  return workspace === undefined
    ? results.flatMap(({ errors }) => errors.map(({ message }) => message))
    : plain(workspace.rules[0]!.compiled.condition);
}

describe('correlations', () => {
  const text = readFileSync('rules/k8s_correlation_rules.yaml', 'utf8');

  it('keep their meaning and their comments, and are laid out but once', () => {
    const once = format(text.replaceAll('  type: ', '  type:   '));
    expect(format(once)).toBe(once);
    const comments = (of: string): readonly string[] => of.match(/#.*/g) ?? [];
    expect(comments(once)).toEqual(comments(text));
    const base = { name: 'a', content: toBytes(readFileSync('rules/k8s_audit_rules.yaml', 'utf8')) };
    const plans = (rules: string) =>
      openWorkspace([base, { name: 'b', content: toBytes(rules) }]).workspace!.correlations.map(
        ({ compiled }) => compiled.plan,
      );
    expect(plans(once)).toEqual(plans(text));
    expect(plans(once).length).toBeGreaterThan(5);
  });

  it('have conditions of steps as people write them', () => {
    const step =
      '- correlation: C\n  type: temporal\n  rules:\n    - {as: a, condition: ka.verb=get}\n    - R # why\n';
    const laid = format(step);
    expect(laid).toContain('# why');
    expect(format(laid)).toBe(laid);
  });
});
