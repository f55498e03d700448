import { describe, expect, it } from 'vitest';
import { fromBytes } from '../../../src/bytes.js';
import { printExpr } from '../../../src/engine/condition/syntax/printer.js';
import { cpuMs } from '../../cpu-time.js';
import { diagnostics, load, rule } from './support.js';

const codes = (texts: string | readonly string[]) => diagnostics(load(texts)).map(({ code }) => code);
const messages = (texts: string | readonly string[]) =>
  diagnostics(load(texts)).map(({ message }) => message);

/** Compiled conditions by rule. */
function conditions(texts: string | readonly string[]): Record<string, string> {
  const { rules, results } = load(texts);
  expect(results.flatMap(({ errors }) => errors.map(({ message }) => message))).toEqual([]);
  return Object.fromEntries(rules.map(({ info, compiled }) => [info.name, printExpr(compiled.condition)]));
}

describe('several files', () => {
  const macro = (condition: string): string => `- macro: m\n  condition: ${condition}\n`;

  it('lets later files change what earlier rules mean', () => {
    const texts = [macro('ka.verb = get') + rule('m'), macro('ka.verb = list')];
    expect(conditions(texts)).toEqual({ R: 'ka.verb = list' });
  });

  it('repeats warnings of earlier files, located there', () => {
    const { results } = load([macro('ka.verb = get'), rule('ka.verb = get')]);
    expect(results.map(({ warnings }) => warnings.map(({ code, place }) => [code, place.file]))).toEqual([
      [['LOAD_UNUSED_MACRO', 'a.yaml']],
      [['LOAD_UNUSED_MACRO', 'a.yaml']],
    ]);
  });

  it('stops at the first file with an error, or goes on if told to', () => {
    const texts = ['- rule: x\n', rule('ka.verb = get')];
    expect(load(texts).results).toHaveLength(1);
    const all = load(texts, { keepGoing: true });
    expect(all.results.map(({ successful }) => successful)).toEqual([false, true]);
    expect(all.successful).toBe(false);
    expect(all.rules).toEqual([]);
  });

  it('keeps the rank of a rule that is defined again', () => {
    const named = (name: string): string => rule('ka.verb = get').replace('rule: R', `rule: ${name}`);
    expect(Object.keys(conditions([named('A') + named('B') + named('C'), named('A')]))).toEqual([
      'A',
      'B',
      'C',
    ]);
  });

  it('compiles a rule once for all files if nothing that it uses changes', () => {
    const { rules } = load([rule('ka.verb = get'), macro('ka.verb = list')]);
    const alone = load([rule('ka.verb = get')]);
    expect(rules[0]!.compiled.predicate).toBeTypeOf('function');
    expect(rules).toHaveLength(alone.rules.length);
  });
});

describe('lists', () => {
  const lists = (text: string): string => text.replace(/(\w+): (\[.*?\])/g, '- list: $1\n  items: $2');

  it.each([
    ['[a, b c]', 'ka.verb in (L)', 'ka.verb in (a, "b c")'],
    ['[]', 'ka.verb in (a, L, b)', 'ka.verb in (a, b)'],
    ['[]', 'ka.verb in (L)', 'ka.verb in ()'],
    ['[x]', 'ka.verb=L', 'ka.verb = x'],
    ['[x]', 'ka.verb = "a L b"', 'ka.verb = "a x b"'],
    ['[x]', 'ka.verb = "L"', 'ka.verb = L'],
    ["['', x]", 'ka.verb in (L)', 'ka.verb in (x)'],
    ['["a,b"]', 'ka.verb in (L)', 'ka.verb in (a, b)'],
  ])('%j in %j', (items, condition, compiled) => {
    const quoted = `'${condition.replace(/'/g, "''")}'`;
    expect(conditions(`${lists(`L: ${items}`)}\n${rule(quoted)}`)).toEqual({ R: compiled });
  });

  it('looks one level deep, and repairs the rest where the order allows', () => {
    const use = rule('ka.verb in (A)');
    expect(conditions(`${lists('C: [x]\nB: [C]\nA: [B]')}\n${use}`)).toEqual({ R: 'ka.verb in (C)' });
    expect(conditions(`${lists('A: [B]\nB: [C]\nC: [x]')}\n${use}`)).toEqual({ R: 'ka.verb in (x)' });
  });

  it('ends with an error where lists would fill the memory', () => {
    const level = (name: string, item: string): string =>
      `- list: ${name}\n  items: [${Array(10).fill(item).join(', ')}]\n`;
    const names = 'ABCDEFGHIJ'.split('');
    const bomb = names.map((name, index) => level(name, names[index + 1] ?? 'x')).join('');
    const took = cpuMs(() => {
      expect(messages(`${bomb}${rule('ka.verb in (A)')}`)[0]).toBe(
        'condition is too long with its lists put in',
      );
    });
    expect(took).toBeLessThan(2000);
  });
});

describe('macros', () => {
  it('ends with an error where macros would fill the memory', () => {
    const macros = Array.from({ length: 40 }, (_, level) => {
      const below = level === 0 ? 'ka.verb = x' : `m${level - 1} and m${level - 1}`;
      return `- macro: m${level}\n  condition: ${below}\n`;
    });
    const took = cpuMs(() => {
      expect(messages(macros.join('') + rule('m39'))[0]).toBe('condition has more than 100000 checks');
    });
    expect(took).toBeLessThan(2000);
  });

  it('loads chains of macros of any length, in whatever order they are', () => {
    const macros = Array.from({ length: 20_000 }, (_, level) => {
      const below = level === 0 ? 'ka.verb = x' : `not m${level - 1}`;
      return `- macro: m${level}\n  condition: ${below}\n`;
    });
    expect(messages(macros.join('') + rule('m19999'))).toEqual([]);
    const backwards = (many: number): string => macros.slice(0, many).toReversed().join('').repeat(2);
    expect(messages(backwards(1002) + rule('m1001'))).toEqual([]);
    expect(messages(backwards(5000) + rule('m4999'))[0]).toMatch(/define macros before they are used$/);
  });

  it('reports a macro that names itself', () => {
    const self = `- macro: a\n  condition: ka.verb = x\n- macro: a\n  condition: a or ka.verb = y\n${rule('a')}`;
    expect(messages(self)[0]).toBe("reference loop in macro 'a'");
    expect(codes('- macro: a\n  condition: a\n')).toEqual(['LOAD_ERR_VALIDATE']);
  });

  it('reports loops', () => {
    const loop =
      '- macro: a\n  condition: ka.verb = x\n- macro: b\n  condition: a\n- macro: a\n  condition: b\n';
    expect(messages(loop)[0]).toBe("reference loop in macro 'b'");
  });
});

describe('limits', () => {
  it('refuses too many items', () => {
    expect(messages('- {}\n'.repeat(50_001))[0]).toBe('Rules content has more than 50000 items');
  });

  it('refuses a large file and a YAML bomb within a second', () => {
    const took = cpuMs(() => {
      expect(codes('x'.repeat(10_000_000))).toEqual(['LOAD_ERR_YAML_PARSE']);
      const levels = Array.from({ length: 12 }, (_, level) => {
        const items = Array(12)
          .fill(level === 0 ? 'x' : `*a${level - 1}`)
          .join(', ');
        return `- a: &a${level} [${items}]\n`;
      });
      expect(codes(levels.join(''))).toEqual(['LOAD_ERR_YAML_PARSE']);
    });
    expect(took).toBeLessThan(1000);
  });

  it('stands aliases inside themselves', () => {
    const self =
      '- rule: R\n  desc: d\n  condition: ka.verb = x\n  output: o\n  priority: INFO\n  source: k8s_audit\n  exceptions:\n  - {name: e, fields: ka.verb, values: &a [*a]}\n';
    expect(messages(self)[0]).toBe('Value is nested too deeply');
    expect(messages('- list: l\n  items: &a [*a]\n')[0]).toBe('sequence value is not scalar');
  });
});

describe('system calls', () => {
  it('loads rules for system calls, whatever their fields', () => {
    const kernel =
      '- rule: S\n  desc: d\n  condition: evt.type in (open) and proc.pname = x and evt.buffer bcontains cafe\n  output: "%proc.name"\n  priority: INFO\n';
    expect(diagnostics(load(kernel + rule('ka.verb = x')))).toEqual([]);
  });

  it('asks for no plugins that only rules for system calls need', () => {
    const kernel =
      '- required_plugin_versions: [{name: container, version: 0.4.0}]\n- rule: S\n  desc: d\n  condition: container.id exists\n  output: o\n  priority: INFO\n';
    const audit = '- required_plugin_versions: [{name: k8saudit, version: 0.7.0}]\n';
    const { kernelFiles, requiredPluginVersions, enforcedPluginVersions, successful } = load([
      kernel,
      audit + rule('ka.verb = x'),
    ]);
    expect(successful).toBe(true);
    expect(kernelFiles).toEqual(['a.yaml']);
    expect(requiredPluginVersions.flat().map(({ name }) => name)).toEqual(['container', 'k8saudit']);
    expect(enforcedPluginVersions.flat().map(({ name }) => name)).toEqual(['k8saudit']);
    expect(load(kernel + rule('ka.verb = x')).kernelFiles).toEqual([]);
  });

  it('tells of audit fields in a rule without a source', () => {
    const text = rule('ka.verb = x').replace('  source: k8s_audit\n', '');
    expect(messages(text)).toEqual(['filter_check called with nonexistent field ka.verb']);
  });
});

describe('additions to outputs', () => {
  it('appends what matches, in order', () => {
    const { rules } = load(rule('ka.verb = x', '  tags: [t, u]\n'), {
      extraOutputs: [
        { format: 'one' },
        { format: 'two', tags: ['t', 'u'] },
        { format: 'no', tags: ['v'] },
        { format: 'no', rule: 'S' },
        { format: 'no', source: 'syscall' },
        { format: '%ka.verb', rule: 'R', source: 'k8s_audit' },
      ],
      extraFields: [
        { key: 'b', format: '%ka.verb', raw: false },
        { key: 'a', format: '%ka.verb!', raw: false },
        { key: 'b', format: '%ka.stage', raw: false },
      ],
    });
    const { compiled } = rules[0]!;
    expect(fromBytes(compiled.output)).toBe('o one two %ka.verb');
    expect(compiled.extraFields.map(({ field }) => [field.key, field.format])).toEqual([
      ['a', '%ka.verb!'],
      ['b', '%ka.stage'],
    ]);
  });

  it('fails the rules file for a bad addition', () => {
    const outcome = load(rule('ka.verb = x'), { extraFields: [{ key: 'k', format: '%nope', raw: false }] });
    expect(outcome.results[0]!.errors[0]!.code).toBe('LOAD_ERR_COMPILE_OUTPUT');
  });
});

it('marks rules below the minimum priority', () => {
  const { rules } = load(rule('ka.verb = x', '  enabled: false\n'), { minimumPriority: 4 });
  expect(rules.map(({ enabled, belowMinimum }) => ({ enabled, belowMinimum }))).toEqual([
    { enabled: false, belowMinimum: true },
  ]);
});
