// What rules can be made of, as data: for editors, forms and generators.

import {
  type Entry,
  MODIFIER_ENTRIES,
  OPERATOR_ENTRIES,
  operandsText,
  TRANSFORMER_ENTRIES,
  TYPE_WORDS,
} from '../authoring/reference.js';
import { fromBytes } from '../bytes.js';
import { OPERATORS } from '../engine/condition/operators/operators.js';
import { createEventSources } from '../plugins/event-sources.js';
import { DEFAULT_PLUGINS } from '../plugins/field-table.js';
import type { Plugin } from '../plugins/plugin.js';

/** A field of events. */
export interface FieldDescription {
  readonly name: string;
  readonly type: 'text' | 'number' | 'duration' | 'time' | 'boolean' | 'address' | 'network';
  readonly isList: boolean;
  /** What stands in brackets behind the name; undefined: nothing does. */
  readonly argument?: { readonly required: boolean; readonly index: boolean; readonly key: boolean };
  readonly description: string;
}

/** An operator, a modifier of one, or a transformer. */
export interface WordDescription {
  readonly name: string;
  readonly kind: 'operator' | 'modifier' | 'transformer';
  readonly meaning: string;
  /** Which fields an operator takes: `text`, `number`, `boolean`, `address`, `list`, or `any`. */
  readonly operands?: readonly string[];
  /** Conditions that show it. */
  readonly examples: readonly string[];
}

export interface ListOptions {
  /** Plugins beside those of Kubernetes audit events. */
  readonly plugins?: readonly Plugin[];
  /** The event source whose fields are listed. Default: k8s_audit. */
  readonly source?: string;
}

/** All fields that rules for an event source can read. @throws RangeError for a source that no plugin brings */
export function listFields({
  plugins = [],
  source = 'k8s_audit',
}: ListOptions = {}): readonly FieldDescription[] {
  const table = createEventSources({ plugins: [...DEFAULT_PLUGINS, ...plugins] }).table(source);
  if (table === undefined)
    throw new RangeError(`no plugin brings the event source ${JSON.stringify(source)}`);
  return table.classes.flatMap(({ fields }) =>
    fields.map(({ name, type, isList, argument, description }) => ({
      name,
      type: TYPE_WORDS[type],
      isList,
      ...(argument !== null && { argument }),
      description: fromBytes(description),
    })),
  );
}

/** All operators, modifiers and transformers. */
export function listWords(): readonly WordDescription[] {
  const operands = new Map(OPERATORS.map((operator) => [operator.name, operandsText(operator).split(', ')]));
  const word = (kind: WordDescription['kind'], { name, meaning, examples }: Entry): WordDescription => ({
    name,
    kind,
    meaning,
    ...(kind === 'operator' && { operands: operands.get(name)! }),
    examples: examples.map(([condition]) => condition),
  });
  return [
    ...OPERATOR_ENTRIES.map((entry) => word('operator', entry)),
    ...MODIFIER_ENTRIES.map((entry) => word('modifier', entry)),
    ...TRANSFORMER_ENTRIES.map((entry) => word('transformer', entry)),
  ];
}
