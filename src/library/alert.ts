// Alert as a program takes it: text and values instead of a line of bytes.

import { fromBytes } from '../bytes.js';
import { type Alert, PRIORITIES, type PriorityName } from '../engine/rules/alert/alert.js';
import type { LoadedRule } from '../engine/rules/loader.js';
import type { Event } from '../event.js';
import type { Plugin, PluginFieldType } from '../plugins/plugin.js';
import { isoText } from '../time.js';

/** Value of a field; null: the event has none. Integers that a number cannot hold are bigints. */
export type FieldValue = string | number | bigint | boolean | null | readonly string[];

/** What is known of the events together that an alert of a correlation is about (docs/correlation.md). */
export interface CorrelationDetails {
  readonly count: number;
  /** Different values of a value_count, else different steps. */
  readonly distinct: number;
  /** A bound was met: the numbers may be larger. */
  readonly atLeast: boolean;
  /** Times of the first and last event, ISO 8601 in UTC. */
  readonly first?: string;
  readonly last?: string;
  /** Audit ids of the events, the first ten. */
  readonly events: readonly string[];
  /** Values of `group-by`. */
  readonly group: readonly string[];
  /** Alerts of the group held back since its last one. */
  readonly suppressed: number;
}

interface ValueOf {
  readonly string: string;
  readonly uint64: number | bigint;
  readonly bool: boolean;
}

/** What a field of a plugin is in alerts; its type is a string's where it names none. */
type ValueOfField<Field> = Field extends { readonly list: true }
  ? readonly string[] | null
  : Field extends { readonly type: infer Type extends PluginFieldType }
    ? ValueOf[Type] | null
    : string | null;

/** The fields of one plugin; nothing is known of those that the type does not list. */
type FieldsOf<Each> =
  Each extends Plugin<infer _Settings, infer _State, infer Fields>
    ? string extends keyof Fields
      ? unknown
      : { readonly [Name in keyof Fields]?: ValueOfField<Fields[Name]> }
    : never;

/** All of a union at once. */
type Joined<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/**
 * The fields of alerts by name. Those of the plugins that were handed in have their own types; all others, and those with
 * an argument in brackets, may be any FieldValue.
 */
export type AlertFields<Plugins extends readonly Plugin[] = readonly Plugin[]> = Readonly<
  Record<string, FieldValue>
> &
  Joined<FieldsOf<Plugins[number]>>;

/** One rule's match on one event, or a correlation's on several. */
export interface RuleAlert<Plugins extends readonly Plugin[] = readonly Plugin[]> {
  readonly rule: string;
  readonly priority: PriorityName;
  readonly source: string;
  readonly tags: readonly string[];
  /** Time of the event, ISO 8601 in UTC with nanoseconds. */
  readonly time: string;
  /** The rule's output with its fields filled in. */
  readonly message: string;
  /** The fields that the output names. */
  readonly fields: AlertFields<Plugins>;
  /** The line that the command prints for it, text or JSON. */
  readonly line: string;
  /** Of a correlation, or the summary of what `suppress` of a rule has held back. */
  readonly correlation?: CorrelationDetails;
}

/** The alert that `rule` just gave for the event; its scope still stands at the event. */
export function toRuleAlert({ rule: info, line }: Alert, rule: LoadedRule, event: Event): RuleAlert {
  const { template } = rule.compiled;
  return {
    rule: fromBytes(info.name),
    priority: PRIORITIES[info.priority]!,
    source: fromBytes(info.source),
    tags: info.tags.map(fromBytes),
    time: `${isoText(event)}Z`,
    message: fromBytes(template.render(event)),
    fields: Object.fromEntries(
      template.fields.map(({ name, json }) => [fromBytes(name), fieldValue(json(event))]),
    ),
    line: fromBytes(line),
  };
}

// Numbers are integers: counts and times.
export function fieldValue(json: string): FieldValue {
  const value = JSON.parse(fromBytes(json)) as FieldValue;
  return typeof value === 'number' && !Number.isSafeInteger(value) ? BigInt(json) : value;
}
