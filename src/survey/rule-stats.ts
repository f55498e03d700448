// Alerts of a log → how loud each rule is, what its alerts have in common, and the exception that would silence most of them.
// In: alerts with their events. Out: rows, the loudest rule first.

import type { ByteString } from '../bytes.js';
import type { LoadedRule } from '../engine/rules/loader.js';
import type { Event } from '../event.js';
import { compactText } from '../json/read.js';
import type { EventSources } from '../plugins/event-sources.js';
import { textReader } from './alerts.js';

/** What alerts of a source may have in common, and exceptions to choose from, the narrowest first. */
interface Choice {
  readonly fields: readonly ByteString[];
  readonly candidates: readonly (readonly ByteString[])[];
}

/** Says more of who it was, and changes too often for an exception. */
const AGENT = 'ka.useragent';

function choiceOf({ about, table }: EventSources, source: string): Choice {
  const { user, verb, resource, namespace, name } = about(source);
  const known = (field: ByteString | undefined): field is ByteString =>
    field !== undefined && 'extract' in (table(source)?.lookup(field) ?? {});
  const widths = [
    [user, verb, resource, namespace, name],
    [user, verb, resource, namespace],
    [user, verb, resource],
    [user],
  ].map((fields) => fields.filter(known));
  const candidates = widths.filter(
    (fields, n) => fields.length > 0 && fields.length !== widths[n - 1]?.length,
  );
  return { fields: [...widths[0]!, ...[AGENT].filter(known)], candidates };
}

/** A narrower exception is taken where it silences nearly as much as the widest. */
const ENOUGH = 0.8;
/** A value is common where so many alerts have it. */
const COMMON = 0.5;
/** Values that are told apart for a rule. */
const MOST_VALUES = 10_000;

export interface RuleNoise {
  readonly rule: LoadedRule;
  readonly count: number;
  /** Users behind its alerts. */
  readonly users: number;
  /** What at least half of its alerts have in common. */
  readonly common: readonly {
    readonly field: ByteString;
    readonly value: ByteString;
    readonly count: number;
  }[];
  readonly exception: NoiseException | undefined;
}

export interface NoiseException {
  readonly fields: readonly ByteString[];
  readonly values: readonly ByteString[];
  /** Alerts that it silences. */
  readonly count: number;
  /** An event that brought about one of them, compact JSON. */
  readonly sample: ByteString;
}

export interface NoiseMeter {
  add(rule: LoadedRule, event: Event): void;
  rows(): readonly RuleNoise[];
}

interface Counted {
  count: number;
  readonly sample: ByteString;
}

interface Counting {
  readonly choice: Choice;
  count: number;
  readonly values: readonly Map<ByteString, number>[];
  readonly candidates: readonly Map<ByteString, Counted>[];
}

const SEPARATOR = '\0';

export function createNoiseMeter(sources: EventSources): NoiseMeter {
  const choices = new Map(
    sources.names.map((source) => {
      const choice = choiceOf(sources, source);
      return [
        source,
        { choice, readers: choice.fields.map((field) => textReader(sources.table(source)!, field)) },
      ];
    }),
  );
  const rules = new Map<LoadedRule, Counting>();
  return {
    add(rule, event) {
      const { choice, readers } = choices.get(event.source)!;
      const counting = rules.get(rule) ?? {
        choice,
        count: 0,
        values: choice.fields.map(() => new Map()),
        candidates: choice.candidates.map(() => new Map()),
      };
      rules.set(rule, counting);
      counting.count++;
      const values = readers.map((read) => read(event));
      for (const [n, value] of values.entries()) if (value !== undefined) count(counting.values[n]!, value);
      for (const [n, fields] of choice.candidates.entries()) {
        const chosen = fields.map((field) => values[choice.fields.indexOf(field)]);
        // An exception compares, and a missing value meets no comparison.
        if (chosen.includes(undefined)) continue;
        countSample(counting.candidates[n]!, chosen.join(SEPARATOR), event);
      }
    },
    rows: () => [...rules].map(([rule, counting]) => rowOf(rule, counting)).sort((a, b) => b.count - a.count),
  };
}

function count(values: Map<ByteString, number>, value: ByteString): void {
  const known = values.get(value);
  if (known !== undefined || values.size < MOST_VALUES) values.set(value, (known ?? 0) + 1);
}

function countSample(values: Map<ByteString, Counted>, key: ByteString, event: Event): void {
  const known = values.get(key);
  if (known !== undefined) known.count++;
  else if (values.size < MOST_VALUES)
    values.set(key, {
      count: 1,
      sample: values.size < MOST_SAMPLES ? compactText(event.document, event.root) : '',
    });
}

/** Combinations whose first event is kept: the frequent ones come early. */
const MOST_SAMPLES = 50;

function rowOf(rule: LoadedRule, { choice, count: all, values, candidates }: Counting): RuleNoise {
  const common = choice.fields.flatMap((field, n) => {
    const [value, most] = maximum(values[n]!) ?? ['', 0];
    return most >= all * COMMON ? [{ field, value, count: most }] : [];
  });
  return {
    rule,
    count: all,
    users: values[0]?.size ?? 0,
    common,
    exception: exceptionOf(choice, candidates),
  };
}

function exceptionOf(choice: Choice, candidates: Counting['candidates']): NoiseException | undefined {
  const best = candidates.map((values) => {
    let found: readonly [ByteString, Counted] | undefined;
    for (const entry of values)
      if (entry[1].sample !== '' && entry[1].count > (found?.[1].count ?? 0)) found = entry;
    return found;
  });
  const widest = Math.max(0, ...best.map((found) => found?.[1].count ?? 0));
  const chosen = best.findIndex((found) => found !== undefined && found[1].count >= widest * ENOUGH);
  const found = best[chosen];
  if (found === undefined) return undefined;
  const [key, { count: silenced, sample }] = found;
  return { fields: choice.candidates[chosen]!, values: key.split(SEPARATOR), count: silenced, sample };
}

function maximum(values: ReadonlyMap<ByteString, number>): readonly [ByteString, number] | undefined {
  let found: readonly [ByteString, number] | undefined;
  for (const entry of values) if (found === undefined || entry[1] > found[1]) found = entry;
  return found;
}
