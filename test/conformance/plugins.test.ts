// The fields of all recorded events of the seven plugins for other logs, as Falco's plugins gave them; payloads as their services
// deliver them.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromBytes, toBytes } from '../../src/bytes.js';
import type { Event } from '../../src/event.js';
import type { FieldTable, Value } from '../../src/fields/field.js';
import { createFieldTable } from '../../src/plugins/field-table.js';
import { secretIn } from '../../src/plugins/github/secret-kinds.js';
import { json } from '../../src/plugins/json/index.js';
import { unwrapperOf } from '../../src/plugins/origin.js';
import type { OpenContext, Plugin } from '../../src/plugins/plugin.js';
import { BUILT_IN } from '../../src/plugins/registry.js';
import { initPlugin } from '../../src/plugins/settings.js';
import { type FakeService, fakeService } from '../plugins/fake-service.js';

type Json = Readonly<Record<string, unknown>>;

const folder = (plugin: string, name: string): URL => new URL(`plugins/${plugin}/${name}`, import.meta.url);

const lines = (plugin: string, name: string): readonly string[] =>
  gunzipSync(readFileSync(folder(plugin, `${name}.jsonl.gz`)))
    .toString()
    .split('\n')
    .filter((line) => line !== '');

// Nanoseconds and byte counts do not fit a double: integers that large are compared as text.
const parse = (line: string): Json =>
  JSON.parse(line.replace(/(?<!\\)":\s?(\d{16,})([,}])/g, '":{"integer":"$1"}$2')) as Json;

interface Recorded {
  /** Line of the payload. */
  readonly at: number;
  readonly time: string | undefined;
  readonly fields: Json;
}

function recordedOf(plugin: string): readonly Recorded[] {
  return lines(plugin, 'fields')
    .map(parse)
    .filter(({ none }) => none !== true)
    .map(({ event, input, time, fields }) => ({
      at: Number(event ?? input),
      time: time as string | undefined,
      fields: fields as Json,
    }));
}

/** Which line of a capture a recorded event is. */
const CAPTURED: Readonly<Record<string, (line: string) => object>> = {
  cloudtrail: (line) => ({ file: `{"Records":[${line}]}` }),
  okta: (line) => ({ entry: line }),
  github(line) {
    const { type, body, ctype } = JSON.parse(line) as Readonly<Record<'type' | 'body' | 'ctype', string>>;
    const isForm = ctype === 'form';
    return {
      type,
      contentType: isForm ? 'application/x-www-form-urlencoded' : 'application/json',
      body: isForm ? new URLSearchParams({ payload: body }).toString() : body,
    };
  },
};

let api: FakeService;
let answers: Readonly<Record<string, { readonly status: number; readonly body: string }>> = {};

beforeAll(async () => {
  api = await fakeService(({ path }) => answers[decodeURIComponent(path.split('?')[0]!)] ?? { status: 404 });
});

afterAll(() => api.stop());

interface Reader {
  read(line: string): Promise<readonly Json[]>;
}

const INIT: Readonly<Record<string, object>> = {
  okta: { organization: 'myorg' },
  'k8saudit-gke': { max_event_size: 262_144 },
  'k8saudit-aks': { maxEventSize: 262_144 },
  'k8saudit-ovh': { maxEventSize: 262_144 },
};

async function readerOf(name: string): Promise<Reader> {
  const plugin = await BUILT_IN.find((each) => each.name === name)!.load();
  const init = initPlugin(
    plugin,
    JSON.stringify({ ...INIT[name], ...(name === 'github' && { api_url: api.url }) }),
  );
  if (!init.ok) throw new Error(init.error);
  const { settings } = init;
  const source = plugin.source!;
  const table = createFieldTable(source.name, { plugins: [plugin, json], hostname: () => 'host' });
  const spellings = (
    JSON.parse(readFileSync(folder(name, 'field_variants.json'), 'utf8')) as readonly string[]
  ).filter((each) => !each.startsWith('evt.'));
  const context = { settings, params: '', paramBytes: '', io: { env: {} } } as unknown as OpenContext<never>;
  const payloads = (line: string) => {
    const captured = JSON.stringify(CAPTURED[name]?.(line) ?? JSON.parse(line));
    if (source.captured === undefined) return [captured];
    if (typeof source.captured === 'function') return [source.captured(captured)].flat();
    return [(JSON.parse(captured) as Readonly<Record<string, string>>)[source.captured]!];
  };
  return {
    async read(line) {
      answers = (JSON.parse(line) as { readonly api?: typeof answers }).api ?? {};
      const found: Json[] = [];
      const maxEventSize = source.maxEventSize?.(settings as never) ?? 262_144;
      const unwrap = unwrapperOf({ source: source.name, plugin, settings, maxEventSize, log: () => {} });
      for (const payload of payloads(line)) {
        const whole = await (source.enrich?.(payload, context, new AbortController().signal) ?? payload);
        unwrap(toBytes(whole), (event) => found.push(valuesOf(event, table, spellings, plugin)));
      }
      return found;
    },
  };
}

function valuesOf(event: Event, table: FieldTable, spellings: readonly string[], plugin: Plugin): Json {
  const values: Record<string, unknown> = {};
  for (const spelled of ['evt.plugininfo', ...spellings]) {
    const bound = table.lookup(spelled);
    if ('error' in bound) throw new Error(`${plugin.name}: ${bound.error}`);
    const value = toJson(bound.extract(event));
    if (value !== undefined) values[spelled] = value;
  }
  return values;
}

function toJson(value: Value | undefined): unknown {
  if (value === undefined || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value < 10n ** 15n ? Number(value) : { integer: String(value) };
  return typeof value === 'string' ? fromBytes(value) : value.map(fromBytes);
}

// Falco's plugins leave it out, and know no order of words.
function comparable(fields: Json, ours: Json): Json {
  const { 'ka.cluster.name': _cluster, ...others } = fields;
  const own = 'ka.cluster.name' in ours ? { 'ka.cluster.name': ours['ka.cluster.name'] } : {};
  return Object.fromEntries(
    Object.entries({ ...others, ...own })
      .filter(([name]) => !name.startsWith('evt.') || name === 'evt.plugininfo')
      .map(([name, value]) => [
        name,
        name === 'github.workflow.miners.type' ? String(value).split(',').sort().join() : value,
      ]),
  );
}

describe.each(['cloudtrail', 'okta', 'github', 'gcpaudit', 'k8saudit-gke', 'k8saudit-aks', 'k8saudit-ovh'])(
  '%s',
  (name) => {
    const payloads = lines(name, 'events');
    const recorded = recordedOf(name);

    it('has its events and fields', async () => {
      const reader = await readerOf(name);
      const wrong: unknown[] = [];
      for (const [at, line] of payloads.entries()) {
        const wanted = recorded.filter((each) => each.at === at);
        const got = await reader.read(line);
        if (got.length !== wanted.length) wrong.push({ at, events: got.length, wanted: wanted.length });
        for (const [i, { fields }] of wanted.entries()) {
          const ours = got[i] ?? {};
          const [theirs, own] = [comparable(fields, ours), comparable(ours, ours)];
          for (const field of new Set([...Object.keys(theirs), ...Object.keys(own)]))
            if (JSON.stringify(theirs[field]) !== JSON.stringify(own[field]))
              wrong.push({ at, field, got: own[field], wanted: theirs[field] });
        }
      }
      expect(wrong).toEqual([]);
    });
  },
);

describe('okta', () => {
  it('counts second factors that failed', async () => {
    const plugin = await BUILT_IN.find(({ name }) => name === 'okta')!.load();
    const table = createFieldTable('okta', { plugins: [plugin, json] });
    const unwrap = unwrapperOf({
      source: 'okta',
      plugin,
      settings: undefined,
      maxEventSize: 1e6,
      log: () => {},
    });
    const got: Json[] = [];
    const wanted = lines('okta', 'mfa').map((line) => (parse(line)['fields'] as Json) ?? {});
    const spellings = [...new Set(wanted.flatMap(Object.keys))].filter((each) => each.includes('countlast'));
    for (const line of lines('okta', 'mfa.events'))
      unwrap(toBytes(line), (event) => got.push(valuesOf(event, table, spellings, plugin)));
    const counts = (fields: Json) => spellings.map((each) => fields[each] ?? null);
    expect(got.map(counts)).toEqual(wanted.map(counts));
    expect(spellings.length).toBeGreaterThan(3);
  });
});

describe('github', () => {
  it('knows secrets as they are written', () => {
    const rows = lines('github', 'secrets').map(
      (line) => JSON.parse(line) as { readonly line: string; readonly desc: string | null },
    );
    expect(rows.map(({ line }) => secretIn(line)?.desc ?? null)).toEqual(rows.map(({ desc }) => desc));
  });
});
