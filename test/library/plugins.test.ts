// Plugins in a program: their sources, fields, lint and tests of rules, typed by their settings.

import { describe, expect, expectTypeOf, it } from 'vitest';
import type { FieldValue } from '../../src/library/alert.js';
import { explain } from '../../src/library/explain.js';
import { lintRules } from '../../src/library/lint.js';
import { listFields } from '../../src/library/reference.js';
import { loadRules } from '../../src/library/rules.js';
import { openSource, watch } from '../../src/library/sources.js';
import { testRules } from '../../src/library/tests.js';
import { definePlugin, defineSettings, type Plugin } from '../../src/plugins/plugin.js';
import type { Source } from '../../src/sources/source.js';

const committed: unknown[] = [];

const bell = definePlugin({
  name: 'bell',
  version: '1.0.0',
  description: 'Who rang',
  contact: 'c',
  settings: defineSettings({
    house: { type: 'string', description: 'name of the house', default: 'main' },
    floors: { type: 'integer', description: 'how many', minimum: 1 },
  }),
  source: {
    name: 'bell',
    open: ({ params, settings }) =>
      params.split(',').map((who) => ({
        labels: { street: `${who} street`, floors: String(settings.floors) },
        async *batches() {
          yield { payloads: [`${who} rang`], position: who };
        },
        commit: (position: unknown) => void committed.push(position),
      })),
  },
  envelope: {
    *decode(payload, refuse) {
      const [who, what] = payload.split(' ');
      if (what === 'rang') yield { text: JSON.stringify({ who }) };
      else refuse('malformed', `no ring: ${payload}`);
    },
  },
  fields: {
    'bell.who': { description: 'Who rang.', place: '/who' },
    'bell.how': { description: 'How.', place: '/how', values: ['softly', 'loudly'] },
    'bell.house': { description: 'Where.', read: (event) => event.settings?.house },
    'bell.street': { description: 'Which street.', read: (event) => event.label('street') },
  },
});

const RULES = `
- rule: Rang
  desc: d
  condition: bell.who exists
  output: "%bell.who at %bell.house in %bell.street"
  priority: NOTICE
  source: bell
`;

const load = () => loadRules(RULES, { plugins: [bell] }).ruleset!;

async function messages(source: Source): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { message, source: of } of watch(source, load())) found.push(`${of}: ${message}`);
  return found;
}

const knocks = definePlugin({
  name: 'knocks',
  version: '1.0.0',
  description: 'Who knocked',
  contact: 'c',
  source: { name: 'knocks', open: ({ params, io }) => io.files(params) },
  fields: () => ({
    'knock.times': { type: 'uint64', place: '/times' },
    'knock.loud': { type: 'bool', read: () => true },
    'knock.doors': { list: true, place: '/doors' },
  }),
});

describe('alerts of a ruleset that plugins were handed to', () => {
  const rules = `
- rule: Knocked
  desc: d
  condition: knock.times > 1
  output: "%knock.times %knock.loud %knock.doors %evt.num"
  priority: NOTICE
  source: knocks
`;
  const event = { times: 3, doors: ['a', 'b'] };

  it('have the values of its fields, as their types say', () => {
    const { ruleset } = loadRules(rules, { plugins: [bell, knocks] });
    const [alert] = ruleset!.evaluate(event, { source: 'knocks' }).alerts;
    expect(alert!.fields).toEqual({
      'knock.times': 3,
      'knock.loud': true,
      'knock.doors': ['a', 'b'],
      'evt.num': 1,
    });
    const { fields } = alert!;
    expectTypeOf(fields['bell.who']).toEqualTypeOf<string | null | undefined>();
    expectTypeOf(fields['knock.times']).toEqualTypeOf<number | bigint | null | undefined>();
    expectTypeOf(fields['knock.loud']).toEqualTypeOf<boolean | null | undefined>();
    expectTypeOf(fields['knock.doors']).toEqualTypeOf<readonly string[] | null | undefined>();
    expectTypeOf(fields['evt.num']).toEqualTypeOf<FieldValue | undefined>();
  });

  it('have fields of any type where the plugins are only known as such', () => {
    const plugins: readonly Plugin[] = [bell, knocks];
    const { alerts } = loadRules(rules, { plugins }).ruleset!.evaluate(event, { source: 'knocks' });
    expectTypeOf(alerts[0]!.fields['knock.times']).toEqualTypeOf<FieldValue | undefined>();
    expect(alerts).toHaveLength(1);
  });
});

describe('openSource and watch with a plugin', () => {
  it('give alerts whose fields read its settings and labels, of all that it opens, and commit each', async () => {
    const source = await openSource(bell, { params: 'ann,bob', settings: { house: 'north', floors: 2 } });
    expect((await messages(source)).toSorted()).toEqual([
      'bell: ann at north in ann street',
      'bell: bob at north in bob street',
    ]);
    expect(committed.splice(0).toSorted()).toEqual(['ann', 'bob']);
  });

  it('take the defaults of settings that are left out', async () => {
    expect(await messages(await openSource(bell, { params: 'cy' }))).toEqual([
      'bell: cy at main in cy street',
    ]);
  });

  it('take settings by their types, and refuse what is none', async () => {
    expectTypeOf(openSource<NonNullable<(typeof bell)['settings']>['properties'], unknown>)
      .parameter(1)
      .toEqualTypeOf<
        | {
            readonly params?: string;
            readonly settings?: Partial<{ readonly house: string; readonly floors: number | undefined }>;
            readonly env?: Readonly<Record<string, string | undefined>>;
            readonly onLog?: (message: string) => void;
          }
        | undefined
      >();
    // @ts-expect-error a house is a text
    await expect(openSource(bell, { settings: { house: 5 } })).rejects.toThrow(TypeError);
    // @ts-expect-error there is no such setting
    await expect(openSource(bell, { settings: { hous: 'x' } })).rejects.toThrow(/hous/);
  });
});

describe('what else takes plugins', () => {
  it('explain, by the rule’s event source', () => {
    expect(explain(load(), 'Rang', 'dan rang')).toMatchObject({ matches: true });
  });

  it('lintRules looks into rules of their sources, and listFields lists their fields', () => {
    const wrong = RULES.replace('bell.who exists', 'bell.whom exists');
    expect(lintRules(wrong).map(({ id }) => id)).toEqual(['LOAD_UNKNOWN_SOURCE']);
    expect(lintRules(wrong, { plugins: [bell] })).toMatchObject([
      { level: 'error', suggestion: 'bell.who', line: 4 },
    ]);
    expect(lintRules(RULES, { plugins: [bell] })).toEqual([]);
    const never = RULES.replace('bell.who exists', 'bell.how = loud');
    expect(lintRules(never, { plugins: [bell] })[0]).toMatchObject({
      id: 'never-true-check',
      suggestion: 'loudly',
    });
    const names = listFields({ plugins: [bell], source: 'bell' }).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['evt.time', 'bell.who', 'json.value']));
    expect(() => listFields({ source: 'bell' })).toThrow(RangeError);
  });

  it('testRules reads events that nobody else knows, and those of a named source', () => {
    const suite = `
tests:
  - {test: rang, text: eve rang, expect: [Rang]}
  - {test: by name, source: bell, text: eve rang, expect: [Rang]}
  - {test: silent, text: eve slept, expect: none}
`;
    const failures = testRules(suite, { rules: RULES, plugins: [bell] }).map((each) => each.failures);
    expect(failures).toEqual([[], [], ['its event cannot be read: no ring: eve slept']]);
    expect(() => testRules(suite, { rules: RULES })).toThrow(
      'suite:4: no plugin brings the event source "bell"; there are: k8s_audit',
    );
  });
});
