// Plugins of someone else's: what a configuration names by a path, what is wrong with it in one line, and what its fields
// may do without harm.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { toBytes } from '../../src/bytes.js';
import { loadRules } from '../../src/library/rules.js';
import { createFieldTable, fieldOverlap } from '../../src/plugins/field-table.js';
import { loadLibraries } from '../../src/plugins/libraries.js';
import { openSources } from '../../src/plugins/open.js';
import { unwrapperOf } from '../../src/plugins/origin.js';
import { definePlugin, type Plugin } from '../../src/plugins/plugin.js';

const folder = mkdtempSync(join(tmpdir(), 'tsfalco-plugin-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
async function load(code: string): Promise<Plugin | string | undefined> {
  const path = join(folder, `plugin-${++files}.mjs`);
  writeFileSync(path, code);
  const libraries = await loadLibraries([path]);
  return libraries.find(path) ?? libraries.fault(path);
}

const GOOD = "name: 'mine', version: '1.0.0', description: 'd', contact: 'c'";

describe('a module', () => {
  it('is a plugin by its default export', async () => {
    expect(await load(`export default {${GOOD}}`)).toMatchObject({ name: 'mine' });
  });

  it('is looked for beside the configuration, where Falco’s folder has none', async () => {
    writeFileSync(join(folder, 'beside.mjs'), `export default {${GOOD}}`);
    const path = '/usr/share/falco/plugins/beside.mjs';
    const around = { pluginsFolder: '/usr/share/falco/plugins/', folder };
    expect((await loadLibraries([path], around)).find(path)?.name).toBe('mine');
    expect((await loadLibraries([path])).find(path)).toBeUndefined();
  });

  it.each([
    ['export const x = 1', "its name must be a word such as 'my-plugin'"],
    ['export default 5', 'it exports no plugin: definePlugin({…}) must be its default export'],
    ["throw new Error('at import\\nsecond line')", 'at import'],
    ["throw 'a text'", 'a text'],
    [`export default {${GOOD.replace('1.0.0', 'one')}}`, 'its version must be one such as 1.0.0'],
    [
      `export default {${GOOD.replace('mine', 'k8saudit')}}`,
      'its name k8saudit is that of a built-in plugin',
    ],
    [`export default {${GOOD}, source: {name: 'x'}}`, 'its source has no function open'],
    [`export default {${GOOD}, source: {name: 'syscall', open() {}}}`, 'its source cannot be syscall'],
    [
      `export default {${GOOD}, fields: {'evt.x': {place: '/a'}}}`,
      "its field evt.x begins like one of Falco's own",
    ],
    [
      `export default {${GOOD}, fields: {'a.b': {}}}`,
      'its field a.b has neither a place nor a function read',
    ],
    [
      `export default {${GOOD}, fields: {'a.b': {place: '/a', values: ['x', 1]}}}`,
      'the values of its field a.b must be a list of strings',
    ],
    [`export default {${GOOD}, settings: {properties: {a: {}}}}`, 'its setting a has no type'],
  ])('that is none is told in one line: %s', async (code, fault) => {
    expect(await load(code)).toBe(toBytes(fault));
  });
});

const common = { version: '1.0.0', description: '', contact: '' };

describe('what a source says', () => {
  async function said(
    open: (log: (text: string, kind?: string) => void) => void,
  ): Promise<readonly string[]> {
    const lines: string[] = [];
    const plugin = definePlugin({
      ...common,
      name: 'talks',
      source: {
        name: 'talks',
        open: ({ io }) => {
          open((text, kind) => io.log('warning', text, kind));
          return { async *batches() {} };
        },
      },
    });
    const log = (_level: string, message: string): void => void lines.push(message);
    await openSources({ plugin, settings: {}, params: '', env: {}, log });
    return lines;
  }

  const size = (lines: readonly string[]): number => lines.join('').length;

  it('is thinned out kind by kind', async () => {
    const lines = await said((log) => {
      for (let i = 0; i < 10_000; i++) log(`refused ${i} ${'x'.repeat(100)}`, 'refused');
      log('trouble', 'trouble');
    });
    expect(size(lines)).toBeLessThan(70_000);
    expect(lines.slice(-2)).toEqual([
      'lines are being left out: too many faults of this kind (refused)',
      'trouble',
    ]);
  });

  it('fills no disk by kinds without end', async () => {
    const lines = await said((log) => {
      for (let i = 0; i < 200_000; i++) log(`a line of ${'x'.repeat(100)}`, `kind ${i}`);
    });
    expect(size(lines)).toBeLessThan(200_000);
  });
});

describe('a plugin with fields of its own', () => {
  const faults: string[] = [];
  const plugin = definePlugin({
    ...common,
    name: 'mine',
    source: { name: 'mine', open: () => [] },
    fields: {
      'm.text': { place: '/a', description: 'a' },
      'm.string': { place: '/a', as: 'string' },
      'm.json': { place: '/a', as: 'json' },
      'm.flag': { place: '/a', as: 'flag' },
      'm.always': { place: '/a', as: 'string', absent: '' },
      'm.number': { place: '/a', type: 'uint64' },
      'm.list': { place: '/a', list: true },
      'm.read': { read: (event) => event.text('/a')?.toUpperCase() },
      'm.nth': {
        argument: { kind: 'index', required: true },
        read: (event, n) => event.list('/a')?.[Number(n)],
      },
      'm.throws': {
        read: () => {
          throw new Error('no');
        },
      },
      'm.odd': { read: () => 5 as never },
      'm.giant': { read: () => 'x'.repeat(20_000_000) },
      'm.large': { type: 'uint64', read: () => 2n ** 64n },
      'm.most': { type: 'uint64', read: () => 2n ** 64n - 1n },
    },
  });
  const table = createFieldTable('mine', {
    plugins: [plugin],
    onFault: (field, fault) => faults.push(`${field} ${fault}`),
  });

  function valuesOf(payload: string, ...spelled: readonly string[]): unknown[] {
    const values: unknown[] = [];
    const log = (): void => {};
    const unwrap = unwrapperOf({ source: 'mine', plugin, maxEventSize: 1e9, log });
    unwrap(payload, (event) => {
      for (const each of spelled) {
        const bound = table.lookup(each);
        values.push('error' in bound ? bound.error : bound.extract(event));
      }
    });
    return values;
  }
  const ALL = ['m.text', 'm.string', 'm.json', 'm.flag', 'm.always', 'm.number', 'm.list'];

  test.each([
    ['{"a":"x"}', ['x', 'x', '"x"', 'false', 'x', undefined, undefined]],
    ['{"a":true}', ['true', '', 'true', 'true', '', undefined, undefined]],
    ['{"a":null}', ['null', '', 'null', 'false', '', undefined, undefined]],
    ['{}', [undefined, undefined, undefined, undefined, '', undefined, undefined]],
    [
      '{"a":18446744073709551615}',
      ['18446744073709551615', '', '18446744073709551615', 'false', '', 2n ** 64n - 1n, undefined],
    ],
    ['{"a":[1,"b"]}', ['[1,"b"]', '', '[1,"b"]', 'false', '', undefined, ['1', 'b']]],
    ['{"a":[]}', ['[]', '', '[]', 'false', '', undefined, undefined]],
  ])('reads places: %s', (payload, values) => {
    expect(valuesOf(payload, ...ALL)).toEqual(values);
  });

  it('reads with functions, whose faults cost the value and are told', () => {
    faults.length = 0;
    const spelled = ['m.read', 'm.nth[1]', 'm.throws', 'm.odd', 'm.giant', 'm.large', 'm.most'];
    expect(valuesOf('{"a":["x","y"]}', ...spelled)).toEqual([
      '["X","Y"]',
      'y',
      undefined,
      undefined,
      undefined,
      undefined,
      2n ** 64n - 1n,
    ]);
    expect(faults).toEqual([
      'm.throws no',
      'm.odd gives a number, not a string',
      'm.giant gives a text of 20000000 chars',
      'm.large gives a number out of range',
    ]);
  });

  it('may throw in its state and its info, which is told now and then', () => {
    const throws = (): never => {
      throw new Error('no\nmore');
    };
    const careless = definePlugin({
      ...common,
      name: 'careless',
      source: { name: 'mine', open: () => [] },
      info: throws,
      state: { create: () => 0, see: throws },
    });
    const lines: string[] = [];
    const log = (level: string, line: string): void => void lines.push(`${level} ${line}`);
    const unwrap = unwrapperOf({ source: 'mine', plugin: careless, maxEventSize: 1e9, log });
    const infos: unknown[] = [];
    for (let n = 0; n < 25; n++) unwrap('{}', (event) => infos.push(event.origin?.info?.(event)));
    expect(infos).toEqual(Array(25).fill(''));
    expect(lines).toEqual([
      'error state.see of plugin careless failed (1 so far): no',
      'error info of plugin careless failed (1 so far): no',
      'error state.see of plugin careless failed (10 so far): no',
      'error info of plugin careless failed (10 so far): no',
    ]);
  });

  it('is refused where another has such a field', () => {
    const other = definePlugin({
      ...common,
      name: 'other',
      fields: { 'm.text': { place: '/a' } },
      fieldSources: ['mine'],
    });
    expect(fieldOverlap(createFieldTable('mine', { plugins: [plugin, other] }))).toContain("field 'm.text'");
  });
});

describe('a source', () => {
  const events: string[] = [];
  const plugin = definePlugin({
    ...common,
    name: 'mine',
    source: {
      name: 'mine',
      captured: 'data',
      async enrich(payload) {
        if (payload === 'bad') throw new Error('down');
        return `${payload}!`;
      },
      open: () => ({
        async *batches() {
          yield { payloads: ['é', 'bad'], position: 1 };
          throw new Error('the end');
        },
        setUp: async () => void events.push('up'),
        tearDown: async () => void events.push('down'),
      }),
    },
  });
  const collect = async (params: string) => {
    const lines: string[] = [];
    const [source] = await openSources({
      plugin,
      settings: {},
      params,
      env: {},
      log: (_level, line) => lines.push(line),
    });
    const payloads: unknown[] = [];
    const fault = await (async () => {
      for await (const batch of source!.batches(new AbortController().signal))
        payloads.push(...batch.payloads);
    })().catch((error: Error) => error.message);
    return { payloads, fault, lines };
  };

  it('gives text as bytes, is enriched, set up, and torn down after a fault', async () => {
    expect(await collect('any')).toEqual({
      payloads: [toBytes('é!'), 'bad'],
      fault: 'the end',
      lines: ['cannot look up more: down'],
    });
    expect(events).toEqual(['up', 'down']);
  });

  it('is replayed from captured lines', async () => {
    const file = join(folder, 'captured.jsonl');
    writeFileSync(file, '{"data":"é"}\n{"other":1}\nno JSON\n{"data":"b"}\n');
    const { payloads, fault, lines } = await collect(`replay:${file}`);
    expect(payloads).toEqual([toBytes('é!'), 'b!']);
    expect(fault).toBeUndefined();
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe('a captured line: it has no text data');
  });
});

describe('the library', () => {
  const plugin = definePlugin({
    ...common,
    name: 'mine',
    source: { name: 'mine', open: () => [] },
    envelope: {
      *decode(line, refuse) {
        const [who, what] = line.split(' ');
        if (what === undefined) refuse('malformed', `not a line: ${line}`);
        else yield { text: JSON.stringify({ who, what }), time: { seconds: 1, nanos: 5 } };
      },
    },
    fields: { 'm.who': { place: '/who' }, 'm.what': { place: '/what' } },
    info: (event) => `${event.text('/who')}!`,
    state: { create: () => ({ seen: 0 }), see: (_event, state) => void state.seen++ },
  });
  const rules = `
- rule: opened
  desc: d
  condition: m.what = open
  output: "%m.who %evt.plugininfo %evt.rawtime %evt.source"
  priority: INFO
  source: mine
`;

  it('evaluates events of a plugin’s source', () => {
    const { ruleset, report } = loadRules(rules, { plugins: [plugin] });
    if (ruleset === undefined) throw new Error(report);
    const { alerts, faults } = ruleset.evaluate('é open', { source: 'mine' });
    expect(alerts.map(({ message }) => message)).toEqual(['é é! 1000000005 mine']);
    expect(faults).toEqual([]);
    expect(ruleset.evaluate('nothing', { source: 'mine' }).faults).toEqual(['not a line: nothing']);
    expect(
      ruleset.evaluate('{"kind":"Event","auditID":"1","stageTimestamp":"2024-01-01T00:00:00Z"}').alerts,
    ).toEqual([]);
    expect(() => ruleset.evaluate('', { source: 'other' })).toThrow(
      'no plugin brings the event source "other"',
    );
  });
});
